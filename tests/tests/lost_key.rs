//! The publisher's key is lost: a new one is pinned beside it, the portal is published with that, and the old one is taken away,
//! as docs/operating.md has it, while people send.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tests::citizen::{self, Citizen};
use tests::programs::run;
use tests::{City, Plan, http, scenarios, tree};

const SCENARIO: &str = "S32";
/// What the publisher's folder has of the lost key.
const LOST: [&str; 2] = ["publisher.jwk", "publisher.pub.jwk"];

#[test]
fn a_new_publisher_key_takes_the_place_of_a_lost_one() {
    let plan = Plan::for_test("lost-key", None).unwrap();
    let mut city = City::start(&plan, &|_| ()).unwrap();
    let old = city.keys().publisher_folder();
    let keys = plan.folder.join("keys-new");
    let files = tree::files(&old).unwrap();
    let kept = files
        .iter()
        .filter(|(path, _)| !LOST.iter().any(|lost| path.ends_with(lost)));
    tree::write(&keys, kept).unwrap();
    let mut make = city.programs().motcua();
    run(make.args(["keys", "publisher", "--keys"]).arg(&keys)).unwrap();
    let new = keys.join("publisher.pub.jwk");
    let lost = city.keys().publisher_public();
    arrives(&city);

    // Both are trusted for a while: what is public, and what is published next.
    pin(&mut city, &[&lost, &new], &[&lost]);
    arrives(&city);
    build(&city, &keys);
    city.restart_relay().unwrap();
    arrives(&city);

    // Then the new one alone, and what the lost key signs counts nothing.
    pin(&mut city, &[&new], &[&lost, &new]);
    arrives(&city);
    let mut status = city.programs().motcua();
    status.arg("status").arg(city.portal_dir());
    run(status.arg("--publisher").arg(&new)).unwrap();
    build(&city, &old);
    let told = city.restart_relay().unwrap_err().to_string();
    assert!(told.contains("catalogue.jws"), "{told}");
}

/// Names the keys that relay and intake trust, in the place of those that they did, and starts them again.
fn pin(city: &mut City, keys: &[&Path], before: &[&Path]) {
    let list = |keys: &[&Path]| {
        let keys: Vec<String> = keys
            .iter()
            .map(|key| format!("{:?}", key.display().to_string()))
            .collect();
        format!("publishers = [{}]", keys.join(", "))
    };
    for config in [city.relay_config(), city.intake_config()] {
        let text = fs::read_to_string(&config).unwrap();
        assert!(text.contains(&list(before)), "{text}");
        fs::write(&config, text.replace(&list(before), &list(keys))).unwrap();
    }
    city.restart_relay().unwrap();
    city.restart_intake().unwrap();
}

/// Builds the portal anew in its place, with those keys.
fn build(city: &City, keys: &PathBuf) {
    let mut build = city.programs().motcua();
    build.arg("build").arg("--out").arg(city.portal_dir());
    build.arg("--keys").arg(keys);
    build.args(["--portal", &city.portal_url(), "--relay", &city.relay_url()]);
    run(&mut build).unwrap();
}

/// Somebody sends by the portal of now, and an office has it.
fn arrives(city: &City) {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let citizen = Citizen::of_portal(&city.portal_dir()).unwrap();
    let none = BTreeMap::new();
    let sealed = citizen.apply(&scenario.service, &scenario.answers, &none, city.now());
    let body = sealed.unwrap().body;
    let answer = http::request(
        city.relay_address(),
        "POST",
        "/v1/submissions",
        Some(body.as_str()),
    );
    let answer = answer.unwrap();
    assert_eq!(answer.status, 201, "{answer:?}");
    let said: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let receipt = citizen::payload_of(said["receipt"].as_str().unwrap()).unwrap();
    city.wait_for_case(receipt["id"].as_str().unwrap(), 1)
        .unwrap();
}
