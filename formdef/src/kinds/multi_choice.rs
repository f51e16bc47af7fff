//! `multi-choice`: any of the field's `options` or of a `list`. Answer: an array of values or codes, each once, in the order
//! of the options; none chosen is no answer.

use super::{Behaviour, Context, Finding, Shown, choice, findings, plain};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use crate::number::Number;
use serde_json::{Value, json};
use std::rc::Rc;

pub(super) struct MultiChoice;

impl Behaviour for MultiChoice {
    fn name(&self) -> &'static str {
        "multi-choice"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["options", "list", "min", "max"]
    }

    fn codes(&self) -> &'static [Code] {
        &[
            "shape",
            "option",
            "not-open/option",
            "count/chosen",
            "count/least",
            "count/most",
        ]
    }

    fn lists(&self, field: &Field) -> Vec<String> {
        field.list.clone().into_iter().collect()
    }

    fn meaning(&self, field: &Field) -> Meaning {
        plain(Type::Many(Rc::new(choice::codes(field))))
    }

    fn check<'a>(
        &self,
        field: &'a Field,
        answer: &Value,
        context: &Context<'_>,
    ) -> Vec<Finding<'a>> {
        findings(field, fault(field, answer, context))
    }

    fn display(&self, field: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        let labels = answer.as_array()?.iter();
        let labels = labels.map(|code| Some(choice::label(field, code.as_str()?, shown)));
        let labels: Option<Vec<String>> = labels.collect();
        Some(labels?.join("; "))
    }

    fn schema(&self, field: &Field, shown: &Shown<'_>) -> Value {
        let bound = |bound: Option<Number>| bound.and_then(Number::whole);
        let mut schema = json!({
            "type": "array",
            "items": choice::schema(field, shown),
            "uniqueItems": true,
            "minItems": bound(field.min).unwrap_or(1).max(1),
        });
        if let (Some(most), Some(members)) = (bound(field.max), schema.as_object_mut()) {
            members.insert("maxItems".to_owned(), most.into());
        }
        schema
    }
}

fn fault(field: &Field, answer: &Value, context: &Context<'_>) -> Option<Code> {
    let chosen = answer.as_array().filter(|chosen| !chosen.is_empty());
    let Some(chosen) = chosen else {
        return Some("shape");
    };
    let mut places = Vec::new();
    for code in chosen {
        let Some(code) = code.as_str() else {
            return Some("shape");
        };
        if let Some(fault) = choice::fault(field, code, context) {
            return Some(fault);
        }
        places.push(choice::place(field, code, context));
    }
    // Each once and in order, so that one choice has one answer.
    if !places.is_sorted_by(|earlier, later| earlier < later) {
        return Some("shape");
    }
    let count = Number::from(u32::try_from(chosen.len()).unwrap_or(u32::MAX));
    let below = field.min.is_some_and(|min| count < min);
    let above = field.max.is_some_and(|max| count > max);
    (below || above).then_some(match (field.min, field.max) {
        (Some(_), Some(_)) => "count/chosen",
        (Some(_), None) => "count/least",
        _ => "count/most",
    })
}
