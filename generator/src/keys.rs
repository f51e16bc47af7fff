//! The folder of keys a publisher keeps: one private key of its own, and the public keys of everybody else.
//!
//! | file | what |
//! |---|---|
//! | `publisher.jwk` | the publisher's private key, mode 0600; signs the catalogue and the key files |
//! | `publisher*.pub.jwk` | publishers' public keys; relays, intakes and pages pin them |
//! | `relay*.pub.jwk`, `ack*.pub.jwk` | keys that sign receipts and acknowledgements; a past one stays while its signatures count |
//! | `recovery.pub.jwk` | the city's recovery key, whose private half is kept offline |
//! | `offices.json` | the register: `{"offices":{"00043":[{kid, jwk, not_before, not_after}]}}` |
//!
//! Private keys of others are never here: they are born where they are used.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use envelope::{PublicKey, base64url};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde::{Deserialize, Serialize};

use crate::output::write_whole;

mod register;

pub use register::{Added, Register, add_all, add_files};

/// The publisher's private key.
pub const PUBLISHER: &str = "publisher.jwk";
/// The register of the offices' public keys.
pub const REGISTER: &str = "offices.json";
/// The recovery key, and the code of its key file.
pub const RECOVERY: &str = "recovery";

/// What is wrong with a key or the folder of keys: where, what, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFault {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub mend: String,
}

impl KeyFault {
    fn new(path: &Path, message: impl Into<String>, mend: impl Into<String>) -> KeyFault {
        KeyFault {
            path: path.to_owned(),
            message: message.into(),
            mend: mend.into(),
        }
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}\n  = {}",
            self.path.display(),
            self.message,
            self.mend
        )
    }
}

impl std::error::Error for KeyFault {}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// It signs.
    Sig,
    /// Parts are sealed to it.
    Enc,
}

/// A key file as JSON: a JWK with its name and use; `d` only in private ones.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyJson {
    kty: String,
    crv: String,
    x: String,
    y: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    d: Option<String>,
    kid: String,
    r#use: Use,
}

/// Reads a public key of that use.
///
/// Errors: no such file, not a key on P-256, a private key, another use, a `kid` that is not its thumbprint.
pub fn read_public(path: &Path, wanted: Use) -> Result<PublicKey, KeyFault> {
    let json = read_json(path)?;
    if json.d.is_some() {
        return Err(KeyFault::new(
            path,
            "is a private key",
            "give the file that ends in .pub.jwk; the private one stays where it is used",
        ));
    }
    public_key(path, &json, wanted)
}

fn read_json(path: &Path) -> Result<KeyJson, KeyFault> {
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => KeyFault::new(path, "the key is missing", missing_mend(path)),
        _ => KeyFault::new(
            path,
            format!("cannot be read: {error}"),
            "give yourself the right to read it",
        ),
    })?;
    serde_json::from_str(&text).map_err(|error| {
        KeyFault::new(
            path,
            format!("is not a key: {error}"),
            "give a JWK with kty, crv, x, y, kid and use",
        )
    })
}

fn missing_mend(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match name.as_ref() {
        PUBLISHER => "make one with `motcua keys publisher`".to_owned(),
        "relay.pub.jwk" => "copy the one that `motcua-relay keys new` made".to_owned(),
        "ack.pub.jwk" => "copy the one that `motcua-intake keys new --use sign` made".to_owned(),
        "recovery.pub.jwk" => "make one with `motcua-intake keys new --office recovery` on a machine that is offline, and copy it".to_owned(),
        _ => "correct the path".to_owned(),
    }
}

fn public_key(path: &Path, json: &KeyJson, wanted: Use) -> Result<PublicKey, KeyFault> {
    let jwk = envelope::Jwk {
        kty: json.kty.clone(),
        crv: json.crv.clone(),
        x: json.x.clone(),
        y: json.y.clone(),
    };
    let key = PublicKey::try_from(jwk)
        .map_err(|error| KeyFault::new(path, format!("is {error}"), "give a key on P-256"))?;
    if p256::PublicKey::from_sec1_bytes(&key.sec1()).is_err() {
        return Err(KeyFault::new(
            path,
            "its point is not on P-256",
            "take the file again from whoever made it",
        ));
    }
    if json.kid != key.thumbprint().to_string() {
        return Err(KeyFault::new(
            path,
            format!("its kid is not its thumbprint, {}", key.thumbprint()),
            "take the file again from whoever made it",
        ));
    }
    if json.r#use != wanted {
        let (is, should) = match wanted {
            Use::Sig => ("is a key for sealing", "give one that was made for signing"),
            Use::Enc => (
                "is a key for signing",
                "give one that was made for an office, for sealing",
            ),
        };
        return Err(KeyFault::new(path, is, should));
    }
    Ok(key)
}

/// The publisher's private key. It has no `Debug` and leaves no copy but this one.
pub struct Publisher {
    signing: SigningKey,
    public: PublicKey,
}

impl Publisher {
    /// Reads `publisher.jwk` of the folder.
    pub fn read(dir: &Path) -> Result<Publisher, KeyFault> {
        let path = dir.join(PUBLISHER);
        let json = read_json(&path)?;
        let public = public_key(&path, &json, Use::Sig)?;
        let no_private = || {
            KeyFault::new(
                &path,
                "holds no private key that fits its public one",
                "make one with `motcua keys publisher`",
            )
        };
        let secret = json
            .d
            .as_deref()
            .and_then(base64url::decode_fixed::<32>)
            .ok_or_else(no_private)?;
        let publisher = Publisher::from_secret(&secret).ok_or_else(no_private)?;
        if publisher.public == public {
            Ok(publisher)
        } else {
            Err(no_private())
        }
    }

    /// Makes `publisher.jwk` (for its owner alone) and `publisher.pub.jwk` from 32 random bytes; draws again while
    /// they are no key.
    ///
    /// Errors: there is one already (it is never replaced), the folder cannot be written.
    pub fn create(dir: &Path, random: &mut dyn FnMut(&mut [u8])) -> Result<PublicKey, KeyFault> {
        let path = dir.join(PUBLISHER);
        if path.exists() {
            return Err(KeyFault::new(
                &path,
                "is there already; nothing was written",
                "keep it: relays, intakes and pages know it. Move it away to make another",
            ));
        }
        let mut secret = [0; 32];
        let publisher = loop {
            random(&mut secret);
            if let Some(publisher) = Publisher::from_secret(&secret) {
                break publisher;
            }
        };
        let unwritable = |path: &Path, error: std::io::Error| {
            KeyFault::new(
                path,
                format!("cannot be written: {error}"),
                "give yourself the right to write there",
            )
        };
        fs::create_dir_all(dir).map_err(|error| unwritable(dir, error))?;
        let public_path = dir.join("publisher.pub.jwk");
        let (private, public) = (
            publisher.json(Some(base64url::encode(&secret))),
            publisher.json(None),
        );
        write_whole(&path, private.as_bytes(), true).map_err(|error| unwritable(&path, error))?;
        write_whole(&public_path, public.as_bytes(), false)
            .map_err(|error| unwritable(&public_path, error))?;
        Ok(publisher.public)
    }

    fn from_secret(secret: &[u8; 32]) -> Option<Publisher> {
        let signing = SigningKey::from_slice(secret).ok()?;
        let point = signing.verifying_key().to_sec1_point(false);
        let coordinate = |bytes: &[u8]| <[u8; 32]>::try_from(bytes).ok();
        let bytes = point.as_bytes();
        let public = PublicKey::from_coordinates(
            coordinate(bytes.get(1..33)?)?,
            coordinate(bytes.get(33..65)?)?,
        );
        Some(Publisher { signing, public })
    }

    fn json(&self, d: Option<String>) -> String {
        let jwk = self.public.jwk();
        let kid = self.public.thumbprint().to_string();
        let json = KeyJson {
            kty: jwk.kty,
            crv: jwk.crv,
            x: jwk.x,
            y: jwk.y,
            d,
            kid,
            r#use: Use::Sig,
        };
        serde_json::to_string(&json).unwrap_or_default() + "\n"
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// ES256 over a JWS signing input. The nonce is that of RFC 6979: the same input, the same signature.
    pub fn sign(&self, signing_input: &str) -> [u8; 64] {
        let signature: Signature = self.signing.sign(signing_input.as_bytes());
        signature.to_bytes().into()
    }
}

/// All keys a build needs.
pub struct Keys {
    /// Signs.
    pub publisher: Publisher,
    /// Every publisher's key, the signing one first.
    pub publishers: Vec<PublicKey>,
    /// Keys of relays.
    pub relays: Vec<PublicKey>,
    /// Keys of acknowledgements.
    pub acks: Vec<PublicKey>,
    /// The recovery key.
    pub recovery: PublicKey,
    /// The offices' keys.
    pub register: Register,
    /// Where they are, for messages.
    pub dir: PathBuf,
}

impl Keys {
    /// Reads a folder of keys.
    pub fn read(dir: &Path) -> Result<Keys, KeyFault> {
        let publisher = Publisher::read(dir)?;
        let mut publishers = vec![publisher.public()];
        publishers.extend(
            read_family(dir, "publisher")?
                .into_iter()
                .filter(|key| *key != publisher.public()),
        );
        Ok(Keys {
            publishers,
            publisher,
            relays: at_least_one(dir, "relay")?,
            acks: at_least_one(dir, "ack")?,
            recovery: read_public(&dir.join("recovery.pub.jwk"), Use::Enc)?,
            register: Register::read(dir)?,
            dir: dir.to_owned(),
        })
    }
}

fn at_least_one(dir: &Path, family: &str) -> Result<Vec<PublicKey>, KeyFault> {
    let keys = read_family(dir, family)?;
    if keys.is_empty() {
        read_public(&dir.join(format!("{family}.pub.jwk")), Use::Sig).map(|key| vec![key])
    } else {
        Ok(keys)
    }
}

/// Every `{family}*.pub.jwk` of the folder, by name.
fn read_family(dir: &Path, family: &str) -> Result<Vec<PublicKey>, KeyFault> {
    let unreadable = |error: std::io::Error| {
        KeyFault::new(
            dir,
            format!("cannot be read: {error}"),
            "give the folder of keys with --keys",
        )
    };
    let entries: Result<Vec<_>, _> = fs::read_dir(dir)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let mut paths = entries.map_err(unreadable)?;
    paths.retain(|path| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(family) && name.ends_with(".pub.jwk"))
    });
    paths.sort();
    paths
        .iter()
        .map(|path| read_public(path, Use::Sig))
        .collect()
}
