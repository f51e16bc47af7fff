//! The page form: what the page's script needs of a compiled form, in one language.

use crate::form::Form;
use crate::message;
use serde_json::{Map, Value};

/// What the page shows from its HTML, or does not need.
const LEFT_OUT: &[&str] = &[
    "title",
    "label",
    "hint",
    "intro",
    "how",
    "source",
    "sensitive",
    "level",
    "code",
];

impl Form {
    /// The compiled form with each text in `language` as a string, without what stands in the HTML already, and with
    /// `messages`: name → words, of the faults that its kinds can give.
    pub fn page(&self, language: &str) -> Value {
        let mut page = serde_json::to_value(self).unwrap_or_default();
        strip(&mut page, language);
        if let Some(members) = page.as_object_mut() {
            members.insert("messages".to_owned(), message::table(self, language));
        }
        page
    }
}

fn strip(value: &mut Value, language: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| strip(item, language)),
        Value::Object(members) => strip_members(members, language),
        _ => {}
    }
}

/// Expressions are arrays and hold no objects, so that no name in them is mistaken for a member of the form.
fn strip_members(members: &mut Map<String, Value>, language: &str) {
    members.retain(|name, _| !LEFT_OUT.contains(&name.as_str()));
    for (name, value) in members {
        match value {
            Value::Object(texts) if name == "message" => {
                let words = texts.get(language).or_else(|| texts.values().next());
                *value = words.cloned().unwrap_or_default();
            }
            // Codes of lists: whatever they are called, they are not ours.
            Value::Object(_) if name == "lists" => {}
            other => strip(other, language),
        }
    }
}
