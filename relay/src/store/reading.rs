//! What is handed out of the store: found whole, or told and left out.

use envelope::{Catalogue, SubmissionId};
use rusqlite::{Connection, OptionalExtension};

use super::whole::{self, Damage, Damages, Place, Sealed, Submission};
use super::{Kept, StoreError, pass};

/// An answer from the outbox stops growing here; the intake asks again for the rest.
const DELIVERY_BYTES_MAX: usize = 8 << 20;

/// The submission with this id.
pub(super) fn find(
    connection: &Connection,
    id: &SubmissionId,
    catalogue: &Catalogue,
    damages: &Damages,
) -> Result<Option<Kept>, StoreError> {
    let seq = connection
        .prepare_cached("SELECT seq FROM submission WHERE id = ?1")
        .and_then(|mut by_id| {
            by_id
                .query_row([id.as_bytes()], |row| row.get(0))
                .optional()
        });
    let Some(seq) = seq.map_err(StoreError::Read)? else {
        return Ok(None);
    };
    match whole::submission(connection, seq, catalogue) {
        Ok(submission) => Ok(submission.map(Kept::before)),
        Err(damage) => {
            damages.report(Place::Submission(seq), damage);
            Err(StoreError::Damaged)
        }
    }
}

/// What waits for the intake after `last`; what is damaged is told and left out.
pub(super) fn pending(
    connection: &Connection,
    mut last: i64,
    max: i64,
    catalogue: &Catalogue,
    damages: &Damages,
) -> rusqlite::Result<Option<String>> {
    let (mut list, mut count) = (String::new(), 0);
    loop {
        let seqs = waiting_after(connection, last, damages)?;
        // In a damaged table a row may stand where it does not belong: it is passed over, not run into for ever.
        let Some(end) = seqs.iter().copied().max().filter(|end| *end > last) else {
            return Ok((count > 0).then(|| list + "]"));
        };
        for seq in seqs {
            match delivery(connection, seq, catalogue) {
                Ok(None) => {}
                Ok(Some(item)) => {
                    list.push(if count == 0 { '[' } else { ',' });
                    list.push_str(&item);
                    count += 1;
                }
                Err(damage) => damages.report(Place::Submission(seq), damage),
            }
            if count == max || list.len() >= DELIVERY_BYTES_MAX {
                return Ok(Some(list + "]"));
            }
        }
        last = end;
    }
}

/// The next rows that wait. Where their own table cannot be walked, the other half's is.
fn waiting_after(
    connection: &Connection,
    last: i64,
    damages: &Damages,
) -> rusqlite::Result<Vec<i64>> {
    let waiting = pass::seqs_after(connection, "sealed", last);
    waiting.or_else(|error| {
        damages.report(Place::Table("sealed"), Damage::unreadable(&error));
        pass::seqs_after(connection, "submission", last)
    })
}

/// The submission `seq` as the intake gets it; None when it has it.
fn delivery(
    connection: &Connection,
    seq: i64,
    catalogue: &Catalogue,
) -> Result<Option<String>, Damage> {
    let Some(submission) = whole::submission(connection, seq, catalogue)? else {
        return Ok(None);
    };
    let Some(sealed) = whole::sealed(connection, &submission)? else {
        return Ok(None);
    };
    let (
        Sealed {
            manifest, parts, ..
        },
        Submission { receipt, proof, .. },
    ) = (sealed, submission);
    let proof = serde_json::Value::from(proof);
    // A compact JWS needs no escaping, and the parts were stored as JSON.
    Ok(Some(format!(
        r#"{{"seq":{seq},"manifest":"{manifest}","parts":{parts},"receipt":"{receipt}","proof":{proof}}}"#
    )))
}
