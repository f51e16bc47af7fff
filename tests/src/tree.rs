//! Folders as values: what is in them, compared and copied.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Failure;

/// Path inside the folder → bytes, of every file below `folder`; empty when there is no such folder.
///
/// # Errors
/// Something in it cannot be read.
pub fn files(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failure> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let Ok(entries) = fs::read_dir(&next) else {
            continue;
        };
        for entry in entries {
            let path = entry.map_err(|error| Failure::at(&next, error))?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let bytes = fs::read(&path).map_err(|error| Failure::at(&path, error))?;
                found.insert(path.strip_prefix(folder).unwrap_or(&path).to_owned(), bytes);
            }
        }
    }
    Ok(found)
}

/// Writes `files` below `folder` in the order given.
///
/// # Errors
/// A file cannot be written.
pub fn write<'a>(
    folder: &Path,
    files: impl IntoIterator<Item = (&'a PathBuf, &'a Vec<u8>)>,
) -> Result<(), Failure> {
    for (inside, bytes) in files {
        let path = folder.join(inside);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| Failure::at(parent, error))?;
        fs::write(&path, bytes).map_err(|error| Failure::at(&path, error))?;
    }
    Ok(())
}

/// The first differences between two folders' files, one a line; empty when they are the same.
pub fn differences(
    left: &BTreeMap<PathBuf, Vec<u8>>,
    right: &BTreeMap<PathBuf, Vec<u8>>,
) -> String {
    let paths: std::collections::BTreeSet<&PathBuf> = left.keys().chain(right.keys()).collect();
    let differ = paths.into_iter().filter_map(|path| {
        let what = match (left.get(path), right.get(path)) {
            (Some(a), Some(b)) if a == b => return None,
            (Some(a), Some(b)) => {
                let at = a
                    .iter()
                    .zip(b)
                    .position(|(a, b)| a != b)
                    .unwrap_or(a.len().min(b.len()));
                format!("differs from byte {at} on")
            }
            (Some(_), None) => "is on the left alone".to_owned(),
            (None, _) => "is on the right alone".to_owned(),
        };
        Some(format!("{} {what}\n", path.display()))
    });
    differ.take(20).collect()
}
