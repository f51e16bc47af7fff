//! The log in the store: an entry for each leaf, the nodes above them, and the newest checkpoint.
//!
//! A leaf is committed together with its submission, or with the row of its release, and with the checkpoint that holds
//! it, so there is never one without the other. Nothing here is ever changed or deleted, but the one checkpoint.

use std::path::Path;
use std::sync::Arc;

use envelope::Digest;
use envelope::log::{Checkpoint, Frontier, Growth, InclusionProof, tree};
use rusqlite::{Connection, OptionalExtension, params};

use crate::fault::Fault;
use crate::log::key::LogSigner;

/// The log as it was last committed, and the key that signs it on.
pub(super) struct Log {
    signer: Arc<LogSigner>,
    frontier: Frontier,
}

/// Leaves that a transaction appends, and the checkpoint over them: true once it is committed.
pub(super) struct Appended {
    growth: Growth,
    checkpoint: String,
}

/// The newest checkpoint that is committed, and how many leaves it is over.
pub(crate) struct Head {
    pub(crate) size: u64,
    pub(crate) checkpoint: String,
}

impl Log {
    /// Takes up the log of the store at `path`, or begins it there.
    pub(super) fn open(
        path: &Path,
        connection: &Connection,
        signer: Arc<LogSigner>,
    ) -> Result<Log, Fault> {
        let broken = |error: rusqlite::Error| {
            let what = format!("its log cannot be read: {error}");
            Fault::new(path.display(), what, RESTORE)
        };
        match key(connection).map_err(broken)? {
            None => Log::begin(connection, signer).map_err(broken),
            Some(key) if key != signer.public().to_string() => Err(Fault::new(
                path.display(),
                format!(
                    "its log has the key {key}, and log_key is {}",
                    signer.public()
                ),
                "name the key of its log, or begin a new one with `motcua-relay log begin`",
            )),
            Some(_) => Log::resume(connection, signer)
                .map_err(broken)?
                .ok_or_else(|| {
                    let what = "its log is damaged: the leaves are not those of the checkpoint that was signed";
                    Fault::new(path.display(), what, RESTORE)
                }),
        }
    }

    fn begin(connection: &Connection, signer: Arc<LogSigner>) -> rusqlite::Result<Log> {
        let frontier = Frontier::empty();
        connection.execute(
            "INSERT INTO log (only, key, checkpoint) VALUES (1, ?1, ?2)",
            params![signer.public().to_string(), checkpoint(&signer, &frontier)],
        )?;
        Ok(Log { signer, frontier })
    }

    /// None when the nodes do not make the root that was signed.
    fn resume(connection: &Connection, signer: Arc<LogSigner>) -> rusqlite::Result<Option<Log>> {
        let head = head(connection)?;
        let frontier = with_nodes(connection, |nodes| Frontier::of(head.size, nodes))?;
        let signed = Checkpoint::read(&head.checkpoint, std::slice::from_ref(signer.public()));
        let is_whole = signed
            .is_ok_and(|signed| (signed.size, signed.root) == (frontier.size(), frontier.root()));
        Ok(is_whole.then_some(Log { signer, frontier }))
    }

    /// How many leaves are committed.
    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Writes further leaves, given by the digests of manifests and releases, and the checkpoint over all.
    pub(super) fn append(
        &self,
        transaction: &Connection,
        manifests: &[Digest],
    ) -> rusqlite::Result<Appended> {
        let growth = self.frontier.grow(manifests);
        let mut entry = transaction
            .prepare_cached("INSERT INTO entry (leaf, manifest_sha256) VALUES (?1, ?2)")?;
        for (leaf, manifest) in growth.indexes().zip(manifests) {
            entry.execute(params![leaf.cast_signed(), manifest.as_bytes()])?;
        }
        let mut node = transaction
            .prepare_cached("INSERT INTO node (level, number, hash) VALUES (?1, ?2, ?3)")?;
        // The lowest level is made of the entries.
        for ((level, number), hash) in growth.new_nodes().filter(|((level, _), _)| *level > 0) {
            node.execute(params![level, number.cast_signed(), hash.as_bytes()])?;
        }
        let checkpoint = checkpoint(&self.signer, growth.frontier());
        transaction
            .prepare_cached("UPDATE log SET checkpoint = ?1")?
            .execute([&checkpoint])?;
        Ok(Appended { growth, checkpoint })
    }

    /// Goes on from what was appended, now that it is committed.
    pub(super) fn advance(&mut self, appended: &Appended) {
        self.frontier = appended.growth.frontier().clone();
    }

    /// Gives a leaf to every submission that has none, oldest first: those of a store from before its log.
    pub(super) fn adopt(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        /// Submissions in one transaction.
        const STEP: i64 = 1000;
        loop {
            let strays = strays(connection, STEP)?;
            if strays.is_empty() {
                return Ok(());
            }
            let transaction = connection.unchecked_transaction()?;
            let manifests: Vec<Digest> = strays.iter().map(|(_, manifest)| *manifest).collect();
            let appended = self.append(&transaction, &manifests)?;
            for (leaf, (seq, _)) in appended.growth.indexes().zip(&strays) {
                transaction.execute(
                    "UPDATE submission SET leaf = ?1 WHERE seq = ?2",
                    params![leaf.cast_signed(), seq],
                )?;
            }
            transaction.commit()?;
            self.advance(&appended);
            tracing::info!(adopted = strays.len(), size = self.size(), "log");
        }
    }
}

const RESTORE: &str =
    "put its newest backup there, or begin a new log in it with `motcua-relay log begin`";

impl Appended {
    /// The proof of a leaf that this appended; None for any other.
    pub(super) fn proof(&self, leaf: u64) -> Option<String> {
        let proof = InclusionProof {
            index: leaf,
            path: self.growth.inclusion(leaf)?,
            checkpoint: self.checkpoint.clone(),
        };
        Some(proof.to_string())
    }
}

fn checkpoint(signer: &LogSigner, frontier: &Frontier) -> String {
    signer.sign(&Checkpoint {
        origin: signer.public().name().to_owned(),
        size: frontier.size(),
        root: frontier.root(),
    })
}

/// The key of the log in this store, if there is one.
pub(super) fn key(connection: &Connection) -> rusqlite::Result<Option<String>> {
    connection
        .query_row("SELECT key FROM log", [], |row| row.get(0))
        .optional()
}

/// Takes the log out of the store, so that the next start begins another with all submissions that are still known.
pub(super) fn forget(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "BEGIN IMMEDIATE;
         UPDATE submission SET leaf = NULL;
         DELETE FROM release;
         DELETE FROM entry;
         DELETE FROM node;
         DELETE FROM log;
         COMMIT;",
    )
}

/// The newest checkpoint.
pub(crate) fn head(connection: &Connection) -> rusqlite::Result<Head> {
    connection.query_row(
        "SELECT checkpoint, (SELECT coalesce(max(leaf) + 1, 0) FROM entry) FROM log",
        [],
        |row| {
            Ok(Head {
                checkpoint: row.get(0)?,
                size: row.get::<_, i64>(1)?.cast_unsigned(),
            })
        },
    )
}

/// The proof that `leaf` is in the tree under the newest checkpoint.
pub(super) fn proof(connection: &Connection, leaf: i64) -> rusqlite::Result<String> {
    proof_under(connection, leaf.cast_unsigned(), &head(connection)?)
}

/// The proof that leaf `index` is in the tree under this checkpoint.
pub(crate) fn proof_under(
    connection: &Connection,
    index: u64,
    under: &Head,
) -> rusqlite::Result<String> {
    let path = with_nodes(connection, |nodes| {
        tree::inclusion(index, under.size, nodes)
    })?;
    let proof = InclusionProof {
        index,
        path,
        checkpoint: under.checkpoint.clone(),
    };
    Ok(proof.to_string())
}

/// Whether a release is a leaf.
pub(super) fn is_released(connection: &Connection, digest: &Digest) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM release WHERE sha256 = ?1")?
        .exists([digest.as_bytes()])
}

/// Writes down which leaf a release is.
pub(super) fn enter_release(
    transaction: &Connection,
    digest: &Digest,
    leaf: u64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT INTO release (sha256, leaf) VALUES (?1, ?2)")?
        .execute(params![digest.as_bytes(), leaf.cast_signed()])
        .map(drop)
}

/// The releases among these leaves: digest and leaf.
pub(crate) fn releases(
    connection: &Connection,
    leaves: std::ops::Range<u64>,
) -> rusqlite::Result<Vec<(Digest, u64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT sha256, leaf FROM release WHERE leaf >= ?1 AND leaf < ?2 ORDER BY leaf",
    )?;
    let range = params![leaves.start.cast_signed(), leaves.end.cast_signed()];
    let releases = statement.query_map(range, |row| {
        let digest = Digest::from_bytes(row.get(0)?);
        Ok((digest, row.get::<_, i64>(1)?.cast_unsigned()))
    })?;
    releases.collect()
}

/// The digests that these leaves are, which are all there.
pub(crate) fn entries(
    connection: &Connection,
    leaves: std::ops::Range<u64>,
) -> rusqlite::Result<Vec<Digest>> {
    let mut statement = connection.prepare_cached(
        "SELECT manifest_sha256 FROM entry WHERE leaf >= ?1 AND leaf < ?2 ORDER BY leaf",
    )?;
    let range = params![leaves.start.cast_signed(), leaves.end.cast_signed()];
    let entries = statement.query_map(range, |row| Ok(Digest::from_bytes(row.get(0)?)))?;
    entries.collect()
}

/// Asks a question of the tree; the error of the store is the answer when a node cannot be had.
pub(crate) fn with_nodes<T>(
    connection: &Connection,
    ask: impl FnOnce(&mut tree::Nodes<'_>) -> Option<T>,
) -> rusqlite::Result<T> {
    let mut failed = rusqlite::Error::QueryReturnedNoRows;
    let mut nodes = |level, number| match node(connection, level, number) {
        Ok(hash) => Some(hash),
        Err(error) => {
            failed = error;
            None
        }
    };
    let answer = ask(&mut nodes);
    answer.ok_or(failed)
}

fn node(connection: &Connection, level: u32, number: u64) -> rusqlite::Result<Digest> {
    let number = number.cast_signed();
    if level == 0 {
        let mut entry =
            connection.prepare_cached("SELECT manifest_sha256 FROM entry WHERE leaf = ?1")?;
        return entry.query_row([number], |row| {
            Ok(tree::leaf(&Digest::from_bytes(row.get(0)?)))
        });
    }
    let mut node =
        connection.prepare_cached("SELECT hash FROM node WHERE level = ?1 AND number = ?2")?;
    node.query_row(params![level, number], |row| {
        Ok(Digest::from_bytes(row.get(0)?))
    })
}

/// Submissions without a leaf, oldest first, with their manifests.
fn strays(connection: &Connection, max: i64) -> rusqlite::Result<Vec<(i64, Digest)>> {
    let mut statement = connection.prepare(
        "SELECT seq, manifest_sha256 FROM submission WHERE leaf IS NULL ORDER BY seq LIMIT ?1",
    )?;
    let strays = statement.query_map([max], |row| {
        Ok((row.get(0)?, Digest::from_bytes(row.get(1)?)))
    })?;
    strays.collect()
}
