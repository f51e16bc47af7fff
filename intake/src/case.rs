//! What an office gets: one JSON file a case, and everything of the case in it.

use envelope::{Digest, FormRef, Mode, SubmissionId, UnixTime, V1};
use formdef::{AnswerFault, Severity, Text};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::plaintext::Reply;

/// `offices/{code}/{reference}-{id}.json`. Its layout is described in `docs/operating.md`.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// Version of this file's layout.
    pub(crate) motcua: V1,
    /// What the citizen reads out.
    pub(crate) reference: String,
    pub(crate) id: SubmissionId,
    /// Code of the office whose file this is.
    pub(crate) office: String,
    /// The office's role in the form.
    pub(crate) role: String,
    pub(crate) form: CaseForm,
    /// Code of the receiving agency.
    pub(crate) agency: String,
    pub(crate) mode: Mode,
    /// When the relay received it, Unix seconds.
    pub(crate) received_at: UnixTime,
    /// When the citizen's page last checked the answers, Unix seconds.
    pub(crate) at: UnixTime,
    pub(crate) manifest_sha256: Digest,
    /// An earlier case of the same citizen that this one amends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) amends: Option<SubmissionId>,
    /// An earlier case of the same citizen that this one withdraws: then there are no answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) withdraws: Option<SubmissionId>,
    /// By field id, as the citizen gave them.
    pub(crate) answers: Map<String, Value>,
    /// The files of its papers, in the citizen's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<CaseFile>,
    /// What is wrong with the answers, for a person to decide; empty when nothing is.
    pub(crate) faults: Vec<CaseFault>,
    /// How the office answers the citizen.
    pub(crate) reply: Reply,
}

/// The form of a case, with the title for people who open the file.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseForm {
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) sha256: Digest,
    pub(crate) title: Text,
}

impl CaseForm {
    pub(crate) fn of(form: &FormRef, title: Text) -> Self {
        let FormRef {
            id,
            version,
            sha256,
        } = form.clone();
        Self {
            id,
            version,
            sha256,
            title,
        }
    }

    pub(crate) fn reference(&self) -> FormRef {
        FormRef {
            id: self.id.clone(),
            version: self.version,
            sha256: self.sha256,
        }
    }
}

/// A file of one paper.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFile {
    /// Its name in the submission.
    pub(crate) part: String,
    /// The paper's field.
    pub(crate) field: String,
    /// What it was called on the citizen's device.
    pub(crate) name: String,
    /// Media type.
    pub(crate) r#type: String,
    /// Bytes.
    pub(crate) size: u64,
    /// The file beside this one; none when it could not be handed over, of which a fault says why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
}

/// Files as the answers to their papers, which is what the form's rules judge and sheets show.
pub(crate) fn as_answers(files: impl IntoIterator<Item = CaseFile>) -> Map<String, Value> {
    let mut answers: Map<String, Value> = Map::new();
    for CaseFile {
        part,
        field,
        name,
        r#type,
        size,
        ..
    } in files
    {
        let its = answers.entry(field).or_insert_with(|| json!([]));
        if let Some(its) = its.as_array_mut() {
            its.push(json!({ "part": part, "name": name, "type": r#type, "size": size }));
        }
    }
    answers
}

/// One marked fault.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFault {
    /// Id of the field at which it shows; in a repeat group with entry and member.
    pub(crate) field: String,
    /// The rule's id.
    pub(crate) rule: String,
    pub(crate) severity: Severity,
    pub(crate) message: Text,
}

impl CaseFault {
    /// Id of the form's field: `hk.co_movers` for a fault at `hk.co_movers[0].full_name`.
    pub(crate) fn field_id(&self) -> &str {
        self.field.split('[').next().unwrap_or(&self.field)
    }
}

impl From<AnswerFault> for CaseFault {
    fn from(fault: AnswerFault) -> Self {
        let AnswerFault {
            field,
            rule,
            severity,
            message,
        } = fault;
        Self {
            field,
            rule,
            severity,
            message,
        }
    }
}
