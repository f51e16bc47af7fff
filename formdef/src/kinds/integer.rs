//! `integer`: a whole number. Answer: a JSON integer that JavaScript holds exactly.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::list::Lists;
use crate::message::Code;
use serde_json::{Map, Value, json};

/// The largest integer that JavaScript holds exactly.
const EXACT_MAX: i64 = (1 << 53) - 1;

pub(super) struct Integer;

impl Behaviour for Integer {
    fn name(&self) -> &'static str {
        "integer"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["min", "max"]
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "range", "range/min", "range/max"]
    }

    fn meaning(&self, _: &Field, _: &Lists) -> Meaning {
        plain(Type::Number)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        let number = answer.as_i64().filter(|number| number.abs() <= EXACT_MAX);
        let Some(number) = number else {
            return findings(field, Some("shape"));
        };
        let below = field.min.is_some_and(|min| number < min);
        let above = field.max.is_some_and(|max| number > max);
        let code = match (field.min, field.max) {
            (Some(_), Some(_)) => "range",
            (Some(_), None) => "range/min",
            _ => "range/max",
        };
        findings(field, (below || above).then_some(code))
    }

    fn display(&self, _: &Field, answer: &Value, _: &Shown<'_>) -> Option<String> {
        answer.as_i64().map(|number| number.to_string())
    }

    fn schema(&self, field: &Field, _: &Shown<'_>) -> Value {
        let mut schema = Map::from_iter([("type".to_owned(), json!("integer"))]);
        schema.extend(field.min.map(|min| ("minimum".to_owned(), json!(min))));
        schema.extend(field.max.map(|max| ("maximum".to_owned(), json!(max))));
        schema.into()
    }
}
