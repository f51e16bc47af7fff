//! The same sources, keys and day give the same portal, wherever and however it is built.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use generator::output::Output;
use generator::{Options, make};

fn files(output: &Output) -> BTreeMap<String, Vec<u8>> {
    output
        .files()
        .map(|(path, bytes)| (path.to_owned(), bytes.to_owned()))
        .collect()
}

fn on_disk(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = walkdir::WalkDir::new(dir)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file());
    let named = entries.map(|entry| {
        (
            entry
                .path()
                .strip_prefix(dir)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned(),
            fs::read(entry.path()).unwrap(),
        )
    });
    named
        .filter(|(path, _)| path != generator::writing::MARKER)
        .collect()
}

#[test]
fn one_thread_or_two_other_path_other_order() {
    let options = Options {
        keys: Some(support::keys()),
        threads: Some(1),
        ..support::fixture()
    };
    let expected = files(&make(&options).unwrap().output);
    for (threads, reverse) in [(2, false), (1, true)] {
        let mut copy = Options {
            threads: Some(threads),
            ..options.clone()
        };
        let dir = support::new_dir();
        for (folder, name) in [(&mut copy.forms, "f"), (&mut copy.site, "s")] {
            let place = dir.join(name);
            support::copy_dir(folder, &place, &mut |paths| {
                paths.sort();
                if reverse {
                    paths.reverse();
                }
            });
            *folder = place;
        }
        assert!(
            files(&make(&copy).unwrap().output) == expected,
            "{threads} threads, reverse order {reverse}"
        );
    }
}

#[test]
fn other_time_zone_and_locale() {
    let keys = support::keys();
    let mut portals = Vec::new();
    for (zone, locale) in [
        ("UTC", "C"),
        ("Asia/Tokyo", "vi_VN.UTF-8"),
        ("America/Lima", "tr_TR.UTF-8"),
    ] {
        let options = support::fixture();
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command
            .env("TZ", zone)
            .env("LC_ALL", locale)
            .env("LANG", locale)
            .arg("build")
            .args(["--date", "2016-08-10"]);
        command
            .arg("--forms")
            .arg(&options.forms)
            .arg("--site")
            .arg(&options.site)
            .arg("--out")
            .arg(&options.out)
            .arg("--keys")
            .arg(&keys);
        assert!(command.output().unwrap().status.success());
        portals.push(on_disk(&options.out));
    }
    assert!(portals[0].contains_key("catalogue.jws"));
    assert!(portals.iter().all(|portal| *portal == portals[0]));
}
