//! The relay is killed with SIGKILL again and again while citizens send: nothing for which a receipt was given is lost,
//! nothing arrives twice, citizens who ask again get their receipt, and the log is one tree through all of it: every proof
//! that was given is of it, and each submission is one leaf.
//!
//! `MOTCUA_KILLS=500 cargo test -p tests --test kills -- --nocapture` for the long form.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use envelope::Digest;
use envelope::log::{Bundle, Checkpoint, Frontier, InclusionProof};
use serde_json::{Map, Value};
use tests::citizen::{Citizen, Sealed};
use tests::http::Connection;
use tests::scenarios::{self, Scenario};
use tests::{City, Plan};

/// Kills that count, unless `MOTCUA_KILLS` says otherwise.
const KILLS: usize = 20;
/// Citizens who send at the same time.
const CITIZENS: usize = 32;
/// Requests that must be under way, sent whole and unanswered, when the relay dies, and must be broken off by it.
const BROKEN_OFF_MIN: usize = 8;
/// Receipts since the last kill before the next.
const RECEIPTS_MIN: usize = 200;
/// Longest time for the load to become such that a kill counts.
const LOAD_PATIENCE: Duration = Duration::from_secs(120);
/// A pause of a citizen whose request broke off.
const RETRY_AFTER: Duration = Duration::from_millis(20);
/// The scenario that everybody sends, each with a telephone number of his own.
const SCENARIO: &str = "S20";

/// What the citizens and the killer see of each other.
#[derive(Default)]
struct Load {
    ended: AtomicBool,
    /// The killer has failed, and there may be no relay any more.
    given_up: AtomicBool,
    /// Requests whose last byte has left and whose answer has not come.
    under_way: AtomicUsize,
    /// Requests under way that broke off without an answer.
    broken_off: AtomicUsize,
    receipts: AtomicUsize,
    numbers: AtomicUsize,
    /// Submission id → what was unique in it, for everything that has its receipt.
    sent: Mutex<BTreeMap<String, String>>,
    /// The proof of each manifest that has its receipt.
    proofs: Mutex<BTreeMap<Digest, InclusionProof>>,
    faults: Mutex<Vec<String>>,
}

#[test]
fn the_relay_killed_under_load_loses_nothing_and_doubles_nothing() {
    let kills = std::env::var("MOTCUA_KILLS").map_or(KILLS, |text| {
        text.parse().expect("MOTCUA_KILLS is a number")
    });
    let scenario = scenarios::of(SCENARIO).unwrap();
    let mut city = City::start(
        &Plan::for_test("kills", Some(&scenario.date)).unwrap(),
        &|_| (),
    )
    .unwrap();
    let citizen = Citizen::of_portal(&city.portal_dir()).unwrap();
    let (relay, begun, first) = (city.relay_address(), Instant::now(), city.now());
    let now = move || first + i64::try_from(begun.elapsed().as_secs()).unwrap();
    let load = Load::default();
    std::thread::scope(|threads| {
        for _ in 0..CITIZENS {
            threads.spawn(|| send_until_ended(&load, &citizen, &scenario, relay, &now));
        }
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            kill_again_and_again(&mut city, &load, kills)
        }));
        // Nobody may go on sending to a relay that is gone for good, or this never ends.
        load.given_up.store(outcome.is_err(), SeqCst);
        load.ended.store(true, SeqCst);
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    assert_eq!(*load.faults.lock().unwrap(), Vec::<String>::new());
    let sent = load.sent.into_inner().unwrap();
    assert_each_arrived_once(&city, &sent);
    city.restart_relay().unwrap();
    assert_one_tree(&city, &citizen, &load.proofs.into_inner().unwrap());
    println!(
        "{kills} kills, {} submissions, each with its receipt and each handed over once",
        sent.len()
    );
}

fn kill_again_and_again(city: &mut City, load: &Load, kills: usize) {
    let mut counted = 0;
    let mut tries = 0;
    while counted < kills {
        let receipts = load.receipts.load(SeqCst);
        let waiting = Instant::now();
        while load.receipts.load(SeqCst) < receipts + RECEIPTS_MIN
            || load.under_way.load(SeqCst) < BROKEN_OFF_MIN
        {
            assert!(
                waiting.elapsed() < LOAD_PATIENCE,
                "the load does not come up: {}",
                city.relay_words()
            );
            assert!(
                load.faults.lock().unwrap().is_empty(),
                "{:?}",
                load.faults.lock().unwrap()
            );
            std::thread::yield_now();
        }
        let (answered, broken_before) = (
            load.receipts.load(SeqCst) - receipts,
            load.broken_off.load(SeqCst),
        );
        city.kill_relay();
        // Every connection is gone with the process; whoever waited for an answer notices now.
        std::thread::sleep(RETRY_AFTER);
        let broken = load.broken_off.load(SeqCst) - broken_before;
        city.start_relay().unwrap();
        tries += 1;
        assert!(
            tries < 3 * kills + 10,
            "too few kills break off {BROKEN_OFF_MIN} requests"
        );
        // A kill that found too few at that very instant is made, but not counted.
        if broken >= BROKEN_OFF_MIN {
            counted += 1;
            println!("kill {counted}: {answered} receipts before it, {broken} requests broken off");
        }
    }
}

/// One citizen after the other at one computer: seal, send, ask again until there is a receipt.
fn send_until_ended(
    load: &Load,
    citizen: &Citizen,
    scenario: &Scenario,
    relay: SocketAddr,
    now: &dyn Fn() -> i64,
) {
    let mut connection = None;
    while !load.ended.load(SeqCst) {
        let (answers, unique) = unique_answers(scenario, load.numbers.fetch_add(1, SeqCst));
        let sealed = citizen
            .apply(&scenario.service, &answers, &scenario.offices, now())
            .unwrap();
        // An application that was begun is brought to its receipt, also after the last kill.
        while let Err(why) = send_once(load, citizen, &sealed, relay, &mut connection) {
            if let Why::Refused(fault) = why {
                load.faults.lock().unwrap().push(fault);
                return;
            }
            if load.given_up.load(SeqCst) {
                return;
            }
            connection = None;
            std::thread::sleep(RETRY_AFTER);
        }
        load.sent.lock().unwrap().insert(sealed.id, unique);
        load.receipts.fetch_add(1, SeqCst);
    }
}

/// Why there is no receipt yet.
enum Why {
    BrokenOff,
    Busy,
    Refused(String),
}

fn send_once(
    load: &Load,
    citizen: &Citizen,
    sealed: &Sealed,
    relay: SocketAddr,
    connection: &mut Option<Connection>,
) -> Result<(), Why> {
    if connection.is_none() {
        *connection = Some(Connection::open(relay).map_err(|_| Why::Busy)?);
    }
    let open = connection.as_mut().unwrap();
    open.send("POST", "/v1/submissions", Some(&sealed.body))
        .map_err(|_| Why::Busy)?;
    load.under_way.fetch_add(1, SeqCst);
    let answer = open.receive();
    load.under_way.fetch_sub(1, SeqCst);
    let answer = answer.map_err(|_| {
        load.broken_off.fetch_add(1, SeqCst);
        Why::BrokenOff
    })?;
    match answer.status {
        200 | 201 => {
            receipt_is_for(sealed, &answer.json())?;
            keep_proof(load, citizen, sealed, &answer.json())
        }
        503 => Err(Why::Busy),
        status => Err(Why::Refused(format!("{status} {}", answer.text()))),
    }
}

fn receipt_is_for(sealed: &Sealed, answer: &Value) -> Result<(), Why> {
    let receipt = tests::citizen::payload_of(answer["receipt"].as_str().unwrap_or_default())
        .unwrap_or_default();
    if receipt["id"] == *sealed.id && receipt["manifest_sha256"] == *sealed.manifest_sha256 {
        Ok(())
    } else {
        Err(Why::Refused(format!(
            "a receipt for something else: {receipt}"
        )))
    }
}

/// Keeps the proof that came with the receipt, if it proves the very manifest.
fn keep_proof(load: &Load, citizen: &Citizen, sealed: &Sealed, answer: &Value) -> Result<(), Why> {
    let manifest: Digest = sealed.manifest_sha256.parse().unwrap();
    let proof = InclusionProof::read(answer["proof"].as_str().unwrap_or_default());
    let proof = proof.and_then(|proof| proof.verify(&manifest, &citizen.logs()).map(|_| proof));
    let proof = proof.map_err(|fault| Why::Refused(format!("{fault}: {answer}")))?;
    load.proofs.lock().unwrap().insert(manifest, proof);
    Ok(())
}

/// The log's files are one tree in which each manifest is one leaf, and of which every proof was taken.
fn assert_one_tree(city: &City, citizen: &Citizen, proofs: &BTreeMap<Digest, InclusionProof>) {
    let file = |name: String| std::fs::read(city.log_dir().join(name)).unwrap();
    let logs = citizen.logs();
    let note = String::from_utf8(file("checkpoint".to_owned())).unwrap();
    let published = Checkpoint::read(&note, &logs).unwrap();
    let leaves: Vec<Digest> = Bundle::new_between(0, published.size)
        .flat_map(|bundle| bundle.manifests(&file(bundle.to_string())).unwrap())
        .collect();
    let once: BTreeSet<&Digest> = leaves.iter().collect();
    assert_eq!(once.len(), leaves.len(), "a manifest is two leaves");
    assert_eq!(
        once,
        proofs.keys().collect(),
        "left: the leaves; right: what has its receipt"
    );
    let mut tree = Frontier::empty();
    let mut roots = vec![tree.root()];
    for leaf in &leaves {
        tree = tree.grow(std::slice::from_ref(leaf)).frontier().clone();
        roots.push(tree.root());
    }
    assert_eq!(published.root, tree.root());
    for (manifest, proof) in proofs {
        let given = proof.verify(manifest, &logs).unwrap();
        assert_eq!(leaves[usize::try_from(proof.index).unwrap()], *manifest);
        assert_eq!(
            given.root,
            roots[usize::try_from(given.size).unwrap()],
            "a proof of another tree"
        );
    }
}

/// The scenario's answers with a telephone number that nobody else gives.
fn unique_answers(scenario: &Scenario, number: usize) -> (Map<String, Value>, String) {
    let unique = format!("+8490{number:07}");
    let mut answers = scenario.answers.clone();
    answers.insert("requester.phone".into(), unique.clone().into());
    (answers, unique)
}

fn assert_each_arrived_once(city: &City, sent: &BTreeMap<String, String>) {
    let waiting = Instant::now();
    let mut before = 0;
    let mut last_progress = Instant::now();
    loop {
        let count = tests::office::cases(&city.intake_dir()).len();
        if count >= sent.len() {
            break;
        }
        if count > before {
            (before, last_progress) = (count, Instant::now());
        }
        assert!(
            last_progress.elapsed() < Duration::from_secs(90),
            "{count} of {} arrived after {:?}, and no more come:\n{}",
            sent.len(),
            waiting.elapsed(),
            city.intake_words()
        );
        std::thread::sleep(Duration::from_millis(500));
    }
    let mut arrived = BTreeMap::new();
    for case in city.handed_over() {
        let unique = case
            .answers()
            .get("requester.phone")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let twice = arrived.insert(case.id().to_owned(), unique);
        assert_eq!(twice, None, "{} was handed over twice", case.id());
        assert_eq!(case.faults(), [], "{}", case.path.display());
    }
    let uniques: BTreeSet<&String> = arrived.values().collect();
    assert_eq!(
        uniques.len(),
        arrived.len(),
        "the same answers came under two ids"
    );
    assert_eq!(
        &arrived, sent,
        "left: what the intake has; right: what was sent and has a receipt"
    );
    assert_eq!(tests::office::quarantine(&city.intake_dir()), []);
}
