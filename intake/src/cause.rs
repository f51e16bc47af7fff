//! Why something is in quarantine: one word an operator can search for, one sentence that explains.
//!
//! Nothing of an answer ever stands in a cause, so causes may be logged.

use std::fmt;

use envelope::Refusal;
use envelope::receipt::StatementFault;

/// The cause of a quarantine. `word()` is stable; `docs/operating.md` lists the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The envelope is one that the relay had to refuse; the word is the refusal's own code.
    Refused(Refusal),
    /// The delivery is not an object of manifest, parts and receipt.
    Delivery,
    /// The receipt does not count.
    Receipt(StatementFault),
    /// The receipt is for another submission.
    ReceiptForOther,
    /// The id was taken before by another key or another manifest.
    IdTaken,
    /// None of the submission's offices has a key here.
    NoKey,
    /// The office has keys here, but not the one the part is sealed for.
    Key,
    /// The part is not five pieces of strict base64url of the right lengths, the second empty.
    Jwe,
    /// The part's header is not exactly the one of the format.
    JweHeader,
    /// The part names another key than the manifest.
    Kid,
    /// The part's ephemeral key is not a point of P-256.
    Epk,
    /// The part does not open: damaged, or sealed for another key than it says.
    Tag,
    /// The plaintext is not padded to one of the sizes of the format.
    Pad,
    /// The plaintext is not strict JSON.
    Json,
    /// The plaintext has not exactly the members of the format.
    Shape,
    /// A member of the part's `sub` is not what the signed manifest says.
    Sub(&'static str),
    /// The answers were checked too long before, or after, the receipt.
    At,
    /// No compiled form of the manifest's digest is known here, or one of its lists is missing.
    FormUnknown(String),
    /// The program panicked over it; the rest went on.
    Poison,
}

impl Cause {
    /// The stable word.
    pub fn word(&self) -> &str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Delivery => "delivery",
            Self::Receipt(_) | Self::ReceiptForOther => "receipt",
            Self::IdTaken => "id-taken",
            Self::NoKey => "no-key",
            Self::Key => "key",
            Self::Jwe => "jwe",
            Self::JweHeader => "header",
            Self::Kid => "kid",
            Self::Epk => "epk",
            Self::Tag => "tag",
            Self::Pad => "pad",
            Self::Json => "json",
            Self::Shape => "shape",
            Self::Sub(_) => "sub",
            Self::At => "at",
            Self::FormUnknown(_) => "form-unknown",
            Self::Poison => "poison",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(
                out,
                "the relay had to refuse this and did not: {} Look at the relay; is its catalogue the same as here?",
                refusal.en()
            ),
            Self::Delivery => out.write_str(
                "what the relay delivered is not a manifest with parts and a receipt. Look at the relay",
            ),
            Self::Receipt(fault) => write!(out, "the receipt does not count: {fault}. Look at the relay"),
            Self::ReceiptForOther => {
                out.write_str("the receipt is for another submission. Look at the relay")
            }
            Self::IdTaken => out.write_str(
                "this id was taken before by another key or another manifest. Compare the two; the first one stands",
            ),
            Self::NoKey => out.write_str(
                "no office of this submission has a private key here. Add the key, then: motcua-intake retry ID",
            ),
            Self::Key => out.write_str(
                "the office's private key of this kid is not here. Add it, then: motcua-intake retry ID",
            ),
            Self::Jwe => out.write_str("the part is not a compact JWE in strict bytes"),
            Self::JweHeader => {
                out.write_str("the part's header is not exactly the one of the format")
            }
            Self::Kid => out.write_str("the part names another key than the manifest"),
            Self::Epk => out.write_str("the part's ephemeral key is not a point of P-256"),
            Self::Tag => out.write_str(
                "the part does not open: it is damaged or sealed for another key than it says",
            ),
            Self::Pad => out.write_str("the plaintext is not 1, 4, 16 or 64 KiB long"),
            Self::Json => out.write_str("the plaintext is not strict JSON"),
            Self::Shape => out.write_str("the plaintext has not exactly the members of the format"),
            Self::Sub(member) => write!(
                out,
                "`sub.{member}` in the part is not what the manifest says: the part comes from another submission"
            ),
            Self::At => out.write_str(
                "the answers were checked more than 30 days before the receipt, or after it",
            ),
            Self::FormUnknown(what) => write!(
                out,
                "{what}. Copy the published forms and lists here, then: motcua-intake retry ID"
            ),
            Self::Poison => out.write_str(
                "the program panicked over this submission; it is kept as it came. Report it with this folder",
            ),
        }
    }
}
