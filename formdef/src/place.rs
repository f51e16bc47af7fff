//! Administrative units, as `admin-unit`, `address` and `residence` share them.

use crate::characters::is_plain_text;
use crate::expr::types::{Codes, Type};
use crate::kinds::{Context, Shown};
use crate::list::Lists;
use crate::message::Code;
use crate::noun;
use serde_json::{Map, Value, json};
use std::rc::Rc;

/// The province whose wards are the portal's agencies: Hà Nội, in the codes of the statistics office.
pub(crate) const HOME_PROVINCE: &str = "01";
/// Code points of `unit` and of `detail`.
pub(crate) const FREE_TEXT_MAX: usize = 150;

pub(crate) type Object = Map<String, Value>;

/// What must be given below the province.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Below {
    /// Nothing: only the province is asked.
    Nothing,
    /// In the home province a ward of today or the words for an old unit; elsewhere words.
    WardOrWords,
    /// In the home province a ward of today; elsewhere words.
    Ward,
}

/// What is wrong with `province`, `ward` and `unit`.
pub(crate) fn check_unit(answer: &Object, below: Below, context: &Context<'_>) -> Option<Code> {
    let province = answer.get("province").and_then(Value::as_str);
    let Some(province) = province.filter(|code| context.has("provinces", code)) else {
        return Some("R-ADDR/province");
    };
    let unit = answer.get("unit");
    match (answer.get("ward"), below) {
        (ward, Below::Nothing) => (ward.is_some() || unit.is_some()).then_some("shape"),
        (Some(ward), _) => {
            let known = ward
                .as_str()
                .is_some_and(|code| context.has("agencies", code));
            if province != HOME_PROVINCE || !known {
                Some("R-ADDR/ward")
            } else {
                unit.is_some().then_some("shape")
            }
        }
        (None, Below::Ward) if province == HOME_PROVINCE => Some("R-ADDR/ward"),
        (None, _) => (!is_free_text(unit)).then_some("R-ADDR/unit"),
    }
}

/// Words of 1 to 150 characters.
pub(crate) fn is_free_text(value: Option<&Value>) -> bool {
    let text = value.and_then(Value::as_str);
    text.is_some_and(|text| is_plain_text(text) && text.chars().count() <= FREE_TEXT_MAX)
}

/// Whether the object has no members but these.
pub(crate) fn only(answer: &Object, members: &[&str]) -> bool {
    answer.keys().all(|key| members.contains(&key.as_str()))
}

/// The parts that `check_unit` knows, for expressions.
pub(crate) fn parts(lists: &Lists) -> Vec<(String, Type)> {
    named(vec![
        ("province", code_of("provinces", lists)),
        ("ward", code_of("agencies", lists)),
        ("unit", Type::Text),
    ])
}

/// Parts of an answer with their names.
pub(crate) fn named(parts: Vec<(&str, Type)>) -> Vec<(String, Type)> {
    let owned = parts.into_iter().map(|(name, its)| (name.to_owned(), its));
    owned.collect()
}

/// A code of that list.
pub(crate) fn code_of(id: &str, lists: &Lists) -> Type {
    let items = lists.get(id).map(|list| list.items.as_slice());
    let values = items
        .unwrap_or_default()
        .iter()
        .map(|item| item.code.clone());
    Type::Code(Rc::new(Codes {
        of: noun::THE_LIST.named(id),
        values: values.collect(),
    }))
}

/// «Phường Phúc Xá, Quận Ba Đình, Hà Nội», the smallest unit first.
pub(crate) fn display_unit(answer: &Object, shown: &Shown<'_>) -> Vec<String> {
    let text = |part: &str| answer.get(part).and_then(Value::as_str);
    let ward = text("ward").map(|code| shown.with_group("agencies", code));
    let unit = text("unit").map(str::to_owned);
    let province = text("province").map(|code| shown.label("provinces", code));
    [unit, ward, province].into_iter().flatten().collect()
}

/// The JSON Schema of an object with these members, of which `required` must be there.
pub(crate) fn schema(members: &[(&str, Value)], required: &[&str]) -> Value {
    let properties: Object = members
        .iter()
        .map(|(name, schema)| ((*name).to_owned(), schema.clone()))
        .collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// The JSON Schema of `unit` and `detail`.
pub(crate) fn free_text_schema() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": FREE_TEXT_MAX})
}
