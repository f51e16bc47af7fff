//! The monitor: checks receipts and logs without believing the relay, and watches a log, and a portal against it, from
//! outside.
//!
//! | module | concept |
//! |---|---|
//! | [`source`] | where a log's files are: a folder or an address |
//! | [`alarm`] | what can be wrong with a log, and how it is told |
//! | [`tree`] | the leaves that were seen, and what they make |
//! | [`verify`] | one look at a receipt, a checkpoint, a whole log |
//! | [`follow`] | one round after the other, each against what was seen before |
//! | [`portal`] | the portal as browsers get it, beside its signed release |
//! | [`state`] | what was seen, on disk |
//! | [`config`] | `monitor.toml` |

pub mod alarm;
pub mod config;
pub mod follow;
pub mod portal;
pub mod source;
pub mod state;
pub mod tree;
pub mod verify;
