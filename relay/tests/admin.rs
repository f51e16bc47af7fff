//! What the operator sees and sets: alive, ready and why not, metrics, status, the level of the log; and what the log never says.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; its tests start the relay

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use envelope::{Ack, Catalogue, UnixTime};
use support::client::{
    acknowledge, admin, connect, get, metric, operate, pending, read_answer, request, send,
    submission, submit,
};
use support::submission::{draft, signed};
use support::{ADMIN, City, NOW, RELAY};

fn status(city: &City) -> Output {
    let mut command = Command::new(RELAY);
    command.args(["status", "--config"]).arg(city.config());
    command.output().unwrap()
}

#[test]
fn a_relay_that_takes_submissions_is_ready_and_says_how_it_is() {
    let city = City::with_admin("");
    let relay = city.start();
    assert_eq!(admin(&city, "/livez"), (200, "alive\n".to_owned()));
    assert_eq!(admin(&city, "/readyz"), (200, "ready\n".to_owned()));
    assert_eq!(metric(&city, "ready"), 1.0);
    let mode = fs::metadata(city.path("admin.sock"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600, "the relay's own user");

    let body = draft(&city).body();
    submit(&relay, &body);
    submit(&relay, &body);
    assert_eq!(metric(&city, "kept_total"), 1.0);
    assert_eq!(metric(&city, "sent_again_total"), 1.0);
    assert_eq!(metric(&city, "commit_seconds_count"), 1.0);
    assert!(metric(&city, "oldest_pending_seconds") < 60.0);
    let ack = Ack::of(&signed(&body), UnixTime(NOW)).signing_input(city.ack.kid);
    acknowledge(&city, &relay, &[city.ack.sign(&ack)]);
    assert_eq!(metric(&city, "acknowledged_total"), 1.0);

    let shown = status(&city);
    assert_eq!(shown.status.code(), Some(0), "{shown:?}");
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.starts_with("ready\n"), "{text}");
    for line in [
        "kept since the start         1\n",
        "oldest waits for the intake  0 s\n",
        "store may grow to            8.0 GiB\n",
        "catalogue until              2016-09-09",
    ] {
        assert!(text.contains(line), "{line:?} in {text}");
    }
}

#[test]
fn who_is_not_ready_says_why_in_a_line() {
    let city = City::with_admin("");
    let good = city.catalogue();
    city.publish(&Catalogue {
        exp: UnixTime(NOW + 2),
        ..good
    });
    let relay = city.start();
    let mut said = admin(&city, "/readyz");
    while said.0 == 200 {
        std::thread::sleep(std::time::Duration::from_millis(100));
        said = admin(&city, "/readyz");
    }
    assert_eq!(said.0, 503);
    assert!(
        said.1.starts_with("catalogue: expired since 2016-08-10"),
        "{}",
        said.1
    );
    assert_eq!(said.1.lines().count(), 1, "{}", said.1);
    assert_eq!(metric(&city, "ready"), 0.0);
    assert_eq!(metric(&city, "cause{cause=\"catalogue\"}"), 1.0);
    assert_eq!(
        submit(&relay, &draft(&city).body()).code(),
        "catalogue",
        "and it is so"
    );

    let shown = status(&city);
    assert_eq!(shown.status.code(), Some(2), "{shown:?}");
    assert!(
        shown
            .stdout
            .starts_with(b"not ready\ncatalogue: expired since"),
        "{shown:?}"
    );
    drop(relay);
    let shown = status(&city);
    assert_eq!(shown.status.code(), Some(1), "{shown:?}");
    let said = String::from_utf8(shown.stderr).unwrap();
    assert!(
        said.contains("the relay does not answer: Connection refused"),
        "{said}"
    );
}

#[test]
fn while_it_drains_it_lives_and_is_not_ready() {
    let city = City::with_admin("");
    let relay = city.start();
    let request = submission(&draft(&city).body());
    let mut busy = connect(&relay);
    busy.get_mut()
        .write_all(&request[..request.len() / 2])
        .unwrap();
    assert_eq!(get(&relay, "/").status, 404);
    std::thread::sleep(std::time::Duration::from_millis(200));
    relay.signal("TERM");
    relay.logs("stopping");
    let (code, said) = admin(&city, "/readyz");
    assert_eq!(code, 503);
    assert!(said.starts_with("draining: "), "{said}");
    assert_eq!(admin(&city, "/livez").0, 200);
    busy.get_mut()
        .write_all(&request[request.len() / 2..])
        .unwrap();
    assert_eq!(read_answer(&mut busy).unwrap().unwrap().status, 201);
    assert!(relay.ended().success());
}

#[test]
fn log_files_that_cannot_be_written_are_a_warning_and_submissions_are_taken() {
    let city = City::with_admin("");
    let relay = city.start();
    fs::create_dir(city.path("log/.new")).unwrap();
    assert_eq!(submit(&relay, &draft(&city).body()).status, 201);
    relay.logs("log not published");
    let (code, said) = admin(&city, "/readyz");
    assert_eq!(code, 200);
    assert!(said.starts_with("ready\nwarning: log-files: "), "{said}");
    assert_eq!(metric(&city, "cause{cause=\"log-files\"}"), 1.0);
}

#[test]
fn the_admin_address_is_for_this_machine_alone() {
    let city = City::new();
    for (listen, told) in [
        (
            "0.0.0.0:4019",
            "other machines could reach it: take unix:PATH or 127.0.0.1:PORT",
        ),
        (
            "[::]:4019",
            "other machines could reach it: take unix:PATH or 127.0.0.1:PORT",
        ),
        (
            "admin.sock",
            "neither unix:PATH nor a loopback address with a port",
        ),
    ] {
        city.configure(&format!("[admin]\nlisten = \"{listen}\""));
        let fault = city.fault();
        assert!(
            fault.starts_with(&format!("relay.toml:16: {told}; ")),
            "{fault}"
        );
    }
    fs::write(city.path("letter"), "to the mayor").unwrap();
    city.configure("[admin]\nlisten = \"unix:letter\"");
    let fault = city.fault();
    assert!(
        fault.starts_with("[admin] listen = \"unix:letter\": cannot listen there: "),
        "{fault}"
    );
    assert_eq!(
        fs::read_to_string(city.path("letter")).unwrap(),
        "to the mayor",
        "it is left as it was"
    );

    // The public ports know nothing of it.
    let city = City::with_admin("");
    let relay = city.start();
    for target in ["/livez", "/readyz", "/metrics", "/log-level"] {
        assert_eq!(get(&relay, target).code(), "not-found", "{target}");
        let asked = support::client::ask(&city, &relay, &request("GET", target, "", b""));
        assert_eq!(asked.code(), "not-found", "{target}");
    }
    // On a loopback port it is announced.
    drop(relay);
    city.configure("[admin]\nlisten = \"127.0.0.1:0\"");
    let relay = city.start();
    let ready = relay.log();
    let ready = ready
        .lines()
        .rfind(|line| line.contains("\"ready\""))
        .unwrap();
    let ready: serde_json::Value = serde_json::from_str(ready).unwrap();
    let address = ready["fields"]["admin"].as_str().unwrap();
    let address = address.strip_prefix("http://").unwrap();
    let mut connection = std::io::BufReader::new(support::client::tcp(address.parse().unwrap()));
    connection
        .get_mut()
        .write_all(&request("GET", "/livez", "", b""))
        .unwrap();
    assert_eq!(read_answer(&mut connection).unwrap().unwrap().status, 200);
}

/// Threat 46: whatever is asked, the series are the same ones.
#[test]
fn no_request_adds_a_series_to_the_metrics() {
    let city = City::with_admin("");
    let relay = city.start();
    let series = || -> BTreeSet<String> {
        let (code, page) = admin(&city, "/metrics");
        assert_eq!(code, 200);
        let names = page.lines().map(|line| line.rsplit_once(' ').unwrap().0);
        names.map(str::to_owned).collect()
    };
    let before = series();
    for number in 0..50 {
        for target in [
            format!("/v1/submissions/{number}"),
            format!("/log/tile/{number}/000?code=\"x\"}} 1"),
            format!("/{number}%0amotcua_relay_x 1"),
        ] {
            let target = target.replace(' ', "%20");
            send(
                &relay,
                &request("GET", &target, &format!("X-{number}: {number}\r\n"), b""),
            );
            operate(&city, &request("GET", &target, "", b""));
        }
        let method = format!("M{number}");
        send(&relay, &request(&method, "/v1/submissions", "", b""));
        let body = draft(&city).with(|draft| {
            draft.payload["agency"] = format!("agency-{number}").into();
        });
        assert_eq!(submit(&relay, &body.body()).code(), "agency");
        send(&relay, b"GET / HTTP/1.1\nHost: x\n\n");
    }
    assert!(metric(&city, "refused_total{code=\"agency\"}") >= 50.0);
    assert!(metric(&city, "refused_total{code=\"framing\"}") >= 50.0);
    assert_eq!(series(), before);
}

#[test]
fn the_level_of_the_log_is_changed_while_it_runs() {
    let city = City::new();
    let config = fs::read_to_string(city.config()).unwrap();
    fs::write(
        city.config(),
        format!("log_level = \"warn\"\n{config}{ADMIN}"),
    )
    .unwrap();
    let relay = city.start();
    let put = |level: &str| operate(&city, &request("PUT", "/log-level", "", level.as_bytes()));
    submit(&relay, &draft(&city).body());
    assert_eq!(relay.log(), "", "nothing to look at");
    assert_eq!(put("info\n").status, 200);
    submit(&relay, &draft(&city).body());
    relay.logs("\"kept\"");
    assert_eq!(put("error").status, 200);
    let before = relay.log();
    submit(&relay, &draft(&city).body());
    assert_eq!(relay.log(), before);
    for bad in [
        "off",
        " info",
        "INFO",
        "a level that is much too long for one",
    ] {
        assert_eq!(put(bad).code(), "malformed", "{bad}");
    }
    let answer = operate(&city, &request("GET", "/log-level", "", b""));
    assert_eq!(
        (answer.code().as_str(), answer.header("allow")),
        ("method", Some("PUT"))
    );
}

/// Threats 39 and 47: at its most talkative, and with everything in it that could be mistaken for a command to a terminal.
#[test]
fn no_line_holds_an_answer_an_address_or_an_id_and_no_control_character() {
    let city = City::new();
    let config = fs::read_to_string(city.config()).unwrap();
    fs::write(
        city.config(),
        format!("log_level = \"debug\"\n{config}{ADMIN}"),
    )
    .unwrap();
    let relay = city.start();
    let escape = "\u{1b}[31m\r\nforged";
    let canary = "cAnArY";
    let drafts = [
        draft(&city),
        draft(&city).with(|draft| draft.payload["agency"] = format!("{canary}{escape}").into()),
        draft(&city).with(|draft| {
            draft
                .parts
                .insert("ward".to_owned(), format!("{canary}{escape}"));
        }),
        draft(&city).with(|draft| draft.payload["exp"] = (NOW - 1).into()),
    ];
    let mut secrets = vec![
        canary.to_owned(),
        "127.0.0.1:".to_owned(),
        "sealed.to".to_owned(),
        "00001".to_owned(),
    ];
    for draft in &drafts {
        let body = draft.body();
        submit(&relay, &body);
        submit(&relay, &body);
        let id = draft.id();
        get(&relay, &format!("/v1/submissions/{id}?{canary}"));
        get(&relay, &format!("/v1/submissions/{id}"));
        secrets.extend([id, draft.key.kid.to_string()]);
    }
    let other = draft(&city).with(|other| other.payload["id"] = drafts[0].payload["id"].clone());
    assert_eq!(submit(&relay, &other.body()).code(), "id-taken");
    send(
        &relay,
        format!("GET /{canary}{escape} HTTP/1.1\r\n{canary}: {canary}\r\n\r\n").as_bytes(),
    );
    send(
        &relay,
        &request(
            &format!("{canary}X"),
            &format!("/{canary}"),
            &format!("Cookie: {canary}\r\nUser-Agent: {canary}\r\n"),
            b"",
        ),
    );
    pending(&city, &relay, "?max=1");
    support::client::ask(
        &city,
        &relay,
        &request("GET", &format!("/v1/outbox?{canary}=1"), "", b""),
    );
    acknowledge(&city, &relay, &[format!("{canary}{escape}")]);
    assert!(relay.stop().success());

    let log = fs::read_to_string(city.path("relay.log")).unwrap();
    // Where the relay itself listens is no secret.
    let said: Vec<&str> = log
        .lines()
        .filter(|line| !line.contains("\"ready\""))
        .collect();
    assert!(said.len() > 20, "{log}");
    for line in said {
        for secret in &secrets {
            assert!(!line.contains(secret.as_str()), "{secret} in {line}");
        }
        assert!(!line.contains('\u{1b}'), "{line}");
        assert!(
            serde_json::from_str::<serde_json::Value>(line).is_ok(),
            "{line}"
        );
    }
}
