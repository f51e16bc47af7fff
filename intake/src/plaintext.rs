//! What stands inside a sealed part, read as strictly as what stands outside.

use envelope::limits::PART_PLAINTEXT_BYTES;
use envelope::{Digest, FormRef, Mode, PublicKey, SubmissionId, Thumbprint, UnixTime, V1, json};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::case::CaseFile;
use crate::cause::Cause;
use crate::earlier::Follows;
use crate::ece::Ikm;

/// The plaintext of one part.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plaintext {
    #[serde(rename = "v")]
    _v: V1,
    pub(crate) sub: Sub,
    /// By field id: only what this recipient may see.
    pub(crate) answers: Map<String, Value>,
    /// The attachments that this recipient may open.
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) reply: Reply,
    /// Spaces or anything else up to the size; its length, not its content, has a meaning.
    #[serde(rename = "pad")]
    _pad: String,
}

/// A file of one paper.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attachment {
    /// The name of its `ece` part in the manifest.
    pub(crate) part: String,
    /// The paper's field.
    pub(crate) field: String,
    /// What it was called on the citizen's device; words, never a path.
    pub(crate) name: String,
    /// Media type.
    pub(crate) r#type: String,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) ikm: Ikm,
}

impl Attachment {
    /// As the case file tells of it; `file` is its name beside that.
    pub(crate) fn handed_over(&self, file: Option<String>) -> CaseFile {
        CaseFile {
            part: self.part.clone(),
            field: self.field.clone(),
            name: self.name.clone(),
            r#type: self.r#type.clone(),
            size: self.size,
            file,
        }
    }
}

/// Binds the part to its submission: every member is compared with the signed manifest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sub {
    pub(crate) id: SubmissionId,
    pub(crate) jkt: Thumbprint,
    pub(crate) form: FormRef,
    pub(crate) agency: String,
    pub(crate) aud: String,
    pub(crate) mode: Mode,
    /// The part's name in the manifest.
    pub(crate) n: String,
    /// When the page last checked the answers.
    pub(crate) at: UnixTime,
    /// An earlier submission of the same key that this one amends.
    pub(crate) amends: Option<SubmissionId>,
    /// An earlier submission of the same key that this one withdraws.
    pub(crate) withdraws: Option<SubmissionId>,
}

/// How the office answers: sealed to `jwk`, found by `secret`.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    jwk: PublicKey,
    /// 32 random bytes. (A digest has the same shape in JSON, and only the shape matters here.)
    secret: Digest,
}

impl Plaintext {
    /// Reads the opened bytes; they must have one of the sizes of the format.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Cause> {
        if !PART_PLAINTEXT_BYTES.contains(&bytes.len()) {
            return Err(Cause::Pad);
        }
        // The readers' own words may quote a value, so they do not go into the causes.
        let _: IgnoredAny = json::read_with_fractions(bytes).map_err(|_| Cause::Json)?;
        json::read_with_fractions(bytes).map_err(|_| Cause::Shape)
    }

    /// The earlier submission that it names: one at most.
    pub(crate) fn follows(&self) -> Result<Option<Follows>, Cause> {
        match (self.sub.amends, self.sub.withdraws) {
            (None, None) => Ok(None),
            (Some(id), None) => Ok(Some(Follows::Amends(id))),
            (None, Some(id)) => Ok(Some(Follows::Withdraws(id))),
            (Some(_), Some(_)) => Err(Cause::Shape),
        }
    }
}
