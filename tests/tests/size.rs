//! What a person on a slow line waits for: the first load of the birth form, sealing included.
#![allow(clippy::unwrap_used)]

use tests::programs::{Programs, run};

/// HTML, style and script of the birth form in brotli: one initial window of TCP.
const BYTES_MAX: usize = 14 * 1024;
/// Each of what a page loads when it is used.
const LATER_BYTES_MAX: usize = 10 * 1024;
const BIRTH_FORM: &str = "khai-sinh/form/index.html";

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
    for page in told.lines() {
        let (_, later) = page.split_once("later: ").unwrap();
        for piece in later.split(", ") {
            let bytes: usize = piece.rsplit(' ').next().unwrap().parse().unwrap();
            assert!(bytes <= LATER_BYTES_MAX, "{page}: {piece}");
        }
    }
}
