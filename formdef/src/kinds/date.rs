//! `date`: a day of the calendar, 1880 or later. Answer: `"YYYY-MM-DD"`.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::date::{Partial, YEAR_MIN};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::{Value, json};

pub(super) struct Date;

impl Behaviour for Date {
    fn name(&self) -> &'static str {
        "date"
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "date"]
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Date)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        findings(field, fault(answer))
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        display(answer.as_str()?, shown)
    }

    fn schema(&self, _: &Field, _: &Shown<'_>) -> Value {
        json!({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
    }
}

/// What is wrong with a full date.
pub(super) fn fault(answer: &Value) -> Option<Code> {
    let Some(text) = answer.as_str() else {
        return Some("shape");
    };
    let day = crate::Date::parse(text).filter(|day| day.year() >= YEAR_MIN);
    day.is_none().then_some("date")
}

/// A full or partial date as people here write it: `25/07/2016`, «tháng 07 năm 2016», `2016`.
pub(crate) fn display(text: &str, shown: &Shown<'_>) -> Option<String> {
    let date = Partial::parse(text)?;
    let year = date.year;
    Some(match (date.month, date.day) {
        (Some(month), Some(day)) => format!("{day:02}/{month:02}/{year}"),
        (Some(month), None) if shown.language == "vi" => format!("tháng {month:02} năm {year}"),
        (Some(month), None) => format!("{month:02}/{year}"),
        _ => year.to_string(),
    })
}
