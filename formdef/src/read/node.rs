//! TOML as nodes that know their place: file and bytes. Values of several files can so be joined in one table.

use super::file::File;
use crate::noun::{self, Noun};
use crate::number::Number;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

/// Where something stands: the file, and its bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) file: File,
    pub(super) span: Range<usize>,
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) at: Place,
    pub(super) content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Text(String),
    Integer(Option<i64>),
    Boolean(bool),
    /// Of a size that a number can have.
    Fraction(Option<Number>),
    Datetime(Datetime),
    Array(Vec<Node>),
    Table(Table),
}

/// Keys and values in the order of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) at: Place,
    pub(super) node: Node,
}

impl Table {
    pub(super) fn from_toml(table: &DeTable<'_>, file: &File) -> Self {
        let mut entries: Vec<Entry> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().to_string(),
                at: Place {
                    file: file.clone(),
                    span: key.span(),
                },
                node: Node::from_toml(value, file),
            })
            .collect();
        entries.sort_by_key(|entry| entry.at.span.start);
        Self { entries }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        let entry = self.entries.iter().find(|entry| entry.key == key);
        entry.map(|entry| &entry.node)
    }

    /// The values of `over` take the place of those here; texts language by language.
    pub(super) fn override_with(&mut self, over: &Self) {
        for entry in &over.entries {
            let own = self.entries.iter_mut().find(|own| own.key == entry.key);
            match own {
                None => self.entries.push(entry.clone()),
                Some(own) => match (&mut own.node.content, &entry.node.content) {
                    (Content::Table(own), Content::Table(over)) => own.override_with(over),
                    _ => *own = entry.clone(),
                },
            }
        }
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.entries.retain(|entry| entry.key != key);
    }
}

impl Node {
    fn from_toml(value: &Spanned<DeValue<'_>>, file: &File) -> Self {
        let content = match value.get_ref() {
            DeValue::String(text) => Content::Text(text.to_string()),
            DeValue::Integer(number) => {
                let number = i64::from_str_radix(number.as_str(), number.radix());
                Content::Integer(number.ok())
            }
            DeValue::Boolean(value) => Content::Boolean(*value),
            DeValue::Float(number) => {
                let number = number.as_str().parse().ok();
                Content::Fraction(number.and_then(Number::rounded))
            }
            DeValue::Datetime(moment) => Content::Datetime(*moment),
            DeValue::Array(items) => {
                let items = items.iter().map(|item| Self::from_toml(item, file));
                Content::Array(items.collect())
            }
            DeValue::Table(table) => Content::Table(Table::from_toml(table, file)),
        };
        let span = value.span();
        Self {
            at: Place {
                file: file.clone(),
                span,
            },
            content,
        }
    }

    /// What stands here, for messages.
    pub(super) fn describe(&self) -> Noun {
        match self.content {
            Content::Text(_) => noun::TEXT,
            Content::Integer(_) => noun::WHOLE_NUMBER,
            Content::Boolean(_) => noun::TRUE_OR_FALSE,
            Content::Fraction(_) => noun::FRACTION,
            Content::Datetime(_) => noun::DATE_OR_TIME,
            Content::Array(_) => noun::LIST,
            Content::Table(_) => noun::TABLE,
        }
    }
}
