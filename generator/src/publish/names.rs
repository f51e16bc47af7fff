//! What offices are called: people who publish know a ward by its name, not by its code.

use std::collections::BTreeMap;

use envelope::release::Release;
use formdef::{Bilingual, List, Text};

use super::difference::Side;

/// The list of the offices that people send to.
const AGENCIES: &str = "agencies";

/// The names of offices, as the lists of a portal have them.
#[derive(Debug, Default)]
pub(super) struct Names {
    agencies: BTreeMap<String, String>,
    /// For offices that belong to a district: their codes end with its own.
    districts: BTreeMap<String, String>,
}

impl Names {
    /// `read` gives the bytes of a file of the release.
    pub(super) fn of(release: &Release, read: impl Fn(&str) -> Option<Vec<u8>>) -> Names {
        let mut names = Names::default();
        let is_list = |path: &&String| path.starts_with("lists/") && path.ends_with(".json");
        for path in release.files.keys().filter(is_list) {
            let text = read(path).and_then(|bytes| String::from_utf8(bytes).ok());
            let Some(list) = text
                .and_then(|text| List::from_json(&text).ok())
                .filter(|list| list.id == AGENCIES)
            else {
                continue;
            };
            let items = list.items.into_iter().map(|item| (item.code, item.label));
            names.agencies.extend(items.filter_map(in_default));
            let groups = list.groups.into_iter().map(|it| (it.code, it.label));
            names.districts.extend(groups.filter_map(in_default));
        }
        names
    }

    /// Whether an office has none here.
    pub(super) fn lack(&self, side: &Side<'_>) -> bool {
        let mut offices = side.catalogue.iter().flat_map(|it| &it.offices);
        offices.any(|office| self.name(&office.code).is_none())
    }

    /// Adds names of those who have none.
    pub(super) fn add(&mut self, others: Names) {
        for (own, others) in [
            (&mut self.agencies, others.agencies),
            (&mut self.districts, others.districts),
        ] {
            for (code, name) in others {
                own.entry(code).or_insert(name);
            }
        }
    }

    fn name(&self, code: &str) -> Option<&String> {
        let district = || self.districts.get(code.rsplit_once('-')?.1);
        self.agencies.get(code).or_else(district)
    }

    pub(super) fn office(&self, code: &str) -> Bilingual {
        Bilingual::from(|_| match self.name(code) {
            Some(name) => format!("{name} ({code})"),
            None => code.to_owned(),
        })
    }
}

/// A text's first language is the portal's own.
fn in_default((code, label): (String, Text)) -> Option<(String, String)> {
    let (_, name) = label.iter().next()?;
    Some((code, name.to_owned()))
}
