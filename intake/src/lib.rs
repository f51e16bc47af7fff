//! The inside of the house: collects submissions from the relay, verifies them again, opens them,
//! checks the answers and hands them over to the offices.
//!
//! # The story of a submission
//!
//! ```text
//! bytes → Unverified → Verified → Opened → Checked → HandedOver
//! ```
//!
//! | module | step |
//! |---|---|
//! | `verify` | signature, digests, receipt and admission, as if there were no relay |
//! | `open` (`jwe`, `plaintext`, `keys`) | each part with its office's private key; what is inside belongs to what is outside |
//! | `check` (`archive`) | the answers against the compiled form of exactly the manifest's digest |
//! | `hand_over` (`files`, `ece`, `durable`, `ledger`) | evidence, office files, ledger: on disk before the relay may delete |
//! | `intake` | the five steps in order, each submission isolated from the others |
//! | `run` (`outbox`, `trust`) | pull, take, acknowledge, until told to stop |
//!
//! Nothing here trusts the relay, and nothing a citizen typed reaches a log line.
//!
//! A [`cause::Cause`] puts one submission, or one part of it, into quarantine and lets the rest go on;
//! a [`failure::Failure`] ends the program.

mod archive;
mod attachments;
mod case;
mod check;
mod durable;
mod earlier;
mod ece;
mod escape;
mod files;
mod folder;
mod hand_over;
mod intake;
mod jwe;
mod jwk;
mod list;
mod open;
mod outbox;
mod plaintext;
mod quarantine;
mod trust;
mod verify;

pub mod cause;
pub mod config;
pub mod failure;
pub mod keys;
pub mod ledger;
pub mod run;
pub mod show;

use envelope::UnixTime;

use archive::Archive;
use config::Config;
use failure::Failure;
use folder::Folder;

/// Finds what a run would refuse at its start, without writing and beside a running intake.
///
/// # Errors
/// The first thing that is wrong, with what to do.
pub fn check_config(config: &Config, now: UnixTime) -> Result<(), Failure> {
    outbox::Outbox::new(config)?;
    intake::Intake::check(config, now)
}

/// A table of all submissions, newest last: reference, when received, form, offices, state, faults.
///
/// # Errors
/// The folder cannot be read.
pub fn list(config: &Config) -> Result<String, Failure> {
    list::table(&Folder::new(&config.dir))
}

/// One submission, named by id or reference however it was typed.
///
/// # Errors
/// There is none, or a file of it cannot be read.
pub fn show(config: &Config, typed: &str, layout: show::Layout) -> Result<String, Failure> {
    let folder = Folder::new(&config.dir);
    let archive = Archive::new(&folder, &config.forms, &config.lists).read_only();
    show::show(&folder, &archive, typed, layout)
}

/// Takes a submission once more from the evidence or from quarantine, after the cause was mended.
/// `typed` is an id, a reference, or the name of a folder in `quarantine/`.
///
/// # Errors
/// There is none, or another intake runs on the folder, or what a run's start would refuse.
pub fn retry(config: Config, typed: &str, now: UnixTime) -> Result<(), Failure> {
    let folder = Folder::new(&config.dir);
    let name = match show::find(&folder, typed) {
        Ok(ledger) => ledger.id.to_string(),
        Err(unknown) => quarantine::named(&folder, typed).ok_or(unknown)?,
    };
    intake::Intake::start(config, now)?.retry(&name, now)
}
