//! `computed`: not asked, worked out from other answers by `value`. Answer: what the expression gives; the intake works it
//! out again and compares. How it prints depends on the expression: see [`crate::display()`].

use super::{Behaviour, Context, Finding, Shown, plain};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::list::Lists;
use crate::message::Code;
use serde_json::{Value, json};

pub(super) struct Computed;

impl Behaviour for Computed {
    fn name(&self) -> &'static str {
        "computed"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["value"]
    }

    fn codes(&self) -> &'static [Code] {
        &["computed"]
    }

    /// Its expression says it; until that is read, it fits everywhere.
    fn meaning(&self, _: &Field, _: &Lists) -> Meaning {
        plain(Type::Any)
    }

    /// The value is compared in [`crate::check()`], which has the other answers.
    fn check<'a>(&self, _: &'a Field, _: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        Vec::new()
    }

    fn display(&self, _: &Field, _: &Value, _: &Shown<'_>) -> Option<String> {
        None
    }

    fn schema(&self, _: &Field, _: &Shown<'_>) -> Value {
        json!({"type": ["string", "integer", "boolean", "object", "array"]})
    }
}
