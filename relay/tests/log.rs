//! The log: every submission is a leaf from its commit on, the files say the same, and no old or other store goes on
//! with it.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use envelope::Digest;
use envelope::log::{Bundle, Checkpoint, InclusionProof, LogKey, Note, Tile, tree};
use rusqlite::Connection;
use support::client::{get, pending, send, submit};
use support::submission::{draft, signed};
use support::{City, NOW, Running, make_log_key, read_log};

/// Sends a submission and returns its manifest's digest.
fn sent(city: &City, relay: &Running) -> Digest {
    let body = draft(city).body();
    let answer = submit(relay, &body);
    assert_eq!(answer.status, 201, "{}", relay.log());
    signed(&body).manifest_sha256()
}

fn logs(city: &City) -> Vec<LogKey> {
    city.catalogue().logs
}

/// The published checkpoint once it is over `size` leaves.
fn published(city: &City, relay: &Running, size: u64) -> Checkpoint {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = get(relay, "/log/checkpoint");
        assert_eq!(answer.status, 200, "{answer:?}");
        let note = String::from_utf8(answer.body).unwrap();
        let checkpoint = Checkpoint::read(&note, &logs(city)).unwrap();
        if checkpoint.size >= size {
            return checkpoint;
        }
        assert!(Instant::now() < until, "{} of {size}", checkpoint.size);
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Everything in a log of `size` leaves, read as anybody can read it: the entries, checked against the tiles and the root.
fn entries(relay: &Running, checkpoint: &Checkpoint) -> Vec<Digest> {
    let file = |name: String| {
        let answer = get(relay, &format!("/log/{name}"));
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        assert_eq!(
            answer.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        answer.body
    };
    let size = checkpoint.size;
    let entries: Vec<Digest> = Bundle::new_between(0, size)
        .flat_map(|bundle| bundle.manifests(&file(bundle.to_string())).unwrap())
        .collect();
    let mut tiles = BTreeMap::new();
    let mut nodes = |level, index| {
        let tile = Tile::with_node(level, index, size)?;
        let bytes = tiles.entry(tile).or_insert_with(|| file(tile.to_string()));
        tile.node(level, index, bytes)
    };
    assert_eq!(tree::root(size, &mut nodes), Some(checkpoint.root));
    for (index, entry) in (0..).zip(&entries) {
        assert_eq!(nodes(0, index), Some(tree::leaf(entry)), "leaf {index}");
    }
    entries
}

#[test]
fn an_answer_carries_the_proof_whoever_asks_and_when() {
    let city = City::new();
    let relay = city.start();
    let drafts: Vec<_> = (0..5).map(|_| draft(&city)).collect();
    for (index, draft) in (0..).zip(&drafts) {
        let body = draft.body();
        let manifest = signed(&body).manifest_sha256();
        let proof = submit(&relay, &body).proof();
        let checkpoint = proof.verify(&manifest, &logs(&city)).unwrap();
        assert_eq!((proof.index, checkpoint.size), (index, index + 1));
    }
    for (index, draft) in (0..).zip(&drafts) {
        let body = draft.body();
        let manifest = signed(&body).manifest_sha256();
        let again = submit(&relay, &body);
        let asked = get(&relay, &format!("/v1/submissions/{}", draft.id()));
        for proof in [again.proof(), asked.proof()] {
            assert_eq!(
                proof.verify(&manifest, &logs(&city)).unwrap().size,
                5,
                "under the newest checkpoint"
            );
            assert_eq!(proof.index, index, "and no second leaf");
        }
    }
    for (item, draft) in pending(&city, &relay, "").iter().zip(&drafts) {
        let proof = InclusionProof::read(item["proof"].as_str().unwrap()).unwrap();
        let manifest = signed(&draft.body()).manifest_sha256();
        assert_eq!(proof.verify(&manifest, &logs(&city)).unwrap().size, 5);
    }
}

#[test]
fn the_files_are_the_tree_and_full_ones_replace_partial_ones() {
    let city = City::new();
    let relay = city.start();
    let mut all: Vec<Digest> = (0..3).map(|_| sent(&city, &relay)).collect();
    let checkpoint = published(&city, &relay, 3);
    assert_eq!(entries(&relay, &checkpoint), all);
    let partial = city.path("log/tile/entries/000.p");
    assert!(partial.join("3").exists());

    all.extend((3..260).map(|_| sent(&city, &relay)));
    let checkpoint = published(&city, &relay, 260);
    assert_eq!(entries(&relay, &checkpoint), all);
    let until = Instant::now() + Duration::from_secs(20);
    while partial.exists() {
        assert!(Instant::now() < until, "what is full needs no part");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(get(&relay, "/log/tile/entries/000.p/3").code(), "not-found");
    assert_eq!(get(&relay, "/log/tile/1/000.p/1").status, 200);
}

#[test]
fn the_checkpoint_says_when_it_was_the_newest() {
    let city = City::new();
    let relay = city.start();
    sent(&city, &relay);
    published(&city, &relay, 1);
    let answer = get(&relay, "/log/checkpoint");
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    let note = Note::read(std::str::from_utf8(&answer.body).unwrap()).unwrap();
    let time = note.fresh_at(&city.log).unwrap();
    assert!((NOW..NOW + 60).contains(&time.0), "{time}");
}

#[test]
fn only_the_logs_own_files_can_be_asked_for_and_only_by_get() {
    let city = City::new();
    let relay = city.start();
    fs::write(city.path("log/secret"), "x").unwrap();
    for name in [
        "",
        "secret",
        ".new",
        "../relay.jwk",
        "tile/../secret",
        "tile/%2e%2e/secret",
        "checkpoint/",
        "checkpoint?x",
        "tile/0/000.p/1",
        "tile/0/0",
        "tile/entries",
        "tile/0/000.p/../../../../secret",
    ] {
        let answer = get(&relay, &format!("/log/{name}"));
        assert_eq!((answer.status, answer.code().as_str()), (404, "not-found"));
    }
    let answer = send(
        &relay,
        &support::client::request("POST", "/log/checkpoint", "", b"x"),
    );
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
}

/// Threat 9: an old backup is put back.
#[test]
fn an_old_store_is_refused_once_more_was_published() {
    let city = City::new();
    let relay = city.start();
    sent(&city, &relay);
    assert!(relay.stop().success());
    fs::copy(city.path("relay.sqlite"), city.path("backup.sqlite")).unwrap();
    let relay = city.start();
    sent(&city, &relay);
    assert!(relay.stop().success());

    put_back(&city, "backup.sqlite");
    let fault = city.fault();
    assert!(
        fault.starts_with("log/checkpoint: 2 leaves were published, and the store's log has 1: the store is an old one; put the newest store there"),
        "{fault}"
    );
}

/// Puts a copy in the place of the store.
fn put_back(city: &City, name: &str) {
    for file in ["relay.sqlite-wal", "relay.sqlite-shm"] {
        let _ = fs::remove_file(city.path(file));
    }
    fs::copy(city.path(name), city.path("relay.sqlite")).unwrap();
}

#[test]
fn another_store_does_not_go_on_with_a_published_log() {
    let city = City::new();
    let relay = city.start();
    sent(&city, &relay);
    assert!(relay.stop().success());
    fs::rename(city.path("log"), city.path("published")).unwrap();
    fs::remove_file(city.path("relay.sqlite")).unwrap();
    let relay = city.start();
    sent(&city, &relay);
    sent(&city, &relay);
    assert!(relay.stop().success());

    fs::rename(city.path("log"), city.path("forked")).unwrap();
    let fault = city.fault();
    assert!(
        fault.starts_with("log/checkpoint: is missing, and the store's log has 2 leaves; name the folder where this log was published"),
        "{fault}"
    );
    fs::rename(city.path("published"), city.path("log")).unwrap();
    let fault = city.fault();
    assert!(
        fault.starts_with(
            "log/checkpoint: the first 1 leaves of the store's log are others than were published"
        ),
        "{fault}"
    );
    make_log_key("relay.example/log-2", &city.path("log-2.key"));
    fs::rename(city.path("log"), city.path("published")).unwrap();
    fs::create_dir(city.path("log")).unwrap();
    fs::write(city.path("log/checkpoint"), "no checkpoint").unwrap();
    let fault = city.fault();
    assert!(fault.starts_with("log/checkpoint: malformed"), "{fault}");
}

#[test]
fn a_damaged_log_is_noticed_at_the_start() {
    for damage in [
        "UPDATE entry SET manifest_sha256 = zeroblob(32) WHERE leaf = 2",
        "UPDATE node SET hash = zeroblob(32) WHERE level = 1",
        "DELETE FROM node",
        "DELETE FROM entry WHERE leaf = 2",
        "UPDATE log SET checkpoint = replace(checkpoint, 'log', 'lag')",
    ] {
        let city = City::new();
        let relay = city.start();
        for _ in 0..3 {
            sent(&city, &relay);
        }
        assert!(relay.stop().success());
        let store = Connection::open(city.path("relay.sqlite")).unwrap();
        store.execute_batch(damage).unwrap();
        drop(store);
        let fault = city.fault();
        assert!(
            fault.starts_with("relay.sqlite: its log ") && fault.contains("newest backup"),
            "{damage}: {fault}"
        );
    }
}

#[test]
fn lost_files_are_written_again_and_an_unwritable_folder_stops_nobody() {
    let city = City::new();
    let relay = city.start();
    let first = sent(&city, &relay);
    published(&city, &relay, 1);
    fs::remove_dir_all(city.path("log/tile")).unwrap();
    fs::write(city.path("log/tile"), "in the way").unwrap();
    let second = sent(&city, &relay);
    relay.logs("log not published");
    fs::remove_file(city.path("log/tile")).unwrap();
    assert!(relay.stop().success());

    let relay = city.start();
    let checkpoint = published(&city, &relay, 2);
    assert_eq!(entries(&relay, &checkpoint), [first, second]);
}

/// A store from before the log, as the relay before this one left it.
fn take_the_log_out(store: &Path) {
    let store = Connection::open(store).unwrap();
    store
        .execute_batch(
            "DROP INDEX submission_without_leaf;
             ALTER TABLE submission DROP COLUMN leaf;
             DROP TABLE unfinished; DROP TABLE attachment; DROP TABLE release;
             DROP TABLE log; DROP TABLE entry; DROP TABLE node;
             PRAGMA user_version = 1;",
        )
        .unwrap();
}

#[test]
fn a_store_from_before_the_log_is_taken_up_into_it() {
    let city = City::new();
    let relay = city.start();
    let bodies: Vec<_> = (0..3).map(|_| draft(&city).body()).collect();
    let receipts: Vec<_> = bodies
        .iter()
        .map(|body| submit(&relay, body).receipt())
        .collect();
    assert!(relay.stop().success());
    take_the_log_out(&city.path("relay.sqlite"));
    fs::remove_dir_all(city.path("log")).unwrap();

    let relay = city.start();
    for (index, (body, receipt)) in (0..).zip(bodies.iter().zip(receipts)) {
        let answer = submit(&relay, body);
        assert_eq!((answer.status, answer.receipt()), (200, receipt));
        let proof = answer.proof();
        let manifest = signed(body).manifest_sha256();
        assert_eq!(proof.verify(&manifest, &logs(&city)).unwrap().size, 3);
        assert_eq!(proof.index, index);
    }
}

#[test]
fn a_lost_log_is_followed_by_another_under_another_name() {
    let city = City::new();
    let relay = city.start();
    let body = draft(&city).body();
    let old_proof = submit(&relay, &body).proof();
    assert!(relay.stop().success());
    let begin = || {
        let output = city.begin_log();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    let (done, said) = begin();
    assert!(
        !done && said.contains("a log was published in this folder"),
        "{said}"
    );
    city.rename_log("log.key", "log-2");
    let (done, said) = begin();
    assert!(
        !done && said.contains("its log is relay.example/log already"),
        "{said}"
    );
    make_log_key("relay.example/log-2", &city.path("log-2.key"));
    city.rename_log("log-2.key", "log-2");
    let fault = city.fault();
    assert!(
        fault.contains("log key relay.example/log-2+") && fault.contains("log.pub.key"),
        "{fault}"
    );
    let mut catalogue = city.catalogue();
    catalogue.logs.push(read_log(&city.path("log-2.pub.key")));
    city.publish(&catalogue);
    let fault = city.fault();
    assert!(
        fault.starts_with("relay.sqlite: its log has the key relay.example/log+")
            && fault.contains("motcua-relay log begin"),
        "{fault}"
    );
    let (done, said) = begin();
    assert!(done && said.contains("is ended"), "{said}");

    let relay = city.start();
    let proof = submit(&relay, &body).proof();
    let manifest = signed(&body).manifest_sha256();
    let origin = |proof: &InclusionProof| proof.verify(&manifest, &catalogue.logs).unwrap().origin;
    assert_eq!(origin(&old_proof), "relay.example/log");
    assert_eq!(origin(&proof), "relay.example/log-2");
}
