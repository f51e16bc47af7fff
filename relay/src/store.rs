//! The spool: every submission until the intake has it, and a tombstone with the receipt afterwards.
//!
//! One thread owns the writing connection (`writer.rs`). Everybody else sends it an [`Order`] and waits, or reads
//! through a second connection, which sees only what a finished commit left on the disk.

mod open;
mod writer;

use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use envelope::{Ack, Digest, Signed, SubmissionId, Thumbprint, UnixTime};
use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::{mpsc, oneshot, watch};

use crate::config::Limits;
use crate::fault::Fault;
use crate::receipt::Promise;

use writer::Order;

/// How long after `exp` a tombstone is kept (30 days): a sender who asks again so late still gets the receipt.
const TOMBSTONE_S: i64 = 30 * 24 * 3600;

/// An answer from the outbox stops growing here; the intake asks again for the rest.
const DELIVERY_BYTES_MAX: usize = 8 << 20;

/// What is to be kept: a verified submission and the receipt that its commit will make true.
pub(crate) struct Draft {
    pub(crate) id: SubmissionId,
    pub(crate) jkt: Thumbprint,
    pub(crate) manifest_sha256: Digest,
    pub(crate) exp: UnixTime,
    pub(crate) manifest: String,
    /// The parts as a JSON object, name to JWE.
    pub(crate) parts: String,
    pub(crate) promise: Promise,
}

/// What the store knows of a submission, whether committed or not.
struct Row {
    is_new: bool,
    jkt: [u8; 32],
    manifest_sha256: [u8; 32],
    receipt: String,
}

/// A submission that stands on the disk: made after the COMMIT returned, or read from a committed row.
pub(crate) struct Kept(Row);

impl Kept {
    /// Whether it is the very submission that `signed` is, and no other that took the same id.
    pub(crate) fn is(&self, signed: &Signed) -> bool {
        self.0.jkt == *signed.jkt().digest().as_bytes()
            && self.manifest_sha256() == signed.manifest_sha256()
    }

    /// Whether this very request put it there.
    pub(crate) fn is_new(&self) -> bool {
        self.0.is_new
    }

    pub(crate) fn manifest_sha256(&self) -> Digest {
        Digest::from_bytes(self.0.manifest_sha256)
    }

    /// The signed receipt: now that the submission is kept, it says the truth.
    pub(crate) fn into_receipt(self) -> String {
        self.0.receipt
    }
}

/// Why the store gave no answer.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// Too many wait for the disk, or the store is as large as it may be.
    Full,
    /// The writer has stopped: the relay is stopping.
    Stopped,
    /// A read failed.
    Read(rusqlite::Error),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Full => f.write_str("the store is full"),
            StoreError::Stopped => f.write_str("the store has stopped"),
            StoreError::Read(error) => write!(f, "the store cannot be read: {error}"),
        }
    }
}

/// The way to the store for everybody but the writer.
pub(crate) struct Store {
    orders: mpsc::Sender<Order>,
    reader: Arc<Mutex<Connection>>,
    last_seq: watch::Receiver<i64>,
    bytes: Arc<AtomicU64>,
    bytes_max: u64,
    /// Held as long as the store: the lock falls with the process, however it ends.
    _lock: File,
}

impl Store {
    /// Opens or makes the store at `path` and starts its writer.
    ///
    /// The second value comes when the writer ends: with an error when it failed. Then nothing can be acknowledged any
    /// more, and the relay must stop.
    pub(crate) fn open(
        path: &Path,
        limits: &Limits,
    ) -> Result<(Store, oneshot::Receiver<rusqlite::Result<()>>), Fault> {
        let lock = open::lock(path)?;
        let connection = open::for_writing(path)?;
        let reader = open::for_reading(path)?;
        let (orders, waiting) = mpsc::channel(limits.waiting_max.get() as usize);
        let (seq_sender, last_seq) = watch::channel(0);
        let (end_sender, end) = oneshot::channel();
        let bytes = Arc::new(AtomicU64::new(0));
        writer::start(
            connection,
            waiting,
            seq_sender,
            Arc::clone(&bytes),
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
        let bytes_max = limits.store_bytes_max.get();
        Ok((
            Store {
                orders,
                reader,
                last_seq,
                bytes,
                bytes_max,
                _lock: lock,
            },
            end,
        ))
    }

    /// Keeps a submission, or finds the one that already has its id. Returns after the commit.
    ///
    /// When the caller goes away meanwhile, the submission is kept all the same.
    pub(crate) async fn keep(&self, draft: Draft) -> Result<Kept, StoreError> {
        if self.bytes.load(Ordering::Relaxed) > self.bytes_max {
            return Err(StoreError::Full);
        }
        let (reply, answer) = oneshot::channel();
        self.orders
            .try_send(Order::Keep(Box::new(draft), reply))
            .map_err(|refused| match refused {
                mpsc::error::TrySendError::Full(_) => StoreError::Full,
                mpsc::error::TrySendError::Closed(_) => StoreError::Stopped,
            })?;
        answer.await.map_err(|_| StoreError::Stopped)
    }

    /// Deletes what the acknowledgements name exactly, leaving tombstones. Returns how many were deleted now.
    pub(crate) async fn release(&self, acks: Vec<Ack>) -> Result<usize, StoreError> {
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

    /// The kept submission with this id, if there is one, acknowledged or not.
    pub(crate) async fn find(&self, id: SubmissionId) -> Result<Option<Kept>, StoreError> {
        self.read(move |connection| Ok(find(connection, &id)?.map(Kept)))
            .await
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

    /// Up to `max` submissions after `seq` that nobody has acknowledged yet, oldest first, as a JSON array.
    /// None when there are none.
    pub(crate) async fn pending(&self, seq: i64, max: i64) -> Result<Option<String>, StoreError> {
        self.read(move |connection| pending(connection, seq, max))
            .await
    }

    /// Changes with each commit that brought a submission.
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

/// The row with this id.
fn find(connection: &Connection, id: &SubmissionId) -> rusqlite::Result<Option<Row>> {
    connection
        .query_row(
            "SELECT jkt, manifest_sha256, receipt FROM submission WHERE id = ?1",
            [id.as_bytes()],
            |row| {
                Ok(Row {
                    is_new: false,
                    jkt: row.get(0)?,
                    manifest_sha256: row.get(1)?,
                    receipt: row.get(2)?,
                })
            },
        )
        .optional()
}

fn pending(connection: &Connection, seq: i64, max: i64) -> rusqlite::Result<Option<String>> {
    let mut statement = connection.prepare(
        "SELECT seq, manifest, parts, receipt FROM sealed JOIN submission USING (seq)
         WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let mut rows = statement.query(params![seq, max])?;
    let mut list = String::new();
    while list.len() < DELIVERY_BYTES_MAX
        && let Some(row) = rows.next()?
    {
        let (seq, manifest, parts): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let receipt: String = row.get(3)?;
        list.push(if list.is_empty() { '[' } else { ',' });
        // A compact JWS needs no escaping, and the parts were stored as JSON.
        list.push_str(&format!(
            r#"{{"seq":{seq},"manifest":"{manifest}","parts":{parts},"receipt":"{receipt}"}}"#
        ));
    }
    if list.is_empty() {
        return Ok(None);
    }
    list.push(']');
    Ok(Some(list))
}
