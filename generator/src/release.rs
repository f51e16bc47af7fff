//! A release read again: where it is, and whether every file of it is there as it was signed.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use envelope::PublicKey;
use envelope::release::{Release, ReleasedFile};
use formdef::{Bilingual, Lang, both, say};
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::place::{Answer, NoAnswer, Place};
use crate::report::plural;
use crate::writing::MARKER;

/// The file in which a release stands.
pub const RELEASE: &str = "release.jws";
/// For the host alone: it reads them and sends them to nobody.
pub(crate) const OF_HOST: [&str; 2] = ["_headers", "_redirects"];

/// After so many files that cannot be read no more are asked for.
const UNREAD_MAX: usize = 20;

/// Whether a file is for the host alone.
pub(crate) fn is_of_host(path: &str) -> bool {
    OF_HOST.contains(&path)
}

/// A release, and what is not as it was signed.
pub struct Checked {
    /// The release.
    pub release: Release,
    /// The file itself.
    pub text: String,
    /// Paths, and whether they are missing or others.
    pub wrong: Vec<(String, Wrong)>,
    /// Of a folder: the paths of files that no release put there. What else an address answers nobody can list.
    pub added: Vec<String>,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It is not there.
    Missing,
    /// It could not be asked for or read, and why: whether it is right nobody knows.
    Unread(Bilingual),
    /// It has other bytes.
    Other,
    /// It is answered with an address to which the release does not lead.
    Elsewhere,
}

impl Wrong {
    /// In a word or two.
    pub fn show(&self, lang: Lang) -> String {
        match self {
            Wrong::Missing => say!(lang, "is missing", "không có"),
            Wrong::Unread(cause) => {
                let cause = cause.of(lang);
                say!(lang, "cannot be read: {cause}", "không đọc được: {cause}")
            }
            Wrong::Other => say!(lang, "is not what was signed", "không đúng như bản đã ký"),
            Wrong::Elsewhere => say!(
                lang,
                "leads to an address that was not signed",
                "dẫn tới một địa chỉ không có trong bản đã ký"
            ),
        }
    }
}

/// Reads the release that a portal's folder or address has, signed by one of `publishers`, and compares every file with it.
///
/// # Errors
/// A sentence: there is no release, or it is not the publisher's.
pub fn check(from: &str, publishers: &[PublicKey]) -> Result<Checked, Bilingual> {
    let place = Place::of(from)?;
    let text = place.file(RELEASE)?;
    let release = Release::read(text.trim_end(), publishers).map_err(|fault| {
        both!(
            "{from}/{RELEASE}: {fault}",
            "{from}/{RELEASE}: không phải bản phát hành do bên công bố đã cho ký: {fault}"
        )
    })?;
    let files: Vec<_> = release.files.iter().collect();
    let files = files.into_par_iter().filter(|(path, _)| {
        let is_served = !is_of_host(path);
        is_served || matches!(place, Place::Folder(_))
    });
    let wrong = |path: &str, file: &ReleasedFile| match place.answer(path) {
        Err(NoAnswer::Missing) => Some(Wrong::Missing),
        Err(NoAnswer::Because(cause)) => Some(Wrong::Unread(cause)),
        Ok(Answer::File(bytes)) => (ReleasedFile::of(&bytes) != *file).then_some(Wrong::Other),
        // A host that redirects shows its own answer in place of the page that leads on.
        Ok(Answer::Elsewhere(to)) => {
            (!release.leads(path, place.root(), &to)).then_some(Wrong::Elsewhere)
        }
    };
    // A host that answers for nothing is not asked for everything.
    let unread = AtomicUsize::new(0);
    let wrong = files.filter_map(|(path, file)| {
        if unread.load(Ordering::Relaxed) >= UNREAD_MAX {
            return None;
        }
        let wrong = wrong(path, file)?;
        if matches!(wrong, Wrong::Unread(_)) {
            unread.fetch_add(1, Ordering::Relaxed);
        }
        Some((path.clone(), wrong))
    });
    let wrong: Vec<_> = wrong.collect();
    let added = match &place {
        Place::Folder(folder) => added(Path::new(folder), &release, publishers),
        Place::Portal(..) => Vec::new(),
    };
    Ok(Checked {
        release,
        text,
        wrong,
        added,
    })
}

/// The files of a folder that neither its release has nor, where it stands among others, a release whose files stay there.
fn added(folder: &Path, release: &Release, publishers: &[PublicKey]) -> Vec<String> {
    let beside = releases_beside(folder, publishers);
    let is_of_a_release = |path: &str| {
        let is_own = release.files.contains_key(path) || path == RELEASE || path == MARKER;
        // A file that is wrong there was told above; one that stays must be the one that was signed.
        is_own || {
            let bytes = fs::read(folder.join(path)).unwrap_or_default();
            let file = ReleasedFile::of(&bytes);
            let mut stays = beside.iter().map(|beside| beside.files.get(path));
            stays.any(|beside| beside == Some(&file))
        }
    };
    let entries = WalkDir::new(folder).min_depth(1).sort_by_file_name();
    let files = entries.into_iter().flatten();
    let files = files.filter(|entry| !entry.file_type().is_dir());
    let paths = files.filter_map(|entry| {
        let path = entry.path().strip_prefix(folder).ok()?;
        Some(path.to_string_lossy().into_owned())
    });
    paths.filter(|path| !is_of_a_release(path)).collect()
}

/// The releases among which a folder stands, as `motcua publish` keeps them.
fn releases_beside(folder: &Path, publishers: &[PublicKey]) -> Vec<Release> {
    let folder = fs::canonicalize(folder).unwrap_or_default();
    let releases = folder
        .parent()
        .filter(|releases| releases.ends_with("releases"));
    let entries = releases.and_then(|releases| fs::read_dir(releases).ok());
    let folders = entries.into_iter().flatten().flatten();
    let texts = folders.filter_map(|entry| fs::read_to_string(entry.path().join(RELEASE)).ok());
    texts
        .filter_map(|text| Release::read(text.trim_end(), publishers).ok())
        .collect()
}

/// A release in one line for people.
pub fn show(release: &Release, lang: Lang) -> String {
    let (serial, built, files, digest) = (
        release.serial,
        release.iat,
        release.files.len(),
        release.digest(),
    );
    let s = plural(files);
    say!(
        lang,
        "release {serial} of {built}: {files} file{s}, digest {digest}",
        "bản phát hành {serial}, dựng lúc {built}: {files} tệp, mã băm {digest}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::FORMS_MAX;
    use envelope::limits::PORTAL_FILE_BYTES_MAX;
    use std::collections::BTreeMap;

    /// A city's release has 10.7 files for each service; their paths have 60 characters and fewer.
    #[test]
    fn the_release_of_as_many_services_as_there_may_be_can_be_asked_for() {
        let files =
            (0..FORMS_MAX * 11).map(|number| (format!("{number:060}"), ReleasedFile::of(b"")));
        let files: BTreeMap<_, _> = files.collect();
        let json = serde_json::to_string(&files).expect("it is JSON");
        let written = json.len() as u64 * 4 / 3;
        assert!(written < PORTAL_FILE_BYTES_MAX, "{written}");
    }
}
