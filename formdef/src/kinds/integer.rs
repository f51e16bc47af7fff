//! `integer`: a whole number. Answer: a JSON integer that JavaScript holds exactly.

use super::{Behaviour, Context, Finding, Shown, findings, number, plain};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::Value;

pub(super) struct Integer;

impl Behaviour for Integer {
    fn name(&self) -> &'static str {
        "integer"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["min", "max"]
    }

    fn codes(&self) -> &'static [Code] {
        &["shape/number", "range", "range/min", "range/max"]
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Whole)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        findings(field, number::fault(answer, field, "shape/number"))
    }

    fn display(&self, _: &Field, answer: &Value, _: &Shown<'_>) -> Option<String> {
        answer.as_i64().map(|number| number.to_string())
    }

    fn schema(&self, field: &Field, _: &Shown<'_>) -> Value {
        number::schema("integer", field)
    }
}
