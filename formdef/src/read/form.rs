//! The top of a definition.

use super::expressions::{self, Expressions};
use super::file::Top;
use super::node::Node;
use super::reader::{Owner, Reader};
use super::{keys, recipients, section};
use crate::fault::Source;
use crate::form::{Again, FORMDEF_VERSION, Form, Guide, Mode, Window};
use crate::noun;
use crate::text::Text;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Reads the whole definition; faults are in the reader.
pub(super) fn read(reader: &mut Reader<'_>, source: &Source, top: Top) -> Option<Form> {
    let root = reader.top(top)?;
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
        again: None,
        sections: sections.into_iter().map(Arc::new).collect(),
        rules: Vec::new(),
        window: window(reader, &owner),
        guide: guide(reader, &owner),
    };
    form.lists = digests(&form, reader);
    // What refers to fields makes no sense when a shared section could not be read.
    if !reader.incomplete {
        expressions::resolve(reader, &mut form, &expressions);
        form.recipients = recipients::read(reader, &owner, &form, &expressions.unreadable);
        form.again = again(reader, &owner, &form, &expressions.unreadable);
    }
    shrink(&mut form);
    Some(form)
}

/// A city's forms are held at once: none keeps room for more than it has.
fn shrink(form: &mut Form) {
    form.sections.shrink_to_fit();
    form.rules.shrink_to_fit();
    for section in &mut form.sections {
        let section = Arc::make_mut(section);
        section.fields.shrink_to_fit();
        for field in &mut section.fields {
            field.options.shrink_to_fit();
            field.fields.shrink_to_fit();
            for member in &mut field.fields {
                member.options.shrink_to_fit();
            }
        }
    }
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

/// What another application begins with: answers to questions, as nothing else can be filled in.
fn again(
    reader: &mut Reader<'_>,
    owner: &Owner<'_>,
    form: &Form,
    unreadable: &[String],
) -> Option<Again> {
    let node = owner.table.get("again")?;
    let owner = Owner {
        table: reader.table(node)?,
        at: &node.at,
        name: noun::AGAIN.into(),
    };
    reader.unknown_keys(&owner, &keys::names(keys::AGAIN));
    let label = reader.need(
        &owner,
        "label",
        "label.vi = \"Đăng ký tiếp cho trẻ sinh đôi\"",
    );
    let label = label.and_then(|node| reader.words(node));
    let keep = reader.need(&owner, "keep", "keep = [\"agency\", \"requester.*\"]");
    let keep = keep.map(|node| recipients::matching(reader, node, form, unreadable));
    let is_asked = |id: &String| {
        form.field(id)
            .is_some_and(|field| field.kind.behaviour().is_asked())
    };
    Some(Again {
        label: label?,
        keep: keep?.into_iter().filter(is_asked).collect(),
    })
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
