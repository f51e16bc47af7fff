//! A form is a page before it is a program: without script every question is there to be read, printed and filled in by
//! hand.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use tests::scenarios;
use tests::{City, Plan, browser};

#[test]
fn every_question_is_there_on_the_screen_and_on_paper() {
    let city = City::start(
        &Plan::for_test("plain", Some("2016-08-10")).unwrap(),
        &|_| (),
    )
    .unwrap();
    let who_reads = scenarios::who_reads().unwrap();
    for service in who_reads.keys() {
        let order = json!({ "portal": city.portal_url(), "now": city.now(), "service": service });
        let seen = browser::drive("plain.mjs", order).unwrap();
        assert_eq!(seen["complaints"], json!([]), "{service}");
        let compiled =
            fs::read_to_string(city.portal_dir().join("forms").join(service).join("1.json"))
                .unwrap();
        let form: Value = serde_json::from_str(&compiled).unwrap();
        for medium in ["onScreen", "onPaper"] {
            shows_the_whole_form(&format!("{service} {medium}"), &seen[medium], &form);
        }
        assert!(
            seen["pdfBytes"].as_u64().unwrap() > 10_000,
            "{service} prints to next to nothing"
        );
    }
}

fn shows_the_whole_form(what: &str, seen: &Value, form: &Value) {
    let sections = form["sections"].as_array().unwrap();
    let shown = |list: &Value| -> BTreeSet<String> {
        let entries = list
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["seen"] == true && entry["label"] == true);
        entries
            .map(|entry| entry["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let (sections_shown, fields_shown) = (shown(&seen["sections"]), shown(&seen["fields"]));
    let words = seen["words"].as_str().unwrap();
    for section in sections {
        let id = section["id"].as_str().unwrap();
        let fields = section["fields"].as_array().unwrap();
        // Papers stand in a list of their own; a section of papers alone is no step.
        let is_paper = |field: &Value| field["kind"] == "attachment";
        assert!(
            fields.iter().all(is_paper) || sections_shown.contains(id),
            "{what}: the section {id} is not shown"
        );
        for field in fields {
            let (id, label) = (
                field["id"].as_str().unwrap(),
                field["label"]["vi"].as_str().unwrap(),
            );
            assert!(
                is_paper(field) || fields_shown.contains(id),
                "{what}: the field {id} is not shown"
            );
            assert!(
                words.contains(label),
                "{what}: the label of {id} is not to be read: {label}"
            );
            if !is_paper(field) && field["kind"] != "computed" {
                let entry = seen["fields"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|entry| entry["id"] == id)
                    .unwrap();
                assert!(
                    entry["inputs"].as_u64().unwrap() > 0,
                    "{what}: nothing to fill in at {id}"
                );
            }
        }
    }
}
