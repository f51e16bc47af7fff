//! `tests/sites_refused`: a broken portal for every message that `motcua check` can give, with the whole text of what
//! the program says, in both languages.
//!
//! A case is a folder: `forms/` and `site/` over those of `base` and of the repository, `published/` when it is compared
//! with what was published, `expected.en.txt` and `expected.vi.txt`. It is named by its message; what follows a dot tells two cases of one message apart.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

/// No file of a user called `nobody` is in any portal.
const NOBODY: u32 = 65_534;
/// As long as what somebody drops into the folder by mistake.
const LONG_BYTES: u64 = 50 * 1024 * 1024;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(repository().join("tests/sites_refused")).unwrap();
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.is_dir() && !path.ends_with("base"));
    cases.sort();
    cases
}

/// The message that a case is for.
fn code(case: &Path) -> String {
    let name = case.file_name().unwrap().to_str().unwrap();
    name.split('.').next().unwrap().to_owned()
}

/// A folder that users without rights may enter, too: a target folder below somebody's home may be closed to them.
fn open_dir(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("motcua-refused-{}", std::process::id()));
    let dir = dir.join(name);
    fs::create_dir_all(&dir).unwrap();
    dir
}

/// The broken portal in a folder of its own.
fn portal(case: &Path, purpose: &str) -> PathBuf {
    let dir = open_dir(&format!(
        "{purpose}/{}",
        case.file_name().unwrap().to_str().unwrap()
    ));
    let layers = [
        repository().join("tests/sites_refused/base/forms"),
        case.join("forms"),
        repository().join("site"),
        case.join("site"),
        case.join("published"),
    ];
    for from in layers.iter().filter(|from| from.exists()) {
        support::copy_dir(from, &dir.join(from.file_name().unwrap()), &mut |_| ());
    }
    break_what_git_cannot_hold(
        case.file_name().unwrap().to_str().unwrap(),
        &dir.join("forms"),
    );
    dir
}

/// Files that are too long, links in a circle, rights: what a repository should not or cannot hold.
fn break_what_git_cannot_hold(case: &str, forms: &Path) {
    match case {
        "file-missing" => fs::remove_file(forms.join("portal.toml")).unwrap(),
        "kind-needs-list" => fs::remove_file(forms.join("lists/provinces.csv")).unwrap(),
        "too-long" => {
            fs::create_dir(forms.join("mau")).unwrap();
            let file = fs::File::create(forms.join("mau/form.toml")).unwrap();
            file.set_len(LONG_BYTES).unwrap();
        }
        "too-many-forms" => {
            fs::create_dir(forms.join("mau")).unwrap();
            fs::write(forms.join("mau/form.toml"), "level = 3\n").unwrap();
            for number in 0..generator::sources::FORMS_MAX {
                symlink("mau", forms.join(format!("mau-{number}"))).unwrap();
            }
        }
        "link-loop" => symlink("..", forms.join("lists/loop")).unwrap(),
        "case-twins" => {
            let provinces = forms.join("lists/provinces.csv");
            fs::copy(provinces, forms.join("lists/Provinces.csv")).unwrap();
        }
        // Two services cannot have one id, but for file systems that tell capitals apart.
        "case-twins.services" => {
            for id in ["mau", "Mau"] {
                fs::create_dir(forms.join(id)).unwrap();
                fs::write(forms.join(id).join("form.toml"), "level = 3\n").unwrap();
            }
        }
        "unreadable.no-folder" => fs::remove_dir_all(forms).unwrap(),
        "unreadable" => {
            let closed = fs::Permissions::from_mode(0o000);
            fs::set_permissions(forms.join("lists"), closed).unwrap();
        }
        _ => {}
    }
}

/// What `motcua check` does in the portal's folder, never with the rights of a superuser, who may read everything.
fn check(dir: &Path, arguments: &[&str]) -> Output {
    static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
        let program = open_dir("program").join("motcua");
        fs::copy(env!("CARGO_BIN_EXE_motcua"), &program).unwrap();
        program
    });
    let mut command = Command::new(&*PROGRAM);
    command.arg("check").args(arguments).current_dir(dir);
    if dir.join("published").exists() {
        command.args(["--against", "published"]);
    }
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", dir.display());
    output
}

/// Takes the portal away.
fn remove(dir: &Path) {
    let open = fs::Permissions::from_mode(0o755);
    // Not every case leaves the folder there.
    let _ = fs::set_permissions(dir.join("forms/lists"), open);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn every_message_has_a_case() {
    let cases: BTreeSet<String> = cases().iter().map(|case| code(case)).collect();
    let messages: BTreeSet<String> = formdef::fault_codes()
        .iter()
        .chain(generator::fault::Mistake::CODES)
        .map(|code| (*code).to_owned())
        .collect();
    let beside = ["ten-mistakes".to_owned()].into();
    let named: BTreeSet<String> = cases.difference(&beside).cloned().collect();
    assert_eq!(named, messages);
}

#[test]
fn every_broken_portal_is_told_in_whole_in_both_languages() {
    let mut wrong = Vec::new();
    for case in cases() {
        let dir = portal(&case, "told");
        for lang in ["en", "vi"] {
            let expected = case.join(format!("expected.{lang}.txt"));
            let expected = fs::read_to_string(expected).unwrap_or_default();
            let output = check(&dir, &["--lang", lang]);
            // What differs from what is published is said first, beside the faults.
            let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            if said != expected {
                let case = case.display();
                wrong.push(format!(
                    "{case} ({lang})\n--- expected\n{expected}--- said\n{said}"
                ));
            }
        }
        let left = fs::read_dir(&dir).unwrap();
        let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        left.retain(|name| name != "forms" && name != "site" && name != "published");
        assert!(left.is_empty(), "{}: written: {left:?}", case.display());
        remove(&dir);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_broken_portal_has_the_fault_that_it_is_named_by() {
    for case in cases()
        .iter()
        .filter(|case| !case.ends_with("ten-mistakes"))
    {
        let dir = portal(case, "named");
        let output = check(&dir, &["--format", "json"]);
        remove(&dir);
        assert_eq!(output.stderr, b"");
        let faults: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
        let code = code(case);
        let named = faults.iter().any(|fault| fault["code"] == code.as_str());
        assert!(named, "{code}: {faults:?}");
    }
}
