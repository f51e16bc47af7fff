//! The start: files and rows are compared, counted, and what nobody waits for is removed.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Instant;

use envelope::{Digest, SubmissionId, reference};

use super::file::{FOLDER_MODE, remove_folder};
use super::holds::Holds;
use crate::disk::make_folder;

/// What the store says of the attachments of one submission.
pub(crate) enum Known {
    /// It is unfinished; they will have so many bytes.
    Unfinished { bytes: u64 },
    /// It is kept: every one is there, by name and bytes.
    Kept {
        manifest_sha256: Digest,
        parts: Vec<(String, u64)>,
    },
}

impl Known {
    fn bytes(&self) -> u64 {
        match self {
            Known::Unfinished { bytes } => *bytes,
            Known::Kept { parts, .. } => parts.iter().map(|(_, len)| len).sum(),
        }
    }
}

/// Removes what no row knows of, counts the rest, and says which kept attachments are lost.
pub(super) fn run(
    folder: &Path,
    known: &HashMap<SubmissionId, Known>,
    holds: &Holds,
) -> io::Result<()> {
    make_folder(folder, FOLDER_MODE)?;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let id = name.to_str().and_then(|name| name.parse().ok());
        if !id.is_some_and(|id: SubmissionId| known.contains_key(&id)) {
            remove_folder(&folder.join(&name))?;
            tracing::info!("attachments of nobody removed");
        }
    }
    let now = Instant::now();
    for (id, known) in known {
        let own = folder.join(id.to_string());
        holds.found(*id, known.bytes(), bytes_in(&own)?, now);
        if let Known::Kept {
            manifest_sha256,
            parts,
        } = known
        {
            holds.complete(*id);
            report_lost(&own, *manifest_sha256, parts);
        }
    }
    Ok(())
}

/// How many bytes of attachments are in the folder of a submission.
fn bytes_in(folder: &Path) -> io::Result<u64> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut bytes = 0;
    for entry in entries {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

/// A kept submission without its file cannot be handed on; the others can, so the relay starts all the same.
fn report_lost(folder: &Path, manifest_sha256: Digest, parts: &[(String, u64)]) {
    for (part, len) in parts {
        let found = fs::metadata(folder.join(part)).map(|file| file.len()).ok();
        if found != Some(*len) {
            tracing::error!(
                reference = reference(&manifest_sha256),
                part,
                len,
                found,
                "attachment lost"
            );
        }
    }
}
