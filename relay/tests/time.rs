//! Time that does not flow: a machine that stands still, and a clock that goes back or jumps.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; this starts it with another clock

mod support;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use envelope::UnixTime;
use envelope::log::{Checkpoint, Note};
use support::client::{connect, get, pending, read_answer, submission, submit};
use support::submission::draft;
use support::{City, NOW, RELAY, Running};

/// Threat 7: the machine was paused, as a virtual one is when it moves.
#[test]
fn a_relay_that_stood_still_goes_on_and_nothing_is_kept_twice() {
    const SENDERS: usize = 8;
    let city = City::new();
    city.configure("[limits]\nhead_timeout_ms = 1000\n");
    let relay = city.start();
    let mut silent = connect(&relay);
    silent.get_mut().write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let ended = AtomicBool::new(false);
    let sent: Vec<Vec<u8>> = thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| {
                scope.spawn(|| {
                    let mut sent = Vec::new();
                    while !ended.load(Ordering::SeqCst) {
                        let body = draft(&city).body();
                        send_until_answered(&relay, &body);
                        sent.push(body);
                    }
                    sent
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(300));
        relay.signal("STOP");
        thread::sleep(Duration::from_secs(3));
        relay.signal("CONT");
        thread::sleep(Duration::from_millis(500));
        ended.store(true, Ordering::SeqCst);
        senders
            .into_iter()
            .flat_map(|sender| sender.join().unwrap())
            .collect()
    });
    assert!(sent.len() > SENDERS, "{}", sent.len());
    assert!(
        !matches!(read_answer(&mut silent), Ok(Some(answer)) if answer.status == 200),
        "its deadline has passed"
    );
    for body in &sent {
        assert_eq!(submit(&relay, body).status, 200, "known, once");
    }
    let mut delivered = 0;
    let mut after = 0;
    loop {
        let more = pending(&city, &relay, &format!("?after={after}"));
        let Some(last) = more.last() else { break };
        after = last["seq"].as_i64().unwrap();
        delivered += more.len();
    }
    assert_eq!(delivered, sent.len(), "each once");
    relay.logs("\"kept\"");
    assert_eq!(
        checkpoint(&city, &relay, delivered as u64).0.size,
        delivered as u64,
        "and each a leaf once"
    );
}

/// As a page does: again until there is a receipt.
fn send_until_answered(relay: &Running, body: &[u8]) {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let mut connection = connect(relay);
        let answer = connection
            .get_mut()
            .write_all(&submission(body))
            .and_then(|()| read_answer(&mut connection));
        if let Ok(Some(answer)) = answer
            && matches!(answer.status, 200 | 201)
        {
            return;
        }
        assert!(Instant::now() < until, "{}", relay.log());
    }
}

/// The published checkpoint once it has `size` leaves, and its time.
fn checkpoint(city: &City, relay: &Running, size: u64) -> (Checkpoint, UnixTime) {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let note = String::from_utf8(get(relay, "/log/checkpoint").body).unwrap();
        let checkpoint = Checkpoint::read(&note, &city.catalogue().logs).unwrap();
        if checkpoint.size >= size {
            let time = Note::read(&note).unwrap().fresh_at(&city.log).unwrap();
            return (checkpoint, time);
        }
        assert!(Instant::now() < until, "{} of {size}", checkpoint.size);
        thread::sleep(Duration::from_millis(50));
    }
}

/// Threat 31: the machine's clock goes back, by five minutes and by more than the catalogue allows.
#[test]
fn the_time_of_the_log_never_goes_back() {
    let city = City::new();
    let relay = city.start();
    submit(&relay, &draft(&city).body());
    let (_, before) = checkpoint(&city, &relay, 1);
    assert!(before.0 >= NOW);
    assert!(relay.stop().success());

    let relay = city.start_at(NOW - 300);
    assert_eq!(
        submit(&relay, &draft(&city).body()).status,
        201,
        "what is kept does not hang on it"
    );
    let (_, after) = checkpoint(&city, &relay, 2);
    assert!(after >= before, "{after} after {before}");
    assert!(relay.stop().success());

    let relay = city.start_at(NOW + 300);
    submit(&relay, &draft(&city).body());
    let (_, later) = checkpoint(&city, &relay, 3);
    assert!(later.0 >= NOW + 300, "and it goes on when the clock does");
    drop(relay);
    // A request of its own deadline: see the first test. Far back there is no good catalogue, and it says so.
    let fault = city.fault_at(NOW - 86_400);
    assert!(
        fault.starts_with("catalogue.jws: not valid before"),
        "{fault}"
    );
    assert!(fs::exists(city.path("log/checkpoint")).unwrap());
}

/// Threat 31: the machine's clock jumps while the relay runs, two days on and then back to before it started. The relay reads its time
/// through libfaketime; the monotonic clock is the machine's.
#[test]
fn a_clock_that_jumps_is_told_to_the_page_and_takes_nothing_back() {
    const DAYS: i64 = 2 * 86_400;
    let city = City::new();
    let jump = |to: i64| {
        let new = city.path("clock.new");
        fs::write(&new, format!("@{to}\n")).unwrap();
        fs::rename(new, city.path("clock")).unwrap();
    };
    jump(NOW);
    let mut command = Command::new(RELAY);
    command
        .arg("--config")
        .arg(city.config())
        .env("LD_PRELOAD", faketime())
        .env("FAKETIME_TIMESTAMP_FILE", city.path("clock"))
        .env("FAKETIME_FMT", "%s")
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let relay = Running::wait_for(&city, &mut command);
    let first = draft(&city).body();
    assert_eq!(submit(&relay, &first).status, 201);
    let slow = submission(&draft(&city).body());
    let mut half_sent = connect(&relay);
    half_sent
        .get_mut()
        .write_all(&slow[..slow.len() / 2])
        .unwrap();

    jump(NOW + DAYS);
    let refused = submit(&relay, &draft(&city).body());
    assert_eq!(refused.code(), "clock");
    let told = refused.json()["now"].as_i64().unwrap();
    assert!(
        (NOW + DAYS..NOW + DAYS + 60).contains(&told),
        "{told}: the time is told as it is now"
    );
    assert_eq!(submit(&relay, &sent_at(&city, told)).status, 201);
    assert_eq!(
        submit(&relay, &first).status,
        200,
        "what is kept is known whatever the dates say"
    );
    half_sent
        .get_mut()
        .write_all(&slow[slow.len() / 2..])
        .unwrap();
    let late = read_answer(&mut half_sent).unwrap().unwrap();
    assert_eq!(
        late.code(),
        "clock",
        "two days later by the clock, no deadline has passed"
    );
    let (_, ahead) = checkpoint(&city, &relay, 2);
    assert!(ahead.0 >= NOW + DAYS);

    jump(NOW - 3600);
    assert_eq!(submit(&relay, &sent_at(&city, NOW - 3600)).status, 201);
    let (_, back) = checkpoint(&city, &relay, 3);
    assert!(back >= ahead, "{back} after {ahead}");
    assert_eq!(pending(&city, &relay, "").len(), 3, "each once");
}

/// A submission by a page that goes by this time.
fn sent_at(city: &City, now: i64) -> Vec<u8> {
    let dated = draft(city).with(|draft| {
        draft.payload["iat"] = now.into();
        draft.payload["exp"] = (now + 3600).into();
    });
    dated.body()
}

/// The library of Debian's `faketime`, in the folder of this machine's architecture.
fn faketime() -> PathBuf {
    let libraries = fs::read_dir("/usr/lib").unwrap();
    libraries
        .map(|folder| folder.unwrap().path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.exists())
        .expect("libfaketime; tests/install installs it")
}
