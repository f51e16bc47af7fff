//! Answers made of parts, and administrative units, as `admin-unit`, `address` and `residence` share them.

use crate::characters::is_plain_text;
use crate::expr::types::{Codes, Meaning, Type};
use crate::kinds::{Context, Shown};
use crate::message::Code;
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

/// A part of an answer that is an object: its name, what it holds, whether it must be there.
///
/// Kinds whose answers have parts say them once; types in expressions, lists, schema and the check for strange members
/// come from there.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    holds: Holds,
    must: bool,
}

/// What a part holds.
#[derive(Clone, Copy)]
enum Holds {
    /// A code of that list.
    Code(&'static str),
    /// Words, at least and at most so many code points.
    Words(usize, usize),
    Day,
}

pub(crate) const PROVINCE: Part = Part::code("province", "provinces").must();
pub(crate) const WARD: Part = Part::code("ward", "agencies");
pub(crate) const UNIT: Part = Part::words("unit", 1, FREE_TEXT_MAX);
pub(crate) const DETAIL: Part = Part::words("detail", 1, FREE_TEXT_MAX).must();
pub(crate) const COUNTRY: Part = Part::code("country", "countries").must();

impl Part {
    pub(crate) const fn code(name: &'static str, list: &'static str) -> Self {
        Self {
            name,
            holds: Holds::Code(list),
            must: false,
        }
    }

    pub(crate) const fn words(name: &'static str, least: usize, most: usize) -> Self {
        Self {
            name,
            holds: Holds::Words(least, most),
            must: false,
        }
    }

    pub(crate) const fn day(name: &'static str) -> Self {
        Self {
            name,
            holds: Holds::Day,
            must: false,
        }
    }

    pub(crate) const fn must(self) -> Self {
        Self { must: true, ..self }
    }

    fn schema(&self, shown: &Shown<'_>) -> Value {
        match self.holds {
            Holds::Code(list) => shown.schema(list),
            Holds::Words(least, most) => {
                json!({"type": "string", "minLength": least, "maxLength": most})
            }
            Holds::Day => json!({"type": "string", "format": "date"}),
        }
    }
}

/// Whether the object has no members but these parts.
pub(crate) fn only(answer: &Object, parts: &[Part]) -> bool {
    let is_part = |key: &String| parts.iter().any(|part| part.name == key);
    answer.keys().all(is_part)
}

/// The lists that the parts need.
pub(crate) fn lists(parts: &[Part]) -> Vec<String> {
    let lists = parts.iter().filter_map(|part| match part.holds {
        Holds::Code(list) => Some(list.to_owned()),
        _ => None,
    });
    lists.collect()
}

/// What the answer to a field of that kind and its parts are in an expression.
pub(crate) fn meaning(kind: &'static str, parts: &[Part]) -> Meaning {
    let types = parts.iter().map(|part| {
        let its = match part.holds {
            Holds::Code(list) => code_of(list),
            Holds::Words(..) => Type::Text,
            Holds::Day => Type::Date,
        };
        (part.name.to_owned(), its)
    });
    Meaning {
        whole: Type::Record(kind),
        parts: types.collect(),
    }
}

/// The JSON Schema of an object with these parts.
pub(crate) fn schema(parts: &[Part], shown: &Shown<'_>) -> Value {
    let properties: Object = parts
        .iter()
        .map(|part| (part.name.to_owned(), part.schema(shown)))
        .collect();
    let must = parts.iter().filter(|part| part.must);
    object_schema(properties, must.map(|part| part.name).collect())
}

/// The JSON Schema of an object with these members and no other, of which `must` have to be there.
pub(crate) fn object_schema(properties: Object, must: Vec<&str>) -> Value {
    json!({"type": "object", "properties": properties, "required": must, "additionalProperties": false})
}

/// A code of that list.
pub(crate) fn code_of(id: &str) -> Type {
    Type::Code(Rc::new(Codes::List(id.to_owned())))
}

/// «Phường Phúc Xá, Quận Ba Đình, Hà Nội», the smallest unit first.
pub(crate) fn display_unit(answer: &Object, shown: &Shown<'_>) -> Vec<String> {
    let text = |part: &str| answer.get(part).and_then(Value::as_str);
    let ward = text("ward").map(|code| shown.with_group("agencies", code));
    let unit = text("unit").map(str::to_owned);
    let province = text("province").map(|code| shown.label("provinces", code));
    [unit, ward, province].into_iter().flatten().collect()
}
