//! Bits that a disk has changed: found, told with the references they touch, handed out to nobody; the rest is served.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; its tests start the relay

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::Value;
use support::client::{admin, get, metric, pending, put, send, submit};
use support::submission::{Draft, attached, draft, signed};
use support::{City, RELAY, Running};

/// The scrub is not to wait for its share of the time.
const AT_ONCE: &str = "[limits]\nscrub_percent_max = 100\n";

/// What is kept of a draft.
struct Kept {
    draft: Draft,
    body: Vec<u8>,
    receipt: String,
    reference: String,
}

/// A stopped relay's city with `count` submissions, all of them published in the log.
fn city_with(count: usize) -> (City, Vec<Kept>) {
    let city = City::with_admin(AT_ONCE);
    let relay = city.start();
    let kept = (0..count).map(|_| {
        let draft = draft(&city);
        let body = draft.body();
        let receipt = submit(&relay, &body).receipt();
        let reference = envelope::reference(&signed(&body).manifest_sha256());
        Kept {
            draft,
            body,
            receipt,
            reference,
        }
    });
    let kept = kept.collect();
    assert!(relay.stop().success());
    // All of it is in the one file: SQLite's log, which has checksums of its own, is emptied.
    let store = Connection::open(city.path("relay.sqlite")).unwrap();
    let empty = |_: &rusqlite::Row<'_>| Ok(());
    store
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], empty)
        .unwrap();
    drop(store);
    (city, kept)
}

/// Changes one bit of `text`, which is base64url and stays it, where it stands in the file.
fn flip(file: &Path, text: &str) {
    let mut bytes = fs::read(file).unwrap();
    let found = bytes
        .windows(text.len())
        .position(|bytes| bytes == text.as_bytes());
    let byte = &mut bytes[found.unwrap() + text.len() / 2];
    let flipped = (0..7).map(|bit| *byte ^ (1 << bit));
    *byte = flipped.into_iter().find(u8::is_ascii_alphanumeric).unwrap();
    fs::write(file, bytes).unwrap();
}

/// The city's scrub, while the relay is stopped. Its catalogue is long expired by now, and it still knows the keys.
fn scrub(city: &City) -> Output {
    let mut command = Command::new(RELAY);
    command.args(["scrub", "--config"]).arg(city.config());
    command.output().unwrap()
}

fn receipts(delivered: &[Value]) -> Vec<&str> {
    let receipts = delivered
        .iter()
        .map(|item| item["receipt"].as_str().unwrap());
    receipts.collect()
}

/// Waits until the running relay has looked at everything once.
fn scrubbed(city: &City) {
    let until = Instant::now() + Duration::from_secs(20);
    while metric(city, "scrubbed_at_seconds") == 0.0 {
        assert!(Instant::now() < until, "it never ends");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_is_whole_is_found_whole() {
    let (city, _) = city_with(5);
    let checked = scrub(&city);
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    let said = String::from_utf8(checked.stdout).unwrap();
    assert_eq!(said, "5 submissions, 5 leaves, 2 files, 0 damaged\n");

    let _relay = city.start();
    scrubbed(&city);
    assert_eq!(metric(&city, "damaged"), 0.0);
    assert!(metric(&city, "scrubbed_at_seconds") > 0.0);
    let checked = scrub(&city);
    assert_eq!(checked.status.code(), Some(1), "in use: {checked:?}");
}

/// Threat 10.
#[test]
fn a_flipped_bit_is_found_told_and_handed_out_to_nobody_and_the_rest_is_served() {
    let (city, kept) = city_with(6);
    let store = city.path("relay.sqlite");
    let manifest = |kept: &Kept| -> String {
        let body: Value = serde_json::from_slice(&kept.body).unwrap();
        body["manifest"].as_str().unwrap().to_owned()
    };
    // Of three submissions: the sender's signature, the relay's signature, a sealed part.
    let signature = manifest(&kept[1]).rsplit_once('.').unwrap().1.to_owned();
    flip(&store, &signature);
    flip(&store, kept[2].receipt.rsplit_once('.').unwrap().1);
    let sealed = Connection::open(&store).unwrap();
    sealed
        .execute(
            "UPDATE sealed SET parts = replace(parts, 'to.ward', 'to.wand') WHERE seq = 5",
            [],
        )
        .unwrap();
    drop(sealed);

    let checked = scrub(&city);
    assert_eq!(checked.status.code(), Some(2), "{checked:?}");
    let said = String::from_utf8(checked.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 4, "{said}");
    for (line, number, what) in [
        (lines[0], 1, "its manifest and parts: signature"),
        (lines[1], 2, "its receipt: the signature is wrong"),
        (lines[2], 4, "its manifest and parts: part-digest"),
    ] {
        let seq = number + 1;
        let reference = &kept[number].reference;
        assert_eq!(
            line,
            format!("damaged: submission {seq}, reference {reference}: {what}")
        );
    }

    let relay = city.start();
    scrubbed(&city);
    let (code, said) = admin(&city, "/readyz");
    assert_eq!(code, 200, "the rest is served: {said}");
    assert!(
        said.starts_with("ready\nwarning: damaged: 3 places are not as they were written"),
        "{said}"
    );
    assert_eq!(metric(&city, "damaged"), 3.0);
    for number in [1, 2, 4] {
        assert!(said.contains(&kept[number].reference), "{said}");
        assert!(relay.log().contains(&kept[number].reference));
    }
    let delivered = pending(&city, &relay, "?max=2");
    assert_eq!(
        receipts(&delivered),
        [&kept[0].receipt, &kept[3].receipt],
        "as many as were asked for"
    );
    let delivered = pending(&city, &relay, "?after=4");
    assert_eq!(receipts(&delivered), [&kept[5].receipt]);
    let ask = |number: usize| {
        get(
            &relay,
            &format!("/v1/submissions/{}", kept[number].draft.id()),
        )
    };
    assert_eq!(ask(2).code(), "internal", "no false receipt");
    assert_eq!(submit(&relay, &kept[2].body).code(), "internal");
    assert_eq!(ask(0).receipt(), kept[0].receipt);
    assert_eq!(
        ask(1).receipt(),
        kept[1].receipt,
        "what is left of it is whole"
    );
    assert_eq!(submit(&relay, &draft(&city).body()).status, 201);
    let rows: i64 = Connection::open(&store)
        .unwrap()
        .query_row("SELECT count(*) FROM sealed", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 7, "nothing was deleted");
}

/// Threat 10: between two passes it is found by whoever asks.
#[test]
fn what_is_damaged_after_the_pass_is_found_on_reading() {
    let (city, kept) = city_with(3);
    let relay = city.start();
    scrubbed(&city);
    let store = Connection::open(city.path("relay.sqlite")).unwrap();
    store
        .execute(
            "UPDATE submission SET receipt = replace(receipt, '.', '.e') WHERE seq = 2",
            [],
        )
        .unwrap();
    let delivered = pending(&city, &relay, "");
    assert_eq!(receipts(&delivered), [&kept[0].receipt, &kept[2].receipt]);
    relay.logs(&format!("\"reference\":\"{}\"", kept[1].reference));
    assert_eq!(metric(&city, "damaged"), 1.0);
}

/// Threats 10 and 11: what lies beside the store.
#[test]
fn a_damaged_or_lost_attachment_is_told_with_its_submission() {
    let city = City::with_admin(AT_ONCE);
    let relay = city.start();
    let papers: Vec<Vec<u8>> = (0..3).map(|number| vec![number; 300_000]).collect();
    let drafts: Vec<Draft> = papers
        .iter()
        .map(|paper| attached(&city, &[("a1", paper)]))
        .collect();
    let references: Vec<String> = drafts
        .iter()
        .zip(&papers)
        .map(|(draft, paper)| {
            let body = draft.body();
            assert_eq!(submit(&relay, &body).status, 202);
            let kept = send(&relay, &put(&draft.part("a1"), 0, paper));
            assert_eq!(kept.status, 201, "{kept:?}");
            envelope::reference(&signed(&body).manifest_sha256())
        })
        .collect();
    assert!(relay.stop().success());
    assert_eq!(scrub(&city).status.code(), Some(0));

    let file = |draft: &Draft| city.path("relay.sqlite.parts").join(draft.id()).join("a1");
    let mut wrong = papers[1].clone();
    wrong[299_999] ^= 1;
    fs::write(file(&drafts[1]), wrong).unwrap();
    fs::remove_file(file(&drafts[2])).unwrap();
    let checked = scrub(&city);
    assert_eq!(checked.status.code(), Some(2), "{checked:?}");
    let said = String::from_utf8(checked.stdout).unwrap();
    for line in [
        format!(
            "submission 2, reference {}: its attachment a1 is not what its sender signed",
            references[1]
        ),
        format!(
            "submission 3, reference {}: its attachment a1 cannot be read: No such file",
            references[2]
        ),
    ] {
        assert!(said.contains(&line), "{line:?} in {said}");
    }
    assert!(said.ends_with("2 damaged\n"), "{said}");
}

/// Threats 10 and 11.
#[test]
fn a_file_of_the_log_that_is_damaged_or_lost_is_written_again_from_the_tree() {
    let (city, _) = city_with(260);
    let files = [
        "tile/0/000",
        "tile/entries/000",
        "tile/1/000.p/1",
        "tile/entries/001.p/4",
    ];
    let right: BTreeMap<_, _> = files
        .map(|name| (name, fs::read(city.path("log").join(name)).unwrap()))
        .into();
    for (number, name) in files.into_iter().enumerate() {
        let mut wrong = right[name].clone();
        wrong[number * 5] ^= 16;
        fs::write(city.path("log").join(name), wrong).unwrap();
    }
    fs::remove_file(city.path("log/tile/0/001.p/4")).unwrap();
    let relay = city.start();
    scrubbed(&city);
    for name in files {
        assert!(
            relay.log().contains(&format!("log, file {name}")),
            "{}",
            relay.log()
        );
        assert_eq!(
            get(&relay, &format!("/log/{name}")).body,
            right[name],
            "{name}"
        );
    }
    assert_eq!(metric(&city, "damaged"), 4.0);
    assert_eq!(
        get(&relay, "/log/tile/0/001.p/4").status,
        200,
        "a start publishes what is missing"
    );
    assert!(relay.stop().success());
    assert_eq!(scrub(&city).status.code(), Some(0));

    fs::remove_file(city.path("log/tile/entries/000")).unwrap();
    let checked = scrub(&city);
    assert_eq!(checked.status.code(), Some(2));
    assert_eq!(
        fs::read(city.path("log/tile/entries/000")).unwrap(),
        right["tile/entries/000"]
    );
}

/// Threat 11: half of what belongs together.
#[test]
fn parts_without_their_submission_and_leaves_of_another_one_are_told() {
    let (city, kept) = city_with(4);
    let store = Connection::open(city.path("relay.sqlite")).unwrap();
    store
        .execute_batch(
            "PRAGMA foreign_keys = OFF;
             DELETE FROM submission WHERE seq = 2;
             UPDATE submission SET leaf = 0 WHERE seq = 4;
             UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND number = 0;",
        )
        .unwrap();
    drop(store);
    let said = String::from_utf8(scrub(&city).stdout).unwrap();
    for line in [
        "damaged: submission 2, reference -: sealed parts without their submission",
        &format!(
            "damaged: submission 4, reference {}: its proof: it does not lead",
            kept[3].reference
        ),
        "damaged: log, node 1/0, reference -: is not made of what is below it",
    ] {
        assert!(said.contains(line), "{line:?} in {said}");
    }
}

/// Threat 10, everywhere: whatever byte of the store is changed, the relay says so or nothing of worth is touched.
#[test]
fn wherever_the_store_is_damaged_nothing_wrong_is_handed_out_and_nothing_is_lost_unsaid() {
    const FLIPS: usize = 48;
    let (city, _) = city_with(20);
    let relay = city.start();
    let right = pending(&city, &relay, "");
    assert!(relay.stop().success());
    let store = city.path("relay.sqlite");
    let whole = fs::read(&store).unwrap();
    let (mut silent, mut told) = (0, 0);
    let begun = Instant::now();
    for number in 0..FLIPS {
        let place = whole.len() / FLIPS * number + number * 37 % (whole.len() / FLIPS);
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (number % 8);
        fs::write(&store, &bytes).unwrap();
        for beside in ["relay.sqlite-wal", "relay.sqlite-shm"] {
            let _ = fs::remove_file(city.path(beside));
        }
        let checked = scrub(&city);
        let is_told = !checked.status.success();
        let Some(delivered) = delivered(&city) else {
            assert!(
                is_told,
                "byte {place}: it does not start, and the scrub finds nothing"
            );
            told += 1;
            continue;
        };
        for item in &delivered {
            assert!(right.contains(item), "byte {place}: {item} was never sent");
        }
        if is_told {
            told += 1;
        } else {
            assert_eq!(delivered, right, "byte {place}: lost, and nobody said so");
            silent += 1;
        }
    }
    assert!(
        told > FLIPS / 4,
        "{told} told, {silent} without consequence"
    );
    assert!(begun.elapsed() < Duration::from_secs(120));
}

/// What the relay delivers from the store as it is; None when it refuses to start, or stops.
fn delivered(city: &City) -> Option<Vec<Value>> {
    let mut command = city.command(support::NOW);
    let relay = Running::try_for(city, &mut command)?;
    let answer = support::client::try_ask(
        city,
        &relay,
        &support::client::request("GET", "/v1/outbox", "", b""),
    )
    .ok()?;
    match answer.status {
        200 => Some(answer.json()["submissions"].as_array().unwrap().clone()),
        _ => None,
    }
}
