//! One input, one portal, byte for byte: whatever the path, the order in which a folder lists its files, the time zone,
//! the locale, the number of threads.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tests::programs::{Programs, run};
use tests::{City, Plan, repository, tree};

const DAY: &str = "2016-08-10";

#[test]
fn two_builds_of_one_input_are_the_same_bytes() {
    // A city has made keys; the builds below use them, so that signatures are compared too.
    let city = City::start(&Plan::for_test("same-bytes", Some(DAY)).unwrap(), &|_| ()).unwrap();
    let keys = city.keys().publisher_folder();
    let scratch = Programs::scratch()
        .unwrap()
        .join("city")
        .join("same-bytes-builds");
    // A memory file system lists the youngest file first, so the order of writing is the order of reading.
    let elsewhere = Path::new("/dev/shm").join(format!("motcua-same-bytes-{}", std::process::id()));
    let places = [scratch.join("input"), elsewhere.join("another/path/to/it")];
    for (place, shuffled) in places.iter().zip([false, true]) {
        for folder in ["forms", "site"] {
            copy(&repository::path(folder), &place.join(folder), shuffled);
        }
    }
    assert_ne!(
        listing(&places[0].join("forms/lists")),
        listing(&places[1].join("forms/lists")),
        "the order of the files is the same: nothing is shown"
    );

    let surroundings = [("UTC", "C", "1"), ("America/St_Johns", "vi_VN.UTF-8", "2")];
    let built: Vec<BTreeMap<PathBuf, Vec<u8>>> = places
        .iter()
        .zip(surroundings)
        .enumerate()
        .map(|(number, (place, (zone, locale, threads)))| {
            let out = scratch.join(format!("out-{number}"));
            let _ = fs::remove_dir_all(&out);
            let mut build = city.programs().motcua();
            build
                .env("TZ", zone)
                .env("LANG", locale)
                .env("LC_ALL", locale)
                .current_dir(place);
            build
                .args(["build", "--date", DAY, "--threads", threads])
                .arg("--keys")
                .arg(&keys)
                .arg("--out")
                .arg(&out);
            run(&mut build).unwrap();
            let mut files = tree::files(&out).unwrap();
            // It says when each file was touched, and is no part of the portal.
            files.remove(Path::new(".motcua-portal")).unwrap();
            files
        })
        .collect();
    fs::remove_dir_all(&elsewhere).unwrap();
    assert!(built[0].len() > 1000, "only {} files", built[0].len());
    assert_eq!(tree::differences(&built[0], &built[1]), "");
    println!("{} files, the same bytes twice", built[0].len());
}

#[test]
fn building_again_leaves_unchanged_files_alone() {
    let out = Programs::scratch()
        .unwrap()
        .join("city")
        .join("same-bytes-again");
    let _ = fs::remove_dir_all(&out);
    let programs = Programs::built().unwrap();
    let build = || {
        run(programs
            .motcua()
            .args(["build", "--date", DAY, "--out"])
            .arg(&out))
        .unwrap()
    };
    let times = || -> BTreeMap<PathBuf, std::time::SystemTime> {
        let files = tree::files(&out).unwrap();
        files
            .into_keys()
            .map(|path| {
                (
                    path.clone(),
                    fs::metadata(out.join(path)).unwrap().modified().unwrap(),
                )
            })
            .collect()
    };
    build();
    let before = times();
    build();
    assert_eq!(before, times(), "uploaders look at the times of files");
}

/// Copies a folder's files in the order of their names, or in another one.
fn copy(from: &Path, to: &Path, shuffled: bool) {
    let files = tree::files(from).unwrap();
    assert!(!files.is_empty(), "{} is empty", from.display());
    let mut order: Vec<_> = files.iter().collect();
    if shuffled {
        // By the end of the name: neither the order of names nor its reverse.
        order.sort_by_key(|(path, _)| path.to_string_lossy().chars().rev().collect::<String>());
    }
    let _ = fs::remove_dir_all(to);
    tree::write(to, order).unwrap();
}

fn listing(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .strip_prefix(folder)
                .unwrap()
                .to_owned()
        })
        .collect()
}
