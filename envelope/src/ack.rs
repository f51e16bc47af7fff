//! The acknowledgement: the intake's word that a submission is on its disk, upon which the relay may delete it.

use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::digest::Digest;
use crate::id::SubmissionId;
use crate::jws::{self, Typ};
use crate::key::Thumbprint;
use crate::statement::{self, StatementFault};
use crate::submission::Signed;
use crate::time::UnixTime;
use crate::version::V1;

/// The payload of an acknowledgement: exactly one submission in exactly one form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ack {
    /// The version of the format.
    pub v: V1,
    /// The submission's id …
    pub id: SubmissionId,
    /// … under this key …
    pub jkt: Thumbprint,
    /// … with this manifest.
    pub manifest_sha256: Digest,
    /// When it was on the intake's disk.
    pub at: UnixTime,
}

impl Ack {
    /// The acknowledgement for a submission that was kept at `at`.
    #[must_use]
    pub fn of(signed: &Signed, at: UnixTime) -> Self {
        Self {
            v: V1,
            id: signed.id(),
            jkt: signed.jkt(),
            manifest_sha256: signed.manifest_sha256(),
            at,
        }
    }

    /// What the intake signs with the key named `kid`.
    #[must_use]
    pub fn signing_input(&self, kid: Thumbprint) -> String {
        jws::signing_input(&jws::header_with_kid(Typ::Ack, kid), &jws::payload(self))
    }

    /// Reads an acknowledgement by a key of the catalogue that is in use *now*: it permits a deletion, so a key that
    /// was withdrawn must not permit one by an older date. (The intake acknowledges again under its new key.)
    ///
    /// # Errors
    /// [`StatementFault`].
    pub fn read(text: &str, catalogue: &Catalogue, now: UnixTime) -> Result<Self, StatementFault> {
        let (ack, key) = statement::read(text, Typ::Ack, &catalogue.acks)?;
        if !key.signs_at(now) {
            return Err(StatementFault::KeyDates(key.kid));
        }
        Ok(ack)
    }
}
