//! Attachments: files beside the store, in `{store}.parts/{id}/`, until the intake has them.
//!
//! A submission that names attachments is *unfinished* (a row in the store that nobody sees) until the last of them is
//! whole; then it is kept like any other. A file is synced, renamed and its folder synced before the store is told, so that a kept
//! submission has all its files; a folder that no row knows is swept at the start.

mod file;
mod holds;
mod sweep;
mod upload;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, ErrorKind, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use envelope::{Manifest, SubmissionId, UnixTime};
use rustix::io::Errno;
use tokio::sync::{Mutex, watch};
use tokio::task::spawn_blocking;

use crate::config::Config;
use crate::fault::Fault;
use crate::store::{Store, StoreError};

pub(crate) use file::pieces_of;
use file::remove_folder;
use holds::Holds;
pub(crate) use sweep::Known;
pub(crate) use upload::{Holder, Part, Turn, Upload};

/// Where the attachments of a store lie.
pub(crate) fn folder(store: &Path) -> PathBuf {
    store.with_added_extension("parts")
}

/// The attachments of all submissions that are unfinished, or kept until they are collected.
pub(crate) struct Attachments {
    folder: PathBuf,
    holds: Holds,
    /// Unfinished submissions that were asked for since the start.
    uploads: Mutex<HashMap<SubmissionId, Arc<Upload>>>,
    /// What the disk refused: the relay must stop.
    failure: watch::Sender<Option<String>>,
}

/// Why an attachment could not be taken further.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The disk is full, or there is no descriptor left.
    NoSpace,
    /// The disk refused: the relay stops.
    Failed,
    /// Its submission is not unfinished any more.
    Gone,
}

impl Attachments {
    /// Compares files and rows, counts them, and removes what nobody knows of.
    pub(crate) async fn open(config: &Config, store: &Store) -> Result<Attachments, Fault> {
        let folder = folder(&config.store);
        let failed = |error: &dyn std::fmt::Display| {
            let what = format!("the attachments cannot be looked through: {error}");
            Fault::new(
                folder.display(),
                what,
                "let this user write there, and look after the disk",
            )
        };
        let known = store.attachments().await.map_err(|error| failed(&error))?;
        let holds = Holds::new(config.limits.attachments_bytes_max.get());
        sweep::run(&folder, &known, &holds).map_err(|error| failed(&error))?;
        Ok(Attachments {
            folder,
            holds,
            uploads: Mutex::default(),
            failure: watch::Sender::new(None),
        })
    }

    /// The folder of all of them.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Comes with what the disk refused. Then nothing can be acknowledged any more.
    pub(crate) async fn failed(&self) -> String {
        let mut failure = self.failure.subscribe();
        // The sender lives as long as the relay.
        match failure.wait_for(Option::is_some).await {
            Ok(said) => said.clone().unwrap_or_default(),
            Err(_) => std::future::pending().await,
        }
    }

    /// Holds room for the attachments of a submission that is about to begin. False: there is none.
    pub(crate) fn reserve(&self, manifest: &Manifest) -> bool {
        let claimed = self
            .holds
            .claim(manifest.id, manifest.attachments_bytes(), Instant::now());
        if !claimed {
            tracing::warn!("no room for attachments");
        }
        claimed
    }

    /// Gives back the room of one that did not come to begin.
    pub(crate) fn release(&self, id: SubmissionId) {
        self.holds.free(id);
    }

    /// The attachments of a submission, if it is unfinished at `now`.
    pub(crate) async fn unfinished(
        &self,
        store: &Store,
        id: SubmissionId,
        now: UnixTime,
    ) -> Result<Option<Arc<Upload>>, StoreError> {
        // Held over the look into the store: who drops or finishes it takes the row away first, and then comes here.
        let mut uploads = self.uploads.lock().await;
        let upload = match uploads.get(&id) {
            Some(upload) => Arc::clone(upload),
            None => match store.unfinished(id).await? {
                None => return Ok(None),
                Some(signed) => Arc::new(Upload::of(&self.folder, signed.manifest())),
            },
        };
        if upload.is_expired(now) {
            return Ok(None);
        }
        uploads.insert(id, Arc::clone(&upload));
        Ok(Some(upload))
    }

    /// Holds room for the rest of an upload. False: others have it.
    pub(crate) fn claim(&self, upload: &Upload) -> bool {
        self.holds
            .claim(upload.id(), upload.bytes(), Instant::now())
    }

    /// A submission is unfinished no more, for it is kept.
    pub(crate) async fn complete(&self, id: SubmissionId) {
        self.holds.complete(id);
        self.uploads.lock().await.remove(&id);
    }

    /// A submission was dropped, or collected: its files go.
    pub(crate) async fn discard(&self, id: SubmissionId) -> Result<(), Trouble> {
        let upload = self.uploads.lock().await.remove(&id);
        if let Some(upload) = upload {
            upload.end().await;
        }
        let folder = self.folder.join(id.to_string());
        self.on_disk(move || remove_folder(&folder)).await?;
        self.holds.free(id);
        Ok(())
    }

    /// Counts what came of an upload, or was wrong and is dropped.
    fn count(&self, id: SubmissionId, before: u64, after: u64) {
        match after.checked_sub(before) {
            Some(more) => self.holds.grew(id, more, Instant::now()),
            None => self.holds.dropped(id, before - after),
        }
    }

    /// Opens an attachment of a kept submission, which has `len` bytes, at the byte `from`.
    pub(crate) fn file(&self, id: SubmissionId, n: &str, from: u64, len: u64) -> io::Result<File> {
        let mut file = File::open(self.folder.join(id.to_string()).join(n))?;
        let found = file.metadata()?.len();
        if found != len {
            let what = format!("it has {found} bytes instead of {len}");
            return Err(io::Error::other(what));
        }
        file.seek(SeekFrom::Start(from))?;
        Ok(file)
    }

    /// Runs what waits for the disk where it keeps nobody waiting. An error but a full disk stops the relay.
    async fn on_disk<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, Trouble> {
        let done = spawn_blocking(task).await;
        let error = match done {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(error)) => error,
            Err(panicked) => io::Error::other(panicked),
        };
        match error.kind() {
            _ if is_out_of_descriptors(&error) => Err(Trouble::NoSpace),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                tracing::error!(%error, "no space for an attachment");
                Err(Trouble::NoSpace)
            }
            // Its folder was removed meanwhile; nothing is wrong with the disk.
            ErrorKind::NotFound => Err(Trouble::Gone),
            _ => {
                self.failure.send_replace(Some(error.to_string()));
                Err(Trouble::Failed)
            }
        }
    }
}

/// Whether there is no descriptor left, here or in the whole system: nothing is wrong with the disk.
fn is_out_of_descriptors(error: &io::Error) -> bool {
    let errno = Errno::from_io_error(error);
    matches!(errno, Some(Errno::MFILE | Errno::NFILE))
}
