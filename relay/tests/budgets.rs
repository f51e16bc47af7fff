//! What one peer may take of the relay's time, memory and descriptors, and what is left for the others then.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; its tests start the relay

mod support;

use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use support::client::{
    Answer, ask, connect, get, metric, offset, pending, put, read_answer, request, submission,
    submit,
};
use support::submission::{attached, draft};
use support::{City, NOW, Running};

/// Reads an answer and the end of the connection.
fn last_answer(connection: &mut BufReader<TcpStream>) -> Answer {
    let answer = read_answer(connection).unwrap().expect("an answer");
    assert!(read_answer(connection).unwrap().is_none(), "it goes on");
    answer
}

/// Waits until something is so.
fn until(is_so: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < until, "it did not come");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Sends the beginning of a request and waits.
fn begin(relay: &Running, bytes: &[u8]) -> BufReader<TcpStream> {
    let mut connection = connect(relay);
    connection.get_mut().write_all(bytes).unwrap();
    connection
}

#[test]
fn a_body_that_does_not_begin_is_not_waited_for() {
    let city = City::new();
    city.configure("[limits]\nbody_silence_ms = 300");
    let relay = city.start();
    let request = submission(&draft(&city).body());
    let head = request
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap()
        + 4;
    let began = Instant::now();
    let answer = last_answer(&mut begin(&relay, &request[..head]));
    assert_eq!((answer.status, answer.code().as_str()), (408, "timeout"));
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_body_that_trickles_is_not_waited_for() {
    let city = City::new();
    city.configure("[limits]\nbody_silence_ms = 300\nbody_rate_min_bytes_per_s = 100000");
    let relay = city.start();
    let request = submission(&draft(&city).body());
    let mut connection = begin(&relay, &request[..request.len() - 200]);
    let mut trickle = connection.get_ref().try_clone().unwrap();
    let bytes = request.clone();
    let sender = thread::spawn(move || {
        for byte in &bytes[bytes.len() - 200..bytes.len() - 1] {
            if trickle.write_all(&[*byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
    });
    assert_eq!(last_answer(&mut connection).code(), "timeout");
    drop(connection);
    sender.join().unwrap();
}

#[test]
fn an_attachment_that_trickles_ends_and_what_came_of_it_stays() {
    let city = City::new();
    city.configure("[limits]\nbody_silence_ms = 300\nbody_rate_min_bytes_per_s = 100000");
    let relay = city.start();
    let whole = [7; 2000];
    let draft = attached(&city, &[("a1", &whole)]);
    assert_eq!(submit(&relay, &draft.body()).status, 202);
    let request = put(&draft.part("a1"), 0, &whole);
    let answer = last_answer(&mut begin(&relay, &request[..request.len() - 1000]));
    assert_eq!(answer.code(), "timeout");
    assert_eq!(offset(&relay, &draft.part("a1")), 1000);
}

#[test]
fn who_reads_no_answers_is_hung_up_on() {
    let city = City::with_admin("[limits]\nreply_silence_ms = 500");
    let relay = city.start();
    let question = request("GET", "/", "", b"");
    let mut connection = connect(&relay);
    let patience = Some(Duration::from_millis(200));
    connection.get_ref().set_write_timeout(patience).unwrap();
    // Questions until the relay takes no more, for nobody takes its answers.
    let many = question.repeat(500);
    while connection.get_mut().write_all(&many).is_ok() {}
    until(|| metric(&city, "connections") == 0.0);
    assert_eq!(get(&relay, "/").status, 404);
}

#[test]
fn bodies_have_a_bound_together_and_give_it_back() {
    let city = City::with_admin("[limits]\nbodies_bytes_max = 300000");
    let relay = city.start();
    let large = draft(&city).with(|draft| {
        let ward = draft.parts.get_mut("ward").unwrap();
        *ward = "x".repeat(200_000);
        let digest = envelope::Digest::of(ward.as_bytes());
        let part = &mut draft.payload["parts"][0];
        (part["len"], part["sha256"]) = (200_000.into(), serde_json::json!(digest));
    });
    let request = submission(&large.body());
    let mut first = begin(&relay, &request[..request.len() - 1]);
    until(|| metric(&city, "bodies_bytes") > 200_000.0);
    let refused = submit(&relay, &large.body());
    assert_eq!((refused.status, refused.code().as_str()), (503, "busy"));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(
        submit(&relay, &draft(&city).body()).status,
        201,
        "a small one fits"
    );

    first
        .get_mut()
        .write_all(&request[request.len() - 1..])
        .unwrap();
    assert_eq!(read_answer(&mut first).unwrap().unwrap().status, 201);
    assert_eq!(submit(&relay, &large.body()).status, 200);
    // Who goes away gives it back, too.
    drop(begin(&relay, &request[..request.len() - 1]));
    let again = draft(&city).body();
    until(|| metric(&city, "bodies_bytes") == 0.0);
    assert_eq!(submit(&relay, &again).status, 201);
}

#[test]
fn a_flood_of_connections_leaves_descriptors_for_the_intake() {
    const DESCRIPTORS: usize = 160;
    let city = City::new();
    city.configure("[limits]\nhead_timeout_ms = 2000");
    let relay = Running::wait_for(
        &city,
        &mut with_descriptors(DESCRIPTORS, &city.command(NOW)),
    );
    relay.logs("too few descriptors for connections_max");
    let flood: Vec<_> = (0..2 * DESCRIPTORS).map(|_| connect(&relay)).collect();
    thread::sleep(Duration::from_millis(300));
    let used = fs::read_dir(format!("/proc/{}/fd", relay.pid())).unwrap();
    assert!(used.count() < DESCRIPTORS - DESCRIPTORS / 10);
    assert_eq!(pending(&city, &relay, "").len(), 0);
    let acks = request(
        "POST",
        "/v1/acks",
        "Content-Type: application/json\r\n",
        br#"{"acks":[]}"#,
    );
    assert_eq!(ask(&city, &relay, &acks).status, 200);
    // Who comes with something is heard, in time: the silent ones lose their places.
    assert_eq!(submit(&relay, &draft(&city).body()).status, 201);
    drop(flood);
    assert!(!relay.log().contains("\"accept\""), "{}", relay.log());
}

/// The same command, for a process that may have so many descriptors.
fn with_descriptors(descriptors: usize, command: &Command) -> Command {
    let mut limited = Command::new("prlimit");
    limited
        .arg(format!("--nofile={descriptors}:{descriptors}"))
        .arg(command.get_program())
        .args(command.get_args());
    limited
}

#[test]
fn five_hundred_people_behind_one_address_are_all_served() {
    const PEOPLE: usize = 500;
    let city = City::new();
    let relay = city.start();
    let drafts: Vec<_> = (0..PEOPLE)
        .map(|_| submission(&draft(&city).body()))
        .collect();
    // Everybody is there before anybody says anything.
    let mut people: Vec<_> = (0..PEOPLE).map(|_| connect(&relay)).collect();
    for (person, request) in people.iter_mut().zip(&drafts) {
        person.get_mut().write_all(request).unwrap();
    }
    for person in &mut people {
        assert_eq!(read_answer(person).unwrap().unwrap().status, 201);
    }
}

#[test]
fn who_fills_a_crowded_house_with_silence_makes_room_soon() {
    let city = City::new();
    city.configure("[limits]\nconnections_max = 40\nhead_timeout_ms = 20000");
    let relay = city.start();
    let silent: Vec<_> = (0..40).map(|_| connect(&relay)).collect();
    let began = Instant::now();
    let mut late = connect(&relay);
    late.get_mut()
        .write_all(&request("GET", "/", "", b""))
        .unwrap();
    assert_eq!(read_answer(&mut late).unwrap().unwrap().status, 404);
    assert!(
        began.elapsed() < Duration::from_secs(15),
        "a fifth of the time"
    );
    // It is hurried itself: one request, then the end.
    assert!(read_answer(&mut late).unwrap().is_none());
    let mut first = silent.into_iter().next().unwrap();
    first
        .get_mut()
        .write_all(&request("GET", "/", "", b""))
        .unwrap();
    assert_eq!(
        read_answer(&mut first).unwrap().unwrap().status,
        404,
        "who came early stays"
    );
}

#[test]
fn a_slow_loris_costs_everybody_else_nothing() {
    let city = City::new();
    city.configure("[limits]\nhead_timeout_ms = 1000");
    let relay = city.start();
    let mut lorises: Vec<_> = (0..200)
        .map(|_| begin(&relay, b"GET / HTTP/1.1\r\n"))
        .collect();
    let began = Instant::now();
    for round in 0..4 {
        for loris in &mut lorises {
            let _ = loris
                .get_mut()
                .write_all(format!("X-{round}: y\r\n").as_bytes());
        }
        assert_eq!(submit(&relay, &draft(&city).body()).status, 201);
        thread::sleep(Duration::from_millis(300));
    }
    for loris in &mut lorises {
        let mut rest = Vec::new();
        let _ = loris.read_to_end(&mut rest);
        assert!(rest.is_empty());
    }
    assert!(began.elapsed() < Duration::from_secs(15));
}
