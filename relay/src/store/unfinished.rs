//! Unfinished submissions: rows that nobody else sees until the last attachment is there.

use std::collections::{BTreeMap, HashMap};

use envelope::{Digest, Signed, SubmissionId, UnixTime, Unverified};
use rusqlite::{Connection, OptionalExtension, params};

use crate::attachments::Known;

/// Takes a submission whose attachments are to follow. False: its id is known.
pub(super) fn insert(connection: &Connection, signed: &Signed) -> rusqlite::Result<bool> {
    let parts = serde_json::to_string(signed.parts())
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let inserted = connection.execute(
        "INSERT INTO unfinished (id, exp, bytes, manifest, parts) SELECT ?1, ?2, ?3, ?4, ?5
         WHERE NOT EXISTS (SELECT 1 FROM submission WHERE id = ?1) ON CONFLICT (id) DO NOTHING",
        params![
            signed.id().as_bytes(),
            signed.manifest().exp.0,
            signed.manifest().attachments_bytes().cast_signed(),
            signed.manifest_jws(),
            parts,
        ],
    )?;
    Ok(inserted == 1)
}

/// The submission with this id, if it is unfinished.
pub(super) fn find(connection: &Connection, id: &SubmissionId) -> rusqlite::Result<Option<Signed>> {
    let row: Option<(String, String)> = connection
        .query_row(
            "SELECT manifest, parts FROM unfinished WHERE id = ?1",
            [id.as_bytes()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    row.map(|(manifest, parts)| signed(&manifest, &parts))
        .transpose()
}

/// What was believed before it was written is believed again from its bytes.
fn signed(manifest: &str, parts: &str) -> rusqlite::Result<Signed> {
    let damaged = |what: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, what)
    };
    let parts: BTreeMap<String, String> =
        serde_json::from_str(parts).map_err(|error| damaged(error.into()))?;
    Unverified::from_pieces(manifest, parts)
        .and_then(Unverified::check_signature)
        .map_err(|refusal| damaged(refusal.into()))
}

/// It is unfinished no more, or will never be finished.
pub(super) fn delete(connection: &Connection, id: &SubmissionId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM unfinished WHERE id = ?1")?
        .execute([id.as_bytes()])
        .map(drop)
}

/// Drops all whose `exp` has passed, and says which.
pub(super) fn delete_expired(
    connection: &Connection,
    now: UnixTime,
) -> rusqlite::Result<Vec<SubmissionId>> {
    let mut expired =
        connection.prepare_cached("DELETE FROM unfinished WHERE exp < ?1 RETURNING id")?;
    let ids = expired.query_map([now.0], |row| Ok(SubmissionId::from_bytes(row.get(0)?)))?;
    ids.collect()
}

/// All attachments that there should be.
pub(super) fn attachments(
    connection: &Connection,
) -> rusqlite::Result<HashMap<SubmissionId, Known>> {
    let mut known = HashMap::new();
    let mut unfinished = connection.prepare("SELECT id, bytes FROM unfinished")?;
    let mut rows = unfinished.query([])?;
    while let Some(row) = rows.next()? {
        let bytes = row.get::<_, i64>(1)?.cast_unsigned();
        known.insert(
            SubmissionId::from_bytes(row.get(0)?),
            Known::Unfinished { bytes },
        );
    }
    let mut kept = connection.prepare(
        "SELECT id, manifest_sha256, n, len FROM attachment JOIN submission USING (seq)",
    )?;
    let mut rows = kept.query([])?;
    while let Some(row) = rows.next()? {
        let entry = known
            .entry(SubmissionId::from_bytes(row.get(0)?))
            .or_insert(Known::Kept {
                manifest_sha256: Digest::from_bytes(row.get(1)?),
                parts: Vec::new(),
            });
        if let Known::Kept { parts, .. } = entry {
            parts.push((row.get(2)?, row.get::<_, i64>(3)?.cast_unsigned()));
        }
    }
    Ok(known)
}

/// How many bytes an attachment of a submission that waits for the intake has.
pub(super) fn attachment_len(
    connection: &Connection,
    id: &SubmissionId,
    n: &str,
) -> rusqlite::Result<Option<u64>> {
    connection
        .query_row(
            "SELECT len FROM attachment JOIN submission USING (seq) WHERE id = ?1 AND n = ?2",
            params![id.as_bytes(), n],
            |row| row.get(0),
        )
        .optional()
        .map(|len: Option<i64>| len.map(i64::cast_unsigned))
}
