//! The JSON Schemas that we publish, judged by foreign validators: ajv and Python's jsonschema. Answers that the intake
//! opened fit the schema of their service; what is planted into them does not. The forms fit the schema of definitions;
//! broken ones do not.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use formdef::{List, SharedSection, Shelf, Source, parse};
use serde_json::{Map, Value, json};
use tests::programs::Programs;
use tests::{browser, repository, scenarios};

/// So many planted faults, one is judged by the slower validator.
const SOME: usize = 40;

/// What a document is, for messages, its schema's name, the document.
type Document = (String, String, Value);

#[test]
fn answers_fit_the_schema_of_their_service_and_planted_faults_do_not() {
    let schemas = schemas_of_answers();
    let (mut right, mut planted) = (Vec::new(), Vec::new());
    for scenario in scenarios::all().unwrap() {
        let (id, service) = (&scenario.id, &scenario.service);
        let mut add = |what: String, answers: Map<String, Value>| {
            planted.push((
                format!("{id}: {what}"),
                service.clone(),
                Value::Object(answers),
            ))
        };
        for (field, answer) in &scenario.answers {
            for (what, wrong) in damages(answer) {
                let mut answers = scenario.answers.clone();
                answers.insert(field.clone(), wrong);
                add(format!("{field} {what}"), answers);
            }
        }
        for field in schemas[service]["required"].as_array().unwrap() {
            let mut answers = scenario.answers.clone();
            answers.remove(field.as_str().unwrap());
            add(format!("{field} missing"), answers);
        }
        let mut answers = scenario.answers.clone();
        answers.insert("nobody.asked".into(), json!("x"));
        add("a question that there is not".into(), answers);
        right.push((id.clone(), service.clone(), Value::Object(scenario.answers)));
    }
    let count = judge(&schemas, &right, &planted, &["ajv"]);
    // Python goes through lists of 584 wards item by item: it judges some of them.
    let some: Vec<Document> = planted.into_iter().step_by(SOME).collect();
    judge(&schemas, &right, &some, &["jsonschema"]);
    assert_eq!(schemas.len(), 10);
    assert!(count > 1000, "{count} planted faults");
    println!(
        "{} answers fit; {count} planted faults are found by ajv, {} by jsonschema",
        right.len(),
        some.len()
    );
}

/// The answer damaged in each way that a schema has to find, and what was done.
fn damages(answer: &Value) -> Vec<(String, Value)> {
    let mut found = vec![("null".to_owned(), Value::Null)];
    let other_sort = if answer.is_array() {
        json!({})
    } else {
        json!([])
    };
    found.push(("of another sort".to_owned(), other_sort));
    match answer {
        Value::String(_) => found.push(("a number".to_owned(), json!(7))),
        Value::Number(_) => found.push(("in quotes".to_owned(), json!(answer.to_string()))),
        Value::Bool(_) => found.push(("in quotes".to_owned(), json!("true"))),
        Value::Object(members) => {
            let mut more = members.clone();
            more.insert("x".into(), json!("x"));
            found.push(("with a part more".to_owned(), Value::Object(more)));
            for (member, inner) in members {
                let within = damages(inner).into_iter().map(|(what, wrong)| {
                    let mut members = members.clone();
                    members.insert(member.clone(), wrong);
                    (format!(".{member} {what}"), Value::Object(members))
                });
                found.extend(within);
            }
        }
        Value::Array(items) => {
            found.push(("empty".to_owned(), json!([])));
            for (at, inner) in items.iter().enumerate() {
                let within = damages(inner).into_iter().map(|(what, wrong)| {
                    let mut items = items.clone();
                    items[at] = wrong;
                    (format!("[{at}] {what}"), Value::Array(items))
                });
                found.extend(within);
            }
        }
        Value::Null => {}
    }
    found
}

/// The schemas of all services, as a portal publishes them.
fn schemas_of_answers() -> BTreeMap<String, Value> {
    let portal = scratch("portal");
    let mut build = Programs::built().unwrap().motcua();
    run(build.args(["build", "--quiet", "--out"]).arg(&portal));
    let entries = fs::read_dir(&portal).unwrap().map(Result::unwrap);
    entries
        .filter(|entry| entry.path().join("schema.json").exists())
        .map(|entry| {
            let service = entry.file_name().into_string().unwrap();
            (service, read_json(&entry.path().join("schema.json")))
        })
        .collect()
}

#[test]
fn definitions_fit_the_schema_of_definitions_and_broken_ones_do_not() {
    let dir = scratch("schemas");
    let mut schema = Programs::built().unwrap().motcua();
    run(schema.arg("schema").arg("--out").arg(&dir));
    let names = ["form", "section", "portal"];
    let schemas: BTreeMap<String, Value> = names
        .map(|name| {
            (
                name.to_owned(),
                read_json(&dir.join(format!("{name}.schema.json"))),
            )
        })
        .into();
    let toml = |path: &Path| Value::String(fs::read_to_string(path).unwrap());
    let forms = repository::path("forms");
    let mut right: Vec<Document> = vec![(
        "portal.toml".into(),
        "portal".into(),
        toml(&forms.join("portal.toml")),
    )];
    for (name, schema) in [("*/form.toml", "form"), ("sections/*.toml", "section")] {
        for path in matching(&forms, name) {
            right.push((path.display().to_string(), schema.into(), toml(&path)));
        }
    }
    let school = fs::read_to_string(forms.join("tuyen-sinh-dau-cap/form.toml")).unwrap();
    let broken: Vec<Document> = BROKEN
        .iter()
        .map(|(from, to)| {
            let text = school.replacen(from, to, 1);
            assert!(text != school, "{from} is not in the form");
            (format!("{from} → {to}"), "form".into(), text.into())
        })
        .collect();
    let count = judge(&schemas, &right, &broken, &["jsonschema"]);
    assert!(right.len() > 20, "{} definitions", right.len());
    println!(
        "{} definitions fit, {count} broken ones do not",
        right.len()
    );
}

/// What is put into a form in another's place.
const BROKEN: &[(&str, &str)] = &[
    ("level = 3", "level = 7"),
    ("level = 3", "level = \"3\""),
    ("level = 3", "lvel = 3"),
    ("version = 1", "version = 0"),
    ("version = 1", "version = 1.5"),
    ("title.vi", "title.xx"),
    ("[recipients]", "[receivers]"),
    ("group = ", "grupo = "),
    ("mode = \"live\"", "mode = \"dead\""),
    ("kind = \"", "kind = \"no-"),
    ("kind = \"", "kin = \""),
    ("label.vi", "lable.vi"),
    ("use = \"", "uses = \""),
    ("severity = \"", "severity = \"very-"),
    ("assert = ", "asserts = "),
];

/// Has the right documents and the wrong ones judged by each validator; how many wrong ones there are.
fn judge(
    schemas: &BTreeMap<String, Value>,
    right: &[Document],
    wrong: &[Document],
    by: &[&str],
) -> usize {
    let documents: Vec<Value> = right
        .iter()
        .chain(wrong)
        .map(|(_, schema, document)| {
            let named = if document.is_string() {
                "toml"
            } else {
                "document"
            };
            json!({"schema": schema, named: document})
        })
        .collect();
    let order = json!({"schemas": schemas, "documents": documents}).to_string();
    for validator in by {
        let said = match *validator {
            "ajv" => browser::node("tests/interop/validate.mjs", &[], &order),
            _ => browser::python("tests/interop/validate.py", &[], &order),
        };
        let said: Vec<Vec<String>> = serde_json::from_str(&said.unwrap()).unwrap();
        let (of_right, of_wrong) = said.split_at(right.len());
        let refused: Vec<_> = right
            .iter()
            .zip(of_right)
            .filter(|(_, said)| !said.is_empty())
            .map(|((what, ..), said)| (what, said))
            .collect();
        assert!(refused.is_empty(), "{validator}: {refused:#?}");
        let passed: Vec<_> = wrong
            .iter()
            .zip(of_wrong)
            .filter(|(_, said)| said.is_empty())
            .map(|((what, ..), _)| what)
            .collect();
        assert!(
            passed.is_empty(),
            "{validator}: {} of {} pass: {passed:#?}",
            passed.len(),
            wrong.len()
        );
    }
    wrong.len()
}

/// The files of `*/form.toml` or `sections/*.toml`.
fn matching(forms: &Path, pattern: &str) -> Vec<PathBuf> {
    let entries = |dir: &Path| {
        let entries = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        entries.collect::<Vec<PathBuf>>()
    };
    let mut found = match pattern.split_once('/') {
        Some(("*", name)) => entries(forms)
            .iter()
            .map(|dir| dir.join(name))
            .filter(|path| path.is_file())
            .collect(),
        Some((dir, _)) => entries(&forms.join(dir)),
        None => Vec::new(),
    };
    found.sort();
    found
}

fn read_json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn scratch(name: &str) -> PathBuf {
    Programs::scratch().unwrap().join(format!("schemas-{name}"))
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn what_must_be_there_is_the_same_for_the_reader_and_for_the_schema() {
    let shelf = shelf();
    let whole = complete();
    assert_eq!(faults_of(&whole, &shelf), Vec::<&str>::new());
    let less = each_without_one_key(&whole);
    let schemas = BTreeMap::from([("form".to_owned(), formdef::form_schema(&shelf, "en"))]);
    let documents = less
        .iter()
        .map(|(_, less)| json!({"schema": "form", "document": less}));
    let order = json!({"schemas": schemas, "documents": documents.collect::<Vec<_>>()}).to_string();
    let said = browser::python("tests/interop/validate.py", &[], &order).unwrap();
    let said: Vec<Vec<String>> = serde_json::from_str(&said).unwrap();
    let (mut must, mut may) = (0, 0);
    for ((path, less), said) in less.iter().zip(said) {
        let faults = faults_of(less, &shelf);
        let is_missed = faults.contains(&"missing-key") || faults.contains(&"empty-list");
        assert_eq!(
            is_missed,
            !said.is_empty(),
            "{path}: left: the reader misses it, right: the schema: {said:?}"
        );
        *(if is_missed { &mut must } else { &mut may }) += 1;
    }
    assert!(
        must > 30 && may > 30,
        "{must} keys that must be there, {may} others"
    );
    println!("{must} keys must be there, {may} may");
}

/// One shared section, and the lists that the definition below needs.
fn shelf() -> Shelf {
    let list = |id: &str| {
        let list = json!({"id": id, "groups": [{"code": "g", "label": {"vi": "G"}}], "items": [{"code": "01", "label": {"vi": "A"}, "group": "g"}]});
        (id.to_owned(), List::from_json(&list.to_string()).unwrap())
    };
    let shared =
        "title.vi = 'Mục'\n[[field]]\nid = 'shared.name'\nkind = 'person-name'\nlabel.vi = 'Tên'\n";
    let shared = Source {
        path: "forms/sections/shared.toml".into(),
        text: shared.into(),
    };
    Shelf {
        languages: vec!["vi".into(), "en".into()],
        sections: [("shared".to_owned(), SharedSection::new("shared", shared))].into(),
        lists: [
            "agencies",
            "provinces",
            "countries",
            "id-paper",
            "residence-kind",
        ]
        .map(list)
        .into(),
        offices: [
            ("ward".to_owned(), String::new()),
            ("police".to_owned(), "ca-".to_owned()),
        ]
        .into(),
    }
}

/// A definition that has nearly every key.
fn complete() -> Value {
    let words = json!({"vi": "Chữ", "en": "Words"});
    let wording = json!({"id": "R-OWN", "message": words});
    let rule = json!({"id": "R-1", "assert": "n > 3", "severity": "warning", "message": words});
    let placed =
        json!({"id": "R-2", "on": "n", "assert": "n > 2", "severity": "info", "message": words});
    let options = json!([{"value": "a", "label": words}, {"value": "b", "label": words}]);
    let asked = json!([
        {"id": "agency", "kind": "agency", "label": words, "required": true, "only": ["g", "01"]},
        {"id": "n", "kind": "integer", "label": words, "hint": words, "source": "P1", "sensitive": true, "required": true,
         "min": 1, "max": 9, "default": 2, "invalid": wording, "missing": wording, "rule": [rule]},
        {"id": "p", "kind": "integer", "label": words, "prefill": "n"},
    ]);
    let more = json!([
        {"id": "t", "kind": "text", "label": words, "length_min": 2, "length_max": 9, "show_when": "n > 6"},
        {"id": "d", "kind": "number", "label": words, "decimals": 1},
        {"id": "c", "kind": "choice", "label": words, "options": options},
        {"id": "w", "kind": "choice", "label": words, "list": "agencies", "within": "district_of(agency)"},
        {"id": "u", "kind": "admin-unit", "label": words, "levels": 1},
        {"id": "worked", "kind": "computed", "label": words, "value": "n * 2", "gives": "money"},
        {"id": "r", "kind": "repeat", "label": words, "min": 1, "max": 3, "ordered": true, "distinct": "who", "field": [
            {"id": "who", "kind": "person-name", "label": words, "required": true, "capitals": true},
        ]},
        {"id": "e", "kind": "entry", "label": words, "of": "r"},
    ]);
    let sections = json!([
        {"id": "office", "title": words, "intro": words, "field": asked},
        {"use": "shared", "title": words, "intro": words, "show_when": "n > 4", "omit": [], "set": {"shared.name": {"capitals": true}}},
        {"id": "more", "title": words, "show_when": "n > 5", "rule": [placed], "field": more},
    ]);
    let recipients = json!({
        "ward": {"office": "agency", "reads": ["*"]},
        "police": {"office": {"district_of": "agency", "kind": "police"}, "reads": ["agency", "n"]},
    });
    let mut whole = json!({
        "title": words, "version": 1, "level": 3, "code": "1.2", "group": "g", "mode": "trial",
        "recipients": recipients, "section": sections, "rule": [placed],
    });
    for text in ["summary", "who", "authority", "time", "fee"] {
        whole[text] = words.clone();
    }
    for list in ["results", "legal", "steps", "show"] {
        whole[list] = json!([words]);
    }
    whole
}

/// The definition without one of its keys, for each, with the key's place.
fn each_without_one_key(whole: &Value) -> Vec<(String, Value)> {
    let mut less = Vec::new();
    match whole {
        Value::Object(members) => {
            for (key, value) in members {
                let mut rest = members.clone();
                rest.remove(key);
                less.push((key.clone(), Value::Object(rest)));
                for (path, inner) in each_without_one_key(value) {
                    let mut members = members.clone();
                    members.insert(key.clone(), inner);
                    less.push((format!("{key}.{path}"), Value::Object(members)));
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                for (path, inner) in each_without_one_key(item) {
                    let mut items = items.clone();
                    items[at] = inner;
                    less.push((format!("{at}.{path}"), Value::Array(items)));
                }
            }
        }
        _ => {}
    }
    // Texts need their default language, not a key; roles and fields are named by the definition itself.
    less.retain(|(path, _)| {
        !path.ends_with("vi") && !path.ends_with("en") && !path.ends_with("set.shared.name")
    });
    less
}

/// The codes of what is wrong with a definition.
fn faults_of(definition: &Value, shelf: &Shelf) -> Vec<&'static str> {
    let lines = definition.as_object().unwrap().iter();
    let lines: Vec<String> = lines
        .map(|(key, value)| format!("{key} = {}", as_toml(value)))
        .collect();
    let source = Source {
        path: "forms/any/form.toml".into(),
        text: lines.join("\n"),
    };
    let (_, faults) = parse(&source, shelf);
    faults.iter().map(|fault| fault.code).collect()
}

/// Tables and lists on one line; texts and numbers are written alike in both.
fn as_toml(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(key, value)| format!("{key:?} = {}", as_toml(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(as_toml).collect::<Vec<_>>().join(", ")
        ),
        other => other.to_string(),
    }
}
