//! `text`: one line of words. Answer: a string in NFC, nothing around it.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::characters::{is_canonical, is_invisible};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::{Value, json};

/// Code points, when the definition does not say.
const LENGTH_MAX: u32 = 200;

pub(super) struct Text;

impl Behaviour for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["length_min", "length_max"]
    }

    fn codes(&self) -> &'static [Code] {
        CODES
    }

    fn complete(&self, field: &mut Field) {
        field.length_max.get_or_insert(LENGTH_MAX);
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Text)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        findings(field, fault(answer, field, |_| false))
    }

    fn display(&self, _: &Field, answer: &Value, _: &Shown<'_>) -> Option<String> {
        answer.as_str().map(str::to_owned)
    }

    fn schema(&self, field: &Field, _: &Shown<'_>) -> Value {
        schema(field)
    }
}

pub(super) const CODES: &[Code] = &["shape", "characters", "length", "length/short"];

pub(super) fn schema(field: &Field) -> Value {
    let least = field.length_min.unwrap_or(1).max(1);
    json!({"type": "string", "minLength": least, "maxLength": greatest(field)})
}

fn greatest(field: &Field) -> u32 {
    field.length_max.unwrap_or(LENGTH_MAX)
}

/// What is wrong with words of so many code points, in which some characters may stand that cannot be seen.
pub(super) fn fault(answer: &Value, field: &Field, may_stand: fn(char) -> bool) -> Option<Code> {
    let text = answer.as_str().filter(|text| is_canonical(text));
    let Some(text) = text else {
        return Some("shape");
    };
    let length = text.chars().count();
    if text.contains(|c| is_invisible(c) && !may_stand(c)) {
        Some("characters")
    } else if length > greatest(field) as usize {
        Some("length")
    } else {
        (length < field.length_min.unwrap_or(0) as usize).then_some("length/short")
    }
}
