//! A service begun with `motcua new form --like`, then checked, published, filled in by a person in a real Chromium, sent,
//! and opened by the office: within one test, as an editor's first day goes.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};
use tests::programs::Programs;
use tests::{City, Plan, browser, repository, scenarios, tree};

/// The service that the new one is like, and what a person fills in.
const LIKE: &str = "S05";
const ID: &str = "cap-lai-giay-to";
const TITLE: &str = "Cấp lại giấy tờ theo mẫu";

#[test]
fn a_form_like_another_is_published_filled_in_and_opened() {
    let scenario = scenarios::of(LIKE).unwrap();
    let forms = Programs::scratch().unwrap().join("new-form");
    let _ = fs::remove_dir_all(&forms);
    tree::write(&forms, &tree::files(&repository::path("forms")).unwrap()).unwrap();

    let said = motcua(
        &[
            "new",
            "form",
            ID,
            "--like",
            &scenario.service,
            "--title",
            TITLE,
        ],
        &forms,
    );
    assert_eq!(
        said,
        format!("{}\n", forms.join(ID).join("form.toml").display())
    );
    // It begins as a trial; the editor takes it live.
    let definition = forms.join(ID).join("form.toml");
    let trial = fs::read_to_string(&definition).unwrap();
    let live = trial.replace("mode = \"trial\"", "mode = \"live\"");
    assert!(live != trial);
    fs::write(&definition, live).unwrap();
    assert!(motcua(&["check", "--lang", "en"], &forms).ends_with("no fault\n"));

    let plan = Plan {
        forms: Some(forms.clone()),
        ..Plan::for_test("new-form", Some(&scenario.date)).unwrap()
    };
    let city = City::start(&plan, &|_| ()).unwrap();
    let page = fs::read_to_string(city.portal_dir().join(ID).join("index.html")).unwrap();
    assert!(page.contains(TITLE), "{page}");
    let journey =
        json!({"id": "new-form", "service": ID, "lang": scenario.lang, "type": scenario.r#type});
    let order = json!({"portal": city.portal_url(), "now": city.now(), "journeys": [journey]});
    let result = browser::drive("journey.mjs", order).unwrap()[0].clone();
    assert_eq!(
        (&result["failure"], &result["complaints"]),
        (&Value::Null, &json!([])),
        "{result}"
    );

    let receipt = tests::citizen::payload_of(result["receipt"].as_str().unwrap()).unwrap();
    assert_eq!(receipt["form"]["id"], ID);
    let cases = city
        .wait_for_case(receipt["id"].as_str().unwrap(), scenario.offices.len())
        .unwrap();
    let mut opened = Map::new();
    for case in &cases {
        assert_eq!(
            (&case.content["form"]["id"], &case.content["reference"]),
            (&json!(ID), &result["reference"])
        );
        assert_eq!(Some(&case.office), scenario.offices.get(case.role()));
        opened.extend(case.answers().clone());
    }
    assert_eq!(opened, scenario.answers);
    println!(
        "{ID}, like {}: {} answers opened by {} offices",
        scenario.service,
        opened.len(),
        cases.len()
    );
}

/// What `motcua` says on standard output when all went well.
fn motcua(arguments: &[&str], forms: &Path) -> String {
    let mut command: Command = Programs::built().unwrap().motcua();
    let output = command
        .args(arguments)
        .arg("--forms")
        .arg(forms)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
