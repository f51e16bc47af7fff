//! More than the relay can do: what it takes is answered in bounded time, the rest is refused at once and told when to come
//! again, memory stays as it is, and nothing that was acknowledged is lost.
//!
//! `MOTCUA_OVERLOAD=60000 cargo test -p relay --test overload -- --nocapture` for the long form.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay connects to nobody and reads no environment; its tests do

mod support;

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use support::client::{
    Answer, connect, get, pending, read_answer, request, send, submission, submit,
};
use support::submission::draft;
use support::{City, Key, Running};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Requests in the short form.
const ARRIVALS: usize = 3000;
/// Connections of the open loop; whoever would need one more is turned away by his own computer.
const CONNECTIONS: usize = 900;
/// How much more comes than was answered before.
const TIMES: u32 = 10;

/// Sends what the iterator gives over so many connections, each request after the answer to the one before.
fn closed_loop(relay: &Running, senders: usize, requests: &[Vec<u8>]) -> Vec<(Duration, Answer)> {
    let next = AtomicUsize::new(0);
    let sender = || {
        let mut connection = connect(relay);
        let mut answers = Vec::new();
        while let Some(request) = requests.get(next.fetch_add(1, SeqCst)) {
            let began = Instant::now();
            connection.get_mut().write_all(request).unwrap();
            let answer = read_answer(&mut connection).unwrap().unwrap();
            answers.push((began.elapsed(), answer));
        }
        answers
    };
    thread::scope(|scope| {
        let senders: Vec<_> = (0..senders).map(|_| scope.spawn(sender)).collect();
        senders
            .into_iter()
            .flat_map(|sender| sender.join().unwrap())
            .collect()
    })
}

/// What came of one request of the open loop.
struct Outcome {
    took: Duration,
    status: u16,
    retry_after: Option<u64>,
}

/// Sends each request at its time, whatever became of those before it. What needs a connection too many is left out.
fn open_loop(to: SocketAddr, requests: Vec<Vec<u8>>, every: Duration) -> Vec<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async move {
        let rooms = std::sync::Arc::new(tokio::sync::Semaphore::new(CONNECTIONS));
        let began = tokio::time::Instant::now();
        let mut sent = tokio::task::JoinSet::new();
        for (i, request) in (0u32..).zip(requests) {
            tokio::time::sleep_until(began + every * i).await;
            if let Ok(room) = std::sync::Arc::clone(&rooms).try_acquire_owned() {
                sent.spawn(async move {
                    let outcome = one(to, &request).await;
                    drop(room);
                    outcome
                });
            }
        }
        sent.join_all().await
    })
}

/// One request on a connection of its own, up to the end of the answer.
async fn one(to: SocketAddr, request: &[u8]) -> Outcome {
    let began = Instant::now();
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    while !is_whole(&answer) {
        assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "no answer");
    }
    let head = String::from_utf8_lossy(&answer).to_ascii_lowercase();
    Outcome {
        took: began.elapsed(),
        status: head[9..12].parse().unwrap(),
        retry_after: number(&head, "retry-after: "),
    }
}

fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&answer[..end + 2]).to_ascii_lowercase();
    number(&head, "content-length: ")
        .is_some_and(|body| answer.len() as u64 >= end as u64 + 4 + body)
}

fn number(head: &str, name: &str) -> Option<u64> {
    let (_, rest) = head.split_once(name)?;
    rest.split("\r\n").next()?.parse().ok()
}

fn percentile(mut times: Vec<Duration>, percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) * percent / 100]
}

fn submissions(city: &City, count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|_| submission(&draft(city).body()))
        .collect()
}

#[test]
fn ten_times_what_it_can_do_is_refused_early_and_the_rest_answered_in_time() {
    let arrivals = std::env::var("MOTCUA_OVERLOAD").map_or(ARRIVALS, |text| {
        text.parse().expect("MOTCUA_OVERLOAD is a number")
    });
    const WAITING: u32 = 64;
    let city = City::new();
    city.configure(&format!("[limits]\nwaiting_max = {WAITING}"));
    let relay = city.start();

    let warm = submissions(&city, arrivals / 4);
    let began = Instant::now();
    let answers = closed_loop(&relay, 32, &warm);
    let rate = warm.len() as f64 / began.elapsed().as_secs_f64();
    assert!(answers.iter().all(|(_, answer)| answer.status == 201));
    let before = relay.memory_bytes_max();

    let every = Duration::from_secs_f64(1.0 / rate) / TIMES;
    let outcomes = open_loop(relay.public, submissions(&city, arrivals), every);
    let more = relay.memory_bytes_max() - before;
    let of = |status: u16| {
        outcomes
            .iter()
            .filter(move |outcome| outcome.status == status)
    };
    let taken: Vec<_> = of(201).map(|outcome| outcome.took).collect();
    let refused: Vec<_> = of(503).map(|outcome| outcome.took).collect();
    println!(
        "closed loop: {rate:.0} a second, p99 {:?}\nopen loop at ten times that: {} sent of {arrivals}, {} taken, p50 {:?}, p99 {:?}; {} refused, p50 {:?}, p99 {:?}; {} KiB more memory",
        percentile(answers.iter().map(|(took, _)| *took).collect(), 99),
        outcomes.len(),
        taken.len(),
        percentile(taken.clone(), 50),
        percentile(taken.clone(), 99),
        refused.len(),
        percentile(refused.clone(), 50),
        percentile(refused.clone(), 99),
        more / 1024,
    );
    assert_eq!(taken.len() + refused.len(), outcomes.len(), "nothing else");
    assert!(refused.len() > arrivals / 20, "it was no overload");
    assert!(!taken.is_empty());
    // Whoever was let in waited for those before him, and for no more.
    let bound = Duration::from_secs_f64(3.0 * (CONNECTIONS as f64 + f64::from(WAITING)) / rate)
        + Duration::from_secs(4);
    assert!(percentile(taken.clone(), 99) < bound, "bound {bound:?}");
    assert!(percentile(refused, 99) < bound, "bound {bound:?}");
    assert!(more < 64 << 20, "{more} bytes more");
    let pauses: BTreeSet<u64> = of(503)
        .map(|outcome| outcome.retry_after.unwrap())
        .collect();
    assert!(
        pauses.len() > 10 && pauses.iter().all(|pause| (10..=60).contains(pause)),
        "{pauses:?}"
    );

    // Nothing acknowledged is lost or doubled, and the next one finds a relay as before.
    assert_eq!(all_pending(&city, &relay), warm.len() + taken.len());
    let began = Instant::now();
    assert_eq!(submit(&relay, &draft(&city).body()).status, 201);
    assert!(began.elapsed() < Duration::from_secs(2));
}

/// How many submissions wait for the intake; none has the number of another.
fn all_pending(city: &City, relay: &Running) -> usize {
    let (mut after, mut count) = (0, 0);
    loop {
        let some = pending(city, relay, &format!("?after={after}&max=100"));
        let Some(last) = some.last() else {
            return count;
        };
        after = last["seq"].as_i64().unwrap();
        count += some.len();
    }
}

#[test]
fn a_flood_of_bad_signatures_keeps_nobody_from_being_served() {
    const FLOODERS: usize = 64;
    let city = City::new();
    let relay = city.start();
    let stranger = Key::new();
    let bad = submission(&draft(&city).with(|draft| draft.key = stranger).body());
    let stop = AtomicBool::new(false);
    let flood = || {
        let mut connection = connect(&relay);
        let mut count = 0;
        while !stop.load(SeqCst) {
            connection.get_mut().write_all(&bad).unwrap();
            let answer = read_answer(&mut connection).unwrap().unwrap();
            assert_eq!(answer.code(), "signature");
            count += 1;
        }
        count
    };
    let good = submissions(&city, 100);
    let (flooded, took, times) = thread::scope(|scope| {
        let flooders: Vec<_> = (0..FLOODERS).map(|_| scope.spawn(flood)).collect();
        thread::sleep(Duration::from_millis(200));
        let began = Instant::now();
        let answers = closed_loop(&relay, 1, &good);
        let collected = Instant::now();
        assert!(!pending(&city, &relay, "?max=1").is_empty());
        assert!(
            collected.elapsed() < Duration::from_secs(2),
            "the intake waits"
        );
        stop.store(true, SeqCst);
        let flooded: usize = flooders
            .into_iter()
            .map(|flooder| flooder.join().unwrap())
            .sum();
        assert!(answers.iter().all(|(_, answer)| answer.status == 201));
        let times: Vec<_> = answers.into_iter().map(|(took, _)| took).collect();
        (flooded, began.elapsed(), times)
    });
    println!(
        "{flooded} bad signatures in {took:?}; good ones p50 {:?}, p99 {:?}",
        percentile(times.clone(), 50),
        percentile(times.clone(), 99)
    );
    assert!(flooded > FLOODERS, "it was no flood");
    assert!(percentile(times, 99) < Duration::from_secs(2));
}

/// What is not there looks the same, whatever is there beside it, and takes the same time.
#[test]
fn what_is_not_there_cannot_be_told_apart() {
    const TIMES: usize = 600;
    let city = City::new();
    let relay = city.start();
    let kept: Vec<_> = (0..20).map(|_| draft(&city)).collect();
    for draft in &kept {
        assert_eq!(submit(&relay, &draft.body()).status, 201);
    }
    let id = |bytes: [u8; 16]| envelope::base64url::encode(&bytes);
    // One bit away from something that is there; and away from everything.
    let near = |i: usize| {
        let mut bytes: [u8; 16] =
            envelope::base64url::decode_fixed(&kept[i % kept.len()].id()).unwrap();
        bytes[15] ^= 1;
        id(bytes)
    };
    let far = |i: usize| {
        let seed = envelope::Digest::of(&i.to_le_bytes());
        id(seed.as_bytes()[..16].try_into().unwrap())
    };
    let told = |target: &str| {
        let answer = get(&relay, target);
        let date = |header: &&(String, String)| header.0 != "date";
        let headers: Vec<_> = answer.headers.iter().filter(date).cloned().collect();
        (answer.status, headers, answer.body)
    };
    let not_found = told(&format!("/v1/submissions/{}", far(0)));
    assert_eq!(not_found.0, 404);
    for target in [
        format!("/v1/submissions/{}", near(0)),
        "/v1/submissions/x".to_owned(),
        "/nowhere".to_owned(),
    ] {
        assert_eq!(told(&target), not_found, "{target}");
    }
    let part = |id: &str| {
        let headers = "Content-Type: application/octet-stream\r\nUpload-Offset: 0\r\n";
        send(
            &relay,
            &request(
                "PUT",
                &format!("/v1/submissions/{id}/parts/a1"),
                headers,
                b"x",
            ),
        )
        .body
    };
    assert_eq!(part(&near(0)), not_found.2);
    assert_eq!(part(&far(0)), not_found.2);

    let mut connection = connect(&relay);
    let mut time = |id: String| {
        let question = request("GET", &format!("/v1/submissions/{id}"), "", b"");
        let began = Instant::now();
        connection.get_mut().write_all(&question).unwrap();
        assert_eq!(read_answer(&mut connection).unwrap().unwrap().status, 404);
        began.elapsed()
    };
    let (nears, fars): (Vec<_>, Vec<_>) = (0..TIMES).map(|i| (time(near(i)), time(far(i)))).unzip();
    // How often the one is slower than the other: a half, and with so many questions less than 0.1 away from it by chance
    // once in a billion tries.
    let slower = nears
        .iter()
        .map(|near| fars.iter().filter(|far| near > *far).count())
        .sum::<usize>();
    let share = slower as f64 / (TIMES * TIMES) as f64;
    assert!((share - 0.5).abs() < 0.1, "{share}");
}
