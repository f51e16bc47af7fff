//! The portal that is shown: its files, each made once and kept, and the faults found in making them.

use std::collections::BTreeMap;

use envelope::Digest;
use hyper::body::Bytes;

use crate::Options;
use crate::build::{Failure, signers, sorted};
use crate::catalogue::signed_files;
use crate::fault::Fault;
use crate::files::Files;
use crate::keys::{KeyFault, Keys};
use crate::memo::Memo;
use crate::prepared::Prepared;

/// How many pages are tried at a time: so long nobody is answered.
const TRIED_AT_ONCE: usize = 8;

/// What stands at a path of the portal.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// A file, as a build would write it.
    File(Bytes, Digest),
    /// A folder with a page.
    Folder,
    /// Nothing.
    Nothing,
    /// A file that cannot be made; the faults say why.
    Broken,
}

/// A portal without a fault in its sources. A template may still fail with what it is told.
pub(super) struct Shown<'a> {
    prepared: &'a Prepared,
    options: &'a Options,
    keys: Option<&'a Keys>,
    files: Files<'a>,
    made: BTreeMap<String, Reply>,
    /// What the publisher signs, when somebody wanted it.
    signed: Option<BTreeMap<String, String>>,
    /// Pages that nobody has looked at.
    untried: Vec<String>,
    faults: Vec<Fault>,
    key_faults: Vec<KeyFault>,
    /// Whether the sources are newer, so that its faults no longer count.
    pub(super) is_outdated: bool,
}

impl<'a> Shown<'a> {
    pub(super) fn new(
        prepared: &'a Prepared,
        options: &'a Options,
        keys: Option<&'a Keys>,
        memo: &Memo,
    ) -> Shown<'a> {
        let files = Files::of_preview(prepared, options.moment(), keys.map(signers), memo);
        let mut untried: Vec<String> = files.pages().map(|page| page.path()).collect();
        untried.reverse();
        Shown {
            prepared,
            options,
            keys,
            files,
            made: BTreeMap::new(),
            signed: None,
            untried,
            faults: Vec::new(),
            key_faults: Vec::new(),
            is_outdated: false,
        }
    }

    /// What stands at a path.
    pub(super) fn file(&mut self, path: &str) -> Reply {
        if let Some(reply) = self.made.get(path) {
            return reply.clone();
        }
        let reply = self.make(path);
        self.made.insert(path.to_owned(), reply.clone());
        reply
    }

    fn make(&mut self, path: &str) -> Reply {
        match self.files.bytes(path) {
            Some(Ok(bytes)) => file(bytes),
            Some(Err(fault)) => {
                self.note(vec![fault]);
                Reply::Broken
            }
            None if self.files.has_page(&format!("{path}/index.html")) => Reply::Folder,
            None => self.signed(path),
        }
    }

    /// A file that the publisher signs; they are all signed when the first is wanted.
    fn signed(&mut self, path: &str) -> Reply {
        let Some(keys) = self.keys.filter(|_| path.ends_with(".jws")) else {
            return Reply::Nothing;
        };
        if self.signed.is_none() {
            match signed_files(&self.prepared.content, keys, self.options.now) {
                Ok(files) => self.signed = Some(files.into_iter().collect()),
                Err(faults) => {
                    self.key_faults = faults;
                    return Reply::Broken;
                }
            }
        }
        let signed = self.signed.as_ref().and_then(|files| files.get(path));
        signed.map_or(Reply::Nothing, |text| file(text.clone().into_bytes()))
    }

    /// Tries some of the pages that nobody has looked at.
    pub(super) fn try_some(&mut self) {
        let rest = self.untried.len().saturating_sub(TRIED_AT_ONCE);
        let some = self.untried.split_off(rest);
        let faults = self.files.faults_of(&some);
        self.note(faults);
    }

    /// Whether there is nothing left to try.
    pub(super) fn is_tried(&self) -> bool {
        self.is_outdated || self.untried.is_empty()
    }

    fn note(&mut self, faults: Vec<Fault>) {
        for fault in faults {
            if !self.faults.contains(&fault) {
                self.faults.push(fault);
            }
        }
    }

    /// How many faults were found.
    pub(super) fn fault_count(&self) -> usize {
        self.faults.len() + self.key_faults.len()
    }

    /// The faults that were found; none when the sources are newer.
    pub(super) fn failure(&self) -> Option<Failure> {
        if self.is_outdated || self.fault_count() == 0 {
            None
        } else if self.faults.is_empty() {
            Some(Failure::Keys(self.key_faults.clone()))
        } else {
            Some(sorted(self.faults.clone()))
        }
    }
}

fn file(bytes: Vec<u8>) -> Reply {
    let digest = Digest::of(&bytes);
    Reply::File(bytes.into(), digest)
}
