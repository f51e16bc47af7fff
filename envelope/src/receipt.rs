//! The receipt: the relay's word that a submission is on its disk.

use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::digest::Digest;
use crate::id::SubmissionId;
use crate::jws::{self, Typ};
use crate::key::Thumbprint;
use crate::manifest::{FormRef, Mode};
use crate::statement;
pub use crate::statement::StatementFault;
use crate::submission::Signed;
use crate::time::UnixTime;
use crate::version::V1;

/// The payload of a receipt. Nothing in it is about the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The version of the format.
    pub v: V1,
    /// The submission's id.
    pub id: SubmissionId,
    /// Whether it was meant.
    pub mode: Mode,
    /// What was received.
    pub manifest_sha256: Digest,
    /// The form.
    pub form: FormRef,
    /// Code of the receiving agency.
    pub agency: String,
    /// When it was on the relay's disk.
    pub received_at: UnixTime,
}

impl Receipt {
    /// The receipt for a submission that was kept at `received_at`.
    #[must_use]
    pub fn of(signed: &Signed, received_at: UnixTime) -> Self {
        let manifest = signed.manifest();
        Self {
            v: V1,
            id: signed.id(),
            mode: manifest.mode,
            manifest_sha256: signed.manifest_sha256(),
            form: manifest.form.clone(),
            agency: manifest.agency.clone(),
            received_at,
        }
    }

    /// What the relay signs with the key named `kid`.
    #[must_use]
    pub fn signing_input(&self, kid: Thumbprint) -> String {
        jws::signing_input(
            &jws::header_with_kid(Typ::Receipt, kid),
            &jws::payload(self),
        )
    }

    /// Reads a receipt by a relay key of the catalogue that was in use at `received_at`.
    ///
    /// # Errors
    /// [`StatementFault`].
    pub fn read(text: &str, catalogue: &Catalogue) -> Result<Self, StatementFault> {
        let (receipt, key): (Self, _) = statement::read(text, Typ::Receipt, &catalogue.relays)?;
        if !key.signs_at(receipt.received_at) {
            return Err(StatementFault::KeyDates(key.kid));
        }
        Ok(receipt)
    }

    /// Whether this is a receipt for that submission.
    #[must_use]
    pub fn is_for(&self, signed: &Signed) -> bool {
        *self == Self::of(signed, self.received_at)
    }
}
