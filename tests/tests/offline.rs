//! A page without a network: it opens, is filled in and sealed; what waits is sent once, by its own date, when the link is back.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use tests::{City, Plan, browser, scenarios};

const SCENARIO: &str = "S32";

#[test]
fn a_page_seen_once_is_sealed_without_a_network_and_sent_once_when_it_is_back() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("offline", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "service": scenario.service, "type": scenario.r#type,
        "folder": city.portal_dir(),
    });
    let result = browser::drive("offline.mjs", order).unwrap();
    assert_eq!(result["complaints"], json!([]));

    // What waits is sealed, and says that it waits.
    assert!(!result["said"].as_str().unwrap().is_empty());
    assert!(!result["still"].as_str().unwrap().is_empty());
    assert_eq!(result["sealed"]["extractable"], false);
    let told = result["sealed"].to_string();
    assert!(told.len() > 4000 && !told.contains("requester"), "{told}");

    // Two tabs had it: it came once.
    assert_eq!(result["first"]["state"], "(sent)");
    assert_eq!(result["first"]["left"], 0);
    let first = case_of(&city, &result["first"]["id"]);
    assert_eq!(first, json!(scenario.answers));

    // Its time had passed: signed again, under the id and with the answers' date that it had.
    let second = &result["second"];
    assert!(second["exp"].as_i64().unwrap() < city.now());
    assert_eq!(second["left"], 0);
    assert_eq!(case_of(&city, &second["id"]), json!(scenario.answers));
    assert_ne!(second["id"], result["first"]["id"]);

    // The draft of which it was made is gone with it.
    assert_eq!(result["draft"], json!({ "drafted": 1, "left": 0 }));
    // Dropped on its page, and from the list: nobody gets it.
    assert_eq!(result["dropped"], json!([0, "(review)", 0]));

    // Published anew: the open page had its own files, the next visit has the new ones, and those alone.
    let file = |name: &str| format!("/assets/{}", result["names"][name].as_str().unwrap());
    assert_eq!(result["old"], json!([[file("old")]]));
    assert_eq!(result["anew"], json!([[file("new")]]));
    assert_eq!(city.handed_over().len(), 3);
}

/// The answers that the one office has of that submission.
fn case_of(city: &City, id: &Value) -> Value {
    let cases = city.wait_for_case(id.as_str().unwrap(), 1).unwrap();
    Value::from(cases[0].answers())
}
