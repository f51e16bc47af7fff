//! Receipts. The only way to one leads over a submission that stands on the disk.
//!
//! A receipt is signed before the commit, so that it is stored in the same transaction and every later question gets
//! the same bytes. Until the commit it is a [`Promise`], which only the store takes. The proof beside it is made anew for
//! each answer, under the newest checkpoint.

use envelope::{UnixTime, Verified, jws};
use serde::Serialize;

use crate::keys::SigningKey;
use crate::store::Kept;

/// A signed receipt for something that is not kept yet.
pub(crate) struct Promise(String);

impl Promise {
    /// Signs what will be true once `verified` is kept.
    pub(crate) fn sign(
        key: &SigningKey,
        verified: &Verified,
        received_at: UnixTime,
    ) -> Result<Promise, ring::error::Unspecified> {
        let receipt = envelope::Receipt::of(verified.signed(), received_at);
        let signing_input = receipt.signing_input(key.kid());
        let signature = key.sign(&signing_input)?;
        Ok(Promise(jws::attach(&signing_input, &signature)))
    }

    /// The text, for the row that makes it true.
    pub(crate) fn line(&self) -> &str {
        &self.0
    }

    /// The text, for the row that made it true.
    pub(crate) fn into_line(self) -> String {
        self.0
    }
}

/// A receipt that may be given away, a compact JWS, and the proof that its manifest is in the log.
#[derive(Serialize)]
pub(crate) struct Receipt {
    receipt: String,
    proof: String,
}

impl From<Kept> for Receipt {
    fn from(kept: Kept) -> Receipt {
        let (receipt, proof) = kept.into_receipt_and_proof();
        Receipt { receipt, proof }
    }
}

impl Receipt {
    /// The body of the answer.
    pub(crate) fn body(&self) -> String {
        // Two texts: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// When a stored receipt was given.
pub(crate) fn received_at(line: &str) -> Option<UnixTime> {
    let line = jws::Compact::read(line).ok()?;
    let receipt: envelope::Receipt = envelope::json::read(line.payload()).ok()?;
    Some(receipt.received_at)
}
