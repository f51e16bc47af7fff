//! One form with every kind of field: filled in on a small telephone, seen in the review and on paper, sealed, sent, and
//! opened inside as what was typed.
#![allow(clippy::unwrap_used)]

use std::fs;

use serde_json::{Value, json};
use tests::programs::Programs;
use tests::{City, Plan, browser, repository, tree};

const DAY: &str = "2016-10-10";
const SERVICE: &str = "phong-mau";

/// The repository's forms with the showroom among them.
fn forms() -> std::path::PathBuf {
    let copy = Programs::scratch().unwrap().join("city/showroom-forms");
    let _ = fs::remove_dir_all(&copy);
    let files = tree::files(&repository::path("forms")).unwrap();
    tree::write(&copy, &files).unwrap();
    fs::create_dir(copy.join(SERVICE)).unwrap();
    let form = repository::path("tests/showroom/form.toml");
    fs::copy(form, copy.join(SERVICE).join("form.toml")).unwrap();
    copy
}

fn journey() -> Value {
    let text = fs::read_to_string(repository::path("tests/showroom/journey.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn every_kind_is_in_the_showroom() {
    let text = fs::read_to_string(repository::path("tests/showroom/form.toml")).unwrap();
    for kind in formdef::kinds() {
        let line = format!("kind = \"{}\"\n", kind.name());
        assert!(text.contains(&line), "{}", kind.name());
    }
}

#[test]
fn every_kind_goes_from_a_small_screen_to_the_office() {
    let mut plan = Plan::for_test("showroom", Some(DAY)).unwrap();
    plan.forms = Some(forms());
    let city = City::start(&plan, &|_| ()).unwrap();
    let journey = journey();
    let wanted = journey["review"].as_object().unwrap();
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "service": SERVICE,
        "type": journey["type"], "review": wanted.keys().collect::<Vec<_>>(),
    });
    let result = browser::drive("showroom.mjs", order).unwrap();
    assert_eq!(result["complaints"], json!([]));
    assert_eq!(result["wide"], json!([]), "steps wider than 320 px");
    assert_eq!(result["review"], journey["review"]);
    assert_eq!(result["papers"], journey["papers"]);
    let printed = |what: &str| result["printed"][what].as_u64().unwrap();
    assert!(
        printed("shown") >= printed("content"),
        "{}",
        result["printed"]
    );

    let receipt = result["sent"]["receipt"].as_str().unwrap();
    let payload = envelope::base64url::decode(receipt.split('.').nth(1).unwrap()).unwrap();
    let receipt: Value = serde_json::from_slice(&payload).unwrap();
    let cases = city
        .wait_for_case(receipt["id"].as_str().unwrap(), 1)
        .unwrap();
    assert_eq!(Value::from(cases[0].answers()), journey["answers"]);
    assert_eq!(cases[0].faults(), []);
}
