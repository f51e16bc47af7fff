//! What a page has sealed is opened by the stock JOSE libraries of Node (`jose`) and Python (`jwcrypto`), each with
//! the office's key alone: the systems behind the counter need nothing of ours.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tests::{City, Plan, browser, office, scenarios};

/// Three offices and recovery.
const SCENARIO: &str = "S01";

#[test]
fn node_and_python_open_every_part_with_its_offices_key_alone() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let city = City::start(
        &Plan::for_test("interop", Some(&scenario.date)).unwrap(),
        &|_| (),
    )
    .unwrap();
    let journey = json!({ "id": "interop", "service": scenario.service, "lang": scenario.lang, "type": scenario.r#type });
    let order = json!({ "portal": city.portal_url(), "now": city.now(), "journeys": [journey] });
    let result = browser::drive("journey.mjs", order).unwrap()[0].clone();
    assert_eq!(result["failure"], Value::Null, "{result}");
    let receipt = tests::citizen::payload_of(result["receipt"].as_str().unwrap()).unwrap();
    let id = receipt["id"].as_str().unwrap();
    city.wait_for_case(id, scenario.offices.len()).unwrap();

    let parts = office::sealed_parts(&city.intake_dir(), id);
    let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["insurance", "police", "recovery", "ward"]);
    let who_reads = scenarios::who_reads().unwrap();
    for (role, jwe) in &parts {
        let (key, wanted) = match scenario.offices.get(role) {
            Some(code) => {
                let reads = &who_reads[&scenario.service][role];
                (
                    city.keys().offices().join(format!("{code}.jwk")),
                    scenarios::restricted(&scenario.answers, reads),
                )
            }
            None => (city.keys().recovery(), scenario.answers.clone()),
        };
        let order = json!({ "jwe": jwe, "key": private_key(&key) }).to_string();
        let by_node = browser::node("tests/interop/open.mjs", &[], &order).unwrap();
        let by_python = browser::python("tests/interop/open.py", &[], &order).unwrap();
        assert_eq!(by_node, by_python, "{role}: the two libraries differ");
        assert!(
            [1, 4, 16, 64]
                .map(|kib| kib * 1024)
                .contains(&by_node.len()),
            "{role}: {} bytes",
            by_node.len()
        );
        let plaintext: Value = serde_json::from_str(&by_node).unwrap();
        assert_eq!(plaintext["answers"], Value::Object(wanted), "{role}");
        assert_eq!(plaintext["sub"]["n"], json!(role));
        assert_eq!(plaintext["sub"]["id"], json!(id));
    }
    let police = private_key(
        &city
            .keys()
            .offices()
            .join(format!("{}.jwk", scenario.offices["police"])),
    );
    let (_, wards) = parts.iter().find(|(role, _)| role == "ward").unwrap();
    let order = json!({ "jwe": wards, "key": police }).to_string();
    assert!(
        browser::node("tests/interop/open.mjs", &[], &order).is_err(),
        "the police opens the ward's part"
    );
    assert!(
        browser::python("tests/interop/open.py", &[], &order).is_err(),
        "the police opens the ward's part"
    );
    println!(
        "{} parts opened by jose and jwcrypto: {names:?}",
        parts.len()
    );
}

/// The office's private key as a stock library takes it.
fn private_key(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}
