//! What was sent is amended and withdrawn by the device that kept its receipt, and the offices see which case it is about.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use tests::office::HandedOver;
use tests::programs::run;
use tests::{City, Plan, browser, scenarios};

const SCENARIO: &str = "S32";
/// An answer that is changed, as it is typed.
const CHANGED: (&str, &str) = ("declaration.place", "Sơn Tây");

#[test]
fn a_sent_application_is_amended_and_then_withdrawn() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("amends", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "service": scenario.service, "type": scenario.r#type, "change": CHANGED,
    });
    let result = browser::drive("amends.mjs", order).unwrap();
    assert_eq!(result["complaints"], json!([]));

    // Inside: the office has all three, each says to which one it belongs, by one key.
    let [sent, amended, withdrawn] =
        ["sent", "amended", "withdrawn"].map(|name| case(&city, &result[name]));
    assert_eq!(
        sent.answers(),
        *json!(scenario.answers).as_object().unwrap()
    );
    let mut answers = sent.answers();
    answers.insert(CHANGED.0.to_owned(), json!(CHANGED.1));
    assert_eq!(amended.answers(), answers);
    assert_eq!(amended.content["amends"], sent.content["id"]);
    assert!(withdrawn.answers().is_empty());
    assert_eq!(withdrawn.content["withdraws"], amended.content["id"]);
    for case in [&amended, &withdrawn] {
        assert_eq!(case.faults(), []);
        assert_eq!(case.office, sent.office);
        assert_eq!(case.content["reply"], sent.content["reply"]);
    }
    let mut list = city.programs().intake();
    list.arg("--config").arg(city.intake_config()).arg("list");
    let list = run(&mut list).unwrap();
    for (later, word) in [
        (&result["amended"], "amended by"),
        (&result["withdrawn"], "withdrawn by"),
    ] {
        let state = format!("{word} {}", later["reference"].as_str().unwrap());
        assert!(list.contains(&state), "{list}");
    }

    let reloaded = &result["reloaded"];
    assert_eq!(reloaded["after"], reloaded["before"], "loaded again");
    assert_eq!(reloaded["earlier"], 1);

    // On the device: what was typed lies sealed, and each receipt says what became of it.
    assert_eq!(result["sealed"][0]["extractable"], false);
    let bytes = result["sealed"][0]["bytes"].as_str().unwrap();
    assert!(bytes.len() > 300 && !bytes.contains("requester"), "{bytes}");
    let reference = |name: &str| result[name]["reference"].as_str().unwrap();
    assert!(result["said"].as_str().unwrap().contains(reference("sent")));
    assert_ne!(result["title"], "");
    assert_eq!(
        entry(&result["listed"], reference("sent"))["follower"],
        result["amended"]["reference"]
    );
    assert_eq!(
        entry(&result["listed"], reference("sent"))["ways"],
        json!([])
    );
    assert_eq!(
        entry(&result["listed"], reference("amended"))["ways"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        entry(&result["after"], reference("amended"))["follower"],
        result["withdrawn"]["reference"]
    );
    for name in ["sent", "amended", "withdrawn"] {
        assert_eq!(
            entry(&result["after"], reference(name))["ways"],
            json!([]),
            "{name}"
        );
    }

    // The question names the case and asks nothing else; the copy says what was withdrawn.
    assert_eq!(result["asked"]["focus"], "H2");
    assert_eq!(result["asked"]["fields"], 0);
    for words in [
        &result["again"],
        &result["asked"]["words"],
        &result["copy"],
        &result["twice"],
    ] {
        assert!(
            words.as_str().unwrap().contains(reference("amended")),
            "{words}"
        );
    }
    assert!(result["stranger"].as_str().unwrap().contains("00000-00000"));
}

/// What the one office has of a receipt's submission.
fn case(city: &City, sent: &Value) -> HandedOver {
    let receipt = sent["receipt"].as_str().unwrap();
    let payload = tests::citizen::payload_of(receipt.lines().next().unwrap()).unwrap();
    city.wait_for_case(payload["id"].as_str().unwrap(), 1)
        .unwrap()
        .remove(0)
}

/// What the page of receipts says of one.
fn entry<'a>(list: &'a Value, reference: &str) -> &'a Value {
    let mut entries = list.as_array().unwrap().iter();
    entries
        .find(|entry| entry["reference"] == reference)
        .unwrap()
}
