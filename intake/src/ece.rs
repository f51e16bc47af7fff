//! Opening a sealed attachment: `aes128gcm` of RFC 8188 as `FORMAT.md` narrows it, a record at a time, so that it needs
//! no more memory for 20 MiB than for one.

use std::io::{self, Read, Write};

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Key};
use envelope::limits::{ATTACHMENT_HEADER_BYTES, RECORD_BYTES};
use envelope::{Digest, base64url};
use ring::hkdf::{self, HKDF_SHA256, Salt};
use serde::{Deserialize, Deserializer, de};
use zeroize::Zeroizing;

const KEY_LEN: usize = 16;
const NONCE_LEN: usize = 12;
const SALT_LEN: usize = 16;
const TAG_LEN: usize = 16;
/// What ends the content of a record; of the last one `LAST`.
const MORE: u8 = 1;
const LAST: u8 = 2;

/// The keying material of one attachment; it stands in the sealed parts of those who may open it.
pub(crate) struct Ikm(Zeroizing<[u8; KEY_LEN]>);

/// Why an attachment did not open.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It is not sealed as the format says, or not under this key, or was changed.
    Sealed,
    /// It could not be read, or what came out could not be written.
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Ikm {
    /// What the manifest calls `kc`: GCM alone would let one attachment open under two keys to two texts.
    pub(crate) fn commitment(&self) -> Digest {
        Digest::of(&[b"motcua/kc/v1", &self.0[..]].concat())
    }

    /// Opens what `sealed` gives, `len` bytes, and writes the content to `out`. What is written counts only when all of it
    /// was.
    pub(crate) fn open(
        &self,
        mut sealed: impl Read,
        len: u64,
        out: &mut impl Write,
    ) -> Result<(), Fault> {
        let mut header = [0; ATTACHMENT_HEADER_BYTES as usize];
        sealed.read_exact(&mut header)?;
        let (salt, sizes) = header.split_at(SALT_LEN);
        // The size of a record, then an empty key id.
        if sizes != [&(RECORD_BYTES as u32).to_be_bytes()[..], &[0]].concat() {
            return Err(Fault::Sealed);
        }
        let records = Records::new(self, salt);
        let mut left = len - ATTACHMENT_HEADER_BYTES;
        for number in 0.. {
            let taken = left.min(RECORD_BYTES);
            left -= taken;
            let mut record = vec![0; taken as usize];
            sealed.read_exact(&mut record)?;
            let delimiter = if left == 0 { LAST } else { MORE };
            out.write_all(records.open(number, &mut record, delimiter)?)?;
            if left == 0 {
                break;
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Ikm {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = base64url::decode_fixed(&text);
        bytes
            .map(|bytes| Self(Zeroizing::new(bytes)))
            .ok_or_else(|| de::Error::custom("not 16 bytes of base64url"))
    }
}

/// The records of one attachment.
struct Records {
    cipher: Aes128Gcm,
    nonce: [u8; NONCE_LEN],
}

impl Records {
    /// RFC 8188 §2.2 and §2.3.
    fn new(ikm: &Ikm, salt: &[u8]) -> Self {
        let secret = Salt::new(HKDF_SHA256, salt).extract(&*ikm.0);
        let key = Zeroizing::new(expand(&secret, b"Content-Encoding: aes128gcm\0"));
        let cipher = Aes128Gcm::new(&Key::<Aes128Gcm>::from(*key));
        let nonce = expand(&secret, b"Content-Encoding: nonce\0");
        Self { cipher, nonce }
    }

    /// The content of the record of that number, which `delimiter` ends: nothing stands behind it.
    fn open<'r>(
        &self,
        number: u64,
        record: &'r mut [u8],
        delimiter: u8,
    ) -> Result<&'r [u8], Fault> {
        let at = record.len().checked_sub(TAG_LEN).ok_or(Fault::Sealed)?;
        let (content, tag) = record.split_at_mut(at);
        let tag: [u8; TAG_LEN] = (&*tag).try_into().map_err(|_| Fault::Sealed)?;
        self.cipher
            .decrypt_inout_detached(
                &self.nonce_of(number).into(),
                &[],
                content.into(),
                &tag.into(),
            )
            .map_err(|_| Fault::Sealed)?;
        match &*content {
            [content @ .., last] if *last == delimiter => Ok(content),
            _ => Err(Fault::Sealed),
        }
    }

    fn nonce_of(&self, number: u64) -> [u8; NONCE_LEN] {
        let mut nonce = self.nonce;
        let (_, end) = nonce.split_at_mut(NONCE_LEN - size_of::<u64>());
        for (byte, of_number) in end.iter_mut().zip(number.to_be_bytes()) {
            *byte ^= of_number;
        }
        nonce
    }
}

/// So many bytes of HKDF.
struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(secret: &hkdf::Prk, info: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    secret
        .expand(&[info], Length(N))
        .and_then(|okm| okm.fill(&mut out))
        .expect("HKDF gives up to 255 digests, and this is a part of one");
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]
    use super::*;

    /// RFC 8188 §3.1: its key and nonce, and what they open. (Its header is refused: the record's size is another.)
    #[test]
    fn the_example_of_the_rfc_opens() {
        let ikm = Ikm(Zeroizing::new(
            base64url::decode_fixed("yqdlZ-tYemfogSmv7Ws5PQ").unwrap(),
        ));
        let sealed = base64url::decode(
            "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg",
        )
        .unwrap();
        let (header, record) = sealed.split_at(21);
        let records = Records::new(&ikm, &header[..SALT_LEN]);
        let mut record = record.to_vec();
        assert_eq!(
            records.open(0, &mut record, LAST).unwrap(),
            b"I am the walrus"
        );
        let opened = ikm.open(&sealed[..], sealed.len() as u64, &mut Vec::new());
        assert!(matches!(opened, Err(Fault::Sealed)));
    }

    #[test]
    fn nonces_count_in_their_last_bytes() {
        let ikm = Ikm(Zeroizing::new([7; 16]));
        let records = Records::new(&ikm, &[9; 16]);
        assert_eq!(records.nonce_of(0), records.nonce);
        let mut wanted = records.nonce;
        wanted[11] ^= 0x02;
        wanted[10] ^= 0x01;
        assert_eq!(records.nonce_of(0x0102), wanted);
    }
}
