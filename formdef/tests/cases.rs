//! The shared cases, in Rust: answers against forms. Definitions with faults stand in `tests/sites_refused`.
#![allow(clippy::unwrap_used)]

#[path = "../cases/read.rs"]
mod read;

use formdef::{AnswerFault, Form, Moment, Op, check, display, kinds};
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
        let at = Moment::parse(&case.at).unwrap();
        let found = check(&case.form, &lists, &case.answers, at, None);
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
    let others = ["expressions", "lists", "sections"].map(str::to_owned);
    let kinds: BTreeSet<String> = kinds()
        .map(|kind| kind.name().to_owned())
        .chain(others)
        .collect();
    assert_eq!(folders, kinds);
    for folder in &kinds {
        let found = read::files(
            &read::folder().join(folder),
            if folder == "sections" { "toml" } else { "json" },
        );
        assert!(!found.is_empty(), "cases/{folder} is empty");
    }
}

#[test]
fn every_operator_is_in_the_cases() {
    let cases: Vec<String> = read::all()
        .iter()
        .filter(|case| case.name.starts_with("expressions/"))
        .map(|case| case.form.to_compiled())
        .collect();
    let others = ["get", "in", "map"];
    for name in Op::TABLE.iter().map(|(_, name, _)| *name).chain(others) {
        let call = format!("[\"{name}\"");
        assert!(
            cases.iter().any(|form| form.contains(&call)),
            "{name} is in no case of expressions"
        );
    }
}

#[test]
fn no_answer_makes_a_check_or_a_print_fail() {
    let lists = read::shelf().lists;
    let at = Moment::parse("2016-08-10").unwrap();
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
                check(&case.form, &lists, &answers, at, None);
                display(&case.form, field, value, &lists, "vi");
                display(&case.form, field, value, &lists, "en");
            }
        }
    }
}
