//! What a portal's folder was made of: a build that would give the same files again need not make them.
//!
//! The file by which a folder is known as ours says, of the last build that ended well, the digest of everything that its files
//! depend on, of every file how long it is and when it was touched last, and what the build told. That counts only as long as
//! all of it is still so; else, or when it cannot be read, everything is made anew.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use envelope::Digest;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use walkdir::{DirEntry, WalkDir};

use crate::Options;
use crate::build::Report;
use crate::keys::Keys;
use crate::sources::Sources;
use crate::writing::{MARKER, OURS, Written, write_whole};

/// Files are stamped with the time of the system's last tick: what is changed later than this after another change has another
/// stamp. Linux ticks at least 100 times a second.
const TICK: Duration = Duration::from_millis(20);

/// A portal's folder after a build.
#[derive(Serialize, Deserialize)]
struct Standing {
    made_of: Digest,
    files: BTreeMap<String, Stamp>,
    report: Report,
}

/// A file's length, and the second and nanosecond of its last change, which nobody can set; a folder's are noughts.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp(u64, i64, i64);

impl Stamp {
    fn of(metadata: &Metadata) -> Stamp {
        Stamp(metadata.len(), metadata.ctime(), metadata.ctime_nsec())
    }
}

/// What building the folder's portal told, if it was made of that and nobody has touched a file of it since.
pub(crate) fn report(dir: &Path, made_of: Digest) -> Option<Report> {
    let text = fs::read_to_string(dir.join(MARKER)).ok()?;
    let standing: Standing = serde_json::from_str(text.strip_prefix(OURS)?).ok()?;
    let is_so = standing.made_of == made_of && stamps(dir)? == standing.files;
    is_so.then(|| Report {
        written: Written {
            unchanged: standing.report.files.0,
            ..Written::default()
        },
        ..standing.report
    })
}

/// Says in the folder what it is made of, if the system lets us: else the next build makes everything.
pub(crate) fn say(dir: &Path, made_of: Digest, report: &Report) {
    thread::sleep(TICK);
    let Some(files) = stamps(dir) else { return };
    let standing = Standing {
        made_of,
        files,
        report: Report {
            written: Written::default(),
            ..report.clone()
        },
    };
    let text = serde_json::to_string(&standing).unwrap_or_default();
    let _ = write_whole(
        &dir.join(MARKER),
        format!("{OURS}{text}\n").as_bytes(),
        false,
    );
}

/// Whatever the folder holds but our own file.
fn stamps(dir: &Path) -> Option<BTreeMap<String, Stamp>> {
    let entries: Result<Vec<DirEntry>, _> = WalkDir::new(dir).min_depth(1).into_iter().collect();
    let stamps = entries.ok()?.into_par_iter().map(|entry| {
        let path = entry.path().strip_prefix(dir).ok()?.to_str()?;
        let stamp = match entry.file_type().is_dir() {
            true => Stamp::default(),
            false => Stamp::of(&entry.metadata().ok()?),
        };
        Some((path.to_owned(), stamp))
    });
    let mut stamps: BTreeMap<String, Stamp> = stamps.collect::<Option<_>>()?;
    stamps.remove(MARKER);
    Some(stamps)
}

/// The digest of all that the files of a portal depend on: this program, the sources, the options, the keys, and the moment.
pub(crate) fn made_of(sources: &Sources, keys: Option<&Keys>, options: &Options) -> Option<Digest> {
    let program = fs::metadata(std::env::current_exe().ok()?).ok()?;
    let (portal, relay) = (&options.portal, &options.relay);
    let mut parts = vec![
        format!("{:?} {}", Stamp::of(&program), program.ino()),
        format!("{portal:?} {relay:?} {}", options.compressed.is_some()),
        options.now.0.to_string(),
        sources.forms.digest().to_string(),
        sources.site.digest().to_string(),
    ];
    if let Some(keys) = keys {
        parts.push(keys.digest().to_string());
    }
    Some(Digest::of(parts.join("\n").as_bytes()))
}
