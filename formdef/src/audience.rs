//! Recipients: which office an application goes to, and what nobody can check again.

use crate::expr::Tree;
use crate::form::{Field, Form, Office};
use crate::kinds::agency_list;
use crate::list::Lists;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Something that no office can check again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uncheckable<'a> {
    /// The rule, such as `R-GUARDIAN`, or that of a kind, such as `not-within`.
    pub rule: &'a str,
    /// The id of the field at which it shows.
    pub on: &'a str,
}

/// What the check of a field's kind needs besides its own answer, and the fields that has.
fn hangs_on(field: &Field) -> impl Iterator<Item = (Uncheckable<'_>, Vec<&str>)> {
    let on = field.id.as_str();
    let what = move |rule| Uncheckable { rule, on };
    let members = field
        .fields
        .iter()
        .filter_map(|member| member.within.as_ref());
    let within = field.within.as_ref().into_iter().chain(members);
    let within = within.map(move |tree| (what("not-within"), tree.fields()));
    let entry = field.of.as_deref().into_iter();
    let entry = entry.map(move |of| (what("option"), vec![of]));
    let computed = field.value.as_ref().into_iter();
    let computed = computed.map(move |tree| (what("computed"), tree.fields()));
    within.chain(entry).chain(computed)
}

impl Form {
    /// The code of the office of that role to which the answers lead, such as `00043` or `ca-001`. `None` when there is
    /// no such role or the answers name no ward of the list of agencies.
    pub fn office_of(
        &self,
        role: &str,
        answers: &Map<String, Value>,
        lists: &Lists,
    ) -> Option<String> {
        let office = &self.recipient(role)?.office;
        let answer = answers.get(office.field())?;
        let ward = answer.as_str().or_else(|| answer.get("ward")?.as_str())?;
        let item = lists.get(agency_list())?.find(ward)?;
        match office {
            Office::Of { .. } => Some(item.code.clone()),
            Office::DistrictOf { prefix, .. } => Some(format!("{prefix}{}", item.group.as_ref()?)),
        }
    }

    /// What no single recipient can judge from the answers it reads, so that the page alone keeps it: rules in the form's
    /// order, then what the answers to some kinds hang on.
    pub fn uncheckable(&self) -> Vec<Uncheckable<'_>> {
        let reads: Vec<BTreeSet<&str>> = self
            .recipients
            .iter()
            .map(|recipient| recipient.reads.iter().map(String::as_str).collect())
            .collect();
        let rules = self.rules.iter().map(|rule| Uncheckable {
            rule: &rule.id,
            on: &rule.on,
        });
        let asserts = self.rules.iter().map(|rule| rule.assert.fields());
        let of_kinds = self.fields().flat_map(hangs_on);
        rules
            .zip(asserts)
            .chain(of_kinds)
            .filter(|(what, others)| {
                let mut needed = BTreeSet::new();
                for id in others.iter().chain([&what.on]) {
                    self.add_needed(id, &mut needed);
                }
                !reads.iter().any(|reads| needed.is_subset(reads))
            })
            .map(|(what, _)| what)
            .collect()
    }

    fn add_needed_by<'a>(&'a self, tree: &'a Tree, needed: &mut BTreeSet<&'a str>) {
        for id in tree.fields() {
            self.add_needed(id, needed);
        }
    }

    /// A field, and the fields that decide whether it is asked.
    fn add_needed<'a>(&'a self, id: &'a str, needed: &mut BTreeSet<&'a str>) {
        if !needed.insert(id) {
            return;
        }
        let placed = self.placed_fields().find(|(_, field)| field.id == id);
        let conditions = placed.map(|(section, field)| [&section.show_when, &field.show_when]);
        for tree in conditions.into_iter().flatten().flatten() {
            self.add_needed_by(tree, needed);
        }
    }
}
