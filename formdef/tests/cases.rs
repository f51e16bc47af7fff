//! The shared cases, in Rust: answers against forms, and definitions with faults.
#![allow(clippy::unwrap_used)]

#[path = "../cases/read.rs"]
mod read;

use formdef::{AnswerFault, Date, Fault, Form, Source, check, display, kinds, parse};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn as_json(fault: &AnswerFault) -> Value {
    json!({"field": fault.field, "rule": fault.rule, "severity": fault.severity})
}

#[test]
fn every_case_has_its_faults() {
    let lists = read::shelf().lists;
    let cases = read::all();
    let mut wrong = Vec::new();
    for case in &cases {
        let today = Date::parse(&case.today).unwrap();
        let found = check(&case.form, &lists, &case.answers, today, None);
        let found: Vec<Value> = found.iter().map(as_json).collect();
        if found != case.expect {
            wrong.push(format!(
                "{}\n  {}\n  expected {:?}\n  found {found:?}",
                case.name,
                json!(case.answers),
                case.expect
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_case_form_comes_back_from_its_compiled_bytes() {
    for case in read::all() {
        let compiled = case.form.to_compiled();
        let again = Form::from_compiled(&compiled).unwrap();
        assert_eq!(again.to_compiled(), compiled, "{}", case.name);
    }
}

#[test]
fn every_kind_has_cases_and_all_cases_have_their_kind() {
    let folders: BTreeSet<String> = read::folders(&read::folder()).into_iter().collect();
    let others = ["expressions", "faults", "lists"].map(str::to_owned);
    let kinds: BTreeSet<String> = kinds()
        .map(|kind| kind.name().to_owned())
        .chain(others)
        .collect();
    assert_eq!(folders, kinds);
    for folder in &kinds {
        let found = read::files(
            &read::folder().join(folder),
            if folder == "faults" { "toml" } else { "json" },
        );
        assert!(!found.is_empty(), "cases/{folder} is empty");
    }
}

fn faults_of(path: &std::path::Path) -> Vec<Fault> {
    let source = Source {
        path: format!("forms/{}/form.toml", read::stem(path)),
        text: read::read(path),
    };
    let mut shelf = read::shelf();
    if read::stem(path) == "kind-needs-list" {
        shelf.lists.remove("provinces");
    }
    let (form, faults) = parse(&source, &shelf);
    assert_eq!(form.is_some(), faults.is_empty(), "{}", path.display());
    faults
}

#[test]
fn every_broken_definition_has_its_whole_text() {
    for path in read::files(&read::folder().join("faults"), "toml") {
        let found: Vec<String> = faults_of(&path).iter().map(ToString::to_string).collect();
        let expected = read::read(&path.with_extension("txt"));
        assert_eq!(found.join("\n\n") + "\n", expected, "{}", path.display());
    }
}

#[test]
fn every_message_has_a_case() {
    for code in formdef::fault_codes() {
        let case = read::folder().join(format!("faults/{code}.toml"));
        assert!(case.exists(), "no case for {code}");
    }
}

#[test]
fn every_broken_definition_has_the_fault_that_it_is_named_by() {
    for path in read::files(&read::folder().join("faults"), "toml") {
        let name = read::stem(&path);
        let found = faults_of(&path);
        let named = found.iter().any(|fault| fault.code == name);
        assert!(named || name == "ten-mistakes", "{name}: {found:?}");
    }
}

#[test]
fn no_answer_makes_a_check_or_a_print_fail() {
    let lists = read::shelf().lists;
    let today = Date::parse("2016-08-10").unwrap();
    let hostile = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5e300),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}"),
        json!("ệ😀".repeat(1000)),
        json!("2016-02-30"),
        json!("+84"),
        json!("@"),
        json!(":"),
        json!([]),
        json!([[], {}, null, "x"]),
        json!({}),
        json!({"type": "CCCD", "number": "ệệệệ"}),
        json!({"province": "01", "ward": {}, "detail": []}),
        json!({"kind": null, "country": "FR"}),
    ];
    for case in read::all() {
        for field in case.form.fields() {
            for value in &hostile {
                let mut answers = case.answers.clone();
                answers.insert(field.id.clone(), value.clone());
                check(&case.form, &lists, &answers, today, None);
                display(&case.form, field, value, &lists, "vi");
                display(&case.form, field, value, &lists, "en");
            }
        }
    }
}
