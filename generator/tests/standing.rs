//! A portal that stands is not made again as long as nothing changed; whatever changed, in the sources, in the folder or among
//! what was compressed before, the portal is that of a clean build.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use generator::{Failure, Options, Report, build_telling};
use support::editor::{Editor, files};

/// The long form: `MOTCUA_EDITS=200 cargo test -p generator --test standing`.
const ROUNDS: usize = 16;
const SEED: u64 = 0x7374_616e_6469;

/// Builds; what it told, and how many pages were made for it.
fn built(options: &Options) -> (Result<Report, Failure>, usize) {
    let pages = AtomicUsize::new(0);
    let report = build_telling(options, &|_, _| {
        pages.fetch_add(1, Ordering::Relaxed);
    });
    (report, pages.into_inner())
}

#[test]
fn what_stands_is_not_made_again_until_something_changes() {
    let keys = support::keys();
    let signed = Options {
        keys: Some(keys.clone()),
        ..support::fixture_copy()
    };
    for options in [support::fixture_copy(), signed.clone()] {
        let (first, all) = built(&options);
        let first = first.unwrap();
        assert_eq!((all, first.written.written), (first.pages, first.files.0));
        let (again, made) = built(&options);
        let mut again = again.unwrap();
        assert_eq!((made, again.written.unchanged), (0, first.files.0));
        again.written = first.written;
        assert_eq!(again, first, "it tells the same");
        for (what, changed) in changes(&options) {
            let (report, made) = built(&changed);
            report.unwrap();
            assert_eq!(made, all, "{what}");
            assert_eq!(built(&changed).1, 0, "{what}, again");
        }
    }
    let (first, all) = built(&signed);
    first.unwrap();
    support::edit(&keys.join("offices.json"), "1471762000", "1471762001");
    assert_eq!(built(&signed).1, all, "keys");
    let later = Options {
        now: signed.now.plus(1),
        ..signed
    };
    assert_eq!(built(&later).1, all, "a second later");
}

/// What is another portal, or the same in need of mending.
fn changes(options: &Options) -> Vec<(&'static str, Options)> {
    let day = options.now.plus(24 * 3600);
    let home = options.out.join("index.html");
    let of_length = fs::read(&home).unwrap().len();
    let touched = fs::metadata(&home).unwrap().modified().unwrap();
    fs::write(&home, vec![b' '; of_length]).unwrap();
    let file = File::options().write(true).open(&home).unwrap();
    file.set_modified(touched).unwrap();
    vec![
        (
            "a file of the portal, its length and its time",
            options.clone(),
        ),
        (
            "the day",
            Options {
                now: day,
                ..options.clone()
            },
        ),
        (
            "the relay",
            Options {
                relay: Some("https://other.example".to_owned()),
                ..options.clone()
            },
        ),
        (
            "what is beside each file",
            Options {
                compressed: Some(support::new_dir()),
                ..options.clone()
            },
        ),
    ]
}

#[test]
fn after_every_edit_the_standing_portal_is_that_of_a_clean_build() {
    let rounds = std::env::var("MOTCUA_EDITS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let mut editor = Editor::new("standing", SEED);
    let standing = Options {
        forms: editor.forms.clone(),
        site: editor.site.clone(),
        compressed: Some(support::new_dir()),
        ..support::fixture()
    };
    let clean_kept = support::new_dir();
    let (mut good, mut bad, mut still) = (0, 0, 0);
    for round in 0..rounds {
        let what = edit(&mut editor, round, &standing);
        let clean = Options {
            out: support::new_dir().join("out"),
            compressed: Some(clean_kept.clone()),
            ..standing.clone()
        };
        let before = portal(&standing.out);
        match (built(&standing), built(&clean).0) {
            ((Ok(report), made), Ok(expected)) => {
                good += 1;
                still += usize::from(made == 0);
                assert_eq!(built(&standing).1, 0, "round {round}: {what}, then nothing");
                assert_eq!(report.summary, expected.summary, "round {round}: {what}");
                assert!(
                    portal(&standing.out) == portal(&clean.out),
                    "round {round}: {what}"
                );
            }
            ((Err(fault), _), Err(expected)) => {
                bad += 1;
                assert_eq!(
                    fault.to_string(),
                    expected.to_string(),
                    "round {round}: {what}"
                );
                assert!(portal(&standing.out) == before, "round {round}: {what}");
            }
            ((one, _), other) => panic!("round {round}: {what}: {one:?} and {other:?}"),
        }
        fs::remove_dir_all(clean.out).unwrap_or_default();
    }
    println!("{rounds} rounds: {good} portals, {bad} faults, {still} not made again");
    // Of a few rounds it is chance how many are without a fault.
    assert!(good > rounds / 4 && bad > 0, "{good} good, {bad} bad");
}

/// An edit of the sources, of the portal, or of what was compressed before; or none.
fn edit(editor: &mut Editor, round: usize, standing: &Options) -> String {
    let kept = standing.compressed.as_deref().unwrap();
    match editor.below(8) {
        0..=3 => editor.edit(round).0,
        4 => spoil(editor, &standing.out),
        5 => spoil(editor, kept),
        _ => "nothing".to_owned(),
    }
}

/// Writes another byte into some file, keeping its length and its time, or removes it.
fn spoil(editor: &mut Editor, dir: &Path) -> String {
    let files: Vec<PathBuf> = files(dir);
    let Some(file) = files.get(editor.below(files.len().max(1))) else {
        return format!("{} is empty", dir.display());
    };
    let shown = file.display();
    if editor.below(3) == 0 && !file.ends_with(generator::writing::MARKER) {
        fs::remove_file(file).unwrap();
        return format!("removed {shown}");
    }
    let mut bytes = fs::read(file).unwrap();
    let touched = fs::metadata(file).unwrap().modified().unwrap();
    let at = editor.below(bytes.len().max(1));
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1;
    }
    fs::write(file, bytes).unwrap();
    let open = File::options().write(true).open(file).unwrap();
    open.set_modified(touched).unwrap();
    format!("spoilt {shown}")
}

/// The files of a portal.
fn portal(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = files(dir).into_iter();
    files
        .map(|path| {
            (
                path.strip_prefix(dir).unwrap().to_owned(),
                fs::read(path).unwrap(),
            )
        })
        .filter(|(path, _)| !path.ends_with(generator::writing::MARKER))
        .collect()
}
