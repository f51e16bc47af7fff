//! The ledger of one submission: the last thing written before it is acknowledged, and what says on
//! every later delivery that it is done.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use envelope::log::{InclusionProof, LogKey};
use envelope::{Digest, FormRef, Mode, SubmissionId, Thumbprint, UnixTime, V1};
use serde::{Deserialize, Serialize};

use crate::earlier::Follows;
use crate::failure::Failure;

/// `submissions/{id}/ledger.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// Version of this file's layout.
    pub motcua: V1,
    /// What a person reads out.
    pub reference: String,
    /// The submission's id; with `jkt` its identity.
    pub id: SubmissionId,
    /// Thumbprint of the key that signed the manifest.
    pub jkt: Thumbprint,
    /// Names the manifest.
    pub manifest_sha256: Digest,
    /// The form answered.
    pub form: FormRef,
    /// Code of the receiving agency.
    pub agency: String,
    /// Trial submissions never become cases.
    pub mode: Mode,
    /// When the relay signed the receipt.
    pub received_at: UnixTime,
    /// Whether the manifest was proved to be in the relay's log.
    #[serde(default)]
    pub log: InLog,
    /// When this ledger was written.
    pub taken_at: UnixTime,
    /// The earlier submission of the case that this one amends or withdraws, as the parts say that were opened here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Follows>,
    /// What became of each sealed part, by its role.
    pub parts: BTreeMap<String, Part>,
}

/// What the proof says that came with a submission. A person who holds a receipt is not made to pay for a relay that
/// proves nothing: the submission goes on, marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case", deny_unknown_fields)]
pub enum InLog {
    /// It is a leaf of a log of the catalogue.
    Proved {
        /// Which log.
        origin: String,
        /// The leaf.
        index: u64,
        /// Leaves under the checkpoint of the proof.
        size: u64,
    },
    /// There is no proof that counts.
    Unproved {
        /// Why.
        why: String,
    },
}

impl Default for InLog {
    /// For ledgers from before the log.
    fn default() -> Self {
        Self::Unproved {
            why: "taken before the relay had a log".to_owned(),
        }
    }
}

impl InLog {
    /// What `proof` shows of this manifest, by the logs of the catalogue.
    pub(crate) fn of(manifest_sha256: &Digest, proof: Option<&str>, logs: &[LogKey]) -> Self {
        let Some(proof) = proof else {
            return Self::Unproved {
                why: "the relay sent no proof".to_owned(),
            };
        };
        let verified = InclusionProof::read(proof).and_then(|proof| {
            let checkpoint = proof.verify(manifest_sha256, logs)?;
            Ok((proof.index, checkpoint))
        });
        match verified {
            Ok((index, checkpoint)) => Self::Proved {
                origin: checkpoint.origin,
                index,
                size: checkpoint.size,
            },
            Err(fault) => Self::Unproved {
                why: fault.to_string(),
            },
        }
    }
}

/// What became of one sealed part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Part {
    /// Opened, checked, and written for the office.
    HandedOver {
        /// Code of the office.
        office: String,
        /// The file, relative to the intake's folder.
        file: PathBuf,
        /// How many faults are marked in it.
        faults: usize,
    },
    /// Kept sealed because it cannot be opened or does not match.
    Quarantined {
        /// Code of the office.
        office: String,
        /// The cause's word.
        cause: String,
    },
    /// Kept sealed because no key of its office is here.
    Elsewhere {
        /// Code of the office.
        office: String,
    },
}

impl Part {
    /// Code of the office that the part is sealed for.
    pub fn office(&self) -> &str {
        match self {
            Self::HandedOver { office, .. }
            | Self::Quarantined { office, .. }
            | Self::Elsewhere { office } => office,
        }
    }
}

impl Ledger {
    /// The ledger at `path`, or none when the submission is not done.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, Failure> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(Failure::at(
                    path,
                    error,
                    "The intake must be able to read this file.",
                ));
            }
        };
        serde_json::from_slice(&text).map(Some).map_err(|error| {
            Failure::at(
                path,
                error,
                "The file is damaged; restore the folder from its backup.",
            )
        })
    }
}
