//! Proofs of inclusion as texts (C2SP tlog-proof): what a citizen keeps beside the receipt and what lies beside the log for
//! each release, and anybody can check without a network.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::checkpoint::{Checkpoint, CheckpointFault};
use super::note::LogKey;
use super::tree;
use crate::digest::Digest;
use crate::limits::PROOF_STEPS_MAX;

/// The first line.
const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// The name, among the log's files, of the proof that the release with this digest is a leaf.
#[must_use]
pub fn release_proof(digest: &Digest) -> String {
    format!("release/{digest}")
}

/// Where a manifest or a release stands in the log, the way from there to the root, and the checkpoint with that root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The leaf, counted from 0.
    pub index: u64,
    /// The hashes beside the way up, from below.
    pub path: Vec<Digest>,
    /// The signed checkpoint, as the log wrote it.
    pub checkpoint: String,
}

impl InclusionProof {
    /// Reads a proof; nothing is believed yet.
    ///
    /// # Errors
    /// [`ProofFault::Malformed`].
    pub fn read(text: &str) -> Result<Self, ProofFault> {
        let read = || {
            let (head, checkpoint) = text.split_once("\n\n")?;
            let mut lines = head.lines();
            let index = lines.by_ref().nth(1)?.strip_prefix("index ")?;
            let path = lines.map(|line| {
                Some(Digest::from_bytes(
                    STANDARD.decode(line).ok()?.try_into().ok()?,
                ))
            });
            Some(Self {
                index: index.parse().ok()?,
                path: path.take(PROOF_STEPS_MAX).collect::<Option<_>>()?,
                checkpoint: checkpoint.to_owned(),
            })
        };
        // One spelling; no step beyond the last possible one, and no `extra`, which this log never writes.
        read()
            .filter(|proof| proof.to_string() == text)
            .ok_or(ProofFault::Malformed)
    }

    /// The checkpoint, when one of these logs signed it and the manifest (or the release, by its digest) is in its tree at this
    /// index.
    ///
    /// # Errors
    /// [`ProofFault`].
    pub fn verify(
        &self,
        manifest_sha256: &Digest,
        logs: &[LogKey],
    ) -> Result<Checkpoint, ProofFault> {
        let checkpoint =
            Checkpoint::read(&self.checkpoint, logs).map_err(ProofFault::Checkpoint)?;
        let leaf = tree::leaf(manifest_sha256);
        if !tree::includes(
            leaf,
            self.index,
            checkpoint.size,
            &self.path,
            &checkpoint.root,
        ) {
            return Err(ProofFault::NotIncluded { index: self.index });
        }
        Ok(checkpoint)
    }
}

impl fmt::Display for InclusionProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}\nindex {}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{}", STANDARD.encode(hash.as_bytes()))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofFault {
    /// It is not a proof of this format.
    Malformed,
    /// Its checkpoint is not the log's.
    Checkpoint(CheckpointFault),
    /// The way does not lead from the manifest to the root.
    NotIncluded {
        /// Where the manifest should stand.
        index: u64,
    },
}

impl fmt::Display for ProofFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => write!(
                f,
                "malformed: not a proof that begins with {FIRST_LINE}; save the file again"
            ),
            Self::Checkpoint(fault) => write!(f, "its checkpoint is {fault}"),
            Self::NotIncluded { index } => write!(
                f,
                "it does not lead from this manifest, as leaf {index}, to the signed root: it is the proof of another \
                 submission, or was changed"
            ),
        }
    }
}

impl std::error::Error for ProofFault {}

#[cfg(test)]
mod tests {
    use super::super::frontier::Frontier;
    use super::super::note::tests::{key_pair, signed};
    use super::*;

    fn manifest(number: u64) -> Digest {
        Digest::of(&number.to_be_bytes())
    }

    /// The proof of leaf 5 of 11.
    fn proof() -> (InclusionProof, LogKey) {
        let (key, pair) = key_pair("relay.example/log", 1);
        let growth = Frontier::empty().grow(&(0..11).map(manifest).collect::<Vec<_>>());
        let checkpoint = Checkpoint {
            origin: key.name().to_owned(),
            size: growth.frontier().size(),
            root: growth.frontier().root(),
        };
        let proof = InclusionProof {
            index: 5,
            path: growth.inclusion(5).expect("a new leaf"),
            checkpoint: signed(&checkpoint.text(), &key, &pair),
        };
        (proof, key)
    }

    #[test]
    fn a_proof_is_kept_as_text_and_proves_one_manifest() {
        let (proof, key) = proof();
        let read = InclusionProof::read(&proof.to_string()).expect("a proof");
        assert_eq!(read, proof);
        let logs = [key];
        assert_eq!(read.verify(&manifest(5), &logs).expect("included").size, 11);
        let fault = read.verify(&manifest(6), &logs).expect_err("another leaf");
        assert!(fault.to_string().contains("as leaf 5"), "{fault}");
        let (foreign, _) = key_pair("relay.example/log", 2);
        let fault = read
            .verify(&manifest(5), &[foreign])
            .expect_err("another log");
        assert!(
            fault
                .to_string()
                .contains("its checkpoint is not signed by"),
            "{fault}"
        );
    }

    #[test]
    fn a_path_has_no_more_steps_than_a_tree_can_have() {
        let (proof, _) = proof();
        let with = |steps: usize| InclusionProof {
            path: vec![manifest(0); steps],
            ..proof.clone()
        };
        for (steps, is_read) in [
            (0, true),
            (PROOF_STEPS_MAX, true),
            (PROOF_STEPS_MAX + 1, false),
        ] {
            let read = InclusionProof::read(&with(steps).to_string());
            assert_eq!(read.is_ok(), is_read, "{steps} steps");
        }
    }

    #[test]
    fn a_proof_has_one_spelling() {
        let (proof, _) = proof();
        let text = proof.to_string();
        for wrong in [
            text.replace("@v1", "@v2"),
            text.replace("index 5", "index 05"),
            text.replace("index 5", "index -5"),
            text.replace("index 5", "extra AA==\nindex 5"),
            text.replace("\n\nrelay", "\nrelay"),
            text.replacen("=\n", "\n", 1),
            text.replace(
                "index 5\n",
                &format!("index 5\n{}", format!("{}=\n", "A".repeat(43)).repeat(65)),
            ),
            String::new(),
        ] {
            let fault = InclusionProof::read(&wrong).expect_err("no proof");
            assert!(
                fault.to_string().contains("c2sp.org/tlog-proof@v1"),
                "{wrong}"
            );
        }
    }
}
