//! `email`: an e-mail address. Answer: a string with one @ and a domain with a dot, at most 254 characters.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::characters::is_plain_text;
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::{Value, json};

const LENGTH_MAX: usize = 254;

pub(super) struct Email;

impl Behaviour for Email {
    fn name(&self) -> &'static str {
        "email"
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "R-EMAIL"]
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Text)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        let code = match answer.as_str() {
            None => Some("shape"),
            Some(address) => (!is_address(address)).then_some("R-EMAIL"),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, _: &Shown<'_>) -> Option<String> {
        answer.as_str().map(str::to_owned)
    }

    fn schema(&self, _: &Field, _: &Shown<'_>) -> Value {
        json!({"type": "string", "maxLength": LENGTH_MAX, "pattern": "^[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)+$"})
    }
}

/// Something before one @ and, after it, labels joined by dots, at least two of them.
fn is_address(address: &str) -> bool {
    let separator = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"');
    let plain = is_plain_text(address) && !address.contains(separator);
    let short = address.chars().count() <= LENGTH_MAX;
    let Some((name, domain)) = address.split_once('@') else {
        return false;
    };
    let labels = domain.split('.');
    let domain_fits = domain.contains('.')
        && !domain.contains('@')
        && labels.into_iter().all(|label| !label.is_empty());
    plain && short && !name.is_empty() && domain_fits
}
