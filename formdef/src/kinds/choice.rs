//! `choice`: one of the field's `options` or of a `list`. Answer: the option's value or the item's code, a string.

use super::{Behaviour, Context, Finding, Shown, findings, options_schema, plain};
use crate::expr::types::{Codes, Meaning, Type};
use crate::form::{self, Field};
use crate::message::Code;
use crate::moment::is_open;
use crate::place::code_of;
use serde_json::Value;
use std::rc::Rc;

pub(super) struct Choice;

impl Behaviour for Choice {
    fn name(&self) -> &'static str {
        "choice"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["options", "list", "within"]
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "option", "not-open/option", "not-within"]
    }

    fn lists(&self, field: &Field) -> Vec<String> {
        field.list.clone().into_iter().collect()
    }

    fn meaning(&self, field: &Field) -> Meaning {
        plain(codes(field))
    }

    fn check<'a>(
        &self,
        field: &'a Field,
        answer: &Value,
        context: &Context<'_>,
    ) -> Vec<Finding<'a>> {
        let code = match answer.as_str() {
            None => Some("shape"),
            Some(code) => fault(field, code, context),
        };
        findings(field, code)
    }

    fn display(&self, field: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        Some(label(field, answer.as_str()?, shown))
    }

    fn schema(&self, field: &Field, shown: &Shown<'_>) -> Value {
        schema(field, shown)
    }
}

/// What one chosen value is in an expression.
pub(super) fn codes(field: &Field) -> Type {
    let values = field.options.iter().map(|option| option.value.clone());
    match &field.list {
        Some(list) => code_of(list),
        None => Type::Code(Rc::new(Codes::Own(field.id.clone(), values.collect()))),
    }
}

/// What is wrong with one chosen value.
pub(super) fn fault(field: &Field, code: &str, context: &Context<'_>) -> Option<Code> {
    match &field.list {
        Some(list) => listed_fault(list, code, context).map(|fault| match fault {
            "not-open" => "not-open/option",
            other => other,
        }),
        None => match field.options.iter().find(|option| option.value == code) {
            None => Some("option"),
            Some(form::Choice { opens, closes, .. }) => {
                (!is_open(*opens, *closes, context.at)).then_some("not-open/option")
            }
        },
    }
}

/// The number of a value among the options.
pub(super) fn place(field: &Field, code: &str, context: &Context<'_>) -> Option<usize> {
    match &field.list {
        Some(list) => {
            let items = &context.lists.get(list)?.items;
            items.iter().position(|item| item.code == code)
        }
        None => field.options.iter().position(|option| option.value == code),
    }
}

/// What people read for a value; the value itself when it is none of the options.
pub(super) fn label(field: &Field, code: &str, shown: &Shown<'_>) -> String {
    if let Some(list) = &field.list {
        return shown.label(list, code);
    }
    let option = field.options.iter().find(|option| option.value == code);
    let label = option.map_or(code, |option| option.label.get(shown.language));
    label.to_owned()
}

/// The JSON Schema of one chosen value.
pub(super) fn schema(field: &Field, shown: &Shown<'_>) -> Value {
    let options = field.options.iter();
    match &field.list {
        Some(list) => shown.schema(list),
        None => options_schema(
            options.map(|option| (option.value.as_str(), option.label.get(shown.language))),
        ),
    }
}

/// What is wrong with a code of a list: it is not there, or cannot be chosen at that moment.
pub(super) fn listed_fault(list: &str, code: &str, context: &Context<'_>) -> Option<Code> {
    match context.find(list, code) {
        None => Some("option"),
        Some(item) => (!item.is_open(context.at)).then_some("not-open"),
    }
}
