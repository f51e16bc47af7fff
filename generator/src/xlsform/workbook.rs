//! An `.xlsx` file → sheets of cells, within limits: the only module that knows how a spreadsheet is kept.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Cursor, Read};
use std::path::Path;

use calamine::{Data, Dimensions, Reader, Xlsx};
use zip::ZipArchive;

use super::fault::Mistake;

/// The largest file that is read.
pub(super) const FILE_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// The most that all parts of a file may hold when unpacked.
pub(super) const UNPACKED_BYTES_MAX: u64 = 100 * 1024 * 1024;
/// The last row that is read; a form with more would not be one.
pub(super) const ROWS_MAX: u32 = 20_000;
/// The last column that is read.
pub(super) const COLUMNS_MAX: u32 = 500;

/// How every zip file begins.
const ZIP: &[u8] = b"PK\x03\x04";
/// How files of Excel 97–2003 begin, and those with a password.
const OLD_OFFICE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0];

/// The sheets of a file, in their order.
pub(super) struct Workbook {
    pub(super) sheets: Vec<Sheet>,
}

/// The cells of a sheet that hold something.
pub(super) struct Sheet {
    /// As it is written on its tab.
    pub(super) name: String,
    /// Row, then column, both from 0; text without white space at its ends.
    pub(super) cells: BTreeMap<(u32, u32), String>,
    /// What looks like content and holds none.
    pub(super) oddities: Vec<Oddity>,
}

/// A cell that does not say what its author sees.
pub(super) struct Oddity {
    pub(super) row: u32,
    pub(super) column: u32,
    pub(super) what: Odd,
}

/// Why a cell does not say what its author sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Odd {
    /// `#REF!` and the like.
    Error,
    /// A formula whose result the file does not hold.
    Formula,
    /// The first of several cells that are one on the screen.
    Merged,
}

impl Workbook {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Workbook, Mistake> {
        let unreadable = |error: io::Error| Mistake::unreadable(&error);
        let length = fs::metadata(path).map_err(unreadable)?.len();
        if length > FILE_BYTES_MAX {
            return Err(Mistake::FileTooLarge { bytes: length });
        }
        let bytes = fs::read(path).map_err(unreadable)?;
        if bytes.starts_with(OLD_OFFICE) {
            return Err(Mistake::OldExcel);
        }
        if !bytes.starts_with(ZIP) {
            return Err(Mistake::NotAWorkbook);
        }
        inspect(&bytes)?;
        let mut file = Xlsx::new(Cursor::new(bytes)).map_err(|_| Mistake::BrokenWorkbook)?;
        let names = file.sheet_names();
        let sheets = names.into_iter().map(|name| sheet(&mut file, name));
        Ok(Workbook {
            sheets: sheets.collect::<Result<_, _>>()?,
        })
    }

    /// A sheet by one of its names, in any case.
    pub(super) fn sheet(&self, names: &[&str]) -> Option<&Sheet> {
        self.sheets
            .iter()
            .find(|sheet| names.contains(&sheet.name.trim().to_lowercase().as_str()))
    }
}

/// Unpacks everything once into nothing: what a part says of its own size is not believed.
fn inspect(bytes: &[u8]) -> Result<(), Mistake> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Mistake::BrokenWorkbook)?;
    if archive.index_for_name("xl/vbaProject.bin").is_some() {
        return Err(Mistake::Macros);
    }
    if archive.index_for_name("xl/workbook.xml").is_none() {
        return Err(Mistake::NotAWorkbook);
    }
    let mut left = UNPACKED_BYTES_MAX;
    for index in 0..archive.len() {
        let part = archive
            .by_index(index)
            .map_err(|_| Mistake::BrokenWorkbook)?;
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink())
            .map_err(|_| Mistake::BrokenWorkbook)?;
        left = left
            .checked_sub(unpacked)
            .ok_or(Mistake::UnpackedTooLarge)?;
    }
    Ok(())
}

fn sheet(file: &mut Xlsx<Cursor<Vec<u8>>>, name: String) -> Result<Sheet, Mistake> {
    let broken = |_| Mistake::BrokenWorkbook;
    let mut sheet = Sheet {
        name,
        cells: BTreeMap::new(),
        oddities: Vec::new(),
    };
    let merged = file
        .merge_cells_by_sheet_name(&sheet.name)
        .unwrap_or_default();
    // A chart sheet has no cells.
    let Ok(mut reader) = file.worksheet_cells_reader(&sheet.name) else {
        return Ok(sheet);
    };
    while let Some(cell) = reader.next_cell_with_formula().map_err(broken)? {
        let (row, column) = cell.pos;
        let value = Data::from(cell.value);
        let is_error = matches!(value, Data::Error(_));
        let text = if is_error {
            String::new()
        } else {
            shown(&value)
        };
        if text.is_empty() && !is_error && cell.formula.is_none() {
            continue;
        }
        if row >= ROWS_MAX || column >= COLUMNS_MAX {
            return Err(Mistake::SheetTooLarge {
                sheet: sheet.name.clone(),
                cell: address(row, column),
            });
        }
        let what = match (is_error, text.is_empty()) {
            (true, _) => Some(Odd::Error),
            (false, true) => Some(Odd::Formula),
            (false, false) => None,
        };
        sheet
            .oddities
            .extend(what.map(|what| Oddity { row, column, what }));
        if !text.is_empty() {
            sheet.cells.insert((row, column), text);
        }
    }
    sheet.note_merged(&merged);
    Ok(sheet)
}

impl Sheet {
    /// Only the first of merged cells holds the value that all of them show.
    fn note_merged(&mut self, merged: &[Dimensions]) {
        for area in merged {
            let (row, column) = area.start;
            if area.start != area.end && self.cells.contains_key(&area.start) {
                let what = Odd::Merged;
                self.oddities.push(Oddity { row, column, what });
            }
        }
    }
}

/// A value as a person would type it, without white space at its ends.
fn shown(value: &Data) -> String {
    let text = match value {
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
            match (moment.as_f64() < 1.0, hour, minute) {
                (true, ..) => format!("{hour:02}:{minute:02}"),
                (false, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                (false, ..) => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}"),
            }
        }
        other => other.to_string(),
    };
    text.replace('\u{A0}', " ").trim().to_owned()
}

/// `F12` for the cell in the twelfth row and the sixth column, both counted from 0 here.
pub(super) fn address(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    let letters: String = letters.into_iter().rev().collect();
    format!("{letters}{}", row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_addresses_that_people_see() {
        let cells = [(0, 0), (11, 5), (0, 25), (0, 26), (9, 701), (9, 702)];
        let shown = cells.map(|(row, column)| address(row, column));
        assert_eq!(shown, ["A1", "F12", "Z1", "AA1", "ZZ10", "AAA10"]);
    }
}
