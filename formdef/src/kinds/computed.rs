//! `computed`: not asked, worked out from other answers by `value`. Answer: what the expression gives; the intake works it
//! out again and compares. How it prints depends on the expression: see [`crate::display()`].

use super::{Behaviour, Context, Finding, Shown, plain};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::{Value, json};

pub(super) struct Computed;

impl Behaviour for Computed {
    fn name(&self) -> &'static str {
        "computed"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["value", "gives"]
    }

    fn codes(&self) -> &'static [Code] {
        &["computed"]
    }

    fn is_asked(&self) -> bool {
        false
    }

    /// What it gives; where that is not said, its expression says it, and until that is read, it fits everywhere.
    fn meaning(&self, field: &Field) -> Meaning {
        match field.gives {
            Some(kind) => kind.behaviour().meaning(field),
            None => plain(Type::Any),
        }
    }

    /// The value is compared in [`crate::check()`], which has the other answers.
    fn check<'a>(&self, _: &'a Field, _: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        Vec::new()
    }

    fn display(&self, field: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        field.gives?.behaviour().display(field, answer, shown)
    }

    fn schema(&self, field: &Field, shown: &Shown<'_>) -> Value {
        if let Some(kind) = field.gives {
            return kind.behaviour().schema(field, shown);
        }
        // Its expression says more, and the form knows what that refers to: `crate::schema`.
        json!({})
    }
}
