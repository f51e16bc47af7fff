//! `residence`: where a person resides. Answer: `{"kind", "province", "ward"? | "unit"?, "detail"}` or, abroad,
//! `{"kind", "country", "detail"}`; the kind is a code of the list `residence-kind`.

use super::{Behaviour, Context, Finding, Shown, address, findings};
use crate::form::Field;
use crate::message::Code;
use crate::place::{self, COUNTRY, DETAIL, Object, PROVINCE, Part, UNIT, WARD, is_free_text, only};
use serde_json::{Value, json};

pub(super) struct Residence;

const KIND: Part = Part::code("kind", "residence-kind").must();
const HERE: &[Part] = &[KIND, PROVINCE, WARD, UNIT, DETAIL];
const ABROAD: &[Part] = &[KIND, COUNTRY, DETAIL];
/// What either has.
const PARTS: &[Part] = &[KIND, PROVINCE, WARD, UNIT, COUNTRY, DETAIL];

impl Behaviour for Residence {
    fn name(&self) -> &'static str {
        "residence"
    }

    fn codes(&self) -> &'static [Code] {
        &[
            "shape",
            "R-ADDR",
            "R-ADDR/kind",
            "R-ADDR/province",
            "R-ADDR/ward",
            "R-ADDR/unit",
            "R-ADDR/country",
            "R-ADDR/detail",
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
            Some(place) if place.contains_key("country") => abroad_fault(place, context),
            Some(place) if only(place, HERE) => {
                kind_fault(place, context).or_else(|| address::fault(place, context))
            }
            _ => Some("shape"),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        let place = answer.as_object()?;
        let text = |part: &str| place.get(part).and_then(Value::as_str);
        let country = text("country").map(|code| shown.label("countries", code));
        let lines: Vec<String> = std::iter::once(address::display(place, shown))
            .chain(country)
            .collect();
        let kind = shown.label("residence-kind", text("kind")?);
        Some(format!("{kind}: {}", lines.join(", ")))
    }

    fn schema(&self, _: &Field, shown: &Shown<'_>) -> Value {
        json!({"oneOf": [place::schema(HERE, shown), place::schema(ABROAD, shown)]})
    }
}

fn kind_fault(place: &Object, context: &Context<'_>) -> Option<Code> {
    let kind = place.get("kind").and_then(Value::as_str);
    let known = kind.is_some_and(|kind| context.has("residence-kind", kind));
    (!known).then_some("R-ADDR/kind")
}

fn abroad_fault(place: &Object, context: &Context<'_>) -> Option<Code> {
    let country = place.get("country").and_then(Value::as_str);
    if !only(place, ABROAD) {
        Some("shape")
    } else if let Some(code) = kind_fault(place, context) {
        Some(code)
    } else if !country.is_some_and(|code| context.has("countries", code)) {
        Some("R-ADDR/country")
    } else {
        (!is_free_text(place.get("detail"))).then_some("R-ADDR/detail")
    }
}
