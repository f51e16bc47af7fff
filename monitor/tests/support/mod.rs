//! A log that is played by the tests: its key, its leaves, and its files in a folder, as a relay publishes them.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)] // each test file uses its own part of it

pub mod portal;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use envelope::log::{Bundle, Checkpoint, Frontier, InclusionProof, LogKey, Tile};
use envelope::{Digest, UnixTime};
use ring::signature::{Ed25519KeyPair, KeyPair};

/// 2016-08-10 09:31:01 on the city's clock.
pub const NOW: i64 = 1_470_796_261;

/// A played log.
pub struct Log {
    pair: Ed25519KeyPair,
    pub key: LogKey,
    pub manifests: Vec<Digest>,
    pub folder: PathBuf,
}

/// The manifest of this number.
pub fn manifest(number: u64) -> Digest {
    Digest::of(&number.to_be_bytes())
}

/// A folder of its own for one test.
pub fn new_folder() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("monitor-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

impl Log {
    /// An empty log under this name, with the key of this seed.
    pub fn new(name: &str, seed: u8) -> Log {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let key = LogKey::new(name, pair.public_key().as_ref().try_into().unwrap()).unwrap();
        let log = Log {
            pair,
            key,
            manifests: Vec::new(),
            folder: new_folder(),
        };
        log.publish(NOW);
        log
    }

    fn sign(&self, text: &str) -> [u8; 64] {
        self.pair.sign(text.as_bytes()).as_ref().try_into().unwrap()
    }

    fn frontier(&self, size: usize) -> Frontier {
        let growth = Frontier::empty().grow(&self.manifests[..size]);
        growth.frontier().clone()
    }

    fn checkpoint(&self) -> Checkpoint {
        let frontier = self.frontier(self.manifests.len());
        Checkpoint {
            origin: self.key.name().to_owned(),
            size: frontier.size(),
            root: frontier.root(),
        }
    }

    /// The signed checkpoint over all leaves, said to be the newest at `time`.
    pub fn note(&self, time: i64) -> String {
        let text = self.checkpoint().text();
        let fresh = self.sign(&LogKey::freshness_text(&text, UnixTime(time)));
        let note = self.key.note(&text, &self.sign(&text));
        note + &self.key.freshness_line(UnixTime(time), &fresh)
    }

    /// The proof of a leaf under a checkpoint over all.
    pub fn proof(&self, index: u64) -> InclusionProof {
        let text = self.checkpoint().text();
        let growth = Frontier::empty().grow(&self.manifests);
        InclusionProof {
            index,
            path: growth.inclusion(index).unwrap(),
            checkpoint: self.key.note(&text, &self.sign(&text)),
        }
    }

    /// Appends leaves up to this size and publishes them.
    pub fn grow_to(&mut self, size: u64) -> &mut Log {
        self.manifests
            .extend((self.manifests.len() as u64..size).map(manifest));
        self.publish(NOW);
        self
    }

    /// Writes every file of the tree, and the checkpoint.
    pub fn publish(&self, time: i64) {
        let size = self.manifests.len() as u64;
        let mut nodes = |level: u32, index: u64| {
            let first = (index << level) as usize;
            let leaves = &self.manifests[first..first + (1 << level)];
            Some(Frontier::empty().grow(leaves).frontier().root())
        };
        for tile in Tile::new_between(0, size) {
            self.write(&tile.to_string(), &tile.bytes(&mut nodes).unwrap());
        }
        for bundle in Bundle::new_between(0, size) {
            let range = bundle.indexes();
            let entries = &self.manifests[range.start as usize..range.end as usize];
            self.write(&bundle.to_string(), &Bundle::bytes(entries));
        }
        self.write("checkpoint", self.note(time).as_bytes());
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Runs the monitor at the present.
pub fn monitor(line: &[&str]) -> Output {
    monitor_at(NOW, line)
}

pub fn monitor_at(now: i64, line: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua-monitor"));
    command.arg(format!("--clock={now}")).args(line);
    command.output().unwrap()
}

/// How it ended and everything that it said.
pub fn said(output: &Output) -> (i32, String) {
    let said = [&output.stdout[..], &output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(said).unwrap(),
    )
}
