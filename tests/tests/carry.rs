//! A draft carried to another device: a file under a pass-phrase, opened there; every file that cannot be opened has its word, and
//! a newer version of the form takes over what it still asks and names the rest.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::thread;
use std::time::Duration;

use formdef::Moment;
use serde_json::{Value, json};
use tests::programs::{Programs, run};
use tests::{City, Plan, browser, citizen, repository, scenarios, tree};

const SCENARIO: &str = "S32";
const OTHER: &str = "khai-tu";
const PHRASE: &str = "nón lá bưởi thuyền";
/// What the second version does not have any more: a question, and one of the choices of another.
const GONE: [(&str, &str); 3] = [
    ("delivery.recipient", "delivery.addressee"),
    ("\"khong\"", "\"khong-mien\""),
    ("'khong'", "'khong-mien'"),
];
/// A question that the second version words otherwise.
const REWORDED: (&str, &str) = ("Số lượng bản sao đề nghị cấp", "Cần mấy bản sao");
/// A section with a question that only the second version has.
const MORE: &str = "
[[section]]
id = \"more\"
title.vi = \"Bổ sung\"

[[section.field]]
id = \"more.wish\"
kind = \"text\"
label.vi = \"Lời dặn\"
";
/// What the page calls the questions to look at.
const LOOK_AGAIN: [&str; 4] = ["Người nhận", "miễn", REWORDED.1, "Lời dặn"];

#[test]
fn a_draft_is_carried_as_a_file_and_a_newer_form_takes_it_over() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("carry", Some(&scenario.date)).unwrap();
    let mut city = City::start(&plan, &|_| ()).unwrap();
    let folder = plan.folder.join("files");
    fs::create_dir_all(&folder).unwrap();
    let [ready, turn] = ["ready", "turn"].map(|sign| plan.folder.join(sign));
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "service": scenario.service, "other": OTHER,
        "type": scenario.r#type, "phrase": PHRASE, "folder": folder, "ready": ready, "turn": turn,
    });
    let pages = thread::spawn(move || browser::drive("carry.mjs", order));
    while !ready.exists() {
        assert!(!pages.is_finished(), "{:?}", pages.join());
        thread::sleep(Duration::from_millis(100));
    }
    city.publish(&write_the_second(&city)).unwrap();
    fs::write(&turn, "").unwrap();
    let result = pages.join().unwrap().unwrap();
    assert_eq!(result["complaints"], json!([]));
    assert_eq!(result["after"], result["before"]);
    assert_eq!(result["untouched"], true);
    assert_eq!(result["kept"], 0, "drafts on the device that opened it");
    let receipt = result["sent"]["receipt"].as_str().unwrap();
    let payload = citizen::payload_of(receipt.lines().next().unwrap()).unwrap();
    let cases = city
        .wait_for_case(payload["id"].as_str().unwrap(), 1)
        .unwrap();
    assert_eq!(Value::from(cases[0].answers()), json!(scenario.answers));

    // Each has its own word; the file tells nothing.
    let mut words =
        BTreeSet::from([&result["short"], &result["word"]].map(|word| word.as_str().unwrap()));
    let refused = result["refused"].as_array().unwrap();
    words.extend(refused.iter().map(|word| word[1].as_str().unwrap()));
    assert_eq!(words.len(), 6, "{words:#?}");
    let path = result["file"].as_str().unwrap();
    let file = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    assert!(
        file.starts_with("motcua draft 1\n") && !file.contains("requester"),
        "{file}"
    );

    // The newer form takes over what it still asks: from the draft on the device, and from the file.
    let is_gone = |line: &&Value| {
        let line = line.as_str().unwrap();
        line.starts_with(GONE[0].0) || line == "payment.exemption=khong"
    };
    let lines = |typed: &Value| typed.as_array().unwrap().clone();
    let before = lines(&result["before"]);
    assert_eq!(before.iter().filter(is_gone).count(), 2, "{before:#?}");
    for newer in result["newer"].as_array().unwrap() {
        let word = newer["word"].as_str().unwrap();
        for question in LOOK_AGAIN {
            assert!(word.contains(question), "{word}");
        }
        assert_eq!(word.split("; ").count(), LOOK_AGAIN.len(), "{word}");
        let after = lines(&newer["after"]);
        for line in before.iter().filter(|line| !is_gone(line)) {
            assert!(after.contains(line), "{line} is not in {after:#?}");
        }
    }
}

/// The forms with a second version of the scenario's; the first is kept as it was published.
fn write_the_second(city: &City) -> std::path::PathBuf {
    let forms = Programs::scratch()
        .unwrap()
        .join("city")
        .join("carry-forms");
    let _ = fs::remove_dir_all(&forms);
    let files = tree::files(&repository::path("forms")).unwrap();
    tree::write(&forms, &files).unwrap();
    run(city
        .programs()
        .motcua()
        .arg("keep")
        .arg("--forms")
        .arg(&forms))
    .unwrap();
    let path = forms.join("trich-luc-ho-tich/form.toml");
    let mut text = fs::read_to_string(&path).unwrap();
    let accept_until = Moment::from_unix(city.now() + 3600).unwrap();
    let next = format!("version = 2\naccept_until = {accept_until}\n");
    text = text.replacen("version = 1\n", &next, 1);
    for (was, is) in GONE.into_iter().chain([REWORDED]) {
        assert!(text.contains(was), "{was}");
        text = text.replace(was, is);
    }
    text += MORE;
    fs::write(&path, text).unwrap();
    forms
}
