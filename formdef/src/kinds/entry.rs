//! `entry`: one of the entries of a repeat group, such as the guardian to call. Answer: its number, from 1.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use crate::number::Number;
use serde_json::{Value, json};

/// More entries than this no repeat group has.
const ENTRIES_MAX: i64 = 100;

pub(super) struct Entry;

impl Behaviour for Entry {
    fn name(&self) -> &'static str {
        "entry"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["of"]
    }

    fn codes(&self) -> &'static [Code] {
        &["shape/number", "option"]
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Whole)
    }

    /// Whether there is such an entry is checked in [`crate::check()`], which has the other answers.
    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        let number = Number::answered(answer).and_then(Number::whole);
        let fits = number.is_some_and(|number| (1..=ENTRIES_MAX).contains(&number));
        findings(field, (!fits).then_some("shape/number"))
    }

    /// Which one; how its group is called, [`crate::display()`] knows.
    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        let number = answer.as_i64()?;
        Some(format!("{} {number}", shown.words("số", "no.")))
    }

    fn schema(&self, _: &Field, _: &Shown<'_>) -> Value {
        json!({"type": "integer", "minimum": 1, "maximum": ENTRIES_MAX})
    }
}
