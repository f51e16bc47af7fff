//! `residence`: where a person resides. Answer: `{"kind", "province", "ward"? | "unit"?, "detail"}` or, abroad,
//! `{"kind", "country", "detail"}`; the kind is a code of the list `residence-kind`.

use super::{Behaviour, Context, Finding, Shown, address, findings};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::list::Lists;
use crate::message::Code;
use crate::place::{self, Object, code_of, free_text_schema, is_free_text, only};
use serde_json::{Value, json};

pub(super) struct Residence;

impl Behaviour for Residence {
    fn name(&self) -> &'static str {
        "residence"
    }

    fn keys(&self) -> &'static [&'static str] {
        &[]
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

    fn lists(&self, _: &Field) -> Vec<String> {
        ["residence-kind", "provinces", "agencies", "countries"]
            .map(str::to_owned)
            .to_vec()
    }

    fn meaning(&self, _: &Field, lists: &Lists) -> Meaning {
        let mut parts = place::named(vec![("kind", code_of("residence-kind", lists))]);
        parts.extend(place::parts(lists));
        parts.extend(place::named(vec![
            ("country", code_of("countries", lists)),
            ("detail", Type::Text),
        ]));
        Meaning {
            whole: Type::Record(self.name()),
            parts,
        }
    }

    fn check<'a>(
        &self,
        field: &'a Field,
        answer: &Value,
        context: &Context<'_>,
    ) -> Vec<Finding<'a>> {
        let code = match answer.as_object() {
            Some(place) if place.contains_key("country") => abroad_fault(place, context),
            Some(place) if only(place, &["kind", "province", "ward", "unit", "detail"]) => {
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
        let kind = ("kind", shown.schema("residence-kind"));
        let detail = ("detail", free_text_schema());
        let here = [
            kind.clone(),
            ("province", shown.schema("provinces")),
            ("ward", shown.schema("agencies")),
            ("unit", free_text_schema()),
            detail.clone(),
        ];
        let abroad = [kind, ("country", shown.schema("countries")), detail];
        json!({"oneOf": [
            place::schema(&here, &["kind", "province", "detail"]),
            place::schema(&abroad, &["kind", "country", "detail"]),
        ]})
    }
}

fn kind_fault(place: &Object, context: &Context<'_>) -> Option<Code> {
    let kind = place.get("kind").and_then(Value::as_str);
    let known = kind.is_some_and(|kind| context.has("residence-kind", kind));
    (!known).then_some("R-ADDR/kind")
}

fn abroad_fault(place: &Object, context: &Context<'_>) -> Option<Code> {
    let country = place.get("country").and_then(Value::as_str);
    if !only(place, &["kind", "country", "detail"]) {
        Some("shape")
    } else if let Some(code) = kind_fault(place, context) {
        Some(code)
    } else if !country.is_some_and(|code| context.has("countries", code)) {
        Some("R-ADDR/country")
    } else {
        (!is_free_text(place.get("detail"))).then_some("R-ADDR/detail")
    }
}
