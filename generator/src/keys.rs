//! The folder of keys a publisher keeps: one private key of its own, and the public keys of everybody else.
//!
//! | file | what |
//! |---|---|
//! | `publisher.jwk` | the publisher's private key, mode 0600; signs the catalogue and the key files |
//! | `publisher*.pub.jwk` | publishers' public keys; relays, intakes and pages pin them |
//! | `relay*.pub.jwk`, `ack*.pub.jwk` | keys that sign receipts and acknowledgements; a past one stays while its signatures count |
//! | `log*.pub.key` | keys of the relay's logs, as C2SP verifier keys; a past one stays while proofs under it count |
//! | `recovery.pub.jwk` | the city's recovery key, whose private half is kept offline |
//! | `offices.json` | the register: `{"offices":{"00043":[{kid, jwk, not_before, not_after}]}}` |
//!
//! Private keys of others are never here: they are born where they are used.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use envelope::log::LogKey;
use envelope::{Digest, PublicKey, base64url};
use formdef::{Bilingual, Lang, both};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::fault::cause;
use crate::writing::write_whole;

mod logs;
mod register;

pub use register::{Added, Register, add_all, add_files};

/// The publisher's private key.
pub const PUBLISHER: &str = "publisher.jwk";

/// Its public half, which everybody else pins.
const PUBLISHER_PUBLIC: &str = "publisher.pub.jwk";
/// The register of the offices' public keys.
pub const REGISTER: &str = "offices.json";
/// The recovery key, and the code of its key file.
pub const RECOVERY: &str = "recovery";
/// The code of the key file of the relay's receipt keys.
pub(crate) const RELAY: &str = "relay";

/// What is wrong with a key or the folder of keys: where, what, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFault {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub message: Bilingual,
    /// What to do.
    pub mend: Bilingual,
}

impl KeyFault {
    fn new(path: &Path, message: Bilingual, mend: Bilingual) -> KeyFault {
        let path = path.to_owned();
        KeyFault {
            path,
            message,
            mend,
        }
    }

    fn unreadable(path: &Path, error: &io::Error, mend: Bilingual) -> KeyFault {
        let cause = cause(error);
        let message = both!([cause] "cannot be read: {cause}", "không đọc được: {cause}");
        KeyFault::new(path, message, mend)
    }

    fn unwritable(path: &Path, error: &io::Error) -> KeyFault {
        let cause = cause(error);
        KeyFault::new(
            path,
            both!([cause] "cannot be written: {cause}", "không ghi được: {cause}"),
            both!(
                "give yourself the right to write there",
                "hãy xin quyền ghi vào đó"
            ),
        )
    }

    /// The whole of it for a person, without a final line break.
    pub fn show(&self, lang: Lang) -> String {
        let (path, message, mend) = (
            self.path.display(),
            self.message.of(lang),
            self.mend.of(lang),
        );
        format!("{path}: {message}\n  = {mend}")
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show(Lang::En))
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
            both!("is a private key", "là khóa riêng"),
            both!(
                "give the file that ends in .pub.jwk; the private one stays where it is used",
                "hãy đưa tệp có đuôi .pub.jwk; khóa riêng ở lại nơi dùng nó"
            ),
        ));
    }
    public_key(path, &json, wanted)
}

fn read_json(path: &Path) -> Result<KeyJson, KeyFault> {
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => KeyFault::new(
            path,
            both!("the key is missing", "thiếu khóa này"),
            missing_mend(path),
        ),
        _ => KeyFault::unreadable(path, &error, right_to_read()),
    })?;
    serde_json::from_str(&text).map_err(|error| {
        KeyFault::new(
            path,
            both!("is not a key: {error}", "không phải là khóa: {error}"),
            both!(
                "give a JWK with kty, crv, x, y, kid and use",
                "hãy đưa một JWK có kty, crv, x, y, kid và use"
            ),
        )
    })
}

fn right_to_read() -> Bilingual {
    both!("give yourself the right to read it", "hãy xin quyền đọc nó")
}

fn missing_mend(path: &Path) -> Bilingual {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match name.as_ref() {
        PUBLISHER => make_publisher(),
        "relay.pub.jwk" => both!(
            "copy the one that `motcua-relay keys new` made",
            "chép khóa mà «motcua-relay keys new» đã tạo"
        ),
        "log.pub.key" => both!(
            "copy the one that `motcua-relay keys log` made",
            "chép khóa mà «motcua-relay keys log» đã tạo"
        ),
        "ack.pub.jwk" => both!(
            "copy the one that `motcua-intake keys new --use sign` made",
            "chép khóa mà «motcua-intake keys new --use sign» đã tạo"
        ),
        "recovery.pub.jwk" => both!(
            "make one with `motcua-intake keys new --office recovery` on a machine that is offline, and copy it",
            "tạo khóa bằng «motcua-intake keys new --office recovery» trên một máy không nối mạng, rồi chép sang"
        ),
        _ => both!("correct the path", "sửa lại đường dẫn"),
    }
}

fn make_publisher() -> Bilingual {
    both!(
        "make one with `motcua keys publisher`",
        "tạo khóa bằng «motcua keys publisher»"
    )
}

fn public_key(path: &Path, json: &KeyJson, wanted: Use) -> Result<PublicKey, KeyFault> {
    let jwk = envelope::Jwk {
        kty: json.kty.clone(),
        crv: json.crv.clone(),
        x: json.x.clone(),
        y: json.y.clone(),
    };
    let key = PublicKey::try_from(jwk).map_err(|error| {
        let mend = both!(
            "give a key on P-256",
            "hãy đưa một khóa trên đường cong P-256"
        );
        KeyFault::new(path, both!("is {error}", "không dùng được: {error}"), mend)
    })?;
    if p256::PublicKey::from_sec1_bytes(&key.sec1()).is_err() {
        return Err(KeyFault::new(
            path,
            both!(
                "its point is not on P-256",
                "điểm của khóa không nằm trên đường cong P-256"
            ),
            take_again(),
        ));
    }
    let thumbprint = key.thumbprint();
    if json.kid != thumbprint.to_string() {
        return Err(KeyFault::new(
            path,
            both!(
                "its kid is not its thumbprint, {thumbprint}",
                "kid không phải là dấu vân tay của khóa, {thumbprint}"
            ),
            take_again(),
        ));
    }
    if json.r#use != wanted {
        let (is, should) = match wanted {
            Use::Sig => (
                both!("is a key for sealing", "là khóa để niêm phong"),
                both!(
                    "give one that was made for signing",
                    "hãy đưa khóa được tạo để ký"
                ),
            ),
            Use::Enc => (
                both!("is a key for signing", "là khóa để ký"),
                both!(
                    "give one that was made for an office, for sealing",
                    "hãy đưa khóa được tạo cho một cơ quan, để niêm phong"
                ),
            ),
        };
        return Err(KeyFault::new(path, is, should));
    }
    Ok(key)
}

fn take_again() -> Bilingual {
    both!(
        "take the file again from whoever made it",
        "hãy lấy lại tệp từ người đã tạo ra nó"
    )
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
                both!(
                    "holds no private key that fits its public one",
                    "không có khóa riêng khớp với khóa công khai"
                ),
                make_publisher(),
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
                both!(
                    "is there already; nothing was written",
                    "đã có rồi; chưa ghi gì cả"
                ),
                both!(
                    "keep it: relays, intakes and pages know it. Move it away to make another",
                    "hãy giữ nó: trạm chuyển, nơi nhận và các trang đều nhận ra nó. Muốn tạo khóa khác thì chuyển nó đi chỗ khác"
                ),
            ));
        }
        let mut secret = [0; 32];
        let publisher = loop {
            random(&mut secret);
            if let Some(publisher) = Publisher::from_secret(&secret) {
                break publisher;
            }
        };
        fs::create_dir_all(dir).map_err(|error| KeyFault::unwritable(dir, &error))?;
        let public_path = dir.join(PUBLISHER_PUBLIC);
        let (private, public) = (
            publisher.json(Some(base64url::encode(&secret))),
            publisher.json(None),
        );
        write_whole(&path, private.as_bytes(), true)
            .map_err(|error| KeyFault::unwritable(&path, &error))?;
        write_whole(&public_path, public.as_bytes(), false)
            .map_err(|error| KeyFault::unwritable(&public_path, &error))?;
        Ok(publisher.public)
    }

    /// What relays, intakes and pages are given to pin is the half of this key, where it is there: what another one signs,
    /// they refuse.
    fn is_pinned(&self, dir: &Path) -> Result<(), KeyFault> {
        let path = dir.join(PUBLISHER_PUBLIC);
        if !path.exists() || read_public(&path, Use::Sig)? == self.public {
            return Ok(());
        }
        Err(KeyFault::new(
            &path,
            both!(
                "is not the public half of {PUBLISHER}: who pins it would refuse what is signed here",
                "không phải nửa công khai của {PUBLISHER}: nơi nào ghim nó sẽ từ chối những gì ký ở đây"
            ),
            both!(
                "put the pair back that belongs together; another publisher's public key has a name of its own, such as publisher-2016.pub.jwk",
                "đặt lại đúng cặp khóa; khóa công khai của bên công bố khác phải có tên riêng, ví dụ publisher-2016.pub.jwk"
            ),
        ))
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
    /// Keys of the relay's logs.
    pub logs: Vec<LogKey>,
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
        publisher.is_pinned(dir)?;
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
            logs: logs::read(dir)?,
            acks: at_least_one(dir, "ack")?,
            recovery: read_public(&dir.join("recovery.pub.jwk"), Use::Enc)?,
            register: Register::read(dir)?,
            dir: dir.to_owned(),
        })
    }

    /// The digest of all keys but the private one, whose public half is among them.
    pub(crate) fn digest(&self) -> Digest {
        let jwks = |keys: &[PublicKey]| keys.iter().map(|key| json!(key.jwk())).collect::<Value>();
        let families = [&self.publishers, &self.relays, &self.acks].map(|keys| jwks(keys));
        let (logs, recovery) = (&self.logs, self.recovery.jwk());
        let all = json!([families, logs, recovery, self.register]);
        Digest::of(all.to_string().as_bytes())
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
    files_of(dir, family, ".pub.jwk")?
        .iter()
        .map(|path| read_public(path, Use::Sig))
        .collect()
}

/// The files of the folder with such names, sorted.
fn files_of(dir: &Path, start: &str, end: &str) -> Result<Vec<PathBuf>, KeyFault> {
    let unreadable = |error: io::Error| {
        let mend = both!(
            "give the folder of keys with --keys",
            "hãy đưa thư mục khóa bằng --keys"
        );
        KeyFault::unreadable(dir, &error, mend)
    };
    let entries: Result<Vec<_>, _> = fs::read_dir(dir)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let mut paths = entries.map_err(unreadable)?;
    paths.retain(|path| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(start) && name.ends_with(end))
    });
    paths.sort();
    Ok(paths)
}
