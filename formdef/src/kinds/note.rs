//! `note`: words that are shown among the questions. Nothing is asked: any answer to it is wrong.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::Value;

pub(super) struct Note;

impl Behaviour for Note {
    fn name(&self) -> &'static str {
        "note"
    }

    fn codes(&self) -> &'static [Code] {
        &["shape"]
    }

    fn has_answer(&self) -> bool {
        false
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Any)
    }

    fn check<'a>(&self, field: &'a Field, _: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        findings(field, Some("shape"))
    }

    fn display(&self, _: &Field, _: &Value, _: &Shown<'_>) -> Option<String> {
        None
    }

    fn schema(&self, _: &Field, _: &Shown<'_>) -> Value {
        false.into()
    }
}
