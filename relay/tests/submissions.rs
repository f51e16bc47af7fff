//! Taking submissions: the receipt, the same receipt again, one row whatever comes twice, and nothing lost.

#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::sync::Barrier;
use std::thread;

use envelope::{Ack, Digest, FormRef, Receipt, UnixTime};
use support::client::{acknowledge, connect, get, pending, submission, submit};
use support::submission::{draft, signed};
use support::{City, NOW};

#[test]
fn a_submission_gets_a_receipt_that_everybody_can_check() {
    let city = City::new();
    let relay = city.start();
    let body = draft(&city).body();

    let answer = submit(&relay, &body);

    assert_eq!(answer.status, 201, "{answer:?}");
    let receipt = Receipt::read(&answer.receipt(), &city.catalogue()).unwrap();
    assert!(receipt.is_for(&signed(&body)));
    assert!((NOW..NOW + 60).contains(&receipt.received_at.0));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn whoever_knows_the_id_gets_the_receipt_again() {
    let city = City::new();
    let relay = city.start();
    let draft = draft(&city);
    let target = format!("/v1/submissions/{}", draft.id());

    assert_eq!(get(&relay, &target).code(), "not-found");
    let first = submit(&relay, &draft.body()).receipt();
    let again = get(&relay, &target);

    assert_eq!((again.status, again.receipt()), (200, first));
}

#[test]
fn the_same_submission_a_thousand_times_at_once_is_one_row_and_one_receipt() {
    const THREADS: usize = 20;
    const TIMES: usize = 50;
    let city = City::new();
    let relay = city.start();
    let request = submission(&draft(&city).body());
    let start = Barrier::new(THREADS);

    let sender = || {
        let mut connection = connect(&relay);
        start.wait();
        let answers = (0..TIMES).map(|_| {
            connection.get_mut().write_all(&request).unwrap();
            support::client::read_answer(&mut connection)
                .unwrap()
                .unwrap()
        });
        answers
            .map(|answer| (answer.status, answer.receipt()))
            .collect::<Vec<_>>()
    };
    let answers: Vec<(u16, String)> = thread::scope(|scope| {
        let senders: Vec<_> = (0..THREADS).map(|_| scope.spawn(sender)).collect();
        senders
            .into_iter()
            .flat_map(|sender| sender.join().unwrap())
            .collect()
    });

    assert_eq!(answers.len(), THREADS * TIMES);
    assert_eq!(
        answers.iter().filter(|(status, _)| *status == 201).count(),
        1,
        "one was first"
    );
    assert!(
        answers.iter().all(|(_, receipt)| *receipt == answers[0].1),
        "one receipt"
    );
    assert_eq!(pending(&city, &relay, "").len(), 1, "one row");
}

#[test]
fn the_twin_of_a_signature_is_the_same_submission() {
    let city = City::new();
    let relay = city.start();
    let body = draft(&city).body();
    let first = submit(&relay, &body);

    let again = submit(&relay, &with_twin_signature(&body));

    assert_eq!((again.status, again.receipt()), (200, first.receipt()));
}

#[test]
fn a_taken_id_is_refused_and_both_digests_are_logged() {
    let city = City::new();
    let relay = city.start();
    let first = draft(&city);
    let kept = first.body();
    assert_eq!(submit(&relay, &kept).status, 201);

    let id = first.payload["id"].clone();
    let by_another_key = draft(&city).with(|draft| draft.payload["id"] = id).body();
    let of_other_content = first
        .with(|draft| draft.payload["exp"] = (NOW + 60).into())
        .body();

    for other in [by_another_key, of_other_content] {
        let answer = submit(&relay, &other);
        assert_eq!((answer.status, answer.code().as_str()), (409, "id-taken"));
        relay.logs(&signed(&kept).manifest_sha256().to_string());
        relay.logs(&signed(&other).manifest_sha256().to_string());
    }
    assert_eq!(
        pending(&city, &relay, "").len(),
        1,
        "a refused one leaves no trace"
    );
}

#[test]
fn the_receipt_comes_again_after_exp_after_the_acknowledgement_and_after_restarts() {
    let city = City::new();
    let body = draft(&city).body();
    let relay = city.start();
    let first = submit(&relay, &body).receipt();
    let ack = Ack::of(&signed(&body), UnixTime(NOW)).signing_input(city.ack.kid);
    assert_eq!(acknowledge(&city, &relay, &[city.ack.sign(&ack)]), 1);
    assert!(relay.stop().success());

    // 29 days after `exp`; the catalogue still holds.
    let relay = city.start_at(NOW + 29 * 86_400);
    let late = submit(&relay, &body);
    assert_eq!((late.status, late.receipt()), (200, first));
    assert_eq!(
        pending(&city, &relay, "").len(),
        0,
        "and is not delivered again"
    );
}

#[test]
fn tombstones_are_kept_for_thirty_days_and_what_nobody_collected_for_ever() {
    let city = City::new();
    let month = 31 * 86_400;
    let mut catalogue = city.catalogue();
    catalogue.exp = UnixTime(NOW + 2 * month);
    city.publish(&catalogue);
    let (collected, waiting) = (draft(&city), draft(&city));
    let relay = city.start();
    for draft in [&collected, &waiting] {
        assert_eq!(submit(&relay, &draft.body()).status, 201);
    }
    let first = pending(&city, &relay, "?max=1")[0]["manifest"]
        .as_str()
        .unwrap()
        .to_owned();
    let parts = &collected.parts;
    let kept = envelope::Unverified::from_pieces(&first, parts.clone()).unwrap();
    let ack = Ack::of(&kept.check_signature().unwrap(), UnixTime(NOW)).signing_input(city.ack.kid);
    assert_eq!(acknowledge(&city, &relay, &[city.ack.sign(&ack)]), 1);
    drop(relay);

    let relay = city.start_at(NOW + month);
    relay.logs("tombstones");

    assert_eq!(
        get(&relay, &format!("/v1/submissions/{}", collected.id())).code(),
        "not-found"
    );
    assert_eq!(
        get(&relay, &format!("/v1/submissions/{}", waiting.id())).status,
        200
    );
    assert_eq!(pending(&city, &relay, "").len(), 1);
}

#[test]
fn a_client_that_goes_away_changes_nothing() {
    let city = City::new();
    let relay = city.start();
    let drafts: Vec<_> = (0..50).map(|_| draft(&city)).collect();
    for draft in &drafts {
        let mut connection = connect(&relay);
        connection
            .get_mut()
            .write_all(&submission(&draft.body()))
            .unwrap();
    }
    for draft in &drafts {
        // Whether the first one was taken or not: now there is a receipt, and one row.
        assert!(matches!(submit(&relay, &draft.body()).status, 200 | 201));
    }
    assert_eq!(pending(&city, &relay, "").len(), drafts.len());
}

#[test]
fn what_was_acknowledged_outlives_sigkill() {
    let city = City::new();
    let mut kept = Vec::new();
    for _ in 0..3 {
        let relay = city.start();
        for _ in 0..20 {
            let body = draft(&city).body();
            let receipt = submit(&relay, &body).receipt();
            kept.push((body, receipt));
        }
        drop(relay); // SIGKILL
    }

    let relay = city.start();
    let delivered = pending(&city, &relay, "");
    let receipts: Vec<_> = delivered
        .iter()
        .map(|item| item["receipt"].as_str().unwrap())
        .collect();
    assert_eq!(
        receipts,
        kept.iter()
            .map(|(_, receipt)| receipt.as_str())
            .collect::<Vec<_>>()
    );
    for (body, receipt) in &kept {
        assert_eq!(submit(&relay, body).receipt(), *receipt);
    }
}

/// The body with the manifest's signature (r, s) replaced by (r, n − s), which verifies as well.
fn with_twin_signature(body: &[u8]) -> Vec<u8> {
    /// The order of P-256.
    const N: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let mut body: serde_json::Value = serde_json::from_slice(body).unwrap();
    let manifest = body["manifest"].as_str().unwrap();
    let (signing_input, signature) = manifest.rsplit_once('.').unwrap();
    let mut signature: [u8; 64] = envelope::base64url::decode_fixed(signature).unwrap();
    let mut borrow = 0;
    for i in (0..32).rev() {
        let difference = i16::from(N[i]) - i16::from(signature[32 + i]) - borrow;
        borrow = i16::from(difference < 0);
        signature[32 + i] = (difference + 256 * borrow) as u8;
    }
    let twin = envelope::jws::attach(signing_input, &signature);
    assert_ne!(twin, manifest);
    body["manifest"] = twin.into();
    body.to_string().into_bytes()
}

#[test]
fn two_versions_are_taken_until_the_old_one_ends() {
    const UNTIL: i64 = NOW + 3600;
    let city = City::new();
    let mut catalogue = city.catalogue();
    let mut next = catalogue.forms[0].clone();
    catalogue.forms[0].accept_until = Some(UnixTime(UNTIL));
    next.version = 2;
    next.sha256 = Digest::of(b"birth 2");
    let new = FormRef {
        id: next.id.clone(),
        version: 2,
        sha256: next.sha256,
    };
    catalogue.forms.push(next);
    city.publish(&catalogue);
    let at = |now: i64| {
        draft(&city).with(|draft| {
            draft.payload["iat"] = now.into();
            draft.payload["exp"] = (now + 3600).into();
        })
    };
    let by_new = |now| at(now).with(|draft| draft.payload["form"] = serde_json::json!(new));

    let relay = city.start();
    assert_eq!(submit(&relay, &at(NOW).body()).status, 201);
    assert_eq!(submit(&relay, &by_new(NOW).body()).status, 201);
    drop(relay);

    let relay = city.start_at(UNTIL);
    let late = submit(&relay, &at(UNTIL).body());
    assert_eq!((late.status, late.code().as_str()), (409, "form-closed"));
    assert_eq!(submit(&relay, &by_new(UNTIL).body()).status, 201);
}

#[test]
fn a_lock_that_is_held_for_a_moment_is_waited_for() {
    let city = City::new();
    let relay = city.start();
    assert_eq!(submit(&relay, &draft(&city).body()).status, 201);
    let other = rusqlite::Connection::open(city.path("relay.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = thread::scope(|threads| {
        let sent = threads.spawn(|| submit(&relay, &draft(&city).body()));
        thread::sleep(std::time::Duration::from_millis(300));
        other.execute_batch("ROLLBACK").unwrap();
        sent.join().unwrap()
    });
    assert_eq!(answer.status, 201, "{}", relay.log());
}
