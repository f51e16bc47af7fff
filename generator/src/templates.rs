//! The templates of `site/`, with the filters and functions they may use.

use std::io::{self, Write};
use std::sync::Arc;

use formdef::{Lists, Moment};
use serde_json::json;
use serde_json::value::RawValue;
use tera::value::Key;
use tera::{ErrorKind, Kwargs, State, Tera, TeraResult, Value};

use crate::fault::{Fault, Mistake};
use crate::lists::SHORT_LIST_MAX;
use crate::memo::Memo;
use crate::opening::Opening;
use crate::questions;
use crate::sources::Folder;

/// The templates, or their faults, from the memo when neither they nor the lists have changed.
pub(crate) fn kept(site: &Folder, lists: &Lists, memo: &Memo) -> Result<Arc<Tera>, Vec<Fault>> {
    let mut inputs = site.inputs(&[".html"]);
    let digests = lists
        .iter()
        .flat_map(|(id, list)| [Arc::from(id.as_str()), Arc::from(list.sha256.as_str())]);
    inputs.extend(digests.map(Some));
    let loaded = || load(site, lists).map(Arc::new);
    Clone::clone(&*memo.templates.get("templates", inputs, loaded))
}

/// All templates of the site folder, by their paths in it.
///
/// - filter `text`: a text in the language of the page, else in the default one;
/// - filter `vn_date`: `2016-08-10` → `10/08/2016`;
/// - filter `times(texts=t.opening, built=built)`: when an option can be chosen, « (từ ngày 15/06/2017)», or nothing;
/// - filter `json_script`: a value as JSON that can stand in a `<script>`;
/// - function `list(id=…)`: `{id, groups, items:[{code, label, group}]}`;
/// - function `is_long(id=…)`: whether the list is a file of its own.
///
/// Every kind of field has its template, `components/{kind}/template.html`.
fn load(site: &Folder, lists: &Lists) -> Result<Tera, Vec<Fault>> {
    let mut tera = Tera::new();
    tera.set_escape_fn(escape);
    register(&mut tera, lists);
    let templates: Vec<_> = site
        .matching("", ".html")
        .filter_map(|(path, _)| Some((path, site.text(path)?)))
        .collect();
    if let Err(error) = tera.add_raw_templates(templates) {
        return Err(vec![fault(site, "layouts/base.html", &error)]);
    }
    let needed = formdef::kinds().map(questions::template_of);
    let missing = needed.filter(|path| site.text(path).is_none());
    let faults: Vec<_> = missing
        .map(|path| site.fault(&path, Mistake::FileMissing))
        .collect();
    if faults.is_empty() {
        Ok(tera)
    } else {
        Err(faults)
    }
}

/// Text as it stands between tags and in quoted values: piece by piece, as nearly all of it needs nothing.
fn escape(text: &str, to: &mut dyn Write) -> io::Result<()> {
    let mut rest = text.as_bytes();
    while let Some(at) = rest
        .iter()
        .position(|byte| ENTITIES[usize::from(*byte)].is_some())
    {
        to.write_all(&rest[..at])?;
        let entity = ENTITIES[usize::from(rest[at])].unwrap_or_default();
        to.write_all(entity.as_bytes())?;
        rest = &rest[at + 1..];
    }
    to.write_all(rest)
}

/// What is written for a byte that could be taken for markup.
const ENTITIES: [Option<&str>; 256] = {
    let mut entities = [None; 256];
    entities[b'&' as usize] = Some("&amp;");
    entities[b'<' as usize] = Some("&lt;");
    entities[b'>' as usize] = Some("&gt;");
    entities[b'"' as usize] = Some("&quot;");
    entities[b'\'' as usize] = Some("&#39;");
    entities
};

/// A template's fault at its place. `template` is named when the error does not say where it is.
pub(crate) fn fault(site: &Folder, template: &str, error: &tera::Error) -> Fault {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let span = report.span();
            site.fault_at(
                report.filename(),
                span.start_line,
                span.start_col + 1,
                &Mistake::Template {
                    cause: report.message().to_owned(),
                },
            )
        }
        other => site.fault(
            template,
            Mistake::Template {
                cause: other.to_string(),
            },
        ),
    }
}

fn register(tera: &mut Tera, lists: &Lists) {
    tera.register_filter("text", text);
    tera.register_filter("vn_date", |day: &str, _: Kwargs, _: &State| vn_date(day));
    tera.register_filter("times", times);
    tera.register_filter("json_script", json_script);
    let values: std::collections::BTreeMap<String, Value> = lists
        .iter()
        .map(|(id, list)| (id.clone(), Value::from_serializable(list)))
        .collect();
    tera.register_function(
        "list",
        move |kwargs: Kwargs, _: &State| -> TeraResult<Value> {
            let id: &str = kwargs.must_get("id")?;
            values
                .get(id)
                .cloned()
                .ok_or_else(|| tera::Error::message(format!("there is no list `{id}`")))
        },
    );
    let long: Vec<String> = lists
        .iter()
        .filter(|(_, list)| list.items.len() > SHORT_LIST_MAX)
        .map(|(id, _)| id.clone())
        .collect();
    tera.register_function(
        "is_long",
        move |kwargs: Kwargs, _: &State| -> TeraResult<bool> {
            let id: &str = kwargs.must_get("id")?;
            Ok(long.iter().any(|known| known == id))
        },
    );
}

/// The words of a text (an object from language to words, the default language first) in the language of the page, or a string
/// as it is.
fn text(value: &Value, _: Kwargs, state: &State) -> TeraResult<Value> {
    let Some(words) = value.as_map() else {
        return Ok(value.clone());
    };
    let language: String = state.get("lang")?.unwrap_or_default();
    let of_page = words.get(&Key::Str(&language));
    let words = of_page.or_else(|| words.values().next());
    Ok(words.cloned().unwrap_or_else(|| "".into()))
}

/// From when and until when an option can be chosen, to stand behind its label.
fn times(option: &Value, kwargs: Kwargs, _: &State) -> TeraResult<String> {
    let at = |name: &str| {
        let at = option.as_map()?.get(&Key::Str(name))?;
        Moment::parse(at.as_str()?)
    };
    let (opens, closes) = (at("opens"), at("closes"));
    let (texts, built): (Value, &str) = (kwargs.must_get("texts")?, kwargs.must_get("built")?);
    let built = Moment::parse(built)
        .ok_or_else(|| tera::Error::message(format!("`built` is no day: {built}")))?;
    let said = Opening { opens, closes }.said(built, &json!(texts));
    let tag = said["tag"].as_str().map(|tag| format!(" ({tag})"));
    Ok(tag.unwrap_or_default())
}

/// `2016-08-10` → `10/08/2016`; anything else stays.
pub(crate) fn vn_date(day: &str) -> String {
    match formdef::Date::parse(day) {
        Some(date) => format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year()),
        None => day.to_owned(),
    }
}

/// JSON in which nothing can end a script or be taken for markup.
fn json_script(value: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    let json = serde_json::to_string(value).map_err(tera::Error::message)?;
    Ok(Value::safe_string(&script_safe(&json)))
}

/// The same, to be a part of such JSON.
pub(crate) fn safe_json(value: &serde_json::Value) -> Box<RawValue> {
    let json = RawValue::from_string(script_safe(&value.to_string()));
    json.expect("a value's text is JSON")
}

fn script_safe(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        let (before, from) = rest.split_at(at);
        safe.push_str(before);
        let mut from = from.chars();
        safe.extend(from.next().map(|c| format!("\\u{:04x}", c as u32)));
        rest = from.as_str();
    }
    safe + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_value_or_a_text() {
        let mut escaped = Vec::new();
        escape("<b title=\"x\">Q&A's ở đây</b>", &mut escaped).expect("memory takes all");
        assert_eq!(
            String::from_utf8_lossy(&escaped),
            "&lt;b title=&quot;x&quot;&gt;Q&amp;A&#39;s ở đây&lt;/b&gt;"
        );
    }

    #[test]
    fn nothing_ends_a_script() {
        let safe = script_safe(r#"{"a":"</script><!-- & \u2028"}"#);
        assert!(!safe.contains(['<', '>', '&']), "{safe}");
        let value: serde_json::Value = serde_json::from_str(&safe).expect("it is still JSON");
        assert_eq!(value["a"], "</script><!-- & \u{2028}");
    }

    #[test]
    fn days_are_shown_as_in_viet_nam() {
        assert_eq!(vn_date("2016-08-10"), "10/08/2016");
        assert_eq!(vn_date("2016"), "2016");
    }
}
