//! A disk as a power cut may leave it: what was synced is there, and of the rest whatever the cut lets through.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::strace::{Call, What};

/// What of the changes that were not synced has come to the disk all the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cut {
    /// Nothing.
    Lost,
    /// All of it, in order.
    Whole,
    /// All of it, but of the last write only a part.
    Torn(u64),
    /// Each write by the toss of a coin, the last ones torn; of each folder's new names the first few.
    Tossed(u64),
}

/// Contents of files by their paths below the disk's folder. A folder is there when something is in it, or by itself.
#[derive(Debug, Default, PartialEq)]
pub struct Image {
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    pub folders: Vec<PathBuf>,
}

impl Image {
    /// Puts the image in place of the folder.
    pub fn write(&self, folder: &Path) {
        if folder.exists() {
            fs::remove_dir_all(folder).unwrap();
        }
        for path in &self.folders {
            fs::create_dir_all(folder.join(path)).unwrap();
        }
        for (path, content) in &self.files {
            fs::write(folder.join(path), content).unwrap();
        }
    }
}

/// A disk while a relay writes to it. Files and folders are numbered; names lead to them.
pub struct Disk {
    root: PathBuf,
    things: Vec<Thing>,
    /// What a running program sees.
    names: BTreeMap<PathBuf, usize>,
    /// Where a file that is written from its beginning stands.
    cursors: BTreeMap<usize, u64>,
}

enum Thing {
    File {
        synced: Vec<u8>,
        pending: Vec<(usize, Change)>,
    },
    Folder {
        synced: BTreeMap<OsString, usize>,
        pending: Vec<(usize, Naming)>,
    },
}

#[derive(Clone)]
enum Change {
    Write { at: u64, bytes: Vec<u8> },
    Truncate(u64),
}

#[derive(Clone)]
enum Naming {
    Put(OsString, usize),
    Remove(OsString),
}

impl Disk {
    /// An empty folder, which itself is on the disk.
    pub fn new(root: &Path) -> Disk {
        let folder = Thing::folder();
        Disk {
            root: root.to_owned(),
            things: vec![folder],
            names: [(root.to_owned(), 0)].into(),
            cursors: BTreeMap::new(),
        }
    }

    /// The folder as an image has it, all of it synced.
    pub fn holding(root: &Path, image: &Image) -> Disk {
        let mut disk = Disk::new(root);
        for path in image.folders.iter().filter(|path| **path != Path::new("")) {
            disk.make(0, &root.join(path), Thing::folder());
        }
        for (path, content) in &image.files {
            disk.make(0, &root.join(path), Thing::file(content.clone()));
        }
        for number in 0..disk.things.len() {
            disk.sync(1, number);
        }
        disk
    }

    /// Whether the call concerns this disk.
    pub fn has(&self, call: &Call) -> bool {
        match &call.what {
            What::Open { path, .. }
            | What::Write { path, .. }
            | What::Truncate { path, .. }
            | What::Sync { path }
            | What::Remove { path }
            | What::MakeFolder { path }
            | What::Rename { to: path, .. } => path.starts_with(&self.root),
            What::Send { .. } => false,
        }
    }

    /// Does what the call did.
    pub fn apply(&mut self, call: &Call) {
        let line = call.began;
        match &call.what {
            What::Open {
                path,
                creates,
                truncates,
            } => {
                if *creates && !self.names.contains_key(path) {
                    let file = Thing::file(Vec::new());
                    self.make(line, path, file);
                }
                if *truncates {
                    self.change(line, path, Change::Truncate(0));
                }
                if let Some(file) = self.names.get(path) {
                    self.cursors.insert(*file, 0);
                }
            }
            What::Write { path, at, bytes } => {
                let file = self.names[path];
                let cursor = self.cursors.entry(file).or_default();
                let start = at.unwrap_or(*cursor);
                if at.is_none() {
                    *cursor += bytes.len() as u64;
                }
                self.change(
                    line,
                    path,
                    Change::Write {
                        at: start,
                        bytes: bytes.clone(),
                    },
                );
            }
            What::Truncate { path, len } => self.change(line, path, Change::Truncate(*len)),
            What::Sync { path } => self.sync(line, self.names[path]),
            What::Rename { from, to } => {
                let thing = self.names.remove(from).unwrap();
                self.name(line, to, Naming::Put(file_name(to), thing));
                self.name(line, from, Naming::Remove(file_name(from)));
                self.names.insert(to.clone(), thing);
            }
            What::Remove { path } => {
                self.names.remove(path).unwrap();
                self.name(line, path, Naming::Remove(file_name(path)));
            }
            What::MakeFolder { path } => {
                let folder = Thing::folder();
                self.make(line, path, folder);
            }
            What::Send { .. } => {}
        }
    }

    /// What is found after the power came back.
    pub fn image(&self, cut: Cut) -> Image {
        let last = self.last_write();
        let mut image = Image::default();
        let mut open = vec![(0, PathBuf::new())];
        while let Some((number, path)) = open.pop() {
            match &self.things[number] {
                Thing::File { synced, pending } => {
                    let mut content = synced.clone();
                    for (line, change) in pending {
                        cut.let_through(*line, last, change).put(&mut content);
                    }
                    image.files.insert(path, content);
                }
                Thing::Folder { synced, pending } => {
                    let mut names = synced.clone();
                    let through = cut.names_let_through(number as u64, pending.len());
                    for (_, naming) in &pending[..through] {
                        naming.put(&mut names);
                    }
                    open.extend(
                        names
                            .into_iter()
                            .map(|(name, thing)| (thing, path.join(name))),
                    );
                    image.folders.push(path);
                }
            }
        }
        image.folders.sort();
        image
    }

    fn make(&mut self, line: usize, path: &Path, thing: Thing) {
        let number = self.things.len();
        self.things.push(thing);
        self.names.insert(path.to_owned(), number);
        self.name(line, path, Naming::Put(file_name(path), number));
    }

    fn change(&mut self, line: usize, path: &Path, change: Change) {
        match &mut self.things[self.names[path]] {
            Thing::File { pending, .. } => pending.push((line, change)),
            Thing::Folder { .. } => panic!("{} is a folder", path.display()),
        }
    }

    fn name(&mut self, line: usize, path: &Path, naming: Naming) {
        match &mut self.things[self.names[path.parent().unwrap()]] {
            Thing::Folder { pending, .. } => pending.push((line, naming)),
            Thing::File { .. } => panic!("{} lies in a file", path.display()),
        }
    }

    /// Only what was done before the sync began is covered by it.
    fn sync(&mut self, began: usize, number: usize) {
        match &mut self.things[number] {
            Thing::File { synced, pending } => {
                for (_, change) in pending.extract_if(.., |(line, _)| *line < began) {
                    change.put(synced);
                }
            }
            Thing::Folder { synced, pending } => {
                for (_, naming) in pending.extract_if(.., |(line, _)| *line < began) {
                    naming.put(synced);
                }
            }
        }
    }

    fn last_write(&self) -> usize {
        let lines = self.things.iter().flat_map(|thing| match thing {
            Thing::File { pending, .. } => pending.as_slice(),
            Thing::Folder { .. } => &[],
        });
        lines.map(|(line, _)| *line).max().unwrap_or(0)
    }
}

impl Thing {
    fn file(synced: Vec<u8>) -> Thing {
        let pending = Vec::new();
        Thing::File { synced, pending }
    }

    fn folder() -> Thing {
        let (synced, pending) = (BTreeMap::new(), Vec::new());
        Thing::Folder { synced, pending }
    }
}

impl Cut {
    /// What of a change has come to the disk.
    fn let_through(self, line: usize, last: usize, change: &Change) -> Change {
        let nothing = Change::Write {
            at: 0,
            bytes: Vec::new(),
        };
        match self {
            Cut::Lost => nothing,
            Cut::Whole => change.clone(),
            Cut::Torn(seed) if line == last => change.torn(toss(seed, line as u64)),
            Cut::Torn(_) => change.clone(),
            Cut::Tossed(seed) => match toss(seed, line as u64) {
                toss if toss % 8 == 0 => change.torn(toss / 8),
                toss if toss % 2 == 0 => change.clone(),
                _ => nothing,
            },
        }
    }

    /// How many of a folder's namings have come to the disk; they come in order.
    fn names_let_through(self, folder: u64, pending: usize) -> usize {
        match self {
            Cut::Lost => 0,
            Cut::Whole | Cut::Torn(_) => pending,
            Cut::Tossed(seed) => (toss(seed, folder) % (pending as u64 + 1)) as usize,
        }
    }
}

impl Change {
    fn put(&self, content: &mut Vec<u8>) {
        match self {
            Change::Write { bytes, .. } if bytes.is_empty() => {}
            Change::Write { at, bytes } => {
                let at = *at as usize;
                content.resize(content.len().max(at + bytes.len()), 0);
                content[at..at + bytes.len()].copy_from_slice(bytes);
            }
            Change::Truncate(len) => content.resize(*len as usize, 0),
        }
    }

    /// Only its first bytes; a file's length changes at once.
    fn torn(&self, toss: u64) -> Change {
        match self {
            Change::Write { at, bytes } => {
                let len = toss as usize % (bytes.len() + 1);
                Change::Write {
                    at: *at,
                    bytes: bytes[..len].to_vec(),
                }
            }
            Change::Truncate(_) => self.clone(),
        }
    }
}

impl Naming {
    fn put(&self, names: &mut BTreeMap<OsString, usize>) {
        match self {
            Naming::Put(name, thing) => names.insert(name.clone(), *thing),
            Naming::Remove(name) => names.remove(name),
        };
    }
}

fn file_name(path: &Path) -> OsString {
    path.file_name().unwrap().to_owned()
}

/// A number that depends on both alone (SplitMix64).
pub fn toss(seed: u64, number: u64) -> u64 {
    let mut mixed = seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
