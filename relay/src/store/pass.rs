//! One pass over everything that is kept, which finds what a disk has changed before anybody asks for it.
//!
//! A damaged row stays where it is and is handed out to nobody. A damaged file of the log is written again from the tree,
//! once the tree has been found to be the one that was signed.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use envelope::log::{
    Bundle, Checkpoint, Frontier, InclusionProof, LogKey, Tile, release_proof, tree,
};
use envelope::{Catalogue, Digest, SubmissionId};
use rusqlite::{Connection, params};

use super::log::{entries, head, proof_under, releases, with_nodes};
use super::open;
use super::whole::{self, Damage, Damages, Place, Sealed, Submission};
use crate::attachments::pieces_of;
use crate::log::{Folder, Named};

/// Rows, leaves or files looked at before the pass pauses.
const STEP: usize = 50;

/// What a pass looks at, and where it tells what it finds.
pub(crate) struct Pass<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) folder: &'a Folder,
    /// The folder of all attachments.
    pub(crate) attachments: &'a Path,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) log: &'a LogKey,
    pub(crate) damages: &'a Damages,
    /// Called after each step; it may sleep.
    pub(crate) pause: &'a mut dyn FnMut(),
}

/// What a pass has looked at.
#[derive(Default)]
pub(crate) struct Passed {
    pub(crate) submissions: u64,
    pub(crate) leaves: u64,
    pub(crate) files: u64,
    /// Where something was not as it was written.
    found: BTreeSet<Place>,
}

impl Pass<'_> {
    /// Looks at everything once.
    pub(crate) fn run(mut self) -> Passed {
        let mut passed = Passed::default();
        self.pass_submissions(&mut passed);
        self.pass_sealed(&mut passed);
        if let Some(size) = self.pass_log(&mut passed) {
            self.pass_files(size, &mut passed);
            self.pass_proofs(&mut passed);
        }
        self.damages.keep_only(&passed.found);
        passed
    }

    fn report(&self, passed: &mut Passed, place: Place, damage: Damage) {
        passed.found.insert(place.clone());
        self.damages.report(place, damage);
    }

    /// Every row of `submission` with what belongs to it.
    fn pass_submissions(&mut self, passed: &mut Passed) {
        self.pass_table("submission", passed, |pass, seq, passed| {
            passed.submissions += 1;
            if let Err(damage) = pass.judge(seq) {
                pass.report(passed, Place::Submission(seq), damage);
            }
        });
    }

    /// The rows of a table one by one, as long as they stand in their order.
    fn pass_table(
        &mut self,
        table: &'static str,
        passed: &mut Passed,
        look_at: impl Fn(&Self, i64, &mut Passed),
    ) {
        let mut last = 0;
        loop {
            let seqs = match seqs_after(self.connection, table, last) {
                Ok(seqs) if seqs.is_empty() => return,
                Ok(seqs) => seqs,
                Err(error) => {
                    return self.report(passed, Place::Table(table), Damage::unreadable(&error));
                }
            };
            for seq in seqs {
                if seq <= last {
                    return self.report(passed, Place::Table(table), out_of_order(seq));
                }
                last = seq;
                look_at(self, seq, passed);
            }
            (self.pause)();
        }
    }

    /// The row `seq`, its sealed half, and that it is found by its id.
    fn judge(&self, seq: i64) -> Result<(), Damage> {
        let Some(row) = whole::submission(self.connection, seq, self.catalogue)? else {
            return Ok(()); // purged meanwhile
        };
        if let Some(sealed) = whole::sealed(self.connection, &row)? {
            self.judge_attachments(&row, &sealed)?;
        }
        let found = self
            .connection
            .prepare_cached("SELECT seq FROM submission WHERE id = ?1")
            .and_then(|mut by_id| by_id.query_row([row.id], |row| row.get::<_, i64>(0)));
        match found {
            Ok(found) if found == seq => Ok(()),
            Ok(_) => Err(row.damage("another one is found by its id")),
            Err(error) => Err(row.damage(format!("it is not found by its id: {error}"))),
        }
    }

    /// That the files beside the store are what the manifest names, unless the intake has them meanwhile.
    fn judge_attachments(&self, row: &Submission, sealed: &Sealed) -> Result<(), Damage> {
        let folder = self
            .attachments
            .join(SubmissionId::from_bytes(row.id).to_string());
        for (n, len, pieces) in &sealed.attachments {
            let found = File::open(folder.join(n)).and_then(pieces_of);
            let what = match found.map(|found| (found.len(), found.finish())) {
                Ok(found) if found == (*len, *pieces) => continue,
                Ok(_) => "is not what its sender signed".to_owned(),
                Err(error) => format!("cannot be read: {error}"),
            };
            if whole::sealed(self.connection, row)?.is_some() {
                return Err(row.damage(format!("its attachment {n} {what}")));
            }
        }
        Ok(())
    }

    /// That every row of `sealed` belongs to one of `submission`.
    fn pass_sealed(&mut self, passed: &mut Passed) {
        self.pass_table("sealed", passed, |pass, seq, passed| {
            let known = pass
                .connection
                .prepare_cached("SELECT 1 FROM submission WHERE seq = ?1")
                .and_then(|mut known| known.exists([seq]));
            if !known.is_ok_and(|known| known) {
                let what = "sealed parts without their submission".to_owned();
                pass.report(passed, Place::Submission(seq), damage(what));
            }
        });
    }

    /// That the entries make every node, and the nodes the signed root. Returns the size of the log when all of it does.
    fn pass_log(&mut self, passed: &mut Passed) -> Option<u64> {
        let signed = head(self.connection)
            .map_err(|error| Damage::unreadable(&error))
            .and_then(|head| {
                Checkpoint::read(&head.checkpoint, std::slice::from_ref(self.log))
                    .map_err(|fault| damage(format!("its checkpoint is {fault}")))
            });
        let signed = match signed {
            Ok(signed) => signed,
            Err(damage) => {
                self.report(passed, Place::Log, damage);
                return None;
            }
        };
        let mut frontier = Frontier::empty();
        while frontier.size() < signed.size {
            let until = signed.size.min(frontier.size() + STEP as u64);
            let manifests = match entries(self.connection, frontier.size()..until) {
                Ok(manifests) if manifests.len() as u64 == until - frontier.size() => manifests,
                Ok(_) => {
                    let what = format!("a leaf before {until} is missing");
                    self.report(passed, Place::Log, damage(what));
                    return None;
                }
                Err(error) => {
                    self.report(passed, Place::Log, Damage::unreadable(&error));
                    return None;
                }
            };
            let growth = frontier.grow(&manifests);
            for ((level, number), right) in growth.new_nodes().filter(|((level, _), _)| *level > 0)
            {
                let stored = with_nodes(self.connection, |nodes| nodes(level, number));
                if !stored.is_ok_and(|stored| stored == right) {
                    let what = "is not made of what is below it".to_owned();
                    self.report(passed, Place::Node(level, number), damage(what));
                }
            }
            passed.leaves += manifests.len() as u64;
            frontier = growth.frontier().clone();
            (self.pause)();
        }
        if frontier.root() != signed.root {
            let what = "its leaves do not make the root that was signed".to_owned();
            self.report(passed, Place::Log, damage(what));
            return None;
        }
        let root = with_nodes(self.connection, |nodes| tree::root(signed.size, nodes));
        root.is_ok_and(|root| root == signed.root)
            .then_some(signed.size)
    }

    /// That the log's files say what the tree says. The last, partial ones are another process's to replace: they may be
    /// gone, but not wrong.
    fn pass_files(&mut self, size: u64, passed: &mut Passed) {
        let tiles = Tile::new_between(0, size).map(|tile| {
            let bytes = with_nodes(self.connection, |nodes| tile.bytes(nodes));
            (tile.to_string(), bytes)
        });
        let bundles = Bundle::new_between(0, size).map(|bundle| {
            let manifests = entries(self.connection, bundle.indexes());
            (bundle.to_string(), manifests.map(|m| Bundle::bytes(&m)))
        });
        for (number, (name, right)) in tiles.chain(bundles).enumerate() {
            let Ok(right) = right else { continue };
            passed.files += 1;
            let wrong = match self.folder.compare(&name, &right) {
                Ok(true) => None,
                Ok(false) => Some("is not what the tree says; written again from it".to_owned()),
                Err(error) => Some(format!("cannot be read: {error}")),
            };
            if let Some(what) = wrong {
                self.mend(passed, name, &right, what);
            }
            if number % STEP == STEP - 1 {
                (self.pause)();
            }
        }
    }

    /// That the proof of each release that was published proves it, under whatever checkpoint.
    fn pass_proofs(&mut self, passed: &mut Passed) {
        let Ok(head) = head(self.connection) else {
            return;
        };
        let published = self.folder.size(self.log).unwrap_or(0).min(head.size);
        let releases = match releases(self.connection, 0..published) {
            Ok(releases) => releases,
            Err(error) => {
                let damage = Damage::unreadable(&error);
                return self.report(passed, Place::Table("release"), damage);
            }
        };
        for (digest, leaf) in releases {
            let is_leaf = entries(self.connection, leaf..leaf + 1);
            if !is_leaf.is_ok_and(|found| found == [digest]) {
                let what = format!("release {digest} is not leaf {leaf}");
                self.report(passed, Place::Table("release"), damage(what));
                continue;
            }
            passed.files += 1;
            let what = match self.folder.read(&Named::Release(digest)) {
                Ok(Some(bytes)) if proves(&bytes, &digest, self.log) => continue,
                Ok(Some(_)) => "does not prove its release; written again".to_owned(),
                Ok(None) => "is missing; written again".to_owned(),
                Err(error) => format!("cannot be read: {error}"),
            };
            if let Ok(right) = proof_under(self.connection, leaf, &head) {
                self.mend(passed, release_proof(&digest), right.as_bytes(), what);
            }
        }
    }

    /// Tells of a file of the log that is not as it was written, and writes it again.
    fn mend(&self, passed: &mut Passed, name: String, right: &[u8], what: String) {
        if let Err(error) = self.folder.mend(&name, right) {
            tracing::error!(name, %error, "log not published");
        }
        self.report(passed, Place::File(name), damage(what));
    }
}

fn proves(proof: &[u8], digest: &Digest, log: &LogKey) -> bool {
    let proof = str::from_utf8(proof).ok().map(InclusionProof::read);
    proof.is_some_and(|proof| {
        proof.is_ok_and(|proof| proof.verify(digest, std::slice::from_ref(log)).is_ok())
    })
}

fn damage(what: String) -> Damage {
    Damage {
        reference: None,
        what,
    }
}

fn out_of_order(seq: i64) -> Damage {
    damage(format!("row {seq} stands where a later one belongs"))
}

/// The next rows of a table, in the order in which they stand there.
pub(super) fn seqs_after(
    connection: &Connection,
    table: &'static str,
    last: i64,
) -> rusqlite::Result<Vec<i64>> {
    let query = format!("SELECT seq FROM {table} WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    let mut statement = connection.prepare_cached(&query)?;
    let seqs = statement.query_map(params![last, STEP as i64], |row| row.get(0))?;
    seqs.collect()
}

/// What SQLite finds wrong with the trees of the store, at most twenty sentences. It reads the whole store at once.
pub(crate) fn structure(connection: &Connection) -> Vec<String> {
    let check = || -> rusqlite::Result<Vec<String>> {
        let mut statement = connection.prepare("PRAGMA integrity_check(20)")?;
        let sentences = statement.query_map([], |row| row.get(0))?;
        let mut sentences = sentences.collect::<rusqlite::Result<Vec<String>>>()?;
        if !open::has_its_tables(connection)? {
            sentences.push("its tables are not those that this relay makes".to_owned());
        }
        Ok(sentences)
    };
    match check() {
        Ok(sentences) => sentences.into_iter().filter(|said| said != "ok").collect(),
        Err(error) => vec![error.to_string()],
    }
}
