//! What values are, and what the names in an expression mean.

use crate::list::Lists;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    Bool,
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
    /// `{…}`.
    Map,
    /// Not known because of another fault: fits everywhere.
    Any,
}

/// The options of a field.
#[derive(Debug, PartialEq)]
pub(crate) struct Codes {
    /// For messages: "`child.sex`" or "the list `sex`".
    pub(crate) of: String,
    pub(crate) values: Vec<String>,
}

impl Type {
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Code(_) => "an option",
            Self::Date => "a date",
            Self::Record(_) => "an answer of several parts",
            Self::Entries => "the entries of a repeat group",
            Self::Map => "{…}",
            Self::Any => "unknown",
        }
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Code(_) | Self::Any)
    }

    /// Whether a value of this type can stand where `wanted` is.
    pub(super) fn fits(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::Text | Self::Code(_), Self::Text | Self::Code(_)) => true,
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
    /// The parts of an answer that is an object.
    pub(crate) parts: Vec<(&'static str, Type)>,
}

/// The names that an expression can use.
pub(crate) struct Names<'a> {
    pub(crate) fields: BTreeMap<String, Meaning>,
    pub(crate) lists: &'a Lists,
}
