//! Attachments: the whole way, every cut and crash on it, and what nobody may take from others.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay reads no environment; its tests know long forms

mod support;

use std::fs;
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use envelope::{Ack, Pieces, Receipt, UnixTime};
use serde_json::json;
use support::client::{
    Answer, acknowledge, ask, connect, get, offset, pending, put, read_answer, request, send,
    stands, submit,
};
use support::submission::{Draft, attached, draft, signed, with_attachments};
use support::{City, NOW, Running};

/// What the digests of an attachment are made over.
const PIECE: usize = 262_144;

/// Bytes that are nowhere the same.
fn bytes(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(len).collect()
}

/// Sends a submission whose attachments are to follow.
fn begin(relay: &Running, draft: &Draft, missing: &[&str]) {
    let answer = submit(relay, &draft.body());
    assert_eq!(answer.status, 202, "{answer:?}");
    assert_eq!(answer.json(), json!({ "missing": missing }));
}

/// Goes on with an attachment to its end, from where it stands.
fn finish(relay: &Running, part: &str, whole: &[u8]) -> Answer {
    let from = offset(relay, part);
    send(relay, &put(part, from, &whole[from as usize..]))
}

fn submission(draft: &Draft) -> String {
    format!("/v1/submissions/{}", draft.id())
}

/// The folder of a submission's files.
fn files(city: &City, draft: &Draft) -> std::path::PathBuf {
    city.path("relay.sqlite.parts").join(draft.id())
}

#[test]
fn the_last_attachment_brings_the_receipt_and_the_intake_gets_all_of_it() {
    let city = City::new();
    let relay = city.start();
    let (one, other) = (bytes(PIECE + 1, 1), bytes(38, 2));
    let draft = attached(&city, &[("a1", &one), ("a2", &other)]);
    let (a1, a2) = (draft.part("a1"), draft.part("a2"));

    begin(&relay, &draft, &["a1", "a2"]);
    begin(&relay, &draft, &["a1", "a2"]);
    assert_eq!(offset(&relay, &a1), 0);
    let answer = send(&relay, &put(&a1, 0, &one[..1000]));
    assert_eq!((answer.status, answer.offset()), (204, 1000));
    let answer = send(&relay, &put(&a1, 1000, &one[1000..]));
    assert_eq!((answer.status, answer.offset()), (204, one.len() as u64));
    begin(&relay, &draft, &["a2"]);
    let answer = get(&relay, &submission(&draft));
    assert_eq!(
        (answer.status, answer.json()),
        (202, json!({ "missing": ["a2"] }))
    );
    assert_eq!(
        pending(&city, &relay, "").len(),
        0,
        "nothing before the last"
    );

    let last = send(&relay, &put(&a2, 0, &other));
    assert_eq!(last.status, 201, "{last:?}");
    let receipt = last.receipt();
    let read = Receipt::read(&receipt, &city.catalogue()).unwrap();
    assert!(read.is_for(&signed(&draft.body())));
    for again in [
        get(&relay, &submission(&draft)),
        submit(&relay, &draft.body()),
        send(&relay, &put(&a2, 38, b"")),
    ] {
        assert_eq!((again.status, again.receipt()), (200, receipt.clone()));
    }
    assert_eq!(get(&relay, &a1).code(), "method");

    let delivered = pending(&city, &relay, "");
    assert_eq!(delivered.len(), 1);
    assert_eq!(delivered[0]["receipt"], receipt);
    let collect = |name: &str, query: &str| {
        let target = format!("/v1/outbox/parts/{}/{name}{query}", draft.id());
        ask(&city, &relay, &request("GET", &target, "", b""))
    };
    assert_eq!(collect("a1", "").body, one);
    assert_eq!(collect("a1", "?from=262140").body, one[262_140..]);
    assert_eq!(collect("a1", "?from=262145").body, b"");
    assert_eq!(collect("a2", "").body, other);
    for (name, query, code) in [
        ("a3", "", "not-found"),
        ("../a1", "", "not-found"),
        ("a1.part", "", "not-found"),
        ("a1", "?from=262146", "malformed"),
        ("a1", "?from=-1", "malformed"),
        ("a1", "?to=1", "malformed"),
    ] {
        assert_eq!(collect(name, query).code(), code, "{name}{query}");
    }

    assert!(files(&city, &draft).is_dir());
    let ack = Ack::of(&signed(&draft.body()), UnixTime(NOW)).signing_input(city.ack.kid);
    assert_eq!(acknowledge(&city, &relay, &[city.ack.sign(&ack)]), 1);
    assert_eq!(collect("a1", "").code(), "not-found");
    assert!(!files(&city, &draft).exists(), "deleted with it");
    assert_eq!(submit(&relay, &draft.body()).receipt(), receipt);
}

#[test]
fn a_cut_at_any_byte_costs_no_more_than_what_was_under_way() {
    let city = City::new();
    let relay = city.start();
    let whole = bytes(2 * PIECE + 39, 3);
    let draft = attached(&city, &[("a1", &whole)]);
    let part = draft.part("a1");
    begin(&relay, &draft, &["a1"]);
    let mut stands = 0;
    for cut in [
        1,
        2,
        4096,
        PIECE - 1,
        PIECE,
        PIECE + 1,
        2 * PIECE,
        2 * PIECE + 38,
    ] {
        let request = put(&part, stands as u64, &whole[stands..]);
        let head = request.len() - (whole.len() - stands);
        let mut connection = connect(&relay);
        let sent = head + cut - stands;
        connection.get_mut().write_all(&request[..sent]).unwrap();
        drop(connection);
        stands = settled(&relay, &part, cut);
        assert_eq!(stands, cut, "what came is there");
    }
    assert_eq!(finish(&relay, &part, &whole).status, 201);
}

/// Waits until an attachment stands at `wanted`, or what was cut has settled.
fn settled(relay: &Running, part: &str, wanted: usize) -> usize {
    // A question ends a request that still comes: let what was sent arrive first.
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        thread::sleep(Duration::from_millis(50));
        let stands = offset(relay, part) as usize;
        if stands == wanted || Instant::now() > until {
            return stands;
        }
    }
}

#[test]
fn a_relay_killed_in_the_middle_goes_on_where_its_disk_stands() {
    let city = City::new();
    let whole = bytes(4 * PIECE + 5, 4);
    let draft = attached(&city, &[("a1", &whole), ("a2", &whole[..100])]);
    let (a1, a2) = (draft.part("a1"), draft.part("a2"));
    let relay = city.start();
    begin(&relay, &draft, &["a1", "a2"]);
    assert_eq!(send(&relay, &put(&a2, 0, &whole[..100])).status, 204);
    drop(relay);
    for kill in 1..=4 {
        let relay = city.start();
        let from = offset(&relay, &a1) as usize;
        assert!(from <= kill * PIECE);
        let request = put(&a1, from as u64, &whole[from..]);
        let head = request.len() - (whole.len() - from);
        let mut connection = connect(&relay);
        let sent = head + kill * PIECE - from;
        connection.get_mut().write_all(&request[..sent]).unwrap();
        thread::sleep(Duration::from_millis(20 * kill as u64));
        drop(relay); // SIGKILL
    }
    let relay = city.start();
    begin(&relay, &draft, &["a1"]);
    assert_eq!(finish(&relay, &a1, &whole).status, 201);
    assert_eq!(pending(&city, &relay, "").len(), 1);
}

#[test]
fn a_crash_before_the_commit_leaves_it_to_the_next_question() {
    let city = City::new();
    let whole = bytes(1000, 5);
    let draft = attached(&city, &[("a1", &whole)]);
    let relay = city.start();
    begin(&relay, &draft, &["a1"]);
    assert_eq!(
        send(&relay, &put(&draft.part("a1"), 0, &whole[..999])).status,
        204
    );
    drop(relay);
    // As if it had died after the last byte, and after the rename.
    let growing = files(&city, &draft).join("a1.part");
    fs::write(&growing, &whole).unwrap();
    let relay = city.start();
    assert_eq!(offset(&relay, &draft.part("a1")), 1000);
    begin(&relay, &draft, &["a1"]);
    drop(relay);
    fs::rename(&growing, files(&city, &draft).join("a1")).unwrap();
    let relay = city.start();
    assert_eq!(submit(&relay, &draft.body()).status, 201);
    assert_eq!(pending(&city, &relay, "").len(), 1);
}

#[test]
fn wrong_bytes_are_dropped_and_only_they() {
    let city = City::new();
    let relay = city.start();
    let (one, other) = (bytes(PIECE + 7, 6), bytes(5000, 7));
    let draft = attached(&city, &[("a1", &one), ("a2", &other)]);
    let (a1, a2) = (draft.part("a1"), draft.part("a2"));
    begin(&relay, &draft, &["a1", "a2"]);
    assert_eq!(send(&relay, &put(&a2, 0, &other[..4000])).status, 204);
    let mut wrong = one.clone();
    wrong[PIECE - 1] ^= 1;

    let answer = send(&relay, &put(&a1, 0, &wrong));
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "part-digest")
    );
    assert_eq!(offset(&relay, &a1), 0);
    assert_eq!(offset(&relay, &a2), 4000);
    assert_eq!(finish(&relay, &a1, &one).status, 204);
    assert_eq!(finish(&relay, &a2, &other).status, 201);
}

#[test]
fn what_is_no_right_continuation_is_refused_and_changes_nothing() {
    let city = City::new();
    let relay = city.start();
    let whole = bytes(1000, 8);
    let draft = attached(&city, &[("a1", &whole)]);
    let part = draft.part("a1");
    begin(&relay, &draft, &["a1"]);
    assert_eq!(send(&relay, &put(&part, 0, &whole[..500])).status, 204);

    let octets = "Content-Type: application/octet-stream\r\n";
    let raw = |headers: &str, body: &[u8]| send(&relay, &request("PUT", &part, headers, body));
    assert_eq!(raw(octets, b"x").code(), "malformed");
    assert_eq!(raw("Upload-Offset: 500\r\n", b"x").code(), "media-type");
    let twice = format!("{octets}Upload-Offset: 500\r\nUpload-Offset: 500\r\n");
    assert_eq!(raw(&twice, b"x").code(), "malformed");
    for from in [0, 499, 501, 1000] {
        let answer = send(&relay, &put(&part, from, b"x"));
        assert_eq!((answer.status, answer.code().as_str()), (409, "offset"));
        assert_eq!(answer.offset(), 500);
    }
    let longer = send(&relay, &put(&part, 500, &[0; 501]));
    assert_eq!(
        (longer.status, longer.code().as_str()),
        (400, "part-digest")
    );
    // A length that lies, with more to come than anybody has: refused before it is read.
    let head = format!(
        "PUT {part} HTTP/1.1\r\nHost: a\r\n{octets}Upload-Offset: 500\r\nContent-Length: 10737418240\r\n\r\n"
    );
    assert_eq!(send(&relay, head.as_bytes()).code(), "part-digest");
    let unsized_head =
        format!("PUT {part} HTTP/1.1\r\nHost: a\r\n{octets}Upload-Offset: 500\r\n\r\n");
    assert_eq!(send(&relay, unsized_head.as_bytes()).code(), "framing");

    let elsewhere = "/v1/submissions/AAAAAAAAAAAAAAAAAAAAAA/parts/a1";
    for unknown in [
        elsewhere,
        &draft.part("a2"),
        &draft.part("ward"),
        &draft.part("a1/"),
        &draft.part("..%2fa1"),
    ] {
        assert_eq!(
            send(&relay, &put(unknown, 0, b"x")).code(),
            "not-found",
            "{unknown}"
        );
    }
    let post = request("POST", &part, octets, b"x");
    let answer = send(&relay, &post);
    assert_eq!(answer.header("allow"), Some("HEAD, OPTIONS, PUT"));
    assert_eq!(offset(&relay, &part), 500);
    assert_eq!(finish(&relay, &part, &whole).status, 201);
}

#[test]
fn of_two_requests_for_one_attachment_the_later_goes_on() {
    let city = City::new();
    let relay = city.start();
    let whole = bytes(3 * PIECE, 9);
    let draft = attached(&city, &[("a1", &whole)]);
    let part = draft.part("a1");
    begin(&relay, &draft, &["a1"]);
    let half = |from: usize, to: usize| {
        let request = put(&part, from as u64, &whole[from..]);
        let mut connection: BufReader<TcpStream> = connect(&relay);
        let sent = request.len() - (whole.len() - to);
        connection.get_mut().write_all(&request[..sent]).unwrap();
        connection
    };
    let mut first = half(0, PIECE);
    thread::sleep(Duration::from_millis(200));
    let stands = offset(&relay, &part);
    let ended = read_answer(&mut first).unwrap().unwrap();
    assert_eq!((ended.code().as_str(), ended.offset()), ("offset", stands));
    let mut second = half(stands as usize, 2 * PIECE);
    thread::sleep(Duration::from_millis(200));
    assert_eq!(finish(&relay, &part, &whole).status, 201);
    assert_eq!(read_answer(&mut second).unwrap().unwrap().status, 409);
}

#[test]
fn many_at_once_for_one_attachment_make_one_submission() {
    const SENDERS: usize = 16;
    let city = City::new();
    let relay = city.start();
    let whole = bytes(2 * PIECE, 10);
    let draft = attached(&city, &[("a1", &whole), ("a2", &whole[..38])]);
    begin(&relay, &draft, &["a1", "a2"]);
    let sender = || {
        // Each by itself does what a page does: asks, goes on, asks again.
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            assert!(Instant::now() < until, "{}", relay.log());
            let state = submit(&relay, &draft.body());
            let missing = match state.status {
                200 | 201 => return state.receipt(),
                _ => state.json()["missing"].clone(),
            };
            for (n, len) in [("a1", whole.len()), ("a2", 38)] {
                let is_missing = missing.as_array().unwrap().iter().any(|m| m == n);
                if !is_missing {
                    continue;
                }
                if let Some(from) = stands(&relay, &draft.part(n)) {
                    let rest = &whole[from as usize..len];
                    let answer = send(&relay, &put(&draft.part(n), from, rest));
                    assert!(
                        matches!(answer.status, 200 | 201 | 204 | 404 | 409),
                        "{answer:?}"
                    );
                }
            }
        }
    };
    let receipts: Vec<String> = thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(sender)).collect();
        senders.into_iter().map(|s| s.join().unwrap()).collect()
    });
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
    assert_eq!(pending(&city, &relay, "").len(), 1);
}

#[test]
fn room_is_held_until_exp_and_then_given_to_others() {
    let city = City::new();
    city.configure("[limits]\nattachments_bytes_max = 1000000");
    let whole = bytes(600_000, 11);
    let (first, second) = (
        attached(&city, &[("a1", &whole)]),
        attached(&city, &[("a1", &whole)]),
    );
    let relay = city.start();
    begin(&relay, &first, &["a1"]);
    let refused = submit(&relay, &second.body());
    assert_eq!((refused.status, refused.code().as_str()), (503, "busy"));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(
        send(&relay, &put(&first.part("a1"), 0, &whole[..9])).status,
        204
    );
    assert!(files(&city, &first).is_dir());
    // Submissions without attachments are taken all the same.
    assert_eq!(submit(&relay, &draft(&city).body()).status, 201);
    drop(relay);

    let late = NOW + 3601;
    let relay = city.start_at(late);
    relay.logs("did not come in time");
    assert_eq!(get(&relay, &submission(&first)).code(), "not-found");
    assert_eq!(
        send(&relay, &put(&first.part("a1"), 9, b"x")).code(),
        "not-found"
    );
    let again = second.with(|draft| {
        draft.payload["iat"] = late.into();
        draft.payload["exp"] = (late + 3600).into();
    });
    begin(&relay, &again, &["a1"]);
    assert!(!files(&city, &first).exists(), "nothing is left");
    assert_eq!(finish(&relay, &again.part("a1"), &whole).status, 201);
    // What is kept counts on, until it is collected.
    let third = attached(&city, &[("a1", &whole)]).with(|draft| draft.payload["iat"] = late.into());
    let third = third.with(|draft| draft.payload["exp"] = (late + 60).into());
    assert_eq!(submit(&relay, &third.body()).code(), "busy");
    let ack = Ack::of(&signed(&again.body()), UnixTime(late)).signing_input(city.ack.kid);
    assert_eq!(acknowledge(&city, &relay, &[city.ack.sign(&ack)]), 1);
    begin(&relay, &third, &["a1"]);
}

#[test]
fn attachments_may_take_until_exp_unless_the_form_closes() {
    let city = City::new();
    let whole = bytes(100, 12);
    let (in_time, too_late) = (
        attached(&city, &[("a1", &whole)]),
        attached(&city, &[("a1", &whole)]),
    );
    let relay = city.start();
    begin(&relay, &in_time, &["a1"]);
    begin(&relay, &too_late, &["a1"]);
    drop(relay);
    // Long after the ten minutes that clocks may differ.
    let relay = city.start_at(NOW + 3000);
    assert_eq!(finish(&relay, &in_time.part("a1"), &whole).status, 201);
    drop(relay);

    let mut catalogue = city.catalogue();
    for form in &mut catalogue.forms {
        form.closes = Some(UnixTime(NOW + 3100));
    }
    city.publish(&catalogue);
    let relay = city.start_at(NOW + 3200);
    let refused = finish(&relay, &too_late.part("a1"), &whole);
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (409, "form-closed")
    );
    assert_eq!(get(&relay, &submission(&too_late)).code(), "not-found");
    assert!(
        !files(&city, &too_late).exists(),
        "a refused one leaves no trace"
    );
    assert_eq!(pending(&city, &relay, "").len(), 1);
}

#[test]
fn an_id_that_waits_is_taken() {
    let city = City::new();
    let relay = city.start();
    let whole = bytes(100, 13);
    let first = attached(&city, &[("a1", &whole)]);
    begin(&relay, &first, &["a1"]);
    let id = first.payload["id"].clone();
    let by_another_key = attached(&city, &[("a1", &whole)]).with(|draft| draft.payload["id"] = id);
    assert_eq!(submit(&relay, &by_another_key.body()).code(), "id-taken");
    assert_eq!(finish(&relay, &first.part("a1"), &whole).status, 201);
    assert_eq!(submit(&relay, &by_another_key.body()).code(), "id-taken");
}

#[test]
fn files_without_rows_are_swept_and_rows_without_files_reported() {
    let city = City::new();
    let whole = bytes(100, 14);
    let (lost, waits) = (
        attached(&city, &[("a1", &whole)]),
        attached(&city, &[("a1", &whole)]),
    );
    let relay = city.start();
    begin(&relay, &lost, &["a1"]);
    assert_eq!(finish(&relay, &lost.part("a1"), &whole).status, 201);
    begin(&relay, &waits, &["a1"]);
    assert_eq!(
        send(&relay, &put(&waits.part("a1"), 0, &whole[..50])).status,
        204
    );
    drop(relay);
    fs::remove_file(files(&city, &lost).join("a1")).unwrap();
    let orphan = city.path("relay.sqlite.parts/AAAAAAAAAAAAAAAAAAAAAA");
    fs::create_dir(&orphan).unwrap();
    fs::write(orphan.join("a1"), &whole).unwrap();

    let relay = city.start();
    relay.logs("attachment lost");
    assert!(!orphan.exists());
    assert_eq!(offset(&relay, &waits.part("a1")), 50);
    let target = format!("/v1/outbox/parts/{}/a1", lost.id());
    let answer = ask(&city, &relay, &request("GET", &target, "", b""));
    assert_eq!(answer.code(), "internal");
    assert_eq!(
        finish(&relay, &waits.part("a1"), &whole).status,
        201,
        "others go on"
    );
}

/// `MOTCUA_ATTACHMENT_MIB=1024 cargo test -p relay --test attachments constant_memory -- --nocapture` for the long form.
#[test]
fn attachments_are_taken_and_handed_on_in_constant_memory() {
    let mib: u64 = std::env::var("MOTCUA_ATTACHMENT_MIB").map_or(64, |text| {
        text.parse().expect("MOTCUA_ATTACHMENT_MIB is a number")
    });
    let len = mib << 20;
    let city = City::new();
    let relay = city.start();
    let zeros = vec![0; 1 << 20];
    let mut pieces = Pieces::new();
    (0..mib).for_each(|_| pieces.update(&zeros));
    let draft = with_attachments(&city, &[("a1", len, pieces.finish())]);
    begin(&relay, &draft, &["a1"]);
    let before = relay.memory_bytes_max();

    let head = put(&draft.part("a1"), 0, b"");
    let head = String::from_utf8(head).unwrap();
    let head = head.replace("Content-Length: 0", &format!("Content-Length: {len}"));
    let mut connection = connect(&relay);
    connection.get_mut().write_all(head.as_bytes()).unwrap();
    let began = Instant::now();
    for _ in 0..mib {
        connection.get_mut().write_all(&zeros).unwrap();
    }
    assert_eq!(read_answer(&mut connection).unwrap().unwrap().status, 201);
    println!("{mib} MiB taken in {:?}", began.elapsed());
    let target = format!("/v1/outbox/parts/{}/a1", draft.id());
    let answer = ask(&city, &relay, &request("GET", &target, "", b""));
    assert_eq!(answer.body.len() as u64, len);

    let more = relay.memory_bytes_max() - before;
    println!("{} KiB more memory than before", more / 1024);
    assert!(more < 8 << 20, "{more} bytes more for {mib} MiB");
}
