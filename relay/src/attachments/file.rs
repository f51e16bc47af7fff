//! One attachment on the disk: a file that grows, and the digests of what is in it.
//!
//! `{n}.part` while it comes, `{n}` from the moment its digest was found right. What a crash left is what the file holds:
//! its digests are made from it again, and a byte that never reached the disk is found by the digest at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use envelope::{Digest, Pieces};

use crate::disk::{folder_of, make_folder, sync_folder};

/// The folders are for this user alone.
pub(super) const FOLDER_MODE: u32 = 0o700;

/// What an attachment has to become, and where.
#[derive(Clone)]
pub(super) struct PartFile {
    /// Where it lies once it is whole.
    whole: PathBuf,
    /// Where it grows.
    growing: PathBuf,
    pub(super) len: u64,
    pieces: Digest,
}

/// How far an attachment has come.
pub(super) enum State {
    /// Nobody has looked since the start, or something went wrong: the disk knows.
    Unread,
    Growing(Box<Pieces>),
    Whole,
    /// Its submission is not unfinished any more.
    Gone,
}

impl PartFile {
    /// The file of the attachment `n` in the folder of its submission.
    pub(super) fn new(folder: &Path, n: &str, len: u64, pieces: Digest) -> PartFile {
        let whole = folder.join(n);
        PartFile {
            growing: whole.with_added_extension("part"),
            whole,
            len,
            pieces,
        }
    }

    /// Whether all of it is there and right.
    pub(super) fn is_whole(&self) -> bool {
        self.whole.exists()
    }

    /// Looks at the disk. What is told afterwards to be there is there, also after a power cut.
    pub(super) fn read(&self) -> io::Result<State> {
        if self.is_whole() {
            return Ok(State::Whole);
        }
        let file = match File::open(&self.growing) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(State::Growing(Box::default()));
            }
            Err(error) => return Err(error),
        };
        file.sync_data()?;
        let pieces = pieces_of(file)?;
        if pieces.len() > self.len {
            fs::remove_file(&self.growing)?;
            return Ok(State::Growing(Box::default()));
        }
        Ok(State::Growing(Box::new(pieces)))
    }

    /// Adds the bytes that come next. After an error only [`PartFile::read`] knows how many of them are there.
    pub(super) fn append(&self, pieces: &mut Pieces, bytes: &[u8]) -> io::Result<()> {
        if pieces.is_empty() {
            make_folder(folder_of(&self.whole), FOLDER_MODE)?;
        }
        let mut file = OpenOptions::new()
            .append(true)
            .create(pieces.is_empty())
            .mode(0o600)
            .open(&self.growing)?;
        file.write_all(bytes)?;
        pieces.update(bytes);
        Ok(())
    }

    /// Has everything so far survive a power cut.
    pub(super) fn sync(&self) -> io::Result<()> {
        match File::open(&self.growing) {
            Ok(file) => file.sync_data(),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Ends an attachment of which all bytes are there. When they are not those that the manifest names, they are dropped.
    pub(super) fn finish(&self, pieces: Pieces) -> io::Result<State> {
        if pieces.finish() != self.pieces {
            fs::remove_file(&self.growing)?;
            return Ok(State::Growing(Box::default()));
        }
        File::open(&self.growing)?.sync_all()?;
        fs::rename(&self.growing, &self.whole)?;
        sync_folder(folder_of(&self.whole))?;
        Ok(State::Whole)
    }
}

/// The digests of what is in a file.
pub(crate) fn pieces_of(mut file: File) -> io::Result<Pieces> {
    let (mut pieces, mut some) = (Pieces::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut some)? {
            0 => return Ok(pieces),
            read => pieces.update(&some[..read]),
        }
    }
}

/// Removes a submission's folder and what is in it; one that is gone already is fine.
pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
