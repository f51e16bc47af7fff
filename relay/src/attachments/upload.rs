//! An unfinished submission, and each of its attachments in the hands of one request at a time.

use std::collections::BTreeMap;
use std::mem;
use std::path::Path;

use envelope::{Digest, Manifest, SubmissionId, UnixTime};
use tokio::sync::{Mutex, MutexGuard, watch};

use super::file::{PartFile, State};
use super::{Attachments, Trouble};
use crate::bodies::Held;

/// An unfinished submission.
pub(crate) struct Upload {
    id: SubmissionId,
    exp: UnixTime,
    /// Of all its attachments.
    bytes: u64,
    parts: BTreeMap<String, Part>,
}

/// One attachment, and whose turn it is to send it.
pub(crate) struct Part {
    file: PartFile,
    state: Mutex<State>,
    /// The number of the newest request for it.
    turns: watch::Sender<u64>,
}

impl Upload {
    /// What `manifest` names; the files lie in a folder of its own inside `folder`.
    pub(super) fn of(folder: &Path, manifest: &Manifest) -> Upload {
        let folder = folder.join(manifest.id.to_string());
        let part = |(n, len, pieces): (&str, u64, Digest)| {
            let part = Part {
                file: PartFile::new(&folder, n, len, pieces),
                state: Mutex::new(State::Unread),
                turns: watch::Sender::new(0),
            };
            (n.to_owned(), part)
        };
        Upload {
            id: manifest.id,
            exp: manifest.exp,
            bytes: manifest.attachments_bytes(),
            parts: manifest.attachments().map(part).collect(),
        }
    }

    pub(crate) fn id(&self) -> SubmissionId {
        self.id
    }

    /// Whether its time has passed.
    pub(super) fn is_expired(&self, now: UnixTime) -> bool {
        self.exp < now
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The attachment of this name.
    pub(crate) fn part(&self, n: &str) -> Option<&Part> {
        self.parts.get(n)
    }

    /// The names of those that are still to come, in their order.
    pub(crate) fn missing(&self) -> Vec<&str> {
        let missing = self.parts.iter().filter(|(_, part)| !part.file.is_whole());
        missing.map(|(n, _)| n.as_str()).collect()
    }

    /// Takes every attachment out of all hands, for good.
    pub(super) async fn end(&self) {
        for part in self.parts.values() {
            part.turn();
            *part.state.lock().await = State::Gone;
        }
    }
}

impl Part {
    /// How many bytes it will have.
    pub(crate) fn len(&self) -> u64 {
        self.file.len
    }

    /// A new turn; whoever had it before is told.
    fn turn(&self) -> Turn {
        let mut number = 0;
        self.turns.send_modify(|newest| {
            *newest += 1;
            number = *newest;
        });
        Turn {
            number,
            newest: self.turns.subscribe(),
        }
    }
}

/// The turn of one request.
pub(crate) struct Turn {
    number: u64,
    newest: watch::Receiver<u64>,
}

impl Turn {
    /// Comes when another request wants the attachment.
    pub(crate) async fn over(&mut self) {
        let number = self.number;
        // The sender lives as long as the part.
        let _ = self.newest.wait_for(|newest| *newest != number).await;
    }
}

/// An attachment that is in one request's hands. Whoever lets go of it in the middle of something leaves it to be read
/// from the disk again.
pub(crate) struct Holder<'a> {
    attachments: &'a Attachments,
    id: SubmissionId,
    file: &'a PartFile,
    state: MutexGuard<'a, State>,
}

impl<'a> Holder<'a> {
    /// Waits until nobody else has the attachment, and takes it; whoever sends it is interrupted.
    pub(crate) async fn take(
        attachments: &'a Attachments,
        upload: &Upload,
        part: &'a Part,
    ) -> (Holder<'a>, Turn) {
        let turn = part.turn();
        let holder = Holder {
            attachments,
            id: upload.id,
            file: &part.file,
            state: part.state.lock().await,
        };
        (holder, turn)
    }

    /// How many bytes are there.
    pub(crate) async fn offset(&mut self) -> Result<u64, Trouble> {
        if matches!(*self.state, State::Unread) {
            let file = self.file.clone();
            *self.state = self.attachments.on_disk(move || file.read()).await?;
        }
        match &*self.state {
            State::Growing(pieces) => Ok(pieces.len()),
            State::Whole => Ok(self.file.len),
            State::Unread | State::Gone => Err(Trouble::Gone),
        }
    }

    /// Adds the bytes that come next.
    pub(crate) async fn append(&mut self, step: Held) -> Result<(), Trouble> {
        let more = step.bytes().len() as u64;
        self.change(move |file, state| match state {
            State::Growing(mut pieces) => {
                file.append(&mut pieces, step.bytes())?;
                Ok(State::Growing(pieces))
            }
            other => Ok(other),
        })
        .await?;
        self.attachments.count(self.id, 0, more);
        Ok(())
    }

    /// Has what came survive a power cut.
    pub(crate) async fn sync(&mut self) -> Result<(), Trouble> {
        self.change(|file, state| file.sync().map(|()| state)).await
    }

    /// Ends the attachment, all of whose bytes are there. False: they were not those of the manifest, and are dropped.
    pub(crate) async fn finish(&mut self) -> Result<bool, Trouble> {
        self.change(|file, state| match state {
            State::Growing(pieces) => file.finish(*pieces),
            other => Ok(other),
        })
        .await?;
        let is_right = matches!(*self.state, State::Whole);
        if !is_right {
            self.attachments.count(self.id, self.file.len, 0);
        }
        Ok(is_right)
    }

    async fn change(
        &mut self,
        change: impl FnOnce(&PartFile, State) -> std::io::Result<State> + Send + 'static,
    ) -> Result<(), Trouble> {
        let state = mem::replace(&mut *self.state, State::Unread);
        let file = self.file.clone();
        *self.state = self
            .attachments
            .on_disk(move || change(&file, state))
            .await?;
        Ok(())
    }
}
