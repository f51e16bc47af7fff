//! The only writer of an import: all files or none.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::fault::Mistake;

/// Writes all files or none; nothing that is there is overwritten.
pub(super) fn write(out: &Path, files: &BTreeMap<String, String>) -> Result<Vec<PathBuf>, Mistake> {
    let mut written: Vec<PathBuf> = Vec::new();
    for (path, text) in files {
        let path = out.join(path);
        if let Err(error) = write_new(&path, text) {
            undo(&written);
            let path = path.display().to_string();
            return Err(match error.kind() {
                io::ErrorKind::AlreadyExists => Mistake::AlreadyThere { path },
                _ => Mistake::NotWritten {
                    path,
                    cause: crate::fault::cause(&error),
                },
            });
        }
        written.push(path);
    }
    Ok(written)
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let written = fs::File::create_new(path).and_then(|mut file| {
        file.write_all(text.as_bytes())
            .inspect_err(|_| drop(fs::remove_file(path)))
    });
    if written.is_err()
        && let Some(folder) = path.parent()
    {
        // Only when it is empty: then this import made it.
        let _ = fs::remove_dir(folder);
    }
    written
}

/// Takes back what was written before something went wrong.
fn undo(written: &[PathBuf]) {
    for path in written {
        let _ = fs::remove_file(path);
        if let Some(folder) = path.parent() {
            let _ = fs::remove_dir(folder);
        }
    }
}
