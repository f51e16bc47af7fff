//! `yes-no`: a question answered by yes or no. Answer: `true` or `false`.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::{Value, json};

pub(super) struct YesNo;

impl Behaviour for YesNo {
    fn name(&self) -> &'static str {
        "yes-no"
    }

    fn codes(&self) -> &'static [Code] {
        &["shape"]
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Bool)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        findings(field, (!answer.is_boolean()).then_some("shape"))
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        Some(yes_or_no(answer.as_bool()?, shown))
    }

    fn schema(&self, _: &Field, _: &Shown<'_>) -> Value {
        json!({"type": "boolean"})
    }
}

pub(crate) fn yes_or_no(yes: bool, shown: &Shown<'_>) -> String {
    let words = if yes {
        shown.words("Có", "Yes")
    } else {
        shown.words("Không", "No")
    };
    words.to_owned()
}
