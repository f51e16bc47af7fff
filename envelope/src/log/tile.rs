//! The tree as static files (C2SP tlog-tiles): hashes in tiles of up to 256, entries in bundles of up to 256.
//!
//! `tile/<L>/<N>` holds the nodes of level 8·L from 256·N on, 32 bytes each; `tile/entries/<N>` the entries, each two
//! bytes of length (always 32) and a `manifest_sha256`. A file that is not full has `.p/<W>` behind its name. Files never change:
//! a fuller one has another name.

use std::fmt;
use std::str::FromStr;

use super::tree::{self, parent};
use crate::digest::Digest;

/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH_MAX: u64 = 256;

/// Levels of the tree in one tile.
const TILE_LEVELS: u32 = 8;

/// Bytes of a hash.
const HASH_BYTES: usize = 32;

/// Bytes of an entry in a bundle: its length in two bytes, and 32 bytes.
const ENTRY_BYTES: usize = 2 + HASH_BYTES;

/// A file of hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    level: u32,
    place: Place,
}

/// A file of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bundle(Place);

/// Which file of its row, and how full: 1 to 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    index: u64,
    width: u64,
}

impl Tile {
    /// The tile, as full as it is in a tree of `size` leaves, that has node (`level`, `index`) or what it is made of.
    /// `None` when that tree has no such node.
    #[must_use]
    pub fn with_node(level: u32, index: u64, size: u64) -> Option<Self> {
        let tile_level = level / TILE_LEVELS;
        let first = index.checked_mul(1 << (level % TILE_LEVELS))?;
        let place = Place::with(first, row_length(size, tile_level))?;
        let end = index
            .checked_add(1)?
            .checked_mul(1_u64.checked_shl(level)?)?;
        (end <= size).then_some(Self {
            level: tile_level,
            place,
        })
    }

    /// The tiles that a tree of `size` leaves has and one of `before` leaves has not, lower levels first.
    pub fn new_between(before: u64, size: u64) -> impl Iterator<Item = Self> {
        let levels = (0..).take_while(move |&level| row_length(size, level) > 0);
        levels.flat_map(move |level| {
            Place::new_between(row_length(before, level), row_length(size, level))
                .map(move |place| Self { level, place })
        })
    }

    /// The nodes in this tile, level and index, in order.
    pub fn nodes(&self) -> impl Iterator<Item = (u32, u64)> + use<> {
        let level = self.level * TILE_LEVELS;
        self.place.all().map(move |index| (level, index))
    }

    /// The file's bytes, from its hashes. `None` when one of them is not to be had.
    pub fn bytes(&self, nodes: &mut tree::Nodes<'_>) -> Option<Vec<u8>> {
        let hashes = self.nodes().map(|(level, index)| nodes(level, index));
        Some(
            hashes
                .collect::<Option<Vec<_>>>()?
                .iter()
                .flat_map(|hash| *hash.as_bytes())
                .collect(),
        )
    }

    /// Node (`level`, `index`) from the bytes of the tile that [`Tile::with_node`] gave for it. `None` when the bytes
    /// are not those of a tile of its width.
    #[must_use]
    pub fn node(&self, level: u32, index: u64, bytes: &[u8]) -> Option<Digest> {
        if bytes.len() as u64 != self.place.width * HASH_BYTES as u64 {
            return None;
        }
        let height = level.checked_sub(self.level * TILE_LEVELS)?;
        let first = index
            .checked_mul(1_u64.checked_shl(height)?)?
            .checked_sub(self.place.index * WIDTH_MAX)?;
        let first = usize::try_from(first).ok()?;
        let count = 1_usize.checked_shl(height)?;
        let mut row: Vec<Digest> = bytes
            .get(first * HASH_BYTES..(first + count) * HASH_BYTES)?
            .chunks_exact(HASH_BYTES)
            .filter_map(|hash| hash.try_into().ok().map(Digest::from_bytes))
            .collect();
        while row.len() > 1 {
            row = row
                .chunks_exact(2)
                .map(|pair| parent(&pair[0], &pair[1]))
                .collect();
        }
        row.first().copied()
    }
}

impl Bundle {
    /// The bundle, as full as it is in a tree of `size` leaves, that has the entry of leaf `index`.
    #[must_use]
    pub fn with_entry(index: u64, size: u64) -> Option<Self> {
        Place::with(index, size).map(Self)
    }

    /// The bundles that a tree of `size` leaves has and one of `before` leaves has not.
    pub fn new_between(before: u64, size: u64) -> impl Iterator<Item = Self> {
        Place::new_between(before, size).map(Self)
    }

    /// The leaves in this bundle.
    pub fn indexes(&self) -> std::ops::Range<u64> {
        self.0.all()
    }

    /// The file's bytes, from the manifests' digests in order.
    #[must_use]
    pub fn bytes(manifests: &[Digest]) -> Vec<u8> {
        let entry = |manifest: &Digest| [&[0, HASH_BYTES as u8], &manifest.as_bytes()[..]].concat();
        manifests.iter().flat_map(entry).collect()
    }

    /// The manifests' digests in the bytes of this bundle, in order. `None` when they are not exactly its entries.
    #[must_use]
    pub fn manifests(&self, bytes: &[u8]) -> Option<Vec<Digest>> {
        if bytes.len() as u64 != self.0.width * ENTRY_BYTES as u64 {
            return None;
        }
        let entries = bytes.chunks_exact(ENTRY_BYTES).map(|entry| {
            let (length, manifest) = entry.split_at(2);
            (length == [0, HASH_BYTES as u8])
                .then(|| manifest.try_into().ok().map(Digest::from_bytes))?
        });
        entries.collect()
    }
}

impl Place {
    /// The file of a row of `length` things that has thing number `index`.
    fn with(index: u64, length: u64) -> Option<Self> {
        let first = index / WIDTH_MAX * WIDTH_MAX;
        (index < length).then(|| Self {
            index: index / WIDTH_MAX,
            width: (length - first).min(WIDTH_MAX),
        })
    }

    /// The files that a row of `length` things has and one of `before` has not.
    fn new_between(before: u64, length: u64) -> impl Iterator<Item = Self> {
        let files = before / WIDTH_MAX..length.div_ceil(WIDTH_MAX);
        files
            .filter(move |_| length > before)
            .filter_map(move |index| Self::with(index * WIDTH_MAX, length))
    }

    fn all(self) -> std::ops::Range<u64> {
        let first = self.index * WIDTH_MAX;
        first..first + self.width
    }
}

/// How many nodes a tree has on the level of these tiles.
const fn row_length(size: u64, tile_level: u32) -> u64 {
    match size.checked_shr(tile_level * TILE_LEVELS) {
        Some(length) => length,
        None => 0,
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/{}", self.level, self.place)
    }
}

impl fmt::Display for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/entries/{}", self.0)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.index.to_string();
        let digits = format!("{digits:0>width$}", width = digits.len().div_ceil(3) * 3);
        for (start, _) in digits.char_indices().step_by(3) {
            let is_last = start + 3 == digits.len();
            write!(
                f,
                "{}{}",
                if is_last { "" } else { "x" },
                &digits[start..start + 3]
            )?;
            f.write_str(if is_last { "" } else { "/" })?;
        }
        match self.width {
            WIDTH_MAX => Ok(()),
            width => write!(f, ".p/{width}"),
        }
    }
}

/// The text is not the one name of a tile or bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAName;

impl fmt::Display for NotAName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the name of a tile, such as tile/0/x001/234 or tile/0/000.p/7")
    }
}

impl std::error::Error for NotAName {}

impl FromStr for Tile {
    type Err = NotAName;

    fn from_str(name: &str) -> Result<Self, NotAName> {
        let rest = name.strip_prefix("tile/").ok_or(NotAName)?;
        let (level, place) = rest.split_once('/').ok_or(NotAName)?;
        let tile = Self {
            level: level.parse().map_err(|_| NotAName)?,
            place: place.parse()?,
        };
        only_spelling(tile, name, tile.level < u64::BITS)
    }
}

impl FromStr for Bundle {
    type Err = NotAName;

    fn from_str(name: &str) -> Result<Self, NotAName> {
        let place = name.strip_prefix("tile/entries/").ok_or(NotAName)?;
        only_spelling(Self(place.parse()?), name, true)
    }
}

impl FromStr for Place {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let (number, width) = text.split_once(".p/").unwrap_or((text, "256"));
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        Ok(Self {
            index: digits.parse().map_err(|_| NotAName)?,
            width: width.parse().map_err(|_| NotAName)?,
        })
    }
}

/// Names are read leniently and then written again: what comes out otherwise is no name.
fn only_spelling<T: fmt::Display + Copy + HasWidth>(
    named: T,
    name: &str,
    is_possible: bool,
) -> Result<T, NotAName> {
    let is_name =
        is_possible && (1..=WIDTH_MAX).contains(&named.width()) && named.to_string() == name;
    is_name.then_some(named).ok_or(NotAName)
}

trait HasWidth {
    fn width(&self) -> u64;
}

impl HasWidth for Tile {
    fn width(&self) -> u64 {
        self.place.width
    }
}

impl HasWidth for Bundle {
    fn width(&self) -> u64 {
        self.0.width
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::tree::tests::{by_the_book, leaves, nodes_of};
    use super::*;

    #[test]
    fn names_are_those_of_the_specification() {
        let name = |size, leaf| Bundle::with_entry(leaf, size).expect("a leaf").to_string();
        assert_eq!(
            name(1_234_067 * 256 + 256, 1_234_067 * 256),
            "tile/entries/x001/x234/067"
        );
        assert_eq!(name(5, 4), "tile/entries/000.p/5");
        // "a tree of size 70,000 …"
        let mut all: BTreeMap<(u32, u64), usize> = BTreeMap::new();
        for tile in Tile::new_between(0, 70_000) {
            *all.entry((tile.level, tile.place.width)).or_default() += 1;
        }
        let expected = [
            ((0, 112), 1),
            ((0, 256), 273),
            ((1, 17), 1),
            ((1, 256), 1),
            ((2, 1), 1),
        ];
        assert_eq!(all, BTreeMap::from(expected));
    }

    #[test]
    fn a_name_has_one_spelling() {
        for name in [
            "tile/0/000",
            "tile/1/x001/000.p/255",
            "tile/7/x999/x999/999.p/1",
        ] {
            assert_eq!(name.parse::<Tile>().expect(name).to_string(), name);
        }
        for name in [
            "tile/0/0",
            "tile/00/000",
            "tile/0/001/000",
            "tile/0/x000/000",
            "tile/0/000.p/256",
            "tile/0/000.p/0",
            "tile/0/000.p/01",
            "tile/64/000",
            "tile/-1/000",
            "tile/0/000/",
            "tile/0/../000",
            "tile/0/000.p/",
            "tile/0",
            "tile/0/x999999999999999999999/000",
            "/tile/0/000",
            "tile/0/٠٠٠",
            "",
        ] {
            assert_eq!(name.parse::<Tile>(), Err(NotAName), "{name}");
        }
        assert_eq!(
            "tile/entries/000.p/7"
                .parse::<Bundle>()
                .expect("a bundle")
                .indexes(),
            0..7
        );
        for name in [
            "tile/0/000",
            "tile/entries/000.p/0",
            "tile/entries/000.p/257",
        ] {
            assert_eq!(name.parse::<Bundle>(), Err(NotAName), "{name}");
        }
        assert!(NotAName.to_string().contains("tile"));
    }

    #[test]
    fn a_tree_comes_back_out_of_its_tiles() {
        let all = leaves(1_000);
        let mut files = BTreeMap::new();
        for (before, size) in [
            (0, 1),
            (1, 255),
            (255, 256),
            (256, 300),
            (300, 300),
            (300, 1_000),
        ] {
            for tile in Tile::new_between(before, size) {
                let bytes = tile.bytes(&mut nodes_of(&all)).expect("all nodes");
                assert!(files.insert(tile, bytes).is_none(), "{tile} is not new");
            }
            let mut read = |level, index| {
                let tile = Tile::with_node(level, index, size)?;
                tile.node(level, index, files.get(&tile)?)
            };
            assert_eq!(
                tree::root(size, &mut read),
                Some(by_the_book(&all[..size as usize]))
            );
            for index in [0, size / 2, size - 1] {
                assert!(tree::inclusion(index, size, &mut read).is_some());
            }
        }
        assert_eq!(Tile::with_node(0, 1_000, 1_000), None);
        assert_eq!(
            Tile::with_node(8, 3, 1_000),
            None,
            "node 3 of level 8 is not full"
        );
        assert_eq!(Tile::with_node(70, 0, u64::MAX), None);
        let tile = Tile::with_node(3, 2, 1_000).expect("a node");
        assert_eq!(tile.node(3, 2, &[0; 31]), None);
    }

    #[test]
    fn bundles_hold_exactly_their_entries() {
        let manifests: Vec<Digest> = (0..300_u64).map(|n| Digest::of(&n.to_be_bytes())).collect();
        let bundles: Vec<Bundle> = Bundle::new_between(0, 300).collect();
        assert_eq!(bundles.len(), 2);
        for bundle in bundles {
            let indexes = bundle.indexes();
            let its = &manifests[indexes.start as usize..indexes.end as usize];
            let bytes = Bundle::bytes(its);
            assert_eq!(bundle.manifests(&bytes).as_deref(), Some(its));
            assert_eq!(bundle.manifests(&bytes[1..]), None);
            let mut wrong = bytes.clone();
            wrong[1] = 31;
            assert_eq!(bundle.manifests(&wrong), None);
        }
        assert_eq!(Bundle::with_entry(300, 300), None);
    }
}
