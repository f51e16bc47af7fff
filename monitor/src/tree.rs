//! The leaves that were seen, and whether a log goes on from them.

use std::collections::HashSet;

use envelope::Digest;
use envelope::log::{Bundle, Checkpoint, Frontier, Tile};

use crate::alarm::{Alarm, Kind};
use crate::source::Source;

/// Every leaf of a log, from the first on.
#[derive(Clone, Default)]
pub struct Seen {
    manifests: Vec<Digest>,
    frontier: Frontier,
}

impl Seen {
    /// Leaves given by their manifests.
    pub fn of(manifests: Vec<Digest>) -> Seen {
        let frontier = Frontier::empty().grow(&manifests).frontier().clone();
        Seen {
            manifests,
            frontier,
        }
    }

    /// How many leaves.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over them.
    pub fn root(&self) -> Digest {
        self.frontier.root()
    }

    /// The root over the first `size` of them; none when there are fewer.
    pub fn root_of(&self, size: u64) -> Option<Digest> {
        let leaves = self.manifests.get(..usize::try_from(size).ok()?)?;
        Some(Frontier::empty().grow(leaves).frontier().root())
    }

    /// The leaf that a release with this digest is.
    pub fn leaf_of(&self, release: &Digest) -> Option<u64> {
        let leaf = self.manifests.iter().position(|digest| digest == release);
        leaf.map(|leaf| leaf as u64)
    }

    /// The manifests from leaf `first` on.
    pub fn since(&self, first: u64) -> &[Digest] {
        usize::try_from(first)
            .ok()
            .and_then(|first| self.manifests.get(first..))
            .unwrap_or(&[])
    }

    /// The leaves under `checkpoint`, which begin with these: every new entry and every new file of hashes is read, and
    /// all of them must make the root that was signed.
    ///
    /// # Errors
    /// The alarm that says what is not so.
    pub fn go_on(&self, source: &Source, checkpoint: &Checkpoint) -> Result<Seen, Alarm> {
        let &Checkpoint { size, root, .. } = checkpoint;
        if size < self.size() {
            let what = format!(
                "the checkpoint is over {size} leaves, and {} were seen before",
                self.size()
            );
            return Err(Alarm::new(Kind::Rollback, what));
        }
        let next = self.with_entries(source, size)?;
        if next.root() != root {
            return Err(Alarm::new(
                Kind::Fork,
                format!(
                    "the {size} entries do not make the root that was signed, after {} that did",
                    self.size()
                ),
            ));
        }
        next.check_tiles(source, self.size())?;
        next.check_once(self.size())?;
        Ok(next)
    }

    fn with_entries(&self, source: &Source, size: u64) -> Result<Seen, Alarm> {
        let mut manifests = self.manifests.clone();
        for bundle in Bundle::new_between(self.size(), size) {
            let bytes = source.bundle(&bundle)?;
            let entries = bundle.manifests(&bytes).ok_or_else(|| {
                Alarm::new(
                    Kind::Fork,
                    format!("{bundle}: not {} entries", bundle.indexes().count()),
                )
            })?;
            for (index, entry) in bundle.indexes().zip(entries) {
                match usize::try_from(index)
                    .ok()
                    .and_then(|index| manifests.get(index))
                {
                    None => manifests.push(entry),
                    Some(seen) if *seen == entry => {}
                    Some(seen) => {
                        let what = format!(
                            "{bundle}: leaf {index} is {entry}, and {seen} was seen before"
                        );
                        return Err(Alarm::new(Kind::Fork, what));
                    }
                }
            }
        }
        let frontier = self
            .frontier
            .grow(&manifests[self.manifests.len()..])
            .frontier()
            .clone();
        Ok(Seen {
            manifests,
            frontier,
        })
    }

    /// Files of hashes, whoever proves by them, are those of the entries.
    fn check_tiles(&self, source: &Source, since: u64) -> Result<(), Alarm> {
        for tile in Tile::new_between(since, self.size()) {
            let bytes = source.tile(&tile)?;
            if tile
                .bytes(&mut |level, index| self.node(level, index))
                .as_ref()
                != Some(&bytes)
            {
                return Err(Alarm::new(
                    Kind::Fork,
                    format!("{tile}: not the hashes of the entries"),
                ));
            }
        }
        Ok(())
    }

    fn node(&self, level: u32, index: u64) -> Option<Digest> {
        let first = usize::try_from(index.checked_shl(level)?).ok()?;
        let leaves = self
            .manifests
            .get(first..first.checked_add(1_usize.checked_shl(level)?)?)?;
        Some(Frontier::empty().grow(leaves).frontier().root())
    }

    fn check_once(&self, since: u64) -> Result<(), Alarm> {
        let new = self.since(since);
        if new.is_empty() {
            return Ok(());
        }
        let mut once: HashSet<&Digest> = self.manifests[..self.manifests.len() - new.len()]
            .iter()
            .collect();
        match new.iter().find(|manifest| !once.insert(manifest)) {
            Some(doubled) => Err(Alarm::new(
                Kind::Doubled,
                format!("manifest {doubled} is a leaf twice"),
            )),
            None => Ok(()),
        }
    }
}
