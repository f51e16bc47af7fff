//! Reading values of known types out of tables, noting each fault and going on.

use super::Shelf;
use super::file::File;
use super::mistake::{Mistake, is_near};
use super::node::{Content, Entry, Node, Place, Table};
use crate::fault::{Fault, Lines, Source};
use crate::noun::{self, Noun, Thing};
use crate::number::Number;
use crate::text::Text;
use crate::{Date, Moment};
use std::ops::RangeInclusive;
use toml::value::{Datetime, Offset};

/// So many faults of a definition are told at once: a file with more is damaged as a whole.
pub(super) const FAULTS_MAX: usize = 500;

/// What reading needs everywhere: the definition, the shelf, the faults found.
pub(super) struct Reader<'a> {
    pub(super) shelf: &'a Shelf,
    source: &'a Source,
    lines: Lines,
    pub(super) faults: Vec<Fault>,
    /// A file could not be read: what refers to its content would give faults that are none.
    pub(super) incomplete: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a Source, lines: Lines, shelf: &'a Shelf) -> Self {
        Self {
            shelf,
            source,
            lines,
            faults: Vec::new(),
            incomplete: false,
        }
    }

    /// The top table of a file, or `None` when it is no TOML.
    pub(super) fn top<T>(&mut self, root: Result<T, Vec<(Place, String)>>) -> Option<T> {
        match root {
            Ok(root) => Some(root),
            Err(faults) => {
                for (at, said) in faults {
                    self.fault(&at, Mistake::Toml(said));
                }
                self.incomplete = true;
                None
            }
        }
    }

    /// The file in which something stands.
    fn file(&self, at: &Place) -> (&Source, &Lines) {
        let shared = match &at.file {
            File::Own => None,
            File::Shared(id) => self.shelf.sections.get(&**id),
        };
        match shared {
            None => (self.source, &self.lines),
            Some(section) => (section.source(), section.lines()),
        }
    }

    /// The text of the file in which something stands.
    pub(super) fn text(&self, at: &Place) -> &str {
        &self.file(at).0.text
    }

    pub(super) fn fault(&mut self, at: &Place, mistake: Mistake) {
        if self.faults.len() < FAULTS_MAX {
            let (source, lines) = self.file(at);
            let fault = Fault::new(source, lines, at.span.clone(), &mistake);
            self.faults.push(fault);
        }
    }

    /// «forms/x/form.toml:12», for messages about something that is there twice.
    pub(super) fn line_of(&self, at: &Place) -> String {
        let (source, lines) = self.file(at);
        format!("{}:{}", source.path, lines.number(at.span.start))
    }

    fn wrong_type(&mut self, node: &Node, wanted: Noun) {
        let found = node.describe();
        self.fault(&node.at, Mistake::WrongType { wanted, found });
    }

    pub(super) fn table<'n>(&mut self, node: &'n Node) -> Option<&'n Table> {
        match &node.content {
            Content::Table(table) => Some(table),
            _ => {
                self.wrong_type(node, noun::TABLE);
                None
            }
        }
    }

    pub(super) fn array<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        match &node.content {
            Content::Array(items) => items,
            _ => {
                self.wrong_type(node, noun::LIST);
                &[]
            }
        }
    }

    pub(super) fn string<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        match &node.content {
            Content::Text(text) => Some(text),
            _ => {
                self.wrong_type(node, noun::QUOTED);
                None
            }
        }
    }

    pub(super) fn boolean(&mut self, node: &Node) -> Option<bool> {
        match node.content {
            Content::Boolean(value) => Some(value),
            _ => {
                self.wrong_type(node, noun::TRUE_OR_FALSE);
                None
            }
        }
    }

    pub(super) fn integer(&mut self, node: &Node, range: RangeInclusive<i64>) -> Option<i64> {
        let Content::Integer(number) = node.content else {
            self.wrong_type(node, noun::WHOLE_NUMBER);
            return None;
        };
        let fits = number.filter(|number| range.contains(number));
        if fits.is_none() {
            let (least, greatest) = range.into_inner();
            self.fault(&node.at, Mistake::OutOfRange { least, greatest });
        }
        fits
    }

    /// A number, whole or not.
    pub(super) fn number(&mut self, node: &Node) -> Option<Number> {
        let number = match node.content {
            Content::Integer(number) => number.and_then(|number| Number::rounded(number as f64)),
            Content::Fraction(number) => number,
            _ => {
                self.wrong_type(node, noun::NUMBER);
                return None;
            }
        };
        if number.is_none() {
            self.fault(&node.at, Mistake::NumberTooLarge);
        }
        number
    }

    /// A day without a time.
    pub(super) fn day(&mut self, node: &Node) -> Option<Date> {
        let day = match &node.content {
            Content::Datetime(moment) if moment.time.is_none() => civil_day(moment),
            _ => None,
        };
        if day.is_none() {
            self.wrong_type(node, noun::DAY);
        }
        day
    }

    /// A moment with its offset, or a day: its first moment in the city.
    pub(super) fn moment(&mut self, node: &Node) -> Option<Moment> {
        let moment = match &node.content {
            Content::Datetime(moment) if moment.time.is_none() => {
                civil_day(moment).map(Moment::start_of)
            }
            Content::Datetime(moment) => unix_seconds(moment).and_then(Moment::from_unix),
            _ => None,
        };
        if moment.is_none() {
            self.wrong_type(node, noun::MOMENT);
        }
        moment
    }

    /// `opens` and `closes`, the first before the other.
    pub(super) fn opening(&mut self, owner: &Owner<'_>) -> (Option<Moment>, Option<Moment>) {
        let [opens, closes] = ["opens", "closes"].map(|key| {
            let node = owner.table.get(key)?;
            self.moment(node)
        });
        if let (Some(opens), Some(closes), Some(node)) = (opens, closes, owner.table.get("closes"))
            && closes <= opens
        {
            self.fault(&node.at, Mistake::ClosesBeforeOpens);
        }
        (opens, closes)
    }

    /// A text in the portal's languages, the default one at least.
    pub(super) fn words(&mut self, node: &Node) -> Option<Text> {
        let Content::Table(table) = &node.content else {
            self.wrong_type(node, noun::WORDS);
            return None;
        };
        let languages = &self.shelf.languages;
        for entry in &table.entries {
            if !languages.contains(&entry.key) {
                let mistake = Mistake::UnknownLanguage {
                    language: entry.key.clone(),
                    known: languages.clone(),
                };
                self.fault(&entry.at, mistake);
            }
        }
        let mut words = Vec::new();
        for (at, language) in languages.iter().enumerate() {
            let Some(node) = table.get(language) else {
                if at == 0 {
                    let language = language.clone();
                    let at = table.entries.first().map_or(&node.at, |first| &first.at);
                    self.fault(at, Mistake::MissingLanguage { language });
                }
                continue;
            };
            match self.string(node) {
                Some(text) if text.trim().is_empty() => self.fault(&node.at, Mistake::EmptyText),
                Some(text) => words.push((language.clone(), text.to_owned())),
                None => {}
            }
        }
        Some(Text::new(words))
    }

    /// The value of a key that must be there.
    pub(super) fn need<'n>(
        &mut self,
        owner: &'n Owner<'_>,
        key: &'static str,
        example: &'static str,
    ) -> Option<&'n Node> {
        let found = owner.table.get(key);
        // A misspelled key is reported as such, and once is enough.
        let misspelled = |entry: &Entry| is_near(&entry.key, key);
        if found.is_none() && !owner.table.entries.iter().any(misspelled) {
            let of = owner.name.clone();
            self.fault(owner.at, Mistake::MissingKey { key, of, example });
        }
        found
    }

    pub(super) fn unknown_keys(&mut self, owner: &Owner<'_>, known: &[&str]) {
        for entry in &owner.table.entries {
            if !known.contains(&entry.key.as_str()) {
                let mistake = Mistake::UnknownKey {
                    key: entry.key.clone(),
                    of: owner.name.clone(),
                    known: known.iter().map(|key| (*key).to_owned()).collect(),
                };
                self.fault(&entry.at, mistake);
            }
        }
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&mut self, node: &Node, known: &[(&str, T)]) -> Option<T> {
        let word = self.string(node)?;
        let found = known.iter().find(|(name, _)| *name == word);
        if found.is_none() {
            let mistake = Mistake::NotOneOf {
                found: word.to_owned(),
                known: known.iter().map(|(name, _)| (*name).to_owned()).collect(),
            };
            self.fault(&node.at, mistake);
        }
        found.map(|(_, value)| *value)
    }

    /// An id of words joined by dots, or, for a section, by hyphens.
    pub(super) fn id(&mut self, node: &Node, is_id: fn(&str) -> bool) -> Option<String> {
        let id = self.string(node)?.to_owned();
        if is_id(&id) && id != KEPT_WORD {
            return Some(id);
        }
        let mistake = match id == KEPT_WORD {
            true => Mistake::KeptWord { id },
            false => Mistake::BadId { id },
        };
        self.fault(&node.at, mistake);
        None
    }

    pub(super) fn list_exists(&mut self, id: &str, at: &Place) -> bool {
        let exists = self.shelf.lists.contains_key(id);
        if !exists {
            let mistake = Mistake::UnknownList {
                id: id.to_owned(),
                known: self.shelf.lists.keys().cloned().collect(),
            };
            self.fault(at, mistake);
        }
        exists
    }
}

/// A table, where it stands and what it is, for messages about its keys.
pub(super) struct Owner<'n> {
    pub(super) table: &'n Table,
    pub(super) at: &'n Place,
    pub(super) name: Thing,
}

/// The one word that could be an id and that each object of JavaScript has already: an answer by it would always be there.
const KEPT_WORD: &str = "constructor";

/// `[a-z][a-z0-9_]*` joined by dots.
pub(super) fn is_field_id(id: &str) -> bool {
    id.split('.').all(|word| is_word(word, '_'))
}

/// `[a-z][a-z0-9-_]*`.
pub(super) fn is_section_id(id: &str) -> bool {
    is_word(&id.replace('-', "_"), '_')
}

/// The words of an id that is one word.
pub(super) fn is_member_id(id: &str) -> bool {
    is_word(id, '_')
}

fn is_word(word: &str, joint: char) -> bool {
    let belongs = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint;
    word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(belongs)
}

fn civil_day(moment: &Datetime) -> Option<Date> {
    let day = moment.date?;
    Date::new(day.year.into(), day.month.into(), day.day.into())
}

fn unix_seconds(moment: &Datetime) -> Option<i64> {
    let (day, time) = (civil_day(moment)?, moment.time?);
    let offset_minutes = match moment.offset? {
        Offset::Z => 0,
        Offset::Custom { minutes } => i64::from(minutes),
    };
    let minutes = i64::from(time.hour) * 60 + i64::from(time.minute) - offset_minutes;
    Some(day.days() * 86_400 + minutes * 60 + i64::from(time.second.unwrap_or(0)))
}
