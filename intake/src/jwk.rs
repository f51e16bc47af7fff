//! One private key as a file: `{"kty":"EC","crv":"P-256","x","y","d","kid","use"}` with `use` "enc" for an
//! office's opening key and "sig" for the acknowledgement key; `kid` is the RFC 7638 thumbprint. Its
//! public twin `….pub.jwk` lacks `d` and is what goes to the publisher. No type here has `Debug`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use envelope::{PublicKey, Thumbprint, base64url};
use p256::SecretKey;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// What a key may be used for; a key for one purpose is refused for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Opens parts sealed for an office.
    Open,
    /// Signs acknowledgements.
    Sign,
}

impl Use {
    fn word(self) -> &'static str {
        match self {
            Self::Open => "enc",
            Self::Sign => "sig",
        }
    }
}

/// The members of a private JWK file, borrowed from a buffer that is wiped.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrivateJwk<'a> {
    kty: &'a str,
    crv: &'a str,
    x: &'a str,
    y: &'a str,
    d: &'a str,
    kid: &'a str,
    r#use: &'a str,
}

/// A private key with its name.
pub(crate) struct PrivateKey {
    pub(crate) secret: SecretKey,
    pub(crate) kid: Thumbprint,
}

impl PrivateKey {
    pub(crate) fn read(path: &Path, purpose: Use) -> Result<Self, Failure> {
        refuse_other_readers(path)?;
        let file = Zeroizing::new(fs::read(path).map_err(|error| cannot_read(path, error))?);
        Self::parse(&file, purpose).map_err(|said| {
            Failure::at(
                path,
                said,
                "Make a key with `motcua-intake keys new`, or restore this one.",
            )
        })
    }

    fn parse(file: &[u8], purpose: Use) -> Result<Self, &'static str> {
        let jwk: PrivateJwk = serde_json::from_slice(file)
            .map_err(|_| "not a private key as JWK (kty crv x y d kid use)")?;
        if jwk.kty != "EC" || jwk.crv != "P-256" {
            return Err("not a key of P-256");
        }
        if jwk.r#use != purpose.word() {
            return Err(match purpose {
                Use::Open => "`use` is not \"enc\": not a key that opens parts",
                Use::Sign => "`use` is not \"sig\": not a key that signs acknowledgements",
            });
        }
        let d = base64url::decode_fixed::<32>(jwk.d).map(Zeroizing::new);
        let secret = d
            .and_then(|d| SecretKey::from_slice(&*d).ok())
            .ok_or("`d` is not a private key of P-256")?;
        let public = public_of(&secret);
        let same = public.jwk();
        if same.x != jwk.x || same.y != jwk.y {
            return Err("`x` and `y` are not the point of `d`");
        }
        let kid = public.thumbprint();
        if kid.to_string() != jwk.kid {
            return Err("`kid` is not the thumbprint of the key");
        }
        Ok(Self { secret, kid })
    }

    pub(crate) fn generate(random: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut d = Zeroizing::new([0; 32]);
        let secret = loop {
            random(&mut *d);
            // Fails for zero and beyond the group's order: about once in 2^32 keys.
            if let Ok(secret) = SecretKey::from_slice(&*d) {
                break secret;
            }
        };
        let kid = public_of(&secret).thumbprint();
        Self { secret, kid }
    }

    pub(crate) fn to_private_jwk(&self, purpose: Use) -> Zeroizing<String> {
        let envelope::Jwk { x, y, .. } = public_of(&self.secret).jwk();
        let d = Zeroizing::new(self.secret.to_bytes());
        let d = Zeroizing::new(base64url::encode(&d));
        Zeroizing::new(format!(
            "{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{x}\",\"y\":\"{y}\",\"d\":\"{}\",\"kid\":\"{}\",\"use\":\"{}\"}}\n",
            *d,
            self.kid,
            purpose.word()
        ))
    }

    pub(crate) fn to_public_jwk(&self, purpose: Use) -> String {
        let envelope::Jwk { x, y, .. } = public_of(&self.secret).jwk();
        format!(
            "{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{x}\",\"y\":\"{y}\",\"kid\":\"{}\",\"use\":\"{}\"}}\n",
            self.kid,
            purpose.word()
        )
    }
}

fn public_of(secret: &SecretKey) -> PublicKey {
    let sec1 = secret.public_key().to_sec1_bytes();
    let coordinate = |from: usize| {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&sec1[from..from + 32]);
        bytes
    };
    PublicKey::from_coordinates(coordinate(1), coordinate(33))
}

fn cannot_read(path: &Path, error: std::io::Error) -> Failure {
    Failure::at(
        path,
        error,
        "The key must be there before the intake can work; restore it or name it in the config.",
    )
}

fn refuse_other_readers(path: &Path) -> Result<(), Failure> {
    let mode = fs::metadata(path)
        .map_err(|error| cannot_read(path, error))?
        .permissions()
        .mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let said = format!(
        "others than the owner may read this private key (mode {:o})",
        mode & 0o777
    );
    Err(Failure::at(
        path,
        said,
        "Run: chmod 600 on it; if others did read it, make a new key.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PrivateKey {
        PrivateKey::generate(&mut |bytes| bytes.fill(7))
    }

    #[test]
    fn a_written_key_reads_back() {
        let text = key().to_private_jwk(Use::Open);
        let back = PrivateKey::parse(text.as_bytes(), Use::Open).map(|key| key.kid);
        assert_eq!(back.ok(), Some(key().kid));
        assert!(!key().to_public_jwk(Use::Open).contains("\"d\""));
    }

    #[test]
    fn zero_is_no_key_and_is_drawn_again() {
        let mut draws = [0u8, 0, 9].into_iter();
        let key = PrivateKey::generate(&mut |bytes| bytes.fill(draws.next().unwrap_or(1)));
        assert_eq!(key.secret.to_bytes().as_slice(), [9; 32]);
    }

    #[test]
    fn a_key_that_is_not_what_it_says_is_refused() {
        let text = key().to_private_jwk(Use::Open);
        let other = PrivateKey::generate(&mut |bytes| bytes.fill(8));
        let swap = |from: &str, to: &str| text.replace(from, to);
        let cases = [
            (swap("\"P-256\"", "\"P-384\""), "not a key of P-256"),
            (swap("\"enc\"", "\"sig\""), "not a key that opens parts"),
            (
                swap(&key().kid.to_string(), &other.kid.to_string()),
                "not the thumbprint",
            ),
            (
                swap(
                    &public_of(&key().secret).jwk().x,
                    &public_of(&other.secret).jwk().x,
                ),
                "not the point of `d`",
            ),
            (
                swap("\"kty\"", "\"alg\":\"none\",\"kty\""),
                "not a private key as JWK",
            ),
            (key().to_public_jwk(Use::Open), "not a private key as JWK"),
        ];
        for (file, words) in cases {
            let said = PrivateKey::parse(file.as_bytes(), Use::Open)
                .map(|_| ())
                .expect_err(words);
            assert!(said.contains(words), "{said}");
        }
    }
}
