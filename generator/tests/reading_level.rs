//! What citizens read can be read at twelve: the words of pages, of forms and of their guides.
//!
//! English by the grade of Flesch and Kincaid (1975): 0.39 × words a sentence + 11.8 × syllables a word − 15.59; who is
//! twelve is in the seventh. For Vietnamese, whose words are of one syllable, no formula is in common use: the length of
//! sentences is bounded, in syllables.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const GRADE_MAX: f64 = 7.0;
/// The mean of a text; and any one sentence: as long as the declaration that the circular prescribes for births.
const VIETNAMESE_MEAN_MAX: f64 = 17.0;
const WORDS_MAX: usize = 33;
/// Below that it is a label.
const WORDS_MIN: usize = 3;

/// Keys of forms whose values nobody reads on a page, or that are names of laws.
const NOT_READ: [&str; 4] = ["id", "kind", "source", "legal"];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &str, is_one: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(repository().join(folder)).sort_by_file_name();
    let paths = entries.into_iter().map(|entry| entry.unwrap().into_path());
    paths
        .filter(|path| is_one(path.to_str().unwrap()))
        .collect()
}

/// The texts of a file in one language: all of a page or of translations, of a form those under `.vi` or `.en`.
fn texts(path: &Path, lang: &str) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    if path.extension().unwrap() == "md" {
        return vec![text];
    }
    let mut found = Vec::new();
    let is_form = path.starts_with(repository().join("forms"));
    gather(
        &toml::Value::Table(text.parse().unwrap()),
        !is_form,
        lang,
        &mut found,
    );
    found
}

fn gather(value: &toml::Value, is_in: bool, lang: &str, found: &mut Vec<String>) {
    match value {
        toml::Value::String(text) if is_in => found.push(text.clone()),
        toml::Value::Array(all) => all.iter().for_each(|one| gather(one, is_in, lang, found)),
        toml::Value::Table(table) => {
            for (key, one) in table {
                if !NOT_READ.contains(&key.as_str()) {
                    gather(one, is_in || key == lang, lang, found);
                }
            }
        }
        _ => {}
    }
}

/// Sentences as lists of words; what stands after a colon, and each line, begins one.
fn sentences(text: &str) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for line in text.lines() {
        for word in line.split_whitespace() {
            // Marks of Markdown and quotes are no part of a word, nor is the address of a link.
            let read = word.split("](").next().unwrap();
            let plain: String = read
                .chars()
                .filter(|c| c.is_alphanumeric() || "’'-".contains(*c))
                .collect();
            if plain.chars().any(char::is_alphanumeric) {
                all.last_mut().unwrap().push(plain);
            }
            let end = word.trim_end_matches(['*', '»', '”', ')', '"']);
            if end.ends_with(['.', '!', '?', ':', ';', '…']) {
                all.push(Vec::new());
            }
        }
        all.push(Vec::new());
    }
    all.retain(|words| words.len() >= WORDS_MIN);
    all
}

/// Groups of vowels, without a silent last e; at least one.
fn syllables(word: &str) -> usize {
    let word = word.to_lowercase();
    let is_vowel = |c: char| "aeiouy".contains(c);
    let mut before = false;
    let mut count = 0;
    for c in word.chars() {
        count += usize::from(is_vowel(c) && !before);
        before = is_vowel(c);
    }
    let is_silent = count > 1 && word.ends_with('e') && !word.ends_with("le");
    (count - usize::from(is_silent)).max(1)
}

#[allow(clippy::cast_precision_loss)]
fn mean(sum: usize, count: usize) -> f64 {
    sum as f64 / count as f64
}

fn grade(sentences: &[Vec<String>]) -> f64 {
    let words: Vec<&String> = sentences.iter().flatten().collect();
    let spoken: usize = words.iter().map(|word| syllables(word)).sum();
    0.39 * mean(words.len(), sentences.len()) + 11.8 * mean(spoken, words.len()) - 15.59
}

/// What is wrong with texts in a language, each of several files, by what they are called.
fn faults(lang: &str, groups: &BTreeMap<String, Vec<PathBuf>>) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, files) in groups {
        let texts: Vec<String> = files.iter().flat_map(|path| texts(path, lang)).collect();
        let all: Vec<_> = texts.iter().flat_map(|text| sentences(text)).collect();
        assert!(all.len() > 10, "{name}: {} sentences", all.len());
        let words: usize = all.iter().map(Vec::len).sum();
        let (level, bound) = match lang {
            "en" => (grade(&all), GRADE_MAX),
            _ => (mean(words, all.len()), VIETNAMESE_MEAN_MAX),
        };
        println!(
            "{name}, {lang}: {} sentences, {level:.1} of {bound}",
            all.len()
        );
        if level > bound {
            faults.push(format!("{name}: {level:.1} is above {bound}"));
        }
        let long = all.iter().filter(|words| words.len() > WORDS_MAX);
        faults.extend(long.map(|words| {
            format!(
                "{name}: {} words in a sentence: {}",
                words.len(),
                words.join(" ")
            )
        }));
    }
    faults
}

#[test]
fn what_citizens_read_can_be_read_at_twelve() {
    for lang in ["en", "vi"] {
        let of_lang = |path: &str| {
            path.ends_with(&format!(".{lang}.md")) || path.ends_with(&format!(".{lang}.toml"))
        };
        let mut groups: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        for folder in ["site/translations", "site/pages/plain"] {
            for file in files(folder, &of_lang) {
                let name = file.file_name().unwrap().to_string_lossy().into_owned();
                groups.insert(name, vec![file]);
            }
        }
        // A service is its form and its guide; sections belong to several.
        for file in files("forms", &|path| {
            of_lang(path) || path.ends_with("/form.toml") || path.contains("/sections/")
        }) {
            let folder = file.parent().unwrap().file_name().unwrap();
            let name = folder.to_string_lossy().into_owned();
            groups.entry(name).or_default().push(file);
        }
        assert_eq!(groups.len(), 2 + 4 + 10 + 1, "{:?}", groups.keys());
        assert_eq!(faults(lang, &groups), Vec::<String>::new());
    }
}

/// The test of the test: a sentence of a law.
#[test]
fn the_words_of_a_law_are_too_hard() {
    let law = "Notwithstanding the administrative provisions hereinbefore enumerated, applicants requiring authentication \
               of documentation pertaining to civil registration shall simultaneously communicate supplementary \
               particulars to the competent authority, which adjudicates admissibility, verifies identification, \
               determines jurisdiction and subsequently promulgates a determination.";
    let sentences = sentences(law);
    assert_eq!(sentences.len(), 1);
    assert!(grade(&sentences) > 2.0 * GRADE_MAX, "{}", grade(&sentences));
    assert!(sentences[0].len() > WORDS_MAX);
}
