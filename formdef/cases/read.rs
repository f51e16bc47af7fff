//! Reads the shared cases: for `tests/cases.rs`, which checks them in Rust, and for `examples/cases.rs`, which prints them
//! for the page's script. `cases/README.md` has the format.

use formdef::{Form, List, Lists, SharedSection, Shelf, Source};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Answers to a form at a moment, and the faults that they have.
pub(crate) struct Case {
    /// `person-name/probes: good 3`.
    pub(crate) name: String,
    pub(crate) form: Form,
    pub(crate) answers: Map<String, Value>,
    /// When they are checked: a day, its first second, or a moment.
    pub(crate) at: String,
    /// `[{field, rule, severity}]`.
    pub(crate) expect: Vec<Value>,
}

/// Each case form has this besides its own, so that it has a recipient.
const HEAD: &str = r#"
title = { vi = "Mẫu", en = "Case" }
version = 1
level = 3
[recipients]
ward = "office.agency"
[[section]]
id = "office"
title = { vi = "Cơ quan", en = "Office" }
[[section.field]]
id = "office.agency"
kind = "agency"
label = { vi = "Kính gửi", en = "Authority" }
required = true
[[section]]
id = "case"
title = { vi = "Mẫu", en = "Case" }
"#;

/// The answer to the field of [`HEAD`].
const AGENCY: &str = "00043";

/// The folder of the cases.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// All files with that ending below a folder of the cases, in order.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = entries(folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    files.sort();
    files
}

/// The names of the folders below one.
pub(crate) fn folders(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = entries(folder)
        .into_iter()
        .filter(|path| path.is_dir())
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of cases");
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

/// What the cases' forms refer to: the lists of `cases/lists`, the shared sections of `cases/sections`.
pub(crate) fn shelf() -> Shelf {
    let lists: Lists = files(&folder().join("lists"), "json")
        .iter()
        .map(|path| {
            let list = List::from_json(&read(path)).expect("a list");
            (
                list.id.clone(),
                List {
                    sha256: "of-a-case".into(),
                    ..list
                },
            )
        })
        .collect();
    let sections = files(&folder().join("sections"), "toml");
    let offices = [("ward", ""), ("police", "ca-"), ("insurance", "bh-")];
    Shelf {
        languages: vec!["vi".into(), "en".into()],
        lists,
        sections: sections
            .iter()
            .map(|path| {
                let name = stem(path);
                let path_shown = format!("forms/sections/{name}.toml");
                let source = Source {
                    path: path_shown,
                    text: read(path),
                };
                (name.clone(), SharedSection::new(&name, source))
            })
            .collect(),
        offices: offices
            .map(|(kind, prefix)| (kind.into(), prefix.into()))
            .into(),
    }
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

pub(crate) fn stem(path: &Path) -> String {
    path.file_stem()
        .and_then(|stem| stem.to_str())
        .expect("a name")
        .to_owned()
}

/// Every case of every kind, then of the expressions.
pub(crate) fn all() -> Vec<Case> {
    let shelf = shelf();
    let mut cases = Vec::new();
    for kind in folders(&folder()) {
        for path in files(&folder().join(&kind), "json") {
            let file: Value = serde_json::from_str(&read(&path))
                .unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
            let name = format!("{kind}/{}", stem(&path));
            match kind.as_str() {
                "lists" | "sections" => {}
                "expressions" => cases.extend(of_expressions(&name, &file, &shelf)),
                _ => cases.extend(of_kind(&name, &file, &shelf)),
            }
        }
    }
    cases
}

/// `good` and `bad` values of one field, `cases` of several.
fn of_kind(name: &str, file: &Value, shelf: &Shelf) -> Vec<Case> {
    let form = form(name, &lines(&file["form"]), shelf);
    let case = |name: String, answers: &Value, at: Option<&str>, expect: Vec<Value>| Case {
        name,
        form: form.clone(),
        answers: with_agency(answers),
        at: at.map_or_else(|| moment(file), str::to_owned),
        expect,
    };
    let mut cases = Vec::new();
    let field = file["field"].as_str().unwrap_or_default();
    for (at, value) in list(&file["good"]).iter().enumerate() {
        cases.push(case(
            format!("{name}: good {}", at + 1),
            &json!({ field: value }),
            None,
            vec![],
        ));
    }
    for (at, bad) in list(&file["bad"]).iter().enumerate() {
        let expect = json!({
            "field": bad["field"].as_str().unwrap_or(field),
            "rule": bad["rule"],
            "severity": bad["severity"].as_str().unwrap_or("error"),
        });
        cases.push(case(
            format!("{name}: bad {}", at + 1),
            &json!({ field: bad["value"] }),
            None,
            vec![expect],
        ));
    }
    for (at, several) in list(&file["cases"]).iter().enumerate() {
        let name = format!(
            "{name}: case {} {}",
            at + 1,
            several["name"].as_str().unwrap_or_default()
        );
        let expect = list(&several["expect"]).to_vec();
        cases.push(case(
            name,
            &several["answers"],
            several["at"].as_str().or(several["today"].as_str()),
            expect,
        ));
    }
    cases
}

/// `at`, a moment, or `today`, the first second of that day.
fn moment(of: &Value) -> String {
    text(of.get("at").unwrap_or(&of["today"]))
}

/// Each expression is the value of a computed field; `is` is what it gives, nothing when that is unknown.
fn of_expressions(name: &str, file: &Value, shelf: &Shelf) -> Vec<Case> {
    let fields = lines(&file["form"]);
    let values = list(&file["values"]).iter().enumerate();
    values
        .map(|(at, value)| {
            let expression = text(&value["value"]);
            let computed = format!(
                "[[section.field]]\nid = \"result\"\nkind = \"computed\"\nlabel.vi = \"Kết quả\"\nvalue = '''{expression}'''\n{fields}"
            );
            let mut answers = with_agency(&value["answers"]);
            if let Some(is) = value.get("is") {
                answers.insert("result".into(), is.clone());
            }
            Case {
                name: format!("{name}: {} {expression}", at + 1),
                form: form(name, &computed, shelf),
                answers,
                at: value["at"].as_str().or(value["today"].as_str()).map_or_else(|| moment(file), str::to_owned),
                expect: vec![],
            }
        })
        .collect()
}

fn form(name: &str, text: &str, shelf: &Shelf) -> Form {
    let source = Source {
        path: format!("cases/{name}/form.toml"),
        text: format!("{HEAD}{text}"),
    };
    let (form, faults) = formdef::parse(&source, shelf);
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    form.unwrap_or_else(|| panic!("{}", faults.join("\n")))
}

fn with_agency(answers: &Value) -> Map<String, Value> {
    let mut answers = answers.as_object().cloned().unwrap_or_default();
    answers.entry("office.agency").or_insert(AGENCY.into());
    answers
}

fn lines(value: &Value) -> String {
    let lines: Vec<&str> = list(value).iter().filter_map(Value::as_str).collect();
    lines.join("\n")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text in the case").to_owned()
}
