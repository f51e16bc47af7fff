//! HTTP at the public port, byte by byte: what is no narrow HTTP/1.1 is refused and nothing after it is read.

#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use support::City;
use support::client::{connect, get, read_answer, request, send, submission, submit};
use support::submission::draft;

#[test]
fn the_second_request_of_a_connection_is_judged_like_the_first() {
    let city = City::new();
    let relay = city.start();
    let good = submission(&draft(&city).body());
    let bad = b"GET / HTTP/1.1\nHost: a\n\n";
    let mut connection = connect(&relay);
    // In one piece: the answers still come in order.
    connection
        .get_mut()
        .write_all(&[&good[..], &good, bad, &good].concat())
        .unwrap();
    let statuses: Vec<u16> = std::iter::from_fn(|| read_answer(&mut connection).unwrap())
        .map(|a| a.status)
        .collect();
    assert_eq!(statuses, [201, 200, 400]);
}

#[test]
fn a_request_that_comes_byte_by_byte_is_the_same_request() {
    let city = City::new();
    let relay = city.start();
    let request = submission(&draft(&city).body());
    let mut connection = connect(&relay);
    connection.get_ref().set_nodelay(true).unwrap();
    for byte in &request {
        connection
            .get_mut()
            .write_all(std::slice::from_ref(byte))
            .unwrap();
    }
    assert_eq!(read_answer(&mut connection).unwrap().unwrap().status, 201);
}

#[test]
fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let city = City::new();
    let relay = city.start();
    let mut connection = connect(&relay);
    let head = "POST /v1/submissions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    let head = format!("{head}Content-Length: 10737418240\r\n\r\n");
    connection.get_mut().write_all(head.as_bytes()).unwrap();
    connection.get_mut().write_all(&[b' '; 10_000]).unwrap();
    assert_eq!(
        read_answer(&mut connection).unwrap().unwrap().code(),
        "too-large"
    );
}

#[test]
fn paths_match_byte_by_byte_and_only_known_methods_are_taken() {
    let city = City::new();
    let relay = city.start();
    let id = "AAAAAAAAAAAAAAAAAAAAAA";
    for path in [
        "/",
        "/v1",
        "/v1/submissions/",
        "/v1/submissions?a",
        "/v1/Submissions",
        "//v1/submissions",
        "/v1/./submissions",
        "/v1/x/../submissions",
        "/v1/%73ubmissions",
        "/v1%2fsubmissions",
        "/v1/submissions/AAAAAAAAAAAAAAAAAAAAAB",
        "/v1/submissions/AAAAAAAAAAAAAAAAAAAAAA%00",
        "/v1/submissions/AAAAAAAAAAAAAAAAAAAAAA/",
        "/v1/submissions/AAAAAAAAAAAAAAAAAAAAAA?",
        "/v1/submissions/..%2f..%2fetc%2fpasswd",
        "/v1/outbox",
        "/v1/acks",
    ] {
        let answer = get(&relay, path);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "not-found"),
            "{path}"
        );
    }
    for (method, path, allow) in [
        ("GET", "/v1/submissions".to_owned(), "OPTIONS, POST"),
        ("PUT", "/v1/submissions".to_owned(), "OPTIONS, POST"),
        ("TRACE", "/v1/submissions".to_owned(), "OPTIONS, POST"),
        ("DELETE", format!("/v1/submissions/{id}"), "GET, OPTIONS"),
    ] {
        let answer = send(&relay, &request(method, &path, "", b""));
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (405, "method"),
            "{method} {path}"
        );
        assert_eq!(answer.header("allow"), Some(allow));
    }
    // The answer to HEAD has a head and no body.
    let mut connection = connect(&relay);
    connection
        .get_mut()
        .write_all(&request(
            "HEAD",
            "/v1/submissions",
            "Connection: close\r\n",
            b"",
        ))
        .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 405 ") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
}

#[test]
fn only_the_portal_is_told_that_it_may_read() {
    let city = City::new();
    let relay = city.start();
    let body = draft(&city).body();
    let ask = |method: &str, target: &str, origin: &str, body: &[u8]| {
        let headers = format!("Origin: {origin}\r\nContent-Type: application/json\r\n");
        send(&relay, &request(method, target, &headers, body))
    };
    let portal = "https://portal.example";
    let one = "/v1/submissions/AAAAAAAAAAAAAAAAAAAAAA";

    let part = &format!("{one}/parts/a1");
    for (target, methods) in [
        ("/v1/submissions", "POST"),
        (one, "GET"),
        (part, "HEAD, PUT"),
    ] {
        let preflight = ask("OPTIONS", target, portal, b"");
        assert_eq!(preflight.status, 204, "{preflight:?}");
        assert_eq!(
            preflight.header("access-control-allow-origin"),
            Some(portal)
        );
        assert_eq!(
            preflight.header("access-control-allow-methods"),
            Some(methods)
        );
        assert_eq!(
            preflight.header("access-control-allow-headers"),
            Some("content-type, upload-offset")
        );
        assert_eq!(preflight.header("access-control-max-age"), Some("7200"));
    }
    // Receipts and refusals alike.
    for answer in [
        ask("POST", "/v1/submissions", portal, &body),
        ask("GET", one, portal, b""),
    ] {
        assert_eq!(answer.header("access-control-allow-origin"), Some(portal));
        assert_eq!(
            answer.header("access-control-expose-headers"),
            Some("Retry-After, Upload-Offset")
        );
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
    for foreign in [
        "https://portal.example.evil",
        "https://PORTAL.example",
        "null",
    ] {
        for method in ["OPTIONS", "GET"] {
            let answer = ask(method, one, foreign, b"");
            assert_eq!(
                answer.header("access-control-allow-origin"),
                None,
                "{method} {foreign}"
            );
        }
    }
    assert_eq!(
        submit(&relay, &body).header("access-control-allow-origin"),
        None
    );
}

#[test]
fn whoever_says_nothing_or_too_little_is_hung_up_on() {
    let city = City::new();
    city.configure("[limits]\nhead_timeout_ms = 300");
    let relay = city.start();
    for beginning in ["", "G", "GET / HTTP/1.1\r\nHost: a\r\n"] {
        let mut connection = connect(&relay);
        let began = Instant::now();
        connection
            .get_mut()
            .write_all(beginning.as_bytes())
            .unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();
        assert!(answer.is_empty(), "after {beginning:?}");
        assert!(began.elapsed() >= Duration::from_millis(300));
        assert!(began.elapsed() < Duration::from_secs(10));
    }
    // One that was answered may come again, but not wait for ever.
    let mut connection = connect(&relay);
    connection
        .get_mut()
        .write_all(&request("GET", "/", "", b""))
        .unwrap();
    assert_eq!(read_answer(&mut connection).unwrap().unwrap().status, 404);
    assert!(read_answer(&mut connection).unwrap().is_none());
}

#[test]
fn an_old_connection_is_closed_after_its_request() {
    let city = City::new();
    city.configure("[limits]\nconnection_timeout_ms = 300");
    let relay = city.start();
    let mut connection = connect(&relay);
    let began = Instant::now();
    let mut answers = 0;
    while connection
        .get_mut()
        .write_all(&request("GET", "/", "", b""))
        .is_ok()
    {
        match read_answer(&mut connection) {
            Ok(Some(answer)) => assert_eq!(answer.status, 404),
            _ => break,
        }
        answers += 1;
    }
    assert!(answers > 0);
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn connections_beyond_the_limit_wait_for_their_turn() {
    let city = City::new();
    city.configure("[limits]\nconnections_max = 2");
    let relay = city.start();
    let (first, second) = (connect(&relay), connect(&relay));
    let mut third = connect(&relay);
    third
        .get_mut()
        .write_all(&request("GET", "/", "", b""))
        .unwrap();
    let patience = Some(Duration::from_millis(300));
    third.get_ref().set_read_timeout(patience).unwrap();
    assert!(read_answer(&mut third).is_err(), "no room yet");

    drop(first);
    third
        .get_ref()
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    assert_eq!(read_answer(&mut third).unwrap().unwrap().status, 404);
    drop(second);
}
