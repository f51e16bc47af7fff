//! What values are, and what the names in an expression mean.

use crate::list::Lists;
use crate::noun::{self, Noun, Thing};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    Bool,
    /// A whole number.
    Whole,
    Number,
    Text,
    /// A text out of known ones.
    Code(Rc<Codes>),
    /// A date, perhaps without day or month.
    Date,
    /// The answer to a field of that kind, an object.
    Record(&'static str),
    /// The entries of a repeat group.
    Entries,
    /// Several values of a type: the options chosen, or the answers to one question of a repeat group.
    Many(Rc<Type>),
    /// `{…}`.
    Map,
    /// Not known because of another fault: fits everywhere.
    Any,
}

/// The options of a field.
#[derive(Debug, PartialEq)]
pub(crate) enum Codes {
    /// Those of that list. Few expressions ask for them, and a city has hundreds of agencies: they stay in the list.
    List(String),
    /// The field's own, with its id.
    Own(String, Vec<String>),
}

impl Codes {
    /// The field or the list that they belong to.
    pub(super) fn of(&self) -> Thing {
        match self {
            Self::List(id) => noun::THE_LIST.named(id.as_str()),
            Self::Own(field, _) => noun::THE_FIELD.named(field.as_str()),
        }
    }

    pub(super) fn is_of_list(&self, list: &str) -> bool {
        matches!(self, Self::List(id) if id == list)
    }

    /// All of them, in the order shown.
    pub(super) fn values<'a>(&'a self, lists: &'a Lists) -> Vec<&'a str> {
        match self {
            Self::List(id) => {
                let items = lists.get(id).map_or(&[][..], |list| &list.items);
                items.iter().map(|item| item.code.as_str()).collect()
            }
            Self::Own(_, values) => values.iter().map(String::as_str).collect(),
        }
    }
}

impl Type {
    pub(crate) fn describe(&self) -> Noun {
        match self {
            Self::Bool => noun::TRUE_OR_FALSE,
            Self::Whole | Self::Number => noun::NUMBER,
            Self::Text => noun::TEXT,
            Self::Code(_) => noun::OPTION,
            Self::Date => noun::DATE,
            Self::Record(_) => noun::PARTS,
            Self::Entries => noun::ENTRIES,
            Self::Many(_) => noun::SEVERAL,
            Self::Map => noun::MAP,
            Self::Any => noun::UNKNOWN,
        }
    }

    pub(super) fn is_number(&self) -> bool {
        self.fits(&Self::Number)
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Code(_) | Self::Any)
    }

    /// Whether a value of this type can stand where `wanted` is.
    pub(super) fn fits(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::Text | Self::Code(_), Self::Text | Self::Code(_)) => true,
            (Self::Whole, Self::Number) => true,
            (Self::Many(left), Self::Many(right)) => left.fits(right),
            // A residence can fill an address: the page takes the parts that the field has.
            (Self::Record(left), Self::Record(right)) => {
                left == right || [left, right].iter().all(|kind| PLACES.contains(*kind))
            }
            (left, right) => left == right,
        }
    }
}

/// The kinds whose answers share their parts.
const PLACES: [&str; 3] = ["admin-unit", "address", "residence"];

/// What a field's id means in an expression.
#[derive(Clone, Debug)]
pub(crate) struct Meaning {
    pub(crate) whole: Type,
    /// The parts of an answer that is an object; for a repeat group, the answers to each of its questions.
    pub(crate) parts: Vec<(String, Type)>,
}

/// The names that an expression can use.
pub(crate) struct Names<'a> {
    pub(crate) fields: BTreeMap<String, Meaning>,
    /// The ids of papers, which are brought to the counter: nothing can be said of them here.
    pub(crate) papers: BTreeSet<String>,
    pub(crate) lists: &'a Lists,
}
