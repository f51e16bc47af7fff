//! The one thread that writes. What waits is committed together; only then is anybody answered.

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use envelope::{Ack, Digest, Signed, SubmissionId, UnixTime};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot, watch};

use super::log::{Appended, Log, enter_release, is_released};
use super::room::{Measure, Room};
use super::{Draft, Kept, Released, is_known, unfinished};

/// Orders in one transaction at most. Larger batches gain little and make the first one wait.
const BATCH_MAX: usize = 128;

/// Under load a batch is waited for so long: who was answered a moment ago is about to send the next.
const GATHER_MAX: Duration = Duration::from_millis(2);

/// How often it is looked at what has come meanwhile.
const GATHER_LOOK: Duration = Duration::from_micros(250);

/// Bytes written to SQLite's log (the WAL) after which it is copied into the store's file.
const WAL_BYTES_MAX: usize = 4 << 20;

/// Something to be written, and where the answer goes after the commit.
pub(super) enum Order {
    /// Answers with what is kept now, or with `None` where the id was known already.
    Keep(Box<Draft>, oneshot::Sender<Option<Kept>>),
    /// Answers whether its id was unknown.
    Begin(Box<Signed>, oneshot::Sender<bool>),
    Forget(SubmissionId, oneshot::Sender<()>),
    ForgetExpired(UnixTime, oneshot::Sender<Vec<SubmissionId>>),
    Release(Vec<Ack>, oneshot::Sender<Released>),
    Purge(UnixTime, oneshot::Sender<usize>),
    RememberSerial(i64, oneshot::Sender<()>),
    /// Answers whether it was no leaf yet.
    EnterRelease(Digest, oneshot::Sender<bool>),
    Close(oneshot::Sender<()>),
}

/// An answer that waits for the commit, and for what the commit appended to the log. Whoever it was for may have gone:
/// then it is dropped.
type Answer = Box<dyn FnOnce(Option<&Appended>)>;

/// What the orders of a batch have in common.
struct Batch<'a> {
    connection: &'a Connection,
    /// The leaf that the next new submission or release gets.
    next_leaf: u64,
    /// Their digests, in the order of their leaves.
    new: Vec<Digest>,
    newest_seq: Option<i64>,
}

/// Starts the writer. How it ended it says on `end`; when it failed, what it had not committed was dropped unanswered.
pub(super) fn start(
    connection: Connection,
    log: Log,
    waiting: mpsc::Receiver<Order>,
    last_seq: watch::Sender<i64>,
    room: Arc<Room>,
    end: oneshot::Sender<rusqlite::Result<()>>,
) -> io::Result<()> {
    let writer = Writer {
        connection,
        log,
        waiting,
        last_batch: 1,
        last_seq,
        room,
        bytes_in_wal: 0,
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
    log: Log,
    waiting: mpsc::Receiver<Order>,
    /// Orders in the batch before: as many are expected again.
    last_batch: usize,
    last_seq: watch::Sender<i64>,
    room: Arc<Room>,
    bytes_in_wal: usize,
}

impl Writer {
    fn run(mut self) -> rusqlite::Result<()> {
        self.measure()?;
        while let Some(first) = self.waiting.blocking_recv() {
            let batch = self.gather(first);
            self.last_batch = batch.len();
            if self.commit(batch)? {
                break;
            }
            self.empty_wal_when_due()?;
        }
        self.empty_wal()
    }

    /// What waits already, and under load what comes within [`GATHER_MAX`]. A lone order is not kept waiting.
    ///
    /// It looks from time to time rather than be woken by each order: a switch of threads costs about as much as a row.
    fn gather(&mut self, first: Order) -> Vec<Order> {
        let mut batch = vec![first];
        let until = Instant::now() + GATHER_MAX;
        loop {
            while batch.len() < BATCH_MAX
                && let Ok(next) = self.waiting.try_recv()
            {
                batch.push(next);
            }
            if batch.len() >= self.last_batch || Instant::now() >= until {
                return batch;
            }
            thread::sleep(GATHER_LOOK);
        }
    }

    /// One transaction for the batch, its leaves and the checkpoint over them; the answers after it. Returns whether the
    /// batch held the order to close.
    ///
    /// An error anywhere drops the answers unsent: whoever waits for one learns only that the relay stops.
    fn commit(&mut self, orders: Vec<Order>) -> rusqlite::Result<bool> {
        let closes = orders.iter().any(|order| matches!(order, Order::Close(_)));
        self.bytes_in_wal += orders.iter().map(Order::bytes).sum::<usize>();
        // A reader that finds SQLite's index just being written takes the writer's lock for a moment. One that begins with the lock waits for it; one that
        // asked for it after its first look would fail at once.
        let transaction =
            Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let mut batch = Batch {
            connection: &transaction,
            next_leaf: self.log.size(),
            new: Vec::new(),
            newest_seq: None,
        };
        let answers = orders
            .into_iter()
            .map(|order| order.apply(&mut batch))
            .collect::<rusqlite::Result<Vec<Answer>>>()?;
        let Batch {
            new, newest_seq, ..
        } = batch;
        let appended = match new.as_slice() {
            [] => None,
            new => Some(self.log.append(&transaction, new)?),
        };
        transaction.commit()?;
        if let Some(appended) = &appended {
            self.log.advance(appended);
        }
        self.measure()?;
        for answer in answers {
            answer(appended.as_ref());
        }
        if appended.is_some() {
            // A release brings no `seq`; whoever publishes the log is woken all the same.
            self.last_seq
                .send_modify(|last| *last = newest_seq.unwrap_or(*last));
        }
        Ok(closes)
    }

    /// Publishes how large the store is.
    fn measure(&self) -> rusqlite::Result<()> {
        let bytes = |pages: i64| u64::try_from(pages).unwrap_or(0);
        let (all, reusable_bytes) = self.connection.query_row(
            "SELECT page_count * page_size, freelist_count * page_size
             FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
            [],
            |row| Ok((bytes(row.get(0)?), bytes(row.get(1)?))),
        )?;
        let file = self
            .connection
            .path()
            .and_then(|path| fs::metadata(path).ok());
        self.room.measured(&Measure {
            used_bytes: all - reusable_bytes,
            reusable_bytes,
            owed_bytes: file.map_or(0, |file| all.saturating_sub(file.len())),
        });
        Ok(())
    }

    fn empty_wal_when_due(&mut self) -> rusqlite::Result<()> {
        if self.bytes_in_wal < WAL_BYTES_MAX {
            return Ok(());
        }
        self.bytes_in_wal = 0;
        self.empty_wal()
    }

    fn empty_wal(&self) -> rusqlite::Result<()> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
    }
}

impl Order {
    /// About how much it adds to the WAL: its content, and a few pages of the trees around it.
    fn bytes(&self) -> usize {
        const TREE_BYTES: usize = 4 * 4096;
        match self {
            Order::Keep(draft, _) => draft.manifest.len() + draft.parts.len() + TREE_BYTES,
            Order::Begin(signed, _) => {
                let parts: usize = signed.parts().values().map(String::len).sum();
                signed.manifest_jws().len() + parts + TREE_BYTES
            }
            Order::Release(acks, _) => acks.len() * TREE_BYTES,
            Order::Forget(..)
            | Order::ForgetExpired(..)
            | Order::Purge(..)
            | Order::RememberSerial(..)
            | Order::EnterRelease(..)
            | Order::Close(_) => TREE_BYTES,
        }
    }

    /// Does it inside the transaction and returns the answer to give once the transaction is committed.
    fn apply(self, batch: &mut Batch<'_>) -> rusqlite::Result<Answer> {
        let connection = batch.connection;
        Ok(match self {
            Order::Keep(draft, reply) => {
                if is_known(connection, &draft.sent.id)? {
                    return Ok(answer(reply, || None));
                }
                let leaf = batch.append(&draft)?;
                Box::new(move |appended| {
                    let proof = appended.and_then(|appended| appended.proof(leaf));
                    let kept = proof.map(|proof| Kept::now(*draft, proof));
                    let _ = reply.send(kept);
                })
            }
            Order::Begin(signed, reply) => {
                let is_new = unfinished::insert(connection, &signed)?;
                answer(reply, move || is_new)
            }
            Order::Forget(id, reply) => {
                unfinished::delete(connection, &id)?;
                answer(reply, || ())
            }
            Order::ForgetExpired(now, reply) => {
                let expired = unfinished::delete_expired(connection, now)?;
                answer(reply, || expired)
            }
            Order::Release(acks, reply) => {
                let mut released = Released::default();
                for ack in &acks {
                    delete_sealed(connection, ack, &mut released)?;
                }
                answer(reply, || released)
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
            Order::EnterRelease(digest, reply) => {
                let is_new = !is_released(connection, &digest)?;
                if is_new {
                    let leaf = batch.next_leaf(digest);
                    enter_release(connection, &digest, leaf)?;
                }
                answer(reply, move || is_new)
            }
            Order::Close(reply) => answer(reply, || ()),
        })
    }
}

impl Batch<'_> {
    /// Writes a new submission and returns its leaf.
    fn append(&mut self, draft: &Draft) -> rusqlite::Result<u64> {
        let leaf = self.next_leaf(draft.sent.manifest_sha256);
        self.newest_seq = Some(insert(self.connection, draft, leaf)?);
        Ok(leaf)
    }

    /// The leaf that what has this digest gets.
    fn next_leaf(&mut self, digest: Digest) -> u64 {
        let leaf = self.next_leaf;
        self.new.push(digest);
        self.next_leaf += 1;
        leaf
    }
}

fn answer<T: 'static>(reply: oneshot::Sender<T>, make: impl FnOnce() -> T + 'static) -> Answer {
    Box::new(move |_| {
        // An error means that nobody waits any more; what was ordered is done all the same.
        let _ = reply.send(make());
    })
}

/// Writes a submission and returns its `seq`.
fn insert(connection: &Connection, draft: &Draft, leaf: u64) -> rusqlite::Result<i64> {
    let seq = connection
        .prepare_cached(
            "INSERT INTO submission (id, jkt, manifest_sha256, exp, receipt, leaf) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .insert(params![
            draft.sent.id.as_bytes(),
            draft.sent.jkt.digest().as_bytes(),
            draft.sent.manifest_sha256.as_bytes(),
            draft.exp.0,
            draft.promise.line(),
            leaf.cast_signed(),
        ])?;
    connection
        .prepare_cached("INSERT INTO sealed (seq, manifest, parts) VALUES (?1, ?2, ?3)")?
        .execute(params![seq, draft.manifest, draft.parts])?;
    if !draft.attachments.is_empty() {
        unfinished::delete(connection, &draft.sent.id)?;
    }
    for (n, len) in &draft.attachments {
        connection
            .prepare_cached("INSERT INTO attachment (seq, n, len) VALUES (?1, ?2, ?3)")?
            .execute(params![seq, n, len.cast_signed()])?;
    }
    Ok(seq)
}

/// Deletes what the acknowledgement names by id, key and digest; anything else it leaves alone.
fn delete_sealed(
    connection: &Connection,
    ack: &Ack,
    released: &mut Released,
) -> rusqlite::Result<()> {
    let names = params![
        ack.id.as_bytes(),
        ack.jkt.digest().as_bytes(),
        ack.manifest_sha256.as_bytes()
    ];
    const SEQ: &str =
        "(SELECT seq FROM submission WHERE id = ?1 AND jkt = ?2 AND manifest_sha256 = ?3)";
    let attachments = connection
        .prepare_cached(&format!("DELETE FROM attachment WHERE seq = {SEQ}"))?
        .execute(names)?;
    let deleted = connection
        .prepare_cached(&format!("DELETE FROM sealed WHERE seq = {SEQ}"))?
        .execute(names)?;
    released.deleted += deleted;
    if attachments > 0 {
        released.with_attachments.push(ack.id);
    }
    Ok(())
}
