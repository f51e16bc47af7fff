//! The id of a submission.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::base64url;

/// 16 random bytes that the page chose; in JSON and in URLs 22 characters of base64url.
///
/// Knowing it is the right to ask the relay for the receipt, so it is shown to nobody but its sender.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubmissionId([u8; 16]);

impl SubmissionId {
    /// The id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for SubmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl fmt::Debug for SubmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubmissionId({self})")
    }
}

impl FromStr for SubmissionId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        base64url::decode_fixed(text).map(Self).ok_or(NotAnId)
    }
}

impl Serialize for SubmissionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SubmissionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// The text is not 16 bytes in strict base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not 16 bytes in base64url (22 characters)")
    }
}

impl std::error::Error for NotAnId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_shows() {
        let id = SubmissionId::from_bytes(*b"0123456789abcdef");
        assert_eq!(id.to_string(), "MDEyMzQ1Njc4OWFiY2RlZg");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(SubmissionId::from_bytes(*id.as_bytes()), id);
        assert_eq!(
            serde_json::to_string(&id).expect("a string"),
            "\"MDEyMzQ1Njc4OWFiY2RlZg\""
        );
    }

    #[test]
    fn faults_and_debugging_texts_say_what_it_is() {
        assert!(
            "short"
                .parse::<SubmissionId>()
                .expect_err("too short")
                .to_string()
                .contains("22 characters")
        );
        assert!(
            format!("{:?}", SubmissionId::from_bytes([0; 16])).contains("AAAAAAAAAAAAAAAAAAAAAA")
        );
    }

    #[test]
    fn refuses_other_lengths_and_spellings() {
        for text in [
            "",
            "MDEyMzQ1Njc4OWFiY2RlZ",
            "MDEyMzQ1Njc4OWFiY2RlZh",
            "MDEyMzQ1Njc4OWFiY2RlZg==",
        ] {
            assert_eq!(text.parse::<SubmissionId>(), Err(NotAnId), "{text:?}");
        }
    }
}
