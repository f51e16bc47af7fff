//! `declaration`: a statement that the person agrees to. Answer: `true`; anything else is no consent. The time of consent
//! is that of the submission.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::{Value, json};

pub(super) struct Declaration;

impl Behaviour for Declaration {
    fn name(&self) -> &'static str {
        "declaration"
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "required"]
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Bool)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        let code = match answer.as_bool() {
            Some(true) => None,
            Some(false) => Some("required"),
            None => Some("shape"),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        let agreed = answer.as_bool()?;
        let words = if agreed {
            shown.words("Đồng ý", "Agreed")
        } else {
            shown.words("Không đồng ý", "Not agreed")
        };
        Some(words.to_owned())
    }

    fn schema(&self, _: &Field, _: &Shown<'_>) -> Value {
        json!({"const": true})
    }
}
