//! Pages that everybody can use: axe-core finds nothing on any page, nor in any state of a form by day and by night, on a
//! screen of 320 px;
//! and the Nu checker finds no fault in the HTML.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tests::{City, Plan, browser, repository, scenarios, tree};

/// What is filled in, step by step, to its receipt.
const SCENARIO: &str = "S20";
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
    let journey =
        json!({ "service": scenario.service, "lang": scenario.lang, "type": scenario.r#type });
    let mut order = json!({ "portal": city.portal_url(), "now": city.now(), "pages": pages, "journey": journey });
    let result = browser::drive("accessible.mjs", order.clone()).unwrap();
    println!("{} pages, {} pages × states", pages.len(), result["looked"]);
    assert_eq!(result["found"], json!([]), "{:#}", result["found"]);
    assert!(result["looked"].as_u64().unwrap() as usize > pages.len() + 30);

    // The test of the test: a question without a name, words too faint, a page too wide.
    order["pages"] = json!(["/"]);
    order["journey"] = Value::Null;
    order["planted"] = json!(
        "const faint = document.createElement('p')
         faint.textContent = 'faint'
         faint.style.cssText = 'color: #bbb; background: #fff; width: 500px'
         document.querySelector('main').append(document.createElement('input'), faint)"
    );
    let planted = browser::drive("accessible.mjs", order).unwrap();
    let rules: Vec<&str> = planted["found"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|fault| fault["rule"].as_str())
        .collect();
    for rule in ["label", "color-contrast", "narrow"] {
        assert!(rules.contains(&rule), "{rule} was planted: {rules:?}");
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
