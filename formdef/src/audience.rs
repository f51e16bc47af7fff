//! Recipients: which office an application goes to, and what nobody can check again.

use crate::expr::Tree;
use crate::form::{Form, Office, Rule};
use crate::kinds::agency_list;
use crate::list::Lists;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

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

    /// The rules that no single recipient can judge from the answers it reads: the page alone keeps them.
    pub fn uncheckable_rules(&self) -> Vec<&Rule> {
        let reads: Vec<BTreeSet<&str>> = self
            .recipients
            .iter()
            .map(|recipient| recipient.reads.iter().map(String::as_str).collect())
            .collect();
        let is_checkable = |rule: &&Rule| {
            let mut needed = BTreeSet::new();
            self.add_needed(&rule.on, &mut needed);
            self.add_needed_by(&rule.assert, &mut needed);
            reads.iter().any(|reads| needed.is_subset(reads))
        };
        self.rules
            .iter()
            .filter(|rule| !is_checkable(rule))
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
