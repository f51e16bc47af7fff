//! Signed notes (C2SP signed-note): a text, an empty line, signature lines.
//!
//! ```text
//! any text, ended by a line break
//!
//! — relay.example/log 5Wi7CQ…
//! ```
//!
//! Only Ed25519 is known here; lines of other keys are left alone, as the specification wants it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::limits::{NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX};

/// The signature type of Ed25519.
const ED25519_TYPE: u8 = 0x01;

/// What begins a signature line.
const DASH: &str = "\u{2014} ";

/// A key that signs notes under a name. Its text is a *verifier key*: `name+5568bb09+AQ…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogKey {
    name: String,
    public: [u8; 32],
}

impl LogKey {
    /// A key with its name; `None` when the name is empty or has a plus sign or white space in it.
    #[must_use]
    pub fn new(name: &str, public: [u8; 32]) -> Option<Self> {
        let is_name = !name.is_empty() && !name.contains(|c: char| c == '+' || c.is_whitespace());
        is_name.then(|| Self {
            name: name.to_owned(),
            public,
        })
    }

    /// Whose key it is: for a log its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of SHA-256 over name, line break, type and key: a hint which key a line is of.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        self.id_of(ED25519_TYPE)
    }

    /// The same for what this key signs in another way.
    fn id_of(&self, signature_type: u8) -> [u8; 4] {
        let whole = [self.name.as_bytes(), &[b'\n', signature_type], &self.public].concat();
        let hash = digest(&SHA256, &whole);
        let mut id = [0; 4];
        id.copy_from_slice(&hash.as_ref()[..4]);
        id
    }

    /// The note of `text` with this key's signature over it, which whoever has the private key made.
    #[must_use]
    pub fn note(&self, text: &str, signature: &[u8; 64]) -> String {
        format!("{text}\n{}", self.line(ED25519_TYPE, signature))
    }

    /// A signature line.
    pub(super) fn line(&self, signature_type: u8, signature: &[u8]) -> String {
        let line = STANDARD.encode([&self.id_of(signature_type)[..], signature].concat());
        format!("{DASH}{} {line}\n", self.name)
    }

    pub(super) fn signs(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public)
            .verify(text.as_bytes(), signature)
            .is_ok()
    }
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode([&[ED25519_TYPE], &self.public[..]].concat());
        write!(
            f,
            "{}+{:08x}+{key}",
            self.name,
            u32::from_be_bytes(self.id())
        )
    }
}

/// The text is not a verifier key of Ed25519.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotALogKey;

impl fmt::Display for NotALogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a verifier key of Ed25519, such as relay.example/log+5568bb09+AQ… (44 characters at the end)")
    }
}

impl std::error::Error for NotALogKey {}

impl Serialize for LogKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LogKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl FromStr for LogKey {
    type Err = NotALogKey;

    fn from_str(text: &str) -> Result<Self, NotALogKey> {
        let read = || {
            let (name, rest) = text.split_once('+')?;
            let (_, key) = rest.split_once('+')?;
            let public = STANDARD.decode(key).ok()?;
            Self::new(name, public.strip_prefix(&[ED25519_TYPE])?.try_into().ok()?)
        };
        read()
            .filter(|key| key.to_string() == text)
            .ok_or(NotALogKey)
    }
}

/// A note as it was read: nothing is believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

impl Note {
    /// Reads a note. `None` unless it is a text ended by a line break, an empty line and 1 to 16 signature lines, in
    /// at most 64 KiB without control characters.
    #[must_use]
    pub fn read(note: &str) -> Option<Self> {
        let is_clean = !note.contains(|c: char| c.is_control() && c != '\n');
        if note.len() > NOTE_BYTES_MAX || !is_clean || !note.ends_with('\n') {
            return None;
        }
        let cut = note.rfind("\n\n")?;
        let (text, lines) = (&note[..=cut], &note[cut + 2..]);
        let signatures: Vec<_> = lines.lines().map(Signature::read).collect::<Option<_>>()?;
        (1..=NOTE_SIGNATURES_MAX)
            .contains(&signatures.len())
            .then(|| Self {
                text: text.to_owned(),
                signatures,
            })
    }

    /// The text, whoever signed it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether `key` signed the text. A wrong signature under the key's name and id is not made good by a second one.
    #[must_use]
    pub fn is_signed_by(&self, key: &LogKey) -> bool {
        self.only_line(key, ED25519_TYPE)
            .is_some_and(|signature| key.signs(&self.text, signature))
    }

    /// What stands on the only line of this key and signature type, after the id. `None` where there is no such line,
    /// or a second one.
    pub(super) fn only_line(&self, key: &LogKey, signature_type: u8) -> Option<&[u8]> {
        let id = key.id_of(signature_type);
        let mut its = self
            .signatures
            .iter()
            .filter(|one| one.name == key.name && one.id == id);
        let first = its.next()?;
        its.next().is_none().then_some(&first.bytes)
    }

    /// Who signed, as the lines say: for messages, not for trust.
    pub fn signers(&self) -> impl Iterator<Item = &str> {
        self.signatures.iter().map(|one| one.name.as_str())
    }
}

impl Signature {
    fn read(line: &str) -> Option<Self> {
        let (name, bytes) = line.strip_prefix(DASH)?.split_once(' ')?;
        let bytes = STANDARD.decode(bytes).ok()?;
        let (id, rest) = bytes.split_first_chunk()?;
        let is_line = !name.is_empty() && !name.contains('+') && !rest.is_empty();
        is_line.then(|| Self {
            name: name.to_owned(),
            id: *id,
            bytes: rest.to_vec(),
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use ring::signature::{Ed25519KeyPair, KeyPair};

    use super::*;

    /// A key pair, the same for the same seed.
    pub(crate) fn key_pair(name: &str, seed: u8) -> (LogKey, Ed25519KeyPair) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("32 bytes");
        let public = pair.public_key().as_ref().try_into().expect("32 bytes");
        (LogKey::new(name, public).expect("a name"), pair)
    }

    pub(crate) fn signed(text: &str, key: &LogKey, pair: &Ed25519KeyPair) -> String {
        key.note(
            text,
            pair.sign(text.as_bytes())
                .as_ref()
                .try_into()
                .expect("64 bytes"),
        )
    }

    #[test]
    fn what_was_signed_is_read() {
        let (key, pair) = key_pair("relay.example/log", 1);
        let note = signed("one\n\ntwo\n", &key, &pair);
        let read = Note::read(&note).expect("a note");
        assert_eq!(read.text(), "one\n\ntwo\n");
        assert!(read.is_signed_by(&key));
        assert_eq!(read.signers().collect::<Vec<_>>(), ["relay.example/log"]);
    }

    #[test]
    fn other_keys_names_texts_and_doubles_do_not_count() {
        let (key, pair) = key_pair("relay.example/log", 1);
        let (foreign, foreign_pair) = key_pair("relay.example/log", 2);
        let (renamed, _) = key_pair("other.example/log", 1);
        let note = signed("text\n", &key, &pair);
        let read = Note::read(&note).expect("a note");
        assert!(!read.is_signed_by(&foreign));
        assert!(!read.is_signed_by(&renamed));
        let altered = Note::read(&note.replace("text", "test")).expect("a note");
        assert!(!altered.is_signed_by(&key));
        // A second signer is welcome, a second signature of the same key is not.
        let (_, line) = note.split_once("\n\n").expect("a note");
        let other = signed("text\n", &foreign, &foreign_pair);
        let both = Note::read(&format!("{other}{line}")).expect("a note");
        assert!(both.is_signed_by(&key));
        assert!(both.is_signed_by(&foreign));
        let twice = Note::read(&format!("{note}{line}")).expect("a note");
        assert!(!twice.is_signed_by(&key));
    }

    #[test]
    fn anything_else_is_no_note() {
        let (key, pair) = key_pair("relay.example/log", 1);
        let note = signed("text\n", &key, &pair);
        let (head, line) = note.split_once("\n\n").expect("a note");
        for wrong in [
            String::new(),
            "text\n".to_owned(),
            "text\n\n".to_owned(),
            note.trim_end().to_owned(),
            format!("{note}\n"),
            note.replace('\u{2014}', "-"),
            note.replace("text", "te\u{7}xt"),
            note.replace('\n', "\r\n"),
            note.replace("=\n", "\n"),
            format!(
                "{head}\n\n{}",
                line.replace("relay.example/log ", "relay.example/log+x ")
            ),
            format!("{head}\n\n\u{2014} name AAAA\n"),
            format!("{head}\n\n\u{2014} name AAAAAA==\n"),
            format!("{note}{}", line.repeat(NOTE_SIGNATURES_MAX)),
            format!("{}{note}", "x\n".repeat(NOTE_BYTES_MAX / 2)),
        ] {
            assert_ne!(wrong, note);
            assert_eq!(Note::read(&wrong), None, "{wrong:.200}");
        }
    }

    #[test]
    fn a_note_has_a_largest_size() {
        let (key, pair) = key_pair("relay.example/log", 1);
        let frame = signed("\n", &key, &pair).len();
        let of_length = |bytes: usize| {
            let text = "x".repeat(bytes - frame) + "\n";
            signed(&text, &key, &pair)
        };
        let largest = of_length(NOTE_BYTES_MAX);
        assert_eq!(largest.len(), NOTE_BYTES_MAX);
        assert!(Note::read(&largest).is_some());
        assert_eq!(Note::read(&of_length(NOTE_BYTES_MAX + 1)), None);
    }

    #[test]
    fn verifier_keys_have_one_spelling() {
        let (key, _) = key_pair("relay.example/log", 1);
        let text = key.to_string();
        assert_eq!(text.parse(), Ok(key));
        for wrong in [
            text.to_uppercase(),
            text.replace("relay", "r lay"),
            text.replace("relay", "other"),
            text.replace("+AY", "+Ao"),
            format!("{text}="),
            text.replace('+', ""),
        ] {
            assert_eq!(wrong.parse::<LogKey>(), Err(NotALogKey), "{wrong}");
        }
        assert_eq!(LogKey::new("", [0; 32]), None);
        assert!(NotALogKey.to_string().contains("relay.example/log+"));
    }
}
