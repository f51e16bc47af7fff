//! The work that no relay can leave out: believe the sender, sign the receipt, digest the parts, and the row's share of a commit.

use std::fmt;
use std::time::{Duration, Instant};

use envelope::{Digest, Unverified};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use rusqlite::{Connection, params};

use crate::support::City;
use crate::support::submission::draft;

/// Rows in one transaction: the relay's own largest batch.
const BATCH: usize = 128;
/// Bytes of a stored receipt.
const RECEIPT: usize = 560;

/// Microseconds of processor time for one submission.
pub(crate) struct Parts {
    verify: f64,
    sign: f64,
    digests: f64,
    /// Processor time; the wait for the disk is not in it.
    commit: f64,
    /// The same with the wait.
    commit_wall: f64,
}

impl Parts {
    /// Processor time of all of them.
    pub(crate) fn total_us(&self) -> f64 {
        self.verify + self.sign + self.digests + self.commit
    }
}

impl fmt::Display for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unavoidable for one: read and verify {:.0}, sign {:.0}, digests {:.0}, share of a commit of {BATCH} rows {:.0} µs ({:.0} with the disk)",
            self.verify, self.sign, self.digests, self.commit, self.commit_wall
        )
    }
}

pub(crate) fn measure(city: &City, number: usize) -> Parts {
    let bodies: Vec<Vec<u8>> = (0..number).map(|_| draft(city).body()).collect();
    let each = |begun: Duration| (cpu_of_this_thread() - begun).as_secs_f64() * 1e6 / number as f64;

    let begun = cpu_of_this_thread();
    for body in &bodies {
        assert!(Unverified::read(body).unwrap().check_signature().is_ok());
    }
    let verify = each(begun);

    let begun = cpu_of_this_thread();
    for body in &bodies {
        std::hint::black_box(Digest::of(body));
    }
    let digests = each(begun);

    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
    let begun = cpu_of_this_thread();
    for body in &bodies {
        std::hint::black_box(key.sign(&random, &body[..RECEIPT]).unwrap());
    }
    let sign = each(begun);

    let (commit, commit_wall) = commits(city, &bodies);
    Parts {
        verify,
        sign,
        digests,
        commit,
        commit_wall,
    }
}

/// Rows as long as the relay's in a table with the same keys: processor time and whole time for one row.
fn commits(city: &City, bodies: &[Vec<u8>]) -> (f64, f64) {
    let store = Connection::open(city.path("unavoidable.sqlite")).unwrap();
    store
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE row (seq INTEGER PRIMARY KEY, id BLOB UNIQUE, receipt TEXT, body BLOB) STRICT;",
        )
        .unwrap();
    let (begun, cpu) = (Instant::now(), cpu_of_this_thread());
    for batch in bodies.chunks(BATCH) {
        let transaction = store.unchecked_transaction().unwrap();
        let mut insert = transaction
            .prepare_cached("INSERT INTO row (id, receipt, body) VALUES (?1, ?2, ?3)")
            .unwrap();
        for body in batch {
            let (id, receipt) = (Digest::of(body), "r".repeat(RECEIPT));
            insert
                .execute(params![&id.as_bytes()[..16], receipt, body])
                .unwrap();
        }
        drop(insert);
        transaction.commit().unwrap();
    }
    let each = |span: Duration| span.as_secs_f64() * 1e6 / bodies.len() as f64;
    (each(cpu_of_this_thread() - cpu), each(begun.elapsed()))
}

/// Processor time of this thread, as the scheduler counts it.
fn cpu_of_this_thread() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}
