//! What a page is when something of it did not come: a paper that says so, or a form that goes on when it is asked again; nothing that was
//! typed is lost.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use tests::{City, Plan, browser, scenarios};

/// Its form has papers, and a kind whose script is a piece.
const SCENARIO: &str = "S05";
const PIECE: &str = "repeat";
/// A paper that the scenario needs.
const PAPER: &str = "att.household_book";
/// A host that is not loopback's name, so plain http is no secure origin there.
const PLAIN: &str = "cong.example:80";

#[test]
fn a_page_that_is_half_there_stays_a_paper_or_goes_on() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("halfway", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let file = city.portal_dir().with_file_name("paper.pdf");
    std::fs::write(&file, "%PDF-1.7\n").unwrap();
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "service": scenario.service, "type": scenario.r#type, "piece": PIECE, "plain": PLAIN,
        "paper": PAPER, "file": file, "assets": city.portal_dir().join("assets"),
    });
    let result = browser::drive("halfway.mjs", order).unwrap();
    for (what, lost) in [("http", 0), ("core", 1), ("altered", 1), ("piece", 1)] {
        let paper = &result[what];
        assert!(paper["lost"].as_u64().unwrap() >= lost, "{what}: {paper}");
        assert_ne!(paper["state"], "ready", "{what}");
        assert!(paper["questions"].as_u64().unwrap() > 30, "{what}: {paper}");
        assert!(paper["sections"].as_u64().unwrap() > 4, "{what}: {paper}");
        assert_eq!(paper["buttons"], 0, "{what}: a button that does nothing");
    }
    for page in result["pages"].as_array().unwrap() {
        assert!(page["lost"].as_u64().unwrap() > 0, "{page}");
        assert_eq!(page["notices"], json!(["paper"]), "{page}");
        assert_eq!(page["controls"], 0, "{page}");
    }
    let search = &result["search"];
    assert!(search["failed"].as_str().unwrap().contains("đường truyền"));
    assert!(search["found"].as_u64().unwrap() > 0, "{search}");

    for (piece, words) in [
        ("list", "Kiểm tra kết nối mạng"),
        ("picker", "bấm lại"),
        ("outcome", "Kiểm tra kết nối mạng"),
        ("worker", "chưa tải được phần khóa tệp"),
        ("copy", "Biên nhận đã đầy đủ"),
    ] {
        let said = result["said"][piece].as_str().unwrap();
        assert!(said.contains(words), "{piece}: {said}");
    }
    assert_eq!(result["leftOver"], 0);
    assert_eq!(result["review"], "(review)");
    assert_eq!(result["canSend"], Value::Bool(true));
    let answers = result["answers"].as_str().unwrap();
    assert!(answers.contains("Vi Thị Thử"), "{answers}");
    assert_ne!(result["reference"], "");
}
