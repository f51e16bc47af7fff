//! The way of a submission: bytes → [`Unverified`] → [`Signed`] → [`Verified`].

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::admission::{Admission, Stage};
use crate::catalogue::Catalogue;
use crate::digest::Digest;
use crate::id::SubmissionId;
use crate::json;
use crate::jws::{Compact, Typ};
use crate::key::{PublicKey, Thumbprint};
use crate::limits::{BODY_BYTES_MAX, MANIFEST_BYTES_MAX};
use crate::manifest::{Manifest, PartRef};
use crate::refusal::Refusal;
use crate::time::UnixTime;

/// A submission in strict bytes: well formed, complete in itself, and not yet believed.
#[derive(Clone, Debug)]
pub struct Unverified {
    jws: Compact,
    key: PublicKey,
    manifest: Manifest,
    parts: BTreeMap<String, String>,
}

impl Unverified {
    /// Reads the body of `POST /v1/submissions`: `{"manifest":"<JWS>","parts":{"<role>":"<JWE>",…}}`.
    ///
    /// # Errors
    /// `too-large`, `malformed`, and those of [`Unverified::from_pieces`].
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        if body.len() > BODY_BYTES_MAX {
            return Err(Refusal::TooLarge);
        }
        let body: Body = json::read(body).map_err(|_| Refusal::Malformed)?;
        Self::from_pieces(&body.manifest, body.parts)
    }

    /// The same from a manifest and its parts by name, as an outbox hands them on.
    ///
    /// # Errors
    /// `manifest-too-large`, `malformed`, `header`, `version`, `parts`, and `part-digest` for a wrong length.
    pub fn from_pieces(manifest: &str, parts: BTreeMap<String, String>) -> Result<Self, Refusal> {
        if manifest.len() > MANIFEST_BYTES_MAX {
            return Err(Refusal::ManifestTooLarge);
        }
        let jws = Compact::read(manifest).map_err(|_| Refusal::Malformed)?;
        let key = jws.key(Typ::Submission).ok_or(Refusal::Header)?;
        let manifest = Manifest::read(jws.payload())?;
        check_names_and_lengths(&manifest, &parts)?;
        Ok(Self {
            jws,
            key,
            manifest,
            parts,
        })
    }

    /// Checks that the key in the header signed the manifest and that each part has the digest named there.
    ///
    /// # Errors
    /// `signature`, `part-digest`.
    pub fn check_signature(self) -> Result<Signed, Refusal> {
        if !self.jws.is_signed_by(&self.key) {
            return Err(Refusal::Signature);
        }
        for part in &self.manifest.parts {
            if let PartRef::Jwe { n, sha256, .. } = part
                && self.parts.get(n).map(|jwe| Digest::of(jwe.as_bytes())) != Some(*sha256)
            {
                return Err(Refusal::PartDigest);
            }
        }
        Ok(Signed {
            jkt: self.key.thumbprint(),
            manifest_sha256: self.jws.digest(),
            read: self,
        })
    }
}

/// The body of the request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    manifest: String,
    parts: BTreeMap<String, String>,
}

/// The parts in the body are the sealed parts of the manifest, each of the length named there.
fn check_names_and_lengths(
    manifest: &Manifest,
    parts: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    let mut sealed = 0;
    for part in &manifest.parts {
        if let PartRef::Jwe { n, len, .. } = part {
            let jwe = parts.get(n).ok_or(Refusal::Parts)?;
            if jwe.len() as u64 != *len {
                return Err(Refusal::PartDigest);
            }
            sealed += 1;
        }
    }
    if sealed == parts.len() {
        Ok(())
    } else {
        Err(Refusal::Parts)
    }
}

/// A submission whose sender signed all of it. It has its identity now: (`jkt`, `id`) and `manifest_sha256`.
#[derive(Clone, Debug)]
pub struct Signed {
    jkt: Thumbprint,
    manifest_sha256: Digest,
    read: Unverified,
}

/// What a submission is known by: two with the same identity are one, however often it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its id, unique only together with `jkt`.
    pub id: SubmissionId,
    /// The name of the key that signed it.
    pub jkt: Thumbprint,
    /// Digest of the manifest's signing input: the only name of what was signed.
    pub manifest_sha256: Digest,
}

impl Signed {
    /// What it is known by.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity {
            id: self.id(),
            jkt: self.jkt,
            manifest_sha256: self.manifest_sha256,
        }
    }

    /// The submission's id, unique only together with [`Signed::jkt`].
    #[must_use]
    pub fn id(&self) -> SubmissionId {
        self.read.manifest.id
    }

    /// The name of the key that signed it.
    #[must_use]
    pub fn jkt(&self) -> Thumbprint {
        self.jkt
    }

    /// Digest of the manifest's signing input: the only name of what was signed.
    #[must_use]
    pub fn manifest_sha256(&self) -> Digest {
        self.manifest_sha256
    }

    /// The manifest's payload.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.read.manifest
    }

    /// The manifest as sent.
    #[must_use]
    pub fn manifest_jws(&self) -> &str {
        self.read.jws.as_str()
    }

    /// The sealed parts as sent, by name.
    #[must_use]
    pub fn parts(&self) -> &BTreeMap<String, String> {
        &self.read.parts
    }

    /// Checks the submission against the catalogue at `now`, when its manifest comes.
    ///
    /// Who may have taken the submission before looks that up first: a known one gets its receipt again whatever the
    /// dates say.
    ///
    /// # Errors
    /// `catalogue`, `clock`, `expired`, `audience`, `form`, `form-closed`, `agency`, `agency-closed`, `mode`, `parts`,
    /// `recipient-key`: the first of them in this order.
    pub fn admit(self, now: UnixTime, catalogue: &Catalogue) -> Result<Verified, Refusal> {
        self.admit_at(Stage::Sent, now, catalogue)
    }

    /// The same when all of it is there, attachments included: a relay then, and an intake at the receipt's time. The
    /// attachments may have taken until `exp`; without any there is no difference.
    ///
    /// # Errors
    /// As [`Signed::admit`].
    pub fn admit_complete(self, now: UnixTime, catalogue: &Catalogue) -> Result<Verified, Refusal> {
        self.admit_at(Stage::Complete, now, catalogue)
    }

    fn admit_at(
        self,
        stage: Stage,
        now: UnixTime,
        catalogue: &Catalogue,
    ) -> Result<Verified, Refusal> {
        Admission {
            manifest: self.manifest(),
            now,
            stage,
            catalogue,
        }
        .check()?;
        Ok(Verified { signed: self })
    }
}

/// A submission that the relay may keep and the intake may open.
#[derive(Clone, Debug)]
pub struct Verified {
    signed: Signed,
}

impl Verified {
    /// The submission with its identity.
    #[must_use]
    pub fn signed(&self) -> &Signed {
        &self.signed
    }

    /// The same, owned.
    #[must_use]
    pub fn into_signed(self) -> Signed {
        self.signed
    }
}
