//! Texts by language: which column speaks which language of the portal, and what happens where one lacks.

use std::collections::BTreeMap;

use super::columns::{At, Column, Row, Table};
use super::loss::{Loss, What};

/// A text by language tag.
pub(super) type Words = BTreeMap<String, String>;

/// How people call languages in headings.
const LANGUAGES: &[(&str, &str)] = &[
    ("vietnamese", "vi"),
    ("tiếng việt", "vi"),
    ("tieng viet", "vi"),
    ("english", "en"),
    ("tiếng anh", "en"),
    ("tieng anh", "en"),
];

/// Reads texts and counts those that are not as they should be, by column.
#[derive(Clone)]
pub(super) struct Texts<'p> {
    /// The portal's languages, the first one first.
    languages: &'p [String],
    /// The language of columns that do not name one.
    unnamed: String,
    foreign: BTreeMap<At, usize>,
    borrowed: BTreeMap<At, usize>,
    /// Where the headings stand.
    headings: BTreeMap<(String, String), At>,
}

impl<'p> Texts<'p> {
    /// `unnamed` is the setting `default_language`, as it is written there.
    pub(super) fn new(languages: &'p [String], unnamed: &str, tables: &[&Table]) -> Texts<'p> {
        let first = languages.first().cloned().unwrap_or_default();
        let mut headings = BTreeMap::new();
        for table in tables {
            for column in &table.columns {
                let key = (table.sheet.clone(), column.heading.clone());
                headings.insert(key, table.heading(column));
            }
        }
        Texts {
            languages,
            unnamed: tag(unnamed, languages).unwrap_or(first),
            foreign: BTreeMap::new(),
            borrowed: BTreeMap::new(),
            headings,
        }
    }

    /// The language that must be there.
    pub(super) fn first(&self) -> &str {
        self.languages.first().map_or("vi", String::as_str)
    }

    /// A row's text of one sort; `None` when it has none.
    pub(super) fn read(&mut self, row: &Row, name: &str, losses: &mut Vec<Loss>) -> Option<Words> {
        let mut words = Words::new();
        let mut source: Option<(&Column, &str)> = None;
        let mut foreign: Vec<&Column> = Vec::new();
        for (column, text) in row.take_texts(name) {
            let language = match &column.language {
                Some(language) => tag(language, self.languages),
                None => Some(self.unnamed.clone()),
            };
            match language {
                Some(language) if !words.contains_key(&language) => {
                    source = source.or(Some((column, text)));
                    words.insert(language, self.plain(row, column, text, losses));
                }
                Some(_) => losses.push(Loss {
                    at: row.at_column(column),
                    what: What::Column {
                        text: text.to_owned(),
                    },
                }),
                None => {
                    foreign.push(column);
                    source = source.or(Some((column, text)));
                }
            }
        }
        let (column, text) = source?;
        if !words.contains_key(self.first()) {
            let borrowed = self.plain(row, column, text, losses);
            words.insert(self.first().to_owned(), borrowed);
            *self.borrowed.entry(self.heading(row, column)).or_default() += 1;
            foreign.retain(|other| *other != column);
        }
        for column in foreign {
            *self.foreign.entry(self.heading(row, column)).or_default() += 1;
        }
        Some(words)
    }

    /// What was counted, by column.
    pub(super) fn losses(&self) -> Vec<Loss> {
        let foreign = self.foreign.iter().map(|(at, count)| Loss {
            at: at.clone(),
            what: What::ForeignTexts { count: *count },
        });
        let borrowed = self.borrowed.iter().map(|(at, count)| Loss {
            at: at.clone(),
            what: What::BorrowedTexts {
                count: *count,
                language: self.first().to_owned(),
            },
        });
        foreign.chain(borrowed).collect()
    }

    fn heading(&self, row: &Row, column: &Column) -> At {
        let at = row.at_column(column);
        let key = (at.sheet.clone(), at.heading.clone());
        self.headings.get(&key).cloned().unwrap_or(at)
    }

    /// A text without answers inside; marks of Markdown and HTML are told.
    fn plain(&self, row: &Row, column: &Column, text: &str, losses: &mut Vec<Loss>) -> String {
        let mut note = |what| {
            losses.push(Loss {
                at: row.at_column(column),
                what,
            })
        };
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            note(What::Reference {
                text: format!("${{{name}}}"),
            });
            plain.push_str(before);
            plain.push('…');
            rest = after;
        }
        plain.push_str(rest);
        if has_markup(&plain) {
            note(What::Markup {
                text: plain.clone(),
            });
        }
        plain
    }
}

/// The portal's tag for a language as a heading has it: «Tiếng Việt (vi)», «vi», «Vietnamese».
pub(super) fn tag(language: &str, languages: &[String]) -> Option<String> {
    let lower = language.trim().to_lowercase();
    let inside = lower
        .rsplit_once('(')
        .and_then(|(_, end)| end.strip_suffix(')'));
    let named = LANGUAGES
        .iter()
        .find(|(name, _)| *name == lower)
        .map(|(_, tag)| *tag);
    let wanted = inside.or(named).unwrap_or(&lower).trim().to_owned();
    let base = wanted
        .split(['-', '_'])
        .next()
        .unwrap_or_default()
        .to_owned();
    let known = languages.iter().find(|tag| **tag == wanted);
    known
        .or_else(|| languages.iter().find(|tag| **tag == base))
        .cloned()
}

/// Whether a text has marks that XLSForm's clients would have shown as something else.
fn has_markup(text: &str) -> bool {
    let tag = text
        .match_indices('<')
        .any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/'));
    let heading = text
        .lines()
        .any(|line| line.trim_start().starts_with("# ") || line.starts_with("##"));
    tag || heading || text.contains("**") || text.contains("__") || text.contains("](")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_name_languages_in_many_ways() {
        let languages = ["vi".to_owned(), "en".to_owned()];
        for (heading, expected) in [
            ("Tiếng Việt (vi)", Some("vi")),
            ("Vietnamese", Some("vi")),
            ("English (en-GB)", Some("en")),
            ("EN", Some("en")),
            ("Français (fr)", None),
            ("", None),
        ] {
            assert_eq!(tag(heading, &languages).as_deref(), expected, "{heading}");
        }
    }

    #[test]
    fn marks_are_seen() {
        for text in ["**x**", "<b>x</b>", "# Title", "[a](b)", "x <br/> y"] {
            assert!(has_markup(text), "{text}");
        }
        for text in ["a < b", "2 * 3 * 4", "#1", "a_b_c", "Họ và tên"] {
            assert!(!has_markup(text), "{text}");
        }
    }
}
