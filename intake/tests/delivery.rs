//! From the relay over mutual TLS to the offices' files: honest relays, hostile ones, and crashes.
#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};
use support::page::{Page, padded, police_answers, receipt, reference_of, seal, ward_answers};
use support::relay::Relay;
use support::{DAY, Key, NOW, Site, catalogue, faults, form_ref};

#[test]
fn each_office_gets_exactly_its_part() {
    let site = Site::new("each-office");
    let page = Page::good(1);
    let item = page.send();
    let relay = Relay::holding(&site, [item.clone()]);
    site.drain(&relay).unwrap();

    let ward = site.case("00001");
    assert_eq!(ward["answers"], ward_answers());
    assert_eq!(site.case("ca-001")["answers"], police_answers());
    assert_eq!(faults(&ward), Vec::<String>::new());

    let form = form_ref();
    let expected = json!({
        "motcua": 1, "reference": reference_of(&item), "id": page.id(), "office": "00001", "role": "ward",
        "form": {"id": form.id, "version": 3, "sha256": form.sha256,
                 "title": {"vi": "Tờ khai <thử> & xem", "en": "Tờ khai <thử> & xem"}},
        "agency": "00001", "mode": "live", "received_at": NOW, "at": NOW,
        "manifest_sha256": ward["manifest_sha256"], "answers": ward_answers(), "faults": [],
        "reply": {"jwk": Key::named("reply").public(), "secret": envelope::Digest::of(b"a secret")},
    });
    assert_eq!(ward, expected);
    let name = format!("{}-{}.json", reference_of(&item), page.id());
    assert_eq!(site.names("offices/00001"), [name]);
}

#[test]
fn the_evidence_is_what_came_still_sealed() {
    let site = Site::new("evidence");
    let item = Page::good(2).send();
    let relay = Relay::holding(&site, [item.clone()]);
    site.drain(&relay).unwrap();
    let folder = format!("intake/submissions/{}", Page::good(2).id());
    assert_eq!(
        site.read(&format!("{folder}/manifest.jws")),
        item["manifest"].as_str().unwrap()
    );
    assert_eq!(
        site.read(&format!("{folder}/receipt.jws")),
        item["receipt"].as_str().unwrap()
    );
    assert_eq!(
        site.read(&format!("{folder}/proof.txt")),
        item["proof"].as_str().unwrap()
    );
    for role in ["ward", "police", "recovery"] {
        let kept = site.read(&format!("{folder}/parts/{role}.jwe"));
        assert_eq!(kept, item["parts"][role].as_str().unwrap());
    }
    // The recovery key is not here, so its part stays as it is.
    let ledger: Value = serde_json::from_str(&site.read(&format!("{folder}/ledger.json"))).unwrap();
    assert_eq!(
        ledger["parts"]["recovery"],
        json!({"state": "elsewhere", "office": "recovery"})
    );
    assert_eq!(site.causes(), Vec::<String>::new());
}

#[test]
fn what_is_not_proved_to_be_in_the_log_goes_on_marked() {
    let site = Site::new("log");
    let proved = Page::good(1).send();
    let mut lacking = Page::good(2).send();
    lacking.as_object_mut().unwrap().remove("proof");
    let mut of_another = Page::good(3).send();
    of_another["proof"] = proved["proof"].clone();
    let relay = Relay::holding(&site, [proved, lacking, of_another]);
    site.drain(&relay).unwrap();
    assert_eq!(site.causes(), Vec::<String>::new());
    assert_eq!(relay.state().acks.len(), 3);
    let log = |number| {
        let path = format!("intake/submissions/{}/ledger.json", Page::good(number).id());
        serde_json::from_str::<Value>(&site.read(&path)).unwrap()["log"].clone()
    };
    assert_eq!(
        log(1),
        json!({"state": "proved", "origin": "relay.example/log", "index": 2, "size": 4})
    );
    assert_eq!(
        log(2),
        json!({"state": "unproved", "why": "the relay sent no proof"})
    );
    let why = log(3)["why"].as_str().unwrap().to_owned();
    assert!(why.contains("the proof of another submission"), "{why}");
}

#[test]
fn the_acknowledgement_comes_after_the_files() {
    let site = Site::new("ack-after");
    let relay = Relay::holding(&site, [Page::good(1).send(), Page::good(2).send()]);
    site.drain(&relay).unwrap();
    let state = relay.state();
    assert_eq!(state.files_at_first_ack, Some(4));
    // Several are taken at a time, so either may be first.
    let ids: BTreeSet<_> = state.acks.iter().map(|ack| ack.id.to_string()).collect();
    assert_eq!(
        ids,
        [1, 2]
            .map(|number| Page::good(number).id().to_string())
            .into()
    );
    assert!(state.held.is_empty(), "the relay may delete them");
}

#[test]
fn more_than_one_batch_is_drained_in_order() {
    let site = Site::new("batches");
    let relay = Relay::holding(&site, (1..=8).map(|number| Page::good(number).send()));
    site.drain(&relay).unwrap();
    assert_eq!(site.names("offices/00001").len(), 8);
    assert_eq!(relay.state().acks.len(), 8);
}

#[test]
fn what_is_delivered_again_is_acknowledged_again_and_handed_over_once() {
    let site = Site::new("exactly-once");
    let item = Page::good(1).send();
    let relay = Relay::holding(&site, [item.clone(), item.clone(), item]);
    relay.state().forgets_nothing = true;
    site.drain(&relay).unwrap();
    assert_eq!(relay.state().acks.len(), 3);
    assert_eq!(site.names("offices/00001").len(), 1);

    // The office has taken its file away; a later delivery must not bring it back.
    let name = &site.names("offices/00001")[0];
    fs::remove_file(site.path(&format!("intake/offices/00001/{name}"))).unwrap();
    site.drain(&relay).unwrap();
    assert_eq!(relay.state().acks.len(), 6);
    assert_eq!(site.names("offices/00001"), Vec::<String>::new());
}

#[test]
fn a_crash_before_the_ledger_leaves_one_case() {
    let site = Site::new("crash");
    let relay = Relay::holding(&site, [Page::good(1).send()]);
    relay.state().forgets_nothing = true;
    site.drain(&relay).unwrap();
    let before = site.case("00001");

    // As if the power had gone after the offices' files and before the ledger, with a torn temporary.
    let folder = format!("intake/submissions/{}", Page::good(1).id());
    fs::remove_file(site.path(&format!("{folder}/ledger.json"))).unwrap();
    let torn = format!(
        "intake/offices/00001/.{}.tmp",
        site.names("offices/00001")[0]
    );
    site.write(&torn, "{\"torn");
    site.drain(&relay).unwrap();
    assert_eq!(
        site.case("00001"),
        before,
        "one file, the same, and no temporary"
    );
}

#[test]
fn a_lost_acknowledgement_is_given_again() {
    let site = Site::new("lost-ack");
    let relay = Relay::holding(&site, [Page::good(1).send()]);
    relay.state().drops_acks = true;
    let failure = site
        .drain(&relay)
        .expect_err("the relay refused the acknowledgement")
        .to_string();
    assert!(failure.contains("500"), "{failure}");
    relay.state().drops_acks = false;
    site.drain(&relay).unwrap();
    assert_eq!(relay.state().acks.len(), 1);
    assert_eq!(site.names("offices/00001").len(), 1);
}

#[test]
fn broken_rules_are_marked_and_handed_over() {
    let site = Site::new("faults");
    let page = Page::good(1).answer("ward", "born", json!("2016-08-11"));
    let relay = Relay::holding(&site, [page.send()]);
    site.drain(&relay).unwrap();
    let ward = site.case("00001");
    assert_eq!(faults(&ward), ["born R-PAST"]);
    assert_eq!(
        ward["faults"][0]["message"]["vi"],
        "Ngày sinh sau ngày nộp."
    );
    assert_eq!(ward["faults"][0]["severity"], "error");
    // The police does not read the date, so nothing of it reaches the police.
    assert_eq!(faults(&site.case("ca-001")), Vec::<String>::new());
    assert_eq!(relay.state().acks.len(), 1);
}

#[test]
fn a_rule_over_two_parts_is_judged_by_who_opens_both() {
    let site = Site::new("together");
    let page = Page::good(1).answer("police", "note", json!("già"));
    let relay = Relay::holding(&site, [page.send()]);
    site.drain(&relay).unwrap();
    assert_eq!(faults(&site.case("ca-001")), ["note R-TOGETHER"]);

    // With one key alone it cannot be judged, and is not.
    let site = Site::new("alone");
    fs::remove_file(site.path("keys/00001.jwk")).unwrap();
    let relay = Relay::holding(&site, [page.send()]);
    site.drain(&relay).unwrap();
    assert_eq!(faults(&site.case("ca-001")), Vec::<String>::new());
    assert_eq!(site.names("offices"), ["ca-001"]);
}

#[test]
fn parts_that_disagree_are_marked_in_both() {
    let site = Site::new("disagree");
    let page = Page::good(1).answer("police", "name", json!("Nguyễn Văn Ân"));
    let relay = Relay::holding(&site, [page.send()]);
    site.drain(&relay).unwrap();
    assert_eq!(faults(&site.case("00001")), ["name disagree"]);
    assert_eq!(faults(&site.case("ca-001")), ["name disagree"]);
}

#[test]
fn an_answer_that_an_office_must_not_hold_is_marked() {
    let site = Site::new("too-much");
    let page = Page::good(1).answer("police", "born", json!("1980-02-29"));
    let relay = Relay::holding(&site, [page.send()]);
    site.drain(&relay).unwrap();
    assert_eq!(faults(&site.case("ca-001")), ["born unknown-field"]);
}

#[test]
fn the_wrong_office_is_told_so() {
    let site = Site::new("wrong-office");
    let relay = Relay::holding(&site, [Page::good(1).sealed_for("police", "ca-002").send()]);
    site.drain(&relay).unwrap();
    let police = site.case("ca-002");
    assert_eq!(faults(&police), ["agency office"]);
    let words = police["faults"][0]["message"]["en"].as_str().unwrap();
    assert!(
        words.contains("ca-002") && words.contains("ca-001"),
        "{words}"
    );
}

#[test]
fn an_agency_other_than_the_answers_say_is_marked() {
    let site = Site::new("other-agency");
    let mut page = Page::good(1).sealed_for("ward", "00037");
    page.agency = "00037".into();
    let relay = Relay::holding(&site, [page.send()]);
    site.drain(&relay).unwrap();
    assert!(faults(&site.case("00037")).contains(&"agency office".to_owned()));
}

#[test]
fn a_hostile_relay_changes_nothing_and_is_named() {
    let good = Page::good(1).send();
    let other = Page::good(2).send();
    let edit = |change: &dyn Fn(&mut Value)| {
        let mut item = good.clone();
        change(&mut item);
        item
    };
    let parts: BTreeMap<String, String> = serde_json::from_value(good["parts"].clone()).unwrap();
    let manifest = good["manifest"].as_str().unwrap();
    let receipt_of = |key: &str, at| json!(receipt(manifest, &parts, at, &Key::named(key)));
    let cases: Vec<(&str, Value)> = vec![
        (
            "receipt",
            edit(&|item| item["receipt"] = other["receipt"].clone()),
        ),
        (
            "receipt",
            edit(&|item| item["receipt"] = receipt_of("a stranger", NOW)),
        ),
        (
            "receipt",
            edit(&|item| item["receipt"] = receipt_of("relay", NOW.plus(200 * DAY))),
        ),
        ("receipt", edit(&|item| item["receipt"] = json!("a.b.c"))),
        (
            "clock",
            edit(&|item| item["receipt"] = receipt_of("relay", NOW.plus(3 * DAY))),
        ),
        (
            "part-digest",
            edit(&|item| item["parts"]["ward"] = other["parts"]["ward"].clone()),
        ),
        (
            "part-digest",
            edit(&|item| {
                item["parts"]["ward"] = good["parts"]["police"].clone();
                item["parts"]["police"] = good["parts"]["ward"].clone();
            }),
        ),
        (
            "parts",
            edit(&|item| drop(item["parts"].as_object_mut().unwrap().remove("police"))),
        ),
        ("parts", edit(&|item| item["parts"]["tax"] = json!("x"))),
        (
            "malformed",
            edit(&|item| item["manifest"] = json!("../../etc/passwd")),
        ),
        ("delivery", edit(&|item| item["note"] = json!("hello"))),
        ("delivery", edit(&|item| item["parts"] = json!([]))),
        ("delivery", json!({})),
    ];
    for (number, (word, item)) in cases.into_iter().enumerate() {
        let site = Site::new(&format!("hostile-{number}"));
        let relay = Relay::holding(&site, [item, other.clone()]);
        site.drain(&relay).unwrap();
        assert_eq!(site.causes(), [format!("-: {word}")], "case {number}");
        assert_eq!(
            site.names("offices/00001").len(),
            1,
            "case {number}: the other one goes on"
        );
        let acked: Vec<_> = relay.state().acks.iter().map(|ack| ack.id).collect();
        assert_eq!(
            acked,
            [Page::good(2).id()],
            "case {number}: what was refused is not acknowledged"
        );
    }
}

#[test]
fn a_receipt_that_was_wrong_once_does_not_bar_the_right_one() {
    let site = Site::new("healed");
    let good = Page::good(1).send();
    let mut bad = good.clone();
    bad["receipt"] = json!("a.b.c");
    site.drain(&Relay::holding(&site, [bad])).unwrap();
    assert_eq!(site.causes(), ["-: receipt"]);
    site.drain(&Relay::holding(&site, [good])).unwrap();
    assert_eq!(site.causes(), Vec::<String>::new());
    assert_eq!(site.names("offices/00001").len(), 1);
}

#[test]
fn the_first_under_an_id_stands() {
    let site = Site::new("id-taken");
    let first = Page::good(1);
    let mut second = Page::good(1);
    second.signer = "another case";
    let relay = Relay::holding(&site, [first.send(), second.send()]);
    site.drain(&relay).unwrap();
    assert_eq!(site.causes(), ["-: id-taken"]);
    assert_eq!(site.names("offices/00001").len(), 1);
    assert_eq!(relay.state().acks.len(), 1);
}

#[test]
fn one_closed_part_does_not_stop_the_others() {
    let page = Page::good(1);
    let plain = |role: &str, change: &dyn Fn(&mut Value)| {
        let mut plaintext = json!({
            "v": 1,
            "sub": {"id": page.id(), "jkt": Key::named("case").public().thumbprint(), "form": form_ref(),
                    "agency": "00001", "aud": support::RELAY, "mode": "live", "n": role, "at": NOW},
            "answers": police_answers(), "attachments": [],
            "reply": {"jwk": Key::named("reply").public(), "secret": envelope::Digest::of(b"a secret")},
        });
        change(&mut plaintext);
        plaintext
    };
    let sealed = |office: &str, plaintext: &str| seal(plaintext, &Key::named(office).public());
    let police = |change: &dyn Fn(&mut Value)| sealed("ca-001", &padded(plain("police", change)));
    let cases: Vec<(&str, String)> = vec![
        ("tag", with_another_iv(&police(&|_| ()))),
        ("kid", sealed("ca-002", &padded(plain("police", &|_| ())))),
        (
            "pad",
            sealed("ca-001", &plain("police", &|_| ()).to_string()),
        ),
        ("sub", police(&|plain| plain["sub"]["n"] = json!("ward"))),
        (
            "sub",
            police(&|plain| plain["sub"]["form"]["version"] = json!(2)),
        ),
        (
            "at",
            police(&|plain| plain["sub"]["at"] = json!(NOW.plus(-31 * DAY))),
        ),
        (
            "shape",
            police(&|plain| plain["attachments"] = json!([{"part": "a1"}])),
        ),
        ("shape", police(&|plain| plain["answers"] = json!([]))),
        // What it does to an earlier one has to be one thing.
        (
            "shape",
            police(&|plain| {
                for member in ["amends", "withdraws"] {
                    plain["sub"][member] = json!(Page::good(9).id());
                }
            }),
        ),
        (
            "json",
            police(&|plain| plain["answers"]["size"] = json!(1.0)),
        ),
        ("jwe", "not a jwe".to_owned()),
    ];
    for (number, (word, jwe)) in cases.into_iter().enumerate() {
        let site = Site::new(&format!("closed-{number}"));
        let mut parts: BTreeMap<String, (String, String)> = BTreeMap::new();
        let good = Page::good(1).send();
        for (role, office) in [("ward", "00001"), ("recovery", "recovery")] {
            let jwe = good["parts"][role].as_str().unwrap().to_owned();
            parts.insert(role.to_owned(), (office.to_owned(), jwe));
        }
        parts.insert("police".to_owned(), ("ca-001".to_owned(), jwe));
        let relay = Relay::holding(&site, [page.sign(parts)]);
        site.drain(&relay).unwrap();
        assert_eq!(site.causes(), [format!("police: {word}")], "case {number}");
        assert_eq!(site.names("offices"), ["00001"], "case {number}");
        assert_eq!(
            relay.state().acks.len(),
            1,
            "sealed evidence is here, so the relay may delete"
        );
    }
}

fn with_another_iv(jwe: &str) -> String {
    let mut pieces: Vec<String> = jwe.split('.').map(str::to_owned).collect();
    pieces[2] = envelope::base64url::encode(&[8; 12]);
    pieces.join(".")
}

#[test]
fn what_the_own_catalogue_lacks_waits_at_the_relay() {
    let site = Site::new("form-lacking");
    let relay = Relay::holding(&site, [Page::good(1).send()]);
    let mut without = catalogue();
    without.forms.clear();
    site.publish(&without);
    site.drain(&relay).unwrap();
    assert_eq!(site.causes(), ["-: form"]);
    assert_eq!(relay.state().acks.len(), 0);

    let mut newer = catalogue();
    newer.serial += 1;
    site.publish(&newer);
    site.drain(&relay).unwrap();
    assert_eq!(site.causes(), Vec::<String>::new());
    assert_eq!(relay.state().acks.len(), 1);
}

#[test]
fn a_trial_never_lies_among_the_cases() {
    let site = Site::new("trial");
    let mut trial = catalogue();
    trial.forms[0].mode = envelope::Mode::Trial;
    site.publish(&trial);
    let mut trial = Page::good(1);
    trial.mode = envelope::Mode::Trial;
    // The second says that it is meant: the relay had to refuse it.
    let relay = Relay::holding(&site, [trial.send(), Page::good(2).send()]);
    site.drain(&relay).unwrap();
    assert_eq!(site.names("trial"), ["00001", "ca-001"]);
    assert_eq!(site.names("offices"), Vec::<String>::new());
    assert_eq!(site.causes(), ["-: mode"]);
}

#[test]
fn a_relay_that_answers_nonsense_is_an_error_and_not_a_crash() {
    let site = Site::new("nonsense");
    let relay = Relay::start(&site);
    for answer in [
        "",
        "[]",
        "{\"submissions\":7}",
        "{\"submissions\":[{\"seq\":0}]}",
        "<html>",
    ] {
        relay.state().answer = Some(answer.to_owned());
        let failure = site.drain(&relay).expect_err(answer).to_string();
        assert!(failure.contains("not a list of submissions"), "{failure}");
    }
}

#[test]
fn only_the_own_root_and_a_known_client_meet() {
    let site = Site::new("tls");
    let relay = Relay::holding(&site, [Page::good(1).send()]);
    let root = site.read("ca.pem");
    // Another city's root: the relay is not believed.
    let stranger = Site::new("tls-stranger");
    site.write("ca.pem", &stranger.read("ca.pem"));
    let failure = site.drain(&relay).expect_err("a foreign root").to_string();
    assert!(failure.contains("invalid peer certificate"), "{failure}");
    // Another city's client: the relay does not answer.
    site.write("ca.pem", &root);
    for file in ["intake.pem", "intake.key.pem"] {
        site.write(file, &stranger.read(file));
    }
    site.drain(&relay).expect_err("a foreign client");
    assert_eq!(site.names("offices"), Vec::<String>::new());
}

#[test]
fn a_case_is_amended_and_withdrawn_by_its_own_key_alone() {
    let site = Site::new("earlier");
    let first = Page::good(1);
    let mut amended = Page::good(2);
    for role in ["ward", "police"] {
        amended = amended.answer(role, "name", json!("Nguyễn Văn Bình"));
    }
    amended.follows = json!({ "amends": first.id() });
    let mut withdrawn = Page::good(3);
    withdrawn.follows = json!({ "withdraws": amended.id() });
    let mut stranger = Page::good(4);
    stranger.signer = "stranger";
    stranger.follows = json!({ "withdraws": amended.id() });
    let mut lost = Page::good(5);
    lost.follows = json!({ "withdraws": Page::good(9).id() });
    for page in [&mut withdrawn, &mut stranger, &mut lost] {
        for (_, _, answers) in &mut page.parts {
            *answers = json!({});
        }
    }
    // One after the other, as a person sends them.
    for page in [&first, &amended, &withdrawn, &stranger, &lost] {
        site.drain(&Relay::holding(&site, [page.send()])).unwrap();
    }

    let case = |page: &Page| site.case_of("00001", page.id());
    assert_eq!(case(&amended)["amends"], json!(first.id()));
    assert_eq!(faults(&case(&amended)), Vec::<String>::new());
    assert_eq!(case(&withdrawn)["withdraws"], json!(amended.id()));
    assert_eq!(case(&withdrawn)["answers"], json!({}));
    assert_eq!(faults(&case(&withdrawn)), Vec::<String>::new());
    assert_eq!(faults(&case(&stranger)), ["withdraws earlier"]);
    assert_eq!(case(&stranger)["faults"][0]["severity"], "error");
    assert_eq!(faults(&case(&lost)), ["withdraws earlier"]);
    assert_eq!(case(&lost)["faults"][0]["severity"], "warning");

    // What a stranger says of it is not told with the case.
    let reference = |page: &Page| case(page)["reference"].as_str().unwrap().to_owned();
    let list = support::program::succeeds(&site, &["list"]);
    let state = |page: &Page| {
        list.lines()
            .find(|line| line.starts_with(&reference(page)))
            .unwrap()
            .to_owned()
    };
    assert!(
        state(&first).contains(&format!("amended by {}", reference(&amended))),
        "{list}"
    );
    assert!(
        state(&amended).contains(&format!("withdrawn by {}", reference(&withdrawn))),
        "{list}"
    );
    assert!(
        !list.contains(&format!("by {}", reference(&stranger))),
        "{list}"
    );
    let shown = support::program::succeeds(&site, &["show", &amended.id().to_string()]);
    assert!(
        shown.contains(&format!("Sửa đổi hồ sơ: {}", reference(&first))),
        "{shown}"
    );
    assert!(
        shown.contains(&format!(
            "Đã được rút bằng hồ sơ: {}",
            reference(&withdrawn)
        )),
        "{shown}"
    );
}
