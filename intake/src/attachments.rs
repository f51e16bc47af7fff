//! Attachments on their way in: fetched into the evidence, sealed as they are, and compared with the manifest before
//! anything is acknowledged. What was fetched before a cut is not fetched again.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use envelope::{Digest, Pieces, Refusal, Signed, SubmissionId};

use crate::cause::Cause;
use crate::durable::{self, Readers};
use crate::failure::Failure;

/// Who has the attachments of a submission.
pub(crate) trait Source: Sync {
    /// The attachment `n` from the byte `from` on.
    ///
    /// # Errors
    /// In words for the log: it cannot be had now.
    fn attachment(
        &self,
        id: &SubmissionId,
        n: &str,
        from: u64,
    ) -> Result<Box<dyn Read + '_>, String>;
}

/// Why an attachment is not here.
pub(crate) enum Lack {
    /// It did not come, or not to its end; the words are for the log.
    Later(String),
    /// What came is not what the manifest names.
    Wrong(Cause),
    Failed(Failure),
}

impl From<Failure> for Lack {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Has every attachment of a submission in `folder`, each as `{n}.ece`.
pub(crate) fn fetch(signed: &Signed, folder: &Path, source: &dyn Source) -> Result<(), Lack> {
    let manifest = signed.manifest();
    if manifest.has_attachments() {
        durable::folder(folder, Readers::Intake)?;
    }
    for (n, len, pieces) in manifest.attachments() {
        let whole = folder.join(format!("{n}.ece"));
        if !whole.exists() {
            fetch_one(&manifest.id, n, len, pieces, &whole, source)?;
        }
    }
    Ok(())
}

fn fetch_one(
    id: &SubmissionId,
    n: &str,
    len: u64,
    wanted: Digest,
    whole: &Path,
    source: &dyn Source,
) -> Result<(), Lack> {
    let growing = whole.with_extension("ece.part");
    let mut pieces = digest(&growing)?;
    let said = match source.attachment(id, n, pieces.len()) {
        Ok(rest) => copy(rest, &growing, &mut pieces, len)?,
        Err(said) => Some(said),
    };
    if pieces.len() < len {
        let said = said.unwrap_or_else(|| "it ended too early".to_owned());
        return Err(Lack::Later(format!("attachment {n}: {said}")));
    }
    if pieces.len() > len || pieces.finish() != wanted {
        fs::remove_file(&growing).map_err(|error| unwritable(&growing, error))?;
        return Err(Lack::Wrong(Cause::Refused(Refusal::PartDigest)));
    }
    Ok(durable::settle(&growing, whole)?)
}

/// The digests of what came before.
fn digest(growing: &Path) -> Result<Pieces, Failure> {
    let mut pieces = Pieces::new();
    match fs::File::open(growing) {
        Ok(file) => each_step(file, |some| {
            pieces.update(some);
            Ok(())
        })
        .map_err(|error| unwritable(growing, error))?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(unwritable(growing, error)),
    }
    Ok(pieces)
}

/// Adds what comes, and no more than one step beyond `len`. Returns what the sender's side broke off with.
fn copy(
    rest: Box<dyn Read + '_>,
    growing: &Path,
    pieces: &mut Pieces,
    len: u64,
) -> Result<Option<String>, Failure> {
    let mut file = durable::append(growing, Readers::Intake)?;
    let mut failed = None;
    let read = each_step(rest.take(len - pieces.len().min(len) + 1), |some| {
        pieces.update(some);
        io::Write::write_all(&mut file, some).inspect_err(|error| {
            failed = Some(unwritable(growing, error));
        })
    });
    match failed {
        Some(failure) => Err(failure),
        None => Ok(read.err().map(|error| error.to_string())),
    }
}

fn each_step(mut from: impl Read, mut to: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut step = vec![0; 64 * 1024];
    loop {
        match from.read(&mut step)? {
            0 => return Ok(()),
            read => to(&step[..read])?,
        }
    }
}

fn unwritable(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::at(
        path,
        error,
        "Make the folder writable and see that the disk has room.",
    )
}
