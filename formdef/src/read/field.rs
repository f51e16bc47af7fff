//! A field: what all kinds know, then what its kind knows.

use super::expressions::{Expressions, Slot};
use super::keys;
use super::mistake::Mistake;
use super::node::{Content, Node};
use super::reader::{Owner, Reader, is_field_id, is_member_id};
use super::section::{self, Ids};
use crate::form::{Choice, Field, Wording};
use crate::kinds::{self, Context, Kind};
use crate::message;
use crate::noun;
use crate::number::{DECIMALS_MAX, NUMBER_MAX, Number};
use crate::{Date, Moment};
use serde_json::Value;
use std::ops::RangeInclusive;

/// The kinds whose answer a definition can write down.
const DEFAULT_KINDS: &[&str] = &["text", "integer", "choice", "multi-choice", "yes-no"];

const LENGTH_LIMIT: RangeInclusive<i64> = 1..=keys::LENGTH_MAX;
const ENTRIES_LIMIT: RangeInclusive<i64> = 0..=keys::ENTRIES_MAX;

/// The kinds that a computed value can be said to have.
pub(super) const VALUE_KINDS: &[&str] = &["text", "integer", "number", "money", "date", "yes-no"];
/// The kinds that refer to other questions, or ask nothing on the page.
const NOT_IN_ENTRIES: &[&str] = &["attachment", "computed", "repeat", "entry", "note"];

/// The keys of a field of a section.
pub(super) fn placed_keys(kind: Kind) -> Vec<&'static str> {
    let mut known = keys::names(keys::FIELD);
    known.extend(keys::names(keys::PLACED));
    known.extend(kind.behaviour().keys());
    if kind.behaviour().is_asked() {
        known.extend(keys::names(keys::QUESTION));
        known.extend(keys::names(keys::PLACED_QUESTION));
    }
    let takes_default = DEFAULT_KINDS.contains(&kind.name());
    known.extend(takes_default.then_some(keys::DEFAULT.name));
    known
}

/// The keys of a field of a repeat group.
pub(super) fn member_keys(kind: Kind) -> Vec<&'static str> {
    let mut known = keys::names(keys::FIELD);
    known.extend(keys::names(keys::QUESTION));
    known.extend(kind.behaviour().keys());
    known
}

/// The kinds that a field of a repeat group may have.
pub(super) fn member_kinds() -> Vec<Kind> {
    kinds::all()
        .filter(|kind| !NOT_IN_ENTRIES.contains(&kind.name()))
        .collect()
}

/// Reads a field of a section. `place` is its section and its number there.
pub(super) fn read(
    reader: &mut Reader<'_>,
    node: &Node,
    place: (usize, usize),
    ids: &mut Ids,
    expressions: &mut Expressions,
) -> Option<Field> {
    let owner = Owner {
        table: reader.table(node)?,
        at: &node.at,
        name: noun::FIELD.into(),
    };
    let kind = kind(reader, &owner, &kinds::all().collect::<Vec<_>>());
    let id_node = reader.need(&owner, "id", "id = \"child.birth_date\"");
    let id = id_node.and_then(|node| reader.id(node, is_field_id));
    let (Some(kind), Some(id), Some(id_node)) = (kind, id, id_node) else {
        unreadable(reader, id_node, expressions);
        return None;
    };
    if let Some(first) = ids.fields.get(&id) {
        let mistake = Mistake::Double {
            what: noun::FIELD,
            id: id.clone(),
            first: Some(reader.line_of(first)),
        };
        reader.fault(&id_node.at, mistake);
        return None;
    }
    ids.fields.insert(id.clone(), id_node.at.clone());
    expressions.fields.insert(id.clone(), id_node.at.clone());
    let takes_default = DEFAULT_KINDS.contains(&kind.name());
    let known = placed_keys(kind);
    let mut field = common(reader, &owner, kind, id, &known);
    let (section, number) = place;
    let within = owner
        .table
        .get("within")
        .filter(|_| known.contains(&"within"));
    expressions.add(reader, within, Slot::Within(section, number, None));
    for (at, within) in member_within(&owner, &field) {
        expressions.add(
            reader,
            Some(within),
            Slot::Within(section, number, Some(at)),
        );
    }
    expressions.add(
        reader,
        owner.table.get("show_when"),
        Slot::Field(section, number),
    );
    if kind.behaviour().is_asked() {
        expressions.add(
            reader,
            owner.table.get("prefill"),
            Slot::Prefill(section, number),
        );
    } else if known.contains(&"value")
        && let Some(value) = reader.need(&owner, "value", "value = \"words(child.birth_date)\"")
    {
        expressions.add(reader, Some(value), Slot::Value(section, number));
    }
    if takes_default && let Some(node) = owner.table.get("default") {
        field.default = default(reader, node, &field).map(Box::new);
    }
    if let (Some(of), Some(node)) = (&field.of, owner.table.get("of")) {
        expressions.entries.push((of.clone(), node.at.clone()));
    }
    section::read_rules(reader, &owner, Some(&field.id), expressions);
    Some(field)
}

/// The `within` of a repeat group's questions, each with the number of its question.
fn member_within<'n>(owner: &Owner<'n>, field: &Field) -> Vec<(usize, &'n Node)> {
    let nodes = match owner.table.get("field").map(|node| &node.content) {
        Some(Content::Array(nodes)) => nodes.as_slice(),
        _ => &[],
    };
    let found = nodes.iter().filter_map(|node| {
        let Content::Table(table) = &node.content else {
            return None;
        };
        let Some(Content::Text(id)) = table.get("id").map(|node| &node.content) else {
            return None;
        };
        let at = field.fields.iter().position(|member| member.id == *id)?;
        let takes = field.fields[at].kind.behaviour().keys().contains(&"within");
        Some((at, table.get("within").filter(|_| takes)?))
    });
    found.collect()
}

/// What refers to a field that could not be read is no fault of its own.
fn unreadable(reader: &mut Reader<'_>, id: Option<&Node>, expressions: &mut Expressions) {
    match id.map(|node| &node.content) {
        Some(Content::Text(id)) => expressions.unreadable.push(id.clone()),
        _ => reader.incomplete = true,
    }
}

/// A question of a repeat group.
fn member(reader: &mut Reader<'_>, node: &Node) -> Option<Field> {
    let owner = Owner {
        table: reader.table(node)?,
        at: &node.at,
        name: noun::MEMBER.into(),
    };
    let kind = kind(reader, &owner, &member_kinds());
    let id = reader.need(&owner, "id", "id = \"full_name\"");
    let id = id.and_then(|node| reader.id(node, is_member_id));
    let (kind, id) = (kind?, id?);
    let known = member_keys(kind);
    Some(common(reader, &owner, kind, id, &known))
}

fn kind(reader: &mut Reader<'_>, owner: &Owner<'_>, allowed: &[Kind]) -> Option<Kind> {
    let node = reader.need(owner, "kind", "kind = \"date\"")?;
    let name = reader.string(node)?;
    let kind = allowed.iter().find(|kind| kind.name() == name);
    if kind.is_none() {
        let mistake = Mistake::UnknownKind {
            kind: name.to_owned(),
            known: allowed.iter().map(|kind| kind.name().to_owned()).collect(),
        };
        reader.fault(&node.at, mistake);
    }
    kind.copied()
}

/// What does not refer to other fields.
fn common(
    reader: &mut Reader<'_>,
    owner: &Owner<'_>,
    kind: Kind,
    id: String,
    known: &[&str],
) -> Field {
    let owner = Owner {
        name: noun::FIELD_OF_KIND.named(kind.name()),
        ..*owner
    };
    reader.unknown_keys(&owner, known);
    let get = |key: &str| owner.table.get(key).filter(|_| known.contains(&key));
    let label = reader.need(&owner, "label", "label.vi = \"Ngày, tháng, năm sinh\"");
    let mut field = Field {
        id,
        kind,
        label: label
            .and_then(|node| reader.words(node))
            .unwrap_or_default(),
        hint: get("hint").and_then(|node| reader.words(node)),
        required: get("required")
            .and_then(|node| reader.boolean(node))
            .unwrap_or_default(),
        show_when: None,
        default: None,
        prefill: None,
        invalid: get("invalid").and_then(|node| wording(reader, node)),
        missing: get("missing").and_then(|node| wording(reader, node)),
        sensitive: get("sensitive")
            .and_then(|node| reader.boolean(node))
            .unwrap_or_default(),
        source: get("source")
            .and_then(|node| reader.string(node))
            .map(str::to_owned),
        value: None,
        gives: get("gives").and_then(|node| value_kind(reader, node)),
        options: get("options")
            .map(|node| options(reader, node))
            .unwrap_or_default(),
        list: get("list").and_then(|node| list(reader, node)),
        within: None,
        only: get("only")
            .map(|node| only(reader, node))
            .unwrap_or_default(),
        length_min: get("length_min").and_then(|node| length(reader, node)),
        length_max: get("length_max").and_then(|node| length(reader, node)),
        min: None,
        max: None,
        levels: get("levels").and_then(|node| levels(reader, node)),
        capitals: get("capitals")
            .and_then(|node| reader.boolean(node))
            .unwrap_or_default(),
        decimals: get("decimals").and_then(|node| decimals(reader, node)),
        ordered: get("ordered")
            .and_then(|node| reader.boolean(node))
            .unwrap_or_default(),
        distinct: None,
        of: get("of")
            .and_then(|node| reader.string(node))
            .map(str::to_owned),
        bring: None,
        types: get("types")
            .map(|node| file_types(reader, node))
            .unwrap_or_default(),
        count_max: get("count_max").and_then(|node| count(reader, node)),
        bytes_max: get("bytes_max").and_then(|node| bytes(reader, node)),
        until: get("until").and_then(|node| reader.day(node)),
        fields: get("field")
            .map(|node| members(reader, node))
            .unwrap_or_default(),
    };
    field.min = get("min").and_then(|node| bound(reader, kind, node));
    field.max = get("max").and_then(|node| bound(reader, kind, node));
    field.distinct = get("distinct").and_then(|node| distinct(reader, node, &field));
    kind.behaviour().complete(&mut field);
    check_parameters(reader, &owner, &field);
    field
}

/// What must hold between the parameters of a kind.
fn check_parameters(reader: &mut Reader<'_>, owner: &Owner<'_>, field: &Field) {
    let known = field.kind.behaviour().keys();
    let written = |key: &str| owner.table.get(key).is_some();
    if known.contains(&"options") && written("options") == written("list") {
        reader.fault(owner.at, Mistake::OptionsOrList);
    }
    if known.contains(&"field") && !written("field") {
        reader.fault(owner.at, Mistake::EmptyList { what: noun::FIELD });
    }
    let no_groups = |list: &String| {
        let list = reader.shelf.lists.get(list);
        list.is_some_and(|list| list.groups.is_empty())
    };
    if let Some(node) = owner
        .table
        .get("within")
        .filter(|_| known.contains(&"within"))
        && field.list.as_ref().is_none_or(no_groups)
        && (field.list.is_some() || !written("list"))
    {
        reader.fault(&node.at, Mistake::WithinNeedsGroups);
    }
    if known.contains(&"of") {
        reader.need(owner, "of", "of = \"guardians\"");
    }
    let lengths = (
        field.length_min.map(Number::from),
        field.length_max.map(Number::from),
    );
    for (key, bounds) in [("length_min", lengths), ("min", (field.min, field.max))] {
        if let ((Some(least), Some(greatest)), Some(node)) = (bounds, owner.table.get(key))
            && least > greatest
        {
            reader.fault(&node.at, Mistake::LeastAboveGreatest { least, greatest });
        }
    }
    let Some(kind_node) = owner.table.get("kind") else {
        return;
    };
    for list in field.kind.behaviour().lists(field) {
        let named = field.list.as_ref() == Some(&list);
        if !named && !reader.shelf.lists.contains_key(&list) {
            let kind = field.kind.name();
            reader.fault(&kind_node.at, Mistake::KindNeedsList { kind, list });
        }
    }
}

fn wording(reader: &mut Reader<'_>, node: &Node) -> Option<Box<Wording>> {
    let owner = Owner {
        table: reader.table(node)?,
        at: &node.at,
        name: noun::WORDING.into(),
    };
    reader.unknown_keys(&owner, &keys::names(keys::WORDING));
    let id = reader.need(&owner, "id", "id = \"R-COPIES\"");
    let id = id.and_then(|node| reader.string(node)).map(str::to_owned);
    let message = reader.need(
        &owner,
        "message",
        "message.vi = \"Số lượng bản sao từ 1 đến 20.\"",
    );
    let message = message.and_then(|node| reader.words(node));
    Some(Box::new(Wording {
        id: id?,
        message: message?,
    }))
}

fn options(reader: &mut Reader<'_>, node: &Node) -> Vec<Choice> {
    let items = reader.array(node);
    if items.is_empty() {
        reader.fault(&node.at, Mistake::EmptyList { what: noun::OPTION });
    }
    let mut options: Vec<Choice> = Vec::new();
    for item in items {
        let Some(table) = reader.table(item) else {
            continue;
        };
        let owner = Owner {
            table,
            at: &item.at,
            name: noun::OPTION.into(),
        };
        reader.unknown_keys(&owner, &keys::names(keys::OPTION));
        let value_node = reader.need(&owner, "value", "value = \"co\"");
        let value = value_node
            .and_then(|node| reader.string(node))
            .map(str::to_owned);
        let label = reader.need(&owner, "label", "label.vi = \"Có\"");
        let label = label
            .and_then(|node| reader.words(node))
            .unwrap_or_default();
        let (Some(value), Some(value_node)) = (value, value_node) else {
            continue;
        };
        if options.iter().any(|option| option.value == value) {
            let mistake = Mistake::Double {
                what: noun::OPTION,
                id: value.clone(),
                first: None,
            };
            reader.fault(&value_node.at, mistake);
        }
        let (opens, closes) = reader.opening(&owner);
        options.push(Choice {
            value,
            label,
            opens,
            closes,
        });
    }
    options
}

/// Codes of agencies and of districts, each once.
fn only(reader: &mut Reader<'_>, node: &Node) -> Vec<String> {
    let items = reader.array(node);
    if items.is_empty() {
        let what = noun::OFFICE_CODE;
        reader.fault(&node.at, Mistake::EmptyList { what });
    }
    let mut codes: Vec<String> = Vec::new();
    for item in items {
        let Some(code) = reader.string(item).map(str::to_owned) else {
            continue;
        };
        if codes.contains(&code) {
            let mistake = Mistake::Double {
                what: noun::OFFICE_CODE,
                id: code,
                first: None,
            };
            reader.fault(&item.at, mistake);
        } else if reader.shelf.agency_codes().all(|known| *known != code) {
            let known = reader.shelf.agency_codes().cloned().collect();
            reader.fault(&item.at, Mistake::UnknownAgency { code, known });
        } else {
            codes.push(code);
        }
    }
    codes
}

fn list(reader: &mut Reader<'_>, node: &Node) -> Option<String> {
    let id = reader.string(node)?;
    reader.list_exists(id, &node.at).then(|| id.to_owned())
}

fn length(reader: &mut Reader<'_>, node: &Node) -> Option<u32> {
    let length = reader.integer(node, LENGTH_LIMIT)?;
    u32::try_from(length).ok()
}

/// A bound of a value or, of what counts entries or options, of their number.
fn bound(reader: &mut Reader<'_>, kind: Kind, node: &Node) -> Option<Number> {
    let limit = match kind.name() {
        "number" => return reader.number(node),
        "repeat" | "multi-choice" => ENTRIES_LIMIT,
        "money" => 0..=NUMBER_MAX,
        _ => -NUMBER_MAX..=NUMBER_MAX,
    };
    let whole = reader.integer(node, limit)?;
    Number::rounded(whole as f64)
}

/// Names of types of files, as media types.
fn file_types(reader: &mut Reader<'_>, node: &Node) -> Vec<String> {
    let known: Vec<(&str, &str)> = kinds::file_types().collect();
    let names = reader.array(node);
    if names.is_empty() {
        reader.fault(
            &node.at,
            Mistake::EmptyList {
                what: noun::FILE_TYPE,
            },
        );
    }
    let media = names.iter().filter_map(|name| reader.one_of(name, &known));
    media.map(str::to_owned).collect()
}

fn count(reader: &mut Reader<'_>, node: &Node) -> Option<u32> {
    let count = reader.integer(node, 1..=kinds::COUNT_MAX)?;
    u32::try_from(count).ok()
}

fn bytes(reader: &mut Reader<'_>, node: &Node) -> Option<u64> {
    let bytes = reader.integer(node, 1..=kinds::BYTES_MAX)?;
    u64::try_from(bytes).ok()
}

fn decimals(reader: &mut Reader<'_>, node: &Node) -> Option<u8> {
    let decimals = reader.integer(node, 0..=i64::from(DECIMALS_MAX))?;
    u8::try_from(decimals).ok()
}

fn value_kind(reader: &mut Reader<'_>, node: &Node) -> Option<Kind> {
    let kinds = VALUE_KINDS
        .iter()
        .filter_map(|name| Some((*name, Kind::named(name)?)));
    reader.one_of(node, &kinds.collect::<Vec<_>>())
}

/// One of the group's own questions.
fn distinct(reader: &mut Reader<'_>, node: &Node, group: &Field) -> Option<String> {
    let id = reader.string(node)?.to_owned();
    let known = group.fields.iter().map(|member| member.id.clone());
    let known: Vec<String> = known.collect();
    if known.contains(&id) {
        return Some(id);
    }
    reader.fault(&node.at, Mistake::UnknownField { id, known });
    None
}

fn levels(reader: &mut Reader<'_>, node: &Node) -> Option<u8> {
    let levels = reader.integer(node, 1..=3)?;
    if levels == 2 {
        let known = ["1", "3"].map(str::to_owned).to_vec();
        reader.fault(
            &node.at,
            Mistake::NotOneOf {
                found: "2".into(),
                known,
            },
        );
    }
    u8::try_from(levels).ok()
}

fn members(reader: &mut Reader<'_>, node: &Node) -> Vec<Field> {
    let mut members: Vec<Field> = Vec::new();
    for node in reader.array(node) {
        let Some(field) = member(reader, node) else {
            continue;
        };
        if members.iter().any(|other| other.id == field.id) {
            let mistake = Mistake::Double {
                what: noun::FIELD,
                id: field.id.clone(),
                first: None,
            };
            reader.fault(&node.at, mistake);
        }
        members.push(field);
    }
    members
}

/// A text, as one of several that are chosen.
fn text(node: &Node) -> Value {
    match &node.content {
        Content::Text(text) => text.as_str().into(),
        _ => Value::Null,
    }
}

/// A default must be an answer that the field's kind takes.
fn default(reader: &mut Reader<'_>, node: &Node, field: &Field) -> Option<Value> {
    let value = match &node.content {
        Content::Text(text) => Value::from(text.as_str()),
        Content::Integer(Some(number)) => Value::from(*number),
        Content::Boolean(value) => Value::from(*value),
        Content::Array(items) => items.iter().map(text).collect(),
        _ => Value::Null,
    };
    let context = Context {
        lists: &reader.shelf.lists,
        at: Moment::start_of(Date::new(2016, 8, 10)?),
    };
    let found = field.kind.behaviour().check(field, &value, &context);
    // Whether an option is open depends on the moment, which is not known here.
    let wrong = found
        .iter()
        .find(|finding| message::rule(finding.code) != "not-open");
    let Some(finding) = wrong else {
        return Some(value);
    };
    let mistake = Mistake::BadDefault {
        kind: field.kind.name(),
        why: message::for_editors(finding.code, field),
    };
    reader.fault(&node.at, mistake);
    None
}
