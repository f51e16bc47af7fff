//! The transparency log: its key, and the folder of files that everybody may read.
//!
//! The tree itself is in the store, committed together with the submissions. The folder is made from it after the
//! commit; at the start it is the witness that the store is not an old one.

mod folder;
pub mod key;
mod mirror;

pub(crate) use folder::{Folder, Named};
pub(crate) use mirror::{Mirror, Published};

use crate::config::Config;
use crate::fault::Fault;
use crate::log::key::LogSigner;
use crate::store;

/// Ends the log of the store and lets the next start begin another, under the key and in the folder that `config` names:
/// `motcua-relay log begin`. Every submission that the store still knows becomes a leaf of the new log.
///
/// # Errors
/// The key is of the log that is to end, the folder has a log in it, the store is in use or has no log.
pub fn begin(config: &Config) -> Result<(), Fault> {
    let signer = LogSigner::read(&config.log_key)?;
    Folder::new(&config.log).require_new()?;
    store::end_log(config, signer.public())
}
