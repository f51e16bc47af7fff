//! The table of rules in `forms/README.md` is true: every rule that it names is where it says, and none is missing from it.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A line of the table: one rule, or one of its severities.
struct Row {
    rules: Vec<String>,
    severity: String,
    /// What stands in backticks under «expressed in» and «shown at».
    places: Vec<String>,
    shown: Vec<String>,
}

fn forms() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../forms")
}

/// The definitions by path below `forms/`.
fn definitions() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for folder in fs::read_dir(forms()).unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        for file in fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|end| end == "toml") {
                let name = path.strip_prefix(forms()).unwrap().to_str().unwrap();
                found.insert(name.to_owned(), fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn ticked(cell: &str) -> Vec<String> {
    let parts = cell.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

fn table() -> Vec<Row> {
    let text = fs::read_to_string(forms().join("README.md")).unwrap();
    let lines = text
        .lines()
        .skip_while(|line| !line.starts_with("| rule |"));
    let lines = lines.skip(2).take_while(|line| line.starts_with('|'));
    let mut rows: Vec<Row> = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [rule, severity, place, shown] = cells[..] else {
            panic!("{line}");
        };
        let rules = match rule {
            "" => rows.last().unwrap().rules.clone(),
            _ => rule.split(", ").map(str::to_owned).collect(),
        };
        rows.push(Row {
            rules,
            severity: severity.to_owned(),
            places: ticked(place),
            shown: ticked(shown),
        });
    }
    rows
}

/// `child`, `khai-sinh` or `sections/child.toml` as a path below `forms/`.
fn path_of(place: &str, definitions: &BTreeMap<String, String>) -> Option<String> {
    let spellings = [
        place.to_owned(),
        format!("sections/{place}.toml"),
        format!("{place}/form.toml"),
    ];
    spellings
        .into_iter()
        .find(|path| definitions.contains_key(path))
}

fn declares(text: &str, id: &str) -> bool {
    text.contains(&format!("id = \"{id}\""))
}

#[test]
fn every_rule_of_the_table_is_where_it_says() {
    let definitions = definitions();
    let kinds: BTreeSet<&str> = formdef::kinds().map(|kind| kind.name()).collect();
    let is_field = |id: &String| definitions.values().any(|text| declares(text, id));
    for row in table() {
        for rule in &row.rules {
            let files: Vec<String> = row
                .places
                .iter()
                .filter_map(|place| path_of(place, &definitions))
                .collect();
            let by_kind = row.places.iter().any(|place| kinds.contains(&**place));
            match row.severity.as_str() {
                // Nothing in a form is the rule: what carries it out is named.
                "policy" | "computed" => {
                    let carried = row.places.iter().chain(&row.shown).any(is_field);
                    assert!(carried, "{rule}: neither place nor field carries it out");
                }
                _ => {
                    assert!(by_kind || !files.is_empty(), "{rule}: nowhere");
                    for path in files {
                        assert!(
                            declares(&definitions[&path], rule),
                            "{rule} is not in {path}"
                        );
                    }
                }
            }
        }
        for id in &row.shown {
            assert!(is_field(id), "{:?}: there is no field {id}", row.rules);
        }
    }
}

#[test]
fn every_rule_of_the_forms_is_in_the_table() {
    let named: BTreeSet<String> = table().into_iter().flat_map(|row| row.rules).collect();
    for (path, text) in definitions() {
        let ids = text.split("id = \"R-").skip(1);
        for id in ids.map(|rest| format!("R-{}", rest.split('"').next().unwrap())) {
            assert!(
                named.contains(&id),
                "{path}: {id} is not in forms/README.md"
            );
        }
    }
}
