//! What the intake has put into an office's folder.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// One case as one office holds it.
#[derive(Debug, Clone)]
pub struct HandedOver {
    /// The office's code: the name of its folder.
    pub office: String,
    /// The file.
    pub path: PathBuf,
    /// Everything in it.
    pub content: Value,
}

impl HandedOver {
    /// The submission's id.
    pub fn id(&self) -> &str {
        self.content["id"].as_str().unwrap_or_default()
    }

    /// The recipient's role.
    pub fn role(&self) -> &str {
        self.content["role"].as_str().unwrap_or_default()
    }

    /// The answers that this office may read.
    pub fn answers(&self) -> Map<String, Value> {
        self.content["answers"]
            .as_object()
            .cloned()
            .unwrap_or_default()
    }

    /// `(field, rule, severity)` of every fault marked, in the file's order.
    pub fn faults(&self) -> Vec<(String, String, String)> {
        let text =
            |fault: &Value, member: &str| fault[member].as_str().unwrap_or_default().to_owned();
        let faults = self.content["faults"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        faults
            .iter()
            .map(|fault| {
                (
                    text(fault, "field"),
                    text(fault, "rule"),
                    text(fault, "severity"),
                )
            })
            .collect()
    }
}

/// Every case handed over below `intake`, to whichever office; sorted by file.
///
/// A file that is not JSON is returned with `null` inside: a test that counts would otherwise not see it.
pub fn handed_over(intake: &Path) -> Vec<HandedOver> {
    read_all(cases(intake))
}

/// The same of submissions in trial, which are no cases.
pub fn handed_over_in_trial(intake: &Path) -> Vec<HandedOver> {
    read_all(files_of_offices(&intake.join("trial")))
}

/// The files of the cases handed over below `intake`, sorted; nothing is read of them.
pub fn cases(intake: &Path) -> Vec<PathBuf> {
    files_of_offices(&intake.join("offices"))
}

fn files_of_offices(folder: &Path) -> Vec<PathBuf> {
    entries(folder)
        .iter()
        .flat_map(|office| entries(office))
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect()
}

fn read_all(paths: Vec<PathBuf>) -> Vec<HandedOver> {
    let read = |path: PathBuf| {
        let content = fs::read(&path)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        HandedOver {
            office: path.parent().map(name_of).unwrap_or_default(),
            content: content.unwrap_or(Value::Null),
            path,
        }
    };
    paths.into_iter().map(read).collect()
}

/// The causes of what lies in quarantine, each with the folder's name.
pub fn quarantine(intake: &Path) -> Vec<(String, String)> {
    entries(&intake.join("quarantine"))
        .into_iter()
        .map(|folder| {
            (
                name_of(&folder),
                fs::read_to_string(folder.join("cause.txt")).unwrap_or_default(),
            )
        })
        .collect()
}

/// The sealed parts kept as evidence of a submission: name → compact JWE.
pub fn sealed_parts(intake: &Path, id: &str) -> Vec<(String, String)> {
    let parts = entries(&intake.join("submissions").join(id).join("parts"));
    let name = |path: &Path| name_of(path).trim_end_matches(".jwe").to_owned();
    parts
        .iter()
        .map(|path| {
            (
                name(path),
                fs::read_to_string(path)
                    .unwrap_or_default()
                    .trim_end()
                    .to_owned(),
            )
        })
        .collect()
}

/// A folder's entries, sorted; none when there is no such folder.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
