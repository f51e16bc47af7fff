//! `agency`: the ward, commune or township that receives the application. Answer: a code of the list `agencies` that is
//! open on the day of the submission.

use super::{Behaviour, Context, Finding, Shown, choice, findings, plain};
use crate::expr::types::Meaning;
use crate::form::Field;
use crate::list::Lists;
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

    fn codes(&self) -> &'static [Code] {
        &["shape", "option", "not-open"]
    }

    fn lists(&self, _: &Field) -> Vec<String> {
        vec![LIST.to_owned()]
    }

    fn meaning(&self, _: &Field, lists: &Lists) -> Meaning {
        plain(code_of(LIST, lists))
    }

    fn check<'a>(
        &self,
        field: &'a Field,
        answer: &Value,
        context: &Context<'_>,
    ) -> Vec<Finding<'a>> {
        let code = match answer.as_str() {
            None => Some("shape"),
            Some(code) => choice::listed_fault(LIST, code, context),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        Some(shown.with_group(LIST, answer.as_str()?))
    }

    fn schema(&self, _: &Field, shown: &Shown<'_>) -> Value {
        shown.schema(LIST)
    }
}
