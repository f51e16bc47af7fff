//! Checkpoints (C2SP tlog-checkpoint): how large the tree is and what its root is, signed by the log.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::note::{LogKey, Note};
use crate::digest::Digest;

/// The tree at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: its address without scheme, for instance `relay.example/log`.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

impl Checkpoint {
    /// The text that the log signs: origin, size, root, a line each.
    #[must_use]
    pub fn text(&self) -> String {
        let root = STANDARD.encode(self.root.as_bytes());
        format!("{}\n{}\n{root}\n", self.origin, self.size)
    }

    /// Reads a checkpoint of one of these logs, signed by its key.
    ///
    /// # Errors
    /// [`CheckpointFault`].
    pub fn read(note: &str, logs: &[LogKey]) -> Result<Self, CheckpointFault> {
        let note = Note::read(note).ok_or(CheckpointFault::Malformed)?;
        let checkpoint = Self::read_text(note.text()).ok_or(CheckpointFault::Malformed)?;
        let Some(log) = logs.iter().find(|log| log.name() == checkpoint.origin) else {
            return Err(CheckpointFault::UnknownLog {
                origin: checkpoint.origin,
            });
        };
        if !note.is_signed_by(log) {
            return Err(CheckpointFault::NotSigned {
                by: checkpoint.origin,
            });
        }
        Ok(checkpoint)
    }

    fn read_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let checkpoint = Self {
            origin: origin.to_owned(),
            size: size.parse().ok()?,
            root: Digest::from_bytes(STANDARD.decode(root).ok()?.try_into().ok()?),
        };
        // One spelling; and no extension lines, which this log never writes and nobody could audit.
        (checkpoint.text() == text).then_some(checkpoint)
    }
}

/// Why a text is not a checkpoint of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckpointFault {
    /// It is not a signed note of three lines.
    Malformed,
    /// The log did not sign it.
    NotSigned {
        /// Whose signature was looked for.
        by: String,
    },
    /// It is about a log whose key is not here.
    UnknownLog {
        /// Which one it names.
        origin: String,
    },
}

impl fmt::Display for CheckpointFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => {
                f.write_str("malformed: not a signed note of origin, size and root; fetch it again")
            }
            Self::NotSigned { by } => write!(
                f,
                "not signed by {by}: it was changed, or the log has another key; compare the key with the catalogue's"
            ),
            Self::UnknownLog { origin } => write!(
                f,
                "of another log, {origin}; take the checkpoint of a log whose key is known here"
            ),
        }
    }
}

impl std::error::Error for CheckpointFault {}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::note::tests::{key_pair, signed};
    use super::*;

    pub(crate) fn checkpoint(size: u64) -> Checkpoint {
        Checkpoint {
            origin: "relay.example/log".to_owned(),
            size,
            root: Digest::of(b"root"),
        }
    }

    #[test]
    fn what_the_log_signed_is_read() {
        let (key, pair) = key_pair("relay.example/log", 1);
        for size in [0, 1, 300_000, u64::MAX] {
            let note = signed(&checkpoint(size).text(), &key, &pair);
            assert_eq!(
                Checkpoint::read(&note, std::slice::from_ref(&key)),
                Ok(checkpoint(size))
            );
        }
    }

    #[test]
    fn each_fault_has_its_name_and_a_way_out() {
        let (key, pair) = key_pair("relay.example/log", 1);
        let text = checkpoint(7).text();
        let read =
            |text: &str| Checkpoint::read(&signed(text, &key, &pair), std::slice::from_ref(&key));
        for wrong in [
            text.replace("\n7\n", "\n07\n"),
            text.replace("\n7\n", "\n+7\n"),
            text.replace("\n7\n", "\n18446744073709551616\n"),
            text.replace("=\n", "\n"),
            format!("{text}extension\n"),
            "relay.example/log\n7\n".to_owned(),
        ] {
            assert_eq!(read(&wrong), Err(CheckpointFault::Malformed), "{wrong}");
        }
        assert_eq!(
            Checkpoint::read(&text, std::slice::from_ref(&key)),
            Err(CheckpointFault::Malformed)
        );
        let fault = read(&text.replace("relay", "other")).expect_err("another log");
        assert!(
            fault.to_string().contains("other.example/log; take"),
            "{fault}"
        );
        let (foreign, _) = key_pair("relay.example/log", 2);
        let fault =
            Checkpoint::read(&signed(&text, &key, &pair), &[foreign]).expect_err("another key");
        assert!(
            fault
                .to_string()
                .contains("not signed by relay.example/log"),
            "{fault}"
        );
        assert!(
            CheckpointFault::Malformed
                .to_string()
                .contains("fetch it again")
        );
    }
}
