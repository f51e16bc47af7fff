//! A service that some agencies alone take: its page offers no other, in real browsers.
#![allow(clippy::unwrap_used)]

use std::fs;

use serde_json::json;
use tests::browser::Engine;
use tests::programs::Programs;
use tests::{City, Plan, browser, repository, scenarios, tree};

const SCENARIO: &str = "S01";
/// In Quận Ba Đình.
const OTHER: &str = "00001";

#[test]
fn a_page_offers_those_that_take_it() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let forms = Programs::scratch().unwrap().join("city/only-forms");
    let _ = fs::remove_dir_all(&forms);
    tree::write(&forms, &tree::files(&repository::path("forms")).unwrap()).unwrap();
    let path = forms.join(&scenario.service).join("form.toml");
    let text = fs::read_to_string(&path).unwrap();
    let shared = "use = \"agency-birth\"\n";
    let narrowed = text.replacen(
        shared,
        &format!("{shared}set.\"agency\" = {{ only = [\"002\", \"00178\"] }}\n"),
        1,
    );
    assert_ne!(narrowed, text);
    fs::write(&path, narrowed).unwrap();
    let plan = Plan {
        forms: Some(forms),
        ..Plan::for_test("only", Some(&scenario.date)).unwrap()
    };
    let city = City::start(&plan, &|_| ()).unwrap();
    let order = json!({ "portal": city.portal_url(), "now": city.now(), "service": scenario.service, "other": OTHER });
    let agencies = repository::agencies().unwrap();
    let takes = |district: &str, code: &str| district == "002" || code == "00178";
    let mut wanted: Vec<_> = agencies
        .iter()
        .filter(|agency| takes(&agency.district_code, &agency.code))
        .map(|agency| agency.code.clone())
        .collect();
    wanted.sort();
    for engine in [Engine::Chromium, Engine::Firefox] {
        let seen = browser::drive_in(engine, "only.mjs", order.clone()).unwrap();
        assert_eq!(seen["complaints"], json!([]));
        let codes = seen["offered"]["codes"].as_array().unwrap();
        let mut offered: Vec<_> = codes
            .iter()
            .map(|code| code.as_str().unwrap().to_owned())
            .collect();
        assert_eq!(seen["chosen"], json!(offered[0]));
        offered.sort();
        assert_eq!(offered, wanted);
        assert_eq!(
            seen["offered"]["districts"],
            json!(["Quận Đống Đa", "Quận Hoàn Kiếm"])
        );
        assert_eq!(seen["pickers"], 0);
        assert_eq!(
            seen["sent"], "",
            "another agency is not offered to whom a link sends with it"
        );
    }
}
