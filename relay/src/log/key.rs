//! The log's key: Ed25519, born here, for checkpoints and nothing else.
//!
//! The private file is written as Go's `note` package writes it, so that other people's tools read it:
//! `PRIVATE+KEY+relay.example/log+0f2b9e51+…`. The public half is a C2SP verifier key, which the publisher puts into
//! the catalogue.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use envelope::UnixTime;
use envelope::log::{Checkpoint, LogKey};
use ring::rand::SecureRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::fault::Fault;
use crate::keys::write_new;

const PREFIX: &str = "PRIVATE+KEY+";

/// The type byte before an Ed25519 seed or key.
const ED25519_TYPE: u8 = 0x01;

const MAKE_ANEW: &str = "make a key with `motcua-relay keys log --name NAME --out FILE`";

/// The private key of a log. It has no `Debug` and never leaves this type.
pub(crate) struct LogSigner {
    public: LogKey,
    pair: Ed25519KeyPair,
}

impl LogSigner {
    /// Reads a private key file as [`create`] wrote it.
    pub(crate) fn read(path: &Path) -> Result<LogSigner, Fault> {
        let text = fs::read_to_string(path).map_err(|error| {
            let what = format!("the log's key cannot be read: {error}");
            Fault::new(path.display(), what, MAKE_ANEW)
        })?;
        LogSigner::parse(text.trim_end()).ok_or_else(|| {
            let what = "not the private key of a log (PRIVATE+KEY+name+id+seed)";
            Fault::new(path.display(), what, MAKE_ANEW)
        })
    }

    fn parse(text: &str) -> Option<LogSigner> {
        let (name, rest) = text.strip_prefix(PREFIX)?.split_once('+')?;
        let (_id, seed) = rest.split_once('+')?;
        let seed = STANDARD.decode(seed).ok()?;
        let signer = LogSigner::from_seed(name, seed.strip_prefix(&[ED25519_TYPE])?)?;
        // The id in the file is that of this name and this key, or somebody has changed one of the three.
        (signer.private_text(seed.get(1..)?) == text).then_some(signer)
    }

    fn from_seed(name: &str, seed: &[u8]) -> Option<LogSigner> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let public = LogKey::new(name, pair.public_key().as_ref().try_into().ok()?)?;
        Some(LogSigner { public, pair })
    }

    fn private_text(&self, seed: &[u8]) -> String {
        let seed = STANDARD.encode([&[ED25519_TYPE], seed].concat());
        let id = u32::from_be_bytes(self.public.id());
        format!("{PREFIX}{}+{id:08x}+{seed}", self.public.name())
    }

    /// The public half.
    pub(crate) fn public(&self) -> &LogKey {
        &self.public
    }

    /// The checkpoint as a signed note.
    pub(crate) fn sign(&self, checkpoint: &Checkpoint) -> String {
        let text = checkpoint.text();
        self.public.note(&text, &self.signature(&text))
    }

    /// The line which says that the checkpoint of this text is the newest at `now`, to be put after its note.
    pub(crate) fn freshness(&self, text: &str, now: UnixTime) -> String {
        let text = LogKey::freshness_text(text, now);
        self.public.freshness_line(now, &self.signature(&text))
    }

    fn signature(&self, text: &str) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        signature
    }
}

/// Makes a key for a log of this name (its address without scheme, for instance `relay.example/log`): the private file at `path`,
/// readable by its owner alone, the public one beside it as `NAME.pub.key`. Returns the public file's path and its text.
///
/// # Errors
/// The name has a plus sign or white space in it; one of the files exists already, or cannot be written: then neither
/// is left behind.
pub fn create(
    path: &Path,
    name: &str,
    random: &dyn SecureRandom,
) -> Result<(PathBuf, LogKey), Fault> {
    let mut seed = [0; 32];
    random.fill(&mut seed).map_err(|_| {
        Fault::new(
            path.display(),
            "no randomness came",
            "try again; report it if it stays",
        )
    })?;
    let signer = LogSigner::from_seed(name, &seed).ok_or_else(|| {
        Fault::new(
            format!("--name {name:?}"),
            "a log's name is not empty and has neither a plus sign nor white space in it",
            "give the log's address without scheme, for instance relay.example/log",
        )
    })?;
    let public_path = path.with_extension("pub.key");
    write_new(path, 0o600, &(signer.private_text(&seed) + "\n"))?;
    if let Err(fault) = write_new(&public_path, 0o644, &format!("{}\n", signer.public)) {
        // Half a pair is of no use, and the next try would stumble over it.
        let _ = fs::remove_file(path);
        return Err(fault);
    }
    Ok((public_path, signer.public))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_spelling_and_its_own_id() {
        let signer = LogSigner::from_seed("relay.example/log", &[7; 32]).expect("a key");
        let text = signer.private_text(&[7; 32]);
        let read = LogSigner::parse(&text).expect("the same");
        assert_eq!(read.public(), signer.public());
        for wrong in [
            text.replace("PRIVATE", "PUBLIC"),
            text.replace("relay", "other"),
            text.replace("+AQ", "+AY"),
            text.replace("HBw", "HCw"),
            signer.public().to_string(),
            format!("{text}="),
            String::new(),
        ] {
            assert_ne!(wrong, text);
            assert!(LogSigner::parse(&wrong).is_none(), "{wrong}");
        }
    }
}
