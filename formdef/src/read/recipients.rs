//! Recipients: who reads which answers, and how the office is found.

use super::keys;
use super::mistake::Mistake;
use super::node::{Content, Node, Place};
use super::reader::{Owner, Reader, is_member_id};
use crate::form::{Field, Form, Office, Recipient};
use crate::noun;
use std::collections::BTreeSet;

/// The kind of the offices that are the agencies themselves.
const AGENCY_OFFICE: &str = "ward";

/// What the recipients' patterns are matched with.
struct Fields<'a> {
    form: &'a Form,
    /// The ids of fields that could not be read: they match, and nothing more is said of them.
    unreadable: &'a [String],
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    owner: &Owner<'_>,
    form: &Form,
    unreadable: &[String],
) -> Vec<Recipient> {
    let fields = Fields { form, unreadable };
    let node = reader.need(owner, "recipients", "[recipients] with ward = \"agency\"");
    let Some(table) = node.and_then(|node| reader.table(node)) else {
        return Vec::new();
    };
    let (Some(node), false) = (node, table.entries.is_empty()) else {
        let at = node.map_or(owner.at, |node| &node.at);
        reader.fault(
            at,
            Mistake::EmptyList {
                what: noun::RECIPIENT,
            },
        );
        return Vec::new();
    };
    let alone = table.entries.len() == 1;
    let mut recipients = Vec::new();
    for entry in &table.entries {
        if !is_member_id(&entry.key) {
            let id = entry.key.clone();
            reader.fault(&entry.at, Mistake::BadId { id });
        }
        let role = Role {
            name: &entry.key,
            at: &entry.at,
            alone,
        };
        recipients.extend(recipient(reader, &role, &entry.node, &fields));
    }
    if recipients.len() == table.entries.len() {
        unread(reader, &node.at, form, &recipients);
    }
    recipients
}

struct Role<'n> {
    name: &'n str,
    at: &'n Place,
    /// The only recipient: it reads everything unless it says otherwise.
    alone: bool,
}

fn recipient(
    reader: &mut Reader<'_>,
    role: &Role<'_>,
    node: &Node,
    fields: &Fields<'_>,
) -> Option<Recipient> {
    let (office_node, reads_node) = match &node.content {
        Content::Text(_) => (node, None),
        _ => {
            let owner = Owner {
                table: reader.table(node)?,
                at: &node.at,
                name: noun::THE_RECIPIENT.named(role.name),
            };
            reader.unknown_keys(&owner, &keys::names(keys::RECIPIENT));
            let office = match owner.table.get("office") {
                Some(node) => node,
                None => {
                    let mistake = Mistake::MissingKey {
                        key: "office",
                        of: owner.name,
                        example: "office = \"agency\"",
                    };
                    reader.fault(role.at, mistake);
                    return None;
                }
            };
            (office, owner.table.get("reads"))
        }
    };
    let reads = match reads_node {
        Some(node) => matching(reader, node, fields.form, fields.unreadable),
        None => {
            if !role.alone {
                let role_name = role.name.to_owned();
                reader.fault(role.at, Mistake::ReadsNeeded { role: role_name });
            }
            ids(fields.form)
        }
    };
    let (kind, office) = office(reader, office_node, fields)?;
    if !reads.iter().any(|id| id == office.field()) {
        let mistake = Mistake::OfficeUnread {
            role: role.name.to_owned(),
            field: office.field().to_owned(),
        };
        reader.fault(role.at, mistake);
    }
    Some(Recipient {
        role: role.name.to_owned(),
        kind,
        office,
        reads,
    })
}

/// `"agency"` or `{ district_of = "hk.address", kind = "police" }`.
fn office(reader: &mut Reader<'_>, node: &Node, fields: &Fields<'_>) -> Option<(String, Office)> {
    if let Content::Text(field) = &node.content {
        office_field(reader, &node.at, field, fields, &["agency"])?;
        let of = field.clone();
        return Some((AGENCY_OFFICE.to_owned(), Office::Of { of }));
    }
    let owner = Owner {
        table: reader.table(node)?,
        at: &node.at,
        name: noun::OFFICE.into(),
    };
    reader.unknown_keys(&owner, &keys::names(keys::DISTRICT_OFFICE));
    let field_node = reader.need(&owner, "district_of", "district_of = \"agency\"");
    let kind_node = reader.need(&owner, "kind", "kind = \"police\"");
    let (field_node, kind_node) = (field_node?, kind_node?);
    let (field, kind) = (reader.string(field_node)?, reader.string(kind_node)?);
    let prefix = reader.shelf.offices.get(kind).cloned();
    if prefix.is_none() {
        let mistake = Mistake::UnknownOffice {
            kind: kind.to_owned(),
            known: reader.shelf.offices.keys().cloned().collect(),
        };
        reader.fault(&kind_node.at, mistake);
    }
    office_field(
        reader,
        &field_node.at,
        field,
        fields,
        &["agency", "address", "residence"],
    )?;
    let office = Office::DistrictOf {
        district_of: field.to_owned(),
        prefix: prefix?,
    };
    Some((kind.to_owned(), office))
}

/// The field from which an office is found names a ward and is always answered.
fn office_field(
    reader: &mut Reader<'_>,
    at: &Place,
    id: &str,
    fields: &Fields<'_>,
    kinds: &[&str],
) -> Option<()> {
    if fields.unreadable.iter().any(|unreadable| unreadable == id) {
        return None;
    }
    let Some((section, field)) = fields
        .form
        .placed_fields()
        .find(|(_, field)| field.id == id)
    else {
        let mistake = Mistake::UnknownField {
            id: id.to_owned(),
            known: ids(fields.form),
        };
        reader.fault(at, mistake);
        return None;
    };
    let kind = field.kind.name();
    if !kinds.contains(&kind) {
        let field = id.to_owned();
        reader.fault(at, Mistake::NoOfficeIn { field, kind });
        return None;
    }
    if !field.required || field.show_when.is_some() || section.show_when.is_some() {
        let field = id.to_owned();
        reader.fault(at, Mistake::OfficeOptional { field });
    }
    Some(())
}

/// `*`, `hk.*`, `agency`, each with `-` before it to take away; a later one wins.
pub(super) fn matching(
    reader: &mut Reader<'_>,
    node: &Node,
    form: &Form,
    unreadable: &[String],
) -> Vec<String> {
    let mut read = BTreeSet::new();
    for node in reader.array(node) {
        let Some(pattern) = reader.string(node) else {
            continue;
        };
        let (takes, wanted) = match pattern.strip_prefix('-') {
            Some(rest) => (false, rest),
            None => (true, pattern),
        };
        let matching: Vec<&Field> = form
            .fields()
            .filter(|field| matches(wanted, &field.id))
            .collect();
        let none = matching.is_empty() && !unreadable.iter().any(|id| matches(wanted, id));
        if none {
            let mistake = Mistake::NothingMatches {
                pattern: pattern.to_owned(),
                known: ids(form),
            };
            reader.fault(&node.at, mistake);
        }
        for field in matching {
            if takes {
                read.insert(field.id.clone());
            } else {
                read.remove(&field.id);
            }
        }
    }
    let ordered = form.fields().filter(|field| read.contains(&field.id));
    ordered.map(|field| field.id.clone()).collect()
}

fn matches(pattern: &str, id: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => true,
        Some(start) => start.ends_with('.') && id.starts_with(start),
        None => id == pattern,
    }
}

fn ids(form: &Form) -> Vec<String> {
    form.fields().map(|field| field.id.clone()).collect()
}

/// What nobody reads must not be asked.
fn unread(reader: &mut Reader<'_>, at: &Place, form: &Form, recipients: &[Recipient]) {
    let answered = form
        .fields()
        .filter(|field| field.kind.behaviour().has_answer());
    for field in answered {
        let read = recipients
            .iter()
            .any(|recipient| recipient.reads.contains(&field.id));
        if !read {
            let field = field.id.clone();
            reader.fault(at, Mistake::NobodyReads { field });
        }
    }
}
