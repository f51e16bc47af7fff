//! Bytes → `Verified`: the intake believes the signatures, not the relay that passes them on.

use std::collections::BTreeMap;

use envelope::{Catalogue, Receipt, Signed, Unverified};
use serde::Deserialize;
use serde_json::Value;

use crate::cause::Cause;
use crate::ledger::InLog;

/// One submission of an outbox answer, or of the evidence folder: its sender signed all of it, and
/// that is all that is known.
pub(crate) struct Delivered {
    pub(crate) signed: Signed,
    /// The receipt as the relay wrote it: evidence.
    pub(crate) receipt_jws: String,
    /// The proof as the relay wrote it, if it sent one: evidence.
    pub(crate) proof: Option<String>,
}

/// A submission that the catalogue admits at the receipt's time, and for which a relay of the
/// catalogue signed that receipt.
pub(crate) struct Verified {
    pub(crate) signed: Signed,
    pub(crate) receipt: Receipt,
    pub(crate) receipt_jws: String,
    pub(crate) proof: Option<String>,
    /// What the proof shows.
    pub(crate) log: InLog,
}

/// The shape of one delivered submission.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    #[serde(rename = "seq")]
    _seq: Option<u64>,
    manifest: String,
    parts: BTreeMap<String, String>,
    receipt: String,
    proof: Option<String>,
}

impl Delivered {
    /// Checks the sender's signature and every part's digest.
    pub(crate) fn read(item: &Value) -> Result<Self, Cause> {
        let item = Item::deserialize(item).map_err(|_| Cause::Delivery)?;
        let signed = Unverified::from_pieces(&item.manifest, item.parts)
            .and_then(Unverified::check_signature)
            .map_err(Cause::Refused)?;
        Ok(Self {
            signed,
            receipt_jws: item.receipt,
            proof: item.proof,
        })
    }

    /// Checks the relay's word, and everything that the relay had to check before it gave it.
    pub(crate) fn verify(self, catalogue: &Catalogue) -> Result<Verified, Cause> {
        let Self {
            signed,
            receipt_jws,
            proof,
        } = self;
        let receipt = Receipt::read(&receipt_jws, catalogue).map_err(Cause::Receipt)?;
        if !receipt.is_for(&signed) {
            return Err(Cause::ReceiptForOther);
        }
        let admitted = signed
            .admit_complete(receipt.received_at, catalogue)
            .map_err(Cause::Refused)?;
        let log = InLog::of(&receipt.manifest_sha256, proof.as_deref(), &catalogue.logs);
        Ok(Verified {
            signed: admitted.into_signed(),
            receipt,
            receipt_jws,
            proof,
            log,
        })
    }
}
