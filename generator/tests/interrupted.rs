//! `motcua build` is killed while it puts files into their places: what stands is made of whole files, old or new, no page points
//! at something missing, and the next build makes the portal of a clean one. `MOTCUA_EVERY_RENAME=1` kills it at every file.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use generator::Options;
use generator::writing::MARKER;

/// At so many of the files it is killed in the short form.
const KILLS: usize = 10;

/// The files of a portal by their paths in it, but for our own mark and what an interrupted build left beside them.
type Portal = BTreeMap<String, Vec<u8>>;

#[test]
fn a_build_killed_while_files_change_places_leaves_old_and_new_that_fit() {
    let options = changed_soon();
    assert!(build(&options, None).success());
    let old = portal(&options.out);
    let kept = support::new_dir().join("kept");
    copy(&options.out, &kept);
    change(&options);
    let new = clean(&options);
    let renames = old_and_new_differ(&old, &new);
    let (mut mixed, mut killed) = (0, 0);
    for number in kills(renames) {
        copy(&kept, &options.out);
        if build(&options, Some(number)).signal() != Some(9) {
            continue;
        }
        killed += 1;
        let left = portal(&options.out);
        for (path, bytes) in &left {
            let is_whole = [&old, &new]
                .iter()
                .any(|portal| portal.get(path) == Some(bytes));
            assert!(
                is_whole,
                "{path} is neither old nor new, killed at {number}"
            );
        }
        assert!(
            old.keys().all(|path| left.contains_key(path)),
            "killed at {number}"
        );
        assert_nothing_is_missing(&left, number);
        mixed += usize::from(left != old && left != new);
        assert!(build(&options, None).success());
        assert!(
            portal(&options.out) == new,
            "after it was killed at {number}"
        );
    }
    println!(
        "{renames} files change places; killed {killed} times, {mixed} times between old and new"
    );
    assert!(mixed > KILLS / 2, "{mixed} of {killed}");
}

#[test]
fn a_first_build_killed_is_finished_by_the_next() {
    let options = changed_soon();
    let whole = clean(&options);
    let tops = whole.keys().map(|path| path.split('/').next().unwrap());
    let mut tops: Vec<&str> = tops.collect();
    tops.dedup();
    for number in kills(tops.len()) {
        let _ = fs::remove_dir_all(&options.out);
        assert_eq!(build(&options, Some(number)).signal(), Some(9), "{number}");
        for (path, bytes) in portal(&options.out) {
            assert!(whole[&path] == bytes, "{path}, killed at {number}");
        }
        assert!(build(&options, None).success());
        assert!(
            portal(&options.out) == whole,
            "after it was killed at {number}"
        );
    }
}

/// The fixture with keys, and with a site and forms of its own.
fn changed_soon() -> Options {
    let mut options = support::fixture_copy();
    let site = support::new_dir().join("site");
    support::copy_dir(&options.site, &site, &mut |paths| paths.sort());
    options.site = site;
    options.keys = Some(support::keys());
    options
}

/// Every page changes, style and script are under other names, a form has another version.
fn change(options: &Options) {
    let site = |path: &str| options.site.join(path);
    support::edit(&site("layouts/base.html"), "<body", "<body id=\"b\"");
    support::edit(&site("style/base.css"), "{", "{ outline-color: red;");
    support::edit(&site("script/core.js"), "\n", "\nglobalThis.again = 1;\n");
    let form = options.forms.join("dong-dau/form.toml");
    support::edit(&form, "Đóng dấu", "Đóng dấu giáp lai");
}

/// At which files it is killed: the first, the last, and those between.
fn kills(files: usize) -> Vec<usize> {
    let step = match std::env::var_os("MOTCUA_EVERY_RENAME") {
        Some(_) => 1,
        None => files.div_ceil(KILLS),
    };
    (1..files).step_by(step).chain([files]).collect()
}

/// How many files are new or other ones.
fn old_and_new_differ(old: &Portal, new: &Portal) -> usize {
    let differs = |(path, bytes): &(&String, &Vec<u8>)| old.get(*path) != Some(*bytes);
    new.iter().filter(differs).count()
}

/// Builds by the program itself, on one thread, killed when it is about to put the file of that number into its place.
fn build(options: &Options, killed_at: Option<usize>) -> ExitStatus {
    let motcua = env!("CARGO_BIN_EXE_motcua");
    let mut command = match killed_at {
        None => Command::new(motcua),
        Some(number) => {
            let mut strace = Command::new("strace");
            strace.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=/^rename", "-e"]);
            strace.arg(format!("inject=/^rename:signal=KILL:when={number}"));
            strace.arg(motcua);
            strace
        }
    };
    command.args(["build", "--threads", "1", "--date", "2016-08-10", "--quiet"]);
    for (name, path) in [
        ("--forms", Some(&options.forms)),
        ("--site", Some(&options.site)),
        ("--keys", options.keys.as_ref()),
        ("--out", Some(&options.out)),
    ] {
        command.arg(name).args(path);
    }
    command
        .stdout(Stdio::null())
        .status()
        .expect("strace is installed")
}

/// The portal of a clean build.
fn clean(options: &Options) -> Portal {
    let options = Options {
        out: support::new_dir().join("out"),
        ..options.clone()
    };
    assert!(build(&options, None).success());
    portal(&options.out)
}

fn portal(dir: &Path) -> Portal {
    let files = support::editor::files(dir).into_iter();
    let files = files.map(|path| {
        let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
        (name, fs::read(path).unwrap())
    });
    files
        .filter(|(name, _)| name != MARKER && !name.starts_with(".motcua-new/"))
        .collect()
}

/// Every style, script and picture that a page names is there.
fn assert_nothing_is_missing(portal: &Portal, number: usize) {
    let mut named = 0;
    for (page, bytes) in portal.iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = String::from_utf8_lossy(bytes);
        for rest in text.split("=/assets/").skip(1) {
            let name: String = rest
                .chars()
                .take_while(|c| !c.is_whitespace() && *c != '>')
                .collect();
            named += 1;
            let asset = format!("assets/{name}");
            assert!(
                portal.contains_key(&asset),
                "{page} names {asset}, killed at {number}"
            );
        }
    }
    assert!(named > 50, "{named} names");
}

fn copy(from: &Path, to: &PathBuf) {
    let _ = fs::remove_dir_all(to);
    support::copy_dir(from, to, &mut |paths| paths.sort());
}
