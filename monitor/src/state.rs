//! What was seen of a log, on the monitor's own disk: every leaf, and every checkpoint that was believed.
//!
//! ```text
//! entries              32 bytes a leaf, in order
//! checkpoints/{size}   the note as the log signed it
//! newest               the size of the newest of them
//! evidence/            what contradicted them
//! releases             time, serial and digest of each release that was found public, a line each
//! compared             the file of the portal that was compared last, in their turn
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use envelope::log::{Checkpoint, LogKey};
use envelope::{Digest, UnixTime};

use crate::tree::Seen;

/// The folder of one followed log.
pub struct State {
    root: PathBuf,
    /// Every leaf of the newest checkpoint.
    pub seen: Seen,
}

impl State {
    /// What was seen before; nothing in a new folder.
    ///
    /// # Errors
    /// The folder cannot be read, or what is in it is not what was written: in words.
    pub fn open(root: &Path, key: &LogKey) -> Result<State, String> {
        let told = |error: io::Error| {
            format!(
                "{}: {error}; give the monitor a folder of its own that it may write",
                root.display()
            )
        };
        fs::create_dir_all(root.join("checkpoints")).map_err(told)?;
        let newest = match fs::read_to_string(root.join("newest")) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(State {
                    root: root.to_owned(),
                    seen: Seen::default(),
                });
            }
            newest => newest.map_err(told)?,
        };
        let damaged = || {
            format!(
                "{}: what was seen is damaged; put its backup there, or begin in a new folder",
                root.display()
            )
        };
        let note = fs::read_to_string(root.join("checkpoints").join(newest.trim_end()))
            .map_err(|_| damaged())?;
        let checkpoint = Checkpoint::read(&note, std::slice::from_ref(key))
            .map_err(|fault| format!("{}: {fault}", root.display()))?;
        let entries = match fs::read(root.join("entries")) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            entries => entries.map_err(told)?,
        };
        let wanted = usize::try_from(checkpoint.size).map_err(|_| damaged())?;
        // A crash between the two files leaves entries that no checkpoint was kept for: they are read again.
        let manifests: Vec<Digest> = entries
            .chunks_exact(32)
            .take(wanted)
            .filter_map(|entry| entry.try_into().ok().map(Digest::from_bytes))
            .collect();
        let seen = Seen::of(manifests);
        if (seen.size(), seen.root()) != (checkpoint.size, checkpoint.root) {
            return Err(damaged());
        }
        Ok(State {
            root: root.to_owned(),
            seen,
        })
    }

    /// Keeps a checkpoint that was believed, and the leaves under it.
    ///
    /// # Errors
    /// The disk's.
    pub fn keep(&mut self, note: &str, seen: Seen) -> io::Result<()> {
        let before = self.seen.size();
        let mut entries = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.root.join("entries"))?;
        entries.set_len(before * 32)?;
        io::Seek::seek(&mut entries, io::SeekFrom::End(0))?;
        let new: Vec<u8> = seen
            .since(before)
            .iter()
            .flat_map(|manifest| *manifest.as_bytes())
            .collect();
        entries.write_all(&new)?;
        entries.sync_all()?;
        let size = seen.size().to_string();
        write_whole(&self.root.join("checkpoints").join(&size), note.as_bytes())?;
        write_whole(&self.root.join("newest"), format!("{size}\n").as_bytes())?;
        self.seen = seen;
        Ok(())
    }

    /// Keeps a checkpoint that contradicts what was seen.
    ///
    /// # Errors
    /// The disk's.
    pub fn keep_evidence(&self, note: &str) -> io::Result<()> {
        let folder = self.root.join("evidence");
        fs::create_dir_all(&folder)?;
        write_whole(
            &folder.join(Digest::of(note.as_bytes()).to_string()),
            note.as_bytes(),
        )
    }
}

/// What was public at a portal, as far as it was seen.
pub struct Past {
    root: PathBuf,
    /// When it was first seen, serial and digest; the last one is the one that is public.
    releases: Vec<(UnixTime, u64, Digest)>,
    compared: String,
}

impl Past {
    /// What was seen before; nothing in a new folder.
    ///
    /// # Errors
    /// The folder cannot be read, or what is in it is not what was written: in words.
    pub fn open(root: &Path) -> Result<Past, String> {
        let read = |name: &str| match fs::read_to_string(root.join(name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            text => text.map_err(|error| format!("{}: {error}", root.join(name).display())),
        };
        let lines = read("releases")?;
        let releases = lines.lines().map(|line| {
            let mut words = line.split(' ');
            let time = UnixTime(words.next()?.parse().ok()?);
            let (serial, digest) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            Some((time, serial, digest))
        });
        let releases: Option<_> = releases.collect();
        Ok(Past {
            root: root.to_owned(),
            releases: releases.ok_or_else(|| {
                format!(
                    "{}: damaged; put its backup there, or take it away",
                    root.join("releases").display()
                )
            })?,
            compared: read("compared")?,
        })
    }

    /// The highest serial that was public.
    pub fn newest_serial(&self) -> Option<u64> {
        self.releases.iter().map(|(_, serial, _)| *serial).max()
    }

    /// Since when the release that is public now is.
    pub fn public_since(&self) -> Option<UnixTime> {
        self.releases.last().map(|(since, ..)| *since)
    }

    /// Keeps which release is public. Returns whether it is another than before.
    ///
    /// # Errors
    /// The disk's.
    pub fn keep(&mut self, serial: u64, digest: Digest, now: UnixTime) -> io::Result<bool> {
        if self.releases.last().is_some_and(|last| last.2 == digest) {
            return Ok(false);
        }
        self.releases.push((now, serial, digest));
        let line = |(time, serial, digest): &(UnixTime, u64, Digest)| {
            format!("{} {serial} {digest}\n", time.0)
        };
        let lines: String = self.releases.iter().map(line).collect();
        write_whole(&self.root.join("releases"), lines.as_bytes())?;
        Ok(true)
    }

    /// The file that was compared last.
    pub fn last_compared(&self) -> &str {
        &self.compared
    }

    /// Keeps up to which file it was compared.
    ///
    /// # Errors
    /// The disk's.
    pub fn compared_up_to(&mut self, path: &str) -> io::Result<()> {
        path.clone_into(&mut self.compared);
        write_whole(&self.root.join("compared"), path.as_bytes())
    }
}

/// Writes a file whole or not at all, so that it survives a power cut.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_added_extension("new");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}
