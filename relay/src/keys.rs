//! Key files: the publishers' public ones, and the private one that signs receipts, which is born here.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use envelope::{Jwk, PublicKey, Thumbprint, base64url};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// A key file: a JWK with its name and use; `d` only where the key is used.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    kty: String,
    crv: String,
    x: String,
    y: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    d: Option<String>,
    kid: Thumbprint,
    #[serde(rename = "use")]
    used_for: String,
}

/// The relay's own key. It has no `Debug` and never leaves this type.
pub(crate) struct SigningKey {
    kid: Thumbprint,
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl SigningKey {
    /// Reads a private key file as [`create`] wrote it.
    pub(crate) fn read(path: &Path, random: SystemRandom) -> Result<SigningKey, Fault> {
        let (file, public) = read(path)?;
        let d = file
            .d
            .as_deref()
            .and_then(base64url::decode_fixed::<32>)
            .ok_or_else(|| {
                Fault::new(
                    path.display(),
                    "has no private key `d`",
                    "name the file without .pub",
                )
            })?;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &d,
            &public.sec1(),
            &random,
        )
        .map_err(|_| Fault::new(path.display(), "`d` does not belong to x and y", MAKE_ANEW))?;
        Ok(SigningKey {
            kid: file.kid,
            pair,
            random,
        })
    }

    /// The key's name in receipts and in the catalogue.
    pub(crate) fn kid(&self) -> Thumbprint {
        self.kid
    }

    /// ES256 over a signing input: r ‖ s.
    pub(crate) fn sign(&self, signing_input: &str) -> Result<[u8; 64], ring::error::Unspecified> {
        let signature = self.pair.sign(&self.random, signing_input.as_bytes())?;
        signature
            .as_ref()
            .try_into()
            .map_err(|_| ring::error::Unspecified)
    }
}

const MAKE_ANEW: &str = "make a key with `motcua-relay keys new --out FILE`";

/// Reads a public key file.
pub(crate) fn read_public(path: &Path) -> Result<PublicKey, Fault> {
    read(path).map(|(_, public)| public)
}

fn read(path: &Path) -> Result<(KeyFile, PublicKey), Fault> {
    let text = fs::read(path).map_err(|error| {
        Fault::new(
            path.display(),
            format!("the key cannot be read: {error}"),
            "put the key file there",
        )
    })?;
    let not_a_key =
        |what: String| Fault::new(path.display(), format!("not a key file: {what}"), MAKE_ANEW);
    let file: KeyFile =
        serde_json::from_slice(&text).map_err(|error| not_a_key(error.to_string()))?;
    let jwk = Jwk {
        kty: file.kty.clone(),
        crv: file.crv.clone(),
        x: file.x.clone(),
        y: file.y.clone(),
    };
    let public = PublicKey::try_from(jwk).map_err(|fault| not_a_key(fault.to_string()))?;
    if public.thumbprint() != file.kid {
        return Err(not_a_key(
            "`kid` is not the thumbprint of the key".to_owned(),
        ));
    }
    if file.used_for != "sig" {
        return Err(not_a_key(format!(
            "its use is \"{}\", not \"sig\"",
            file.used_for
        )));
    }
    Ok((file, public))
}

/// Makes a new key: the private file at `path` (readable by its owner alone), the public one beside it as
/// `NAME.pub.jwk`. Returns the public file's path and the key's name.
///
/// # Errors
/// One of the files exists already, or cannot be written; then neither is left behind half written.
pub fn create(path: &Path, random: &SystemRandom) -> Result<(PathBuf, Thumbprint), Fault> {
    let public_path = path.with_extension("pub.jwk");
    let mut file = generate(random).ok_or_else(|| {
        Fault::new(
            path.display(),
            "no key came out",
            "try again; report it if it stays",
        )
    })?;
    write_new(path, 0o600, &file.text())?;
    file.d = None;
    if let Err(fault) = write_new(&public_path, 0o644, &file.text()) {
        // Half a pair is of no use, and the next try would stumble over it.
        let _ = fs::remove_file(path);
        return Err(fault);
    }
    Ok((public_path, file.kid))
}

fn generate(random: &SystemRandom) -> Option<KeyFile> {
    /// Where the private scalar lies in the PKCS #8 document that ring writes for P-256; below it is proved by ring.
    const D: std::ops::Range<usize> = 36..68;
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, random).ok()?;
    let d = document.as_ref().get(D)?;
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), random)
            .ok()?;
    let point = pair.public_key().as_ref();
    EcdsaKeyPair::from_private_key_and_public_key(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        d,
        point,
        random,
    )
    .ok()?;
    let public = PublicKey::from_coordinates(
        point.get(1..33)?.try_into().ok()?,
        point.get(33..)?.try_into().ok()?,
    );
    let Jwk { kty, crv, x, y } = public.jwk();
    let kid = public.thumbprint();
    Some(KeyFile {
        kty,
        crv,
        x,
        y,
        d: Some(base64url::encode(d)),
        kid,
        used_for: "sig".to_owned(),
    })
}

impl KeyFile {
    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

/// Writes a key file that is not there yet. Nothing is left of it when that fails.
pub(crate) fn write_new(path: &Path, mode: u32, text: &str) -> Result<(), Fault> {
    let write = || -> io::Result<()> {
        let mut out = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(path)?;
        out.write_all(text.as_bytes())
            .and_then(|()| out.sync_all())
            .inspect_err(|_| {
                let _ = fs::remove_file(path);
            })
    };
    write().map_err(|error| {
        let mend = match error.kind() {
            io::ErrorKind::AlreadyExists => "choose another name: a key is never written over",
            _ => "make the folder and let this user write there",
        };
        Fault::new(
            path.display(),
            format!("the key cannot be written: {error}"),
            mend,
        )
    })
}
