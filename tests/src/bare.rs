//! A writer that does nothing else: how long the same files take without making them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Failure, tree};

/// Files that are written over and over again, into an empty folder each time.
pub struct Bare {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Bare {
    /// The files of a built portal, held in memory.
    ///
    /// # Errors
    /// The portal cannot be read.
    pub fn of(portal: &Path) -> Result<Bare, Failure> {
        Ok(Bare {
            files: tree::files(portal)?,
        })
    }

    /// Writes them below `folder`, which is emptied first, each where it belongs, from as many threads as there are
    /// processors; nothing is synced, as a build syncs nothing. How long the writing took.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Duration, Failure> {
        let _ = fs::remove_dir_all(folder);
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let files: Vec<_> = self.files.iter().collect();
        let parts = files.chunks(files.len().div_ceil(threads).max(1));
        let begun = Instant::now();
        thread::scope(|scope| {
            let writers: Vec<_> = parts
                .map(|part| scope.spawn(|| tree::write(folder, part.iter().copied())))
                .collect();
            let written = writers.into_iter().map(|writer| {
                let lost = |_| Failure::at(folder, "a thread that wrote was lost");
                writer.join().map_err(lost)?
            });
            written.collect::<Result<(), Failure>>()
        })?;
        Ok(begun.elapsed())
    }
}
