//! `motcua-intake show ID`: a submission as its offices got it, for reading and printing.

mod declaration;
mod html;
mod text;

use std::fs;

use envelope::{SubmissionId, reference};
use serde_json::{Value, json};

use crate::archive::{Archive, Lack};
use crate::case::Case;
use crate::earlier;
use crate::escape;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::ledger::{Ledger, Part};
use crate::list;
use declaration::Declaration;

/// How to show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// For a terminal.
    Text,
    /// For a program: the ledger and the offices' files.
    Json,
    /// For a browser and a printer: one file, no script.
    Html,
}

/// Everything that is shown of one submission.
struct Shown {
    ledger: Ledger,
    /// What lies ready for the offices; files that an office took away are left out.
    cases: Vec<Case>,
}

/// The submission of that id or reference.
pub(crate) fn show(
    folder: &Folder,
    archive: &Archive,
    typed: &str,
    layout: Layout,
) -> Result<String, Failure> {
    let ledger = find(folder, typed)?;
    let cases = cases(folder, &ledger)?;
    let shown = Shown { ledger, cases };
    if layout == Layout::Json {
        return Ok(as_json(&shown));
    }
    let others = earlier::told(&shown.ledger, &list::ledgers(folder)?);
    let declarations = shown
        .cases
        .iter()
        .map(|case| declaration(case, &others, archive))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(match layout {
        Layout::Html => html::page(&shown.ledger, &declarations),
        Layout::Text | Layout::Json => text::page(&shown.ledger, &declarations),
    })
}

/// The submission that a person named, however they typed it.
pub(crate) fn find(folder: &Folder, typed: &str) -> Result<Ledger, Failure> {
    let unknown = || {
        Failure::new(format!(
            "no submission {:?} here: name an id or a reference that `motcua-intake list` shows",
            typed
        ))
    };
    if let Ok(id) = typed.trim().parse::<SubmissionId>() {
        return Ledger::read(&folder.ledger(&id))?.ok_or_else(unknown);
    }
    let wanted = reference::parse(typed).ok_or_else(unknown)?;
    let mut found: Vec<Ledger> = list::ledgers(folder)?;
    found.retain(|ledger| ledger.reference == wanted);
    match found.len() {
        0 => Err(unknown()),
        1 => Ok(found.remove(0)),
        several => {
            let ids: Vec<String> = found.iter().map(|ledger| ledger.id.to_string()).collect();
            let ids = ids.join(" ");
            Err(Failure::new(format!(
                "{several} submissions have the reference {wanted}; name one of {ids}"
            )))
        }
    }
}

fn cases(folder: &Folder, ledger: &Ledger) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    for part in ledger.parts.values() {
        let Part::HandedOver { file, .. } = part else {
            continue;
        };
        let path = folder.resolve(file);
        // The office's own system may have taken it away.
        let Ok(text) = fs::read(&path) else { continue };
        let case = serde_json::from_slice(&text).map_err(|error| {
            Failure::at(
                &path,
                error,
                "The file was changed after it was handed over.",
            )
        })?;
        cases.push(case);
    }
    Ok(cases)
}

fn declaration(
    case: &Case,
    others: &[(&'static str, String)],
    archive: &Archive,
) -> Result<Declaration, Failure> {
    let form = archive
        .form(&case.form.reference())
        .map_err(|lack| match lack {
            Lack::Unknown(what) => Failure::new(format!("{what}; `show --json` needs no form")),
            Lack::Failure(failure) => failure,
        })?;
    Ok(Declaration::of(case, others, &form))
}

fn as_json(shown: &Shown) -> String {
    let Shown { ledger, cases } = shown;
    let value: Value = json!({ "ledger": ledger, "cases": cases });
    let mut text = escape::json(&format!("{value:#}"));
    text.push('\n');
    text
}
