//! What releases in a folder share: a file that is the same is a link to the one that is there, and files of releases that were
//! public lately stay beside those of another, so that a page from a cache still finds them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use envelope::release::{Release, ReleasedFile};

use super::folder::Kept;
use super::stays;

/// The files of a release with those of others that stay beside them; for each the releases that have the same one.
pub(super) fn with_staying<'a>(
    release: &'a Release,
    lately: &[&'a Kept],
) -> BTreeMap<&'a str, (&'a ReleasedFile, Vec<&'a Kept>)> {
    let own = release.files.iter();
    let mut files: BTreeMap<_, _> = own
        .map(|(path, file)| (path.as_str(), (file, Vec::new())))
        .collect();
    for kept in lately {
        for (path, file) in &kept.release.files {
            match files.get_mut(path.as_str()) {
                Some((wanted, sources)) if *wanted == file => sources.push(*kept),
                None if stays(path) => {
                    files.insert(path, (file, vec![*kept]));
                }
                _ => {}
            }
        }
    }
    files
}

/// Puts files of others that stay into the folder of a release that is to be public again. What lies there as it should is
/// left alone; what somebody changed there is exchanged in one step, by way of `beside`.
pub(super) fn put_staying(
    dir: &Path,
    release: &Release,
    lately: &[&Kept],
    beside: &Path,
) -> io::Result<()> {
    for (path, (file, sources)) in with_staying(release, lately) {
        let place = dir.join(path);
        if release.files.contains_key(path) || is_file(&place, file) {
            continue;
        }
        let mut sources = sources.iter().map(|kept| kept.dir.join(path));
        // An old asset that somebody damaged everywhere is left out.
        if let Some(source) = sources.find(|source| is_file(source, file)) {
            put_over(&place, &source, beside)?;
        }
    }
    Ok(())
}

/// A link to `source` takes the place of what is there, in one step by way of `beside`.
pub(super) fn put_over(place: &Path, source: &Path, beside: &Path) -> io::Result<()> {
    let _ = fs::remove_file(beside);
    fs::hard_link(source, beside)?;
    place.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::rename(beside, place)
}

/// A link to a file that is the same already, else a copy. One that was changed by hand is not the same.
pub(super) fn put_file(
    place: &Path,
    file: &ReleasedFile,
    own: Option<&Path>,
    sources: &[PathBuf],
) -> io::Result<()> {
    place.parent().map_or(Ok(()), fs::create_dir_all)?;
    match (sources.iter().find(|path| is_file(path, file)), own) {
        (Some(same), _) => fs::hard_link(same, place),
        (None, Some(own)) => {
            fs::copy(own, place)?;
            File::open(place)?.sync_all()
        }
        // An old asset that somebody damaged is left out.
        (None, None) => Ok(()),
    }
}

pub(super) fn is_file(path: &Path, file: &ReleasedFile) -> bool {
    fs::read(path).is_ok_and(|bytes| ReleasedFile::of(&bytes) == *file)
}
