//! Public keys on P-256, and their names.

use std::fmt;
use std::str::FromStr;

use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::base64url;
use crate::digest::{Digest, NotADigest};

/// A public key as JSON (RFC 7517), with exactly these four members: `{"kty":"EC","crv":"P-256","x":"…","y":"…"}`.
///
/// It is only the shape; [`PublicKey`] is the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jwk {
    /// `EC`.
    pub kty: String,
    /// `P-256`.
    pub crv: String,
    /// 32 bytes, big-endian, in base64url.
    pub x: String,
    /// 32 bytes, big-endian, in base64url.
    pub y: String,
}

/// A public P-256 key: two coordinates of 32 bytes. In JSON a [`Jwk`].
///
/// Whether the point lies on the curve shows when the key is used: [`PublicKey::verify`] is false off the curve, and
/// key agreement at the intake refuses it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Jwk", into = "Jwk")]
pub struct PublicKey {
    x: [u8; 32],
    y: [u8; 32],
}

impl PublicKey {
    /// The key with these coordinates, big-endian.
    #[must_use]
    pub const fn from_coordinates(x: [u8; 32], y: [u8; 32]) -> Self {
        Self { x, y }
    }

    /// The two coordinates, big-endian.
    #[must_use]
    pub const fn coordinates(&self) -> (&[u8; 32], &[u8; 32]) {
        (&self.x, &self.y)
    }

    /// The key as a [`Jwk`].
    #[must_use]
    pub fn jwk(&self) -> Jwk {
        Jwk {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: base64url::encode(&self.x),
            y: base64url::encode(&self.y),
        }
    }

    /// The uncompressed point of SEC 1: `04 ‖ x ‖ y`.
    #[must_use]
    pub fn sec1(&self) -> [u8; 65] {
        let mut point = [0; 65];
        point[0] = 4;
        point[1..33].copy_from_slice(&self.x);
        point[33..].copy_from_slice(&self.y);
        point
    }

    /// The key's name (RFC 7638): the digest of its members in the order of the alphabet, without white space.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let (x, y) = (base64url::encode(&self.x), base64url::encode(&self.y));
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Thumbprint(Digest::of(canonical.as_bytes()))
    }

    /// Whether `signature` (r ‖ s, each in [1, n − 1]) is one by this key over `signing_input` with ES256.
    ///
    /// `(r, s)` and `(r, n − s)` are both true: nothing may be named by the bytes of a signature.
    #[must_use]
    pub fn verify(&self, signing_input: &[u8], signature: &[u8; 64]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.sec1())
            .verify(signing_input, signature)
            .is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.thumbprint())
    }
}

impl From<PublicKey> for Jwk {
    fn from(key: PublicKey) -> Self {
        key.jwk()
    }
}

impl TryFrom<Jwk> for PublicKey {
    type Error = KeyFault;

    fn try_from(jwk: Jwk) -> Result<Self, KeyFault> {
        if jwk.kty != "EC" || jwk.crv != "P-256" {
            return Err(KeyFault::OtherKind);
        }
        let x = base64url::decode_fixed(&jwk.x).ok_or(KeyFault::Coordinate)?;
        let y = base64url::decode_fixed(&jwk.y).ok_or(KeyFault::Coordinate)?;
        Ok(Self { x, y })
    }
}

/// Why a [`Jwk`] is not a [`PublicKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// `kty` or `crv` names another kind of key.
    OtherKind,
    /// A coordinate is not 32 bytes in strict base64url.
    Coordinate,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherKind => "a key with kty other than EC or crv other than P-256",
            Self::Coordinate => "a key whose x or y is not 32 bytes in base64url (43 characters)",
        })
    }
}

impl std::error::Error for KeyFault {}

/// The name of a key: `kid` of signatures and parts, `jkt` of submissions. In JSON 43 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Thumbprint(Digest);

impl Thumbprint {
    /// A thumbprint that was computed before, for instance one read from a store.
    #[must_use]
    pub const fn from_digest(digest: Digest) -> Self {
        Self(digest)
    }

    /// The digest that it is.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}

impl FromStr for Thumbprint {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 7515, A.3.
    const RFC_7515_A3: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    fn key() -> PublicKey {
        serde_json::from_str(RFC_7515_A3).expect("the key of the RFC")
    }

    #[test]
    fn reads_and_writes_the_same_jwk() {
        assert_eq!(serde_json::to_string(&key()).expect("JSON"), RFC_7515_A3);
        let key = key();
        let (x, y) = key.coordinates();
        assert_eq!(PublicKey::from_coordinates(*x, *y), key);
        assert_eq!(key.sec1()[..33], [&[4], &x[..]].concat());
        assert_eq!(key.sec1()[33..], y[..]);
    }

    #[test]
    fn refuses_other_keys() {
        for (from, to) in [
            ("EC", "RSA"),
            ("P-256", "P-384"),
            ("f83OJ3D2", "f83OJ3D"),
            ("VEU\"", "VEV\""),
            ("\"kty\"", "\"d\":\"AA\",\"kty\""),
            ("\"kty\"", "\"use\":\"sig\",\"kty\""),
        ] {
            let other = RFC_7515_A3.replacen(from, to, 1);
            assert!(
                serde_json::from_str::<PublicKey>(&other).is_err(),
                "{other}"
            );
        }
    }

    #[test]
    fn faults_and_debugging_texts_say_what_it_is() {
        assert!(KeyFault::OtherKind.to_string().contains("kty"));
        assert!(KeyFault::Coordinate.to_string().contains("43 characters"));
        let thumbprint = key().thumbprint();
        assert_eq!(format!("{:?}", key()), format!("PublicKey({thumbprint})"));
        assert_eq!(
            format!("{thumbprint:?}"),
            format!("Thumbprint({thumbprint})")
        );
    }

    #[test]
    fn a_thumbprint_is_that_of_rfc_7638() {
        // Computed with another library (npm jose, calculateJwkThumbprint).
        let thumbprint = key().thumbprint();
        assert_eq!(
            thumbprint.to_string(),
            "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
        );
        assert_eq!(thumbprint.to_string().parse(), Ok(thumbprint));
        assert_eq!(Thumbprint::from_digest(*thumbprint.digest()), thumbprint);
    }

    #[test]
    fn verifies_the_example_of_rfc_7515_and_not_another_text() {
        let signing_input = b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = base64url::decode_fixed::<64>(
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        )
        .expect("64 bytes");
        assert!(key().verify(signing_input, &signature));
        assert!(!key().verify(&signing_input[1..], &signature));
    }
}
