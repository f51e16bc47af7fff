//! A sheet with a heading → rows whose cells are taken by their column's name. Who asks for a cell takes it; what nobody
//! took is reported: so nothing is dropped in silence.

use std::cell::Cell as Flag;
use std::collections::BTreeMap;

use super::fault::Mistake;
use super::workbook::{Sheet, address};

/// Other names of columns, as XLSForm's own tools take them.
const ALIASES: &[(&str, &str)] = &[
    ("command", "type"),
    ("tag", "name"),
    ("value", "name"),
    ("caption", "label"),
    ("relevance", "relevant"),
    ("bind::relevant", "relevant"),
    ("skippable", "required"),
    ("bind::required", "required"),
    ("bind::constraint", "constraint"),
    ("bind::jr:constraintmsg", "constraint_message"),
    ("bind::jr:requiredmsg", "required_message"),
    ("constraining_message", "constraint_message"),
    ("calculate", "calculation"),
    ("bind::calculate", "calculation"),
    ("readonly", "read_only"),
    ("bind::readonly", "read_only"),
    ("control::appearance", "appearance"),
    ("repeat_count", "repeat_count"),
    ("jr:count", "repeat_count"),
    ("count", "repeat_count"),
    ("title", "form_title"),
    ("set_form_title", "form_title"),
    ("set_form_id", "form_id"),
    ("id_string", "form_id"),
];

/// Columns whose texts are written by language.
const TEXTS: &[&str] = &[
    "label",
    "hint",
    "constraint_message",
    "required_message",
    "guidance_hint",
];

/// A column: what it is for, and the language of its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// XLSForm's own name: `relevant`, `label`, `media::image`.
    pub(super) name: String,
    /// As written after `::`: `Tiếng Việt (vi)`.
    pub(super) language: Option<String>,
    /// The heading as it stands in the sheet.
    pub(super) heading: String,
    number: u32,
}

/// A sheet read by its heading.
pub(super) struct Table {
    /// As it is written on its tab.
    pub(super) sheet: String,
    /// The row of the heading, from 0.
    heading_row: u32,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    /// Addresses and texts of cells that stand in no column with a heading.
    pub(super) homeless: Vec<(At, String)>,
}

/// A row that holds something.
pub(super) struct Row {
    /// As the spreadsheet counts it, from 1.
    pub(super) number: u32,
    sheet: String,
    cells: Vec<Cell>,
}

struct Cell {
    column: Column,
    text: String,
    taken: Flag<bool>,
}

/// Where a cell stands: sheet, address, heading.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) sheet: String,
    pub(super) row: u32,
    pub(super) cell: String,
    pub(super) heading: String,
}

impl Table {
    /// The first row that holds something is the heading.
    pub(super) fn read(sheet: &Sheet) -> Result<Table, Mistake> {
        let mut rows: BTreeMap<u32, Vec<(u32, &String)>> = BTreeMap::new();
        for ((row, column), text) in &sheet.cells {
            rows.entry(*row).or_default().push((*column, text));
        }
        let mut table = Table {
            sheet: sheet.name.clone(),
            heading_row: 0,
            columns: Vec::new(),
            rows: Vec::new(),
            homeless: Vec::new(),
        };
        let mut rows = rows.into_iter();
        if let Some((row, cells)) = rows.next() {
            table.take_heading(row, &cells)?;
        }
        for (row, cells) in rows {
            table.take_row(row, cells);
        }
        Ok(table)
    }

    fn take_heading(&mut self, row: u32, cells: &[(u32, &String)]) -> Result<(), Mistake> {
        self.heading_row = row;
        for (number, heading) in cells {
            let column = Column::parse(heading, *number);
            let twin = self
                .columns
                .iter()
                .find(|other| (&other.name, &other.language) == (&column.name, &column.language));
            if let Some(twin) = twin {
                return Err(Mistake::ColumnTwice {
                    sheet: self.sheet.clone(),
                    heading: column.heading,
                    first: address(row, twin.number),
                    second: address(row, *number),
                });
            }
            self.columns.push(column);
        }
        Ok(())
    }

    fn take_row(&mut self, row: u32, cells: Vec<(u32, &String)>) {
        let mut taken = Row {
            number: row + 1,
            sheet: self.sheet.clone(),
            cells: Vec::new(),
        };
        for (number, text) in cells {
            match self.columns.iter().find(|column| column.number == number) {
                Some(column) => taken.cells.push(Cell {
                    column: column.clone(),
                    text: text.clone(),
                    taken: Flag::new(false),
                }),
                None => {
                    let at = At {
                        sheet: self.sheet.clone(),
                        row: row + 1,
                        cell: address(row, number),
                        heading: String::new(),
                    };
                    self.homeless.push((at, text.clone()));
                }
            }
        }
        if !taken.cells.is_empty() {
            self.rows.push(taken);
        }
    }

    /// The place of a column's heading.
    pub(super) fn heading(&self, column: &Column) -> At {
        At {
            sheet: self.sheet.clone(),
            row: self.heading_row + 1,
            cell: address(self.heading_row, column.number),
            heading: column.heading.clone(),
        }
    }
}

impl Column {
    fn parse(heading: &str, number: u32) -> Column {
        let joint = if heading.contains("::") { "::" } else { ":" };
        let mut parts = heading.split(joint).map(str::trim);
        let first = word(parts.next().unwrap_or_default());
        let rest: Vec<&str> = parts.collect();
        let whole = rest.iter().fold(first.clone(), |name, part| {
            format!("{name}::{}", word(part))
        });
        let known = |name: &str| {
            let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
            alias.map_or(name.to_owned(), |(_, name)| (*name).to_owned())
        };
        let (name, language) = match rest.as_slice() {
            [language] if TEXTS.contains(&known(&first).as_str()) => {
                (known(&first), Some((*language).to_owned()))
            }
            _ => (known(&whole), None),
        };
        Column {
            name,
            language,
            heading: heading.to_owned(),
            number,
        }
    }
}

/// Lower case, `_` for spaces: «Constraint message» is `constraint_message`.
fn word(text: &str) -> String {
    text.to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join("_")
}

impl Row {
    /// The text of a column, which is taken by that; empty when there is none.
    pub(super) fn take(&self, name: &str) -> &str {
        let cell = self.cell(name);
        cell.map_or("", |cell| {
            cell.taken.set(true);
            &cell.text
        })
    }

    /// The text of a column, left for others.
    pub(super) fn peek(&self, name: &str) -> &str {
        self.cell(name).map_or("", |cell| &cell.text)
    }

    /// The texts of a column by language, taken.
    pub(super) fn take_texts(&self, name: &str) -> Vec<(&Column, &str)> {
        let cells = self.cells.iter().filter(|cell| cell.column.name == name);
        cells
            .map(|cell| {
                cell.taken.set(true);
                (&cell.column, cell.text.as_str())
            })
            .collect()
    }

    /// Where a column's cell stands; that of the whole row when the column is not there.
    pub(super) fn at(&self, name: &str) -> At {
        let cell = self.cell(name);
        let (number, heading) = cell.map_or((0, String::new()), |cell| {
            (cell.column.number, cell.column.heading.clone())
        });
        At {
            sheet: self.sheet.clone(),
            row: self.number,
            cell: address(self.number - 1, number),
            heading,
        }
    }

    /// Where the cell of a column stands.
    pub(super) fn at_column(&self, column: &Column) -> At {
        At {
            sheet: self.sheet.clone(),
            row: self.number,
            cell: address(self.number - 1, column.number),
            heading: column.heading.clone(),
        }
    }

    /// Whether a column's cell holds something.
    pub(super) fn has(&self, name: &str) -> bool {
        self.cell(name).is_some()
    }

    /// The cells that nobody took: place and text.
    pub(super) fn left(&self) -> impl Iterator<Item = (At, &str)> {
        let left = self.cells.iter().filter(|cell| !cell.taken.get());
        left.map(|cell| (self.at_column(&cell.column), cell.text.as_str()))
    }

    /// Takes every cell: the row is reported as a whole.
    pub(super) fn take_all(&self) {
        self.cells.iter().for_each(|cell| cell.taken.set(true));
    }

    /// Gives every cell back.
    pub(super) fn release(&self) {
        self.cells.iter().for_each(|cell| cell.taken.set(false));
    }

    fn cell(&self, name: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.column.name == name)
    }
}
