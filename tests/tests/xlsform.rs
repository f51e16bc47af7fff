//! The forms of pyxform's own tests, imported: what is made passes the check, and whatever a form holds is in it or listed.
//! `tests/xlsform/forms.py` says what each form holds; it reads the workbooks with another library.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use formdef::Lang;
use generator::xlsform::{Imported, Request, import};
use generator::{Options, check};
use tests::repository;

/// Sheet → row → column's letter → text.
type Cells = BTreeMap<String, BTreeMap<u32, BTreeMap<String, String>>>;

/// How many forms there are; fewer means that `tests/install` did not get them all.
const FORMS: usize = 245;

#[test]
fn whatever_a_form_holds_is_carried_or_listed() {
    let folder = repository::path("target/xlsforms");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rows = (0, 0);
    let mut missing = Vec::new();
    for file in workbooks(&folder) {
        let options = portal(&file);
        let request = Request {
            file: &file,
            id: Some("nhap"),
            out: &options.forms,
            lang: Lang::En,
        };
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let imported = match import(&request) {
            Ok(imported) => imported,
            Err(failure) => {
                *counts.entry("refused").or_default() += 1;
                let message = failure.show(Lang::En);
                assert!(!message.contains("does not pass the check"), "{message}");
                assert!(!options.forms.join("nhap").exists(), "{name}: {message}");
                continue;
            }
        };
        let how = if imported.is_whole() {
            "whole"
        } else {
            "partly"
        };
        *counts.entry(how).or_default() += 1;
        rows = (rows.0 + imported.rows.0, rows.1 + imported.rows.1);
        check(&options).unwrap_or_else(|failure| panic!("{name}: {failure}"));
        missing.extend(
            unaccounted(&file, &options.forms, &imported)
                .into_iter()
                .map(|cell| format!("{name}: {cell}")),
        );
        fs::remove_dir_all(options.forms.parent().unwrap()).unwrap();
    }
    println!(
        "{counts:?}; rows of the survey: {} of {} carried",
        rows.1, rows.0
    );
    assert_eq!(counts.values().sum::<usize>(), FORMS, "run tests/install");
    assert_eq!(missing, Vec::<String>::new());
    assert!(counts["whole"] > 0 && counts["partly"] > 0, "{counts:?}");
}

#[test]
fn a_cell_that_is_neither_carried_nor_listed_is_seen() {
    let listed = BTreeSet::from(["survey!C2".to_owned()]);
    let row = BTreeMap::from([
        ("A", "text"),
        ("B", "a"),
        ("C", "x = 1"),
        ("D", "Câu hỏi"),
        ("E", "lost"),
    ]);
    let row: BTreeMap<String, String> = row
        .into_iter()
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect();
    let heading = [
        ("A", "type"),
        ("B", "name"),
        ("C", "relevant"),
        ("D", "label"),
        ("E", "appearance"),
    ];
    let heading: BTreeMap<String, String> = heading
        .into_iter()
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect();
    let form = "# survey!A2\n[[section.field]]\nid = \"a\"\nlabel.vi = \"Câu hỏi\"\n";
    assert_eq!(
        lost(2, &row, &heading, &listed, form, form),
        ["survey!E2 «appearance»: lost"]
    );
    assert_eq!(
        lost(3, &row, &heading, &listed, form, form)[0],
        "survey!A3: the whole row"
    );
}

fn workbooks(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap_or_else(|_| panic!("{} is not there: run tests/install", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "xlsx"));
    files.sort();
    files
}

/// A portal of three wards and no service.
fn portal(file: &Path) -> Options {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
        "xlsform-{}",
        file.file_stem().unwrap().to_string_lossy()
    ));
    let _ = fs::remove_dir_all(&root);
    let forms = root.join("forms");
    fs::create_dir_all(&forms).unwrap();
    fs::copy(
        repository::path("forms/portal.toml"),
        forms.join("portal.toml"),
    )
    .unwrap();
    let agencies = fs::read_to_string(repository::path("forms/agencies.csv")).unwrap();
    let few: Vec<&str> = agencies.lines().take(4).collect();
    fs::write(forms.join("agencies.csv"), few.join("\n")).unwrap();
    Options {
        forms,
        site: repository::path("site"),
        out: PathBuf::new(),
        keys: None,
        portal: None,
        relay: None,
        now: envelope::UnixTime(1_470_787_200),
        compressed: None,
        threads: Some(1),
    }
}

/// The cells of the survey that went nowhere.
fn unaccounted(file: &Path, forms: &Path, imported: &Imported) -> Vec<String> {
    let cells: Cells =
        serde_json::from_str(&fs::read_to_string(file.with_extension("json")).unwrap()).unwrap();
    let survey = cells
        .into_iter()
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("survey"));
    let Some((sheet, mut rows)) = survey else {
        return vec!["no survey".to_owned()];
    };
    let Some((_, heading)) = rows.pop_first() else {
        return Vec::new();
    };
    let listed = imported
        .cells()
        .map(|cell| cell.replacen(&sheet, "survey", 1))
        .collect();
    let form = fs::read_to_string(forms.join("nhap/form.toml"))
        .unwrap()
        .replace(&format!("# {sheet}!"), "# survey!");
    let mut everywhere = form.clone();
    for path in &imported.files {
        everywhere.push_str(&fs::read_to_string(path).unwrap());
    }
    let found = rows
        .iter()
        .flat_map(|(number, row)| lost(*number, row, &heading, &listed, &form, &everywhere));
    found.collect()
}

/// The cells of a row that are neither in the form nor listed.
fn lost(
    number: u32,
    row: &BTreeMap<String, String>,
    heading: &BTreeMap<String, String>,
    listed: &BTreeSet<String>,
    form: &str,
    everywhere: &str,
) -> Vec<String> {
    let named = |name: &str| {
        heading
            .iter()
            .find(|(_, text)| text.to_lowercase() == name)
            .map(|(letter, _)| letter.clone())
    };
    let kind = named("type")
        .or_else(|| named("command"))
        .and_then(|letter| row.get(&letter).cloned())
        .unwrap_or_default()
        .to_lowercase();
    if kind.starts_with("end") && !kind.starts_with("end time") && kind != "end" {
        return Vec::new();
    }
    let first = named("type")
        .or_else(|| named("command"))
        .unwrap_or("A".to_owned());
    let whole_row = listed.contains(&format!("survey!{first}{number}"))
        || listed.contains(&format!("survey!A{number}"));
    let mark = format!("# survey!{first}{number}\n");
    let is_listed = |letter: &String| {
        listed.contains(&format!("survey!{letter}{number}"))
            || listed.contains(&format!("survey!{letter}1"))
    };
    let Some((_, block)) = form.split_once(&mark) else {
        return if whole_row || row.keys().all(is_listed) {
            Vec::new()
        } else {
            vec![format!("survey!A{number}: the whole row")]
        };
    };
    let block = block.split("\n# survey!").next().unwrap_or_default();
    let cells = row.iter().filter(|(letter, text)| {
        let title = heading
            .get(*letter)
            .map(|title| title.to_lowercase())
            .unwrap_or_default();
        let own = title.strip_prefix("bind:").unwrap_or(&title);
        let key = own
            .trim_start_matches(':')
            .split(':')
            .next()
            .unwrap_or_default()
            .trim()
            .replace(' ', "_");
        !is_listed(letter) && !is_carried(&key, text, block, everywhere)
    });
    cells
        .map(|(letter, text)| {
            format!(
                "survey!{letter}{number} «{}»: {text}",
                heading.get(letter).cloned().unwrap_or_default()
            )
        })
        .collect()
}

/// Whether what a cell says stands in the form: as its words, or as the key that its column becomes.
fn is_carried(column: &str, text: &str, block: &str, everywhere: &str) -> bool {
    let has = |keys: &[&str]| keys.iter().any(|key| block.contains(key));
    let is_no = matches!(
        text.to_lowercase().as_str(),
        "no" | "false" | "false()" | "0"
    );
    match column {
        "type" | "command" | "name" | "tag" => true,
        "relevant" | "relevance" => everywhere.contains("show_when"),
        "required" => is_no || has(&["required = true", "-REQUIRED"]),
        "constraint" => has(&["assert", "min =", "max =", "length_m"]),
        "calculation" | "calculate" => has(&["value =", "prefill ="]),
        "default" => has(&["default =", "prefill ="]),
        "repeat_count" | "count" => has(&["max =", "size("]),
        "choice_filter" => has(&["within ="]),
        "parameters" => has(&["min ="]),
        "appearance" => {
            (text == "multiline" && has(&["multiline"]))
                || text == "field-list"
                || has(&["kind = \"repeat\""])
        }
        "disabled" => is_no,
        _ => {
            is_no
                || words_of(text)
                    .iter()
                    .all(|word| everywhere.contains(word.as_str()))
        }
    }
}

/// The words of a text as they stand in TOML.
fn words_of(text: &str) -> Vec<String> {
    let plain = text.replace('\\', "\\\\").replace('"', "\\\"");
    plain
        .split_whitespace()
        .filter(|word| !word.contains("${"))
        .map(str::to_owned)
        .collect()
}
