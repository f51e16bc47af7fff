//! `multiline`: words on several lines. Answer: a string in NFC, lines apart by `\n`, nothing around it.

use super::{Behaviour, Context, Finding, Shown, findings, plain, text};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::Value;

/// Code points, when the definition does not say.
const LENGTH_MAX: u32 = 2_000;

pub(super) struct Multiline;

impl Behaviour for Multiline {
    fn name(&self) -> &'static str {
        "multiline"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["length_min", "length_max"]
    }

    fn codes(&self) -> &'static [Code] {
        text::CODES
    }

    fn complete(&self, field: &mut Field) {
        field.length_max.get_or_insert(LENGTH_MAX);
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Text)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        findings(field, text::fault(answer, field, |c| c == '\n'))
    }

    /// The lines as they are.
    fn display(&self, _: &Field, answer: &Value, _: &Shown<'_>) -> Option<String> {
        answer.as_str().map(str::to_owned)
    }

    fn schema(&self, field: &Field, _: &Shown<'_>) -> Value {
        text::schema(field)
    }
}
