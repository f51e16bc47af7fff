//! A log for tests: every manifest is the third of four leaves.

use envelope::Digest;
use envelope::log::{Checkpoint, Frontier, InclusionProof, LogKey};
use ring::signature::{Ed25519KeyPair, KeyPair};

const NAME: &str = "relay.example/log";
const INDEX: u64 = 2;

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed")
}

/// The log's public key.
pub(crate) fn key() -> LogKey {
    let public = pair().public_key().as_ref().try_into().expect("32 bytes");
    LogKey::new(NAME, public).expect("a name")
}

/// The proof of this manifest.
pub(crate) fn proof(manifest_sha256: Digest) -> String {
    let mut manifests = [1, 2, 3, 4].map(|number| Digest::of(&[number]));
    manifests[INDEX as usize] = manifest_sha256;
    let growth = Frontier::empty().grow(&manifests);
    let text = Checkpoint {
        origin: NAME.to_owned(),
        size: growth.frontier().size(),
        root: growth.frontier().root(),
    }
    .text();
    let signature = pair().sign(text.as_bytes());
    let proof = InclusionProof {
        index: INDEX,
        path: growth.inclusion(INDEX).expect("a leaf"),
        checkpoint: key().note(&text, signature.as_ref().try_into().expect("64 bytes")),
    };
    proof.to_string()
}
