//! A disk that breaks or is full: each call of a run that touches the relay's files fails in its turn, at the start and at work.
//! Then the relay stops, acknowledges nothing more, and starts again with everything that it had acknowledged.
//!
//! Here a few calls of each sort are tried; `MOTCUA_DISK_FAULTS=all` tries every one.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; its tests start the relay

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use support::client::{get, read_answer, submission};
use support::promises::{Promise, Standing};
use support::strace::{self, What};
use support::submission::{draft, signed};
use support::{City, NOW, Running};

const ERRORS: [&str; 2] = ["EIO", "ENOSPC"];

/// What writes, and what makes it last.
const CALLS: [&str; 8] = [
    "pwrite64",
    "write",
    "fdatasync",
    "fsync",
    "ftruncate",
    "openat",
    "rename",
    "mkdir",
];

/// Which calls of a sort are tried when nobody asks for all.
const SAMPLE: [usize; 3] = [1, 2, 9];

/// Submissions sent to a relay whose disk fails at some call.
const SUBMISSIONS: usize = 3;

#[test]
fn a_disk_that_fails_at_work_stops_the_relay_and_takes_nothing_back() {
    let mut shore = Shore::new();
    let tried = each_fault(|call, error, nth| shore.fails_at_work(call, error, nth));
    println!(
        "{tried} faults at work, {} promises kept",
        shore.promises.len()
    );
}

#[test]
fn a_disk_that_fails_at_the_start_is_told_and_takes_nothing_back() {
    let mut shore = Shore::new();
    let tried = each_fault(|call, error, nth| shore.fails_at_the_start(call, error, nth));
    println!(
        "{tried} faults at the start, {} promises kept",
        shore.promises.len()
    );
}

/// Tries the faults, as long as there are calls to fail, and returns how many there were.
fn each_fault(mut hits: impl FnMut(&str, &str, usize) -> bool) -> usize {
    let all = std::env::var("MOTCUA_DISK_FAULTS").is_ok_and(|asked| asked == "all");
    let mut tried = 0;
    for error in ERRORS {
        for call in CALLS {
            let numbers: Box<dyn Iterator<Item = usize>> = match all {
                true => Box::new(1..),
                false => Box::new(SAMPLE.into_iter()),
            };
            tried += numbers.take_while(|nth| hits(call, error, *nth)).count();
        }
    }
    assert!(
        tried > ERRORS.len() * CALLS.len() / 2,
        "only {tried} faults hit a call"
    );
    tried
}

/// A city, the files that its relay touches, and all that was promised.
struct Shore {
    city: City,
    touched: Vec<PathBuf>,
    promises: Vec<Promise>,
}

impl Shore {
    /// A relay has run once, so there is a store; what it touched is known.
    fn new() -> Shore {
        let city = City::new();
        let recording = city.path("recording");
        let relay = Running::wait_for(
            &city,
            &mut strace::recording(&city.command(NOW), &recording),
        );
        let promise = send(&city, &relay).unwrap();
        assert!(relay.stop().success());
        let folder = fs::canonicalize(&city.folder).unwrap();
        let mut touched: BTreeSet<PathBuf> = strace::read(&recording)
            .into_iter()
            .filter_map(|call| match call.what {
                What::Open { path, .. }
                | What::Write { path, .. }
                | What::Sync { path }
                | What::Truncate { path, .. }
                | What::MakeFolder { path }
                | What::Rename { to: path, .. } => Some(path),
                What::Remove { .. } | What::Send { .. } => None,
            })
            .filter(|path| path.starts_with(folder.join("log")) || is_store(path))
            .collect();
        // Files of a tree that grows have other names each time; their folders and the file that becomes them stay.
        touched.insert(folder.join("log/.new"));
        Shore {
            city,
            touched: touched.into_iter().collect(),
            promises: vec![promise],
        }
    }

    /// Whether the fault hit a call.
    fn fails_at_work(&mut self, call: &str, error: &str, nth: usize) -> bool {
        let relay = self.city.start();
        let said = self.city.path("injected");
        let mut strace = strace::fail_in(relay.pid(), call, error, nth, &self.touched, &said);
        let mut sent = (0..SUBMISSIONS).map(|_| send(&self.city, &relay));
        let before: Vec<Promise> = sent.by_ref().map_while(|promise| promise).collect();
        assert_eq!(sent.flatten().count(), 0, "acknowledged after a failure");
        let status = relay.stop();
        strace.wait().unwrap();
        let injected = strace::injected(&said);
        let log = fs::read_to_string(self.city.path("relay.log")).unwrap();
        let what = format!("{call} {nth} {error}: {status}, {injected:?}\n{log}");
        if injected
            .iter()
            .any(|line| line.contains("/relay.sqlite>") || line.contains("-wal>"))
        {
            assert_eq!(status.code(), Some(1), "{what}");
        } else {
            assert_eq!(
                before.len(),
                SUBMISSIONS,
                "the log's files can wait: {what}"
            );
        }
        self.promises.extend(before);
        self.starts_again(&what);
        !injected.is_empty()
    }

    /// Whether the fault hit a call.
    fn fails_at_the_start(&mut self, call: &str, error: &str, nth: usize) -> bool {
        let said = self.city.path("injected");
        let command = self.city.command(NOW);
        let mut command = strace::failing(&command, call, error, nth, &self.touched, &said);
        let outcome = Running::start_or_end(&self.city, &mut command);
        let what = format!("{call} {nth} {error} at the start");
        match outcome {
            Err(ended) => assert_eq!(ended.code(), Some(1), "{what}"),
            // The call that fails may also come later, or not be needed.
            Ok(relay) => {
                let promise = send(&self.city, &relay);
                let status = relay.stop();
                assert!(
                    promise.is_some() || status.code() == Some(1),
                    "{what}: {status}"
                );
                self.promises.extend(promise);
            }
        }
        let hit = strace::injected(&said);
        self.starts_again(&format!("{what}: {hit:?}"));
        !hit.is_empty()
    }

    fn starts_again(&self, after: &str) {
        let relay = self.city.start();
        for promise in self.promises.iter().rev().take(SUBMISSIONS) {
            let again = get(&relay, &format!("/v1/submissions/{}", promise.id));
            assert_eq!(again.status, 200, "{after}: {again:?}");
            assert_eq!(again.receipt(), promise.receipt, "{after}");
        }
        assert!(relay.stop().success(), "{after}");
        let kept = Standing::read(&self.city).keeps(&self.promises, &BTreeSet::new());
        assert_eq!(kept, Ok(()), "{after}");
    }
}

fn is_store(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    name.starts_with("relay.sqlite")
}

/// Sends one submission; None when it is not acknowledged, whatever is said instead.
fn send(city: &City, relay: &Running) -> Option<Promise> {
    let body = draft(city).body();
    let mut connection = BufReader::new(TcpStream::connect(relay.public).ok()?);
    connection.get_mut().write_all(&submission(&body)).ok()?;
    let answer = read_answer(&mut connection).ok().flatten()?;
    if answer.status != 201 {
        assert_eq!(answer.code(), "internal");
        return None;
    }
    let promise = Promise::read(&city.catalogue(), &answer).unwrap();
    assert_eq!(promise.manifest, signed(&body).manifest_sha256());
    Some(promise)
}
