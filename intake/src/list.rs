//! `motcua-intake list`: one line a submission, newest last, for an operator at a terminal.

use std::collections::BTreeSet;

use crate::earlier;
use crate::escape;
use crate::failure::Failure;
use crate::folder::{Folder, Kept};
use crate::ledger::{InLog, Ledger, Part};
use crate::quarantine;

const HEADINGS: [&str; 6] = [
    "REFERENCE",
    "RECEIVED",
    "FORM",
    "OFFICES",
    "STATE",
    "FAULTS",
];

/// The table as text.
pub(crate) fn table(folder: &Folder) -> Result<String, Failure> {
    let mut taken = ledgers(folder)?;
    taken.sort_by_key(|ledger| (ledger.received_at, ledger.id));
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(taken.iter().map(|ledger| row_of_taken(ledger, &taken)));

    let ids: BTreeSet<String> = taken.iter().map(|ledger| ledger.id.to_string()).collect();
    let refused = folder
        .names(Kept::Quarantine)?
        .into_iter()
        .filter(|name| !ids.contains(name));
    rows.extend(refused.map(|name| row_of_refused(folder, name)));
    Ok(aligned(&rows))
}

/// Every ledger in the folder.
pub(crate) fn ledgers(folder: &Folder) -> Result<Vec<Ledger>, Failure> {
    let mut ledgers = Vec::new();
    for name in folder.names(Kept::Submissions)? {
        // A folder without a ledger is a submission being taken right now, or one that a crash left:
        // the relay still holds it.
        ledgers.extend(
            name.parse()
                .map(|id| folder.ledger(&id))
                .ok()
                .map(|path| Ledger::read(&path)),
        );
    }
    ledgers.into_iter().filter_map(Result::transpose).collect()
}

fn row_of_taken(ledger: &Ledger, all: &[Ledger]) -> [String; 6] {
    let offices: Vec<&str> = ledger.parts.values().map(Part::office).collect();
    let faults: usize = ledger
        .parts
        .values()
        .map(|part| {
            if let Part::HandedOver { faults, .. } = part {
                *faults
            } else {
                0
            }
        })
        .sum();
    let trial = if ledger.mode == envelope::Mode::Trial {
        " (trial)"
    } else {
        ""
    };
    [
        ledger.reference.clone(),
        ledger.received_at.to_string(),
        format!("{} {}{trial}", ledger.form.id, ledger.form.version),
        offices.join(" "),
        state(ledger, all),
        faults.to_string(),
    ]
}

fn state(ledger: &Ledger, all: &[Ledger]) -> String {
    let quarantined: Vec<String> = ledger
        .parts
        .iter()
        .filter_map(|(part, state)| match state {
            Part::Quarantined { cause, .. } => Some(format!("{part}: {cause}")),
            _ => None,
        })
        .collect();
    let handed_over = ledger
        .parts
        .values()
        .any(|part| matches!(part, Part::HandedOver { .. }));
    let state = match (quarantined.is_empty(), handed_over) {
        (false, _) => format!("quarantine ({})", quarantined.join(", ")),
        (true, true) => "handed over".to_owned(),
        (true, false) => "quarantine (no-key)".to_owned(),
    };
    let mut states = vec![state];
    if let InLog::Unproved { .. } = ledger.log {
        states.push("not proved".to_owned());
    }
    let later = earlier::later(ledger, all);
    states
        .extend(later.map(|(follows, other)| format!("{} by {}", follows.done(), other.reference)));
    states.join(", ")
}

/// Nothing of it was taken, so nothing of it is believed but its name and the cause.
fn row_of_refused(folder: &Folder, name: String) -> [String; 6] {
    let words = quarantine::words(&folder.quarantine(&name)).join(", ");
    let none = || "-".to_owned();
    [
        escape::line(&name),
        none(),
        none(),
        none(),
        format!("quarantine ({words})"),
        none(),
    ]
}

fn aligned(rows: &[[String; 6]]) -> String {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    let mut out = String::new();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}
