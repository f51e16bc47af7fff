//! The manifest: what the relay may know about a submission, signed by its sender.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::SubmissionId;
use crate::json;
use crate::jws::{self, Typ};
use crate::key::{PublicKey, Thumbprint};
use crate::limits::{ATTACHMENT_BYTES_MIN, LIFETIME_S_MAX, PARTS_MAX};
use crate::refusal::Refusal;
use crate::time::UnixTime;
use crate::version::V1;

/// The name of the part that is sealed to the city's recovery key; no form may give a role this name.
pub const RECOVERY: &str = "recovery";

/// The payload of a manifest. Nothing in it is about the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the format.
    pub v: V1,
    /// The submission's id, chosen at random by the page.
    pub id: SubmissionId,
    /// The relay's origin, for instance `https://nhan.example.vn`.
    pub aud: String,
    /// The form whose answers are sealed in the parts.
    pub form: FormRef,
    /// Code of the receiving agency, `[a-z0-9-]{1,32}`.
    pub agency: String,
    /// Whether it is meant.
    pub mode: Mode,
    /// When it was signed.
    pub iat: UnixTime,
    /// Until when it may be sent; at most 24 h after `iat`.
    pub exp: UnixTime,
    /// Everything that belongs to the submission, each part under its own name.
    pub parts: Vec<PartRef>,
}

/// Names one published compiled form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormRef {
    /// The service, `[a-z0-9-]{1,64}`.
    pub id: String,
    /// Counts up from 1.
    pub version: u32,
    /// Digest of `/forms/{id}/{version}.json`.
    pub sha256: Digest,
}

/// Whether a submission is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It becomes a case.
    Live,
    /// The form or the agency is being tried out: it never becomes a case.
    Trial,
}

/// A part that belongs to the submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "typ", rename_all = "lowercase", deny_unknown_fields)]
pub enum PartRef {
    /// Answers sealed to one recipient; the JWE travels in the body beside the manifest.
    Jwe {
        /// The recipient's role, `[a-z0-9-]{1,32}`.
        n: String,
        /// The key it is sealed to.
        kid: Thumbprint,
        /// Bytes of the compact JWE.
        len: u64,
        /// Digest of the compact JWE.
        sha256: Digest,
    },
    /// An attachment, sealed once for all its recipients (RFC 8188); it is sent on its own.
    Ece {
        /// Its name, `[a-z0-9-]{1,32}`.
        n: String,
        /// Bytes of the sealed attachment.
        len: u64,
        /// Digest over the digests of its pieces of 262,144 bytes.
        pieces: Digest,
        /// Binds the key: digest of `motcua/kc/v1` and the keying material.
        kc: Digest,
    },
}

impl PartRef {
    /// The part's name.
    #[must_use]
    pub fn n(&self) -> &str {
        match self {
            Self::Jwe { n, .. } | Self::Ece { n, .. } => n,
        }
    }

    fn is_well_formed(&self) -> bool {
        let is_long_enough = match self {
            Self::Jwe { .. } => true, // compared with the part itself
            Self::Ece { len, .. } => *len >= ATTACHMENT_BYTES_MIN,
        };
        is_long_enough && is_name(self.n(), 32)
    }
}

impl Manifest {
    /// What the key of the case signs; [`jws::attach`] makes the manifest of it.
    #[must_use]
    pub fn signing_input(&self, key: &PublicKey) -> String {
        jws::signing_input(
            &jws::header_with_key(Typ::Submission, key),
            &jws::payload(self),
        )
    }

    /// The attachments that it names: name, bytes, digest of the pieces.
    pub fn attachments(&self) -> impl Iterator<Item = (&str, u64, Digest)> {
        self.parts.iter().filter_map(|part| match part {
            PartRef::Jwe { .. } => None,
            PartRef::Ece { n, len, pieces, .. } => Some((n.as_str(), *len, *pieces)),
        })
    }

    /// What they weigh together.
    #[must_use]
    pub fn attachments_bytes(&self) -> u64 {
        self.attachments().map(|(_, len, _)| len).sum()
    }

    /// Whether it names any.
    #[must_use]
    pub fn has_attachments(&self) -> bool {
        self.attachments().next().is_some()
    }

    /// Reads a payload.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, Refusal> {
        if json::read::<AnyVersion>(payload).is_ok_and(|any| any.v != V1::NUMBER) {
            return Err(Refusal::Version);
        }
        let manifest: Self = json::read(payload).map_err(|_| Refusal::Malformed)?;
        if manifest.is_well_formed() {
            Ok(manifest)
        } else {
            Err(Refusal::Malformed)
        }
    }

    fn is_well_formed(&self) -> bool {
        let life_s = self.exp.0.saturating_sub(self.iat.0);
        let names: HashSet<_> = self.parts.iter().map(PartRef::n).collect();
        is_name(&self.form.id, 64)
            && self.form.version >= 1
            && is_name(&self.agency, 32)
            && (1..=LIFETIME_S_MAX).contains(&life_s)
            && self.parts.len() <= PARTS_MAX
            && self.parts.iter().all(PartRef::is_well_formed)
            && names.len() == self.parts.len()
    }
}

/// A payload of which only the version is read: a later version may look different in everything else.
#[derive(Deserialize)]
struct AnyVersion {
    v: u64,
}

/// `[a-z0-9-]{1,length_max}`: such a name is safe in paths, logs and URLs.
pub(crate) fn is_name(text: &str, length_max: usize) -> bool {
    (1..=length_max).contains(&text.len())
        && text
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}
