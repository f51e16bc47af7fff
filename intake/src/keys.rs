//! Private keys: born here, never leaving here. `keys/{code}.jwk` opens an office's parts, `ack.jwk`
//! signs acknowledgements.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use envelope::manifest::RECOVERY;
use envelope::{Ack, Catalogue, Thumbprint, UnixTime, jws};
use p256::SecretKey;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};

use crate::durable::{self, Readers};
use crate::failure::Failure;
use crate::jwk::{PrivateKey, Use};

/// The opening keys held here, by `kid`, and the offices they belong to.
pub(crate) struct OfficeKeys {
    by_kid: BTreeMap<Thumbprint, SecretKey>,
    /// Thumbprint of each key to its office's code, for reporting.
    offices: BTreeMap<Thumbprint, String>,
}

impl OfficeKeys {
    /// Reads every `{code}.jwk` of a folder; while an office changes its key, `{code}.{anything}.jwk` too.
    ///
    /// Which office a *part* is for is not taken from file names but from the catalogue's `kid`.
    pub(crate) fn read(folder: &Path, catalogue: &Catalogue) -> Result<Self, Failure> {
        let mut keys = Self {
            by_kid: BTreeMap::new(),
            offices: BTreeMap::new(),
        };
        for (code, path) in key_files(folder)? {
            if code != RECOVERY && catalogue.office(&code).is_none() {
                return Err(Failure::at(
                    &path,
                    format!(
                        "the catalogue (serial {}) has no office \"{code}\"",
                        catalogue.serial
                    ),
                    "Name the file after the office's code, or move it out of this folder.",
                ));
            }
            let key = PrivateKey::read(&path, Use::Open)?;
            keys.by_kid.insert(key.kid, key.secret);
            keys.offices.insert(key.kid, code);
        }
        if keys.by_kid.is_empty() {
            return Err(Failure::at(
                folder,
                "no private key in it",
                "Make them with `motcua-intake keys new --office CODE --out` this folder.",
            ));
        }
        Ok(keys)
    }

    /// The key of that name, if it is here.
    pub(crate) fn get(&self, kid: &Thumbprint) -> Option<&SecretKey> {
        self.by_kid.get(kid)
    }

    /// Whether this office has any key here.
    pub(crate) fn has_office(&self, code: &str) -> bool {
        self.offices.values().any(|held| held == code)
    }

    /// Codes of the keys that the catalogue does not publish under their office: not yet, or no longer.
    pub(crate) fn unpublished(&self, catalogue: &Catalogue) -> Vec<&str> {
        let published = |kid: &Thumbprint, code: &str| {
            catalogue.recovery.kid == *kid
                || catalogue
                    .office(code)
                    .is_some_and(|office| office.key(*kid).is_some())
        };
        self.offices
            .iter()
            .filter(|(kid, code)| !published(kid, code))
            .map(|(_, code)| code.as_str())
            .collect()
    }

    /// How many keys are held.
    pub(crate) fn len(&self) -> usize {
        self.by_kid.len()
    }
}

/// `(code, path)` of the private key files of a folder, sorted by path.
fn key_files(folder: &Path) -> Result<Vec<(String, PathBuf)>, Failure> {
    let unreadable = |error| {
        Failure::at(
            folder,
            error,
            "Name the folder of the offices' private keys as `keys`.",
        )
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_private = name.ends_with(".jwk") && !name.ends_with(".pub.jwk");
        if let Some((code, _)) = name.split_once('.').filter(|_| is_private) {
            found.push((code.to_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}

/// The key that signs acknowledgements.
pub(crate) struct AckKey {
    signing: SigningKey,
    kid: Thumbprint,
}

impl AckKey {
    /// Reads the key and sees that relays will believe it: the catalogue must name it for `now`.
    pub(crate) fn read(path: &Path, catalogue: &Catalogue, now: UnixTime) -> Result<Self, Failure> {
        let key = PrivateKey::read(path, Use::Sign)?;
        let believed = catalogue
            .acks
            .iter()
            .any(|dated| dated.kid == key.kid && dated.signs_at(now));
        if !believed {
            return Err(Failure::at(
                path,
                format!(
                    "the catalogue (serial {}) names no acknowledgement key {} for today",
                    catalogue.serial, key.kid
                ),
                "Give its .pub.jwk to the publisher and publish again.",
            ));
        }
        Ok(Self {
            signing: SigningKey::from(key.secret),
            kid: key.kid,
        })
    }

    /// The signed acknowledgement, ES256 with the deterministic nonce of RFC 6979.
    pub(crate) fn sign(&self, ack: &Ack) -> String {
        let input = ack.signing_input(self.kid);
        let signature: Signature = self.signing.sign(input.as_bytes());
        jws::attach(&input, &signature.to_bytes().into())
    }
}

/// Makes `{code}.jwk` and `{code}.pub.jwk` in `folder` for each office; returns the new kids in order.
///
/// # Errors
/// A code that is none, a key that exists already (nothing is overwritten), an unwritable folder.
pub fn new_office_keys(
    codes: &[String],
    folder: &Path,
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<Vec<Thumbprint>, Failure> {
    for code in codes {
        let is_code = (1..=32).contains(&code.len())
            && code
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        let path = folder.join(format!("{code}.jwk"));
        if !is_code {
            return Err(Failure::new(format!(
                "{code:?} is not an office's code: 1 to 32 of a–z, 0–9 and -. Nothing was made."
            )));
        }
        if path.exists() {
            return Err(Failure::at(
                &path,
                "exists already",
                "A key is never overwritten; nothing was made.",
            ));
        }
    }
    durable::folder(folder, Readers::Intake)?;
    codes
        .iter()
        .map(|code| write_pair(&folder.join(format!("{code}.jwk")), Use::Open, random))
        .collect()
}

/// Makes the acknowledgement key: `file` and, beside it, its public twin.
///
/// # Errors
/// The file's name does not end in `.jwk`, exists already, or cannot be written.
pub fn new_ack_key(file: &Path, random: &mut dyn FnMut(&mut [u8])) -> Result<Thumbprint, Failure> {
    if file.extension().is_none_or(|extension| extension != "jwk") {
        return Err(Failure::at(
            file,
            "a key file must end in .jwk",
            "For instance ack.jwk.",
        ));
    }
    write_pair(file, Use::Sign, random)
}

fn write_pair(
    private: &Path,
    purpose: Use,
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<Thumbprint, Failure> {
    let key = PrivateKey::generate(random);
    durable::write_new(
        private,
        key.to_private_jwk(purpose).as_bytes(),
        Readers::Intake,
    )?;
    let public = private.with_extension("pub.jwk");
    durable::write(&public, key.to_public_jwk(purpose).as_bytes(), Readers::All)?;
    Ok(key.kid)
}
