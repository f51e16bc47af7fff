//! `number`: a number that may have digits after the point. Answer: a JSON number with at most `decimals` of them.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::{Map, Value, json};

/// Digits after the point, when the definition does not say.
const DECIMALS: u8 = 2;

pub(super) struct Number;

impl Behaviour for Number {
    fn name(&self) -> &'static str {
        "number"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["min", "max", "decimals"]
    }

    fn codes(&self) -> &'static [Code] {
        &[
            "shape/number",
            "decimals",
            "range",
            "range/min",
            "range/max",
        ]
    }

    fn complete(&self, field: &mut Field) {
        field.decimals.get_or_insert(DECIMALS);
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Number)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        findings(field, fault(answer, field, "decimals"))
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        Some(crate::Number::answered(answer)?.grouped(shown.language))
    }

    /// How many digits stand after the point is not in it: doubles make `multipleOf` say what nobody means.
    fn schema(&self, field: &Field, _: &Shown<'_>) -> Value {
        schema("number", field)
    }
}

/// What is wrong with a number of at most `field.decimals` digits after the point, else none; `too_fine` when it has
/// more.
pub(super) fn fault(answer: &Value, field: &Field, too_fine: Code) -> Option<Code> {
    let Some(number) = crate::Number::answered(answer) else {
        return Some("shape/number");
    };
    if !number.has_decimals(field.decimals.unwrap_or(0)) {
        return Some(too_fine);
    }
    let below = field.min.is_some_and(|min| number < min);
    let above = field.max.is_some_and(|max| number > max);
    (below || above).then_some(match (field.min, field.max) {
        (Some(_), Some(_)) => "range",
        (Some(_), None) => "range/min",
        _ => "range/max",
    })
}

/// The JSON Schema of a number of that type within the field's bounds.
pub(super) fn schema(of: &str, field: &Field) -> Value {
    let mut schema = Map::from_iter([("type".to_owned(), json!(of))]);
    schema.extend(field.min.map(|min| ("minimum".to_owned(), json!(min))));
    schema.extend(field.max.map(|max| ("maximum".to_owned(), json!(max))));
    schema.into()
}
