//! The sheet `choices` → lists of choices with codes of ours.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::columns::{Row, Table};
use super::fault::Mistake;
use super::loss::{Loss, What};
use super::names;

/// The lists by their names.
#[derive(Default)]
pub(super) struct Lists<'t>(pub(super) BTreeMap<String, List<'t>>);

/// A list.
pub(super) struct List<'t> {
    pub(super) items: Vec<Item<'t>>,
    /// XLSForm's names and our codes.
    pub(super) codes: Rc<BTreeMap<String, String>>,
}

/// A choice.
pub(super) struct Item<'t> {
    pub(super) code: String,
    pub(super) row: &'t Row,
}

impl<'t> Lists<'t> {
    /// Reads the sheet. Two choices of one name are a fault unless the form allows them: then the second is left out.
    pub(super) fn read(
        table: &'t Table,
        doubles: bool,
        losses: &mut Vec<Loss>,
    ) -> Result<Lists<'t>, Mistake> {
        let mut drafts: BTreeMap<String, Vec<(&str, &'t Row)>> = BTreeMap::new();
        for row in &table.rows {
            let (list, name) = (row.take("list_name"), row.take("name"));
            if list.is_empty() || name.is_empty() {
                row.take_all();
                losses.push(Loss {
                    at: row.at("list_name"),
                    what: What::NoName,
                });
                continue;
            }
            let items = drafts.entry(list.to_owned()).or_default();
            let first = items.iter().find(|(other, _)| *other == name);
            match first {
                None => items.push((name, row)),
                Some(_) if doubles => {
                    row.take_all();
                    let what = What::SecondChoice {
                        name: name.to_owned(),
                    };
                    losses.push(Loss {
                        at: row.at("name"),
                        what,
                    });
                }
                Some((_, first)) => {
                    return Err(Mistake::ChoiceTwice {
                        place: place(row),
                        name: name.to_owned(),
                        list: list.to_owned(),
                        first: place(first),
                    });
                }
            }
        }
        let lists = drafts
            .into_iter()
            .map(|(name, items)| (name, List::of(items)));
        Ok(Lists(lists.collect()))
    }
}

impl<'t> List<'t> {
    fn of(items: Vec<(&str, &'t Row)>) -> List<'t> {
        let mut taken = BTreeSet::new();
        let mut codes = BTreeMap::new();
        let mut coded = Vec::new();
        for (name, row) in items {
            let code = names::code(name, &mut taken);
            codes.insert(name.to_owned(), code.clone());
            coded.push(Item { code, row });
        }
        List {
            items: coded,
            codes: Rc::new(codes),
        }
    }

    /// The same codes and one for «other», which is told to be asked for in a text.
    pub(super) fn codes_with_other(&self) -> Rc<BTreeMap<String, String>> {
        let mut codes = (*self.codes).clone();
        codes
            .entry(OTHER.to_owned())
            .or_insert_with(|| OTHER.to_owned());
        Rc::new(codes)
    }
}

/// XLSForm's own name for the choice that `or_other` adds.
pub(super) const OTHER: &str = "other";

fn place(row: &Row) -> String {
    let at = row.at("name");
    format!("{}!{}", at.sheet, at.cell)
}
