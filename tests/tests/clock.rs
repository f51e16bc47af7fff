//! A person whose computer is wrong by two days is put right by the relay's `clock` refusal, without noticing.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use tests::{City, Plan, browser, scenarios};

const TWO_DAYS_S: i64 = 2 * 24 * 3600;
/// The scenario that is sent by such a computer, and the day: late enough that its ward has been open for two days.
const SCENARIO: &str = "S04";
const DAY: &str = "2016-08-20";

#[test]
fn a_computer_two_days_ahead_or_behind_still_sends_with_the_citys_time() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let mut answers = scenario.answers.clone();
    // What is computed from today is the city's day, not the computer's.
    assert!(
        answers
            .insert("declaration.date".into(), DAY.into())
            .is_some()
    );
    let city = City::start(&Plan::for_test("clock", Some(DAY)).unwrap(), &|_| ()).unwrap();
    for ahead in [TWO_DAYS_S, -TWO_DAYS_S] {
        let journey = json!({ "id": format!("clock{ahead}"), "service": scenario.service, "lang": scenario.lang, "type": scenario.r#type });
        let order = json!({ "portal": city.portal_url(), "now": city.now(), "ahead": ahead, "journeys": [journey] });
        let result = browser::drive("journey.mjs", order).unwrap()[0].clone();
        assert_eq!(result["failure"], Value::Null, "{ahead} s ahead: {result}");
        let reference = result["reference"].as_str().unwrap();
        let case = loop {
            if let Some(case) = city
                .handed_over()
                .into_iter()
                .find(|case| case.content["reference"] == reference)
            {
                break case;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        };
        let (at, now) = (case.content["at"].as_i64().unwrap(), city.now());
        // Both clocks show whole seconds, and turn at their own moments: corrected, the page may be one ahead.
        assert!(
            (now - 300..=now + 1).contains(&at),
            "{ahead} s ahead: the answers say they were checked at {at}; it is {now}"
        );
        assert_eq!(case.answers(), answers, "{ahead} s ahead");
    }
    // The browser was refused once each time, and not more.
    let refused = city.relay_words().matches(r#""clock""#).count();
    assert_eq!(refused, 2, "{}", city.relay_words());
}
