//! The second pass: expressions are read once all fields are known, and put where they belong.

use super::mistake::Mistake;
use super::node::{Node, Place};
use super::reach;
use super::reader::Reader;
use crate::expr::lower::{Purpose, lower};
use crate::expr::types::{Names, Type};
use crate::expr::{Op, Scalar, Tree};
use crate::form::{Field, Form, Rule, Section, Severity};
use crate::kinds::plain;
use crate::text::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// What the first pass leaves for the second.
#[derive(Default)]
pub(super) struct Expressions {
    found: Vec<Found>,
    pub(super) rules: Vec<RuleDraft>,
    /// The ids of fields that could not be read.
    pub(super) unreadable: Vec<String>,
    /// What the fields of kind `entry` name, and where.
    pub(super) entries: Vec<(String, Place)>,
    /// Where each field's id stands.
    pub(super) fields: BTreeMap<String, Place>,
}

struct Found {
    slot: Slot,
    text: String,
    at: Place,
}

/// Where an expression belongs: numbers of section and field.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Slot {
    Section(usize),
    Field(usize, usize),
    Prefill(usize, usize),
    Value(usize, usize),
    /// Of a field or, with its number, of a question of a repeat group.
    Within(usize, usize, Option<usize>),
}

/// A rule whose expression is not read yet.
pub(super) struct RuleDraft {
    pub(super) id: String,
    pub(super) on: String,
    pub(super) on_at: Place,
    pub(super) severity: Severity,
    pub(super) message: Text,
    pub(super) assert: (String, Place),
}

impl Expressions {
    pub(super) fn add(&mut self, reader: &mut Reader<'_>, node: Option<&Node>, slot: Slot) {
        let Some(node) = node else { return };
        if let Some(text) = reader.string(node) {
            self.found.push(Found {
                slot,
                text: text.to_owned(),
                at: node.at.clone(),
            });
        }
    }

    /// The text of an expression and where it stands.
    pub(super) fn written(&self, slot: Slot) -> Option<(&str, &Place)> {
        let found = self.found.iter().find(|found| found.slot == slot)?;
        Some((&found.text, &found.at))
    }
}

/// Reads all expressions into the form.
pub(super) fn resolve(reader: &mut Reader<'_>, form: &mut Form, expressions: &Expressions) {
    let lists = &reader.shelf.lists;
    let meaning = |field: &Field| (field.id.clone(), field.kind.behaviour().meaning(field));
    let (papers, others): (Vec<&Field>, Vec<&Field>) =
        form.fields().partition(|field| field.is_brought());
    let answered = others
        .into_iter()
        .filter(|field| field.kind.behaviour().has_answer());
    let mut names = Names {
        fields: answered.map(meaning).collect(),
        papers: papers.iter().map(|paper| paper.id.clone()).collect(),
        lists,
    };
    for id in &expressions.unreadable {
        names.fields.insert(id.clone(), plain(Type::Any));
    }
    let is_value = |found: &&Found| matches!(found.slot, Slot::Value(..));
    for found in expressions.found.iter().filter(is_value) {
        let Slot::Value(section, field) = found.slot else {
            continue;
        };
        let field = &mut section_of(form, section).fields[field];
        let gives = field.gives.and_then(|_| names.fields.get(&field.id));
        let gives = gives.map(|meaning| meaning.whole.clone());
        let purpose = Purpose::Computed(gives.as_ref());
        if let Some((tree, its)) = read(reader, &found.text, &found.at, &names, &purpose) {
            field.value = Some(Box::new(tree));
            // What was computed has no parts of its own: name the part where it comes from.
            let its = gives.unwrap_or(its);
            names.fields.insert(field.id.clone(), plain(its));
        }
    }
    for found in expressions.found.iter().filter(|found| !is_value(found)) {
        let wanted = wanted(form, &names, found.slot);
        let purpose = wanted.as_ref().map_or(Purpose::Condition, Purpose::Prefill);
        let tree = read(reader, &found.text, &found.at, &names, &purpose);
        *slot(form, found.slot) = tree.map(|(tree, _)| Box::new(tree));
    }
    entries(reader, form, expressions);
    for draft in &expressions.rules {
        let rule = rule(reader, draft, &names);
        form.rules.extend(rule);
    }
    dependencies(reader, form, expressions);
    if reader.faults.is_empty() {
        reach::check(reader, form, &names, expressions);
    }
    until(form);
}

/// The last day of a paper is one more condition for it.
fn until(form: &mut Form) {
    let fields = form
        .sections
        .iter_mut()
        .filter(|section| section.fields.iter().any(|field| field.until.is_some()))
        .flat_map(|section| &mut Arc::make_mut(section).fields);
    for field in fields {
        let Some(until) = field.until else { continue };
        let last = Tree::Literal(Scalar::Text(until.to_string()));
        let day = Tree::Call(Op::Date, vec![last]);
        let in_time = Tree::Call(
            Op::DateLessEqual,
            vec![Tree::Call(Op::Today, Vec::new()), day],
        );
        let condition = match field.show_when.take() {
            Some(condition) => Tree::Call(Op::And, vec![*condition, in_time]),
            None => in_time,
        };
        field.show_when = Some(Box::new(condition));
    }
}

/// What a field's `prefill` or `within` gives; `None` for conditions.
fn wanted(form: &Form, names: &Names<'_>, slot: Slot) -> Option<Type> {
    match slot {
        Slot::Prefill(section, field) => {
            let id = &form.sections[section].fields[field].id;
            names.fields.get(id).map(|meaning| meaning.whole.clone())
        }
        Slot::Within(..) => Some(Type::Text),
        _ => None,
    }
}

/// What the fields of kind `entry` name are repeat groups of the form.
fn entries(reader: &mut Reader<'_>, form: &Form, expressions: &Expressions) {
    for (of, at) in &expressions.entries {
        let mistake = match form.field(of).map(|group| group.kind.name()) {
            Some("repeat") => continue,
            None if expressions.unreadable.contains(of) => continue,
            Some(kind) => Mistake::NotARepeat {
                field: of.clone(),
                kind,
            },
            None => {
                let groups = form.fields().filter(|field| field.kind.name() == "repeat");
                Mistake::UnknownField {
                    id: of.clone(),
                    known: groups.map(|group| group.id.clone()).collect(),
                }
            }
        };
        reader.fault(at, mistake);
    }
}

fn slot(form: &mut Form, slot: Slot) -> &mut Option<Box<Tree>> {
    match slot {
        Slot::Section(section) => &mut section_of(form, section).show_when,
        Slot::Field(section, field) => &mut section_of(form, section).fields[field].show_when,
        Slot::Prefill(section, field) => &mut section_of(form, section).fields[field].prefill,
        Slot::Value(section, field) => &mut section_of(form, section).fields[field].value,
        Slot::Within(section, field, None) => &mut section_of(form, section).fields[field].within,
        Slot::Within(section, field, Some(member)) => {
            &mut section_of(form, section).fields[field].fields[member].within
        }
    }
}

/// A section of a form that is being read, which nobody shares yet.
fn section_of(form: &mut Form, number: usize) -> &mut Section {
    Arc::make_mut(&mut form.sections[number])
}

fn rule(reader: &mut Reader<'_>, draft: &RuleDraft, names: &Names<'_>) -> Option<Rule> {
    if names.papers.contains(&draft.on) {
        let field = draft.on.clone();
        reader.fault(&draft.on_at, Mistake::PaperInExpression { field });
    } else if !names.fields.contains_key(&draft.on) {
        let known = names.fields.keys().cloned().collect();
        let id = draft.on.clone();
        reader.fault(&draft.on_at, Mistake::UnknownField { id, known });
    }
    let (text, at) = &draft.assert;
    let (assert, _) = read(reader, text, at, names, &Purpose::Condition)?;
    Some(Rule {
        id: draft.id.clone(),
        on: draft.on.clone(),
        severity: draft.severity,
        assert,
        message: draft.message.clone(),
    })
}

fn read(
    reader: &mut Reader<'_>,
    text: &str,
    at: &Place,
    names: &Names<'_>,
    purpose: &Purpose<'_>,
) -> Option<(Tree, Type)> {
    match lower(text, names, purpose) {
        Ok(lowered) => Some(lowered),
        Err(faults) => {
            for (span, mistake) in faults {
                let at = inside(reader.text(at), at, text, span);
                reader.fault(&at, mistake);
            }
            None
        }
    }
}

/// The place of a part of a text that stands in quotes at `at`; the whole text when escapes have moved its parts.
pub(super) fn inside(file: &str, at: &Place, text: &str, part: Range<usize>) -> Place {
    let raw = file.get(at.span.clone()).unwrap_or_default();
    let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") {
        // A line break right after the quotes is no part of the text.
        let body = &raw[3..];
        let line_break = ["\r\n", "\n"].into_iter().find(|end| body.starts_with(end));
        3 + line_break.map_or(0, str::len)
    } else {
        1
    };
    let same = raw.get(quotes..).is_some_and(|body| body.starts_with(text));
    if !same {
        return at.clone();
    }
    let start = at.span.start + quotes;
    Place {
        file: at.file.clone(),
        span: start + part.start..start + part.end,
    }
}

/// No field may decide, by way of others, whether it is asked itself.
fn dependencies(reader: &mut Reader<'_>, form: &Form, expressions: &Expressions) {
    let mut waiting: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (section, field) in form.placed_fields() {
        let trees = [&section.show_when, &field.show_when, &field.value];
        let needed = trees.into_iter().flatten().flat_map(|tree| tree.fields());
        waiting.insert(&field.id, needed.collect());
    }
    loop {
        let ready: Vec<&str> = waiting
            .iter()
            .filter(|(_, needed)| !needed.iter().any(|id| waiting.contains_key(id)))
            .map(|(id, _)| *id)
            .collect();
        if ready.is_empty() {
            break;
        }
        for id in ready {
            waiting.remove(id);
        }
    }
    // What is left depends on itself, or on what does: each circle is reported once.
    while let Some(chain) = circle(&waiting) {
        if let Some(at) = expressions.fields.get(chain[0]) {
            let chain = chain.iter().map(|id| (*id).to_owned()).collect();
            reader.fault(at, Mistake::DependsOnItself { chain });
        }
        for id in chain {
            waiting.remove(id);
        }
    }
}

/// A circle among fields that all wait for another one of them, if there is any.
fn circle<'a>(waiting: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Option<Vec<&'a str>> {
    waiting.keys().find_map(|start| {
        let mut chain = vec![*start];
        loop {
            let needed = waiting.get(chain.last()?)?;
            let next = needed.iter().find(|id| waiting.contains_key(*id))?;
            if let Some(from) = chain.iter().position(|id| id == next) {
                return Some(chain.split_off(from));
            }
            chain.push(next);
        }
    })
}
