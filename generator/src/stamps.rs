//! By what is seen that nobody has touched a folder: of every file how long it is and when it was touched last.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::writing::MARKER;

/// Whatever a portal's folder holds but our own file, by its path.
pub(crate) type Stamps = BTreeMap<String, Stamp>;

/// A file's length, and the second and nanosecond of its last change, which nobody can set; a folder's are noughts.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp(u64, i64, i64);

impl Stamp {
    /// A folder's.
    pub(crate) const FOLDER: Stamp = Stamp(0, 0, 0);

    pub(crate) fn of(metadata: &Metadata) -> Stamp {
        Stamp(metadata.len(), metadata.ctime(), metadata.ctime_nsec())
    }

    /// When the file was touched last.
    pub(crate) fn touched(self) -> (i64, i64) {
        (self.1, self.2)
    }

    /// How long the file is.
    pub(crate) fn length(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// Looks at a portal's folder; `None` when the system does not let us.
pub(crate) fn stamps(dir: &Path) -> Option<Stamps> {
    let mut stamps: Stamps = stamps_in(dir, "")?.into_par_iter().collect();
    stamps.remove(MARKER);
    Some(stamps)
}

/// The same of files that have just been written, without looking: `files` are all that the folder holds. A file that is moved
/// there by itself has another stamp then: [`with_tops`] looks at it. One that is moved with its folder has not.
pub(crate) fn stamps_within<'p>(files: impl Iterator<Item = (&'p str, Stamp)>) -> Stamps {
    let mut stamps = Vec::new();
    let mut last = "";
    for (path, stamp) in files {
        stamps.push((path.to_owned(), stamp));
        let Some((folder, _)) = path.rsplit_once('/') else {
            continue;
        };
        // Files of one folder come mostly one after another.
        if std::mem::replace(&mut last, folder) != folder {
            let ends = folder.match_indices('/').map(|(end, _)| end);
            let folders = ends.chain([folder.len()]).map(|end| &folder[..end]);
            stamps.extend(folders.map(|folder| (folder.to_owned(), Stamp::FOLDER)));
        }
    }
    // A map of what is in order is made in one go.
    stamps.par_sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    stamps.into_iter().collect()
}

/// With the stamps that files at the top of the folder have now; `None` when the system does not let us look.
pub(crate) fn with_tops(mut stamps: Stamps, dir: &Path) -> Option<Stamps> {
    let is_top =
        |(path, stamp): &(&String, &mut Stamp)| **stamp != Stamp::FOLDER && !path.contains('/');
    for (path, stamp) in stamps.iter_mut().filter(is_top) {
        *stamp = Stamp::of(&fs::symlink_metadata(dir.join(path)).ok()?);
    }
    Some(stamps)
}

/// What a folder holds; `within` stands before each name. All cores look, a folder each.
fn stamps_in(dir: &Path, within: &str) -> Option<Vec<(String, Stamp)>> {
    let entries: Result<Vec<DirEntry>, _> = fs::read_dir(dir).ok()?.collect();
    let stamps = entries.ok()?.into_par_iter().map(|entry| {
        let path = format!("{within}{}", entry.file_name().to_str()?);
        if !entry.file_type().ok()?.is_dir() {
            return Some(vec![(path, Stamp::of(&entry.metadata().ok()?))]);
        }
        let mut inside = stamps_in(&entry.path(), &format!("{path}/"))?;
        inside.push((path, Stamp::FOLDER));
        Some(inside)
    });
    let stamps: Vec<Vec<_>> = stamps.collect::<Option<_>>()?;
    Some(stamps.into_iter().flatten().collect())
}
