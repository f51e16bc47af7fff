//! The monitor beside a whole city: it verifies what a citizen was given and what the relay publishes, and finds a relay
//! that goes on with another store.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Output;

use tests::citizen::Citizen;
use tests::http::Connection;
use tests::scenarios::{self, Scenario};
use tests::{City, Plan};

const SCENARIO: &str = "S20";

#[test]
fn what_a_citizen_holds_and_what_the_relay_publishes_is_verified_from_outside() {
    let scenario = scenarios::of(SCENARIO).unwrap();
    let plan = Plan::for_test("monitor", Some(&scenario.date)).unwrap();
    let mut city = City::start(&plan, &|_| ()).unwrap();
    let citizen = Citizen::of_portal(&city.portal_dir()).unwrap();
    let folder = plan.folder.join("monitor");
    fs::create_dir_all(&folder).unwrap();
    let log = format!("{}/log", city.relay_url());
    configure(&folder, &log, &city);

    let receipt = send(&city, &citizen, &scenario);
    let saved = folder.join("receipt.txt");
    fs::write(&saved, &receipt).unwrap();
    let verify = |city: &City| {
        monitor(
            city,
            &[
                "verify",
                "receipt",
                &path(&saved),
                "--catalogue",
                &path(&city.portal_dir().join("catalogue.jws")),
                "--publisher",
                &path(&city.keys().publisher_public()),
            ],
        )
    };
    let (status, found) = said(&verify(&city));
    assert_eq!(status, 0, "{found}");
    assert!(
        found.contains("leaf 0 of 1 in relay.example/log"),
        "{found}"
    );

    send(&city, &citizen, &scenario);
    let other = send(&city, &citizen, &scenario);
    let mixed = format!(
        "{}\n{}",
        receipt.lines().next().unwrap(),
        other.split_once('\n').unwrap().1
    );
    assert_wrong(
        &city,
        &saved,
        &mixed,
        &verify,
        "the proof of another submission",
    );
    let line = receipt.lines().next().unwrap();
    assert_wrong(&city, &saved, line, &verify, "no proof stands below it");
    assert_wrong(
        &city,
        &saved,
        &receipt.replacen("ey", "ez", 1),
        &verify,
        "the receipt does not count",
    );

    city.restart_relay().unwrap();
    let (status, found) = look(
        &city,
        &["verify", "log", &log, "--log-key", &path(&log_key(&city))],
    );
    assert_eq!(status, 0, "{found}");
    assert!(found.contains("relay.example/log: 3 leaves"), "{found}");
    let (status, found) = follow(&city, &folder);
    assert_eq!((status, found.as_str()), (0, "3 leaves, all well\n"));

    // The relay starts with an empty store and an empty folder: nothing on its machine tells it.
    city.kill_relay();
    for name in ["relay.sqlite", "relay.sqlite-wal", "relay.sqlite-shm"] {
        let _ = fs::remove_file(plan.folder.join(name));
    }
    fs::rename(city.log_dir(), plan.folder.join("log-before")).unwrap();
    city.start_relay().unwrap();
    send(&city, &citizen, &scenario);
    city.restart_relay().unwrap();
    let (status, found) = follow(&city, &folder);
    assert_eq!(status, 2);
    assert!(
        found.starts_with("rollback: the checkpoint is over 1 leaves, and 3 were seen before"),
        "{found}"
    );
    for _ in 0..3 {
        send(&city, &citizen, &scenario);
    }
    city.restart_relay().unwrap();
    let (status, found) = follow(&city, &folder);
    assert_eq!(status, 2);
    assert!(found.starts_with("fork: "), "{found}");
}

/// Sends one application and returns what a person keeps: the receipt's line, and the proof below it.
fn send(city: &City, citizen: &Citizen, scenario: &Scenario) -> String {
    let sealed = citizen
        .apply(
            &scenario.service,
            &scenario.answers,
            &scenario.offices,
            city.now(),
        )
        .unwrap();
    let mut connection = Connection::open(city.relay_address()).unwrap();
    connection
        .send("POST", "/v1/submissions", Some(&sealed.body))
        .unwrap();
    let answer = connection.receive().unwrap().json();
    let text = |name: &str| {
        answer[name]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .to_owned()
    };
    format!("{}\n{}", text("receipt"), text("proof"))
}

fn assert_wrong(
    city: &City,
    file: &Path,
    receipt: &str,
    verify: &dyn Fn(&City) -> Output,
    why: &str,
) {
    fs::write(file, receipt).unwrap();
    let (status, said) = said(&verify(city));
    assert_eq!(status, 2, "{said}");
    assert!(said.contains(why), "{said}");
}

fn configure(folder: &Path, log: &str, city: &City) {
    let config = format!(
        "log = {log:?}\nlog_key = {:?}\nstate = \"state\"\n",
        log_key(city)
    );
    fs::write(folder.join("monitor.toml"), config).unwrap();
}

fn log_key(city: &City) -> std::path::PathBuf {
    city.keys().publisher_folder().join("log.pub.key")
}

fn follow(city: &City, folder: &Path) -> (i32, String) {
    look(
        city,
        &[
            "follow",
            "--once",
            "--config",
            &path(&folder.join("monitor.toml")),
        ],
    )
}

fn look(city: &City, line: &[&str]) -> (i32, String) {
    said(&monitor(city, line))
}

fn monitor(city: &City, line: &[&str]) -> Output {
    let mut command = city.programs().monitor();
    command.arg(format!("--clock={}", city.now())).args(line);
    command.output().unwrap()
}

fn said(output: &Output) -> (i32, String) {
    let said = [&output.stdout[..], &output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(said).unwrap(),
    )
}

fn path(path: &Path) -> String {
    path.display().to_string()
}
