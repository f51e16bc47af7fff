//! CSV files as editors keep them: a first line with the names of the columns, then rows.

use std::collections::BTreeMap;

use formdef::{Mode, Moment};

use crate::fault::{Fault, Mistake};
use crate::links::nearest;
use crate::opening::Opening;
use crate::sources::Folder;

/// So many faults of a table are told at once: one with more is damaged as a whole.
const FAULTS_MAX: usize = 500;

/// A table and the faults found in it so far.
pub(crate) struct Table<'a> {
    folder: &'a Folder,
    path: &'a str,
    columns: Vec<String>,
    /// The rows that could be read.
    pub(crate) rows: Vec<Row>,
    /// Everything that is wrong with the table.
    pub(crate) faults: Vec<Fault>,
}

/// One row and the line it stands on.
pub(crate) struct Row {
    line: usize,
    cells: Vec<String>,
}

impl<'a> Table<'a> {
    /// Reads a table whose first line begins with the columns of `header`; further columns are allowed.
    pub(crate) fn read(folder: &'a Folder, path: &'a str, header: &[&str]) -> Table<'a> {
        let mut table = Table {
            folder,
            path,
            columns: Vec::new(),
            rows: Vec::new(),
            faults: Vec::new(),
        };
        let text = folder.text(path).unwrap_or_default();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record
                        .position()
                        .map_or(1, |position| position.line() as usize);
                    let cells = record.iter().map(|cell| cell.trim().to_owned()).collect();
                    table.rows.push(Row { line, cells });
                }
                Err(error) => table.unreadable(&error),
            }
        }
        table.take_header(header);
        table
    }

    fn take_header(&mut self, header: &[&str]) {
        let columns = if self.rows.is_empty() {
            Vec::new()
        } else {
            self.rows.remove(0).cells
        };
        if columns
            .iter()
            .zip(header)
            .filter(|(found, wanted)| found == *wanted)
            .count()
            < header.len()
        {
            let mistake = Mistake::CsvHeader {
                expected: header.join(","),
                found: columns.join(","),
            };
            self.note(1, 1, &mistake);
            self.rows.clear();
        }
        self.columns = columns;
    }

    /// A column behind those of `header` that is none of these is misspelt: nothing would read it.
    pub(crate) fn takes_besides(&mut self, header: &[&str], optional: &[&str]) {
        let columns = self.columns.clone().into_iter().enumerate();
        let further = columns.skip(header.len());
        for (at, column) in further.filter(|(_, name)| !optional.contains(&name.as_str())) {
            let before: usize = self.columns[..at]
                .iter()
                .map(|column| column.chars().count() + 1)
                .sum();
            let nearest = nearest(&column, optional.iter().copied()).map(str::to_owned);
            let known = optional.join(", ");
            self.note(
                1,
                1 + before,
                &Mistake::UnknownColumn {
                    column,
                    nearest,
                    known,
                },
            );
        }
    }

    fn unreadable(&mut self, error: &csv::Error) {
        let line = error
            .position()
            .map_or(1, |position| position.line() as usize);
        // The text is in memory and UTF-8: nothing else can go wrong with a row.
        if let csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } = error.kind()
        {
            let mistake = Mistake::CsvCells {
                found: *len,
                wanted: *expected_len,
            };
            self.note(line, 1, &mistake);
        }
    }

    /// A cell by its column; empty when the table has no such column.
    pub(crate) fn cell<'r>(&self, row: &'r Row, column: &str) -> &'r str {
        let index = self.columns.iter().position(|name| name == column);
        index
            .and_then(|index| row.cells.get(index))
            .map_or("", String::as_str)
    }

    /// A cell that must not be empty.
    pub(crate) fn required<'r>(&mut self, row: &'r Row, column: &'static str) -> &'r str {
        let cell = self.cell(row, column);
        if cell.is_empty() {
            self.fault(row, "", Mistake::EmptyCell { column });
        }
        cell
    }

    /// The cells `opens` and `closes`: each a day, a moment or empty, the first before the other.
    pub(crate) fn opening(&mut self, row: &Row) -> Opening {
        let [opens, closes] = ["opens", "closes"].map(|column| self.moment(row, column));
        if let (Some(from), Some(until)) = (opens, closes)
            && until <= from
        {
            let cell = self.cell(row, "closes");
            self.fault(row, cell, Mistake::CsvClosesFirst);
        }
        Opening { opens, closes }
    }

    fn moment(&mut self, row: &Row, column: &str) -> Option<Moment> {
        let cell = self.cell(row, column);
        let moment = Moment::parse(cell);
        if moment.is_none() && !cell.is_empty() {
            let value = cell.to_owned();
            self.fault(row, cell, Mistake::Day { value });
        }
        moment
    }

    /// The cell `mode`: `live`, `trial` or empty.
    pub(crate) fn mode(&mut self, row: &Row) -> Mode {
        match self.cell(row, "mode") {
            "" | "live" => Mode::Live,
            "trial" => Mode::Trial,
            other => {
                let value = other.to_owned();
                self.fault(row, other, Mistake::AgencyMode { value });
                Mode::Live
            }
        }
    }

    /// A cell that is a code nobody had before.
    pub(crate) fn code(&mut self, row: &Row, seen: &mut BTreeMap<String, usize>) -> String {
        let code = self.required(row, "code").to_owned();
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if code.len() > 32 || !code.chars().all(good) {
            self.fault(row, &code, Mistake::CodeForm { code: code.clone() });
        }
        if let Some(line) = seen.insert(code.clone(), row.line) {
            self.fault(
                row,
                &code,
                Mistake::CodeTwice {
                    code: code.clone(),
                    line,
                },
            );
        }
        code
    }

    /// Notes a fault at a cell of a row (at its start for an empty one).
    pub(crate) fn fault(&mut self, row: &Row, cell: &str, mistake: Mistake) {
        let source_line = self
            .folder
            .text(self.path)
            .and_then(|text| text.lines().nth(row.line - 1))
            .unwrap_or_default();
        let before = if cell.is_empty() {
            ""
        } else {
            source_line.split(cell).next().unwrap_or_default()
        };
        self.note(row.line, 1 + before.chars().count(), &mistake);
    }

    fn note(&mut self, line: usize, column: usize, mistake: &Mistake) {
        if self.faults.len() < FAULTS_MAX {
            let fault = self.folder.fault_at(self.path, line, column, mistake);
            self.faults.push(fault);
        }
    }

    /// The line of a row, from 1.
    pub(crate) fn line(row: &Row) -> usize {
        row.line
    }
}
