//! The spool: every submission until the intake has it, and a tombstone with the receipt afterwards.
//!
//! Each submission is a leaf of the log (`store/log.rs`) from the same commit on, and so is each release of the portal.
//! One thread owns the writing connection (`writer.rs`). Everybody else sends it an [`Order`] and waits, or reads
//! through a second connection, which sees only what a finished commit left on the disk.

pub(crate) mod log;
mod open;
pub(crate) mod pass;
mod reading;
pub(crate) mod room;
mod unfinished;
pub(crate) mod whole;
mod writer;

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use envelope::log::LogKey;
use envelope::{Ack, Catalogue, Digest, Identity, Signed, SubmissionId, UnixTime};
use rusqlite::{Connection, OptionalExtension};
use tokio::sync::{mpsc, oneshot, watch};

use crate::attachments::Known;
use crate::config::Config;
use crate::fault::Fault;
use crate::log::key::LogSigner;
use crate::receipt::Promise;

use log::Log;
use room::{Lack, Room};
use whole::{Damages, Submission};
use writer::Order;

/// How long after `exp` a tombstone is kept (30 days): a sender who asks again so late still gets the receipt.
const TOMBSTONE_S: i64 = 30 * 24 * 3600;

/// What is to be kept: a verified submission and the receipt that its commit will make true.
pub(crate) struct Draft {
    pub(crate) sent: Identity,
    pub(crate) exp: UnixTime,
    pub(crate) manifest: String,
    /// The parts as a JSON object, name to JWE.
    pub(crate) parts: String,
    /// Name and bytes of each attachment; the files are whole.
    pub(crate) attachments: Vec<(String, u64)>,
    pub(crate) promise: Promise,
}

/// What acknowledgements deleted.
#[derive(Default)]
pub(crate) struct Released {
    pub(crate) deleted: usize,
    /// Those of them that had attachments, whose files can go now.
    pub(crate) with_attachments: Vec<SubmissionId>,
}

/// A submission that stands on the disk and in the log: made after the COMMIT returned, or read from a committed row.
pub(crate) struct Kept {
    is_new: bool,
    jkt: [u8; 32],
    manifest_sha256: [u8; 32],
    receipt: String,
    proof: String,
}

impl Kept {
    /// What was committed just now.
    fn now(draft: Draft, proof: String) -> Kept {
        Kept {
            is_new: true,
            jkt: *draft.sent.jkt.digest().as_bytes(),
            manifest_sha256: *draft.sent.manifest_sha256.as_bytes(),
            receipt: draft.promise.into_line(),
            proof,
        }
    }

    /// What was committed before, and is whole.
    fn before(submission: Submission) -> Kept {
        Kept {
            is_new: false,
            jkt: submission.jkt,
            manifest_sha256: *submission.manifest_sha256.as_bytes(),
            receipt: submission.receipt,
            proof: submission.proof,
        }
    }

    /// Whether it is the very submission that was `sent`, and no other that took the same id.
    pub(crate) fn is(&self, sent: Identity) -> bool {
        self.jkt == *sent.jkt.digest().as_bytes() && self.manifest_sha256() == sent.manifest_sha256
    }

    /// Whether this very request put it there.
    pub(crate) fn is_new(&self) -> bool {
        self.is_new
    }

    pub(crate) fn manifest_sha256(&self) -> Digest {
        Digest::from_bytes(self.manifest_sha256)
    }

    /// The signed receipt and the proof that its manifest is in the log: now that the submission is kept, they say the
    /// truth.
    pub(crate) fn into_receipt_and_proof(self) -> (String, String) {
        (self.receipt, self.proof)
    }
}

/// Why the store gave no answer.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// Too many wait for the disk, or there is no room.
    Full,
    /// The writer has stopped: the relay is stopping.
    Stopped,
    /// A read failed.
    Read(rusqlite::Error),
    /// What was asked for is not as it was kept: it is told where, and handed out to nobody.
    Damaged,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Full => f.write_str("the store is full"),
            StoreError::Stopped => f.write_str("the store has stopped"),
            StoreError::Damaged => f.write_str("what is kept under this id is damaged"),
            StoreError::Read(error) => write!(f, "the store cannot be read: {error}"),
        }
    }
}

/// The way to the store for everybody but the writer.
pub(crate) struct Store {
    orders: mpsc::Sender<Order>,
    reader: Arc<Mutex<Connection>>,
    last_seq: watch::Receiver<i64>,
    room: Arc<Room>,
    damages: Arc<Damages>,
    /// Held as long as the store: the lock falls with the process, however it ends.
    _lock: File,
}

impl Store {
    /// Opens or makes the store and starts its writer, unless `witness` says that its log is not the newest.
    ///
    /// The second value comes when the writer ends: with an error when it failed. Then nothing can be acknowledged any
    /// more, and the relay must stop.
    pub(crate) fn open(
        config: &Config,
        signer: &Arc<LogSigner>,
        witness: impl FnOnce(&Connection) -> Result<(), Fault>,
    ) -> Result<(Store, oneshot::Receiver<rusqlite::Result<()>>), Fault> {
        let path = &config.store;
        let lock = open::lock(path)?;
        let connection = open::for_writing(path)?;
        let reader = open::for_reading(path)?;
        let mut log = Log::open(path, &connection, Arc::clone(signer))?;
        witness(&connection)?;
        log.adopt(&connection).map_err(|error| {
            let what = format!("what it holds cannot be taken up into the log: {error}");
            Fault::new(
                path.display(),
                what,
                "look after the disk, then start again",
            )
        })?;
        let limits = &config.limits;
        let (orders, waiting) = mpsc::channel(limits.waiting_max.get() as usize);
        let (seq_sender, last_seq) = watch::channel(0);
        let (end_sender, end) = oneshot::channel();
        let room = Arc::new(Room::new(config));
        writer::start(
            connection,
            log,
            waiting,
            seq_sender,
            Arc::clone(&room),
            end_sender,
        )
        .map_err(|error| {
            Fault::new(
                path.display(),
                format!("no thread for its writer: {error}"),
                "free memory",
            )
        })?;
        let reader = Arc::new(Mutex::new(reader));
        Ok((
            Store {
                orders,
                reader,
                last_seq,
                room,
                damages: Arc::default(),
                _lock: lock,
            },
            end,
        ))
    }

    /// What there is too little of to take a new submission.
    pub(crate) fn lack(&self) -> Option<Lack> {
        self.room.lack()
    }

    /// What was found not to be as it was written.
    pub(crate) fn damages(&self) -> &Arc<Damages> {
        &self.damages
    }

    /// What the store may still fill.
    pub(crate) fn room(&self) -> &Room {
        &self.room
    }

    /// Whether nothing is written any more, because writing failed.
    pub(crate) fn has_stopped(&self) -> bool {
        self.orders.is_closed()
    }

    /// The receipt of the submission that waits longest for the intake.
    pub(crate) async fn oldest_receipt(&self) -> Result<Option<String>, StoreError> {
        let oldest = |connection: &Connection| {
            connection
                .query_row(
                    "SELECT receipt FROM submission WHERE seq = (SELECT min(seq) FROM sealed)",
                    [],
                    |row| row.get(0),
                )
                .optional()
        };
        self.read(oldest).await
    }

    /// Keeps a submission, or finds the one that already has its id. Returns after the commit.
    ///
    /// When the caller goes away meanwhile, the submission is kept all the same.
    pub(crate) async fn keep(
        &self,
        draft: Draft,
        catalogue: Arc<Catalogue>,
    ) -> Result<Kept, StoreError> {
        let id = draft.sent.id;
        match self
            .take(|reply| Order::Keep(Box::new(draft), reply))
            .await?
        {
            Some(kept) => Ok(kept),
            // It came twice, and the other one was first.
            None => self.find(id, catalogue).await?.ok_or(StoreError::Stopped),
        }
    }

    /// Takes a submission whose attachments are to follow. False: its id is known.
    pub(crate) async fn begin(&self, signed: Signed) -> Result<bool, StoreError> {
        self.take(|reply| Order::Begin(Box::new(signed), reply))
            .await
    }

    /// An order that may be refused: there is no room for more, or too many wait.
    async fn take<T>(
        &self,
        order: impl FnOnce(oneshot::Sender<T>) -> Order,
    ) -> Result<T, StoreError> {
        if self.lack().is_some() {
            return Err(StoreError::Full);
        }
        let (reply, answer) = oneshot::channel();
        self.orders
            .try_send(order(reply))
            .map_err(|refused| match refused {
                mpsc::error::TrySendError::Full(_) => StoreError::Full,
                mpsc::error::TrySendError::Closed(_) => StoreError::Stopped,
            })?;
        answer.await.map_err(|_| StoreError::Stopped)
    }

    /// The submission with this id, if attachments are still to come.
    pub(crate) async fn unfinished(&self, id: SubmissionId) -> Result<Option<Signed>, StoreError> {
        self.read(move |connection| unfinished::find(connection, &id))
            .await
    }

    /// Drops an unfinished submission.
    pub(crate) async fn forget(&self, id: SubmissionId) -> Result<(), StoreError> {
        self.order(|reply| Order::Forget(id, reply)).await
    }

    /// Drops the unfinished ones whose `exp` has passed. Returns which.
    pub(crate) async fn forget_expired(
        &self,
        now: UnixTime,
    ) -> Result<Vec<SubmissionId>, StoreError> {
        self.order(|reply| Order::ForgetExpired(now, reply)).await
    }

    /// All attachments that there should be.
    pub(crate) async fn attachments(&self) -> Result<HashMap<SubmissionId, Known>, StoreError> {
        self.read(unfinished::attachments).await
    }

    /// How many bytes an attachment of a submission that nobody has acknowledged yet has.
    pub(crate) async fn attachment_len(
        &self,
        id: SubmissionId,
        n: String,
    ) -> Result<Option<u64>, StoreError> {
        self.read(move |connection| unfinished::attachment_len(connection, &id, &n))
            .await
    }

    /// Deletes what the acknowledgements name exactly, leaving tombstones.
    pub(crate) async fn release(&self, acks: Vec<Ack>) -> Result<Released, StoreError> {
        self.order(|reply| Order::Release(acks, reply)).await
    }

    /// Deletes the tombstones that have had their time. Returns how many.
    pub(crate) async fn purge(&self, now: UnixTime) -> Result<usize, StoreError> {
        self.order(|reply| Order::Purge(now.plus(-TOMBSTONE_S), reply))
            .await
    }

    /// Remembers the serial of the catalogue in use.
    pub(crate) async fn remember_serial(&self, serial: u64) -> Result<(), StoreError> {
        self.order(|reply| Order::RememberSerial(serial.cast_signed(), reply))
            .await
    }

    /// Makes a release of the portal a leaf of the log, unless it is one. Returns whether it was none.
    pub(crate) async fn enter_release(&self, digest: Digest) -> Result<bool, StoreError> {
        self.order(|reply| Order::EnterRelease(digest, reply)).await
    }

    /// Lets the writer finish what was ordered, and stops it.
    pub(crate) async fn close(&self) {
        // An error here means that it has stopped already.
        let _ = self.order(Order::Close).await;
    }

    async fn order<T>(
        &self,
        order: impl FnOnce(oneshot::Sender<T>) -> Order,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.orders
            .send(order(reply))
            .await
            .map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)
    }

    /// The kept submission with this id, if there is one, acknowledged or not; checked by the keys of `catalogue`.
    pub(crate) async fn find(
        &self,
        id: SubmissionId,
        catalogue: Arc<Catalogue>,
    ) -> Result<Option<Kept>, StoreError> {
        let damages = Arc::clone(&self.damages);
        self.read(move |connection| Ok(reading::find(connection, &id, &catalogue, &damages)))
            .await?
    }

    /// The serial of the catalogue last in use.
    pub(crate) async fn serial(&self) -> Result<Option<u64>, StoreError> {
        let serial = |connection: &Connection| {
            connection
                .query_row("SELECT serial FROM catalogue", [], |row| {
                    row.get::<_, i64>(0)
                })
                .optional()
        };
        Ok(self.read(serial).await?.map(i64::cast_unsigned))
    }

    /// Up to `max` submissions after `seq` that nobody has acknowledged yet, oldest first, as a JSON array; each is checked
    /// by the keys of `catalogue`. None when there are none.
    pub(crate) async fn pending(
        &self,
        seq: i64,
        max: i64,
        catalogue: Arc<Catalogue>,
    ) -> Result<Option<String>, StoreError> {
        let damages = Arc::clone(&self.damages);
        self.read(move |connection| reading::pending(connection, seq, max, &catalogue, &damages))
            .await
    }

    /// A further connection that reads, for whoever reads for long.
    pub(crate) fn reader(path: &Path) -> Result<Connection, Fault> {
        open::for_reading(path)
    }

    /// Is told of each commit that made the log grow.
    pub(crate) fn last_seq(&self) -> watch::Receiver<i64> {
        self.last_seq.clone()
    }

    async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reader = Arc::clone(&self.reader);
        let reading = tokio::task::spawn_blocking(move || {
            // A panic between two statements leaves nothing half done in a connection that only reads.
            query(&reader.lock().unwrap_or_else(PoisonError::into_inner))
        });
        reading
            .await
            .map_err(|_| StoreError::Stopped)?
            .map_err(StoreError::Read)
    }
}

/// The store while no relay runs on it, to be read; nobody else gets it as long as the lock is held.
pub(crate) fn at_rest(path: &Path) -> Result<(File, Connection), Fault> {
    Ok((open::lock(path)?, open::for_reading(path)?))
}

/// Takes the log out of the store, for another one under `key`.
pub(crate) fn end_log(config: &Config, key: &LogKey) -> Result<(), Fault> {
    let path = &config.store;
    let _lock = open::lock(path)?;
    let connection = open::for_writing(path)?;
    let failed = |error: rusqlite::Error| {
        let what = format!("its log cannot be ended: {error}");
        Fault::new(path.display(), what, "look after the disk")
    };
    let old = log::key(&connection).map_err(failed)?.ok_or_else(|| {
        Fault::new(
            path.display(),
            "has no log",
            "start the relay: it begins one",
        )
    })?;
    if old.split('+').next() == Some(key.name()) {
        let what = format!("its log is {} already", key.name());
        let mend =
            "make a key under a new name with `motcua-relay keys log`, and name it as log_key";
        return Err(Fault::new(path.display(), what, mend));
    }
    log::forget(&connection).map_err(failed)
}

/// Whether there is a submission with this id.
fn is_known(connection: &Connection, id: &SubmissionId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM submission WHERE id = ?1")?
        .exists([id.as_bytes()])
}
