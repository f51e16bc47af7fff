//! A form is a page before it is a program: without script every question is there to be read, printed and filled in by
//! hand; and on paper it is the declaration that offices know, empty or as it was filled in.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use tests::programs::{Programs, run};
use tests::scenarios;
use tests::{City, Plan, browser};

/// What is filled in and printed: repeated entries, long answers, sections that are not asked.
const FILLED: &str = "S05";
/// What the heading of every declaration says.
const NATION: [&str; 2] = [
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập – Tự do – Hạnh phúc",
];
/// What stands above the signature.
const PLACE_AND_DATE: &str = ", ngày …… tháng …… năm";

#[test]
fn every_question_is_there_on_the_screen_and_on_paper() {
    let city = City::start(
        &Plan::for_test("plain", Some("2016-08-10")).unwrap(),
        &|_| (),
    )
    .unwrap();
    let paper = Programs::scratch().unwrap().join("paper");
    fs::create_dir_all(&paper).unwrap();
    let filled = scenarios::of(FILLED).unwrap();
    let who_reads = scenarios::who_reads().unwrap();
    for service in who_reads.keys() {
        let mut order = json!({ "portal": city.portal_url(), "now": city.now(), "service": service, "paper": paper });
        if *service == filled.service {
            order["type"] = json!(filled.r#type);
        }
        let seen = browser::drive("plain.mjs", order.clone()).unwrap();
        assert_eq!(seen["complaints"], json!([]), "{service}");
        let compiled =
            fs::read_to_string(city.portal_dir().join("forms").join(service).join("1.json"))
                .unwrap();
        let form: Value = serde_json::from_str(&compiled).unwrap();
        for medium in ["onScreen", "onPaper"] {
            shows_the_whole_form(&format!("{service} {medium}"), &seen[medium], &form);
        }
        let empty = printed(&seen["empty"]);
        is_a_declaration(service, &empty, &form);
        let Some(typed) = order["type"].as_array() else {
            continue;
        };
        let full = printed(&seen["filled"]);
        is_a_declaration(service, &full, &form);
        // In words; codes are shown by their labels.
        let answers = typed.iter().filter_map(|pair| pair[1].as_str());
        let answers: Vec<&str> = answers.filter(|answer| answer.contains(' ')).collect();
        assert!(
            answers.len() > 10 && !empty.contains(answers[0]),
            "{answers:?}"
        );
        for answer in answers {
            assert!(full.contains(answer), "{answer:?} in {full}");
        }
    }
}

/// The text of a PDF, its lines joined: what is long goes over several.
fn printed(pdf: &Value) -> String {
    let text = run(Command::new("pdftotext")
        .arg(pdf.as_str().unwrap())
        .arg("-"))
    .unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The nation's heading, the title in capitals, to whom, the parts in their order, the place of date and signature.
fn is_a_declaration(service: &str, text: &str, form: &Value) {
    let title = form["title"]["vi"].as_str().unwrap().to_uppercase();
    let addressed = form["sections"][0]["fields"][0]["label"]["vi"]
        .as_str()
        .unwrap();
    assert!(text.contains(addressed), "{service}: {addressed}");
    let parts = (1..=3).map(|part| format!(" {}. ", "I".repeat(part)));
    let wanted = NATION.map(String::from).into_iter();
    let wanted = wanted.chain(["TỜ KHAI".into(), title]);
    let wanted = wanted
        .chain(parts)
        .chain([PLACE_AND_DATE.into(), "Người yêu cầu (ký".into()]);
    let mut rest = text;
    for words in wanted {
        let at = rest.find(&words);
        let at =
            at.unwrap_or_else(|| panic!("{service}: {words:?} is not where it should be: {text}"));
        rest = &rest[at + words.len()..];
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
