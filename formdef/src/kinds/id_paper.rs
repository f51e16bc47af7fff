//! `id-paper`: an identity paper. Answer: `{"type", "number", "issued_on"?, "issued_by"?}`, the type a code of the list
//! `id-paper`, the number as its type has it (see [`number_fault`]).

use super::{Behaviour, Context, Finding, Shown, findings};
use crate::characters::is_plain_text;
use crate::form::Field;
use crate::message::Code;
use crate::place::{Object, Part, only};
use serde_json::Value;

/// Characters of the number of any paper.
const NUMBER_MIN: usize = 5;
const NUMBER_MAX: usize = 30;
const ISSUED_BY_MAX: usize = 120;

pub(super) struct IdPaper;

const PARTS: &[Part] = &[
    Part::code("type", "id-paper").must(),
    Part::words("number", NUMBER_MIN, NUMBER_MAX).must(),
    Part::day("issued_on"),
    Part::words("issued_by", 1, ISSUED_BY_MAX),
];

impl Behaviour for IdPaper {
    fn name(&self) -> &'static str {
        "id-paper"
    }

    fn codes(&self) -> &'static [Code] {
        &[
            "shape",
            "R-ID",
            "R-ID/type",
            "R-ID/12",
            "R-ID/9",
            "R-ID/passport",
            "R-ID/foreign",
            "date",
        ]
    }

    fn parts(&self, _: &Field) -> &'static [Part] {
        PARTS
    }

    fn check<'a>(
        &self,
        field: &'a Field,
        answer: &Value,
        context: &Context<'_>,
    ) -> Vec<Finding<'a>> {
        let code = match answer.as_object() {
            Some(paper) if only(paper, PARTS) => fault(paper, context),
            _ => Some("shape"),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        let text = |part: &str| answer.get(part).and_then(Value::as_str);
        let kind = shown.label("id-paper", text("type")?);
        let mut line = format!("{kind} {} {}", shown.words("số", "no."), text("number")?);
        if let Some(office) = text("issued_by") {
            line += &format!(" {} {office}", shown.words("do", "issued by"));
        }
        if let Some(day) = text("issued_on").and_then(|day| super::date::display(day, shown)) {
            line += &format!(" {} {day}", shown.words("cấp ngày", "on"));
        }
        Some(line)
    }
}

fn fault(paper: &Object, context: &Context<'_>) -> Option<Code> {
    let text = |part: &str| paper.get(part).and_then(Value::as_str);
    let Some(kind) = text("type").filter(|kind| context.has("id-paper", kind)) else {
        return Some("R-ID/type");
    };
    let number = text("number").unwrap_or_default();
    number_fault(kind, number)
        .or_else(|| paper.get("issued_on").and_then(super::date::fault))
        .or_else(|| issued_by_fault(paper.get("issued_by")?))
}

/// What is wrong with a number of that type of paper.
fn number_fault(kind: &str, number: &str) -> Option<Code> {
    let length = number.len();
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_code = number
        .bytes()
        .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    let (fits, code) = match kind {
        "CCCD" | "CC" | "CMND12" | "SDD" => (length == 12 && is_digits(number), "R-ID/12"),
        "CMND9" => (length == 9 && is_digits(number), "R-ID/9"),
        "HC" => {
            let digits = number.trim_start_matches(|c: char| c.is_ascii_uppercase());
            let letters = length - digits.len();
            let fits =
                (1..=2).contains(&letters) && (6..=8).contains(&digits.len()) && is_digits(digits);
            (fits, "R-ID/passport")
        }
        "HCNN" => (is_code && (5..=15).contains(&length), "R-ID/foreign"),
        _ => {
            let length = number.chars().count();
            (
                is_plain_text(number) && (NUMBER_MIN..=NUMBER_MAX).contains(&length),
                "R-ID",
            )
        }
    };
    (!fits).then_some(code)
}

fn issued_by_fault(office: &Value) -> Option<Code> {
    let office = office.as_str().filter(|office| is_plain_text(office));
    let fits = office.is_some_and(|office| office.chars().count() <= ISSUED_BY_MAX);
    (!fits).then_some("shape")
}
