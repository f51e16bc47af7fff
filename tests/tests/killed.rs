//! The tab is killed at the review, while it seals, while it sends, and at the receipt: the draft or what was sealed lies on the
//! device each time, and the offices get one case.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use tests::{City, Plan, browser, scenarios};

const SCENARIO: &str = "S32";

#[test]
fn a_tab_that_is_killed_loses_nothing_and_sends_once() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("killed", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "service": scenario.service, "type": scenario.r#type,
    });
    let result = browser::drive("killed.mjs", order).unwrap();
    assert_eq!(
        result["deaths"],
        json!({
            "review": { "drafts": 1, "waiting": 0, "kept": 0 },
            "sealing": { "drafts": 1, "waiting": 0, "kept": 0 },
            "sending": { "drafts": 1, "waiting": 1, "kept": 0 },
            "receipt": { "drafts": 0, "waiting": 0, "kept": 1 },
        })
    );
    assert_eq!(result["complaints"], json!([]));
    let cases = city
        .wait_for_case(result["id"].as_str().unwrap(), 1)
        .unwrap();
    assert_eq!(Value::from(cases[0].answers()), json!(scenario.answers));
    assert!(
        city.handed_over()
            .iter()
            .all(|case| case.id() == cases[0].id()),
        "one case: {:?}",
        city.handed_over()
    );
}
