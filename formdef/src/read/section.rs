//! Sections, own and shared, with their fields and rules.

use super::expressions::{Expressions, RuleDraft, Slot};
use super::mistake::Mistake;
use super::node::{Content, Entry, Node, Place, Table};
use super::reader::{Owner, Reader, is_section_id};
use super::{field, keys};
use crate::form::{Field, Section, Severity};
use crate::noun;
use std::borrow::Cow;
use std::collections::BTreeMap;

const SEVERITIES: &[(&str, Severity)] = &[
    ("error", Severity::Error),
    ("warning", Severity::Warning),
    ("route", Severity::Route),
    ("info", Severity::Info),
];

/// Where each id of the form stands first.
#[derive(Default)]
pub(super) struct Ids {
    sections: BTreeMap<String, Place>,
    pub(super) fields: BTreeMap<String, Place>,
}

pub(super) fn read_all(
    reader: &mut Reader<'_>,
    form: &Owner<'_>,
    expressions: &mut Expressions,
) -> Vec<Section> {
    let nodes = reader.need(form, "section", "[[section]] with id, title and fields");
    let nodes = nodes.map(|node| reader.array(node)).unwrap_or_default();
    let mut ids = Ids::default();
    let mut sections = Vec::new();
    for node in nodes {
        let Some(table) = reader.table(node) else {
            continue;
        };
        let owner = Owner {
            table,
            at: &node.at,
            name: noun::SECTION.into(),
        };
        let section = if table.get("use").is_some() {
            shared(reader, &owner, sections.len(), &mut ids, expressions)
        } else {
            own(reader, &owner, sections.len(), &mut ids, expressions)
        };
        sections.extend(section);
    }
    sections
}

/// A section written in the form itself.
fn own(
    reader: &mut Reader<'_>,
    owner: &Owner<'_>,
    at: usize,
    ids: &mut Ids,
    expressions: &mut Expressions,
) -> Option<Section> {
    reader.unknown_keys(owner, &keys::names(keys::OWN_SECTION));
    let id_node = reader.need(owner, "id", "id = \"child\"");
    let id = id_node.and_then(|node| reader.id(node, is_section_id));
    if let (Some(id), Some(node)) = (&id, id_node) {
        note_section(reader, ids, id, &node.at);
    }
    let title = reader.need(owner, "title", "title.vi = \"Người được khai sinh\"");
    let title = title.and_then(|node| reader.words(node));
    let intro = owner.table.get("intro").and_then(|node| reader.words(node));
    expressions.add(reader, owner.table.get("show_when"), Slot::Section(at));
    let fields = fields(reader, owner, at, ids, expressions);
    read_rules(reader, owner, None, expressions);
    Some(Section {
        id: id.unwrap_or_default(),
        title: title.unwrap_or_default(),
        intro,
        show_when: None,
        fields,
    })
}

/// A section of the shelf, changed as the form says.
fn shared(
    reader: &mut Reader<'_>,
    owner: &Owner<'_>,
    at: usize,
    ids: &mut Ids,
    expressions: &mut Expressions,
) -> Option<Section> {
    reader.unknown_keys(owner, &keys::names(keys::USED_SECTION));
    let use_node = owner.table.get("use")?;
    let id = reader.string(use_node)?.to_owned();
    note_section(reader, ids, &id, &use_node.at);
    let shelf = reader.shelf;
    let Some(section) = shelf.sections.get(&id) else {
        let known = reader.shelf.sections.keys().cloned().collect();
        reader.fault(&use_node.at, Mistake::UnknownSection { id, known });
        reader.incomplete = true;
        return None;
    };
    let root = reader.top(section.top())?;
    let table = reader.table(root)?;
    let whole = Owner {
        table,
        at: &root.at,
        name: noun::SHARED_SECTION.into(),
    };
    reader.unknown_keys(&whole, &keys::names(keys::SHARED_SECTION));
    reader.need(&whole, "title", "title.vi = \"Người yêu cầu\"");
    let table = adapted(reader, owner, table);
    let merged = Owner {
        table: &table,
        at: &root.at,
        name: noun::SHARED_SECTION.into(),
    };
    let title = table.get("title").and_then(|node| reader.words(node));
    let intro = table.get("intro").and_then(|node| reader.words(node));
    expressions.add(reader, owner.table.get("show_when"), Slot::Section(at));
    let fields = fields(reader, &merged, at, ids, expressions);
    read_rules(reader, &merged, None, expressions);
    Some(Section {
        id,
        title: title.unwrap_or_default(),
        intro,
        show_when: None,
        fields,
    })
}

/// A shared section as the form wants it: as it is, or with other words and fields.
fn adapted<'t>(reader: &mut Reader<'_>, owner: &Owner<'_>, section: &'t Table) -> Cow<'t, Table> {
    let of_heading = |entry: &&Entry| ["title", "intro"].contains(&entry.key.as_str());
    let heading: Vec<_> = owner
        .table
        .entries
        .iter()
        .filter(of_heading)
        .cloned()
        .collect();
    let changes = ["omit", "set"]
        .iter()
        .any(|key| owner.table.get(key).is_some());
    if heading.is_empty() && !changes {
        return Cow::Borrowed(section);
    }
    let mut section = section.clone();
    adapt_fields(reader, owner, &mut section);
    section.override_with(&Table { entries: heading });
    Cow::Owned(section)
}

/// Takes the fields of `omit` out of a shared section and changes those of `set`.
fn adapt_fields(reader: &mut Reader<'_>, owner: &Owner<'_>, section: &mut Table) {
    let omit = owner
        .table
        .get("omit")
        .map(|node| reader.array(node))
        .unwrap_or_default();
    let set = owner.table.get("set").and_then(|node| reader.table(node));
    let entry = section
        .entries
        .iter_mut()
        .find(|entry| entry.key == "field");
    let Some(Content::Array(fields)) = entry.map(|entry| &mut entry.node.content) else {
        return;
    };
    let known: Vec<String> = fields.iter().filter_map(id_of).map(str::to_owned).collect();
    for node in omit {
        let Some(id) = reader.string(node) else {
            continue;
        };
        unknown_field(reader, id, &known, &node.at);
        fields.retain(|field| id_of(field) != Some(id));
    }
    for entry in set.map(|set| set.entries.as_slice()).unwrap_or_default() {
        let Some(over) = reader.table(&entry.node) else {
            continue;
        };
        unknown_field(reader, &entry.key, &known, &entry.at);
        let field = fields
            .iter_mut()
            .find(|field| id_of(field) == Some(&entry.key));
        if let Some(Content::Table(field)) = field.map(|field| &mut field.content) {
            // Options and list stand for each other: the one set takes the other's place.
            if over.get("list").is_some() {
                field.remove("options");
            }
            if over.get("options").is_some() {
                field.remove("list");
            }
            field.override_with(over);
        }
    }
}

fn id_of(field: &Node) -> Option<&str> {
    let Content::Table(table) = &field.content else {
        return None;
    };
    match &table.get("id")?.content {
        Content::Text(id) => Some(id),
        _ => None,
    }
}

fn unknown_field(reader: &mut Reader<'_>, id: &str, known: &[String], at: &Place) {
    if !known.iter().any(|other| other == id) {
        let mistake = Mistake::UnknownField {
            id: id.to_owned(),
            known: known.to_vec(),
        };
        reader.fault(at, mistake);
    }
}

fn note_section(reader: &mut Reader<'_>, ids: &mut Ids, id: &str, at: &Place) {
    if let Some(first) = ids.sections.get(id) {
        let mistake = Mistake::Double {
            what: noun::SECTION,
            id: id.to_owned(),
            first: Some(reader.line_of(first)),
        };
        reader.fault(at, mistake);
    }
    ids.sections
        .entry(id.to_owned())
        .or_insert_with(|| at.clone());
}

fn fields(
    reader: &mut Reader<'_>,
    owner: &Owner<'_>,
    section: usize,
    ids: &mut Ids,
    expressions: &mut Expressions,
) -> Vec<Field> {
    let nodes = owner
        .table
        .get("field")
        .map(|node| reader.array(node))
        .unwrap_or_default();
    if nodes.is_empty() {
        reader.fault(owner.at, Mistake::EmptyList { what: noun::FIELD });
    }
    let mut fields: Vec<Field> = Vec::new();
    for node in nodes {
        let place = (section, fields.len());
        fields.extend(field::read(reader, node, place, ids, expressions));
    }
    fields
}

/// The rules of a field, which show at it, or of a section or form, which say where they show.
pub(super) fn read_rules(
    reader: &mut Reader<'_>,
    owner: &Owner<'_>,
    field: Option<&str>,
    expressions: &mut Expressions,
) {
    let nodes = owner
        .table
        .get("rule")
        .map(|node| reader.array(node))
        .unwrap_or_default();
    for node in nodes {
        let rule = rule(reader, node, field);
        expressions.rules.extend(rule);
    }
}

fn rule(reader: &mut Reader<'_>, node: &Node, field: Option<&str>) -> Option<RuleDraft> {
    let owner = Owner {
        table: reader.table(node)?,
        at: &node.at,
        name: noun::RULE.into(),
    };
    let known = if field.is_some() {
        keys::RULE
    } else {
        keys::PLACED_RULE
    };
    reader.unknown_keys(&owner, &keys::names(known));
    let id = reader.need(&owner, "id", "id = \"R-PAST\"");
    let id = id.and_then(|node| reader.string(node)).map(str::to_owned);
    let (on, on_at) = match field {
        Some(field) => (field.to_owned(), node.at.clone()),
        None => {
            let node = reader.need(&owner, "on", "on = \"child.birth_date\"")?;
            (reader.string(node)?.to_owned(), node.at.clone())
        }
    };
    let severity = owner.table.get("severity");
    let severity = severity.and_then(|node| reader.one_of(node, SEVERITIES));
    let message = reader.need(
        &owner,
        "message",
        "message.vi = \"Ngày không được sau ngày nộp hồ sơ.\"",
    );
    let message = message.and_then(|node| reader.words(node));
    let assert = reader.need(&owner, "assert", "assert = \"child.birth_date <= today()\"")?;
    let text = reader.string(assert)?.to_owned();
    Some(RuleDraft {
        id: id.unwrap_or_default(),
        on,
        on_at,
        severity: severity.unwrap_or_default(),
        message: message.unwrap_or_default(),
        assert: (text, assert.at.clone()),
    })
}
