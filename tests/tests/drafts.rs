//! A draft on a person's device: only when asked for, sealed, taken up after the tab was killed at any step, gone when it was sent.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use tests::{City, Plan, browser, scenarios};

const SCENARIO: &str = "S32";
const DAYS: i64 = 14;

#[test]
fn a_draft_outlives_its_tab_and_is_erased_by_sending() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("drafts", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let begun = city.now();
    let order = json!({
        "portal": city.portal_url(), "now": begun, "service": scenario.service, "type": scenario.r#type, "days": DAYS,
    });
    let result = browser::drive("drafts.mjs", order).unwrap();
    assert_eq!(result["unasked"], 0);
    let asks = json!(["beforeunload", ""]);
    assert_eq!(result["asks"], asks, "typed and not kept; sent");
    let again = &result["again"];
    assert_eq!(again["after"], again["before"], "loaded again");
    assert_eq!(again["stepAfter"], again["step"]);
    assert_eq!(
        (&again["drafts"], &result["anew"]),
        (&json!(0), &result["empty"])
    );
    assert_eq!(result["elsewhere"], 0, "a second tab keeps nothing");
    let deaths = result["deaths"].as_array().unwrap();
    assert!(deaths.len() > 5, "{deaths:#?}");
    for death in deaths {
        assert_eq!(death["after"], death["before"], "{}", death["step"]);
        assert_eq!(death["lost"], json!([]), "{}", death["step"]);
    }
    assert_eq!(result["left"], 0, "after sending");
    assert_eq!(result["erased"], json!({ "kept": 1, "left": 0 }));
    assert_eq!(result["ended"], json!({ "begun": 1, "left": 0 }));
    assert_eq!(result["complaints"], json!([]));

    let sealed = &result["sealed"][0];
    assert_eq!(sealed["form"], *scenario.service);
    assert_eq!(sealed["extractable"], false);
    assert_eq!(
        sealed["algorithm"],
        json!({ "name": "AES-GCM", "length": 256 })
    );
    let until = sealed["until"].as_i64().unwrap() - DAYS * 86_400;
    assert!((begun..=city.now()).contains(&until), "{until}");
    let bytes = sealed["bytes"].as_str().unwrap();
    assert!(bytes.len() > 300 && !bytes.contains("requester"), "{bytes}");

    let receipt = result["sent"]["receipt"].as_str().unwrap();
    let id = tests::citizen::payload_of(receipt.lines().next().unwrap()).unwrap();
    let cases = city.wait_for_case(id["id"].as_str().unwrap(), 1).unwrap();
    assert_eq!(Value::from(cases[0].answers()), json!(scenario.answers));
}
