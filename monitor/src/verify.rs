//! One look at a receipt, a checkpoint, a whole log. Nothing is asked of the relay but the files of its log.

use std::fs;
use std::path::Path;

use envelope::log::{Checkpoint, InclusionProof, LogKey, Note};
use envelope::{Catalogue, CatalogueFault, PublicKey, Receipt, UnixTime, reference};

use crate::alarm::{Alarm, Kind};
use crate::source::Source;
use crate::tree::Seen;

/// What was found, or what is wrong: where, what, what to do.
pub type Verdict = Result<String, String>;

/// A receipt as a person keeps it: the relay's signed line, and from the second line on the proof that its manifest is
/// in the log. Keys are those of the catalogue, which one of the publishers signed.
///
/// # Errors
/// Which of the three does not hold.
pub fn receipt(file: &Path, catalogue: &Path, publishers: &[PublicKey], now: UnixTime) -> Verdict {
    let (catalogue, ended) = read_catalogue(catalogue, publishers, now)?;
    let text = read(file)?;
    let at = |what: &dyn std::fmt::Display| format!("{}: {what}", file.display());
    let (line, proof) = text
        .trim_end_matches('\r')
        .split_once('\n')
        .unwrap_or((&text, ""));
    let receipt = Receipt::read(line.trim_end(), &catalogue)
        .map_err(|fault| at(&format!("the receipt does not count: {fault}")))?;
    if proof.trim().is_empty() {
        return Err(at(
            &"the receipt counts, but no proof stands below it; ask the relay for it again: GET /v1/submissions/{id}",
        ));
    }
    let proof =
        InclusionProof::read(proof).map_err(|fault| at(&format!("the proof is {fault}")))?;
    let checkpoint = proof
        .verify(&receipt.manifest_sha256, &catalogue.logs)
        .map_err(|fault| at(&format!("the receipt counts, but not the proof: {fault}")))?;
    let found = format!(
        "receipt {} of {}: leaf {} of {} in {}",
        reference(&receipt.manifest_sha256),
        receipt.received_at,
        proof.index,
        checkpoint.size,
        checkpoint.origin
    );
    Ok(match ended {
        None => found,
        Some(since) => {
            format!("{found}\nthe catalogue ended on {since}: a newer one may have other keys")
        }
    })
}

/// The catalogue, and since when it holds no longer: receipts outlive catalogues.
fn read_catalogue(
    file: &Path,
    publishers: &[PublicKey],
    now: UnixTime,
) -> Result<(Catalogue, Option<UnixTime>), String> {
    let text = read(file)?;
    let text = text.trim_end();
    let told = |fault: CatalogueFault| format!("{}: {fault}", file.display());
    match Catalogue::read(text, publishers, now) {
        Ok(catalogue) => Ok((catalogue, None)),
        Err(CatalogueFault::Expired { since }) => {
            let catalogue = Catalogue::read(text, publishers, since).map_err(told)?;
            Ok((catalogue, Some(since)))
        }
        Err(fault) => Err(told(fault)),
    }
}

/// A checkpoint in a file.
///
/// # Errors
/// It is not one of this log.
pub fn checkpoint(file: &Path, key: &LogKey) -> Verdict {
    let note = read(file)?;
    let checkpoint = Checkpoint::read(&note, std::slice::from_ref(key))
        .map_err(|fault| format!("{}: {fault}", file.display()))?;
    Ok(told(&checkpoint, fresh_at(&note, key)))
}

/// A whole log: every entry, every file of hashes, and the root over them.
///
/// # Errors
/// The alarm that it gives cause for.
pub fn log(source: &Source, key: &LogKey) -> Verdict {
    let look = || -> Result<String, Alarm> {
        let (checkpoint, fresh_at) = read_checkpoint(&source.checkpoint()?, key)?;
        Seen::default().go_on(source, &checkpoint)?;
        Ok(told(&checkpoint, fresh_at))
    };
    look().map_err(|alarm| alarm.to_string())
}

/// A checkpoint of this log, and when it was the newest.
pub(crate) fn read_checkpoint(
    note: &str,
    key: &LogKey,
) -> Result<(Checkpoint, Option<UnixTime>), Alarm> {
    let checkpoint = Checkpoint::read(note, std::slice::from_ref(key))
        .map_err(|fault| Alarm::new(Kind::Checkpoint, format!("checkpoint: {fault}")))?;
    Ok((checkpoint, fresh_at(note, key)))
}

fn fresh_at(note: &str, key: &LogKey) -> Option<UnixTime> {
    Note::read(note)?.fresh_at(key)
}

fn told(checkpoint: &Checkpoint, fresh_at: Option<UnixTime>) -> String {
    let Checkpoint { origin, size, root } = checkpoint;
    let time = fresh_at.map_or_else(
        || "it does not say when".to_owned(),
        |time| format!("the newest at {time}"),
    );
    format!("{origin}: {size} leaves, root {root}, {time}")
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| {
        format!(
            "{}: cannot be read: {error}; give the path of a file",
            file.display()
        )
    })
}
