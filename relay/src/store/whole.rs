//! Whether what is read is what was kept. Nothing that a disk may have changed is handed out as good.
//!
//! A row is checked by what its receivers check it by: the sender's signature, the parts' digests, the relay's signature
//! under the receipt, and the proof that its leaf is in the log.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use envelope::log::InclusionProof;
use envelope::{Catalogue, Digest, Receipt, SubmissionId, Unverified, reference};
use rusqlite::{Connection, OptionalExtension};

use super::log;

/// Where something is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// A submission, by its `seq`.
    Submission(i64),
    /// The store as SQLite sees it.
    Structure,
    /// A table of the store, by its name.
    Table(&'static str),
    /// The log as a whole.
    Log,
    /// A node of the log's tree.
    Node(u32, u64),
    /// A file of the log, by its name.
    File(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Submission(seq) => write!(f, "submission {seq}"),
            Place::Structure => f.write_str("store"),
            Place::Table(name) => write!(f, "table {name}"),
            Place::Log => f.write_str("log"),
            Place::Node(level, number) => write!(f, "log, node {level}/{number}"),
            Place::File(name) => write!(f, "log, file {name}"),
        }
    }
}

/// What is wrong at a place, and whose receipt it touches as far as that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) reference: Option<String>,
    pub(crate) what: String,
}

impl Damage {
    pub(super) fn unreadable(error: &rusqlite::Error) -> Damage {
        Damage {
            reference: None,
            what: format!("cannot be read: {error}"),
        }
    }
}

/// Every place that was found damaged and has not been found whole since.
#[derive(Default)]
pub(crate) struct Damages(Mutex<BTreeMap<Place, Damage>>);

impl Damages {
    /// Remembers it; the log tells it the first time.
    pub(crate) fn report(&self, place: Place, damage: Damage) {
        let mut known = self.known();
        if known.get(&place) != Some(&damage) {
            let Damage { reference, what } = &damage;
            tracing::error!(%place, reference, what, "damaged");
            known.insert(place, damage);
        }
    }

    /// Forgets every place but those that a whole pass has found.
    pub(super) fn keep_only(&self, found: &BTreeSet<Place>) {
        self.known().retain(|place, _| found.contains(place));
    }

    /// The places, and what is wrong there.
    pub(crate) fn list(&self) -> BTreeMap<Place, Damage> {
        self.known().clone()
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Place, Damage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stays of a submission, also when the intake has it: found whole.
pub(super) struct Submission {
    pub(super) seq: i64,
    pub(super) id: [u8; 16],
    pub(super) jkt: [u8; 32],
    pub(super) manifest_sha256: Digest,
    pub(super) receipt: String,
    pub(super) proof: String,
    exp: i64,
}

/// What the intake is to get: found whole.
pub(super) struct Sealed {
    pub(super) manifest: String,
    /// A JSON object, name to JWE.
    pub(super) parts: String,
    /// Name, bytes and digest of its pieces: what the files beside the store have to be.
    pub(super) attachments: Vec<(String, u64, Digest)>,
}

/// The submission `seq`, if there is one.
pub(super) fn submission(
    connection: &Connection,
    seq: i64,
    catalogue: &Catalogue,
) -> Result<Option<Submission>, Damage> {
    let row = connection.prepare_cached(
        "SELECT id, jkt, manifest_sha256, exp, receipt, leaf FROM submission WHERE seq = ?1",
    );
    let row = row.and_then(|mut row| {
        let read = |row: &rusqlite::Row<'_>| {
            let submission = Submission {
                seq,
                id: row.get(0)?,
                jkt: row.get(1)?,
                manifest_sha256: Digest::from_bytes(row.get(2)?),
                exp: row.get(3)?,
                receipt: row.get(4)?,
                proof: String::new(),
            };
            Ok((submission, row.get(5)?))
        };
        row.query_row([seq], read).optional()
    });
    let Some((row, leaf)) = row.map_err(|error| Damage::unreadable(&error))? else {
        return Ok(None);
    };
    check_receipt(&row, catalogue).map_err(|what| row.damage(what))?;
    let proof = log::proof(connection, leaf)
        .map_err(|error| row.damage(format!("its proof cannot be made: {error}")))?;
    check_proof(&proof, &row.manifest_sha256, catalogue).map_err(|what| row.damage(what))?;
    Ok(Some(Submission { proof, ..row }))
}

/// The sealed half of `submission`, unless the intake has it already.
pub(super) fn sealed(
    connection: &Connection,
    submission: &Submission,
) -> Result<Option<Sealed>, Damage> {
    let row = connection.prepare_cached("SELECT manifest, parts FROM sealed WHERE seq = ?1");
    let row = row.and_then(|mut row| {
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Sealed {
                manifest: row.get(0)?,
                parts: row.get(1)?,
                attachments: Vec::new(),
            })
        };
        row.query_row([submission.seq], read).optional()
    });
    let row = row.map_err(|error| submission.damage(format!("cannot be read: {error}")))?;
    let Some(sealed) = row else { return Ok(None) };
    let attachments = check_sealed(&sealed, submission).map_err(|what| submission.damage(what))?;
    Ok(Some(Sealed {
        attachments,
        ..sealed
    }))
}

impl Submission {
    pub(super) fn damage(&self, what: impl Into<String>) -> Damage {
        Damage {
            reference: Some(reference(&self.manifest_sha256)),
            what: what.into(),
        }
    }
}

fn check_receipt(row: &Submission, catalogue: &Catalogue) -> Result<(), String> {
    let receipt =
        Receipt::read(&row.receipt, catalogue).map_err(|fault| format!("its receipt: {fault}"))?;
    if receipt.id != SubmissionId::from_bytes(row.id)
        || receipt.manifest_sha256 != row.manifest_sha256
    {
        return Err("its receipt is for another submission".to_owned());
    }
    Ok(())
}

fn check_proof(proof: &str, manifest: &Digest, catalogue: &Catalogue) -> Result<(), String> {
    let proof = InclusionProof::read(proof);
    proof
        .and_then(|proof| proof.verify(manifest, &catalogue.logs))
        .map(drop)
        .map_err(|fault| format!("its proof: {fault}"))
}

/// Returns the attachments that the manifest names.
fn check_sealed(sealed: &Sealed, row: &Submission) -> Result<Vec<(String, u64, Digest)>, String> {
    let parts: BTreeMap<String, String> =
        serde_json::from_str(&sealed.parts).map_err(|error| format!("its parts: {error}"))?;
    let signed = Unverified::from_pieces(&sealed.manifest, parts)
        .and_then(Unverified::check_signature)
        .map_err(|refusal| format!("its manifest and parts: {}", refusal.code()))?;
    let is_of_the_row = signed.manifest_sha256() == row.manifest_sha256
        && signed.id() == SubmissionId::from_bytes(row.id)
        && *signed.jkt().digest().as_bytes() == row.jkt
        && signed.manifest().exp.0 == row.exp;
    if !is_of_the_row {
        return Err("its manifest is another submission's".to_owned());
    }
    let attachments = signed.manifest().attachments();
    Ok(attachments
        .map(|(n, len, pieces)| (n.to_owned(), len, pieces))
        .collect())
}
