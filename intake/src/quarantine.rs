//! Where a person has to look: `quarantine/{name}/cause.txt`, one line a cause.
//!
//! A submission of which nothing was taken lies beside it, whole, as `submission.json`. What belongs to
//! a taken submission lies sealed under `submissions/{id}/`. Nothing opened is ever written here.

use std::fs;
use std::path::Path;

use envelope::Digest;
use serde_json::Value;

use crate::cause::Cause;
use crate::durable::{self, Readers};
use crate::failure::Failure;
use crate::folder::{Folder, Kept};

const CAUSE: &str = "cause.txt";
const SUBMISSION: &str = "submission.json";

/// Why a part, or (`part` none) a whole submission, is in quarantine.
pub(crate) struct Quarantined {
    pub(crate) part: Option<String>,
    pub(crate) cause: Cause,
}

/// Makes the folder say exactly these causes: none means that there is nothing to look at any more.
pub(crate) fn set(folder: &Path, quarantined: &[Quarantined]) -> Result<(), Failure> {
    if quarantined.is_empty() {
        return durable::remove_folder(folder);
    }
    durable::folder(folder, Readers::Intake)?;
    durable::write_all(
        folder,
        &[(CAUSE, lines(quarantined).as_bytes())],
        Readers::Intake,
    )
}

/// Keeps a submission of which nothing was taken, as it was delivered.
pub(crate) fn keep(folder: &Path, item: &Value, cause: Cause) -> Result<(), Failure> {
    let cause = lines(&[Quarantined { part: None, cause }]);
    let item = item.to_string();
    durable::folder(folder, Readers::Intake)?;
    let files = [(SUBMISSION, item.as_bytes()), (CAUSE, cause.as_bytes())];
    durable::write_all(folder, &files, Readers::Intake)
}

/// A name for what nobody's signature names: the same delivery gets the same one.
pub(crate) fn name_of_unverified(item: &Value) -> String {
    let mut item = item.clone();
    if let Some(members) = item.as_object_mut() {
        members.remove("seq");
    }
    format!("unverified-{}", Digest::of(item.to_string().as_bytes()))
}

/// `typed` if a folder in quarantine has exactly this name.
pub(crate) fn named(folder: &Folder, typed: &str) -> Option<String> {
    folder
        .names(Kept::Quarantine)
        .ok()?
        .into_iter()
        .find(|name| name == typed)
}

/// The submission kept in a quarantine folder, if all of it is there.
pub(crate) fn kept(folder: &Path) -> Option<Value> {
    let text = fs::read(folder.join(SUBMISSION)).ok()?;
    serde_json::from_slice(&text).ok()
}

/// The words of the causes in a quarantine folder.
pub(crate) fn words(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join(CAUSE)).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split('\t').nth(1).map(str::to_owned))
        .collect()
}

/// `part ⇥ word ⇥ sentence`; the part is `-` when the whole submission is meant.
fn lines(quarantined: &[Quarantined]) -> String {
    quarantined
        .iter()
        .map(|Quarantined { part, cause }| {
            format!(
                "{}\t{}\t{cause}\n",
                part.as_deref().unwrap_or("-"),
                cause.word()
            )
        })
        .collect()
}
