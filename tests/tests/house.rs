//! What keeps the house a house: rooms, names, and things that must be told in several places alike.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tests::{repository, tree};

/// Everything that may lie at the top of the repository; a new room is added to docs/architecture.md as well.
const ROOMS: &[&str] = &[
    "docs",
    "envelope",
    "formdef",
    "forms",
    "generator",
    "intake",
    "monitor",
    "relay",
    "site",
    "tests",
];
const TOP_FILES: &[&str] = &[
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "rustfmt.toml",
];
/// Folders that tools make and git ignores.
const MADE: &[&str] = &["target", "node_modules", ".git", "__pycache__"];

#[test]
fn a_field_kind_has_one_name_in_three_places() {
    let rust: BTreeSet<String> = names("formdef/src/kinds", |path| {
        path.extension().is_some_and(|end| end == "rs")
    })
    .into_iter()
    .map(|name| name.trim_end_matches(".rs").replace('_', "-"))
    .filter(|name| name != "mod")
    .collect();
    let mut cases = names("formdef/cases", Path::is_dir);
    // Cases of the language itself lie beside those of its kinds.
    for of_the_language in ["expressions", "lists", "sections"] {
        cases.remove(of_the_language);
    }
    let mut components = names("site/components", Path::is_dir);
    components.remove("_parts");
    assert_eq!(rust, cases, "left: formdef/src/kinds, right: formdef/cases");
    assert_eq!(
        rust, components,
        "left: formdef/src/kinds, right: site/components"
    );
    for kind in &cases {
        let folder = format!("formdef/cases/{kind}");
        assert!(
            !names(&folder, |path| path
                .extension()
                .is_some_and(|end| end == "json"))
            .is_empty(),
            "{folder} is empty"
        );
    }
}

#[test]
fn at_the_top_there_are_rooms_and_nothing_else() {
    let found: BTreeSet<String> = names("", |_| true)
        .into_iter()
        .filter(|name| !name.starts_with('.'))
        .collect();
    let known = ROOMS
        .iter()
        .chain(TOP_FILES)
        .chain(MADE)
        .map(|name| (*name).to_owned())
        .collect();
    let strangers: Vec<_> = found.difference(&known).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
    let drawn = fs::read_to_string(repository::path("docs/architecture.md")).unwrap();
    for room in ROOMS {
        assert!(found.contains(*room), "the room {room} is missing");
        assert!(
            drawn.contains(&format!("{room}/")),
            "docs/architecture.md does not draw {room}/"
        );
    }
}

#[test]
fn no_drawer_takes_whatever_is_left_over() {
    let drawers = ["utils", "util", "common", "helpers", "misc", "shared"];
    let named: Vec<_> = texts()
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| {
            path.iter().any(|name| {
                drawers.contains(
                    &Path::new(name)
                        .file_stem()
                        .unwrap_or_default()
                        .to_str()
                        .unwrap_or_default(),
                )
            })
        })
        .collect();
    assert!(named.is_empty(), "{named:?}");
}

#[test]
fn no_file_knows_the_machine_on_which_it_was_made() {
    // Put together here, so that this file does not find itself.
    let homes = ["work", "root", "home", "Users"].map(|folder| format!("/{folder}/"));
    let hosts = ["registry.npmjs", "npmmirror", "pythonhosted"].map(|host| format!("{host}."));
    let mut found = Vec::new();
    for (path, text) in texts() {
        for (number, line) in text.lines().enumerate() {
            let is_path = |home: &&String| {
                line.match_indices(home.as_str())
                    .any(|(at, _)| begins_a_path(line, at))
            };
            if homes.iter().any(|home| is_path(&home))
                || hosts.iter().any(|host| line.contains(host))
            {
                found.push(format!("{}:{}: {line}", path.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Whether a path starts there, rather than going on: `docs/work/` is one inside the repository.
fn begins_a_path(line: &str, at: usize) -> bool {
    line[..at]
        .chars()
        .next_back()
        .is_none_or(|before| !(before.is_alphanumeric() || "._-/}".contains(before)))
}

#[test]
fn nothing_is_left_for_later() {
    let words = ["TO", "FIX", "XX"]
        .iter()
        .zip(["DO", "ME", "X"])
        .map(|(a, b)| format!("{a}{b}"))
        .collect::<Vec<_>>();
    let ignored = format!("#[{}", "ignore");
    let mut found = Vec::new();
    for (path, text) in texts() {
        let is_code = path.extension().is_some_and(|end| {
            ["rs", "js", "mjs", "ts", "py", "toml", "html", "css"]
                .iter()
                .any(|code| end == *code)
        });
        for (number, line) in text.lines().enumerate().filter(|_| is_code) {
            let later = words.iter().any(|word| {
                line.split(|c: char| !c.is_alphanumeric())
                    .any(|found| found == word)
            });
            if later || line.contains(&ignored) {
                found.push(format!("{}:{}: {line}", path.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_sample_config_is_one_that_its_program_reads() {
    relay::config::Config::load(&repository::path("docs/samples/relay.toml"))
        .unwrap_or_else(|fault| panic!("{fault}"));
    intake::config::Config::read(&repository::path("docs/samples/intake.toml"))
        .unwrap_or_else(|fault| panic!("{fault}"));
    monitor::config::Config::load(&repository::path("docs/samples/monitor.toml"))
        .unwrap_or_else(|fault| panic!("{fault}"));
    // A sample that no line here reads is a sample that nobody checks.
    assert_eq!(
        names("docs/samples", |_| true),
        ["intake.toml", "monitor.toml", "relay.toml"]
            .map(str::to_owned)
            .into()
    );
}

#[test]
fn every_refusal_is_told_to_operators_and_has_a_vector() {
    let told = fs::read_to_string(repository::path("docs/operating.md")).unwrap();
    let format = fs::read_to_string(repository::path("envelope/FORMAT.md")).unwrap();
    let vectors: String = tree::files(&repository::path("envelope/vectors"))
        .unwrap()
        .into_values()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    for refusal in envelope::Refusal::ALL {
        let code = refusal.code();
        assert!(
            told.contains(&format!("`{code}`")),
            "docs/operating.md does not say what {code} means"
        );
        assert!(
            format.contains(&format!("`{code}`")),
            "envelope/FORMAT.md lacks {code}"
        );
        // What the relay alone can refuse (HTTP, its store) is shown by the relay's own tests.
        if refusal.layer() == envelope::Layer::Envelope {
            assert!(
                vectors.contains(&format!("\"{code}\"")),
                "no vector is refused with {code}"
            );
        }
        assert!(
            !refusal.vi().is_empty() && !refusal.en().is_empty(),
            "{code} says nothing"
        );
    }
}

/// The names in a folder of the repository that `wanted` takes.
fn names(folder: &str, wanted: impl Fn(&Path) -> bool) -> BTreeSet<String> {
    let path = repository::path(folder);
    let entries = fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| wanted(path))
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

/// Every text file of the repository, but what tools make.
fn texts() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![repository::root().to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !MADE.contains(&name.as_str()) {
                    open.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push((
                    path.strip_prefix(repository::root()).unwrap().to_owned(),
                    text,
                ));
            }
        }
    }
    found.sort();
    found
}
