//! JSON Schema of a definition, so that a text editor completes keys and explains them.
//!
//! Draft 7, which the TOML extensions of editors know. It says less than [`super::parse`]: whether a field, a list or an
//! expression is right stays `motcua check`'s to tell.

use super::keys::{self, Key, Takes};
use super::{Shelf, field};
use crate::kinds::{self, Kind};
use serde_json::{Map, Value, json};

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";
const FIELD_ID: &str = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$";

/// The schema of `form.toml`, explained in `language` (`vi`, else English). Lists, shared sections and kinds of office
/// of the shelf are offered.
pub fn form_schema(shelf: &Shelf, language: &str) -> Value {
    let shared = false;
    Explainer {
        shelf,
        language,
        shared,
    }
    .whole(keys::FORM)
}

/// The schema of a file of `forms/sections`.
pub fn section_schema(shelf: &Shelf, language: &str) -> Value {
    let shared = true;
    Explainer {
        shelf,
        language,
        shared,
    }
    .whole(keys::SHARED_SECTION)
}

struct Explainer<'a> {
    shelf: &'a Shelf,
    language: &'a str,
    /// In a shared section a field may lack what each form sets.
    shared: bool,
}

impl Explainer<'_> {
    fn whole(&self, keys: &[Key]) -> Value {
        let mut schema = self.table(keys);
        schema["$schema"] = DRAFT.into();
        schema["definitions"] = json!({
            "words": self.words(),
            "field": self.field(&kinds::all().collect::<Vec<_>>(), field::placed_keys),
            "member": self.field(&field::member_kinds(), field::member_keys),
            "change": self.change(),
        });
        schema
    }

    /// A table with these keys and no other.
    fn table(&self, keys: &[Key]) -> Value {
        let must: Vec<&str> = keys
            .iter()
            .filter(|key| key.must)
            .map(|key| key.name)
            .collect();
        json!({
            "type": "object",
            "properties": self.properties(keys.iter()),
            "required": must,
            "additionalProperties": false,
        })
    }

    fn properties<'k>(&self, keys: impl Iterator<Item = &'k Key>) -> Map<String, Value> {
        keys.map(|key| (key.name.to_owned(), self.key(key)))
            .collect()
    }

    fn key(&self, key: &Key) -> Value {
        let about = if self.language == "vi" {
            key.vi
        } else {
            key.en
        };
        let mut schema = self.value(&key.takes);
        if schema.get("$ref").is_some() {
            // Beside a `$ref` nothing else counts in draft 7.
            schema = json!({ "allOf": [schema] });
        }
        schema["description"] = about.into();
        schema
    }

    fn value(&self, takes: &Takes) -> Value {
        match takes {
            Takes::Text => json!({"type": "string"}),
            Takes::Words => json!({"$ref": "#/definitions/words"}),
            Takes::WordsList => list(json!({"$ref": "#/definitions/words"})),
            Takes::Number => json!({"type": "number"}),
            Takes::Whole(least, greatest) => {
                json!({"type": "integer", "minimum": least, "maximum": greatest})
            }
            Takes::OneWhole(numbers) => json!({"enum": numbers}),
            Takes::Flag => json!({"type": "boolean"}),
            // Validators are given days and moments of TOML as strings.
            Takes::Day => json!({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}),
            Takes::Moment => {
                json!({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}.*)?$"})
            }
            Takes::Word(words) => json!({"enum": words}),
            Takes::Expression | Takes::Condition => json!({"type": "string", "minLength": 1}),
            Takes::FileTypes => {
                let names: Vec<&str> = kinds::file_types().map(|(name, _)| name).collect();
                some(json!({"enum": names}))
            }
            Takes::Offices => {
                let code = known(self.shelf.agency_codes());
                json!({"type": "array", "items": code, "minItems": 1, "uniqueItems": true})
            }
            Takes::Texts => list(json!({"type": "string"})),
            Takes::FieldId => json!({"type": "string", "pattern": FIELD_ID}),
            Takes::Kind => json!({"type": "string"}),
            Takes::ValueKind => json!({"enum": field::VALUE_KINDS}),
            Takes::SharedSection => known(self.shelf.sections.keys()),
            Takes::List => known(self.shelf.lists.keys()),
            Takes::Answer => json!({"type": ["string", "integer", "boolean", "array"]}),
            Takes::One(keys) => self.table(keys),
            Takes::Each(keys) => list(self.table(keys)),
            Takes::Sections => self.sections(),
            Takes::Fields => some(json!({"$ref": "#/definitions/field"})),
            Takes::Members => some(json!({"$ref": "#/definitions/member"})),
            Takes::Changes => {
                json!({"type": "object", "additionalProperties": {"$ref": "#/definitions/change"}})
            }
            Takes::Recipients => self.recipients(),
            Takes::Office => self.office(),
        }
    }

    /// A text by language, the portal's first one at least.
    fn words(&self) -> Value {
        let languages = &self.shelf.languages;
        let properties: Map<String, Value> = languages
            .iter()
            .map(|language| (language.clone(), json!({"type": "string", "minLength": 1})))
            .collect();
        json!({
            "type": "object",
            "properties": properties,
            "required": languages.iter().take(1).collect::<Vec<_>>(),
            "additionalProperties": false,
        })
    }

    fn sections(&self) -> Value {
        let (used, own) = (
            self.table(keys::USED_SECTION),
            self.table(keys::OWN_SECTION),
        );
        some(json!({"if": {"required": ["use"]}, "then": used, "else": own}))
    }

    /// A field: every key that some kind knows, and for each kind those that it knows.
    fn field(&self, kinds: &[Kind], keys_of: fn(Kind) -> Vec<&'static str>) -> Value {
        let by_kind = kinds.iter().map(|kind| {
            let known = keys_of(*kind);
            let must =
                field_keys().filter(|key| key.must && !self.shared && known.contains(&key.name));
            json!({
                "if": {"properties": {"kind": {"const": kind.name()}}, "required": ["kind"]},
                "then": {
                    "propertyNames": {"enum": known},
                    "required": must.map(|key| key.name).collect::<Vec<_>>(),
                },
            })
        });
        let by_kind: Vec<Value> = by_kind.collect();
        let some_kind_knows =
            |key: &&Key| kinds.iter().any(|kind| keys_of(*kind).contains(&key.name));
        let mut properties = self.properties(field_keys().filter(some_kind_knows));
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        properties["kind"]["enum"] = names.into();
        json!({
            "type": "object",
            "properties": properties,
            "required": ["id", "kind", "label"],
            "additionalProperties": false,
            "allOf": by_kind,
        })
    }

    /// What a form replaces in a field of a shared section.
    fn change(&self) -> Value {
        let replaced = field_keys().filter(|key| key.name != "id");
        let mut properties = self.properties(replaced);
        // Texts are replaced language by language.
        let words = field_keys().filter(|key| matches!(key.takes, Takes::Words));
        for key in words {
            properties.insert(
                key.name.to_owned(),
                json!({"type": "object", "additionalProperties": {"type": "string", "minLength": 1}}),
            );
        }
        json!({"type": "object", "properties": properties, "additionalProperties": false})
    }

    fn recipients(&self) -> Value {
        let recipient = json!({"anyOf": [
            {"type": "string", "pattern": FIELD_ID},
            self.table(keys::RECIPIENT),
        ]});
        json!({"type": "object", "minProperties": 1, "additionalProperties": recipient})
    }

    fn office(&self) -> Value {
        let mut district = self.table(keys::DISTRICT_OFFICE);
        let kinds: Vec<&String> = self.shelf.offices.keys().collect();
        district["properties"]["kind"]["enum"] = json!(kinds);
        json!({"anyOf": [{"type": "string", "pattern": FIELD_ID}, district]})
    }
}

/// Every key that a field can have.
fn field_keys() -> impl Iterator<Item = &'static Key> {
    let groups = [
        keys::FIELD,
        keys::QUESTION,
        keys::PLACED,
        keys::PLACED_QUESTION,
    ];
    groups
        .into_iter()
        .flatten()
        .chain([&keys::DEFAULT])
        .chain(keys::OF_KINDS)
}

fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

fn some(items: Value) -> Value {
    json!({"type": "array", "items": items, "minItems": 1})
}

/// One of the ids there are now; a new one is no fault, as the schema is older than it.
fn known<'a>(ids: impl Iterator<Item = &'a String>) -> Value {
    json!({"type": "string", "anyOf": [{"enum": ids.collect::<Vec<_>>()}, {"minLength": 1}]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_kind_is_explained_and_every_explanation_is_of_a_key() {
        let explained = keys::names(keys::OF_KINDS);
        for kind in kinds::all() {
            for key in kind.behaviour().keys() {
                assert!(
                    explained.contains(key),
                    "{}: `{key}` has no row in keys.rs",
                    kind.name()
                );
            }
        }
        for key in explained {
            let known = kinds::all().any(|kind| kind.behaviour().keys().contains(&key));
            assert!(known, "no kind knows `{key}`");
        }
    }
}
