//! The Merkle tree of RFC 6962 §2.1 with SHA-256: hashes, proofs, and their verification (RFC 9162 §2.1.3–2.1.4).
//!
//! A *node* (`level`, `index`) is the root over the leaves `index · 2^level` … `(index + 1) · 2^level − 1`, all of them
//! there: such a node never changes. Everything else is made of nodes, so whoever can name nodes can prove.

use crate::digest::Digest;

/// Where nodes come from: memory, tiles on a disk, tiles on the web. `None`: not to be had.
pub type Nodes<'a> = dyn FnMut(u32, u64) -> Option<Digest> + 'a;

/// The hash of a leaf: SHA-256 of `00` and the entry.
#[must_use]
pub fn leaf(manifest_sha256: &Digest) -> Digest {
    let mut bytes = [0; 33];
    bytes[1..].copy_from_slice(manifest_sha256.as_bytes());
    Digest::of(&bytes)
}

/// The hash of two subtrees: SHA-256 of `01`, the left hash, the right hash.
#[must_use]
pub fn parent(left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left.as_bytes());
    bytes[33..].copy_from_slice(right.as_bytes());
    Digest::of(&bytes)
}

/// The root of a tree without leaves: SHA-256 of nothing.
#[must_use]
pub fn empty() -> Digest {
    Digest::of(&[])
}

/// The root of a tree of `size` leaves.
pub fn root(size: u64, nodes: &mut Nodes<'_>) -> Option<Digest> {
    if size == 0 {
        return Some(empty());
    }
    range(0, size, nodes)
}

/// The way from leaf `index` to the root of a tree of `size` leaves: the hashes beside it, from below (RFC 6962
/// §2.1.1). `None` when a node is not to be had, or the tree has no such leaf.
pub fn inclusion(index: u64, size: u64, nodes: &mut Nodes<'_>) -> Option<Vec<Digest>> {
    if index >= size {
        return None;
    }
    let (mut first, mut end) = (0, size);
    let mut path = Vec::new();
    while end - first > 1 {
        let middle = first + left_size(end - first);
        if index < middle {
            path.push(range(middle, end, nodes)?);
            end = middle;
        } else {
            path.push(range(first, middle, nodes)?);
            first = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// That the tree of `size` leaves begins with the tree of `old` leaves (RFC 6962 §2.1.2). `None` when a node is not to
/// be had, or `old` is 0 or larger than `size`.
pub fn consistency(old: u64, size: u64, nodes: &mut Nodes<'_>) -> Option<Vec<Digest>> {
    if old == 0 || old > size {
        return None;
    }
    let (mut first, mut end) = (0, size);
    let mut path = Vec::new();
    // Down the right edge of the old tree, until what is left of it is a subtree of the new one.
    while end != old {
        let middle = first + left_size(end - first);
        if old <= middle {
            path.push(range(middle, end, nodes)?);
            end = middle;
        } else {
            path.push(range(first, middle, nodes)?);
            first = middle;
        }
    }
    if first != 0 {
        path.push(range(first, end, nodes)?);
    }
    path.reverse();
    Some(path)
}

/// Whether `path` leads from leaf `index` to `root` in a tree of `size` leaves.
#[must_use]
pub fn includes(leaf: Digest, index: u64, size: u64, path: &[Digest], root: &Digest) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = leaf;
    for beside in path {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            hash = parent(beside, &hash);
            // A right edge without a sibling is its own parent.
            while at % 2 == 0 && at != 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            hash = parent(&hash, beside);
        }
        (at, last) = (at / 2, last / 2);
    }
    last == 0 && hash == *root
}

/// Whether `path` shows that the tree (`size`, `root`) begins with the tree (`old`, `old_root`). Every tree begins with
/// the empty one, and with itself, both without a path.
#[must_use]
pub fn extends(old: u64, old_root: &Digest, size: u64, root: &Digest, path: &[Digest]) -> bool {
    if old == 0 {
        return *old_root == empty() && path.is_empty();
    }
    if old >= size {
        return old == size && old_root == root && path.is_empty();
    }
    let mut rest = path.iter();
    let (mut at, mut last) = (old - 1, size - 1);
    while at % 2 == 1 {
        (at, last) = (at / 2, last / 2);
    }
    // An old tree that is a node of the new one is not in the path.
    let start = if at == 0 { Some(old_root) } else { rest.next() };
    let Some(start) = start else { return false };
    let (mut old_hash, mut hash) = (*start, *start);
    for beside in rest {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            old_hash = parent(beside, &old_hash);
            hash = parent(beside, &hash);
            while at % 2 == 0 && at != 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            hash = parent(&hash, beside);
        }
        (at, last) = (at / 2, last / 2);
    }
    last == 0 && old_hash == *old_root && hash == *root
}

/// The hash over the leaves `first` … `end − 1`, as they stand in any tree that splits there.
fn range(first: u64, end: u64, nodes: &mut Nodes<'_>) -> Option<Digest> {
    let size = end - first;
    if size.is_power_of_two() {
        let level = size.trailing_zeros();
        return nodes(level, first >> level);
    }
    let middle = first + left_size(size);
    let left = range(first, middle, nodes)?;
    Some(parent(&left, &range(middle, end, nodes)?))
}

/// How many of `size` leaves stand on the left: the largest power of two that is smaller.
const fn left_size(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Leaves 0, 1, 2 …, each its own.
    pub(crate) fn leaves(count: u64) -> Vec<Digest> {
        (0..count)
            .map(|number| leaf(&Digest::of(&number.to_be_bytes())))
            .collect()
    }

    /// RFC 6962 word for word: MTH(D[n]).
    pub(crate) fn by_the_book(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => empty(),
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(left_size(leaves.len() as u64) as usize);
                parent(&by_the_book(left), &by_the_book(right))
            }
        }
    }

    /// All nodes of a tree, from its leaves.
    pub(crate) fn nodes_of(leaves: &[Digest]) -> impl FnMut(u32, u64) -> Option<Digest> + '_ {
        |level, index| {
            let first = usize::try_from(index << level).ok()?;
            leaves
                .get(first..first + (1_usize << level))
                .map(by_the_book)
        }
    }

    #[test]
    fn hashes_are_those_of_rfc_6962() {
        // The leaf of an empty entry and the empty tree, as Certificate Transparency's own tests have them.
        assert_eq!(
            empty().to_string(),
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
        );
        let all = leaves(7);
        let a = parent(&all[0], &all[1]);
        let b = parent(&all[2], &all[3]);
        let c = parent(&all[4], &all[5]);
        let expected = parent(&parent(&a, &b), &parent(&c, &all[6]));
        assert_eq!(root(7, &mut nodes_of(&all)), Some(expected));
    }

    #[test]
    fn each_leaf_of_each_tree_is_proved_and_no_other() {
        let all = leaves(70);
        for size in 1..=70_u64 {
            let tree = &all[..size as usize];
            let root = by_the_book(tree);
            for index in 0..size {
                let path =
                    inclusion(index, size, &mut nodes_of(tree)).expect("all nodes are there");
                let it = all[index as usize];
                assert!(includes(it, index, size, &path, &root), "{index} of {size}");
                assert!(!includes(
                    all[(index as usize + 1) % 70],
                    index,
                    size,
                    &path,
                    &root
                ));
                assert!(!includes(it, index, size, &path, &empty()));
                let other = (index + 1) % size;
                assert!(size == 1 || !includes(it, other, size, &path, &root));
                assert!(!includes(it, size, size, &path, &root));
                let mut long = path.clone();
                long.push(root);
                assert!(!includes(it, index, size, &long, &root), "a step too many");
                if let Some((_, short)) = path.split_last() {
                    assert!(!includes(it, index, size, short, &root), "a step too few");
                }
            }
        }
        assert_eq!(inclusion(3, 3, &mut nodes_of(&all)), None);
        assert_eq!(inclusion(0, 4, &mut |_, _| None), None);
    }

    #[test]
    fn each_tree_extends_the_earlier_ones_and_no_other() {
        let all = leaves(40);
        let mut forked = all.clone();
        forked[0] = leaf(&Digest::of(b"exchanged"));
        for size in 1..=40_u64 {
            let root = by_the_book(&all[..size as usize]);
            assert!(extends(0, &empty(), size, &root, &[]));
            assert!(!extends(0, &root, size, &root, &[]));
            for old in 1..=size {
                let old_root = by_the_book(&all[..old as usize]);
                let nodes = &mut nodes_of(&all);
                let path = consistency(old, size, nodes).expect("all nodes are there");
                assert!(
                    extends(old, &old_root, size, &root, &path),
                    "{old} to {size}"
                );
                let other = by_the_book(&forked[..old as usize]);
                assert!(!extends(old, &other, size, &root, &path), "{old} to {size}");
                assert!(!extends(old, &old_root, size, &other, &path) || other == root);
                let mut long = path.clone();
                long.push(root);
                assert!(!extends(old, &old_root, size, &root, &long));
                if let Some((_, short)) = path.split_last() {
                    assert!(!extends(old, &old_root, size, &root, short));
                }
            }
            assert!(
                !extends(size + 1, &root, size, &root, &[]),
                "a tree never shrinks"
            );
        }
        assert_eq!(consistency(0, 3, &mut nodes_of(&all)), None);
        assert_eq!(consistency(4, 3, &mut nodes_of(&all)), None);
    }
}
