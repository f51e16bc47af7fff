//! `time`: hour and minute, the minute may be unknown. Answer: `"HH:MM"` or `"HH"`.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::{Value, json};

pub(super) struct Time;

impl Behaviour for Time {
    fn name(&self) -> &'static str {
        "time"
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "time"]
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Text)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        let code = match answer.as_str() {
            None => Some("shape"),
            Some(text) => (!is_time(text)).then_some("time"),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        let text = answer.as_str().filter(|text| is_time(text))?;
        Some(match text.split_once(':') {
            Some((hour, minute)) if shown.language == "vi" => format!("{hour} giờ {minute} phút"),
            Some(_) => text.to_owned(),
            None => format!("{text} {}", shown.words("giờ", "h")),
        })
    }

    fn schema(&self, _: &Field, _: &Shown<'_>) -> Value {
        json!({"type": "string", "pattern": "^([01][0-9]|2[0-3])(:[0-5][0-9])?$"})
    }
}

fn is_time(text: &str) -> bool {
    match text.split_once(':') {
        Some((hour, minute)) => is_below(hour, 24) && is_below(minute, 60),
        None => is_below(text, 24),
    }
}

/// Two digits below `limit`.
fn is_below(digits: &str, limit: u8) -> bool {
    let two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
    two && digits.parse::<u8>().is_ok_and(|number| number < limit)
}
