//! `money`: an amount in whole đồng. Answer: a JSON integer, 0 or more.

use super::{Behaviour, Context, Finding, Shown, findings, number, plain};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::Value;

pub(super) struct Money;

impl Behaviour for Money {
    fn name(&self) -> &'static str {
        "money"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["min", "max"]
    }

    fn codes(&self) -> &'static [Code] {
        &["shape/number", "range", "range/min"]
    }

    fn complete(&self, field: &mut Field) {
        field.min.get_or_insert(crate::Number::ZERO);
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Whole)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        findings(field, number::fault(answer, field, "shape/number"))
    }

    /// «8.000 đồng».
    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        let amount = crate::Number::answered(answer)?.grouped(shown.language);
        Some(format!("{amount} {}", shown.words("đồng", "VND")))
    }

    fn schema(&self, field: &Field, _: &Shown<'_>) -> Value {
        number::schema("integer", field)
    }
}
