//! A receipt on a person's device: kept only when asked for, listed, forgotten, and checked there without a network.
#![allow(clippy::unwrap_used)]

use std::fs;

use serde_json::{Value, json};
use tests::{City, Plan, browser, scenarios};

const SCENARIO: &str = "S22";
/// What somebody typed there.
const TYPED: &str = "Số 3, đường Thử";

#[test]
fn a_receipt_is_kept_when_asked_for_checked_offline_and_forgotten() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("receipts", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let folder = plan.folder.join("files");
    fs::create_dir_all(&folder).unwrap();
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "service": scenario.service, "type": scenario.r#type, "folder": folder,
    });
    let result = browser::drive("receipts.mjs", order).unwrap();
    assert_eq!(result["complaints"], json!([]));
    assert_eq!(result["isCode"], true);
    for place in [&result["copy"], &result["copied"]["words"]] {
        assert!(place.as_str().unwrap().contains(TYPED), "{place}");
    }
    assert!(result["copied"]["code"].as_f64().unwrap() > 300.0);
    assert_eq!(result["copied"]["buttons"], 0);
    assert_eq!(
        result["unasked"], 0,
        "stores of receipts before anybody asked for one"
    );
    assert_eq!(result["link"], "/receipts/");

    let reference = &result["sent"]["reference"];
    let kept = result["kept"].as_array().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["reference"], *reference);
    assert_eq!(result["saved"], result["sent"]["receipt"]);
    assert_eq!(result["left"], 0, "after forgetting");
    assert_eq!(result["dropped"], json!(["good", "good"]));

    // On paper: what was received, and the person's own copy with its code; nothing to press.
    let printed = &result["printed"];
    assert_eq!(printed["buttons"], 0, "{printed}");
    assert!(printed["code"].as_f64().unwrap() > 100.0, "{printed}");
    for words in [reference.as_str().unwrap(), TYPED] {
        assert!(
            printed["words"].as_str().unwrap().contains(words),
            "{printed}"
        );
    }

    let verdicts = result["verdicts"].as_array().unwrap();
    assert_eq!(verdicts.len(), 16);
    for verdict in verdicts {
        let marks = match verdict["name"].as_str().unwrap() {
            "whole" | "page" => json!(["good", "good"]),
            "elsewhere" => json!(["good", "error"]),
            _ => json!(["error"]),
        };
        assert_eq!(verdict["marks"], marks, "{verdict}");
        let says_reference = verdict["words"]
            .as_str()
            .unwrap()
            .contains(reference.as_str().unwrap());
        assert_eq!(says_reference, marks != json!(["error"]), "{verdict}");
    }
    let of = |name: &str| verdicts.iter().find(|verdict| verdict["name"] == name);
    assert_ne!(of("whole").map(words), of("forged").map(words));
}

fn words(verdict: &Value) -> &Value {
    &verdict["words"]
}
