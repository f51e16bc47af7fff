//! `country-place`: a place abroad. Answer: `{"country", "place"}`, the country a code of the list `countries`.

use super::{Behaviour, Context, Finding, Shown, findings};
use crate::form::Field;
use crate::message::Code;
use crate::place::{COUNTRY, FREE_TEXT_MAX, Object, Part, is_free_text, only};
use serde_json::Value;

pub(super) struct CountryPlace;

const PARTS: &[Part] = &[COUNTRY, Part::words("place", 1, FREE_TEXT_MAX).must()];

impl Behaviour for CountryPlace {
    fn name(&self) -> &'static str {
        "country-place"
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "R-ADDR", "R-ADDR/country", "R-ADDR/place"]
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
            Some(answer) if only(answer, PARTS) => fault(answer, context),
            _ => Some("shape"),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        let text = |part: &str| answer.get(part).and_then(Value::as_str);
        let country = shown.label("countries", text("country")?);
        Some(format!("{}, {country}", text("place")?))
    }
}

fn fault(answer: &Object, context: &Context<'_>) -> Option<Code> {
    let country = answer.get("country").and_then(Value::as_str);
    if !country.is_some_and(|code| context.has("countries", code)) {
        return Some("R-ADDR/country");
    }
    (!is_free_text(answer.get("place"))).then_some("R-ADDR/place")
}
