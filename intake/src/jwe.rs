//! Opening one sealed part: compact JWE, ECDH-ES on P-256, A256GCM (RFC 7516, RFC 7518 §4.6 and §5.3).
//!
//! `envelope` has no function that opens and ring has no static ECDH key, so this is the one place
//! in the house where `p256` meets a citizen's bytes.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Key};
use envelope::{Digest, Thumbprint, base64url};
use p256::{PublicKey, SecretKey};
use zeroize::Zeroizing;

use crate::cause::Cause;

/// Bytes of an AES-GCM nonce and tag as the format fixes them.
const IV_LEN: usize = 12;
const TAG_LEN: usize = 16;

/// Opens `compact` with the private key whose thumbprint the manifest names as `kid`.
///
/// The plaintext is wiped from memory when the caller drops it.
pub(crate) fn open(
    compact: &str,
    kid: &Thumbprint,
    key: &SecretKey,
) -> Result<Zeroizing<Vec<u8>>, Cause> {
    let sealed = Sealed::read(compact, kid)?;
    let content_key = sealed.agree(key);
    sealed.decrypt(&content_key)
}

/// A JWE whose bytes are exactly of this format; its tag is not yet checked.
struct Sealed<'a> {
    /// The first segment as sent: it is the additional data that the tag covers.
    header: &'a str,
    ephemeral: PublicKey,
    iv: [u8; IV_LEN],
    ciphertext_and_tag: Vec<u8>,
}

impl<'a> Sealed<'a> {
    fn read(compact: &'a str, kid: &Thumbprint) -> Result<Self, Cause> {
        let pieces: Vec<&str> = compact.split('.').collect();
        let &[header, "", iv, ciphertext, tag] = pieces.as_slice() else {
            return Err(Cause::Jwe);
        };
        let header_text = base64url::decode(header).ok_or(Cause::Jwe)?;
        let iv = base64url::decode_fixed::<IV_LEN>(iv).ok_or(Cause::Jwe)?;
        let tag = base64url::decode_fixed::<TAG_LEN>(tag).ok_or(Cause::Jwe)?;
        let mut ciphertext_and_tag = base64url::decode(ciphertext).ok_or(Cause::Jwe)?;
        ciphertext_and_tag.extend_from_slice(&tag);
        let ephemeral = read_header(header_text, kid)?;
        Ok(Self {
            header,
            ephemeral,
            iv,
            ciphertext_and_tag,
        })
    }

    /// ECDH with the sender's ephemeral key, then the Concat KDF.
    fn agree(&self, key: &SecretKey) -> Zeroizing<[u8; 32]> {
        let shared = key.diffie_hellman(&self.ephemeral);
        concat_kdf(shared.raw_secret_bytes())
    }

    fn decrypt(self, content_key: &[u8; 32]) -> Result<Zeroizing<Vec<u8>>, Cause> {
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(*content_key));
        let mut buffer = Zeroizing::new(self.ciphertext_and_tag);
        cipher
            .decrypt_in_place(&self.iv.into(), self.header.as_bytes(), &mut *buffer)
            .map_err(|_| Cause::Tag)?;
        Ok(buffer)
    }
}

/// Reads the protected header by building it again: whatever is not byte for byte the one header of
/// the format (another member, `zip`, `crit`, another order, white space) is refused.
fn read_header(header: Vec<u8>, wanted: &Thumbprint) -> Result<PublicKey, Cause> {
    let header = String::from_utf8(header).map_err(|_| Cause::JweHeader)?;
    let (kid, ephemeral) = exact_header(&header).ok_or(Cause::JweHeader)?;
    if kid != *wanted {
        return Err(Cause::Kid);
    }
    PublicKey::from_sec1_bytes(&ephemeral.sec1()).map_err(|_| Cause::Epk)
}

/// The two variables of the header, if it is the one that they make.
fn exact_header(header: &str) -> Option<(Thumbprint, envelope::PublicKey)> {
    let value_of = |name: &str| {
        let (_, rest) = header.split_once(&format!(r#""{name}":""#))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let (kid, x, y) = (
        value_of("kid")?.parse().ok()?,
        value_of("x")?,
        value_of("y")?,
    );
    let exact = format!(
        r#"{{"alg":"ECDH-ES","enc":"A256GCM","typ":"motcua-part+jwe","kid":"{kid}","epk":{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}}}"#
    );
    let (x, y) = (base64url::decode_fixed(x)?, base64url::decode_fixed(y)?);
    (exact == header).then(|| (kid, envelope::PublicKey::from_coordinates(x, y)))
}

/// RFC 7518 §4.6.2 with empty `apu` and `apv`: 256 bits are one round of SHA-256.
fn concat_kdf(shared: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut input = Zeroizing::new(Vec::with_capacity(67));
    input.extend_from_slice(&1u32.to_be_bytes()); // round
    input.extend_from_slice(shared);
    input.extend_from_slice(&7u32.to_be_bytes());
    input.extend_from_slice(b"A256GCM");
    input.extend_from_slice(&[0; 8]); // lengths of apu and apv
    input.extend_from_slice(&256u32.to_be_bytes());
    Zeroizing::new(*Digest::of(&input).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That other implementations agree is shown by `envelope/vectors/`, which WebCrypto made.
    #[test]
    fn the_kdf_hashes_one_round_with_lengths() {
        let z = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156,
        ];
        let mut by_hand = vec![0, 0, 0, 1];
        by_hand.extend_from_slice(&z);
        by_hand.extend_from_slice(&[0, 0, 0, 7, b'A', b'2', b'5', b'6', b'G', b'C', b'M']);
        by_hand.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
        assert_eq!(*concat_kdf(&z), *Digest::of(&by_hand).as_bytes());
    }
}
