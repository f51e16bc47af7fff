//! `partial-date`: a date of which the day, or day and month, may be unknown. Answer: `"YYYY"`, `"YYYY-MM"` or
//! `"YYYY-MM-DD"`, 1880 or later.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::date::Partial;
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::{Value, json};

pub(super) struct PartialDate;

impl Behaviour for PartialDate {
    fn name(&self) -> &'static str {
        "partial-date"
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "date", "date/partial"]
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Date)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        let code = match answer.as_str() {
            None => Some("shape"),
            Some(text) => Partial::parse(text).is_none().then_some("date/partial"),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        super::date::display(answer.as_str()?, shown)
    }

    fn schema(&self, _: &Field, _: &Shown<'_>) -> Value {
        json!({"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"})
    }
}
