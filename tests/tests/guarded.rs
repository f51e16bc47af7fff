//! What a page keeps out: script that somebody plants in it, files that are not the published ones, text that would become
//! code; and where nothing that a person typed may be found.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use tests::{City, Plan, browser, scenarios};

const SCENARIO: &str = "S08";
/// A free text among its inputs.
const FIELD: &str = "death.place";
/// More characters than any input takes.
const FLOOD: usize = 100_000;
/// Markup, a formula, a template, an escape sequence in letters: to be carried as the text that it is.
const HOSTILE: &str =
    r#"<img src=x onerror="alert(1)">=1+1|'{{7*7}}' %0d%0a ${x} \u202e &lt;script&gt;"#;

#[test]
fn a_page_keeps_strangers_out_and_what_is_typed_in() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("guarded", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "service": scenario.service, "type": scenario.r#type,
        "field": FIELD, "hostile": HOSTILE,
        // Half a character is no JSON: the script makes it.
        "refused": {
            "right-to-left": "a\u{202e}b", "zero width": "a\u{200b}b", "a line's end": "a\u{2028}b", "long": "a".repeat(FLOOD),
            "half": "HALF",
        },
        "flood": "a".repeat(FLOOD),
    });
    let result = browser::drive("guarded.mjs", order).unwrap();

    // The page alone keeps it out: the host that altered a file sends no policy.
    for file in ["planted", "core", "outcome"] {
        assert_eq!(result[file]["changed"], true, "{file}");
        assert_eq!(result[file]["planted"], false, "{file}");
    }
    assert_eq!(result["planted"]["state"], "ready");
    assert_eq!(result["core"]["state"], "loading");
    let said = result["outcome"]["said"].as_str().unwrap();
    assert!(said.contains("Kiểm tra kết nối mạng"), "{said}");
    assert_eq!(result["sinks"], json!([]));

    let refusals = result["refusals"].as_object().unwrap();
    assert_eq!(refusals.len(), 5);
    for (name, words) in refusals {
        assert_ne!(words, "", "{name} is taken");
    }
    // What is pasted is not cut without a word: it stands there whole, and the page says what is wrong with it.
    let flooded = result["flooded"].as_object().unwrap();
    assert!(flooded.len() > 12, "{:?}", flooded.keys());
    for (name, input) in flooded {
        assert_eq!(input["length"], FLOOD, "{name}");
        assert_ne!(input["said"], "", "{name} takes it");
    }
    let review = &result["review"];
    assert!(
        review["words"].as_str().unwrap().contains(HOSTILE),
        "{review}"
    );
    assert_eq!(review["pictures"], 0);
    assert_eq!(result["complaints"], json!([]));

    let mut answers = scenario.answers.clone();
    answers.insert(FIELD.into(), HOSTILE.into()).unwrap();
    let reference = result["sent"]["reference"].as_str().unwrap();
    let receipt = result["sent"]["receipt"].as_str().unwrap();
    let id = tests::citizen::payload_of(receipt.lines().next().unwrap()).unwrap();
    let cases = city.wait_for_case(id["id"].as_str().unwrap(), 1).unwrap();
    assert_eq!(cases[0].content["reference"], reference);
    assert_eq!(cases[0].answers(), answers);

    // Every text with a space in it was typed as such; codes and digits may stand anywhere by chance.
    let typed: Vec<&str> = answers.values().flat_map(texts).collect();
    assert!(typed.contains(&HOSTILE) && typed.len() > 5, "{typed:?}");
    for place in result["told"].as_array().unwrap() {
        let place = place.as_str().unwrap();
        for text in &typed {
            assert!(!place.contains(text), "{text:?} is in {place}");
        }
    }
}

/// The texts in an answer that have a space in them.
fn texts(answer: &Value) -> Vec<&str> {
    match answer {
        Value::String(text) if text.contains(' ') => vec![text],
        Value::Array(entries) => entries.iter().flat_map(texts).collect(),
        Value::Object(parts) => parts.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
