//! `choice`: one of the field's `options` or of a `list`. Answer: the option's value or the item's code, a string.

use super::{Behaviour, Context, Finding, Shown, findings, options_schema, plain};
use crate::expr::types::{Codes, Meaning, Type};
use crate::form::Field;
use crate::list::Lists;
use crate::message::Code;
use crate::noun;
use crate::place::code_of;
use serde_json::Value;
use std::rc::Rc;

pub(super) struct Choice;

impl Behaviour for Choice {
    fn name(&self) -> &'static str {
        "choice"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["options", "list"]
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "option", "not-open"]
    }

    fn lists(&self, field: &Field) -> Vec<String> {
        field.list.clone().into_iter().collect()
    }

    fn meaning(&self, field: &Field, lists: &Lists) -> Meaning {
        plain(match &field.list {
            Some(list) => code_of(list, lists),
            None => Type::Code(Rc::new(Codes {
                of: noun::THE_FIELD.named(field.id.as_str()),
                values: field
                    .options
                    .iter()
                    .map(|option| option.value.clone())
                    .collect(),
            })),
        })
    }

    fn check<'a>(
        &self,
        field: &'a Field,
        answer: &Value,
        context: &Context<'_>,
    ) -> Vec<Finding<'a>> {
        let code = match (answer.as_str(), &field.list) {
            (None, _) => Some("shape"),
            (Some(code), Some(list)) => fault(list, code, context),
            (Some(code), None) => {
                let known = field.options.iter().any(|option| option.value == code);
                (!known).then_some("option")
            }
        };
        findings(field, code)
    }

    fn display(&self, field: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        let code = answer.as_str()?;
        if let Some(list) = &field.list {
            return Some(shown.label(list, code));
        }
        let option = field.options.iter().find(|option| option.value == code);
        Some(
            option
                .map_or(code, |option| option.label.get(shown.language))
                .to_owned(),
        )
    }

    fn schema(&self, field: &Field, shown: &Shown<'_>) -> Value {
        match &field.list {
            Some(list) => shown.schema(list),
            None => options_schema(
                field
                    .options
                    .iter()
                    .map(|option| (option.value.as_str(), option.label.get(shown.language))),
            ),
        }
    }
}

/// What is wrong with a code of a list: it is not there, or cannot be chosen on that day.
pub(super) fn fault(list: &str, code: &str, context: &Context<'_>) -> Option<Code> {
    match context.find(list, code) {
        None => Some("option"),
        Some(item) => (!item.is_open(context.today)).then_some("not-open"),
    }
}
