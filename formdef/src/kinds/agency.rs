//! `agency`: the ward, commune or township that receives the application. Answer: a code of the list `agencies` that is
//! open on the day of the submission, and among those that take it where only some do.

use super::{Behaviour, Context, Finding, Shown, choice, findings, plain};
use crate::expr::types::Meaning;
use crate::form::Field;
use crate::list::{Item, Lists};
use crate::message::Code;
use crate::place::code_of;
use serde_json::Value;

/// The list of agencies.
pub(crate) const LIST: &str = "agencies";

pub(super) struct Agency;

impl Behaviour for Agency {
    fn name(&self) -> &'static str {
        "agency"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["only"]
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "option", "not-open", "not-taken"]
    }

    fn lists(&self, _: &Field) -> Vec<String> {
        vec![LIST.to_owned()]
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(code_of(LIST))
    }

    fn check<'a>(
        &self,
        field: &'a Field,
        answer: &Value,
        context: &Context<'_>,
    ) -> Vec<Finding<'a>> {
        let code = match answer.as_str() {
            None => Some("shape"),
            Some(code) => choice::listed_fault(LIST, code, context)
                .or_else(|| (!is_taken(field, code, context.lists)).then_some("not-taken")),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        Some(shown.with_group(LIST, answer.as_str()?))
    }

    fn schema(&self, field: &Field, shown: &Shown<'_>) -> Value {
        let mut schema = shown.schema(LIST);
        if let Some(list) = shown.lists.get(LIST).filter(|_| !field.only.is_empty()) {
            let codes = list.items.iter().filter(|item| takes(field, item));
            schema["enum"] = codes.map(|item| item.code.as_str()).collect();
        }
        schema
    }
}

/// Whether an agency takes what the field sends to it.
pub(crate) fn takes(field: &Field, agency: &Item) -> bool {
    field.is_taken_by(&agency.code, agency.group.as_deref())
}

fn is_taken(field: &Field, code: &str, lists: &Lists) -> bool {
    let agency = lists.get(LIST).and_then(|list| list.find(code));
    agency.is_some_and(|agency| takes(field, agency))
}
