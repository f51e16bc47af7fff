//! The scenarios of `tests/scenarios` and who may read which answers: what tests compare with, written by hand from
//! the services' description and never by a program of this repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Failure, repository};

/// One person's application from the first question to the offices' folders.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name: the file's.
    pub id: String,
    /// The service's id.
    pub service: String,
    /// The language of the page.
    pub lang: String,
    /// The day on which it is made, `YYYY-MM-DD`.
    pub date: String,
    /// What it is about, for readers.
    #[serde(default)]
    pub about: String,
    /// Inputs by name with what is typed into them, in the page's order.
    pub r#type: Vec<(String, Value)>,
    /// Every answer that must arrive, computed ones included.
    pub answers: Map<String, Value>,
    /// What becomes of it: `sent`.
    pub expect: String,
    /// Rules that warn, on the page or at the intake, without stopping anything.
    #[serde(default)]
    pub warnings: BTreeSet<String>,
    /// Role → code of the office that must get it.
    pub offices: BTreeMap<String, String>,
}

/// One wrong value, on top of a scenario that is right.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrong {
    /// Its name.
    pub id: String,
    /// The service's id.
    pub service: String,
    /// The scenario that is right but for this.
    pub scenario: String,
    /// Inputs typed otherwise than in the scenario: `null` leaves one out, a new one follows the change before it.
    pub r#type: Vec<(String, Value)>,
    /// The answers that are then other than the scenario's; `null` takes one away.
    pub answers: Map<String, Value>,
    /// The field at which the fault shows.
    pub field: String,
    /// The rule that is broken.
    pub rule: String,
    /// `error`, `warning`, `route` or `info`.
    pub severity: String,
    /// The day on which it is wrong, when it is another than the scenario's.
    #[serde(default)]
    pub today: Option<String>,
}

impl Wrong {
    /// All that is typed: the scenario's inputs with the changes, in the page's order.
    pub fn typed(&self, base: &Scenario) -> Vec<(String, Value)> {
        let mut typed = base.r#type.clone();
        let mut cursor = 0;
        for (name, value) in &self.r#type {
            match (typed.iter().position(|(known, _)| known == name), value) {
                (Some(at), Value::Null) => {
                    typed.remove(at);
                    cursor = at;
                }
                (Some(at), value) => {
                    typed[at].1 = value.clone();
                    cursor = at + 1;
                }
                (None, value) => {
                    typed.insert(cursor, (name.clone(), value.clone()));
                    cursor += 1;
                }
            }
        }
        typed
    }

    /// The answers as they arrive when nobody checks them.
    pub fn sealed(&self, base: &Scenario) -> Map<String, Value> {
        let mut answers = base.answers.clone();
        for (field, answer) in &self.answers {
            match answer {
                Value::Null => answers.remove(field),
                answer => answers.insert(field.clone(), answer.clone()),
            };
        }
        answers
    }
}

/// Every scenario, by its file's name.
///
/// # Errors
/// There is none, or a file is not a scenario.
pub fn all() -> Result<Vec<Scenario>, Failure> {
    let folder = repository::path("tests/scenarios");
    let entries = fs::read_dir(&folder).map_err(|error| Failure::at(&folder, error))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
    paths.sort();
    if paths.is_empty() {
        return Err(Failure::at(&folder, "holds no scenario"));
    }
    paths
        .iter()
        .map(|path| read(path.strip_prefix(repository::root()).unwrap_or(path)))
        .collect()
}

/// The scenario of that id.
///
/// # Errors
/// As [`all`]; or there is none of that id.
pub fn of(id: &str) -> Result<Scenario, Failure> {
    let found = all()?.into_iter().find(|scenario| scenario.id == id);
    found.ok_or_else(|| Failure::new(format!("tests/scenarios has no scenario {id:?}")))
}

/// Every wrong value of `tests/invalid.json`.
///
/// # Errors
/// The file is missing or is not a list of wrong values.
pub fn wrong() -> Result<Vec<Wrong>, Failure> {
    read("tests/invalid.json")
}

/// Service → role → the fields that it reads, from `tests/who-reads.json`.
///
/// # Errors
/// The file is missing or of another shape.
pub fn who_reads() -> Result<BTreeMap<String, BTreeMap<String, BTreeSet<String>>>, Failure> {
    read("tests/who-reads.json")
}

/// The answers that a role may read: `answers` without all others.
pub fn restricted(answers: &Map<String, Value>, reads: &BTreeSet<String>) -> Map<String, Value> {
    answers
        .iter()
        .filter(|(field, _)| reads.contains(*field))
        .map(|(field, answer)| (field.clone(), answer.clone()))
        .collect()
}

fn read<T: serde::de::DeserializeOwned>(inside: impl AsRef<std::path::Path>) -> Result<T, Failure> {
    let path = repository::root().join(inside);
    let text = fs::read_to_string(&path).map_err(|error| Failure::at(&path, error))?;
    serde_json::from_str(&text).map_err(|error| Failure::at(&path, error))
}
