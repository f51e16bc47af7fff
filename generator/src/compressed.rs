//! `.br` and `.gz` beside the files of a portal, for hosts that send them as they stand there (nginx `brotli_static` and
//! `gzip_static`, Caddy `precompressed`), and for publishing with `Content-Encoding`.
//!
//! Compressing a page takes many times as long as making it, so what was made is kept in a folder, named by the digest of
//! what it was made of and by how. A kept file that is damaged counts as none, so a build with the folder and one without give
//! the same bytes. The folder holds what the last build needed, and may be removed at any time.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use brotli::enc::BrotliEncoderParams;
use envelope::Digest;
use flate2::{Compression, GzBuilder};

use crate::writing::write_whole;

/// How a file can be compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    /// Brotli (RFC 7932).
    Br,
    /// Brotli, as small as it gets: a twentieth smaller, in nine times as long (0.6 ms a page becomes 5).
    BrSmallest,
    /// gzip (RFC 1952).
    Gz,
}

/// The quality of most files, and of those that a citizen waits for before anything can be filled in.
const BROTLI_QUALITY: i32 = 9;
pub(crate) const BROTLI_QUALITY_MAX: i32 = 11;

impl Coding {
    const ALL: [Coding; 3] = [Coding::Br, Coding::BrSmallest, Coding::Gz];

    /// How the file with that path is compressed. A form's page and what pages load are few, and what they weigh has bounds.
    fn of(path: &str) -> [Coding; 2] {
        let is_weighed = path.starts_with("assets/") || path.ends_with("/form/index.html");
        let brotli = match is_weighed {
            true => Coding::BrSmallest,
            false => Coding::Br,
        };
        [brotli, Coding::Gz]
    }

    /// What the name of a compressed file ends with.
    fn ending(self) -> &'static str {
        match self {
            Coding::Br | Coding::BrSmallest => ".br",
            Coding::Gz => ".gz",
        }
    }

    /// The folder of what is kept: other encoders and levels give other bytes.
    fn folder(self) -> &'static str {
        match self {
            Coding::Br => "motcua-brotli-9.1.1-9",
            Coding::BrSmallest => "motcua-brotli-9.1.1-11",
            Coding::Gz => "motcua-flate2-1.1.11-9",
        }
    }

    fn encode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Coding::Br => brotli(bytes, BROTLI_QUALITY),
            Coding::BrSmallest => brotli(bytes, BROTLI_QUALITY_MAX),
            Coding::Gz => {
                // Without a name or a time: the same bytes whenever it is made.
                let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
                // Writing to memory cannot fail.
                let _ = encoder.write_all(bytes);
                encoder.finish().unwrap_or_default()
            }
        }
    }
}

/// The path of the file of which the one at `path` may be a compressed form.
pub(crate) fn without_ending(path: &str) -> &str {
    let mut endings = Coding::ALL.iter().map(|coding| coding.ending());
    endings
        .find_map(|ending| path.strip_suffix(ending))
        .unwrap_or(path)
}

/// The paths of a file and of its compressed forms.
pub(crate) fn with_endings(path: &str) -> [String; 3] {
    ["", Coding::Br.ending(), Coding::Gz.ending()].map(|ending| format!("{path}{ending}"))
}

/// Bytes in brotli, with a window of 4 MB.
pub(crate) fn brotli(bytes: &[u8], quality: i32) -> Vec<u8> {
    let mut compressed = Vec::new();
    let params = BrotliEncoderParams {
        quality,
        lgwin: 22,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    // Reading from memory and writing to memory cannot fail.
    let _ = brotli::BrotliCompress(&mut &*bytes, &mut compressed, &params);
    compressed
}

/// Compresses files, and keeps what it made in a folder.
pub(crate) struct Compressor {
    dir: PathBuf,
    /// The files of the folder that were needed.
    needed: Mutex<BTreeSet<PathBuf>>,
}

impl Compressor {
    /// With the folder of what was made before.
    pub(crate) fn new(dir: &Path) -> Self {
        Compressor {
            dir: dir.to_owned(),
            needed: Mutex::default(),
        }
    }

    /// The compressed forms of the file with that path, by what its name ends with; none that is not smaller.
    pub(crate) fn each(&self, path: &str, bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
        let digest = Digest::of(bytes).to_string();
        let made =
            Coding::of(path).map(|coding| (coding.ending(), self.coded(coding, &digest, bytes)));
        let smaller = made.into_iter();
        smaller
            .filter(|(_, coded)| coded.len() < bytes.len())
            .collect()
    }

    fn coded(&self, coding: Coding, digest: &str, bytes: &[u8]) -> Vec<u8> {
        let place = self.dir.join(coding.folder()).join(digest);
        let coded = kept(&place).unwrap_or_else(|| {
            let coded = coding.encode(bytes);
            keep(&place, &coded);
            coded
        });
        self.needed().insert(place);
        coded
    }

    /// Removes what was not needed.
    pub(crate) fn tidy(&self) {
        let needed = self.needed();
        let folders = Coding::ALL.map(|coding| fs::read_dir(self.dir.join(coding.folder())));
        let entries = folders.into_iter().flatten().flatten().flatten();
        for place in entries.map(|entry| entry.path()) {
            if !needed.contains(&place) {
                // What stays costs room alone.
                let _ = fs::remove_file(&place);
            }
        }
    }

    fn needed(&self) -> std::sync::MutexGuard<'_, BTreeSet<PathBuf>> {
        // Every change of it is whole.
        self.needed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is kept at a place: the bytes, then the digest of them.
fn kept(place: &Path) -> Option<Vec<u8>> {
    let mut coded = fs::read(place).ok()?;
    let end = coded.len().checked_sub(DIGEST_BYTES)?;
    let digest = coded.split_off(end);
    (Digest::of(&coded).as_bytes()[..] == digest[..]).then_some(coded)
}

const DIGEST_BYTES: usize = 32;

/// Keeps bytes, if the system lets us: else they are made again the next time.
fn keep(place: &Path, coded: &[u8]) {
    let _ = place.parent().map(fs::create_dir_all);
    let kept = [coded, &Digest::of(coded).as_bytes()[..]].concat();
    let _ = write_whole(place, &kept, false);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    const PAGE: &str = "<p>Đăng ký khai sinh cho trẻ tại phường, xã nơi cha hoặc mẹ cư trú.</p>";

    fn new_dir(name: &str) -> PathBuf {
        let name = format!("motcua-compressed-{}-{name}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&dir);
        dir
    }

    fn coded(dir: &Path, text: &str) -> Vec<(&'static str, Vec<u8>)> {
        let compressor = Compressor::new(dir);
        let coded = compressor.each("index.html", text.as_bytes());
        compressor.tidy();
        coded
    }

    fn files(dir: &Path) -> Vec<PathBuf> {
        let entries = walkdir::WalkDir::new(dir).sort_by_file_name();
        let files = entries.into_iter().flatten();
        let files = files.filter(|entry| entry.file_type().is_file());
        files.map(walkdir::DirEntry::into_path).collect()
    }

    #[test]
    fn compressed_bytes_are_the_same_text() {
        let (dir, text) = (new_dir("same"), PAGE.repeat(9));
        let [(br, brotli), (gz, gzip)] = &coded(&dir, &text)[..] else {
            panic!("both are smaller");
        };
        assert_eq!((*br, *gz), (".br", ".gz"));
        let (mut of_brotli, mut of_gzip) = (String::new(), String::new());
        brotli::Decompressor::new(&brotli[..], 4096)
            .read_to_string(&mut of_brotli)
            .expect("it is brotli");
        flate2::read::GzDecoder::new(&gzip[..])
            .read_to_string(&mut of_gzip)
            .expect("it is gzip");
        assert_eq!((&of_brotli, &of_gzip), (&text, &text));
        assert_eq!(coded(&dir, "<"), [], "what becomes longer stays as it is");
        fs::remove_dir_all(dir).expect("it is there");
    }

    #[test]
    fn what_a_citizen_waits_for_weighs_what_its_bound_says() {
        let (dir, text) = (new_dir("weighed"), PAGE.repeat(9));
        for (path, quality) in [
            ("khai-sinh/form/index.html", BROTLI_QUALITY_MAX),
            ("assets/form.js", BROTLI_QUALITY_MAX),
            ("khai-sinh/index.html", BROTLI_QUALITY),
        ] {
            let compressor = Compressor::new(&dir);
            let [(".br", coded), _] = &compressor.each(path, text.as_bytes())[..] else {
                panic!("{path}: both are smaller");
            };
            assert_eq!(*coded, brotli(text.as_bytes(), quality), "{path}");
        }
        fs::remove_dir_all(dir).expect("it is there");
    }

    #[test]
    fn what_is_damaged_or_cut_is_made_again_and_what_is_not_needed_goes() {
        let (dir, text) = (new_dir("damaged"), PAGE.repeat(9));
        let first = coded(&dir, &text);
        for damage in
            [&|bytes: &mut Vec<u8>| bytes[5] ^= 1, &Vec::clear] as [&dyn Fn(&mut Vec<u8>); 2]
        {
            for place in files(&dir) {
                let mut bytes = fs::read(&place).expect("it can be read");
                damage(&mut bytes);
                fs::write(&place, bytes).expect("it can be written");
            }
            assert_eq!(coded(&dir, &text), first);
        }
        let before = files(&dir);
        coded(&dir, &PAGE.repeat(3));
        let after = files(&dir);
        assert_eq!((before.len(), after.len()), (2, 2));
        assert!(before.iter().all(|place| !after.contains(place)));
        fs::remove_dir_all(dir).expect("it is there");
    }

    #[test]
    fn a_folder_that_cannot_be_written_changes_nothing() {
        let text = PAGE.repeat(9);
        let closed = Path::new("/proc/motcua");
        let dir = new_dir("open");
        assert_eq!(coded(closed, &text), coded(&dir, &text));
        fs::remove_dir_all(dir).expect("it is there");
    }

    #[test]
    fn what_is_kept_is_named_by_the_encoders_of_this_build() {
        let lock = include_str!("../../Cargo.lock");
        for coding in Coding::ALL {
            let mut parts = coding.folder().split('-').skip(1);
            let (name, version) = (parts.next(), parts.next());
            let package = format!(
                "name = \"{}\"\nversion = \"{}\"",
                name.unwrap_or_default(),
                version.unwrap_or_default()
            );
            assert!(lock.contains(&package), "{package}");
        }
    }
}
