//! `motcua translations`: which texts lack a language, out to a translator as a CSV file and back into the sources with
//! comments and layout kept.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use formdef::{Lang, say};
use toml_edit::{DocumentMut, Item, TableLike, Value};

use crate::edit::set;
use crate::fault::Fault;
use crate::fault_words;
use crate::portal::Portal;
use crate::sources::Sources;
use crate::writing::write_whole;

/// A text for people, in the default language and in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The file of the default language: `forms/…` or `site/…`, as the folders were given.
    pub file: String,
    /// Where in the file: keys and numbers joined by `/`; a code in a list.
    pub key: String,
    /// The words in the default language.
    pub words: String,
    /// The words in the other language; `None`: the default ones are shown.
    pub translated: Option<String>,
}

/// The texts of a portal.
pub struct Texts {
    sources: Sources,
    default: String,
    languages: Vec<String>,
}

impl Texts {
    /// Reads forms and site.
    ///
    /// # Errors
    /// Faults of files and of `portal.toml`.
    pub fn read(forms: &Path, site: &Path) -> Result<Texts, Vec<Fault>> {
        let sources = Sources::read(forms, site)?;
        let portal = Portal::read(&sources.forms)?;
        Ok(Texts {
            default: portal.default_language().to_owned(),
            languages: portal.languages,
            sources,
        })
    }

    /// The portal's languages but for the default one.
    pub fn others(&self) -> &[String] {
        self.languages.get(1..).unwrap_or_default()
    }

    /// The language in which every text is there.
    pub fn default_language(&self) -> &str {
        &self.default
    }

    /// Every text, in the order of the files. What is no TOML or CSV is `motcua check`'s to tell.
    pub fn entries(&self, language: &str) -> Vec<Entry> {
        let mut entries = Vec::new();
        let forms = &self.sources.forms;
        for path in forms.paths() {
            let text = forms.text(path).unwrap_or_default();
            let file = forms.shown(path);
            if path.ends_with(".toml") {
                entries.extend(self.in_definition(&file, text, language));
            } else if path.starts_with("lists/") {
                entries.extend(self.in_list(&file, text, language).unwrap_or_default());
            }
        }
        let site = &fault_words::with_faults(&self.sources.site, &self.languages);
        let default_end = format!(".{}.toml", self.default);
        for (path, name) in site.matching("translations/", &default_end) {
            let other = site.text(&format!("translations/{name}.{language}.toml"));
            entries.extend(in_translation(
                &site.shown(path),
                site.text(path).unwrap_or_default(),
                other.unwrap_or_default(),
            ));
        }
        entries
    }

    fn in_definition(&self, file: &str, text: &str, language: &str) -> Vec<Entry> {
        let Ok(document) = text.parse::<DocumentMut>() else {
            return Vec::new();
        };
        let mut entries = Vec::new();
        walk(document.as_item(), "", &mut |key, item| {
            let words = item.as_table_like()?;
            let default = words.get(&self.default)?.as_str()?;
            entries.push(Entry {
                file: file.to_owned(),
                key: key.to_owned(),
                words: default.to_owned(),
                translated: words
                    .get(language)
                    .and_then(Item::as_str)
                    .map(str::to_owned),
            });
            Some(())
        });
        entries
    }

    fn in_list(&self, file: &str, text: &str, language: &str) -> Option<Vec<Entry>> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().ok()?.clone();
        let column = |name: &str| header.iter().position(|column| column == name);
        let (code, default, other) = (column("code")?, column(&self.default)?, column(language));
        let rows = reader.records().filter_map(Result::ok);
        let entries = rows.map(|row| Entry {
            file: file.to_owned(),
            key: row.get(code).unwrap_or_default().to_owned(),
            words: row.get(default).unwrap_or_default().to_owned(),
            translated: other
                .and_then(|other| row.get(other))
                .filter(|cell| !cell.is_empty())
                .map(str::to_owned),
        });
        Some(entries.collect())
    }

    /// Puts the translations of a CSV file into the sources; returns how many files and texts it changed. A row without
    /// words is passed over. Nothing is written when any row is wrong.
    ///
    /// # Errors
    /// The rows that are wrong, or the file that cannot be written, in `lang`.
    pub fn import(&self, language: &str, csv: &str, lang: Lang) -> Result<(usize, usize), String> {
        let known = self.entries(language);
        let find = |file: &str, key: &str| {
            known
                .iter()
                .find(|entry| entry.file == file && entry.key == key)
        };
        let mut wrong = String::new();
        let mut wanted: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(csv.trim_start_matches('\u{FEFF}').as_bytes());
        for (number, row) in (2..).zip(reader.records()) {
            let row = row.unwrap_or_default();
            let cell = |at: usize| row.get(at).unwrap_or_default();
            let (file, key, words, translated) = (cell(0), cell(1), cell(2), cell(3).trim());
            if translated.is_empty() {
                continue;
            }
            match find(file, key) {
                None => {
                    let _ = writeln!(
                        wrong,
                        "{}",
                        say!(
                            lang,
                            "row {number}: {file} has no text `{key}`\n  = export again: the sources have changed",
                            "dòng {number}: {file} không có lời «{key}»\n  = hãy xuất lại: tệp nguồn đã thay đổi"
                        )
                    );
                }
                Some(entry) if entry.words != words => {
                    let _ = writeln!(
                        wrong,
                        "{}",
                        say!(
                            lang,
                            "row {number}: the words that were translated are no longer those of `{key}` in {file}\n  = translate the new ones: export again",
                            "dòng {number}: lời gốc không còn như «{key}» trong {file}\n  = hãy dịch lời mới: xuất lại"
                        )
                    );
                }
                Some(entry) if entry.translated.as_deref() == Some(translated) => {}
                Some(entry) => wanted.entry(file.to_owned()).or_default().push(Entry {
                    translated: Some(translated.to_owned()),
                    ..entry.clone()
                }),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong.trim_end().to_owned());
        }
        let texts = wanted.values().map(Vec::len).sum();
        for (file, entries) in &wanted {
            let (path, text) = self.changed(file, entries, language, lang)?;
            write_whole(Path::new(&path), text.as_bytes(), false).map_err(|error| {
                say!(
                    lang,
                    "{path}: {error}\n  = check the file and its rights",
                    "{path}: {error}\n  = hãy kiểm tra tệp và quyền của nó"
                )
            })?;
        }
        Ok((wanted.len(), texts))
    }

    /// The file to write and its new text.
    fn changed(
        &self,
        file: &str,
        entries: &[Entry],
        language: &str,
        lang: Lang,
    ) -> Result<(String, String), String> {
        let default_end = format!(".{}.toml", self.default);
        let unreadable = |error: &dyn std::fmt::Display| {
            say!(
                lang,
                "{file}: {error}\n  = put it right first: motcua check",
                "{file}: {error}\n  = hãy sửa tệp này trước: motcua check"
            )
        };
        if file.ends_with(".csv") {
            let text = fs::read_to_string(file).map_err(|error| unreadable(&error))?;
            let text = list_with(&text, entries, language).map_err(|error| unreadable(&error))?;
            return Ok((file.to_owned(), text));
        }
        let own = file.strip_suffix(&default_end);
        let path = own.map_or(file.to_owned(), |name| format!("{name}.{language}.toml"));
        let text = if Path::new(&path).exists() {
            fs::read_to_string(&path).map_err(|error| unreadable(&error))?
        } else {
            String::new()
        };
        let mut document: DocumentMut = text
            .parse()
            .map_err(|error: toml_edit::TomlError| unreadable(&error))?;
        for entry in entries {
            let words = entry.translated.as_deref().unwrap_or_default();
            let mut keys: Vec<&str> = entry.key.split('/').collect();
            if own.is_none() {
                keys.push(language);
            }
            put(document.as_item_mut(), &keys, words);
        }
        Ok((path, document.to_string()))
    }
}

/// The rows for a translator: those without a translation, or all.
pub fn to_csv(entries: &[Entry], default: &str, language: &str) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let rows = entries.iter().map(|entry| {
        let translated = entry.translated.as_deref().unwrap_or_default();
        [entry.file.as_str(), &entry.key, &entry.words, translated]
    });
    for row in std::iter::once(["file", "key", default, language]).chain(rows) {
        // A vector takes every row.
        let _ = writer.write_record(row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The texts of a file of `site/translations`, each a leaf.
fn in_translation(file: &str, text: &str, other: &str) -> Vec<Entry> {
    let (Ok(document), Ok(other)) = (text.parse::<DocumentMut>(), other.parse::<DocumentMut>())
    else {
        return Vec::new();
    };
    let mut entries = Vec::new();
    walk(document.as_item(), "", &mut |key, item| {
        entries.push(Entry {
            file: file.to_owned(),
            key: key.to_owned(),
            words: item.as_str()?.to_owned(),
            translated: find(other.as_item(), key).and_then(|item| Some(item.as_str()?.to_owned())),
        });
        Some(())
    });
    entries
}

/// Visits a table and all that is in it; what `visit` takes is not gone into.
fn walk(item: &Item, key: &str, visit: &mut dyn FnMut(&str, &Item) -> Option<()>) {
    if visit(key, item).is_some() {
        return;
    }
    let below = |next: &str| {
        if key.is_empty() {
            next.to_owned()
        } else {
            format!("{key}/{next}")
        }
    };
    if let Some(table) = item.as_table_like() {
        for (name, item) in table.iter() {
            walk(item, &below(name), visit);
        }
    } else if let Some(tables) = item.as_array_of_tables() {
        for (at, table) in tables.iter().enumerate() {
            walk(&Item::Table(table.clone()), &below(&at.to_string()), visit);
        }
    } else if let Some(array) = item.as_array() {
        for (at, value) in array.iter().enumerate() {
            walk(&Item::Value(value.clone()), &below(&at.to_string()), visit);
        }
    }
}

fn find<'a>(item: &'a Item, key: &str) -> Option<&'a Item> {
    key.split('/').try_fold(item, |item, key| item.get(key))
}

/// Puts a value at a place whose tables may lack.
fn put(item: &mut Item, keys: &[&str], words: &str) {
    let Some((key, rest)) = keys.split_first() else {
        return;
    };
    if let Some(table) = item.as_table_like_mut() {
        put_in_table(table, key, rest, words);
    } else if let Ok(at) = key.parse::<usize>() {
        if let Some(table) = item
            .as_array_of_tables_mut()
            .and_then(|tables| tables.get_mut(at))
        {
            if let Some((key, rest)) = rest.split_first() {
                put_in_table(table, key, rest, words);
            }
        } else if let Some(Value::InlineTable(table)) =
            item.as_array_mut().and_then(|array| array.get_mut(at))
            && let Some((key, rest)) = rest.split_first()
        {
            put_in_table(table, key, rest, words);
        }
    }
}

fn put_in_table(table: &mut dyn TableLike, key: &str, rest: &[&str], words: &str) {
    if rest.is_empty() {
        set(table, key, words);
    } else {
        put(table.entry(key).or_insert(toml_edit::table()), rest, words);
    }
}

/// A list with a column of the language, its cells filled in from the entries.
fn list_with(text: &str, entries: &[Entry], language: &str) -> Result<String, csv::Error> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut header: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let code = header
        .iter()
        .position(|column| column == "code")
        .unwrap_or(0);
    let column = header
        .iter()
        .position(|column| column == language)
        .unwrap_or_else(|| {
            header.push(language.to_owned());
            header.len() - 1
        });
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header)?;
    for row in reader.records() {
        let mut row: Vec<String> = row?.iter().map(str::to_owned).collect();
        row.resize(header.len(), String::new());
        let entry = entries.iter().find(|entry| entry.key == row[code]);
        if let Some(words) = entry.and_then(|entry| entry.translated.clone()) {
            row[column] = words;
        }
        writer.write_record(&row)?;
    }
    let bytes = writer.into_inner().unwrap_or_default();
    Ok(String::from_utf8(bytes).unwrap_or_default())
}
