//! The port for the intake: mutual TLS, delivery in order, and deletion only on a word that counts.

#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use envelope::{Ack, Receipt, Signed, UnixTime, Unverified};
use support::client::{acknowledge, ask, pending, read_answer, request, submit, tcp, tls};
use support::submission::{draft, signed};
use support::{City, Key, NOW, Running};

/// A submission that the relay has kept.
fn kept(city: &City, relay: &Running) -> Signed {
    let body = draft(city).body();
    assert_eq!(submit(relay, &body).status, 201);
    signed(&body)
}

fn ack(signed: &Signed) -> Ack {
    Ack::of(signed, UnixTime(NOW))
}

fn by(key: &Key, ack: &Ack) -> String {
    key.sign(&ack.signing_input(key.kid))
}

#[test]
fn only_a_certificate_of_the_intakes_authority_is_let_in() {
    let city = City::new();
    let relay = city.start();
    let question = request("GET", "/v1/outbox", "", b"");
    for certificate in [None, Some("stranger")] {
        let mut connection = tls(&city, relay.outbox, certificate);
        let mut answer = Vec::new();
        // In TLS 1.3 the client learns of it with its first read.
        let refused = connection
            .get_mut()
            .write_all(&question)
            .and_then(|()| connection.read_to_end(&mut answer))
            .is_err();
        assert!(refused && answer.is_empty(), "{certificate:?}");
    }
    let mut plain = tcp(relay.outbox);
    plain.write_all(&question).unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "plain HTTP");

    assert_eq!(ask(&city, &relay, &question).status, 200);
}

#[test]
fn everything_is_delivered_whole_and_in_order_until_it_is_acknowledged() {
    let city = City::new();
    let relay = city.start();
    let all: Vec<Signed> = (0..5).map(|_| kept(&city, &relay)).collect();

    let delivered = pending(&city, &relay, "?after=0&max=100&wait=0");
    for (item, signed) in delivered.iter().zip(&all) {
        let parts = serde_json::from_value(item["parts"].clone()).unwrap();
        let manifest = item["manifest"].as_str().unwrap();
        let again = Unverified::from_pieces(manifest, parts)
            .unwrap()
            .check_signature()
            .unwrap();
        assert_eq!(again.manifest_sha256(), signed.manifest_sha256());
        let receipt = item["receipt"].as_str().unwrap();
        assert!(
            Receipt::read(receipt, &city.catalogue())
                .unwrap()
                .is_for(&again)
        );
    }
    let seq = |i: usize| delivered[i]["seq"].as_i64().unwrap();
    assert!((1..5).all(|i| seq(i - 1) < seq(i)));
    let page = pending(&city, &relay, &format!("?after={}&max=2", seq(1)));
    assert_eq!(page, delivered[2..4]);

    let acks = [by(&city.ack, &ack(&all[0])), by(&city.ack, &ack(&all[3]))];
    assert_eq!(acknowledge(&city, &relay, &acks), 2);
    assert_eq!(
        acknowledge(&city, &relay, &acks),
        0,
        "the second time there is nothing to delete"
    );
    let left = pending(&city, &relay, "");
    assert_eq!(left, [&delivered[1..3], &delivered[4..]].concat());
}

#[test]
fn nothing_is_deleted_on_a_word_that_does_not_count() {
    let city = City::new();
    let mut catalogue = city.catalogue();
    let retired = Key::new();
    let mut dated = retired.dated();
    dated.not_after = UnixTime(NOW - 1);
    catalogue.acks.push(dated);
    city.publish(&catalogue);
    let relay = city.start();
    let one = kept(&city, &relay);
    let other = kept(&city, &relay);
    let good = ack(&one);

    let bad = [
        by(&Key::new(), &good),
        by(&retired, &good),
        by(&city.publisher, &good),
        city.ack.sign(&good.signing_input(Key::new().kid)),
        by(
            &city.ack,
            &Ack {
                manifest_sha256: other.manifest_sha256(),
                ..good.clone()
            },
        ),
        by(
            &city.ack,
            &Ack {
                jkt: other.jkt(),
                ..good.clone()
            },
        ),
        by(
            &city.ack,
            &Ack {
                id: other.id(),
                ..good.clone()
            },
        ),
        "no.jws.at-all".to_owned(),
        String::new(),
    ];
    assert_eq!(acknowledge(&city, &relay, &bad), 0);
    assert_eq!(pending(&city, &relay, "").len(), 2);
    relay.logs("acknowledgement refused");

    // Among bad ones a good one counts.
    let mut mixed = bad.to_vec();
    mixed.push(by(&city.ack, &good));
    assert_eq!(acknowledge(&city, &relay, &mixed), 1);
    assert_eq!(pending(&city, &relay, "").len(), 1);
}

#[test]
fn a_question_waits_for_the_next_submission() {
    let city = City::new();
    let relay = city.start();
    let began = Instant::now();
    assert_eq!(pending(&city, &relay, "?wait=1").len(), 0);
    assert!(
        began.elapsed() >= Duration::from_secs(1),
        "it waited as long as asked"
    );

    thread::scope(|scope| {
        let waiting = scope.spawn(|| (pending(&city, &relay, "?wait=30"), Instant::now()));
        thread::sleep(Duration::from_millis(300));
        assert!(!waiting.is_finished());
        kept(&city, &relay);
        let sent = Instant::now();
        let (delivered, at) = waiting.join().unwrap();
        assert_eq!(delivered.len(), 1);
        assert!(at.saturating_duration_since(sent) < Duration::from_secs(5));
    });
}

#[test]
fn a_waiting_question_is_answered_when_the_relay_stops() {
    let city = City::new();
    let relay = city.start();
    let mut connection = tls(&city, relay.outbox, Some("intake"));
    connection
        .get_mut()
        .write_all(&request("GET", "/v1/outbox?wait=60", "", b""))
        .unwrap();
    thread::sleep(Duration::from_millis(300));
    let began = Instant::now();
    relay.signal("TERM");
    let answer = read_answer(&mut connection).unwrap().unwrap();
    assert_eq!(answer.json()["submissions"].as_array().unwrap().len(), 0);
    assert!(relay.ended().success());
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn the_outbox_takes_nothing_else() {
    let city = City::new();
    let relay = city.start();
    let code = |bytes: &[u8]| ask(&city, &relay, bytes).code();
    let json = "Content-Type: application/json\r\n";
    assert_eq!(
        code(&request("GET", "/v1/outbox?limit=1", "", b"")),
        "malformed"
    );
    assert_eq!(code(&request("POST", "/v1/outbox", json, b"{}")), "method");
    assert_eq!(code(&request("GET", "/v1/acks", "", b"")), "method");
    assert_eq!(code(&request("POST", "/v1/acks", "", b"{}")), "media-type");
    assert_eq!(code(&request("POST", "/v1/acks", json, b"{}")), "malformed");
    assert_eq!(
        code(&request(
            "POST",
            "/v1/acks",
            json,
            br#"{"acks":[],"acks":[]}"#
        )),
        "malformed"
    );
    assert_eq!(
        code(&request("POST", "/v1/submissions", json, b"{}")),
        "not-found"
    );
    assert_eq!(code(b"GET /v1/outbox HTTP/1.1\nHost: a\n\n"), "framing");
}
