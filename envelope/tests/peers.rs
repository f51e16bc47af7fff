//! The log beside other people's: what we write they read, what they write we read, over trees of many sizes.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use envelope::Digest;
use envelope::log::{Checkpoint, Frontier, InclusionProof, LogKey, Note, Tile, tree};
use ring::signature::{Ed25519KeyPair, KeyPair};
use signed_note::{StandardVerifier, VerifierList};
use tlog_tiles::{Hash, HashReader, TileReader};

const ORIGIN: &str = "relay.example/log";
const SIZES: [u64; 12] = [1, 2, 3, 7, 8, 255, 256, 257, 300, 511, 513, 700];

fn manifest(number: u64) -> Digest {
    Digest::of(&number.to_be_bytes())
}

fn theirs(hash: Digest) -> Hash {
    Hash(*hash.as_bytes())
}

/// A log as a relay keeps it: nodes from batches, tiles from nodes.
#[derive(Default)]
struct Log {
    nodes: BTreeMap<(u32, u64), Digest>,
    tiles: BTreeMap<String, Vec<u8>>,
    frontier: Frontier,
}

impl Log {
    fn grow_to(&mut self, size: u64) {
        let before = self.frontier.size();
        let growth = self
            .frontier
            .grow(&(before..size).map(manifest).collect::<Vec<_>>());
        self.nodes.extend(growth.new_nodes());
        self.frontier = growth.frontier().clone();
        for tile in Tile::new_between(before, size) {
            let bytes = tile
                .bytes(&mut |level, index| self.nodes.get(&(level, index)).copied())
                .unwrap();
            self.tiles.insert(tile.to_string(), bytes);
        }
    }

    fn inclusion(&self, index: u64, size: u64) -> Vec<Digest> {
        tree::inclusion(index, size, &mut |level, index| {
            self.nodes.get(&(level, index)).copied()
        })
        .unwrap()
    }

    fn consistency(&self, old: u64, size: u64) -> Vec<Digest> {
        tree::consistency(old, size, &mut |level, index| {
            self.nodes.get(&(level, index)).copied()
        })
        .unwrap()
    }
}

/// Their reader of hashes over our nodes.
impl HashReader for Log {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let node = |&index: &u64| {
            let (level, index) = tlog_tiles::split_stored_hash_index(index);
            theirs(self.nodes[&(u32::from(level), index)])
        };
        Ok(indexes.iter().map(node).collect())
    }
}

/// Their reader of tiles over our files.
impl TileReader for Log {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        Ok(tiles
            .iter()
            .map(|tile| self.tiles[&name_of(tile)].clone())
            .collect())
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

/// Their names have the height of a tile in them.
fn name_of(tile: &tlog_tiles::Tile) -> String {
    tile.path().replacen("tile/8/", "tile/", 1)
}

#[test]
fn trees_and_proofs_are_the_same() {
    let mut log = Log::default();
    for size in SIZES {
        log.grow_to(size);
        let root = theirs(log.frontier.root());
        assert_eq!(tlog_tiles::tree_hash(size, &log).unwrap(), root, "{size}");
        for index in 0..size {
            let record = tlog_tiles::record_hash(manifest(index).as_bytes());
            assert_eq!(record, theirs(tree::leaf(&manifest(index))));
            let ours: Vec<Hash> = log.inclusion(index, size).into_iter().map(theirs).collect();
            assert_eq!(tlog_tiles::prove_record(size, index, &log).unwrap(), ours);
            tlog_tiles::check_record(&ours, size, root, index, record).unwrap();
        }
        for old in 1..=size {
            let old_root = tlog_tiles::tree_hash(old, &log).unwrap();
            let ours: Vec<Hash> = log.consistency(old, size).into_iter().map(theirs).collect();
            assert_eq!(
                tlog_tiles::prove_tree(size, old, &log).unwrap(),
                ours,
                "{old} to {size}"
            );
            tlog_tiles::check_tree(&ours, size, root, old, old_root).unwrap();
        }
    }
}

#[test]
fn tiles_have_the_same_names_and_are_believed() {
    let mut log = Log::default();
    for size in SIZES {
        let before = log.frontier.size();
        log.grow_to(size);
        let mut ours: Vec<String> = Tile::new_between(before, size)
            .map(|tile| tile.to_string())
            .collect();
        let mut names: Vec<String> = tlog_tiles::Tile::new_tiles(8, before, size)
            .iter()
            .map(name_of)
            .collect();
        ours.sort();
        names.sort();
        assert_eq!(ours, names, "{before} to {size}");
        // Their reader checks every tile against the root before it hands out a hash.
        let reader = tlog_tiles::TileHashReader::new(size, theirs(log.frontier.root()), &log);
        for index in [0, size / 2, size - 1] {
            let stored = tlog_tiles::stored_hash_index(0, index);
            let hashes = reader.read_hashes(&[stored]).unwrap();
            assert_eq!(hashes, [theirs(tree::leaf(&manifest(index)))]);
        }
    }
}

#[test]
fn keys_notes_and_checkpoints_are_the_same() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let key = LogKey::new(ORIGIN, pair.public_key().as_ref().try_into().unwrap()).unwrap();
    let mut log = Log::default();
    log.grow_to(300);
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: 300,
        root: log.frontier.root(),
    };
    let text = checkpoint.text();
    let note = key.note(
        &text,
        pair.sign(text.as_bytes()).as_ref().try_into().unwrap(),
    );

    let verifier = StandardVerifier::new(&key.to_string()).unwrap();
    let read = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
    let (verified, unknown) = read
        .verify(&VerifierList::new(vec![Box::new(verifier)]))
        .unwrap();
    assert_eq!((verified.len(), unknown.len()), (1, 0));
    assert_eq!(read.to_bytes(), note.as_bytes());
    let their_checkpoint = tlog_tiles::Checkpoint::from_bytes(read.text()).unwrap();
    assert_eq!(their_checkpoint.origin(), ORIGIN);
    assert_eq!(their_checkpoint.size(), 300);
    assert_eq!(*their_checkpoint.hash(), theirs(checkpoint.root));

    // And the other way: a note signed by their key of the same seed.
    let secret = format!(
        "PRIVATE+KEY+{}+{:08x}+{}",
        ORIGIN,
        u32::from_be_bytes(key.id()),
        base64_of_seed()
    );
    let signer = signed_note::StandardSigner::new(&secret).unwrap();
    let mut their_note = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
    their_note.add_sigs(&[&signer]).unwrap();
    let their_note = String::from_utf8(their_note.to_bytes()).unwrap();
    assert_eq!(their_note, note);
    assert!(Note::read(&their_note).unwrap().is_signed_by(&key));
    let logs = [key];
    assert_eq!(Checkpoint::read(&their_note, &logs), Ok(checkpoint));

    let proof = InclusionProof {
        index: 123,
        path: log.inclusion(123, 300),
        checkpoint: note,
    };
    assert_eq!(proof.verify(&manifest(123), &logs).unwrap().size, 300);
}

/// Type 1 and the seed, as their signer keys have it.
fn base64_of_seed() -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode([&[1][..], &[7; 32]].concat())
}
