//! The files that a definition is read from: its own, and those of the shared sections it uses.

use super::node::{Content, Node, Place, Table};
use crate::fault::{Lines, Source};
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use toml::de::DeTable;

/// Which of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum File {
    /// The definition's own.
    Own,
    /// That of the shared section of this id.
    Shared(Arc<str>),
}

/// A section that forms share: its file, which the first form that uses it takes apart for all of them.
#[derive(Clone, Debug)]
pub struct SharedSection {
    id: Arc<str>,
    source: Source,
    parsed: OnceLock<Parsed>,
}

impl SharedSection {
    /// The section of that id: the name by which forms use it.
    pub fn new(id: &str, source: Source) -> Self {
        Self {
            id: id.into(),
            source,
            parsed: OnceLock::new(),
        }
    }

    /// Its file.
    pub fn source(&self) -> &Source {
        &self.source
    }

    pub(super) fn top(&self) -> Result<&Node, Vec<(Place, String)>> {
        self.parsed().top.as_ref().map_err(Clone::clone)
    }

    pub(super) fn lines(&self) -> &Lines {
        &self.parsed().lines
    }

    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| {
            let file = File::Shared(Arc::clone(&self.id));
            Parsed::of(&self.source, &file)
        })
    }
}

/// The top table of a file, or why it is no TOML: where, and what the parser says.
pub(super) type Top = Result<Node, Vec<(Place, String)>>;

/// A file, taken apart.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    pub(super) lines: Lines,
    pub(super) top: Top,
}

impl Parsed {
    pub(super) fn of(source: &Source, file: &File) -> Self {
        let place = |span: Range<usize>| Place {
            file: file.clone(),
            span,
        };
        let (table, faults) = DeTable::parse_recoverable(&source.text);
        let top = if faults.is_empty() {
            Ok(Node {
                at: place(0..0),
                content: Content::Table(Table::from_toml(table.get_ref(), file)),
            })
        } else {
            let faults = faults.iter().map(|fault| {
                let at = place(fault.span().unwrap_or(0..0));
                (at, fault.message().to_owned())
            });
            Err(faults.collect())
        };
        Self {
            lines: Lines::of(&source.text),
            top,
        }
    }
}
