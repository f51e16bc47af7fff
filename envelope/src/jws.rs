//! Compact JWS (RFC 7515) with ES256 and an exactly known header.
//!
//! A reader of this crate never looks into a header to find out what to do. It knows the one header that may stand
//! there, builds it again from the only variable in it (a key or the name of a key), and compares bytes. So `alg: none`,
//! `crit`, `jku`, another order of members or one space more are all the same thing: not this header.

use std::fmt;

use crate::base64url;
use crate::digest::Digest;
use crate::key::{PublicKey, Thumbprint};

/// What a signature is for; a signature for one purpose is refused for every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typ {
    /// A manifest, by the key of its case.
    Submission,
    /// A receipt, by the relay.
    Receipt,
    /// An acknowledgement, by an intake.
    Ack,
    /// The catalogue, by the publisher.
    Catalogue,
    /// The keys of one office, by the publisher.
    Keys,
    /// Every file of a portal, by the publisher.
    Release,
}

impl Typ {
    /// The `typ` member of the header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submission => "motcua-submission+jws",
            Self::Receipt => "motcua-receipt+jws",
            Self::Ack => "motcua-ack+jws",
            Self::Catalogue => "motcua-catalogue+jws",
            Self::Keys => "motcua-keys+jws",
            Self::Release => "motcua-release+jws",
        }
    }
}

/// The header of a manifest, which carries its key: `{"alg":"ES256","typ":"…","jwk":{…}}`.
#[must_use]
pub fn header_with_key(typ: Typ, key: &PublicKey) -> String {
    let (x, y) = key.coordinates();
    let (x, y) = (base64url::encode(x), base64url::encode(y));
    let typ = typ.as_str();
    format!(
        r#"{{"alg":"ES256","typ":"{typ}","jwk":{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}}}"#
    )
}

/// The header of everything else, which names its key: `{"alg":"ES256","typ":"…","kid":"…"}`.
#[must_use]
pub fn header_with_kid(typ: Typ, kid: Thumbprint) -> String {
    format!(
        r#"{{"alg":"ES256","typ":"{}","kid":"{kid}"}}"#,
        typ.as_str()
    )
}

/// What is to be signed: `base64url(header) . base64url(payload)`, ASCII.
#[must_use]
pub fn signing_input(header: &str, payload: &[u8]) -> String {
    format!(
        "{}.{}",
        base64url::encode(header.as_bytes()),
        base64url::encode(payload)
    )
}

/// The compact JWS: `signing_input . base64url(signature)`. The signature is r ‖ s.
#[must_use]
pub fn attach(signing_input: &str, signature: &[u8; 64]) -> String {
    format!("{signing_input}.{}", base64url::encode(signature))
}

/// A compact JWS in strict bytes whose header and signature nobody has checked yet.
#[derive(Clone, Debug)]
pub struct Compact {
    text: String,
    signing_input_bytes: usize,
    header: Vec<u8>,
    payload: Vec<u8>,
    signature: [u8; 64],
}

impl Compact {
    /// Splits a compact JWS: exactly two dots, three pieces of strict base64url, 64 bytes of signature.
    ///
    /// # Errors
    /// [`NotCompact`] for anything else. The length of the text is bounded by the caller.
    pub fn read(text: &str) -> Result<Self, NotCompact> {
        let (signing_input, signature) = text.rsplit_once('.').ok_or(NotCompact)?;
        let (header, payload) = signing_input.split_once('.').ok_or(NotCompact)?;
        Ok(Self {
            // A third dot would lie in one of the pieces, where base64url refuses it.
            header: base64url::decode(header).ok_or(NotCompact)?,
            payload: base64url::decode(payload).ok_or(NotCompact)?,
            signature: base64url::decode_fixed(signature).ok_or(NotCompact)?,
            signing_input_bytes: signing_input.len(),
            text: text.to_owned(),
        })
    }

    /// The whole JWS as read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `header . payload` as read.
    #[must_use]
    pub fn signing_input(&self) -> &str {
        &self.text[..self.signing_input_bytes]
    }

    /// The digest of the signing input. It names what was signed; the signature's bytes do not take part, for each
    /// ECDSA signature has a valid twin.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.signing_input().as_bytes())
    }

    /// The payload's bytes.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The key in the header, if the header is exactly [`header_with_key`] of it.
    #[must_use]
    pub fn key(&self, typ: Typ) -> Option<PublicKey> {
        let header = str::from_utf8(&self.header).ok()?;
        let (_, rest) = header.split_once(r#""x":""#)?;
        let (x, rest) = rest.split_once(r#"","y":""#)?;
        let (y, _) = rest.split_once('"')?;
        let key =
            PublicKey::from_coordinates(base64url::decode_fixed(x)?, base64url::decode_fixed(y)?);
        (header_with_key(typ, &key) == header).then_some(key)
    }

    /// The name of the key in the header, if the header is exactly [`header_with_kid`] of it.
    #[must_use]
    pub fn kid(&self, typ: Typ) -> Option<Thumbprint> {
        let header = str::from_utf8(&self.header).ok()?;
        let (_, rest) = header.split_once(r#""kid":""#)?;
        let (kid, _) = rest.split_once('"')?;
        let kid = kid.parse().ok()?;
        (header_with_kid(typ, kid) == header).then_some(kid)
    }

    /// Whether `key` signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verify(self.signing_input().as_bytes(), &self.signature)
    }
}

/// The text is not a compact JWS in strict bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotCompact;

impl fmt::Display for NotCompact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a compact JWS: three pieces of strict base64url, the last of 64 bytes")
    }
}

impl std::error::Error for NotCompact {}

/// The bytes of a payload. The types of this crate are plain structs, whose writing as JSON cannot fail.
pub(crate) fn payload<T: serde::Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("a plain struct is JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let kid = Thumbprint::from_digest(Digest::of(b"abc"));
        let input = signing_input(&header_with_kid(Typ::Ack, kid), b"{}");
        let text = attach(&input, &[7; 64]);
        let compact = Compact::read(&text).expect("just written");
        assert_eq!(compact.as_str(), text);
        assert_eq!(compact.signing_input(), input);
        assert_eq!(compact.digest(), Digest::of(input.as_bytes()));
        assert_eq!(compact.payload(), b"{}");
        assert_eq!(compact.kid(Typ::Ack), Some(kid));
        assert_eq!(
            compact.kid(Typ::Receipt),
            None,
            "a signature for another purpose"
        );
        assert_eq!(compact.key(Typ::Ack), None, "a name is not a key");
    }

    #[test]
    fn says_what_is_not_compact() {
        let fault = Compact::read("a.b").expect_err("two pieces");
        assert!(fault.to_string().starts_with("not a compact JWS"));
    }
}
