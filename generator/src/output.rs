//! A whole portal as a value, and the one place that writes it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use formdef::{Bilingual, Lang, both};

use crate::fault::cause;

/// The file by which a folder is known as a portal of ours. It is never uploaded by name and holds no data.
pub const MARKER: &str = ".motcua-portal";

/// Every file of a portal by its path, in the order of their bytes. The same sources, keys and day give the same
/// value.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Output {
    files: BTreeMap<String, Vec<u8>>,
}

/// What writing changed.
#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
pub struct Written {
    /// Files whose bytes are new.
    pub written: usize,
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

impl Output {
    /// Adds a file. Two files at one path would be a fault of the plan; the last one stands.
    pub(crate) fn add(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), bytes.into());
    }

    /// The files, in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// The bytes of one file.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// Makes `dir` hold exactly these files. Each is written beside its place and renamed into it, and only when its
    /// bytes differ; pages go last, so that no page ever points at something missing; what is no longer part of the
    /// portal goes after that.
    ///
    /// Errors: a folder that has files but no [`MARKER`] (it is not a portal and stays as it is), and whatever the
    /// system refuses.
    pub fn write(&self, dir: &Path) -> Result<Written, WriteFault> {
        claim(dir)?;
        let mut written = Written::default();
        let (pages, parts): (Vec<_>, Vec<_>) =
            self.files().partition(|(path, _)| path.ends_with(".html"));
        for (path, bytes) in parts.into_iter().chain(pages) {
            if write_if_different(&dir.join(path), bytes)? {
                written.written += 1;
            } else {
                written.unchanged += 1;
            }
        }
        written.removed = self.remove_the_rest(dir)?;
        Ok(written)
    }

    fn remove_the_rest(&self, dir: &Path) -> Result<usize, WriteFault> {
        let mut removed = 0;
        for entry in walkdir::WalkDir::new(dir).contents_first(true).min_depth(1) {
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
            } else if name != MARKER && !self.files.contains_key(&name) {
                fs::remove_file(entry.path()).map_err(|error| fault(entry.path(), &error))?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// Makes the folder ours: new or empty, or marked by an earlier build.
fn claim(dir: &Path) -> Result<(), WriteFault> {
    let marker = dir.join(MARKER);
    if marker.is_file() {
        return Ok(());
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
    fs::write(
        &marker,
        "A portal built by `motcua build`: files that do not belong to it are removed.\n",
    )
    .map_err(|error| fault(&marker, &error))
}

fn write_if_different(path: &Path, bytes: &[u8]) -> Result<bool, WriteFault> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| fault(parent, &error))?;
    }
    write_whole(path, bytes, false).map_err(|error| fault(path, &error))?;
    Ok(true)
}

/// Writes a file so that its place holds the old bytes or the new, never a part. `private`: for its owner only.
pub(crate) fn write_whole(path: &Path, bytes: &[u8], private: bool) -> io::Result<()> {
    use std::io::Write;
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
