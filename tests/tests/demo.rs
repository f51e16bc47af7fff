//! `cargo demo`, as the contract with scripts and people has it.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tests::Day;

/// Ports that no other test takes: these are chosen, all others are free ones of the system's range.
const PORT: u16 = 24_016;

fn demo() -> Command {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_demo"));
    demo.stdin(Stdio::null());
    demo
}

#[test]
fn once_prints_three_lines_and_leaves_nothing_running() {
    let port = PORT.to_string();
    let output = demo()
        .args(["--once", "--port", &port, "--date", "2016-08-10"])
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert!(output.status.success(), "{err}");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 3, "{out}");
    assert_eq!(lines[0], format!("portal http://127.0.0.1:{PORT}"));
    assert_eq!(lines[1], format!("relay http://127.0.0.1:{}", PORT + 1));
    let intake = lines[2].strip_prefix("intake ").unwrap();
    assert!(
        std::path::Path::new(intake).is_absolute() && std::path::Path::new(intake).is_dir(),
        "{intake}"
    );
    for port in PORT..PORT + 3 {
        assert!(
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(),
            "something still listens on {port}"
        );
    }
}

#[test]
fn a_port_in_use_is_named_and_nothing_is_left() {
    // The relay's port is the taken one: the site's, before it, must be given back.
    let first = PORT + 20;
    let port = first + 1;
    let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    let output = demo()
        .args(["--once", "--port", &first.to_string()])
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    assert!(
        err.contains(&format!("port {port} is in use")) && err.contains("--port"),
        "{err}"
    );
    assert!(
        TcpStream::connect((Ipv4Addr::LOCALHOST, first)).is_err(),
        "something listens on {first}"
    );
}

#[test]
fn ctrl_c_ends_the_whole_city() {
    let first = PORT + 10;
    let mut city = demo()
        .args(["--port", &first.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(city.stdout.take().unwrap()).lines();
    let portal = lines.next().unwrap().unwrap();
    assert_eq!(portal, format!("portal http://127.0.0.1:{first}"));
    (0..2).for_each(|_| drop(lines.next().unwrap().unwrap()));
    // To the demo alone: a terminal tells its children too, a service manager does not.
    assert!(
        Command::new("kill")
            .args(["-INT", &city.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = city.try_wait().unwrap() {
            break status;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "it does not end");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(status.success(), "{status}");
    for port in first..first + 3 {
        assert!(
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(),
            "something still listens on {port}"
        );
    }
}

#[test]
fn a_day_that_is_none_is_refused() {
    let output = demo()
        .args(["--once", "--date", "10/8/2016"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("YYYY-MM-DD")
    );
    assert!("2016-08-10".parse::<Day>().is_ok());
}
