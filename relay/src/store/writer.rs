//! The one thread that writes. What waits is committed together; only then is anybody answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{io, thread};

use envelope::{Ack, UnixTime};
use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot, watch};

use super::{Draft, Kept, Row, find};

/// Orders in one transaction at most. Larger batches gain little and make the first one wait.
const BATCH_MAX: usize = 128;

/// Bytes written to the log after which it is copied into the store's file.
const CHECKPOINT_BYTES: usize = 4 << 20;

/// Something to be written, and where the answer goes after the commit.
pub(super) enum Order {
    Keep(Box<Draft>, oneshot::Sender<Kept>),
    Release(Vec<Ack>, oneshot::Sender<usize>),
    Purge(UnixTime, oneshot::Sender<usize>),
    RememberSerial(i64, oneshot::Sender<()>),
    Close(oneshot::Sender<()>),
}

/// An answer that waits for the commit. Whoever it was for may have gone: then it is dropped.
type Answer = Box<dyn FnOnce()>;

/// Starts the writer. How it ended it says on `end`; when it failed, what it had not committed was dropped unanswered.
pub(super) fn start(
    connection: Connection,
    waiting: mpsc::Receiver<Order>,
    last_seq: watch::Sender<i64>,
    bytes: Arc<AtomicU64>,
    end: oneshot::Sender<rusqlite::Result<()>>,
) -> io::Result<()> {
    let writer = Writer {
        connection,
        waiting,
        last_seq,
        bytes,
        bytes_in_log: 0,
    };
    thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || {
            let ended = writer.run();
            if let Err(error) = &ended {
                tracing::error!(%error, "writing failed");
            }
            // Nobody listens only when the relay did not come to start.
            let _ = end.send(ended);
        })?;
    Ok(())
}

struct Writer {
    connection: Connection,
    waiting: mpsc::Receiver<Order>,
    last_seq: watch::Sender<i64>,
    bytes: Arc<AtomicU64>,
    bytes_in_log: usize,
}

impl Writer {
    fn run(mut self) -> rusqlite::Result<()> {
        self.measure()?;
        while let Some(first) = self.waiting.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < BATCH_MAX
                && let Ok(next) = self.waiting.try_recv()
            {
                batch.push(next);
            }
            if self.commit(batch)? {
                break;
            }
            self.measure()?;
            self.checkpoint_when_due()?;
        }
        self.checkpoint()
    }

    /// One transaction for the batch; the answers after it. Returns whether the batch held the order to close.
    ///
    /// An error anywhere drops the answers unsent: whoever waits for one learns only that the relay stops.
    fn commit(&mut self, batch: Vec<Order>) -> rusqlite::Result<bool> {
        let closes = batch.iter().any(|order| matches!(order, Order::Close(_)));
        let transaction = self.connection.unchecked_transaction()?;
        let mut newest = None;
        let answers = batch
            .into_iter()
            .map(|order| {
                self.bytes_in_log += order.bytes();
                order.apply(&transaction, &mut newest)
            })
            .collect::<rusqlite::Result<Vec<Answer>>>()?;
        transaction.commit()?;
        for answer in answers {
            answer();
        }
        if let Some(seq) = newest {
            self.last_seq.send_replace(seq);
        }
        Ok(closes)
    }

    /// Publishes how large the store is: pages in use, whatever the file's size.
    fn measure(&self) -> rusqlite::Result<()> {
        let pages: i64 = self.connection.query_row(
            "SELECT (page_count - freelist_count) * page_size
             FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
            [],
            |row| row.get(0),
        )?;
        self.bytes
            .store(u64::try_from(pages).unwrap_or(0), Ordering::Relaxed);
        Ok(())
    }

    fn checkpoint_when_due(&mut self) -> rusqlite::Result<()> {
        if self.bytes_in_log < CHECKPOINT_BYTES {
            return Ok(());
        }
        self.bytes_in_log = 0;
        self.checkpoint()
    }

    fn checkpoint(&self) -> rusqlite::Result<()> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
    }
}

impl Order {
    /// About how much it adds to the log: its content, and a few pages of the trees around it.
    fn bytes(&self) -> usize {
        const TREE_BYTES: usize = 4 * 4096;
        match self {
            Order::Keep(draft, _) => draft.manifest.len() + draft.parts.len() + TREE_BYTES,
            Order::Release(acks, _) => acks.len() * TREE_BYTES,
            Order::Purge(..) | Order::RememberSerial(..) | Order::Close(_) => TREE_BYTES,
        }
    }

    /// Does it inside the transaction and returns the answer to give once the transaction is committed.
    fn apply(self, connection: &Connection, newest: &mut Option<i64>) -> rusqlite::Result<Answer> {
        Ok(match self {
            Order::Keep(draft, reply) => {
                let row = match find(connection, &draft.id)? {
                    Some(known) => known,
                    None => {
                        *newest = Some(insert(connection, &draft)?);
                        Row::of(*draft)
                    }
                };
                answer(reply, || Kept(row))
            }
            Order::Release(acks, reply) => {
                let mut deleted = 0;
                for ack in &acks {
                    deleted += delete_sealed(connection, ack)?;
                }
                answer(reply, move || deleted)
            }
            Order::Purge(exp, reply) => {
                let purged = connection.execute(
                    "DELETE FROM submission WHERE exp < ?1
                     AND NOT EXISTS (SELECT 1 FROM sealed WHERE sealed.seq = submission.seq)",
                    [exp.0],
                )?;
                answer(reply, move || purged)
            }
            Order::RememberSerial(serial, reply) => {
                connection.execute(
                    "INSERT INTO catalogue (only, serial) VALUES (1, ?1)
                     ON CONFLICT (only) DO UPDATE SET serial = excluded.serial",
                    [serial],
                )?;
                answer(reply, || ())
            }
            Order::Close(reply) => answer(reply, || ()),
        })
    }
}

impl Row {
    fn of(draft: Draft) -> Row {
        Row {
            is_new: true,
            jkt: *draft.jkt.digest().as_bytes(),
            manifest_sha256: *draft.manifest_sha256.as_bytes(),
            receipt: draft.promise.into_line(),
        }
    }
}

fn answer<T: 'static>(reply: oneshot::Sender<T>, make: impl FnOnce() -> T + 'static) -> Answer {
    Box::new(move || {
        // An error means that nobody waits any more; what was ordered is done all the same.
        let _ = reply.send(make());
    })
}

/// Writes a submission and returns its `seq`.
fn insert(connection: &Connection, draft: &Draft) -> rusqlite::Result<i64> {
    connection.execute(
        "INSERT INTO submission (id, jkt, manifest_sha256, exp, receipt) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            draft.id.as_bytes(),
            draft.jkt.digest().as_bytes(),
            draft.manifest_sha256.as_bytes(),
            draft.exp.0,
            draft.promise.line(),
        ],
    )?;
    let seq = connection.last_insert_rowid();
    connection.execute(
        "INSERT INTO sealed (seq, manifest, parts) VALUES (?1, ?2, ?3)",
        params![seq, draft.manifest, draft.parts],
    )?;
    Ok(seq)
}

/// Deletes what the acknowledgement names by id, key and digest; anything else it leaves alone.
fn delete_sealed(connection: &Connection, ack: &Ack) -> rusqlite::Result<usize> {
    connection.execute(
        "DELETE FROM sealed WHERE seq =
         (SELECT seq FROM submission WHERE id = ?1 AND jkt = ?2 AND manifest_sha256 = ?3)",
        params![
            ack.id.as_bytes(),
            ack.jkt.digest().as_bytes(),
            ack.manifest_sha256.as_bytes()
        ],
    )
}
