//! JSON Schema 2020-12 of the answers, for those who read or write them with other software.

mod worked;

use crate::form::{Field, Form, Section};
use crate::kinds::Shown;
use crate::list::Lists;
use serde_json::{Map, Value, json};

impl Form {
    /// The schema of whole answers, with labels in `language`. It says less than [`crate::check()`]: conditions and rules
    /// between answers are not in it, so that a field that is asked only sometimes is never required.
    pub fn schema(&self, lists: &Lists, language: &str) -> Value {
        let shown = Shown { lists, language };
        let properties: Map<String, Value> = self
            .fields()
            .filter(|field| field.kind.behaviour().has_answer())
            .map(|field| (field.id.clone(), property(self, field, &shown)))
            .collect();
        let always = self
            .placed_fields()
            .filter(|(section, field)| is_always_asked(section, field));
        let required: Vec<&str> = always.map(|(_, field)| field.id.as_str()).collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": format!("urn:motcua:form:{}:{}", self.id, self.version),
            "title": self.title.get(language),
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
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
