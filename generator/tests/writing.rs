//! A portal's folder: only what differs is written, a failure leaves it whole, and nobody else's folder is touched.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use generator::writing::Written;
use generator::{Failure, build};

fn modified(path: &Path) -> std::time::SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn a_second_build_writes_what_changed_and_removes_what_went() {
    let options = support::fixture_copy();
    let first = build(&options).unwrap();
    assert_eq!((first.written.unchanged, first.written.removed), (0, 0));
    assert_eq!(first.written.pages, first.pages);
    let again = build(&options).unwrap();
    assert_eq!(
        again.written,
        Written {
            written: 0,
            pages: 0,
            unchanged: first.written.written,
            removed: 0
        }
    );

    let home = options.out.join("index.html");
    let untouched = options.out.join("gioi-thieu/index.html");
    let before = modified(&untouched);
    support::edit(
        &options.forms.join("dong-dau/form.toml"),
        "Đóng dấu",
        "Đóng dấu giáp lai",
    );
    build(&options).unwrap();
    assert!(
        fs::read_to_string(&home)
            .unwrap()
            .contains("Đóng dấu giáp lai")
    );
    assert_eq!(modified(&untouched), before);

    fs::remove_dir_all(options.forms.join("dong-dau")).unwrap();
    let last = build(&options).unwrap();
    assert!(last.written.removed >= 6, "{:?}", last.written);
    assert!(!options.out.join("dong-dau").exists());
    assert!(options.out.join(generator::writing::MARKER).is_file());
}

#[test]
fn a_shared_section_changed_writes_the_files_of_the_forms_that_use_it() {
    let mut options = support::whole_portal();
    let forms = support::new_dir().join("forms");
    support::copy_dir(&options.forms, &forms, &mut |paths| paths.sort());
    options.forms = forms;
    build(&options).unwrap();
    let before = stamps(&options.out);
    support::edit(
        &options.forms.join("sections/previous.toml"),
        "length_max = 160",
        "length_max = 150",
    );
    let report = build(&options).unwrap();

    let users = [
        "dang-ky-lai-khai-sinh",
        "dang-ky-lai-khai-tu",
        "trich-luc-ho-tich",
    ];
    let after = stamps(&options.out).into_iter();
    let written = after.filter(|(path, stamp)| before.get(path) != Some(stamp));
    let (pages, others): (Vec<_>, Vec<_>) = written
        .map(|(path, _)| path)
        .filter(|path| path != generator::writing::MARKER)
        .partition(|path| path.ends_with(".html"));
    assert_eq!(report.written.written, pages.len() + others.len());
    assert_eq!(report.written.pages, pages.len());
    let of_users = |path: &str| {
        users
            .iter()
            .any(|id| path.split('/').any(|part| part == *id))
    };
    for user in users {
        for root in ["", "en/"] {
            let page = format!("{root}{user}/form/index.html");
            assert!(pages.contains(&page), "{page} is not written");
        }
    }
    for page in &pages {
        assert!(of_users(page), "{page} is written");
    }
    // Beside what has their names there is what their pages load, named by its content.
    for file in others {
        let is_loaded =
            file.starts_with("assets/words.faults.") || file.starts_with("assets/outcome.");
        assert!(is_loaded || of_users(&file), "{file} is written");
    }
}

/// Every file of a folder, which one it is and when it was touched last.
fn stamps(dir: &Path) -> BTreeMap<String, (u64, i64, i64)> {
    let files = support::editor::files(dir).into_iter();
    let stamp = |path: &Path| {
        let metadata = fs::metadata(path).unwrap();
        (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
    };
    let name = |path: &Path| path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
    files.map(|path| (name(&path), stamp(&path))).collect()
}

#[test]
fn a_failed_build_leaves_the_old_portal_whole() {
    let options = support::fixture_copy();
    build(&options).unwrap();
    let home = fs::read(options.out.join("index.html")).unwrap();
    support::edit(
        &options.forms.join("agencies.csv"),
        "00001,001",
        "00178,001",
    );
    assert!(matches!(build(&options), Err(Failure::Faults(_))));
    assert_eq!(fs::read(options.out.join("index.html")).unwrap(), home);
}

#[test]
fn a_page_that_cannot_be_made_leaves_the_old_portal_whole() {
    let mut options = support::fixture_copy();
    build(&options).unwrap();
    let before = tree(&options.out);
    let site = support::new_dir().join("site");
    support::copy_dir(&options.site, &site, &mut |paths| paths.sort());
    options.site = site;
    // Pages before it in every order are different, and made before the fault is met.
    support::edit(
        &options.site.join("layouts/base.html"),
        "<body",
        "<body id=\"b\"",
    );
    support::edit(
        &options.site.join("pages/agency.html"),
        "{{ agency.name_within }}",
        "{{ agency.name_within.nothing.there }}",
    );
    assert!(matches!(build(&options), Err(Failure::Faults(_))));
    assert_eq!(tree(&options.out), before);
}

#[test]
fn what_an_interrupted_build_left_goes_with_the_next() {
    let options = support::fixture_copy();
    build(&options).unwrap();
    let before = tree(&options.out);
    let stage = options.out.join(".motcua-new");
    fs::create_dir(&stage).unwrap();
    fs::write(stage.join("7"), "half a pa").unwrap();
    build(&options).unwrap();
    assert_eq!(tree(&options.out), before);
}

#[test]
fn nothing_stays_in_any_folder_that_is_no_part_of_the_portal() {
    let options = support::fixture_copy();
    build(&options).unwrap();
    let before = tree(&options.out);
    let folders = before.iter().filter(|(path, _)| path.is_dir());
    let strays = folders.map(|(folder, _)| fs::write(folder.join("stray"), "").unwrap());
    let strays = strays.count();
    assert!(strays > 10, "{strays}");
    assert_eq!(build(&options).unwrap().written.removed, strays);
    assert_eq!(tree(&options.out), before);
}

/// Every path below a folder.
fn tree(dir: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let entries = walkdir::WalkDir::new(dir).sort_by_file_name();
    let files = entries.into_iter().map(|entry| {
        let path = entry.unwrap().into_path();
        let bytes = fs::read(&path).unwrap_or_default();
        (path, bytes)
    });
    files.collect()
}

#[test]
fn a_folder_that_is_no_portal_stays_as_it_is() {
    let options = support::fixture();
    fs::create_dir_all(&options.out).unwrap();
    fs::write(options.out.join("thesis.txt"), "mine").unwrap();
    let message = build(&options).unwrap_err().to_string();
    assert!(
        message
            .contains("is not a portal: it has files but no `.motcua-portal`; nothing was written"),
        "{message}"
    );
    assert_eq!(fs::read_dir(&options.out).unwrap().count(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let mut options = support::fixture();
    let file = support::new_dir().join("file");
    fs::write(&file, "").unwrap();
    options.out = file.join("out");
    let message = build(&options).unwrap_err().to_string();
    assert!(message.contains("cannot be written:"), "{message}");
}
