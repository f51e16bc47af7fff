//! Two versions of a form: a page that was opened before the new one was published can be sent until the old one's end,
//! and what came by it is read as it was asked, years later, when the portal has forgotten it.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use formdef::Moment;
use serde_json::{Value, json};
use tests::citizen::Citizen;
use tests::programs::run;
use tests::scenarios::{self, Scenario};
use tests::{City, Plan, browser, http, repository, tree};

const SCENARIO: &str = "S08";
const FORM: &str = "khai-tu/form.toml";
/// A question that only the second version asks, and must have answered.
const QUESTION: &str = "
[[section]]
id = \"more\"
title.vi = \"Bổ sung\"

[[section.field]]
id = \"more.reason\"
kind = \"text\"
label.vi = \"Lý do\"
required = true
";
/// For how long the first version is to be taken after the second is published, as it is planned at first.
const GRACE_S: i64 = 24 * 3600;
/// How long the offices may take to get what was sent.
const PATIENCE: Duration = Duration::from_secs(90);
/// By how much the relay's clock may be behind the city's: it is set when the relay is started.
const LATE_S: i64 = 30;
/// How far ahead its end is when it is brought forward: a portal is built and published in that time on an idle machine.
const NEAR_S: i64 = 5;

/// The repository's forms in a folder of their own.
fn forms(name: &str) -> PathBuf {
    let copy = tests::programs::Programs::scratch()
        .unwrap()
        .join("city")
        .join(format!("{name}-forms"));
    let _ = fs::remove_dir_all(&copy);
    let files = tree::files(&repository::path("forms")).unwrap();
    tree::write(&copy, &files).unwrap();
    copy
}

/// Keeps the first version as it is published, and writes the second.
fn write_the_second(city: &City, forms: &Path, accept_until: i64) {
    run(city
        .programs()
        .motcua()
        .arg("keep")
        .arg("--forms")
        .arg(forms))
    .unwrap();
    let accept_until = Moment::from_unix(accept_until).unwrap();
    let path = forms.join(FORM);
    let text = fs::read_to_string(&path).unwrap();
    let next = format!("version = 2\naccept_until = {accept_until}\n");
    fs::write(&path, text.replacen("version = 1\n", &next, 1) + QUESTION).unwrap();
}

/// Lets the first version end at another moment than was planned.
fn bring_forward(forms: &Path, planned: i64, end: i64) {
    let [planned, end] = [planned, end].map(|at| Moment::from_unix(at).unwrap().to_string());
    let path = forms.join(FORM);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(&planned), "{planned} is not in {text}");
    fs::write(&path, text.replacen(&planned, &end, 1)).unwrap();
}

fn posted(city: &City, citizen: &Citizen, scenario: &Scenario) -> http::Answer {
    let sealed = citizen
        .apply(
            &scenario.service,
            &scenario.answers,
            &BTreeMap::new(),
            city.now(),
        )
        .unwrap();
    let (to, body) = (city.relay_address(), Some(sealed.body.as_str()));
    http::request(to, "POST", "/v1/submissions", body).unwrap()
}

fn shown(city: &City, id: &str, layout: &[&str]) -> String {
    let mut intake = city.programs().intake();
    intake.arg("--config").arg(city.intake_config());
    run(intake.args(["show", id]).args(layout)).unwrap()
}

#[test]
fn an_old_page_is_taken_until_its_end_and_read_for_ever() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let forms = forms("versions");
    let plan = Plan {
        forms: Some(forms.clone()),
        ..Plan::for_test("versions", Some(&scenario.date)).unwrap()
    };
    let mut city = City::start(&plan, &|_| ()).unwrap();
    let old = Citizen::of_portal(&city.portal_dir()).unwrap();

    // Two people have the old page open, filled in, when the new version is published.
    let signs = plan.folder.join("signs");
    fs::create_dir_all(&signs).unwrap();
    let sign = |name: &str| signs.join(name).display().to_string();
    let journey = |id: &str| json!({ "id": id, "service": scenario.service, "lang": "vi", "type": scenario.r#type, "turn": sign(id) });
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "ready": sign("ready"),
        "journeys": [journey("in-time"), journey("too-late")],
    });
    let pages = thread::spawn(move || browser::drive("held.mjs", order));
    while !signs.join("ready").exists() {
        assert!(!pages.is_finished(), "{:?}", pages.join());
        thread::sleep(Duration::from_millis(100));
    }
    let planned = city.now() + GRACE_S;
    write_the_second(&city, &forms, planned);
    city.publish(&forms).unwrap();

    // The one sends in time, and so does a program that knows the old catalogue.
    fs::write(signs.join("in-time"), "").unwrap();
    assert_eq!(posted(&city, &old, &scenario).status, 201);
    // The new version asks more: without an answer to that it is at fault.
    let new = Citizen::of_portal(&city.portal_dir()).unwrap();
    let answer = posted(&city, &new, &scenario);
    assert_eq!(answer.status, 201);
    let begun = Instant::now();
    while city.handed_over().len() < 3 {
        assert!(begun.elapsed() < PATIENCE, "{:?}", city.handed_over());
        thread::sleep(Duration::from_millis(100));
    }
    let cases = city.handed_over();
    let of_version = |version: u32| {
        let cases = cases.iter();
        cases.filter(move |case| case.content["form"]["version"] == version)
    };
    assert_eq!(of_version(1).count(), 2);
    for case in of_version(1) {
        assert_eq!(
            (case.answers(), case.faults()),
            (scenario.answers.clone(), vec![])
        );
    }
    for case in of_version(2) {
        let missing = ("more.reason".into(), "required".into(), "error".into());
        assert_eq!(case.faults(), [missing]);
    }

    // The end is brought forward: what is asked for until then is taken, and after it nothing.
    let end = city.now() + NEAR_S;
    bring_forward(&forms, planned, end);
    city.publish(&forms).unwrap();
    let refused = loop {
        let before = city.now();
        let answer = posted(&city, &old, &scenario);
        match answer.status {
            201 => assert!(
                before < end + LATE_S,
                "taken {} s after the end",
                before - end
            ),
            _ => break answer,
        }
        thread::sleep(Duration::from_millis(200));
    };
    assert!(
        city.now() >= end,
        "refused {} s before the end",
        end - city.now()
    );
    assert_eq!(
        (refused.status, refused.json()["code"].as_str()),
        (409, Some("form-closed")),
        "{}",
        refused.text()
    );
    // The other sends too late.
    fs::write(signs.join("too-late"), "").unwrap();
    let sent: Value = pages.join().unwrap().unwrap();
    assert_eq!(sent[0]["failure"], Value::Null, "{sent}");
    let failure = sent[1]["failure"].as_str().unwrap();
    assert!(
        failure.contains("Biểu mẫu này hiện không nhận hồ sơ trực tuyến"),
        "{failure}"
    );

    // Years later the portal has another form of that name, and nothing of the first version.
    let id = of_version(1).next().unwrap().id().to_owned();
    fs::remove_dir_all(forms.join("published")).unwrap();
    city.publish(&forms).unwrap();
    let published = city.portal_dir().join("forms/khai-tu");
    assert!(published.join("2.json").exists() && !published.join("1.json").exists());
    let text = shown(&city, &id, &[]);
    for words in [
        "Biểu mẫu: khai-tu phiên bản 1",
        "Nguyên nhân chết: Bệnh già",
        "NÔNG VĂN PÁO",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert!(!text.contains("Lý do"), "{text}");
    assert!(shown(&city, &id, &["--html"]).contains("Bệnh già"));
    let json: Value = serde_json::from_str(&shown(&city, &id, &["--json"])).unwrap();
    assert_eq!(json["cases"][0]["form"]["version"], 1);
}
