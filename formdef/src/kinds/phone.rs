//! `phone`: a telephone number in Vietnam. Answer: E.164, `"+84…"`. Numbers of before the changes of 2017 and 2018 are
//! right until their last day; today's numbers are always right.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::Date;
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::{Value, json};

pub(super) struct Phone;

impl Behaviour for Phone {
    fn name(&self) -> &'static str {
        "phone"
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "R-PHONE", "R-PHONE/old"]
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Text)
    }

    fn check<'a>(
        &self,
        field: &'a Field,
        answer: &Value,
        context: &Context<'_>,
    ) -> Vec<Finding<'a>> {
        let code = match answer.as_str() {
            None => Some("shape"),
            Some(number) => fault(number, context.today()),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, _: &Shown<'_>) -> Option<String> {
        let number = answer.as_str()?;
        Some(match number.strip_prefix("+84") {
            Some(rest) => format!("0{rest}"),
            None => number.to_owned(),
        })
    }

    fn schema(&self, _: &Field, _: &Shown<'_>) -> Value {
        json!({"type": "string", "pattern": "^\\+84[0-9]{9,10}$"})
    }
}

fn fault(number: &str, today: Date) -> Option<Code> {
    let digits = number.strip_prefix("+84").map(str::as_bytes);
    let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_digit));
    let last_day = match digits.map(class) {
        None | Some(Class::None) => return Some("R-PHONE"),
        Some(Class::Today) => return None,
        Some(Class::OldMobile) => Date::new(2018, 11, 14),
        Some(Class::OldLandline) => Date::new(2017, 6, 16),
    };
    (Some(today) > last_day).then_some("R-PHONE/old")
}

enum Class {
    Today,
    /// 11 digits with the leading 0, until 14 November 2018.
    OldMobile,
    /// 04 and 8 digits, until 16 June 2017.
    OldLandline,
    None,
}

/// The class of a number's digits after the country's code.
fn class(digits: &[u8]) -> Class {
    match (digits.len(), digits) {
        (9, [b'3', b'2'..=b'9', ..])
        | (9, [b'5', b'2' | b'5' | b'6' | b'8' | b'9', ..])
        | (9, [b'7', b'0' | b'6'..=b'9', ..])
        | (9, [b'8', b'1'..=b'9', ..])
        | (9, [b'9', b'0'..=b'4' | b'6'..=b'9', ..])
        | (10, [b'2', ..]) => Class::Today,
        (10, [b'1', b'2', ..])
        | (10, [b'1', b'6', b'2'..=b'9', ..])
        | (10, [b'1', b'8', b'6' | b'8', ..])
        | (10, [b'1', b'9', b'9', ..]) => Class::OldMobile,
        (9, [b'4', ..]) => Class::OldLandline,
        _ => Class::None,
    }
}
