//! `motcua import xlsform`: a workbook of XLSForm → a folder of a service that passes the check.
//!
//! ```text
//! .xlsx ──Workbook──▶ tables ──survey──▶ tree ──Plan──▶ ids and types ──Converter──▶ lines ──check──▶ files
//! ```
//!
//! * `workbook`, `columns`: cells within limits, taken by the name of their column. A cell that nobody takes is reported:
//!   nothing is dropped in silence.
//! * `survey`, `types`, `choices`, `settings`: what the rows are.
//! * `plan`, `names`: what becomes of each row.
//! * `xpath`, `translate`, `pattern`: expressions.
//! * `convert`, `field`, `options`, `texts`, `lines`: the form as TOML. Each line of an expression knows its cell; when the
//!   check refuses the line, the cell is reported and the form is made again without it.
//! * `loss`: what cannot be carried. `fault`: why nothing is imported.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use formdef::{Bilingual, Lang, say};

use crate::content::form_faults;
use crate::fault::Fault;
use crate::lists::is_slug;
use crate::plan::is_taken;
use crate::portal::Portal;
use crate::report::{Palette, for_a_person};
use crate::sources::Folder;

mod bounds;
mod choices;
mod columns;
mod convert;
mod fault;
mod field;
mod groups;
mod head;
mod lines;
mod loss;
mod names;
mod options;
mod parameters;
mod pattern;
mod plan;
mod settings;
mod survey;
mod texts;
mod translate;
mod types;
mod workbook;
mod write;
mod xpath;

use choices::Lists;
use columns::{At, Table};
use convert::Converter;
use fault::Mistake;
use head::Head;
use lines::Lines;
use loss::{Loss, What};
use options::Options;
use plan::Plan;
use settings::Settings;
use texts::{Texts, Words};
use workbook::Workbook;
use write::write;

/// What to import, and where to.
#[derive(Debug, Clone)]
pub struct Request<'r> {
    /// The workbook.
    pub file: &'r Path,
    /// The service's id; else the workbook's `form_id`, else the file's name.
    pub id: Option<&'r str>,
    /// The folder of forms.
    pub out: &'r Path,
    /// The language of the comments in the form.
    pub lang: Lang,
}

/// What was imported.
#[derive(Debug)]
pub struct Imported {
    /// The service's id.
    pub id: String,
    /// The files that were written.
    pub files: Vec<PathBuf>,
    /// How many rows of the survey ask, group or repeat something, and how many of them stand in the form.
    pub rows: (usize, usize),
    renamed: Vec<(String, String)>,
    losses: Vec<Loss>,
}

/// Why nothing was imported.
#[derive(Debug)]
pub struct Failure {
    path: PathBuf,
    mistake: Box<Mistake>,
}

impl Imported {
    /// Whether the form holds everything that the workbook has.
    pub fn is_whole(&self) -> bool {
        self.losses.is_empty()
    }

    /// What was written and, cell by cell, what could not be carried.
    pub fn show(&self, lang: Lang) -> String {
        let (all, kept) = self.rows;
        let mut parts: Vec<String> = self
            .files
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        parts.push(say!(
            lang,
            "{kept} of {all} rows of the survey are carried",
            "đã nhập {kept} trên {all} hàng của survey"
        ));
        for (from, to) in &self.renamed {
            parts.push(say!(
                lang,
                "«{from}» is called `{to}`",
                "«{from}» được đổi tên thành «{to}»"
            ));
        }
        parts.extend(self.losses.iter().map(|loss| loss.show(lang)));
        let count = self.losses.len();
        parts.push(match count {
            0 => say!(lang, "everything is carried", "đã nhập đủ"),
            1 => say!(
                lang,
                "1 thing could not be carried as it was",
                "1 chỗ không nhập được nguyên vẹn"
            ),
            _ => say!(
                lang,
                "{count} things could not be carried as they were",
                "{count} chỗ không nhập được nguyên vẹn"
            ),
        });
        parts.join("\n")
    }

    /// The cells that could not be carried as they were: `survey!F12`.
    pub fn cells(&self) -> impl Iterator<Item = String> {
        let places = self.losses.iter().map(|loss| &loss.at);
        places.map(|at| format!("{}!{}", at.sheet, at.cell))
    }
}

impl Failure {
    /// Where, what, what to do.
    pub fn show(&self, lang: Lang) -> String {
        let (what, mend) = self.mistake.words(lang);
        format!("{}: {what}\n  = {mend}", self.path.display())
    }
}

/// Imports a workbook: writes the form and its lists, or nothing.
pub fn import(request: &Request<'_>) -> Result<Imported, Failure> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |mistake| Failure {
            path: path.clone(),
            mistake: Box::new(mistake),
        }
    };
    let (forms, portal) = portal(request.out).map_err(failed(request.out))?;
    let workbook = Workbook::read(request.file).map_err(failed(request.file))?;
    let book = Book::read(&workbook).map_err(failed(request.file))?;
    let made = book
        .make(request, &forms, &portal)
        .map_err(failed(request.file))?;
    let files = write(request.out, &made.files).map_err(failed(request.out))?;
    Ok(Imported {
        files,
        ..made.imported
    })
}

fn portal(out: &Path) -> Result<(Folder, Portal), Mistake> {
    let nowhere = || Mistake::NoPlace {
        path: out.display().to_string(),
    };
    if !out.join("portal.toml").is_file() {
        return Err(nowhere());
    }
    let forms = Folder::forms(out).map_err(|faults| refused(&faults))?;
    let portal = Portal::read(&forms).map_err(|faults| refused(&faults))?;
    Ok((forms, portal))
}

fn refused(faults: &[Fault]) -> Mistake {
    let show = |lang| {
        faults
            .iter()
            .map(|fault| for_a_person(fault, lang, &Palette::PLAIN))
            .collect::<Vec<_>>()
            .join("\n")
    };
    Mistake::Refused {
        faults: Bilingual::from(show),
    }
}

/// The three sheets of an XLSForm, and what is odd about the workbook.
struct Book {
    survey: Table,
    choices: Option<Table>,
    settings: Option<Table>,
    losses: Vec<Loss>,
}

/// What an import would write.
struct Made {
    imported: Imported,
    /// Path in the folder of forms → text.
    files: BTreeMap<String, String>,
}

const SURVEY: &[&str] = &["survey"];
const CHOICES: &[&str] = &["choices", "choices and columns", "select one", "selects"];
const SETTINGS: &[&str] = &["settings"];

impl Book {
    fn read(workbook: &Workbook) -> Result<Book, Mistake> {
        let sheet = workbook.sheet(SURVEY).ok_or_else(|| Mistake::NoSurvey {
            sheets: workbook
                .sheets
                .iter()
                .map(|sheet| sheet.name.clone())
                .collect(),
        })?;
        let survey = Table::read(sheet)?;
        for column in ["type", "name"] {
            if survey.columns.iter().all(|known| known.name != column) {
                return Err(Mistake::NoColumn {
                    sheet: survey.sheet,
                    column,
                });
            }
        }
        let table = |names| workbook.sheet(names).map(Table::read).transpose();
        let mut book = Book {
            survey,
            choices: table(CHOICES)?,
            settings: table(SETTINGS)?,
            losses: Vec::new(),
        };
        for sheet in &workbook.sheets {
            let tables = [
                Some(&book.survey),
                book.choices.as_ref(),
                book.settings.as_ref(),
            ];
            let table = tables
                .into_iter()
                .flatten()
                .find(|table| table.sheet == sheet.name);
            let losses = odd(sheet, table);
            book.losses.extend(losses);
        }
        Ok(book)
    }

    fn make(
        &self,
        request: &Request<'_>,
        forms: &Folder,
        portal: &Portal,
    ) -> Result<Made, Mistake> {
        let mut losses = self.losses.clone();
        let settings = Settings::read(self.settings.as_ref(), &portal.languages, &mut losses);
        let id = service_id(request, &settings, portal)?;
        let nodes = survey::tree(&self.survey)?;
        let lists = match &self.choices {
            Some(table) => Lists::read(table, settings.doubles, &mut losses)?,
            None => Lists::default(),
        };
        let role = portal
            .offices
            .iter()
            .find(|(_, office)| office.prefix.is_none());
        let (role, _) = role.ok_or(Mistake::NoOffice)?;
        let head = Head {
            id: &id,
            settings: &settings,
            role,
            request,
            portal,
        };
        let mut refused = BTreeMap::new();
        // Each round drops at least one cell that the check refuses.
        loop {
            let (made, lines) = self.attempt(&head, &nodes, &lists, &refused, losses.clone());
            if made.imported.rows.1 == 0 {
                return Err(nothing_asked(&made.imported.losses));
            }
            let faults = form_faults(&forms.with(&made.files), portal, &id);
            if faults.is_empty() {
                return Ok(made);
            }
            let before = refused.len();
            for fault in &faults {
                if let Some(spot) = &fault.spot
                    && let Some(cell) = lines
                        .cells(spot.line)
                        .iter()
                        .find(|cell| !refused.contains_key(*cell))
                {
                    refused.insert(cell.clone(), fault.message.clone());
                }
            }
            if refused.len() == before {
                return Err(self::refused(&faults));
            }
        }
    }

    /// The form without the cells that were refused so far.
    fn attempt<'t>(
        &'t self,
        head: &Head<'_>,
        nodes: &[survey::Node<'t>],
        lists: &Lists<'t>,
        refused: &BTreeMap<At, Bilingual>,
        losses: Vec<Loss>,
    ) -> (Made, Lines) {
        let questions = self.survey.rows.iter();
        let options = self.choices.iter().flat_map(|table| &table.rows);
        let names = ["list_name", "name"];
        questions.for_each(columns::Row::release);
        options.for_each(|row| {
            row.release();
            names.iter().for_each(|name| {
                row.take(name);
            });
        });
        let plan = Plan::of(nodes, lists, refused);
        let languages = &head.portal.languages;
        let tables: Vec<&Table> = [Some(&self.survey), self.choices.as_ref()]
            .into_iter()
            .flatten()
            .collect();
        let texts = Texts::new(languages, &head.settings.language, &tables);
        let title = Words::from([(texts.first().to_owned(), head.title())]);
        let mut converter = Converter::new(
            head.request.lang,
            languages,
            &title,
            lists,
            &plan,
            refused,
            texts,
            Options::new(head.id, nodes),
        );
        converter.losses = losses;
        let body = converter.form(nodes);
        converter.finish_choices();
        let mut losses = std::mem::take(&mut converter.losses);
        losses.extend(converter.texts.losses());
        losses.sort_by(|a, b| (&a.at.sheet, a.at.row).cmp(&(&b.at.sheet, b.at.row)));
        let mut lines = head.lines(&title);
        lines.extend(body);
        let mut files = std::mem::take(&mut converter.options.files);
        files.insert(format!("{}/form.toml", head.id), lines.text());
        let asking = |row: &&columns::Row| !row.peek("type").to_lowercase().starts_with("end");
        let imported = Imported {
            id: head.id.to_owned(),
            files: Vec::new(),
            rows: (
                self.survey.rows.iter().filter(asking).count(),
                converter.kept.len(),
            ),
            renamed: plan.renamed.clone(),
            losses,
        };
        (Made { imported, files }, lines)
    }
}

fn nothing_asked(losses: &[Loss]) -> Mistake {
    let show = |lang| {
        losses
            .iter()
            .map(|loss| loss.show(lang))
            .collect::<Vec<_>>()
            .join("\n")
    };
    Mistake::NothingAsked {
        left: Bilingual::from(show),
    }
}

/// What is odd about a sheet; a sheet that is none of ours is lost as a whole.
fn odd(sheet: &workbook::Sheet, table: Option<&Table>) -> Vec<Loss> {
    let at = |row: u32, column: u32, heading: &str| At {
        sheet: sheet.name.clone(),
        row: row + 1,
        cell: workbook::address(row, column),
        heading: heading.to_owned(),
    };
    let Some(table) = table else {
        let is_empty = sheet.cells.is_empty() && sheet.oddities.is_empty();
        let whole = Loss {
            at: at(0, 0, ""),
            what: What::Sheet,
        };
        return if is_empty { Vec::new() } else { vec![whole] };
    };
    let homeless = table.homeless.iter().map(|(at, text)| Loss {
        at: at.clone(),
        what: What::Homeless { text: text.clone() },
    });
    let oddities = sheet.oddities.iter().map(|oddity| Loss {
        at: at(oddity.row, oddity.column, ""),
        what: What::Odd(oddity.what),
    });
    homeless.chain(oddities).collect()
}

fn service_id(
    request: &Request<'_>,
    settings: &Settings,
    portal: &Portal,
) -> Result<String, Mistake> {
    let stem = request
        .file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    let id = match (request.id, &settings.id) {
        (Some(id), _) => id.to_owned(),
        (None, Some(id)) => id.clone(),
        (None, None) => names::slug(&stem),
    };
    if !is_slug(&id) {
        return Err(Mistake::BadId { id });
    }
    if is_taken(&id, portal) {
        return Err(Mistake::IdTaken { id });
    }
    let folder = request.out.join(&id);
    match folder.exists() {
        true => Err(Mistake::AlreadyThere {
            path: folder.display().to_string(),
        }),
        false => Ok(id),
    }
}
