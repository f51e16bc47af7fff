//! The folder of the log's files (C2SP tlog-tiles): `checkpoint`, `tile/…` and `release/…`, to be served as they are, here or
//! by a CDN.
//!
//! Every file but the checkpoint is written once and never changed. The checkpoint comes last, so whoever has read it
//! finds what it is over.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use envelope::log::{Bundle, Checkpoint, LogKey, Note, Tile, release_proof};
use envelope::{Digest, UnixTime};
use rusqlite::Connection;

use crate::disk::{folder_of, make_folder, sync_folder};
use crate::fault::Fault;
use crate::log::key::LogSigner;
use crate::store::log::{entries, head, proof_under, releases, with_nodes};

/// The name of the checkpoint's file.
const CHECKPOINT: &str = "checkpoint";

/// The folder of one log.
#[derive(Clone)]
pub(crate) struct Folder {
    root: PathBuf,
}

/// A file of the log, as it is named in a request.
pub(crate) enum Named {
    Checkpoint,
    Tile(Tile),
    Bundle(Bundle),
    /// The proof that a release is a leaf.
    Release(Digest),
}

impl Named {
    /// What `name` names; nothing else of the folder can be asked for.
    pub(crate) fn read(name: &str) -> Option<Named> {
        if name == CHECKPOINT {
            return Some(Named::Checkpoint);
        }
        if let Some(digest) = name.strip_prefix("release/") {
            return digest.parse().map(Named::Release).ok();
        }
        let tile = name.parse().map(Named::Tile);
        tile.or_else(|_| name.parse().map(Named::Bundle)).ok()
    }

    fn path(&self) -> String {
        match self {
            Named::Checkpoint => CHECKPOINT.to_owned(),
            Named::Tile(tile) => tile.to_string(),
            Named::Bundle(bundle) => bundle.to_string(),
            Named::Release(digest) => release_proof(digest),
        }
    }
}

impl Folder {
    pub(crate) fn new(root: &Path) -> Folder {
        Folder {
            root: root.to_owned(),
        }
    }

    pub(crate) fn display(&self) -> std::path::Display<'_> {
        self.root.display()
    }

    /// The bytes of a file, if it is there.
    pub(crate) fn read(&self, named: &Named) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.root.join(named.path())) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Refuses a folder in which a log was published.
    pub(crate) fn require_new(&self) -> Result<(), Fault> {
        let place = self.root.join(CHECKPOINT);
        if place.exists() {
            return Err(Fault::new(
                place.display(),
                "a log was published in this folder, and its files are kept for ever",
                "name a new folder for the new log",
            ));
        }
        Ok(())
    }

    /// Refuses a store whose log is not the one that was published here, or is older.
    ///
    /// A folder without a checkpoint is a new log's: for a store that has leaves already it is refused too, for then the
    /// witness is missing.
    pub(crate) fn witness(&self, connection: &Connection, key: &LogKey) -> Result<(), Fault> {
        let place = self.root.join(CHECKPOINT);
        let fault = |what: String, mend: &str| Err(Fault::new(place.display(), what, mend));
        let unreadable = |error: &dyn std::fmt::Display| {
            let what = format!("the log's checkpoint cannot be compared: {error}");
            Fault::new(
                place.display(),
                what,
                "see that this user may read the store and write there",
            )
        };
        let head = head(connection).map_err(|error| unreadable(&error))?;
        let Some(published) = self
            .read(&Named::Checkpoint)
            .map_err(|error| unreadable(&error))?
        else {
            if head.size > 0 {
                return fault(
                    format!("is missing, and the store's log has {} leaves", head.size),
                    "name the folder where this log was published, or put its checkpoint back from the CDN; \
                     if there is none, begin a new log with `motcua-relay log begin`",
                );
            }
            return Ok(());
        };
        let published = String::from_utf8_lossy(&published);
        let published = match Checkpoint::read(&published, std::slice::from_ref(key)) {
            Ok(published) => published,
            Err(error) => {
                return fault(
                    error.to_string(),
                    "name the folder of this log, or an empty one for a new log",
                );
            }
        };
        if published.size > head.size {
            return fault(
                format!(
                    "{} leaves were published, and the store's log has {}: the store is an old one",
                    published.size, head.size
                ),
                "put the newest store there; if it is lost, begin a new log with `motcua-relay log begin`",
            );
        }
        let root = with_nodes(connection, |nodes| {
            envelope::log::tree::root(published.size, nodes)
        })
        .map_err(|error| unreadable(&error))?;
        if root != published.root {
            return fault(
                format!(
                    "the first {} leaves of the store's log are others than were published",
                    published.size
                ),
                "put the store of this log there, or begin a new log with `motcua-relay log begin`",
            );
        }
        Ok(())
    }

    /// Writes every file of the newest tree that is not here, then the checkpoint with the time; at last it takes away the
    /// partial files that a full one replaces. `since` leaves were published before. Returns how many are now.
    pub(crate) fn publish(
        &self,
        connection: &Connection,
        since: u64,
        signer: &LogSigner,
        now: UnixTime,
    ) -> Result<u64, Box<dyn Error + Send + Sync>> {
        let head = head(connection)?;
        let size = head.size;
        if since == 0 {
            self.make()?;
        }
        let mut written = Written::default();
        for tile in Tile::new_between(since, size) {
            let bytes = || with_nodes(connection, |nodes| tile.bytes(nodes));
            self.write_once(&tile.to_string(), bytes, &mut written)?;
        }
        for bundle in Bundle::new_between(since, size) {
            let bytes = || Ok(Bundle::bytes(&entries(connection, bundle.indexes())?));
            self.write_once(&bundle.to_string(), bytes, &mut written)?;
        }
        for (digest, leaf) in releases(connection, since..size)? {
            let bytes = || proof_under(connection, leaf, &head).map(String::into_bytes);
            self.write_once(&release_proof(&digest), bytes, &mut written)?;
        }
        written.sync_folders()?;
        let checkpoint = &head.checkpoint;
        let note = Note::read(checkpoint).ok_or("the store's checkpoint is no note")?;
        let time = now.max(self.published_at(signer.public()).unwrap_or(now));
        let fresh = format!("{checkpoint}{}", signer.freshness(note.text(), time));
        self.write(CHECKPOINT, fresh.as_bytes())?;
        sync_folder(&self.root)?;
        for partial in written.replaced {
            ignore_missing(fs::remove_dir_all(partial))?;
        }
        Ok(size)
    }

    /// Makes the folder. Its own name has to outlive a power cut, too: without the folder a store with leaves is refused.
    fn make(&self) -> io::Result<()> {
        make_folder(&self.root, 0o777)
    }

    /// How many leaves the published checkpoint is over; none when there is none that counts.
    pub(crate) fn size(&self, key: &LogKey) -> Option<u64> {
        let published = self.read(&Named::Checkpoint).ok()??;
        let published = String::from_utf8_lossy(&published);
        let checkpoint = Checkpoint::read(&published, std::slice::from_ref(key));
        checkpoint.ok().map(|checkpoint| checkpoint.size)
    }

    /// The time under the published checkpoint. A clock that was put back does not take it back.
    fn published_at(&self, key: &LogKey) -> Option<UnixTime> {
        let published = self.read(&Named::Checkpoint).ok()??;
        Note::read(&String::from_utf8_lossy(&published))?.fresh_at(key)
    }

    /// Writes a file that never changes, unless it is here already.
    fn write_once(
        &self,
        name: &str,
        bytes: impl FnOnce() -> rusqlite::Result<Vec<u8>>,
        written: &mut Written,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let path = self.root.join(name);
        if !path.exists() {
            self.write(name, &bytes()?)?;
            written.folders.extend(
                path.ancestors()
                    .skip(1)
                    .take_while(|folder| *folder != self.root)
                    .map(Path::to_owned),
            );
        }
        if !name.contains(PARTIAL) {
            written.replaced.push(self.root.join(format!("{name}.p")));
        }
        Ok(())
    }

    /// Whether a file has these bytes. A partial one may be gone: a fuller one has replaced it.
    pub(crate) fn compare(&self, name: &str, right: &[u8]) -> io::Result<bool> {
        match fs::read(self.root.join(name)) {
            Ok(bytes) => Ok(bytes == right),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(name.contains(PARTIAL)),
            Err(error) => Err(error),
        }
    }

    /// Writes a file again that was damaged.
    pub(crate) fn mend(&self, name: &str, right: &[u8]) -> io::Result<()> {
        self.put(".mended", name, right)?;
        let path = self.root.join(name);
        sync_folder(folder_of(&path))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.put(".new", name, bytes)
    }

    /// Puts a file in place, whole or not at all. Of those who write at once each has a temporary name of its own.
    fn put(&self, temporary: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.root.join(name);
        let folder = folder_of(&path);
        let temporary = self.root.join(temporary);
        fs::create_dir_all(folder)?;
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, &path)
    }
}

/// What marks the name of a file that is not full.
const PARTIAL: &str = ".p/";

/// What a round of publishing has yet to finish.
#[derive(Default)]
struct Written {
    /// Folders that got a new name in them.
    folders: BTreeSet<PathBuf>,
    /// Folders of partial files whose full file is here.
    replaced: Vec<PathBuf>,
}

impl Written {
    fn sync_folders(&self) -> io::Result<()> {
        self.folders
            .iter()
            .try_for_each(|folder| sync_folder(folder))
    }
}

fn ignore_missing(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
