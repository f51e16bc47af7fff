//! docs/threats.md holds: every number once, and every test that it names is there.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The numbers that there are.
const NUMBERS: std::ops::RangeInclusive<u32> = 1..=50;

/// What a row without a test begins its last column with.
const NOT_HERE: &str = "Not here: ";

fn house() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Number → how it is shown.
fn rows() -> BTreeMap<u32, String> {
    let text = fs::read_to_string(house().join("docs/threats.md")).unwrap();
    let mut rows = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let columns: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let Ok(number) = columns[0].parse() else {
            continue; // the heading
        };
        assert_eq!(columns.len(), 4, "{line}");
        let twice = rows.insert(number, columns[3].to_owned());
        assert_eq!(twice, None, "{number} is there twice");
    }
    rows
}

#[test]
fn every_threat_has_its_row_and_no_row_is_another() {
    let found: Vec<u32> = rows().into_keys().collect();
    assert_eq!(found, NUMBERS.collect::<Vec<u32>>());
}

#[test]
fn every_test_that_a_row_names_is_there_and_no_row_is_without_one_or_a_reason() {
    for (number, shown) in rows() {
        let names: Vec<(&str, &str)> = shown
            .split('`')
            .skip(1)
            .step_by(2)
            .filter_map(|quoted| quoted.split_once("::"))
            .collect();
        if names.is_empty() {
            let reason = shown.strip_prefix(NOT_HERE);
            assert!(
                reason.is_some_and(|reason| reason.len() > 20),
                "row {number}: {shown}"
            );
        }
        for (file, name) in names {
            let source = fs::read_to_string(house().join(file))
                .unwrap_or_else(|error| panic!("row {number}: {file}: {error}"));
            let is_there = source
                .split("#[test]")
                .skip(1)
                .any(|after| after.trim_start().starts_with(&format!("fn {name}()")));
            assert!(is_there, "row {number}: {file} has no test {name}");
        }
    }
}
