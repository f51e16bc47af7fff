//! The intake's own folder: which file stands where. The picture is in `docs/operating.md`.
//!
//! ```text
//! offices/{code}/{reference}-{id}.json   handed over, for the office's own system
//! offices/{code}/{reference}-{id}.{part}.{ending}   a file of one of its papers, opened
//! trial/{code}/…                         the same for submissions in trial; they never become cases
//! submissions/{id}/                      evidence, still sealed: manifest.jws receipt.jws proof.txt parts/{n}.jwe ledger.json
//! quarantine/{id}/                       cause.txt, and submission.json when nothing of it was taken
//! forms/{sha256}.json lists/{sha256}.json  every compiled form and list ever met, for ever
//! catalogue-serial                       the highest serial seen: an older catalogue is refused
//! lock                                   held by the one process that writes here
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use envelope::{Digest, Mode, SubmissionId};

use crate::durable::{self, Readers};
use crate::failure::Failure;

/// Paths below `dir`. Reading needs nothing more; writing needs a [`Lock`].
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    /// Held while a folder that several submissions go to is made.
    making: Arc<Mutex<()>>,
}

/// Held for as long as a process writes: a second one would hand over twice.
pub(crate) struct Lock {
    _file: File,
}

impl Folder {
    pub(crate) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            making: Arc::default(),
        }
    }

    /// Makes the folder ready for writing and locks it.
    pub(crate) fn lock(&self) -> Result<Lock, Failure> {
        durable::folder(&self.root, Readers::Group)?;
        for own in ["submissions", "quarantine", "forms", "lists"] {
            durable::folder(&self.root.join(own), Readers::Intake)?;
        }
        let path = self.root.join("lock");
        let open = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path);
        let file = open.map_err(|error| {
            Failure::at(&path, error, "The intake needs a folder that it may write.")
        })?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Failure::at(
                &self.root,
                "another motcua-intake writes here",
                "Stop it first, or give this one its own `dir`.",
            )),
            Err(TryLockError::Error(error)) => Err(Failure::at(
                &path,
                error,
                "The file system must support locks.",
            )),
        }
    }

    /// Sees whether the folder could be written, and leaves it as it was.
    pub(crate) fn probe(&self) -> Result<(), Failure> {
        let existing = self
            .root
            .ancestors()
            .find(|path| path.exists())
            .unwrap_or(Path::new("."));
        let probe = existing.join(".motcua-intake-probe");
        File::create(&probe)
            .and_then(|_| fs::remove_file(&probe))
            .map_err(|error| {
                Failure::at(
                    &self.root,
                    error,
                    "The intake needs a folder that it may write.",
                )
            })
    }

    /// The evidence of the submission with this id.
    pub(crate) fn submission(&self, id: &str) -> PathBuf {
        self.root.join("submissions").join(id)
    }

    pub(crate) fn ledger(&self, id: &SubmissionId) -> PathBuf {
        self.submission(&id.to_string()).join("ledger.json")
    }

    pub(crate) fn quarantine(&self, name: &str) -> PathBuf {
        self.root.join("quarantine").join(name)
    }

    /// Folder, relative to `dir`, where an office finds what is handed over to it.
    pub(crate) fn office(mode: Mode, office: &str) -> PathBuf {
        let kind = match mode {
            Mode::Live => "offices",
            Mode::Trial => "trial",
        };
        Path::new(kind).join(office)
    }

    /// Makes an office's folder. Who finds it being made waits until it would survive a power cut: what is put into it counts
    /// as safe.
    pub(crate) fn make_office(&self, office: &Path) -> Result<PathBuf, Failure> {
        let _alone = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.resolve(office);
        durable::folder(&path, Readers::Group)?;
        Ok(path)
    }

    /// A path relative to `dir`, as the ledger keeps it, made whole.
    pub(crate) fn resolve(&self, relative: &Path) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn archived_form(&self, digest: &Digest) -> PathBuf {
        self.root.join("forms").join(format!("{digest}.json"))
    }

    pub(crate) fn archived_list(&self, digest: &Digest) -> PathBuf {
        self.root.join("lists").join(format!("{digest}.json"))
    }

    pub(crate) fn catalogue_serial(&self) -> PathBuf {
        self.root.join("catalogue-serial")
    }

    /// Names in `submissions/` or `quarantine/`, sorted; none when the folder is not there yet.
    pub(crate) fn names(&self, of: Kept) -> Result<Vec<String>, Failure> {
        let path = self.root.join(match of {
            Kept::Submissions => "submissions",
            Kept::Quarantine => "quarantine",
        });
        let unreadable = |error| {
            Failure::at(
                &path,
                error,
                "Has the intake run yet, and may you read its folder?",
            )
        };
        let mut names = Vec::new();
        for entry in fs::read_dir(&path).map_err(unreadable)? {
            names.extend(entry.map_err(unreadable)?.file_name().into_string());
        }
        names.sort();
        Ok(names)
    }
}

/// The two folders that hold one entry a submission.
#[derive(Clone, Copy)]
pub(crate) enum Kept {
    Submissions,
    Quarantine,
}
