//! What waits for a network is changed in its page while the earlier answers are sent by another tab: nothing is sent twice, and no
//! receipt is shown with answers that it is not for.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use tests::{City, Plan, browser, scenarios};

const SCENARIO: &str = "S32";
/// An answer that is changed, as it is typed.
const CHANGED: (&str, &str) = ("declaration.place", "Sơn Tây");

#[test]
fn a_change_that_comes_too_late_is_told_and_never_shown_as_sent() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("changed", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "service": scenario.service, "type": scenario.r#type, "change": CHANGED,
    });
    let result = browser::drive("changed.mjs", order).unwrap();
    assert_eq!(result["complaints"], json!([]));

    // The list had sent it: the page says so and lets nothing wait.
    let gone = &result["gone"];
    assert!(
        gone["words"]
            .as_str()
            .unwrap()
            .contains("Biên nhận trên máy này"),
        "{gone}"
    );
    assert_eq!(gone["left"], 0);

    // The relay had it: the receipt is for what it had, and the page shows it as such.
    let earlier = &result["earlier"];
    assert_eq!(
        (&earlier["isSame"], &earlier["status"], &earlier["left"]),
        (&json!(true), &json!(201), &json!(0))
    );
    assert!(
        earlier["notice"].as_str().unwrap().contains("trước khi"),
        "{earlier}"
    );
    assert!(
        !earlier["copy"].as_str().unwrap().contains(CHANGED.1),
        "{earlier}"
    );
    assert_eq!(
        earlier["all"], false,
        "answers that were not sent could be kept as the copy"
    );

    for id in [&gone["id"], &earlier["id"]] {
        let cases = city.wait_for_case(id.as_str().unwrap(), 1).unwrap();
        assert_eq!(Value::from(cases[0].answers()), json!(scenario.answers));
    }
    assert_eq!(city.handed_over().len(), 2);
}
