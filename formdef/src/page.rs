//! The page form: what the page's script needs of a compiled form, in one language.

use crate::expr::Tree;
use crate::form::{Field, Form};
use crate::kinds::Kind;
use crate::message;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What the page shows from its HTML, or does not need.
const LEFT_OUT: &[&str] = &[
    "title",
    "label",
    "hint",
    "intro",
    "source",
    "sensitive",
    "level",
    "code",
];

impl Form {
    /// The compiled form with each text in `language` as a string, without what stands in the HTML already. Papers are not
    /// among its fields, but in `attachments`: id and condition. `messages`: name → words, of the faults that its kinds can
    /// give.
    pub fn page(&self, language: &str) -> Value {
        let form = self.on_page();
        let mut page = serde_json::to_value(&form).unwrap_or_default();
        strip(&mut page, language);
        if let Some(members) = page.as_object_mut() {
            let papers = self.papers().map(|paper| match &paper.show_when {
                Some(condition) => json!({"id": paper.id, "show_when": condition}),
                None => json!({"id": paper.id}),
            });
            members.insert("attachments".to_owned(), papers.collect());
            // What is offered after the receipt is read from the published form then.
            members.remove("again");
            members.insert("messages".to_owned(), form.messages(language));
        }
        page
    }

    /// Name → words in `language`, of the faults that the kinds of its fields can give.
    pub fn messages(&self, language: &str) -> Value {
        message::table(self, language)
    }

    /// The names of the kinds of the fields on its page, members of repeat groups included, and of what they give, each
    /// once.
    pub fn kinds(&self) -> BTreeSet<&'static str> {
        self.all_fields()
            .filter(|field| !field.is_brought())
            .flat_map(|field| [Some(field.kind), field.gives])
            .flatten()
            .map(Kind::name)
            .collect()
    }

    /// Its fields and the members of its repeat groups.
    fn all_fields(&self) -> impl Iterator<Item = &Field> {
        let members = self.fields().flat_map(|field| &field.fields);
        self.fields().chain(members)
    }

    /// The names of the operators and functions of its expressions, and `within` when it has such a field, each once.
    pub fn functions(&self) -> BTreeSet<&'static str> {
        let is_within = self.all_fields().any(|field| field.within.is_some());
        let mut names = BTreeSet::from_iter(is_within.then_some("within"));
        for tree in self.trees() {
            tree.each(&mut |tree| {
                if let Tree::Call(op, _) = tree {
                    names.insert(op.name());
                }
            });
        }
        names
    }

    /// All its expressions.
    fn trees(&self) -> impl Iterator<Item = &Tree> {
        let sections = self
            .sections
            .iter()
            .filter_map(|section| section.show_when.as_ref());
        let fields = self
            .all_fields()
            .flat_map(|field| {
                [
                    &field.show_when,
                    &field.prefill,
                    &field.value,
                    &field.within,
                ]
            })
            .flatten();
        let rules = self.rules.iter().map(|rule| &rule.assert);
        sections.chain(fields).chain(rules)
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
