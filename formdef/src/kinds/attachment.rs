//! `attachment`: a paper that the case needs. Its original is brought to the counter; files of it may be sent before, and
//! nothing is wrong when none is. Answer: its files, `[{"part", "name", "type", "size"}]`, which
//! travel in a part's `attachments`, each with its `field` and its key, and never among its `answers`.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::characters::is_plain_text;
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::format::FORMATS;
use crate::message::Code;
use crate::number::Number;
use crate::place::Object;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The types of files: the name that a definition uses, the media type.
pub(crate) fn types() -> impl Iterator<Item = (&'static str, &'static str)> {
    FORMATS.iter().map(|format| (format.name, format.media))
}

/// Files of one paper: how many where the definition does not say, and how many at most.
const COUNT: u32 = 5;
pub(crate) const COUNT_MAX: i64 = 20;
/// Bytes of one file: how many where the definition does not say, and how many at most.
const BYTES: u64 = 5 << 20;
pub(crate) const BYTES_MAX: i64 = 20 << 20;
/// Code points of a file's name, as file systems have them.
const NAME_MAX: usize = 255;
/// Characters of the name of a part of the submission.
const PART_MAX: usize = 32;

pub(super) struct Attachment;

impl Behaviour for Attachment {
    fn name(&self) -> &'static str {
        "attachment"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["required", "types", "count_max", "bytes_max", "until"]
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "count/files", "file-type", "file-size"]
    }

    fn is_brought(&self) -> bool {
        true
    }

    fn complete(&self, field: &mut Field) {
        // A missing answer would refuse the submission; a missing paper does not.
        field.bring = Some(std::mem::take(&mut field.required));
        field.count_max.get_or_insert(COUNT);
        field.bytes_max.get_or_insert(BYTES);
        if field.types.is_empty() {
            field.types = types().map(|(_, media)| media.to_owned()).collect();
        }
    }

    /// No expression can refer to it: see [`crate::expr::types::Names`].
    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Any)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        findings(field, fault(field, answer))
    }

    /// The names of its files.
    fn display(&self, _: &Field, answer: &Value, _: &Shown<'_>) -> Option<String> {
        let names = answer
            .as_array()?
            .iter()
            .map(|file| file.get("name")?.as_str());
        Some(names.collect::<Option<Vec<_>>>()?.join("; "))
    }

    fn schema(&self, field: &Field, _: &Shown<'_>) -> Value {
        json!({
            "type": "array",
            "minItems": 1,
            "maxItems": field.count_max,
            "items": {
                "type": "object",
                "properties": {
                    "part": {"type": "string", "pattern": "^[a-z0-9-]{1,32}$"},
                    "name": {"type": "string", "minLength": 1, "maxLength": NAME_MAX},
                    "type": {"enum": field.types},
                    "size": {"type": "integer", "minimum": 1, "maximum": field.bytes_max},
                },
                "required": MEMBERS,
                "additionalProperties": false,
            },
        })
    }
}

/// What a file's descriptor says.
const MEMBERS: [&str; 4] = ["part", "name", "type", "size"];

fn fault(field: &Field, answer: &Value) -> Option<Code> {
    let files = answer.as_array().filter(|files| !files.is_empty());
    let Some(files) = files else {
        return Some("shape");
    };
    let mut parts = BTreeSet::new();
    for file in files {
        let Some(file) = file.as_object().filter(|file| is_descriptor(file)) else {
            return Some("shape");
        };
        if !parts.insert(file.get("part").and_then(Value::as_str)) {
            return Some("shape");
        }
    }
    let most = field.count_max.unwrap_or(COUNT);
    if files.len() > usize::try_from(most).unwrap_or(usize::MAX) {
        return Some("count/files");
    }
    files.iter().find_map(|file| file_fault(field, file))
}

/// Whether it says of a file what must be said, whatever that is.
fn is_descriptor(file: &Object) -> bool {
    let text = |member: &str| file.get(member).and_then(Value::as_str).unwrap_or_default();
    let is_part = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    let (part, name) = (text("part"), text("name"));
    file.keys().all(|member| MEMBERS.contains(&member.as_str()))
        && (1..=PART_MAX).contains(&part.len())
        && part.bytes().all(is_part)
        && is_plain_text(name)
        && name.chars().count() <= NAME_MAX
        && !text("type").is_empty()
        && size(file.get("size")).is_some_and(|size| size > 0)
}

fn file_fault(field: &Field, file: &Value) -> Option<Code> {
    let is_of_type = field
        .types
        .iter()
        .any(|of| file.get("type").and_then(Value::as_str) == Some(of));
    if !is_of_type {
        return Some("file-type");
    }
    let most = field.bytes_max.unwrap_or(BYTES);
    let fits = size(file.get("size")).is_some_and(|size| size <= most);
    (!fits).then_some("file-size")
}

fn size(value: Option<&Value>) -> Option<u64> {
    let whole = Number::answered(value?).and_then(Number::whole)?;
    u64::try_from(whole).ok()
}
