//! Any text as a list, as the agencies, as `portal.toml`, a guide, a form or a translation: nothing panics, and every fault lies
//! inside the file it names.
//!
//! `TEXTS` says how many (the long form: 100000), `SEED` which ones.
#![allow(clippy::unwrap_used)]

#[path = "../../formdef/cases/chance.rs"]
mod chance;
#[path = "../../formdef/cases/damage.rs"]
mod damage;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use chance::Chance;
use generator::content::Content;
use generator::fault::Fault;
use generator::sources::{Folder, Sources};

/// Texts in the short form.
const TEXTS: u64 = 1500;

type Texts = BTreeMap<String, String>;

#[test]
fn every_fault_lies_inside_its_file() {
    let number =
        |name: &str, otherwise| std::env::var(name).map_or(otherwise, |said| said.parse().unwrap());
    let mut chance = Chance(number("SEED", 1));
    let fixture = support::fixture();
    let folders = [
        ("forms", texts(&fixture.forms)),
        ("site", texts(&fixture.site)),
    ];
    let (mut whole, mut codes) = (0, BTreeSet::new());
    let texts = number("TEXTS", TEXTS);
    for _ in 0..texts {
        let (forms, site) = (&folders[0].1, &folders[1].1);
        let damaged = damaged(&mut chance, &[("forms", forms), ("site", site)]);
        let sources = Sources {
            forms: folder("forms", forms, &damaged),
            site: folder("site", site, &damaged),
        };
        match Content::read(&sources) {
            Ok(_) => whole += 1,
            Err(faults) => {
                for fault in &faults {
                    assert!(lies_inside(fault, &sources), "{fault}\n\n{damaged:?}");
                    codes.insert(fault.code);
                }
            }
        }
    }
    println!(
        "{texts} texts, {whole} of them whole, {} kinds of faults",
        codes.len()
    );
    assert!(
        whole * 20 > texts && codes.len() > 25,
        "{whole} whole, {codes:?}"
    );
}

/// The text files of a folder that [`Content::read`] reads.
fn texts(dir: &Path) -> Texts {
    let files = walkdir::WalkDir::new(dir).into_iter().map(Result::unwrap);
    files
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|end| end == "toml" || end == "csv" || end == "md")
        })
        .map(|entry| {
            let path = entry
                .path()
                .strip_prefix(dir)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

/// One file of one folder, damaged: the folder, the path in it, the text.
fn damaged<'a>(
    chance: &mut Chance,
    folders: &[(&'a str, &'a Texts)],
) -> (&'a str, &'a str, String) {
    // What editors write is damaged more often than what builders of the site do.
    let (folder, files) = folders[usize::from(chance.percent(20))];
    let (path, text) = files.iter().nth(chance.below(files.len())).unwrap();
    (folder, path, damage::damaged(chance, text))
}

fn folder(label: &str, texts: &Texts, (of, damaged, text): &(&str, &str, String)) -> Folder {
    let files: Vec<(&str, &str)> = texts
        .iter()
        .map(|(path, whole)| match label == *of && path == damaged {
            true => (path.as_str(), text.as_str()),
            false => (path.as_str(), whole.as_str()),
        })
        .collect();
    Folder::of(label, &files)
}

/// Whether the file is one of the sources, the line that of the file, and what is meant in it or just behind it.
fn lies_inside(fault: &Fault, sources: &Sources) -> bool {
    let (folder, path) = match fault.path.split_once('/') {
        Some(("forms", path)) => (&sources.forms, path),
        Some(("site", path)) => (&sources.site, path),
        _ => return false,
    };
    let Some(spot) = &fault.spot else {
        return folder.text(path).is_some();
    };
    let line = folder
        .text(path)
        .and_then(|text| text.split('\n').nth(spot.line - 1));
    let is_its = line.is_some_and(|line| line.trim_end_matches('\r') == spot.source_line);
    let (before, length) = (spot.column - 1, spot.source_line.chars().count());
    is_its
        && spot.width >= 1
        && before <= length
        && (before + spot.width <= length || spot.width == 1)
}
