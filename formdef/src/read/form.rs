//! The top of a definition.

use super::expressions::{self, Expressions, Slot};
use super::mistake::Mistake;
use super::node::{Node, Place};
use super::reader::{Owner, Reader, is_field_id};
use super::{keys, recipients, section};
use crate::fault::Source;
use crate::form::{Attachment, FORMDEF_VERSION, Form, Guide, Mode, Window};
use crate::noun;
use crate::text::Text;
use std::collections::BTreeMap;

/// Reads the whole definition; faults are in the reader.
pub(super) fn read<'a>(reader: &mut Reader<'a>, source: &'a Source) -> Option<Form> {
    let root = reader.load(source)?;
    let owner = Owner {
        table: reader.table(&root)?,
        at: &root.at,
        name: noun::FORM.into(),
    };
    reader.unknown_keys(&owner, &keys::names(keys::FORM));
    let mut expressions = Expressions::default();
    let title = reader.need(&owner, "title", "title.vi = \"Đăng ký khai sinh\"");
    let title = title.and_then(|node| reader.words(node));
    let version = reader.need(&owner, "version", "version = 1");
    let version = version.and_then(|node| reader.integer(node, 1..=i64::from(u32::MAX)));
    let level = reader.need(&owner, "level", "level = 3");
    let level = level.and_then(|node| reader.integer(node, 1..=4));
    let mode = owner.table.get("mode");
    let mode =
        mode.and_then(|node| reader.one_of(node, &[("live", Mode::Live), ("trial", Mode::Trial)]));
    let attachments = attachments(reader, &owner, &mut expressions);
    let sections = section::read_all(reader, &owner, &mut expressions);
    section::read_rules(reader, &owner, None, &mut expressions);
    let mut form = Form {
        formdef: FORMDEF_VERSION,
        id: id_of(source),
        version: version
            .and_then(|version| u32::try_from(version).ok())
            .unwrap_or(1),
        level: level
            .and_then(|level| u8::try_from(level).ok())
            .unwrap_or(1),
        mode: mode.unwrap_or_default(),
        code: string(reader, &owner, "code"),
        title: title.unwrap_or_default(),
        recipients: Vec::new(),
        lists: BTreeMap::new(),
        attachments,
        sections,
        rules: Vec::new(),
        window: window(reader, &owner),
        guide: guide(reader, &owner),
    };
    form.lists = digests(&form, reader);
    // What refers to fields makes no sense when a shared section could not be read.
    if !reader.incomplete {
        expressions::resolve(reader, &mut form, &expressions);
        form.recipients = recipients::read(reader, &owner, &form, &expressions.unreadable);
        attachment_roles(reader, &owner, &form);
    }
    Some(form)
}

/// The name of the file's folder: `khai-sinh` of `forms/khai-sinh/form.toml`.
fn id_of(source: &Source) -> String {
    let mut parts = source.path.rsplit('/');
    let file = parts.next().unwrap_or_default();
    let folder = parts.next().filter(|folder| !folder.is_empty());
    folder.unwrap_or(file.trim_end_matches(".toml")).to_owned()
}

fn string(reader: &mut Reader<'_>, owner: &Owner<'_>, key: &str) -> Option<String> {
    let node = owner.table.get(key)?;
    reader.string(node).map(str::to_owned)
}

fn window(reader: &mut Reader<'_>, owner: &Owner<'_>) -> Window {
    let (opens, closes) = reader.opening(owner);
    let accept_until = owner.table.get("accept_until");
    Window {
        opens,
        closes,
        accept_until: accept_until.and_then(|node| reader.moment(node)),
    }
}

fn guide(reader: &mut Reader<'_>, owner: &Owner<'_>) -> Guide {
    let group = string(reader, owner, "group");
    let mut words = |key: &str| owner.table.get(key).and_then(|node| reader.words(node));
    let [summary, who, authority, time, fee] =
        ["summary", "who", "authority", "time", "fee"].map(&mut words);
    let mut texts = |key: &str| texts(reader, owner.table.get(key));
    Guide {
        group,
        summary,
        who,
        authority,
        time,
        fee,
        results: texts("results"),
        legal: texts("legal"),
        steps: texts("steps"),
        show: texts("show"),
    }
}

fn texts(reader: &mut Reader<'_>, node: Option<&Node>) -> Vec<Text> {
    let items = node.map(|node| reader.array(node)).unwrap_or_default();
    items.iter().filter_map(|item| reader.words(item)).collect()
}

fn attachments(
    reader: &mut Reader<'_>,
    form: &Owner<'_>,
    expressions: &mut Expressions,
) -> Vec<Attachment> {
    let nodes = form
        .table
        .get("attachment")
        .map(|node| reader.array(node))
        .unwrap_or_default();
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    let mut attachments: Vec<Attachment> = Vec::new();
    for node in nodes {
        let at = attachments.len();
        let Some((attachment, id_at)) = attachment(reader, node, at, expressions) else {
            continue;
        };
        if let Some(first) = places.get(&attachment.id) {
            let mistake = Mistake::Double {
                what: noun::ATTACHMENT,
                id: attachment.id.clone(),
                first: Some(reader.line_of(first)),
            };
            reader.fault(&id_at, mistake);
        }
        places.insert(attachment.id.clone(), id_at);
        attachments.push(attachment);
    }
    attachments
}

fn attachment(
    reader: &mut Reader<'_>,
    node: &Node,
    at: usize,
    expressions: &mut Expressions,
) -> Option<(Attachment, Place)> {
    let owner = Owner {
        table: reader.table(node)?,
        at: &node.at,
        name: noun::ATTACHMENT.into(),
    };
    reader.unknown_keys(&owner, &keys::names(keys::ATTACHMENT));
    let id_node = reader.need(&owner, "id", "id = \"att.birth_notice\"")?;
    let id = reader.id(id_node, is_field_id)?;
    let label = reader.need(&owner, "label", "label.vi = \"Giấy chứng sinh\"");
    let label = label
        .and_then(|node| reader.words(node))
        .unwrap_or_default();
    let how = owner.table.get("how").and_then(|node| reader.words(node));
    let required = owner
        .table
        .get("required")
        .and_then(|node| reader.boolean(node));
    expressions.add(reader, owner.table.get("show_when"), Slot::Attachment(at));
    let to = reader.need(&owner, "to", "to = [\"ward\"]");
    let to = to.map(|node| reader.array(node)).unwrap_or_default();
    let to: Vec<String> = to
        .iter()
        .filter_map(|role| reader.string(role).map(str::to_owned))
        .collect();
    let until = owner.table.get("until").and_then(|node| reader.day(node));
    let attachment = Attachment {
        id,
        label,
        how,
        required: required.unwrap_or_default(),
        show_when: None,
        to,
        until,
    };
    Some((attachment, id_node.at.clone()))
}

/// Attachments go to roles that there are.
fn attachment_roles(reader: &mut Reader<'_>, form: &Owner<'_>, read: &Form) {
    let nodes = form
        .table
        .get("attachment")
        .map(|node| reader.array(node))
        .unwrap_or_default();
    for node in nodes {
        let Some(table) = reader.table(node) else {
            continue;
        };
        let roles = table
            .get("to")
            .map(|node| reader.array(node))
            .unwrap_or_default();
        for role_node in roles {
            let Some(role) = reader.string(role_node) else {
                continue;
            };
            if read.recipient(role).is_none() && !read.recipients.is_empty() {
                let known = read
                    .recipients
                    .iter()
                    .map(|recipient| recipient.role.clone());
                let mistake = Mistake::UnknownRole {
                    role: role.to_owned(),
                    known: known.collect(),
                };
                reader.fault(&role_node.at, mistake);
            }
        }
    }
}

/// The digests of the lists that the fields use.
fn digests(form: &Form, reader: &Reader<'_>) -> BTreeMap<String, String> {
    let used = form
        .fields()
        .flat_map(|field| field.kind.behaviour().lists(field));
    used.filter_map(|id| {
        let list = reader.shelf.lists.get(&id)?;
        Some((id, list.sha256.clone()))
    })
    .collect()
}
