//! What a submission costs: the relay under load, beside a sink that keeps nothing and beside the work that cannot be avoided, in one run.
//!
//! `cargo bench -p relay --bench load`, perhaps with `SUBMISSIONS=300000` (20,000). Each submission is another; every receipt and every proof
//! is verified, and the store is searched for what was lost or doubled. docs/performance.md keeps the last figures.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; this starts it

mod idle;
mod sink;
#[path = "../../tests/support/mod.rs"]
mod support;
mod unavoidable;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use support::client::{Answer, get, read_answer, submission};
use support::promises::{Promise, Standing};
use support::submission::draft;
use support::{City, RELAY, Running};

const CONNECTIONS: usize = 256;
/// What a busy relay's client waits before it sends again.
const RETRY_AFTER: Duration = Duration::from_millis(20);

fn main() {
    if std::env::args().any(|argument| argument == "sink") {
        return sink::run();
    }
    let number =
        std::env::var("SUBMISSIONS").map_or(20_000, |text| text.parse().expect("a number"));
    println!("{}", machine());
    println!(
        "stripped program: {} KiB",
        fs::metadata(RELAY).unwrap().len() / 1024
    );
    let city = City::new();
    city.configure("[limits]\nwaiting_max = 1024");
    let requests = requests(&city, number);
    println!(
        "{number} submissions of {} bytes over {CONNECTIONS} connections",
        requests[0].len()
    );

    let sink = sink(&requests);
    let parts = unavoidable::measure(&city, requests.len().min(2000));
    println!("{parts}");

    let relay = city.start();
    let load = drive(relay.public, relay.pid(), &requests, None);
    println!(
        "relay: {load}; {} MiB resident",
        memory_kib(relay.pid()) / 1024
    );
    proofs_by_size(&relay, &load);
    // What the sink does for a request (read it, answer it) the relay has to do as well.
    let unavoidable = parts.total_us() + sink.cpu_us;
    println!(
        "processor time for one: {:.0} µs; unavoidable {unavoidable:.0} µs = {:.0} %",
        load.cpu_us,
        100.0 * unavoidable / load.cpu_us
    );
    let half = self::requests(&city, (number / 10).max(1000));
    let paced = drive(
        relay.public,
        relay.pid(),
        &half,
        Some(load.per_second / 2.0),
    );
    println!("at half load: {paced}");
    drop(relay);
    let promises: Vec<Promise> = verified(&city, load.answers.iter().chain(&paced.answers));
    start_again(&city);
    let standing = Standing::read(&city);
    standing.keeps(&promises, &BTreeSet::new()).unwrap();
    assert_eq!(
        standing.leaves().len(),
        promises.len(),
        "a leaf that nobody was promised"
    );
    println!(
        "{} receipts and proofs verified; each kept once; {} MiB on disk",
        promises.len(),
        disk_kib(&city) / 1024
    );
    idle::measure();
}

fn machine() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name\t: "));
    let load = fs::read_to_string("/proc/loadavg").unwrap();
    format!(
        "{} × {}; load before: {}",
        std::thread::available_parallelism().unwrap(),
        model.unwrap_or("unknown processor"),
        load.split(' ').next().unwrap()
    )
}

/// Whole requests, each with a submission of its own.
fn requests(city: &City, number: usize) -> Vec<Vec<u8>> {
    let half = || {
        (0..number / 2)
            .map(|_| submission(&draft(city).body()))
            .collect::<Vec<_>>()
    };
    std::thread::scope(|threads| {
        let other = threads.spawn(half);
        let mut all = half();
        all.extend(other.join().unwrap());
        all
    })
}

/// How a load went.
struct Load {
    seconds: f64,
    per_second: f64,
    /// Processor time of the server for one request.
    cpu_us: f64,
    /// Sorted.
    latencies: Vec<Duration>,
    /// Latencies by the order of their requests.
    in_order: Vec<Duration>,
    answers: Vec<Answer>,
    busy: usize,
}

impl Load {
    fn quantile(&self, part: f64) -> Duration {
        self.latencies[((self.latencies.len() - 1) as f64 * part) as usize]
    }
}

impl std::fmt::Display for Load {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |part| self.quantile(part).as_secs_f64() * 1000.0;
        write!(
            f,
            "{} in {:.1} s = {:.0}/s; p50 {:.1}, p99 {:.1}, p999 {:.1} ms; {:.0} µs of processor each; {} times busy",
            self.answers.len(),
            self.seconds,
            self.per_second,
            ms(0.5),
            ms(0.99),
            ms(0.999),
            self.cpu_us,
            self.busy
        )
    }
}

/// Sends all requests over all connections, as fast as answers come or at a pace; asks again while it is told to wait.
fn drive(to: SocketAddr, pid: u32, requests: &[Vec<u8>], per_second: Option<f64>) -> Load {
    let (next, busy) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (begun, cpu) = (Instant::now(), cpu_us(pid));
    let citizen = || {
        let mut connection = BufReader::new(TcpStream::connect(to).unwrap());
        connection.get_ref().set_nodelay(true).unwrap();
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(request) = requests.get(index) else {
                return done;
            };
            // The time at which it is due counts, not the one at which somebody was free to send it.
            let due = per_second.map(|rate| begun + Duration::from_secs_f64(index as f64 / rate));
            if let Some(due) = due {
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            let due = due.unwrap_or_else(Instant::now);
            loop {
                connection.get_mut().write_all(request).unwrap();
                let answer = read_answer(&mut connection).unwrap().expect("an answer");
                match answer.status {
                    200 | 201 => break done.push((index, due.elapsed(), answer)),
                    503 => {
                        busy.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(RETRY_AFTER);
                    }
                    _ => panic!("{answer:?}"),
                }
            }
        }
    };
    let mut done: Vec<_> = std::thread::scope(|threads| {
        let citizens: Vec<_> = (0..CONNECTIONS).map(|_| threads.spawn(citizen)).collect();
        citizens
            .into_iter()
            .flat_map(|citizen| citizen.join().unwrap())
            .collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    let cpu_us = (cpu_us(pid) - cpu) / requests.len() as f64;
    done.sort_by_key(|(index, _, _)| *index);
    let in_order: Vec<Duration> = done.iter().map(|(_, latency, _)| *latency).collect();
    let mut latencies = in_order.clone();
    latencies.sort();
    Load {
        seconds,
        per_second: requests.len() as f64 / seconds,
        cpu_us,
        latencies,
        in_order,
        answers: done.into_iter().map(|(_, _, answer)| answer).collect(),
        busy: busy.into_inner(),
    }
}

/// The same load against a server that reads each request and answers, and does nothing else.
fn sink(requests: &[Vec<u8>]) -> Load {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let mut sink = command.arg("sink").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut BufReader::new(sink.stdout.take().unwrap()), &mut line)
        .unwrap();
    let load = drive(line.trim().parse().unwrap(), sink.id(), requests, None);
    sink.kill().unwrap();
    sink.wait().unwrap();
    println!("sink: {load}");
    load
}

/// What a commit and a proof cost when the tree is small and when it is large.
fn proofs_by_size(relay: &Running, load: &Load) {
    let mut size = 1000;
    while size <= load.in_order.len() {
        let window = &load.in_order[size * 9 / 10..size];
        let mean = window.iter().sum::<Duration>() / window.len() as u32;
        println!(
            "latency of the last tenth before {size} leaves: {:.1} ms",
            mean.as_secs_f64() * 1000.0
        );
        size *= 10;
    }
    let last = load.answers.len();
    for index in [last / 100, last - 1] {
        let receipt = id_of(&load.answers[index]);
        let begun = Instant::now();
        for _ in 0..200 {
            assert_eq!(
                get(relay, &format!("/v1/submissions/{receipt}")).status,
                200
            );
        }
        println!(
            "proof of leaf {index} of {last}: {:.2} ms with a connection of its own",
            begun.elapsed().as_secs_f64() * 1000.0 / 200.0
        );
    }
}

/// The id in a receipt.
fn id_of(answer: &Answer) -> String {
    let receipt = answer.receipt();
    let payload = envelope::base64url::decode(receipt.split('.').nth(1).unwrap()).unwrap();
    let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    payload["id"].as_str().unwrap().to_owned()
}

fn verified<'a>(city: &City, answers: impl Iterator<Item = &'a Answer>) -> Vec<Promise> {
    let catalogue = city.catalogue();
    answers
        .map(|answer| Promise::read(&catalogue, answer).unwrap())
        .collect()
}

/// How long a start takes on the store as it is now.
fn start_again(city: &City) {
    let mut times: Vec<Duration> = (0..5)
        .map(|_| {
            let begun = Instant::now();
            let relay = city.start();
            let ready = begun.elapsed();
            assert!(relay.stop().success());
            ready
        })
        .collect();
    println!(
        "first start after the kill {:.0} ms",
        times[0].as_secs_f64() * 1000.0
    );
    times.sort();
    println!(
        "start on this spool: {:.0} ms (median of {})",
        times[2].as_secs_f64() * 1000.0,
        times.len()
    );
}

/// Processor time that a process has had, in microseconds.
fn cpu_us(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after_name = stat.rsplit_once(") ").unwrap().1;
    let ticks: f64 = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum();
    // Linux counts in hundredths of a second, whatever its own clock does.
    ticks * 10_000.0
}

fn memory_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

fn disk_kib(city: &City) -> u64 {
    ["relay.sqlite", "relay.sqlite-wal"]
        .map(|name| fs::metadata(city.path(name)).map_or(0, |file| file.len() / 1024))
        .iter()
        .sum()
}
