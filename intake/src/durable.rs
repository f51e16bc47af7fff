//! Files that are there whole or not at all, also after a power cut.
//!
//! Every write is: a temporary file beside the target, `fsync`, rename, `fsync` of the folder.
//! A temporary left by a crash is overwritten when the relay delivers the submission again.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::failure::Failure;

/// Who besides the intake's own account may read what is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Nobody: evidence, quarantine, private keys.
    Intake,
    /// The folder's group as well: what is handed over to an office's own system.
    Group,
    /// Everybody: public keys.
    All,
}

impl Readers {
    fn file_mode(self) -> u32 {
        match self {
            Self::Intake => 0o600,
            Self::Group => 0o640,
            Self::All => 0o644,
        }
    }

    fn folder_mode(self) -> u32 {
        match self {
            Self::Intake => 0o700,
            Self::Group => 0o750,
            Self::All => 0o755,
        }
    }
}

/// Writes `bytes` to `path` and returns when they would survive a power cut.
pub(crate) fn write(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), Failure> {
    let (folder, name) = (path.parent().unwrap_or(Path::new("")), path.file_name());
    let name = name.unwrap_or_default().to_string_lossy();
    write_all(folder, &[(&name, bytes)], readers)
}

/// Writes several files of one folder, each whole or not at all, and returns when all would survive.
pub(crate) fn write_all(
    folder: &Path,
    files: &[(&str, &[u8])],
    readers: Readers,
) -> Result<(), Failure> {
    let failed = |path: &Path, error| {
        let mend = "Make the folder writable and see that the disk has room; nothing half written is left under this name.";
        Failure::at(path, error, mend)
    };
    for (name, bytes) in files {
        let path = folder.join(name);
        let temporary = folder.join(format!(".{name}.tmp"));
        write_synced(&temporary, bytes, readers)
            .and_then(|()| fs::rename(&temporary, &path))
            .map_err(|error| failed(&path, error))?;
    }
    sync_folder(folder).map_err(|error| failed(folder, error))
}

fn write_synced(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let mut file = empty(path, readers)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn empty(path: &Path, readers: Readers) -> io::Result<File> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(readers.file_mode())
        .open(path)?;
    // `mode` is cut by the umask and ignored on a leftover: say it again.
    file.set_permissions(fs::Permissions::from_mode(readers.file_mode()))?;
    Ok(file)
}

/// Opens an empty file to write to, over what a crash left; [`settle`] ends it, or [`remove`].
pub(crate) fn create(path: &Path, readers: Readers) -> Result<File, Failure> {
    empty(path, readers).map_err(|error| Failure::at(path, error, "Make the folder writable."))
}

/// Removes a file that was not to be.
pub(crate) fn remove(path: &Path) -> Result<(), Failure> {
    fs::remove_file(path).map_err(|error| Failure::at(path, error, "Make the folder writable."))
}

/// Opens a file that grows from request to request; [`settle`] ends it.
pub(crate) fn append(path: &Path, readers: Readers) -> Result<File, Failure> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(readers.file_mode())
        .open(path)
        .map_err(|error| Failure::at(path, error, "Make the folder writable."))
}

/// Gives a file that has grown its name, and returns when it would survive a power cut.
pub(crate) fn settle(growing: &Path, whole: &Path) -> Result<(), Failure> {
    File::open(growing)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(growing, whole))
        .and_then(|()| sync_parent(whole))
        .map_err(|error| Failure::at(whole, error, "See that the disk has room and is healthy."))
}

/// Writes a file that must not exist yet: private keys are never overwritten.
pub(crate) fn write_new(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), Failure> {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(readers.file_mode())
        .open(path)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| sync_parent(path));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::at(
            path,
            "exists already",
            "A key is never overwritten: name another file, or move this one away first.",
        ),
        _ => Failure::at(path, error, "Make the folder writable."),
    })
}

/// Makes a folder, with its parents, that survives a power cut. An existing one is left as it is.
pub(crate) fn folder(path: &Path, readers: Readers) -> Result<(), Failure> {
    // The parent of a relative name is the empty path: the working directory.
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        folder(parent, readers)?;
    }
    let made = DirBuilder::new()
        .mode(readers.folder_mode())
        .create(path)
        .and_then(|()| sync_parent(path));
    made.map_err(|error| Failure::at(path, error, "The intake needs a folder that it may write."))
}

/// Removes a folder and what is in it; that it is gone already is fine.
pub(crate) fn remove_folder(path: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(path) {
        Ok(()) => sync_parent(path)
            .map_err(|error| Failure::at(path, error, "See that the disk is healthy.")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::at(path, error, "Make the folder writable.")),
    }
}

fn sync_parent(path: &Path) -> io::Result<()> {
    sync_folder(path.parent().unwrap_or(Path::new("")))
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    let named = !folder.as_os_str().is_empty();
    File::open(if named { folder } else { Path::new(".") })?.sync_all()
}
