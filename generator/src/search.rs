//! The search over services and agencies without a server: an index in small files, of which a page loads what one search
//! needs. What people type and what is looked in are folded alike: no marks, no capitals ([`folded`]).
//!
//! ```text
//! search.{digest}.json          every word; how many words each title has; the digests of the other files
//! search-{letter}.{digest}.json by the code point of a letter, for each word that begins so: in which titles it stands
//! search-t{n}.{digest}.json     titles with their addresses, so many a file
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use formdef::folded;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use crate::assets::named;
use crate::content::Content;
use crate::memo::Memo;
use crate::plan::{Subject, root};

/// How many titles stand in one file.
const TITLES_A_FILE: usize = 40;

/// The files of the search in every language.
#[derive(Default)]
pub(crate) struct Search {
    /// Path → JSON.
    pub(crate) files: BTreeMap<String, Arc<str>>,
    /// Language → the address of the file that names the others.
    pub(crate) urls: BTreeMap<String, String>,
}

/// Something to be found.
#[derive(Serialize)]
struct Found {
    title: String,
    url: String,
    /// What tells it from others of its name: the district of a ward, the group of a service.
    note: String,
}

impl Search {
    /// Services under their groups, then districts with their agencies, as they are called in each language.
    pub(crate) fn new(content: &Content, memo: &Memo) -> Search {
        let languages = content.portal.languages.par_iter();
        let of_languages = languages.map(|language| {
            let found = all(content, language);
            let inputs = vec![Some(json!(found).to_string().into())];
            memo.search
                .get(language, inputs, || Search::of(language, &found))
        });
        let of_languages: Vec<_> = of_languages.collect();
        let mut search = Search::default();
        for of_language in of_languages {
            let files = of_language.files.iter();
            search
                .files
                .extend(files.map(|(path, json)| (path.clone(), Arc::clone(json))));
            search.urls.extend(of_language.urls.clone());
        }
        search
    }

    /// The search in one language.
    fn of(language: &str, found: &[Found]) -> Search {
        let mut search = Search::default();
        let index = search.index(found);
        let url = format!("/{}", search.add("search", &index));
        search.urls.insert(language.to_owned(), url);
        search
    }

    fn index(&mut self, found: &[Found]) -> Value {
        let mut titles: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let mut lengths = String::new();
        // Many titles have one note.
        let mut notes: BTreeMap<&str, String> = BTreeMap::new();
        for (number, found) in found.iter().enumerate() {
            let title = folded(&found.title);
            let note = notes
                .entry(&found.note)
                .or_insert_with(|| folded(&found.note));
            lengths.push(length_letter(title.split(' ').count()));
            let words = title.split(' ').chain(note.split(' '));
            for word in words.filter(|word| !word.is_empty()) {
                match titles.get_mut(word) {
                    Some(numbers) => numbers.insert(number),
                    None => titles.entry(word.to_owned()).or_default().insert(number),
                };
            }
        }
        let mut letters: BTreeMap<u32, Vec<Vec<usize>>> = BTreeMap::new();
        for (word, numbers) in &titles {
            let letter = word.chars().next().map_or(0, u32::from);
            letters.entry(letter).or_default().push(steps(numbers));
        }
        let of_letters: BTreeMap<u32, String> = letters
            .iter()
            .map(|(letter, steps)| (*letter, self.add_part(&letter.to_string(), &json!(steps))))
            .collect();
        let files = found.chunks(TITLES_A_FILE).enumerate();
        let of_titles: Vec<String> = files
            .map(|(number, found)| {
                let lines = found
                    .iter()
                    .map(|found| json!([found.title, found.url, found.note]));
                self.add_part(&format!("t{number}"), &lines.collect())
            })
            .collect();
        json!({
            "words": titles.keys().map(String::as_str).collect::<Vec<_>>().join(" "),
            "lengths": lengths,
            "letters": of_letters,
            "titles": of_titles,
            "each": TITLES_A_FILE,
        })
    }

    /// Adds a file of the index; the digest in its name.
    fn add_part(&mut self, part: &str, json: &Value) -> String {
        let path = self.add(&format!("search-{part}"), json);
        let digest = path.rsplit('.').nth(1).unwrap_or_default();
        digest.to_owned()
    }

    fn add(&mut self, name: &str, json: &Value) -> String {
        let json = json.to_string();
        let (path, _) = named(name, "json", &json);
        self.files.insert(path.clone(), json.into());
        path
    }
}

fn all(content: &Content, language: &str) -> Vec<Found> {
    let root = root(language, &content.portal);
    let groups = content.groups().into_iter();
    let groups = groups.map(|group| (group.title.get(language), group.services));
    let services = groups.chain([("", content.services_of(None))]);
    let services = services
        .flat_map(|(note, services)| services.into_iter().map(move |service| (note, service)));
    let services = services.map(|(note, service)| Found {
        title: service.form.title.get(language).to_owned(),
        url: Subject::Service(service).url(language, &root),
        note: note.to_owned(),
    });
    let agencies_url = Subject::Agencies.url(language, &root);
    let districts = content.districts.iter().flat_map(|district| {
        let itself = Found {
            title: district.name.clone(),
            url: format!("{agencies_url}#d-{}", district.code),
            note: String::new(),
        };
        let agencies = district.agencies.iter().map(|agency| Found {
            title: agency.name.clone(),
            url: Subject::Agency(district, agency).url(language, &root),
            note: district.name.clone(),
        });
        std::iter::once(itself).chain(agencies).collect::<Vec<_>>()
    });
    services.chain(districts).collect()
}

/// The first number, then how much is added for each of the others.
fn steps(numbers: &BTreeSet<usize>) -> Vec<usize> {
    let mut last = 0;
    numbers
        .iter()
        .map(|number| number - std::mem::replace(&mut last, *number))
        .collect()
}

/// A title's number of words as one letter, `z` for 35 and more.
fn length_letter(words: usize) -> char {
    let digit = u32::try_from(words.min(35)).unwrap_or(35);
    char::from_digit(digit, 36).unwrap_or('z')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_steps_and_letters() {
        assert_eq!(steps(&[3, 4, 10].into()), [3, 1, 6]);
        assert_eq!([1, 10, 99].map(length_letter), ['1', 'a', 'z']);
    }
}
