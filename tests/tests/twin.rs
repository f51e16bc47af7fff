//! Two applications on one page: after the receipt the page goes on with the twin's, which keeps what the form says.
#![allow(clippy::unwrap_used)]

use serde_json::{Map, Value, json};
use tests::scenarios;
use tests::{City, Plan, browser};

const SCENARIO: &str = "S20";
/// What the twins do not share: what is typed for the second, and what it is.
const OWN: [(&str, &str); 2] = [("child.full_name", "MINH"), ("child.sex", "2")];

/// What the ward got under a receipt.
fn answers_under(city: &City, sent: &Value) -> Map<String, Value> {
    let payload = sent["receipt"].as_str().unwrap().split('.').nth(1).unwrap();
    let payload = envelope::base64url::decode(payload).unwrap();
    let receipt: Value = serde_json::from_slice(&payload).unwrap();
    let cases = city
        .wait_for_case(receipt["id"].as_str().unwrap(), 1)
        .unwrap();
    cases[0].answers()
}

#[test]
fn the_twin_keeps_what_the_form_says_and_is_a_case_of_its_own() {
    let scenario = scenarios::all()
        .unwrap()
        .into_iter()
        .find(|scenario| scenario.id == SCENARIO)
        .unwrap();
    let plan = Plan::for_test("twin", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let mut twin: Vec<Value> = OWN
        .iter()
        .map(|(name, value)| json!([name, value]))
        .collect();
    twin.push(json!(["declaration.agreed", true]));
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "service": scenario.service, "lang": scenario.lang,
        "type": scenario.r#type, "twin": twin,
    });
    let result = browser::drive("twin.mjs", order).unwrap();
    assert_eq!(result["complaints"], json!([]));

    let left = result["left"].as_object().unwrap();
    for (name, _) in OWN {
        assert!(
            left.get(name).is_none_or(|value| value == ""),
            "{name}: {left:?}"
        );
    }
    assert!(!left.contains_key("declaration.agreed"), "{left:?}");
    for (name, value) in scenario.r#type.iter().map(|pair| (&pair.0, &pair.1)) {
        if name.starts_with("mother.") || name.starts_with("requester.residence") {
            assert_eq!(&left[name], value, "{name}");
        }
    }

    let (first, second) = (&result["first"], &result["second"]);
    assert_ne!(first["reference"], second["reference"]);
    assert_ne!(first["receipt"], second["receipt"]);
    // The first receipt stays within reach beside the second.
    let downloads = result["earlier"].as_array().unwrap();
    assert!(downloads.contains(&first["download"]), "{downloads:?}");
    assert!(downloads.contains(&second["download"]), "{downloads:?}");

    let (mut first, mut second) = (answers_under(&city, first), answers_under(&city, second));
    assert_eq!(city.handed_over().len(), 2);
    for (name, value) in OWN {
        assert_ne!(first.remove(name), Some(json!(value)), "{name}");
        assert_eq!(second.remove(name), Some(json!(value)), "{name}");
    }
    assert_eq!(first, second);
}
