//! The portal's releases in the log: each is one leaf, whose proof lies under its digest, and submissions go on beside it.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; its tests start the relay

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use envelope::jws::{Typ, header_with_kid, signing_input};
use envelope::log::{Checkpoint, InclusionProof, LogKey};
use envelope::release::{Release, ReleasedFile};
use envelope::{Catalogue, Digest, UnixTime, V1};
use support::client::{admin, get, metric, pending, submit};
use support::promises::Standing;
use support::submission::{draft, signed};
use support::{City, Key, NOW, RELAY, Running, make_log_key};

/// A city whose relay is given the portal's releases, and looks often whether there is another.
fn city() -> City {
    let city = City::with_admin("[limits]\ncatalogue_poll_ms = 20\n");
    let config = fs::read_to_string(city.config()).unwrap();
    let config = format!("release = \"release.jws\"\n{config}");
    fs::write(city.config(), config).unwrap();
    city
}

fn release(serial: u64) -> Release {
    let home = ReleasedFile::of(&serial.to_be_bytes());
    Release {
        v: V1,
        serial,
        iat: UnixTime(NOW),
        portal: "https://portal.example".to_owned(),
        files: BTreeMap::from([("index.html".to_owned(), home)]),
        redirects: BTreeMap::new(),
    }
}

/// Signs a release and puts it where the config names it. Returns its digest.
fn publish(city: &City, key: &Key, release: &Release) -> Digest {
    let fresh = city.path("release.new");
    fs::write(&fresh, key.sign(&release.signing_input(key.kid))).unwrap();
    fs::rename(fresh, city.path("release.jws")).unwrap();
    release.digest()
}

/// The leaf of a release, by the proof that lies in the log, once it does.
fn leaf(city: &City, relay: &Running, digest: &Digest) -> u64 {
    let until = Instant::now() + Duration::from_secs(60);
    let answer = loop {
        let answer = get(relay, &format!("/log/release/{digest}"));
        if answer.status == 200 {
            break answer;
        }
        assert!(Instant::now() < until, "{answer:?}: {}", relay.log());
        std::thread::sleep(Duration::from_millis(20));
    };
    let cached = answer.header("cache-control");
    assert_eq!(cached, Some("public, max-age=31536000, immutable"));
    let proof = InclusionProof::read(std::str::from_utf8(&answer.body).unwrap()).unwrap();
    proof.verify(digest, &logs(city)).unwrap();
    proof.index
}

fn logs(city: &City) -> Vec<LogKey> {
    city.catalogue().logs
}

/// Sends a submission and returns its manifest's digest, proved to be the leaf `index`.
fn sent(city: &City, relay: &Running, index: u64) -> Digest {
    let body = draft(city).body();
    let manifest = signed(&body).manifest_sha256();
    let proof = submit(relay, &body).proof();
    proof.verify(&manifest, &logs(city)).unwrap();
    assert_eq!(proof.index, index);
    manifest
}

#[test]
fn a_release_is_one_leaf_among_the_submissions() {
    let city = city();
    let first = publish(&city, &city.publisher, &release(1));
    let relay = city.start();
    assert_eq!(leaf(&city, &relay, &first), 0);
    let mut leaves = vec![first, sent(&city, &relay, 1)];

    let second = publish(&city, &city.publisher, &release(2));
    assert_eq!(leaf(&city, &relay, &second), 2);
    leaves.extend([second, sent(&city, &relay, 3)]);
    assert_eq!(pending(&city, &relay, "").len(), 2, "submissions alone");

    // Signed anew it is the same release, and so is one that comes back.
    publish(&city, &city.publisher, &release(2));
    publish(&city, &city.publisher, &release(1));
    relay.logs(&format!("\"digest\":\"{first}\",\"is_new\":false"));
    assert!(relay.stop().success());
    let relay = city.start();
    leaves.push(sent(&city, &relay, 4));
    assert!(relay.stop().success());
    let standing = Standing::read(&city);
    assert_eq!(standing.leaves(), leaves);
    standing.keeps(&[], &Default::default()).unwrap();
}

#[test]
fn a_killed_relay_has_the_whole_of_a_release_or_nothing_of_it() {
    let city = city();
    let first = publish(&city, &city.publisher, &release(1));
    let relay = city.start();
    leaf(&city, &relay, &first);
    drop(relay);
    let mut digests = vec![first];
    for serial in 2..6 {
        let relay = city.start();
        digests.push(publish(&city, &city.publisher, &release(serial)));
        // Killed wherever it is by now.
        drop(relay);
    }
    let relay = city.start();
    for digest in [&digests[0], &digests[4]] {
        leaf(&city, &relay, digest);
    }
    assert!(relay.stop().success());
    Standing::read(&city)
        .keeps(&[], &Default::default())
        .unwrap();
}

#[test]
fn a_proof_that_was_not_written_is_written_at_the_next_start() {
    let city = city();
    let digest = publish(&city, &city.publisher, &release(1));
    let relay = city.start();
    leaf(&city, &relay, &digest);
    assert!(relay.stop().success());
    fs::remove_dir_all(city.path("log/release")).unwrap();
    let relay = city.start();
    assert_eq!(leaf(&city, &relay, &digest), 0);
}

/// Each on a relay that runs on as it was.
#[test]
fn whatever_is_wrong_with_a_release_nothing_changes_and_it_is_told() {
    let city = city();
    let good = publish(&city, &city.publisher, &release(1));
    let good_text = fs::read(city.path("release.jws")).unwrap();
    let relay = city.start();
    leaf(&city, &relay, &good);
    let mut serial = city.catalogue().serial;
    let in_use = serial;
    let stranger = Key::new();
    let elsewhere = Release {
        portal: "https://trial.example".to_owned(),
        ..release(2)
    };
    type Break<'a> = (&'a str, Box<dyn Fn() + 'a>);
    let spaced = || {
        let payload = format!("{} ", serde_json::to_string(&release(2)).unwrap());
        let header = header_with_kid(Typ::Release, city.publisher.kid);
        let text = city
            .publisher
            .sign(&signing_input(&header, payload.as_bytes()));
        fs::write(city.path("release.jws"), text).unwrap();
    };
    let breaks: [Break; 5] = [
        (
            "release.jws: malformed: its payload is not in the one spelling",
            Box::new(spaced),
        ),
        (
            "release.jws: signed by a foreign publisher",
            Box::new(|| {
                publish(&city, &stranger, &release(2));
            }),
        ),
        (
            "release.jws: the release of https://trial.example, and the catalogue is that of https://portal.example",
            Box::new(|| {
                publish(&city, &city.publisher, &elsewhere);
            }),
        ),
        (
            "release.jws: malformed: not a compact JWS",
            Box::new(|| fs::write(city.path("release.jws"), "e30.e30.e30").unwrap()),
        ),
        (
            "release.jws: the release cannot be read",
            Box::new(|| fs::remove_file(city.path("release.jws")).unwrap()),
        ),
    ];
    for (what, break_it) in breaks {
        break_it();
        // A good catalogue that comes with it is not taken either.
        serial += 1;
        city.publish(&Catalogue {
            serial,
            ..city.catalogue()
        });
        let until = Instant::now() + Duration::from_secs(60);
        while !admin(&city, "/readyz").1.contains(what) {
            assert!(Instant::now() < until, "{what}: {}", relay.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(metric(&city, "catalogue_serial"), in_use as f64, "{what}");
        let check = city.command(NOW).arg("--check-config").output().unwrap();
        let said = String::from_utf8(check.stderr).unwrap();
        assert!(!check.status.success() && said.contains(what), "{said}");
    }
    fs::write(city.path("release.jws"), good_text).unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while metric(&city, "catalogue_serial") != serial as f64 {
        assert!(Instant::now() < until, "{}", relay.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    sent(&city, &relay, 1);
}

#[test]
fn a_damaged_proof_is_found_and_written_again() {
    let city = city();
    let digest = publish(&city, &city.publisher, &release(1));
    let relay = city.start();
    leaf(&city, &relay, &digest);
    sent(&city, &relay, 1);
    assert!(relay.stop().success());
    let scrub = || {
        let mut command = Command::new(RELAY);
        command.args(["scrub", "--config"]).arg(city.config());
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), said)
    };
    let (status, said) = scrub();
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("1 submissions, 2 leaves, 3 files"), "{said}");
    let proof = city.path(&format!("log/release/{digest}"));
    for damage in [Some("no proof"), None] {
        match damage {
            Some(text) => fs::write(&proof, text).unwrap(),
            None => fs::remove_file(&proof).unwrap(),
        }
        let (status, said) = scrub();
        assert_eq!(status, Some(2), "{said}");
        let place = format!("damaged: log, file release/{digest}, reference -: ");
        assert!(said.starts_with(&place), "{said}");
        assert_eq!(scrub().0, Some(0));
    }
    let store = rusqlite::Connection::open(city.path("relay.sqlite")).unwrap();
    store.execute_batch("UPDATE release SET leaf = 1").unwrap();
    drop(store);
    let (status, said) = scrub();
    assert_eq!(status, Some(2), "{said}");
    let told = format!("damaged: table release, reference -: release {digest} is not leaf 1");
    assert!(said.starts_with(&told), "{said}");
}

#[test]
fn another_log_has_the_release_that_is_public() {
    let city = city();
    let digest = publish(&city, &city.publisher, &release(1));
    let relay = city.start();
    leaf(&city, &relay, &digest);
    let manifest = sent(&city, &relay, 1);
    assert!(relay.stop().success());
    make_log_key("relay.example/log-2", &city.path("log-2.key"));
    city.rename_log("log-2.key", "log-2");
    assert!(city.begin_log().status.success());
    let second = support::read_log(&city.path("log-2.pub.key"));
    let catalogue = city.catalogue();
    let logs = vec![city.log.clone(), second.clone()];
    city.publish(&Catalogue {
        serial: catalogue.serial + 1,
        logs: logs.clone(),
        ..catalogue
    });
    assert!(city.start().stop().success());
    let note = fs::read_to_string(city.path("log-2/checkpoint")).unwrap();
    assert_eq!(Checkpoint::read(&note, &logs).unwrap().size, 2);
    let proof = fs::read_to_string(city.path(&format!("log-2/release/{digest}"))).unwrap();
    let proof = InclusionProof::read(&proof).unwrap();
    assert_eq!(proof.index, 1, "after the submission that was taken up");
    proof
        .verify(&digest, std::slice::from_ref(&second))
        .unwrap();
    assert_ne!(manifest, digest);
}

#[test]
fn only_proofs_of_releases_can_be_asked_for() {
    let city = city();
    let digest = publish(&city, &city.publisher, &release(1));
    let relay = city.start();
    leaf(&city, &relay, &digest);
    let manifest = sent(&city, &relay, 1);
    for name in [
        "release".to_owned(),
        "release/".to_owned(),
        format!("release/{digest}/"),
        format!("release/{manifest}"),
        "release/../checkpoint".to_owned(),
    ] {
        assert_eq!(get(&relay, &format!("/log/{name}")).code(), "not-found");
    }
}
