//! The transparency log: an append-only tree over the digests of all manifests that a relay took, and of the portal's
//! releases.
//!
//! Who holds a receipt holds a proof that its manifest is a leaf of the tree under a signed checkpoint; who keeps
//! checkpoints sees whether the tree was only ever appended to. A relay that loses, doubles or exchanges a submission
//! must contradict one of the two in public.
//!
//! | module | concept | source |
//! |---|---|---|
//! | [`tree`] | leaves, nodes, inclusion and consistency | RFC 6962 §2.1, RFC 9162 §2.1.3–2.1.4 |
//! | [`frontier`] | all that is needed to append and to prove what was appended | |
//! | [`tile`] | the tree as static files | C2SP tlog-tiles |
//! | [`note`] | text under Ed25519 signatures | C2SP signed-note |
//! | [`checkpoint`] | size and root, signed | C2SP tlog-checkpoint |
//! | [`freshness`] | when a checkpoint was the newest | C2SP tlog-cosignature |
//! | [`proof`] | what a citizen keeps | C2SP tlog-proof |
//!
//! A leaf's entry is the 32 bytes of a `manifest_sha256` or of a release's digest: no form, no office, no moment, nothing
//! about a person.

pub mod checkpoint;
pub mod freshness;
pub mod frontier;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;

pub use checkpoint::{Checkpoint, CheckpointFault};
pub use frontier::{Frontier, Growth};
pub use note::{LogKey, Note};
pub use proof::{InclusionProof, ProofFault, release_proof};
pub use tile::{Bundle, Tile};
