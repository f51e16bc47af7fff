//! What a person on a slow line waits for: the first load of the birth form, sealing included, and what is loaded when it is used; and the
//! report of both.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;

use tests::programs::{Programs, run};
use tests::repository;

/// HTML, style and script of the birth form in brotli: one initial window of TCP.
const BYTES_MAX: usize = 14 * 1024;
/// Each of what a page loads when it is used.
const LATER_BYTES_MAX: usize = 10 * 1024;
/// Scripts that a form or another page has when they are used: files of papers (sealed by a worker), the search, the copy and its QR code,
/// what is beside a form (drafts, what needs no network, the picker's buttons), a draft's file, amending and withdrawing, receipts, their check, the worker that needs no network.
const USED_LATER: [&str; 11] = [
    "beside", "carry", "copy", "follow", "papers", "picker", "receipts", "sealer", "search",
    "verify", "worker",
];
const BIRTH_FORM: &str = "khai-sinh/form/index.html";
/// What `motcua size` said when it was last written down.
const REPORT: &str = "docs/sizes.md";
/// By how many bytes a figure may have moved since.
const MOVED_BYTES_MAX: u64 = 500;

#[test]
fn the_first_load_of_the_birth_form_fits_in_one_window() {
    let programs = Programs::built().unwrap();
    let out = Programs::scratch().unwrap().join("city").join("size");
    run(programs.motcua().args(["build", "--out"]).arg(&out)).unwrap();
    let told = run(programs.motcua().arg("size").arg(&out)).unwrap();
    println!("{told}");
    let birth = told
        .lines()
        .find(|line| line.starts_with(BIRTH_FORM))
        .unwrap_or_else(|| panic!("{told}"));
    let bytes = birth
        .split_whitespace()
        .find_map(|word| word.parse::<usize>().ok())
        .unwrap();
    assert!(bytes <= BYTES_MAX, "{birth}: more than {BYTES_MAX}");
    for page in told.lines().filter(|line| line.contains("later: ")) {
        let (_, later) = page.split_once("later: ").unwrap();
        for piece in later.split(", ") {
            let bytes: usize = piece.rsplit(' ').next().unwrap().parse().unwrap();
            assert!(bytes <= LATER_BYTES_MAX, "{page}: {piece}");
        }
    }
    let pieces = figures(&told, "script ");
    for name in USED_LATER {
        assert!(pieces.contains_key(name), "{name} is no script: {told}");
    }
    for (piece, bytes) in &pieces {
        assert!(bytes[0] <= LATER_BYTES_MAX as u64, "{piece}: {bytes:?}");
    }
    is_as_reported(&told);
}

/// The report has every page and script, each figure about as it is now.
fn is_as_reported(told: &str) {
    let report = fs::read_to_string(repository::path(REPORT)).unwrap();
    let (now, then) = (figures(told, ""), figures(&report, ""));
    assert_eq!(
        now.keys().collect::<Vec<_>>(),
        then.keys().collect::<Vec<_>>(),
        "{REPORT} has other pages or scripts; write down what the program says now:\n{told}"
    );
    for (name, now) in now {
        let is_near = now
            .iter()
            .zip(&then[name])
            .all(|(now, then)| now.abs_diff(*then) <= MOVED_BYTES_MAX);
        assert!(
            is_near && now.len() == then[name].len(),
            "{name} is {now:?}, {REPORT} says {:?}; write down what the program says now:\n{told}",
            then[name]
        );
    }
}

/// The figures in brotli of the lines that begin with `mark` and then a name. The plain ones are no more than what they were made of.
fn figures<'a>(lines: &'a str, mark: &str) -> BTreeMap<&'a str, Vec<u64>> {
    let named = lines.lines().filter_map(|line| line.split_once(": "));
    named
        .filter_map(|(name, said)| {
            let (total, rest) = said.split_once(" bytes in brotli ")?;
            let (_, parts) = rest.split_once(')')?;
            let words = parts.split([' ', ',', ';']);
            let figures = [total].into_iter().chain(words);
            let figures = figures.filter_map(|word| word.parse().ok()).collect();
            Some((name.strip_prefix(mark)?, figures))
        })
        .collect()
}
