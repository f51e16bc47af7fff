//! A device without room: nothing that was typed is lost, nothing is said to be kept that is not, and the application goes out all
//! the same.
#![allow(clippy::unwrap_used)]

use std::fs;

use serde_json::{Value, json};
use tests::{City, Plan, browser, citizen, scenarios};

const SCENARIO: &str = "S32";
/// Another one, and a paper that it has a file of.
const WITH_PAPERS: (&str, &str) = ("S08", "att.death_notice");

#[test]
fn a_full_device_loses_nothing_and_says_so() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("full", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let papers = scenarios::of(WITH_PAPERS.0).unwrap();
    let file = plan.folder.join("notice.pdf");
    fs::write(&file, [&b"%PDF-1.7\n"[..], &[b'x'; 300_000]].concat()).unwrap();
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "service": scenario.service, "type": scenario.r#type,
        "withPapers": { "service": papers.service, "type": papers.r#type, "paper": WITH_PAPERS.1, "file": file },
    });
    let result = browser::drive("full.mjs", order).unwrap();
    assert_eq!(result["complaints"], json!([]));

    let said = |name: &str| result[name].as_str().unwrap();
    assert!(said("full").contains("hết chỗ"), "{}", said("full"));
    assert_eq!(result["typed"], "00043");
    assert!(said("kept").contains("được giữ"), "{}", said("kept"));

    assert_eq!(
        result["offline"]["state"], "failed",
        "{}",
        result["offline"]
    );
    assert!(
        result["offline"]["answers"]
            .as_str()
            .unwrap()
            .contains("Nguyễn Thị Hường")
    );
    assert!(
        said("receipt").contains("tải biên nhận"),
        "{}",
        said("receipt")
    );
    let files = &result["files"];
    let words = files["words"].as_str().unwrap();
    assert!(words.contains("không còn chỗ"), "{files}");
    assert_eq!(files["chosen"], 1, "what was chosen is lost: {files}");
    let receipt = result["sentFiles"]["receipt"].as_str().unwrap();
    let payload = citizen::payload_of(receipt.lines().next().unwrap()).unwrap();
    let cases = city
        .wait_for_case(payload["id"].as_str().unwrap(), 1)
        .unwrap();
    let told = cases[0].content["attachments"].as_array().unwrap();
    assert_eq!(told.len(), 1, "{told:?}");

    let receipt = result["sent"]["receipt"].as_str().unwrap();
    let payload = citizen::payload_of(receipt.lines().next().unwrap()).unwrap();
    let cases = city
        .wait_for_case(payload["id"].as_str().unwrap(), 1)
        .unwrap();
    assert_eq!(Value::from(cases[0].answers()), json!(scenario.answers));
}
