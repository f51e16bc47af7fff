//! Definitions → [`Form`]: every fault at once, each with its place.
//!
//! Two passes: first the structure ([`form`], [`section`], [`field`]), which collects expressions as they stand; then,
//! when all fields are known, the [`expressions`], dependencies and [`recipients`].

mod expressions;
mod field;
mod file;
mod form;
mod keys;
mod mistake;
mod node;
mod reach;
mod reader;
mod recipients;
mod schema;
mod section;

pub use file::SharedSection;
pub(crate) use mistake::Mistake;
pub use schema::{form_schema, section_schema};

use crate::fault::{Fault, Source};
use crate::form::Form;
use crate::kinds::agency_list;
use crate::list::Lists;
use file::{File, Parsed};
use reader::Reader;
use std::collections::BTreeMap;

/// What forms share: everything that a definition can refer to outside its file.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    /// The portal's languages, the default one first.
    pub languages: Vec<String>,
    /// Shared sections by id.
    pub sections: BTreeMap<String, SharedSection>,
    /// Lists by id, each with its digest set.
    pub lists: Lists,
    /// Kinds of office → what the codes of its offices begin with, such as `police` → `ca-`; the wards' is empty.
    pub offices: BTreeMap<String, String>,
}

impl Shelf {
    /// The codes of the districts and of their agencies.
    fn agency_codes(&self) -> impl Iterator<Item = &String> {
        let list = self.lists.get(agency_list());
        let districts = list.map_or(&[][..], |list| &list.groups);
        let agencies = list.map_or(&[][..], |list| &list.items);
        let districts = districts.iter().map(|district| &district.code);
        districts.chain(agencies.iter().map(|agency| &agency.code))
    }
}

/// Reads a form's definition. The form is there when no fault is. The form's id is the name of its file's folder.
///
/// Faults come sorted by file and place, those of the definition's own file first; of more than 500, the first that were found.
pub fn parse(source: &Source, shelf: &Shelf) -> (Option<Form>, Vec<Fault>) {
    let Parsed { lines, top } = Parsed::of(source, &File::Own);
    let mut reader = Reader::new(source, lines, shelf);
    let form = form::read(&mut reader, source, top);
    let mut faults = reader.faults;
    faults.sort_by_key(|fault| {
        (
            fault.path != source.path,
            fault.path.clone(),
            fault.line,
            fault.column,
        )
    });
    faults.dedup();
    (form.filter(|_| faults.is_empty()), faults)
}

/// The names of all messages that [`parse`] can give.
pub fn fault_codes() -> &'static [&'static str] {
    <Mistake as strum::VariantNames>::VARIANTS
}
