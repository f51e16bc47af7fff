//! Values as people read them.

use crate::bilingual::Lang;
use crate::say;
use serde_json::Value;

/// Of a text in several languages the words that differ, in the reader's language where those do.
pub(super) fn one_language<'v>(
    was: &'v Value,
    is: &'v Value,
    lang: Lang,
) -> (&'v Value, &'v Value) {
    let (Value::Object(old), Value::Object(new)) = (was, is) else {
        return (was, is);
    };
    let own = match lang {
        Lang::En => "en",
        Lang::Vi => "vi",
    };
    let mut tags = std::iter::once(own).chain(new.keys().map(String::as_str));
    let differs = |tag: &&str| old.get(*tag) != new.get(*tag);
    match tags.find(differs) {
        Some(tag) => (
            old.get(tag).unwrap_or(&Value::Null),
            new.get(tag).unwrap_or(&Value::Null),
        ),
        None => (was, is),
    }
}

/// A short value as people read it; nothing for what is long.
pub(super) fn shown(value: &Value, lang: Lang) -> Option<String> {
    Some(match value {
        Value::Null => say!(lang, "none", "không có"),
        Value::Bool(true) => say!(lang, "yes", "có"),
        Value::Bool(false) => say!(lang, "no", "không"),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("«{text}»"),
        Value::Array(_) | Value::Object(_) => return None,
    })
}

/// How many codes a message names before it counts the rest.
const NAMED_MAX: usize = 5;

pub(super) fn named(codes: &[String]) -> String {
    let more = codes.len().saturating_sub(NAMED_MAX);
    let named = codes
        .iter()
        .take(NAMED_MAX)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if more > 0 {
        format!("{named} … (+{more})")
    } else {
        named
    }
}
