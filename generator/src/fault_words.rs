//! The words of faults as a translation like the others: `site/translations/faults.{language}.toml`, one table `[faults]`.
//!
//! The program has them in Vietnamese and English. A portal writes down what it says otherwise, or in a further language.

use std::collections::BTreeMap;

use formdef::fault_words;
use serde_json::{Map, Value};

use crate::fault::{Fault, Mistake};
use crate::links::nearest;
use crate::portal::read_toml;
use crate::sources::Folder;

/// What the files are called before their language, and their table.
pub(crate) const FILE: &str = "faults";
/// The languages of the program's own words.
const OWN: [&str; 2] = ["vi", "en"];

/// Table → name → words.
type Tables = BTreeMap<String, BTreeMap<String, String>>;

/// The site as if the program's own words stood in its files, for the default language and for [`OWN`]. A file that cannot
/// be read stays as it is.
pub(crate) fn with_faults(site: &Folder, languages: &[String]) -> Folder {
    let (default, others) = languages.split_at(languages.len().min(1));
    let others = others
        .iter()
        .filter(|language| OWN.contains(&language.as_str()));
    let whole = default.iter().chain(others).filter_map(|language| {
        let path = path(language);
        let said: Tables = toml::from_str(site.text(&path).unwrap_or_default()).ok()?;
        let mut words = fault_words(language);
        let said = said.into_values().flatten();
        words.extend(said.map(|(name, words)| (name, words.into())));
        let file = Map::from_iter([(FILE.to_owned(), Value::from(words))]);
        Some((path, toml::to_string(&file).ok()?))
    });
    site.with(&whole.collect())
}

/// What in the site's files is no words of a fault.
pub(crate) fn faults(site: &Folder, languages: &[String]) -> Vec<Fault> {
    let known = fault_words(OWN[0]);
    let mut faults = Vec::new();
    for path in languages.iter().map(|language| path(language)) {
        let Some(text) = site.text(&path) else {
            continue;
        };
        let tables: Tables = match read_toml(site, &path) {
            Ok(tables) => tables,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        let mut unknown = |key: &str, nearest: Option<&str>| {
            let byte = text.find(key).unwrap_or_default();
            let (key, nearest) = (key.to_owned(), nearest.map(str::to_owned));
            faults.push(site.fault_at_byte(&path, byte, &Mistake::UnknownKey { key, nearest }));
        };
        for (table, words) in &tables {
            if table != FILE {
                unknown(table, Some(FILE));
                continue;
            }
            for key in words.keys().filter(|key| !known.contains_key(*key)) {
                unknown(key, nearest(key, known.keys().map(String::as_str)));
            }
        }
    }
    faults
}

fn path(language: &str) -> String {
    format!("translations/{FILE}.{language}.toml")
}
