//! The sections of a form as a list of tasks: each says how far it is and can be opened in any order; the review when all are done.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use tests::{City, Plan, browser, scenarios};

const SCENARIO: &str = "S32";

#[test]
fn sections_say_how_far_they_are_and_open_in_any_order() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("tasks", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "service": scenario.service, "type": scenario.r#type,
    });
    let result = browser::drive("tasks.mjs", order).unwrap();
    assert_eq!(result["complaints"], json!([]));

    // Nobody who does not want it sees it; the review cannot be begun yet.
    assert_eq!(result["closed"], false);
    let first = result["first"].as_array().unwrap();
    assert!(first.len() > 4, "{first:#?}");
    let (review, sections) = first.split_last().unwrap();
    assert_eq!(states(sections)[..2], ["Đang ở đây", "Chưa xong"]);
    assert_eq!(sections[0]["isHere"], true);
    assert_eq!(sections[0]["opens"], false);
    assert!(sections[1..].iter().all(|section| section["opens"] == true));
    assert_eq!(review["state"], "Chưa làm được: còn phần chưa xong");
    assert_eq!(review["opens"], false);

    assert_ne!(result["jumped"]["where"], result["back"]);
    assert_eq!(result["jumped"]["focus"], sections[2]["title"]);

    let done = result["done"].as_array().unwrap();
    let (review, sections) = done.split_last().unwrap();
    assert_eq!(states(sections).last(), Some(&"Đang ở đây"));
    let before = &states(sections)[..sections.len() - 1];
    assert!(before.iter().all(|state| *state == "Đã xong"), "{before:?}");
    assert_eq!(review["state"], "Sẵn sàng");
    let review = result["review"].as_array().unwrap();
    assert_eq!(review.last().unwrap()["isHere"], true);

    assert_eq!(result["after"], false, "the receipt stands alone");
    assert!(result["sent"]["receipt"].is_string());
}

fn states(lines: &[Value]) -> Vec<&str> {
    let states = lines.iter().map(|line| line["state"].as_str().unwrap());
    states.collect()
}
