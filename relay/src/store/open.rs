//! Opening the store: its lock, its tables, and what an earlier run left behind.

use std::error::Error;
use std::fmt::Display;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::fault::Fault;

/// How a store came to be what it is: `PRAGMA user_version` counts the steps that it has had. A change of the schema is
/// a further step.
const STEPS: [&str; 4] = [SPOOL, LOG, ATTACHMENTS, RELEASES];

/// `seq` never comes twice (AUTOINCREMENT), so the intake can go on from the last one it saw.
/// A row of `submission` without one in `sealed` is a tombstone.
const SPOOL: &str = "
    CREATE TABLE submission (
        seq             INTEGER PRIMARY KEY AUTOINCREMENT,
        id              BLOB NOT NULL UNIQUE,
        jkt             BLOB NOT NULL,
        manifest_sha256 BLOB NOT NULL,
        exp             INTEGER NOT NULL,
        receipt         TEXT NOT NULL
    ) STRICT;
    CREATE INDEX submission_exp ON submission (exp);
    CREATE TABLE sealed (
        seq      INTEGER PRIMARY KEY REFERENCES submission (seq),
        manifest TEXT NOT NULL,
        parts    TEXT NOT NULL
    ) STRICT;
    CREATE TABLE catalogue (
        only   INTEGER PRIMARY KEY CHECK (only = 1),
        serial INTEGER NOT NULL
    ) STRICT;
";

/// `leaf` is NULL only until the log has taken up what a store from before it holds. Entries outlive their submissions.
/// `node` has the nodes from level 1 on; those of level 0 are made of the entries.
const LOG: &str = "
    ALTER TABLE submission ADD COLUMN leaf INTEGER;
    CREATE INDEX submission_without_leaf ON submission (seq) WHERE leaf IS NULL;
    CREATE TABLE log (
        only       INTEGER PRIMARY KEY CHECK (only = 1),
        key        TEXT NOT NULL,
        checkpoint TEXT NOT NULL
    ) STRICT;
    CREATE TABLE entry (
        leaf            INTEGER PRIMARY KEY,
        manifest_sha256 BLOB NOT NULL
    ) STRICT;
    CREATE TABLE node (
        level  INTEGER NOT NULL,
        number INTEGER NOT NULL,
        hash   BLOB NOT NULL,
        PRIMARY KEY (level, number)
    ) STRICT, WITHOUT ROWID;
";

/// A row of `unfinished` has the same id as the folder of its files, and becomes one of `submission` with the last of them.
/// A row of `attachment` lives as long as its submission's in `sealed`.
const ATTACHMENTS: &str = "
    CREATE TABLE unfinished (
        id       BLOB PRIMARY KEY,
        exp      INTEGER NOT NULL,
        bytes    INTEGER NOT NULL,
        manifest TEXT NOT NULL,
        parts    TEXT NOT NULL
    ) STRICT;
    CREATE INDEX unfinished_exp ON unfinished (exp);
    CREATE TABLE attachment (
        seq INTEGER NOT NULL REFERENCES sealed (seq),
        n   TEXT NOT NULL,
        len INTEGER NOT NULL,
        PRIMARY KEY (seq, n)
    ) STRICT, WITHOUT ROWID;
";

/// The leaves that are not manifests.
const RELEASES: &str = "
    CREATE TABLE release (
        sha256 BLOB PRIMARY KEY,
        leaf   INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// Takes the lock beside the store: two relays on one store would each trust what only the other knows.
pub(super) fn lock(path: &Path) -> Result<File, Fault> {
    let file = File::create(path.with_added_extension("lock")).map_err(|error| {
        Fault::new(
            path.display(),
            format!("the store cannot be opened: {error}"),
            "make its folder and let this user write there",
        )
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Fault::new(
            path.display(),
            "the store is in use by another motcua-relay",
            "stop that one first, or give this one a store of its own",
        )),
        Err(TryLockError::Error(error)) => Err(Fault::new(
            path.display(),
            format!("the store cannot be locked: {error}"),
            "keep the store on a local disk",
        )),
    }
}

/// The writer's connection, to a store that is made if it is not there.
pub(super) fn for_writing(path: &Path) -> Result<Connection, Fault> {
    let connection = open_own(path).map_err(|error| unusable(path, &error))?;
    let had = steps_had(&connection).map_err(|error| unusable(path, &error))?;
    let Some(steps) = had.and_then(|had| STEPS.get(had..)) else {
        return Err(Fault::new(
            path.display(),
            format!(
                "not a store of version 1 to {}, those that this relay knows",
                STEPS.len()
            ),
            "start the motcua-relay that wrote it, or name another file",
        ));
    };
    prepare(&connection, steps).map_err(|error| unusable(path, &error))?;
    Ok(connection)
}

/// Opens the file for its owner alone; the files that SQLite puts beside it follow its mode.
fn open_own(path: &Path) -> Result<Connection, Box<dyn Error>> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)?;
    Ok(Connection::open(path)?)
}

/// How many steps a store has had, 0 for a file with nothing in it; `None` for what is no store.
fn steps_had(connection: &Connection) -> rusqlite::Result<Option<usize>> {
    connection.query_row(
        "SELECT user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_user_version",
        [],
        |row| {
            let (version, tables): (u32, i64) = (row.get(0)?, row.get(1)?);
            Ok(((version > 0) == (tables > 0)).then_some(version as usize))
        },
    )
}

/// Whether the store has the very tables that its steps make: SQLite itself believes whatever a damaged page says of them.
pub(super) fn has_its_tables(connection: &Connection) -> rusqlite::Result<bool> {
    let had = steps_had(connection)?;
    let Some(steps) = had.and_then(|had| STEPS.get(..had)) else {
        return Ok(false);
    };
    let fresh = Connection::open_in_memory()?;
    fresh.execute_batch(&steps.concat())?;
    Ok(tables(&fresh)? == tables(connection)?)
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<(String, Option<String>)>> {
    let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")?;
    let tables = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    tables.collect()
}

/// The connection for everybody else. In WAL mode it sees whole commits, after they were synced.
pub(super) fn for_reading(path: &Path) -> Result<Connection, Fault> {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(|error| unusable(path, &error))
}

/// Sets the connection up and takes the steps that the store has not had, all of them or none.
fn prepare(connection: &Connection, steps: &[&str]) -> rusqlite::Result<()> {
    // The writer checkpoints by itself, because SQLite's automatic one swallows errors of the disk. Nothing goes to the machine's
    // folder of temporary files: the sandbox has none.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;",
    )?;
    if !steps.is_empty() {
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; {} PRAGMA user_version = {}; COMMIT;",
            steps.concat(),
            STEPS.len()
        ))?;
    }
    // What an earlier run left in the log may be readable from memory only, if that run ended with a failed fsync:
    // it is written and synced again before anybody gets a receipt for it.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

fn unusable(path: &Path, error: &dyn Display) -> Fault {
    Fault::new(
        path.display(),
        format!("the store cannot be used: {error}"),
        "check that this user may write the file and its folder, and that the file is a store of motcua-relay",
    )
}
