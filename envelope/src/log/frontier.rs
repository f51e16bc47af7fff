//! The right edge of the tree: all that is needed to append, and to prove what was just appended.

use std::collections::BTreeMap;

use super::tree::{self, parent};
use crate::digest::Digest;

/// The tree of `size` leaves as its maximal nodes, one for each bit of `size`, from the left: at most 64 hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Digest>,
}

impl Frontier {
    /// The tree without leaves.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            size: 0,
            peaks: Vec::new(),
        }
    }

    /// The right edge of a tree of `size` leaves whose nodes are at hand; `None` when one of them is not.
    pub fn of(size: u64, nodes: &mut tree::Nodes<'_>) -> Option<Self> {
        let peaks = peaks(size).map(|(level, index)| nodes(level, index));
        Some(Self {
            size,
            peaks: peaks.collect::<Option<_>>()?,
        })
    }

    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root over all of them.
    #[must_use]
    pub fn root(&self) -> Digest {
        let mut from_the_right = self.peaks.iter().rev().copied();
        match from_the_right.next() {
            None => tree::empty(),
            Some(last) => from_the_right.fold(last, |right, left| parent(&left, &right)),
        }
    }

    /// The tree with further leaves, given by their manifests.
    #[must_use]
    pub fn grow(&self, manifests: &[Digest]) -> Growth {
        let mut growth = Growth {
            nodes: peaks(self.size).zip(self.peaks.iter().copied()).collect(),
            first: self.size,
            frontier: self.clone(),
        };
        for manifest in manifests {
            growth.append(tree::leaf(manifest));
        }
        growth
    }
}

/// A tree that has grown: its new right edge, and every node that is new or was on the old edge.
#[derive(Clone, Debug)]
pub struct Growth {
    frontier: Frontier,
    first: u64,
    nodes: BTreeMap<(u32, u64), Digest>,
}

impl Growth {
    /// The right edge now.
    #[must_use]
    pub const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The new leaves' indexes.
    #[must_use]
    pub const fn indexes(&self) -> std::ops::Range<u64> {
        self.first..self.frontier.size
    }

    /// The nodes that are new, by level and index: what a store keeps beside what it has.
    pub fn new_nodes(&self) -> impl Iterator<Item = ((u32, u64), Digest)> + '_ {
        let is_new =
            |&((level, index), _): &((u32, u64), Digest)| (index + 1) << level > self.first;
        self.nodes
            .iter()
            .map(|(&at, &hash)| (at, hash))
            .filter(is_new)
    }

    /// The way from one of the new leaves to the new root; `None` for any other leaf.
    #[must_use]
    pub fn inclusion(&self, index: u64) -> Option<Vec<Digest>> {
        let mut nodes = |level, index| self.nodes.get(&(level, index)).copied();
        self.indexes()
            .contains(&index)
            .then(|| tree::inclusion(index, self.frontier.size, &mut nodes))?
    }

    fn append(&mut self, leaf: Digest) {
        let Frontier { size, peaks } = &mut self.frontier;
        let (mut hash, mut level, mut index) = (leaf, 0, *size);
        self.nodes.insert((level, index), hash);
        // As in counting: a set bit carries, and two nodes become one.
        while index % 2 == 1 {
            let Some(left) = peaks.pop() else { break };
            hash = parent(&left, &hash);
            (level, index) = (level + 1, index / 2);
            self.nodes.insert((level, index), hash);
        }
        peaks.push(hash);
        *size += 1;
    }
}

/// Level and index of the maximal nodes of a tree, from the left.
fn peaks(size: u64) -> impl Iterator<Item = (u32, u64)> {
    let levels = (0..u64::BITS).rev();
    levels
        .filter(move |level| size >> level & 1 == 1)
        .map(move |level| (level, (size >> level) - 1))
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::{by_the_book, leaves, nodes_of};
    use super::*;

    fn manifests(numbers: std::ops::Range<u64>) -> Vec<Digest> {
        numbers
            .map(|number| Digest::of(&number.to_be_bytes()))
            .collect()
    }

    #[test]
    fn grows_in_batches_of_any_size_to_the_same_tree() {
        let all = leaves(150);
        for batch in [1, 2, 3, 7, 64, 150] {
            let mut frontier = Frontier::empty();
            while frontier.size() < 150 {
                let end = (frontier.size() + batch).min(150);
                let growth = frontier.grow(&manifests(frontier.size()..end));
                assert_eq!(growth.indexes(), frontier.size()..end);
                frontier = growth.frontier().clone();
                assert_eq!(frontier.root(), by_the_book(&all[..end as usize]));
            }
        }
        assert_eq!(Frontier::empty().root(), tree::empty());
    }

    #[test]
    fn proves_what_was_appended_and_nothing_older() {
        for before in 0..40_u64 {
            let growth = Frontier::empty()
                .grow(&manifests(0..before))
                .frontier()
                .grow(&manifests(before..before + 9));
            let root = growth.frontier().root();
            for index in growth.indexes() {
                let path = growth.inclusion(index).expect("appended just now");
                let leaf = tree::leaf(&Digest::of(&index.to_be_bytes()));
                assert!(tree::includes(leaf, index, before + 9, &path, &root));
            }
            assert_eq!(growth.inclusion(before + 9), None);
            assert!(before == 0 || growth.inclusion(before - 1).is_none());
        }
    }

    #[test]
    fn new_nodes_are_exactly_those_that_the_old_tree_lacks() {
        let all = leaves(64);
        let mut stored = BTreeMap::new();
        let mut frontier = Frontier::empty();
        for end in [1, 2, 5, 12, 33, 64] {
            let growth = frontier.grow(&manifests(frontier.size()..end));
            for (at, hash) in growth.new_nodes() {
                assert_eq!(stored.insert(at, hash), None, "{at:?} is not new");
                assert_eq!(nodes_of(&all)(at.0, at.1), Some(hash));
            }
            frontier = growth.frontier().clone();
            let mut kept = |level, index| stored.get(&(level, index)).copied();
            assert_eq!(Frontier::of(end, &mut kept).as_ref(), Some(&frontier));
        }
        assert_eq!(stored.len(), 127, "a tree of 64 leaves has 127 nodes");
        assert_eq!(Frontier::of(3, &mut |_, _| None), None);
    }
}
