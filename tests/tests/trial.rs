//! A trial is marked from end to end: on every page, on paper, in the receipt, at the intake; and it never becomes a case.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tests::citizen::payload_of;
use tests::programs::{Programs, run};
use tests::scenarios::{self, Scenario};
use tests::{City, Plan, browser, repository, tree};

/// One scenario of a form in trial, one that goes to an agency in trial.
const OF_A_FORM: &str = "S04";
const TO_AN_AGENCY: &str = "S08";

/// The repository's forms, with the service of the one and the agency of the other in trial.
fn forms(form: &Scenario, agency: &str) -> PathBuf {
    let copy = Programs::scratch().unwrap().join("city/trial-forms");
    let _ = fs::remove_dir_all(&copy);
    let files = tree::files(&repository::path("forms")).unwrap();
    tree::write(&copy, &files).unwrap();
    let path = copy.join(&form.service).join("form.toml");
    let text = fs::read_to_string(&path).unwrap();
    let trial = text.replacen("mode = \"live\"", "mode = \"trial\"", 1);
    assert_ne!(trial, text);
    fs::write(&path, trial).unwrap();
    let path = copy.join("agencies.csv");
    let rows = fs::read_to_string(&path).unwrap();
    let with_mode = |row: &str| match row {
        head if head.starts_with("code,") => format!("{head},mode\n"),
        its if its.starts_with(agency) => format!("{its},trial\n"),
        other => format!("{other},\n"),
    };
    fs::write(&path, rows.lines().map(with_mode).collect::<String>()).unwrap();
    copy
}

/// The address of an agency's page.
fn agency_page(code: &str) -> String {
    let rows = fs::read_to_string(repository::path("forms/agencies.csv")).unwrap();
    let row = rows.lines().find(|row| row.starts_with(code)).unwrap();
    format!("/co-quan/{}/", row.split(',').nth(5).unwrap())
}

fn intake(city: &City, arguments: &[&str]) -> String {
    let mut intake = city.programs().intake();
    intake.arg("--config").arg(city.intake_config());
    run(intake.args(arguments)).unwrap()
}

#[test]
fn a_trial_is_marked_from_end_to_end_and_never_becomes_a_case() {
    let scenarios = [OF_A_FORM, TO_AN_AGENCY].map(|id| scenarios::of(id).unwrap());
    let [form, agency] = &scenarios;
    let code = agency.answers["agency"].as_str().unwrap();
    assert_ne!(form.answers["agency"], code);
    let plan = Plan {
        forms: Some(forms(form, code)),
        ..Plan::for_test("trial", Some(&form.date)).unwrap()
    };
    let city = City::start(&plan, &|_| ()).unwrap();
    let journeys: Vec<Value> = scenarios
        .iter()
        .map(|its| {
            let page = agency_page(its.answers["agency"].as_str().unwrap());
            json!({ "id": its.id, "service": its.service, "lang": "vi", "type": its.r#type, "agency": page })
        })
        .collect();
    let order = json!({ "portal": city.portal_url(), "now": city.now(), "journeys": journeys });
    let results = browser::drive("trial.mjs", order).unwrap();

    // Where each says so: the form's service page and form, the agency's own page, both from the review on.
    let says = |at: usize, page: &str| results[at][page].as_str().unwrap().contains("chạy thử");
    for page in ["home", "service", "form", "review", "printed", "page"] {
        assert!(says(0, page), "{page}: {}", results[0][page]);
    }
    for page in ["agency", "review", "printed", "page"] {
        assert!(says(1, page), "{page}: {}", results[1][page]);
    }
    assert!(!says(1, "service"), "{}", results[1]["service"]);

    for (at, scenario) in scenarios.iter().enumerate() {
        let receipt = payload_of(results[at]["receipt"].as_str().unwrap()).unwrap();
        assert_eq!(receipt["mode"], "trial");
        let file = results[at]["download"].as_str().unwrap();
        assert!(file.starts_with("receipt-trial-"), "{file}");
        let office = scenario.offices["ward"].as_str();
        let folder = city.intake_dir().join("trial").join(office);
        let id = receipt["id"].as_str().unwrap();
        while !folder.exists() || fs::read_dir(&folder).unwrap().next().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let text = intake(&city, &["show", id]);
        assert!(text.contains("CHẠY THỬ – không phải hồ sơ thật"), "{text}");
        let html = intake(&city, &["show", id, "--html"]);
        assert!(html.contains("CHẠY THỬ – không phải hồ sơ thật"), "{html}");
        let json: Value = serde_json::from_str(&intake(&city, &["show", id, "--json"])).unwrap();
        assert_eq!(json["cases"][0]["mode"], "trial");
    }
    assert_eq!(intake(&city, &["list"]).matches("(trial)").count(), 2);
    assert!(city.handed_over().is_empty(), "{:?}", city.handed_over());
}
