//! Writing a portal into its folder: nothing of the standing portal is touched before every file of the new one is there.
//!
//! ```text
//! put ──same bytes──▶ stays, with its times
//!     └─other bytes─▶ .motcua-new/{n} ──finish──▶ renamed into place: parts, pages, home; then the rest goes
//! ```
//!
//! Where nothing stands yet, files wait under their paths, and whole folders are renamed: a tenth of the names.
//!
//! An interrupted build leaves the old portal as it was and `.motcua-new` beside it, which the next one empties.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use formdef::{Bilingual, Lang, both};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::compressed::without_ending;
use crate::fault::cause;
use crate::release::RELEASE;
use crate::stamps::{Stamp, Stamps, stamps_within, with_tops};

/// The file by which a folder is known as a portal of ours. It is never uploaded by name.
pub const MARKER: &str = ".motcua-portal";
/// How it begins; then comes what the portal was made of ([`crate::standing`]).
pub(crate) const OURS: &str =
    "A portal built by `motcua build`: files that do not belong to it are removed.\n";
/// The folder in which new files wait until all of them are there.
const STAGE: &str = ".motcua-new";

/// What writing changed.
#[derive(Debug, Default, PartialEq, Eq, Clone, Copy, Serialize, Deserialize)]
pub struct Written {
    /// Files whose bytes are new.
    pub written: usize,
    /// How many of them are pages.
    pub pages: usize,
    /// Files that were already so; their times are kept.
    pub unchanged: usize,
    /// Files of an earlier build that are no longer part of the portal.
    pub removed: usize,
}

/// Why a portal could not be written: the path, what is wrong, what to do.
#[derive(Debug)]
pub struct WriteFault {
    /// Where.
    pub path: PathBuf,
    /// What is wrong.
    pub message: Bilingual,
    /// What to do.
    pub mend: Bilingual,
}

impl WriteFault {
    /// The whole of it for a person, without a final line break.
    pub fn show(&self, lang: Lang) -> String {
        let (path, message, mend) = (
            self.path.display(),
            self.message.of(lang),
            self.mend.of(lang),
        );
        format!("{path}: {message}\n  = {mend}")
    }
}

impl std::fmt::Display for WriteFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.show(Lang::En))
    }
}

impl std::error::Error for WriteFault {}

/// A portal on its way into a folder. Dropped before [`Writing::finish`], it leaves the folder as it was.
pub(crate) struct Writing {
    dir: PathBuf,
    before: Before,
    stage: PathBuf,
    /// How many files waited in the stage.
    staged: AtomicUsize,
    state: Mutex<State>,
}

/// What is in the folder before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing: nothing to compare with, nothing to remove.
    Nothing,
    /// Files that are all named: nothing has to be looked for.
    Known,
    /// Whatever is there.
    Unknown,
}

#[derive(Default)]
struct State {
    /// Files of the folder that stay, by their paths, with their bytes' number.
    kept: BTreeMap<String, usize>,
    /// Files of the folder that go unless they are put.
    former: Vec<String>,
    /// Files that wait in the stage.
    staged: Vec<Staged>,
}

impl State {
    /// The paths of the portal's files.
    fn all(&self) -> HashSet<&str> {
        let staged = self.staged.iter().map(|file| file.path.as_str());
        self.kept.keys().map(String::as_str).chain(staged).collect()
    }
}

/// A file in the stage.
struct Staged {
    path: String,
    /// Its number there.
    number: usize,
    stamp: Stamp,
}

impl Writing {
    /// Errors: a folder that has files but no [`MARKER`] (it is not a portal and stays as it is), and whatever the system
    /// refuses.
    pub(crate) fn begin(dir: &Path) -> Result<Writing, WriteFault> {
        let before = match claim(dir)? {
            true => Before::Nothing,
            false => Before::Unknown,
        };
        let stage = dir.join(STAGE);
        // What an interrupted build left.
        let _ = fs::remove_dir_all(&stage);
        fs::create_dir(&stage).map_err(|error| fault(&stage, &error))?;
        Ok(Writing {
            dir: dir.to_owned(),
            before,
            stage,
            staged: AtomicUsize::new(0),
            state: Mutex::default(),
        })
    }

    /// The same into a folder whose every file the caller names: by [`Writing::keep`], or by [`Writing::replace`].
    pub(crate) fn begin_known(dir: &Path) -> Result<Writing, WriteFault> {
        let mut writing = Writing::begin(dir)?;
        writing.before = Before::Known;
        Ok(writing)
    }

    /// Takes a file of the new portal; from several threads at once.
    pub(crate) fn put(&self, path: &str, bytes: &[u8]) -> Result<(), WriteFault> {
        if self.before != Before::Nothing && has_bytes(&self.dir.join(path), bytes) {
            self.keep(path, bytes.len());
            return Ok(());
        }
        let number = self.staged.fetch_add(1, Ordering::Relaxed);
        let place = self.place(number, path);
        if self.before == Before::Nothing && is_page(path) {
            // Nearly every page has a folder of its own.
            let _ = place.parent().map(fs::create_dir);
        }
        let stamp = in_its_folder(&place, || write(&place, bytes));
        let stamp = stamp.map_err(|error| fault(&place, &error))?;
        self.state().staged.push(Staged {
            path: path.to_owned(),
            number,
            stamp,
        });
        Ok(())
    }

    /// Takes a file of so many bytes that stands in the folder and stays as it is.
    pub(crate) fn keep(&self, path: &str, bytes: usize) {
        self.state().kept.insert(path.to_owned(), bytes);
    }

    /// A file that stands in the folder is put again, or goes.
    pub(crate) fn replace(&self, path: &str) {
        self.state().former.push(path.to_owned());
    }

    /// How many files were put, and their bytes together.
    pub(crate) fn size(&self) -> (usize, usize) {
        let state = self.state();
        let staged = state.staged.iter().map(|file| file.stamp.length());
        let bytes = state.kept.values().copied().chain(staged).sum();
        (state.kept.len() + state.staged.len(), bytes)
    }

    /// Makes the folder hold exactly the files that were put, in the order of [`turn`]; then what is no longer part of the
    /// portal goes. What the folder holds then is told where it need not be looked for.
    pub(crate) fn finish(self) -> Result<(Written, Option<Stamps>), WriteFault> {
        let state = std::mem::take(&mut *self.state());
        let staged = state.staged.par_iter();
        let mut moves: Vec<_> = staged
            .map(|file| (turn(&file.path), file.path.as_str(), file.number))
            .collect();
        if self.before == Before::Nothing {
            moves = whole_folders(&moves);
        }
        moves.par_sort_unstable();
        let move_all = || {
            let mut turns = moves.chunk_by(|(one, ..), (next, ..)| one == next);
            turns.try_for_each(|at_once| {
                at_once.par_iter().try_for_each(|(_, path, number)| {
                    let place = self.dir.join(path);
                    let staged = self.place(*number, path);
                    in_its_folder(&place, || fs::rename(&staged, &place))
                        .map_err(|error| fault(&place, &error))
                })
            })
        };
        let written = state.staged.iter().map(|file| (&*file.path, file.stamp));
        let (moved, stamps) = rayon::join(move_all, || {
            (self.before == Before::Nothing).then(|| stamps_within(written))
        });
        moved?;
        // It is empty now. What could not be removed is no part of the portal, and goes with the rest.
        let _ = fs::remove_dir(&self.stage);
        let stamps = stamps.and_then(|within| with_tops(within, &self.dir));
        let removed = match self.before {
            Before::Nothing => 0,
            Before::Known => self.remove_former(&state)?,
            Before::Unknown => remove_the_rest(&self.dir, &state.all())?,
        };
        let pages = state.staged.iter().filter(|file| is_page(&file.path));
        let written = Written {
            written: state.staged.len(),
            pages: pages.count(),
            unchanged: state.kept.len(),
            removed,
        };
        Ok((written, stamps))
    }

    fn remove_former(&self, state: &State) -> Result<usize, WriteFault> {
        let all = state.all();
        let former = state.former.iter();
        let gone = former.filter(|path| !all.contains(path.as_str()));
        let mut removed = 0;
        for path in gone.map(|path| self.dir.join(path)) {
            fs::remove_file(&path).map_err(|error| fault(&path, &error))?;
            removed += 1;
        }
        Ok(removed)
    }

    /// Where a file waits.
    fn place(&self, number: usize, path: &str) -> PathBuf {
        match self.before {
            Before::Nothing => self.stage.join(path),
            _ => self.stage.join(number.to_string()),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Every change of it is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // Nothing depends on it: the next build empties it, too.
        let _ = fs::remove_dir_all(&self.stage);
    }
}

/// Whether it is the release, whether it is a page, how deep it lies.
type Turn = (bool, bool, Reverse<usize>);

/// What is moved of a new portal: what stands at its top, a folder in the turn of its last file.
fn whole_folders<'p>(files: &[(Turn, &'p str, usize)]) -> Vec<(Turn, &'p str, usize)> {
    let mut tops: BTreeMap<&str, Turn> = BTreeMap::new();
    for (turn, path, _) in files {
        let top = path.split('/').next().unwrap_or(path);
        let last = tops.entry(top).or_insert(*turn);
        *last = (*last).max(*turn);
    }
    tops.into_iter().map(|(top, turn)| (turn, top, 0)).collect()
}

/// In which turn a file is put into its place: parts first, then pages, those before others that lead to them, so that no
/// page ever points at something missing and home pages are last of all but the release, which names every file.
fn turn(path: &str) -> Turn {
    let plain = without_ending(path);
    (
        path == RELEASE,
        is_page(plain),
        Reverse(path.matches('/').count()),
    )
}

fn is_page(path: &str) -> bool {
    path.ends_with(".html")
}

/// Whether a file is there and holds these bytes; one of another length is not read.
fn has_bytes(path: &Path, bytes: &[u8]) -> bool {
    let length = fs::metadata(path).map(|metadata| metadata.len());
    length.is_ok_and(|length| length == bytes.len() as u64)
        && fs::read(path).is_ok_and(|old| old == bytes)
}

/// Puts a file there; its folder is made when it is missing.
fn in_its_folder<T>(place: &Path, put: impl Fn() -> io::Result<T>) -> io::Result<T> {
    match put() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            place.parent().map_or(Ok(()), fs::create_dir_all)?;
            put()
        }
        done => done,
    }
}

/// Writes a file; its stamp as long as nobody touches it.
fn write(place: &Path, bytes: &[u8]) -> io::Result<Stamp> {
    let mut file = fs::File::create(place)?;
    file.write_all(bytes)?;
    Ok(Stamp::of(&file.metadata()?))
}

fn remove_the_rest(dir: &Path, all: &HashSet<&str>) -> Result<usize, WriteFault> {
    let mut removed = 0;
    let entries = walkdir::WalkDir::new(dir).contents_first(true).min_depth(1);
    for entry in entries {
        let entry = entry.map_err(|error| WriteFault {
            path: dir.to_owned(),
            message: both!("{error}", "{error}"),
            mend: both!(
                "check the rights of the folder",
                "kiểm tra quyền của thư mục"
            ),
        })?;
        let name = entry
            .path()
            .strip_prefix(dir)
            .unwrap_or(entry.path())
            .to_string_lossy()
            .replace('\\', "/");
        if entry.file_type().is_dir() {
            // Only empty folders go; the error for the others is the answer.
            let _ = fs::remove_dir(entry.path());
        } else if name != MARKER && !all.contains(name.as_str()) {
            fs::remove_file(entry.path()).map_err(|error| fault(entry.path(), &error))?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Makes the folder ours: new or empty, or marked by an earlier build. Whether it is new.
fn claim(dir: &Path) -> Result<bool, WriteFault> {
    let marker = dir.join(MARKER);
    if marker.is_file() {
        return Ok(false);
    }
    fs::create_dir_all(dir).map_err(|error| fault(dir, &error))?;
    let mut entries = fs::read_dir(dir).map_err(|error| fault(dir, &error))?;
    if entries.next().is_some() {
        return Err(WriteFault {
            path: dir.to_owned(),
            message: both!(
                "is not a portal: it has files but no `{MARKER}`; nothing was written",
                "không phải là một cổng: có tệp nhưng không có «{MARKER}»; chưa ghi gì cả"
            ),
            mend: both!(
                "choose another folder with --out, or empty this one yourself",
                "chọn thư mục khác bằng --out, hoặc tự dọn trống thư mục này"
            ),
        });
    }
    fs::write(&marker, OURS).map_err(|error| fault(&marker, &error))?;
    Ok(true)
}

/// Writes a file so that its place holds the old bytes or the new, never a part. `private`: for its owner only.
pub(crate) fn write_whole(path: &Path, bytes: &[u8], private: bool) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;

    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.new"));
    let mode = if private { 0o600 } else { 0o644 };
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&beside)?;
    let done = file
        .write_all(bytes)
        .and_then(|()| if private { file.sync_all() } else { Ok(()) });
    done.and_then(|()| fs::rename(&beside, path))
        .inspect_err(|_| {
            let _ = fs::remove_file(&beside);
        })
}

fn fault(path: &Path, error: &io::Error) -> WriteFault {
    let mend = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            both!(
                "give yourself the right to write there, or choose another folder with --out",
                "hãy xin quyền ghi vào đó, hoặc chọn thư mục khác bằng --out"
            )
        }
        io::ErrorKind::StorageFull => both!(
            "make room, or choose another folder with --out",
            "dọn bớt cho trống, hoặc chọn thư mục khác bằng --out"
        ),
        _ => both!("check the folder", "kiểm tra thư mục ấy"),
    };
    let cause = cause(error);
    WriteFault {
        path: path.to_owned(),
        message: both!([cause] "cannot be written: {cause}", "không ghi được: {cause}"),
        mend,
    }
}
