//! Any text as a definition or as a shared section: nothing panics, and every fault lies inside the file it names.
//!
//! `TEXTS` says how many (the long form: 1000000), `SEED` which ones.
#![allow(clippy::unwrap_used)]

#[path = "../cases/chance.rs"]
mod chance;
#[path = "../cases/damage.rs"]
mod damage;
#[allow(dead_code)] // The pairs use more of it.
#[path = "../examples/pairs/definition.rs"]
mod definition;
#[path = "../examples/pairs/questions.rs"]
mod questions;
#[allow(dead_code)] // The cases use more of it.
#[path = "../cases/read.rs"]
mod read;

use std::collections::BTreeSet;

use chance::Chance;
use formdef::{Fault, Form, SharedSection, Shelf, Source, parse};

/// Texts in the short form.
const TEXTS: u64 = 4000;

/// What a program reads as a number from its surroundings.
fn number(name: &str, otherwise: u64) -> u64 {
    let said = std::env::var(name).ok();
    said.map_or(otherwise, |said| said.parse().expect("a number"))
}

#[test]
fn every_fault_lies_inside_its_file() {
    let mut chance = Chance(number("SEED", 1));
    let shelf = read::shelf();
    let (mut forms, mut codes) = (0, BTreeSet::new());
    let texts = number("TEXTS", TEXTS);
    for _ in 0..texts {
        let (source, shelf) = damaged(&mut chance, &shelf);
        let (form, faults) = parse(&source, &shelf);
        assert_eq!(form.is_none(), !faults.is_empty(), "{}", source.text);
        for fault in &faults {
            assert!(
                lies_inside(fault, &source, &shelf),
                "{fault:?}\n{}",
                source.text
            );
            codes.insert(fault.code);
        }
        if let Some(form) = form {
            forms += 1;
            assert_eq!(
                Form::from_compiled(&form.to_compiled()),
                Ok(compiled(form)),
                "{}",
                source.text
            );
        }
    }
    println!(
        "{texts} texts, {forms} of them forms, {} kinds of faults",
        codes.len()
    );
    // The damage is neither too small nor too large to say anything.
    assert!(
        forms * 100 > texts && codes.len() > 25,
        "{forms} forms, {codes:?}"
    );
}

/// A definition that is damaged, or a whole one that takes a damaged shared section.
fn damaged(chance: &mut Chance, shelf: &Shelf) -> (Source, Shelf) {
    let mut shelf = shelf.clone();
    let mut text = definition::definition(chance);
    if chance.percent(25) {
        text += "[[section]]\nuse = 'contact'\n";
        let shared = shelf.sections.get_mut("contact").unwrap();
        let Source { path, text } = shared.source();
        let source = Source {
            path: path.clone(),
            text: damage::damaged(chance, text),
        };
        *shared = SharedSection::new("contact", source);
    } else {
        text = damage::damaged(chance, &text);
    }
    let source = Source {
        path: "forms/any/form.toml".into(),
        text,
    };
    (source, shelf)
}

/// Whether the line is that of the file, and what is meant is in it or just behind it.
fn lies_inside(fault: &Fault, source: &Source, shelf: &Shelf) -> bool {
    let shared = shelf.sections.values().map(SharedSection::source);
    let mut files = shared.chain([source]);
    let Some(file) = files.find(|file| file.path == fault.path) else {
        return false;
    };
    let line = file.text.split('\n').nth(fault.line - 1);
    let is_its = line.is_some_and(|line| line.trim_end_matches('\r') == fault.source_line);
    let length = fault.source_line.chars().count();
    let before = fault.column - 1;
    is_its
        && fault.width >= 1
        && before <= length
        && (before + fault.width <= length || fault.width == 1)
}

/// What of a form its compiled file holds.
fn compiled(form: Form) -> Form {
    Form {
        window: Default::default(),
        guide: Default::default(),
        ..form
    }
}
