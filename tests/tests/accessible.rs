//! Pages that everybody can use: axe-core finds nothing on any page, nor in any state of a form by day and by night, on a
//! screen of 1280 px at 400 %; nothing is lost without colours, nothing moves where less motion is asked for, and a screen reader is given
//! a name for everything and the words for what happened; and the Nu checker finds no fault in the HTML.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tests::programs::Programs;
use tests::{City, Day, Plan, browser, repository, scenarios, tree};

/// What is filled in, step by step, to its receipt.
const SCENARIO: &str = "S20";
/// The paper of it that gets a file.
const PAPER: &str = "att.birth_notice";
/// What is filled in as far as the review: lists, repeated entries, a worked-out amount.
const ANOTHER: &str = "S32";
/// Agencies' pages are one page 584 times over; these are an open one, and one that opens later, in each language.
const AGENCIES: usize = 4;

/// The pages of a portal as its folder has them: all but the agencies', and a few of those.
fn pages(portal: &Path) -> Vec<String> {
    let files = tree::files(portal).unwrap();
    let paths = files.keys().filter_map(|path| {
        let path = path.to_str()?;
        let folder = path.strip_suffix("index.html");
        folder.or(path.ends_with(".html").then_some(path))
    });
    let (agencies, mut pages): (Vec<String>, Vec<String>) = paths
        .map(|path| format!("/{path}"))
        .partition(|path| is_agency(path));
    assert!(agencies.len() > 1000, "{}", agencies.len());
    let step = agencies.len() / AGENCIES;
    pages.extend(agencies.into_iter().step_by(step));
    pages
}

fn is_agency(path: &str) -> bool {
    ["/co-quan/", "/en/agencies/"]
        .iter()
        .any(|list| path.strip_prefix(list).is_some_and(|rest| !rest.is_empty()))
}

#[test]
fn nobody_is_shut_out_in_any_state() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("accessible", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let pages = pages(&city.portal_dir());
    let folder = Programs::scratch().unwrap().join("accessible");
    std::fs::create_dir_all(&folder).unwrap();
    let (good, bad) = (folder.join("notice.pdf"), folder.join("notice.txt"));
    std::fs::write(&good, [&b"%PDF-1.7\n"[..], &vec![0; 2 << 20]].concat()).unwrap();
    std::fs::write(&bad, "no paper").unwrap();
    let mut order = json!({
        "portal": city.portal_url(), "now": city.now(), "pages": pages, "journeys": journeys(&scenario.id),
        "files": { "paper": PAPER, "good": good, "bad": bad },
    });
    let result = browser::drive("accessible.mjs", order.clone()).unwrap();
    println!("{} pages, {} pages × states", pages.len(), result["looked"]);
    assert_eq!(result["found"], json!([]), "{:#}", result["found"]);
    assert!(result["looked"].as_u64().unwrap() as usize > 2 * pages.len() + 90);
    tells_what_happened(&result["heard"]);

    // The test of the test: a question without a name, words too faint, a page too wide, a button that only its colour makes
    // one, something that moves.
    order["pages"] = json!(["/"]);
    order["journeys"] = json!([]);
    order["planted"] = json!(
        "const faint = document.createElement('p')
         faint.textContent = 'faint'
         faint.style.cssText = 'color: #bbb; background: #fff; width: 500px'
         const flat = document.createElement('button')
         flat.textContent = 'flat'
         flat.style.border = '0'
         document.querySelector('main').append(document.createElement('input'), faint, flat)
         flat.animate({ opacity: [0, 1] }, { duration: 500, iterations: Infinity })"
    );
    let planted = browser::drive("accessible.mjs", order).unwrap();
    let rules: Vec<&str> = planted["found"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|fault| fault["rule"].as_str())
        .collect();
    for rule in [
        "label",
        "color-contrast",
        "narrow",
        "heard",
        "forced-colors",
        "motion",
    ] {
        assert!(rules.contains(&rule), "{rule} was planted: {rules:?}");
    }
}

/// The one that is sent, and [`ANOTHER`]; with `MOTCUA_ACCESSIBLE=all` one of every service.
fn journeys(sent: &str) -> Vec<Value> {
    let mut services = BTreeSet::new();
    let is_all = std::env::var("MOTCUA_ACCESSIBLE").as_deref() == Ok("all");
    let mut scenarios = scenarios::all().unwrap();
    scenarios.sort_by_key(|scenario| scenario.id != sent);
    // On another day the keys that this portal was published with are out of date: nothing is sealed.
    let of_the_day = scenarios[0].date.clone();
    scenarios.retain(|scenario| {
        services.insert(scenario.service.clone())
            && (is_all || [sent, ANOTHER].contains(&scenario.id.as_str()))
    });
    let journeys = scenarios.iter().map(|scenario| {
        let day: Day = scenario.date.parse().unwrap();
        json!({
            "service": scenario.service, "lang": scenario.lang, "type": scenario.r#type, "sent": scenario.id == sent,
            "now": day.unix_s(), "waits": scenario.date == of_the_day,
        })
    });
    journeys.collect()
}

/// What a screen reader says first in the states in which something has happened.
fn tells_what_happened(heard: &Value) {
    let heard = heard.as_array().unwrap();
    let states = |ending: &str| -> Vec<&Value> {
        let its = heard
            .iter()
            .filter(|state| state["state"].as_str().unwrap().ends_with(ending));
        its.collect()
    };
    let with_errors = states(" with errors");
    assert!(with_errors.len() > 5, "{heard:?}");
    // A group of radios says what is wrong as a group.
    let tell_controls = with_errors.iter();
    let tell_controls = tell_controls.filter(|state| state["wrong"] != json!([]));
    assert!(tell_controls.count() > 5, "{heard:#?}");
    for state in with_errors {
        assert!(
            state["focus"].as_str().unwrap().starts_with("alert"),
            "{state}"
        );
        assert!(state["alert"].as_str().unwrap().len() > 20, "{state}");
    }
    for (ending, first) in [
        ("review", "heading: "),
        ("receipt", "heading: Application received"),
    ] {
        let state = states(ending)[0];
        assert!(
            state["focus"].as_str().unwrap().starts_with(first),
            "{state}"
        );
    }
}

#[test]
fn every_page_is_valid_html() {
    let programs = tests::programs::Programs::built().unwrap();
    let out = tests::programs::Programs::scratch()
        .unwrap()
        .join("city")
        .join("valid");
    tests::programs::run(programs.motcua().args(["build", "--out"]).arg(&out)).unwrap();
    let files: Vec<PathBuf> = pages(&out)
        .iter()
        .map(|path| {
            let file = path.trim_start_matches('/');
            out.join(if path.ends_with('/') {
                format!("{file}index.html")
            } else {
                file.to_owned()
            })
        })
        .collect();
    println!("{} pages", files.len());
    assert_eq!(faults(&files), Vec::<Value>::new());

    let planted = out.join("planted.html");
    std::fs::write(
        &planted,
        "<!doctype html><html lang=vi><title>a</title><p id=a><p id=a><nonsense>",
    )
    .unwrap();
    assert!(faults(&[planted]).len() >= 2);
}

/// What the Nu checker says of these files.
fn faults(files: &[PathBuf]) -> Vec<Value> {
    let checker = repository::path("tests/browser/node_modules/vnu-jar/build/dist/vnu.jar");
    let output = Command::new("java")
        .args(["-jar"])
        .arg(&checker)
        .args(["--errors-only", "--format", "json"])
        .args(files)
        .output()
        .expect("java: run tests/install");
    let said: Value = serde_json::from_slice(&output.stderr)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    said["messages"].as_array().unwrap().clone()
}
