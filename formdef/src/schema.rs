//! JSON Schema 2020-12 of the answers, for those who read or write them with other software.

mod worked;

use std::collections::BTreeMap;

use crate::form::{Field, Form, Section};
use crate::kinds::{Shown, options_schema};
use crate::list::Lists;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The lists of a portal as schemas have them, each written once for all forms that use it.
pub struct ListSchemas<'a> {
    shown: Shown<'a>,
    written: BTreeMap<&'a str, Box<RawValue>>,
}

/// A schema, in the order in which it is written.
#[derive(Serialize)]
struct Schema<'a> {
    #[serde(rename = "$schema")]
    dialect: &'static str,
    #[serde(rename = "$id")]
    id: String,
    title: &'a str,
    r#type: &'static str,
    properties: Map<String, Value>,
    required: Vec<&'a str>,
    #[serde(rename = "additionalProperties")]
    others: bool,
    #[serde(rename = "$defs")]
    lists: BTreeMap<&'a str, &'a RawValue>,
}

impl<'a> ListSchemas<'a> {
    /// With labels in `language`.
    pub fn new(lists: &'a Lists, language: &'a str) -> Self {
        let written = lists.iter().map(|(id, list)| {
            let items = list.items.iter();
            let labelled = items.map(|item| (item.code.as_str(), item.label.get(language)));
            let text = options_schema(labelled).to_string();
            (id.as_str(), RawValue::from_string(text).unwrap_or_default())
        });
        ListSchemas {
            written: written.collect(),
            shown: Shown { lists, language },
        }
    }
}

impl Form {
    /// The schema of whole answers. It says less than [`crate::check()`]: conditions and rules between answers are not in it, so
    /// that a field that is asked only sometimes is never required.
    pub fn schema(&self, lists: &ListSchemas<'_>) -> String {
        let shown = &lists.shown;
        let properties: Map<String, Value> = self
            .fields()
            .filter(|field| field.kind.behaviour().has_answer())
            .map(|field| (field.id.clone(), property(self, field, shown)))
            .collect();
        let always = self
            .placed_fields()
            .filter(|(section, field)| is_always_asked(section, field));
        let used = self.lists.keys();
        let schema = Schema {
            dialect: "https://json-schema.org/draft/2020-12/schema",
            id: format!("urn:motcua:form:{}:{}", self.id, self.version),
            title: self.title.get(shown.language),
            r#type: "object",
            properties,
            required: always.map(|(_, field)| field.id.as_str()).collect(),
            others: false,
            lists: used
                .filter_map(|id| Some((id.as_str(), &**lists.written.get(id.as_str())?)))
                .collect(),
        };
        serde_json::to_string(&schema).unwrap_or_default()
    }
}

fn property(form: &Form, field: &Field, shown: &Shown<'_>) -> Value {
    let mut schema = worked::schema(form, field, shown);
    if let Some(members) = schema.as_object_mut() {
        members.insert("title".to_owned(), field.label.get(shown.language).into());
        members.extend(
            field
                .hint
                .as_ref()
                .map(|hint| ("description".to_owned(), hint.get(shown.language).into())),
        );
    }
    schema
}

fn is_always_asked(section: &Section, field: &Field) -> bool {
    field.required && field.show_when.is_none() && section.show_when.is_none()
}
