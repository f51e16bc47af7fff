//! What an operator meets: the sample config, every fault at the start in its words, reloading, stopping, a full disk.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; its tests start the relay

mod support;

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use envelope::Catalogue;
use relay::config::{Config, Limits};
use support::client::{connect, get, pending, read_answer, submission, submit, tls};
use support::submission::draft;
use support::{City, Key, NOW, RELAY, Running};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/samples/relay.toml");

#[test]
fn the_sample_config_is_good_and_shows_every_limit_with_its_default() {
    let sample = Config::load(Path::new(SAMPLE)).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(sample.limits, Limits::default());
    let text = fs::read_to_string(SAMPLE).unwrap();
    for limit in format!("{:?}", Limits::default())
        .split([' ', '{'])
        .filter_map(|word| word.strip_suffix(':'))
    {
        assert!(
            text.contains(&format!("\n{limit} = ")),
            "{limit} is not in the sample"
        );
    }
    assert_eq!(
        sample.store,
        Path::new(SAMPLE).with_file_name("relay.sqlite")
    );

    // The part that is commented out is good too.
    let city = City::new();
    let with_tls = text
        .replace("# [tls]", "[tls]")
        .replace("# certificate", "certificate")
        .replace("# private_key", "private_key");
    assert_ne!(with_tls, text);
    fs::write(
        city.config(),
        with_tls.replace("127.0.0.1:4017", "0.0.0.0:443"),
    )
    .unwrap();
    assert!(Config::load(&city.config()).is_ok_and(|config| config.tls.is_some()));
}

#[test]
fn a_bad_config_is_told_with_line_and_what_to_do() {
    let city = City::new();
    let good = fs::read_to_string(city.config()).unwrap();
    let told = |from: &str, to: &str| {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        fs::write(city.config(), bad).unwrap();
        city.fault()
    };
    assert_eq!(
        told("catalogue =", "catalog ="),
        "relay.toml:3: unknown key `catalog`; did you mean `catalogue`?"
    );
    assert_eq!(
        told("private_key", "privat_key"),
        "relay.toml:12: unknown key `privat_key`; did you mean `private_key`?"
    );
    assert_eq!(
        told("store = \"relay.sqlite\"\n", ""),
        "relay.toml: `store` is missing; docs/samples/relay.toml shows every key"
    );
    assert_eq!(
        told("client_ca = \"ca.pem\"\n", ""),
        "relay.toml:9: `client_ca` is missing; docs/samples/relay.toml shows every key"
    );
    assert_eq!(
        told("127.0.0.1:0", "localhost"),
        "relay.toml:1: invalid socket address syntax; docs/samples/relay.toml shows every key with a right value"
    );
    assert_eq!(
        told("\n\n[outbox]", "\n\n[limits]\nwaiting_max = 0\n\n[outbox]"),
        "relay.toml:10: invalid value: integer `0`, expected a nonzero u32; docs/samples/relay.toml shows every key with a right value"
    );
    assert_eq!(
        told("127.0.0.1:0", "0.0.0.0:0"),
        "relay.toml: listen = \"0.0.0.0:0\" would serve plain HTTP to other machines; add [tls], or listen on 127.0.0.1 behind a proxy on this machine"
    );
    assert_eq!(
        told("[\"publisher.pub.jwk\"]", "[]"),
        "relay.toml: publishers is empty: no catalogue could be trusted; name the publisher's public key file"
    );
    fs::remove_file(city.config()).unwrap();
    assert_eq!(
        city.fault(),
        "relay.toml: cannot be read: No such file or directory (os error 2); give the config's path with --config FILE"
    );
    assert_eq!(
        fs::read_dir(&city.folder)
            .unwrap()
            .filter(|e| name_of(e).starts_with("relay.sqlite"))
            .count(),
        0
    );
}

fn name_of(entry: &std::io::Result<fs::DirEntry>) -> String {
    entry.as_ref().unwrap().file_name().into_string().unwrap()
}

#[test]
fn a_file_that_will_not_do_is_told_by_its_name_by_check_config_too() {
    let city = City::new();
    let cases: &[(&str, &str, &str)] = &[
        (
            "relay.jwk",
            "",
            "not a key file: EOF while parsing a value at line 1 column 0; make a key with `motcua-relay keys new --out FILE`",
        ),
        (
            "log.key",
            "PRIVATE+KEY+relay.example/log+00000000+AQ==",
            "not the private key of a log (PRIVATE+KEY+name+id+seed); make a key with `motcua-relay keys log --name NAME --out FILE`",
        ),
        (
            "publisher.pub.jwk",
            "{}",
            "not a key file: missing field `kty` at line 1 column 2; make a key with `motcua-relay keys new --out FILE`",
        ),
        (
            "outbox.pem",
            "",
            "cannot be used: no certificate in it; put a PEM file there that this user may read",
        ),
        (
            "outbox.key.pem",
            "",
            "cannot be used: no items found; put a PEM file there that this user may read",
        ),
        (
            "ca.pem",
            "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
            "cannot be used: base64 decode error: ",
        ),
        ("catalogue.jws", "a.b", "malformed: "),
    ];
    for (file, bad, told) in cases {
        let good = fs::read(city.path(file)).unwrap();
        fs::write(city.path(file), bad).unwrap();
        let fault = city.fault();
        assert!(fault.starts_with(&format!("{file}: {told}")), "{fault}");
        let checked = city.command(NOW).arg("--check-config").output().unwrap();
        assert_eq!(checked.status.code(), Some(1));
        assert!(String::from_utf8(checked.stderr).unwrap().contains(told));
        fs::remove_file(city.path(file)).unwrap();
        let fault = city.fault();
        assert!(
            fault.starts_with(&format!("{file}: ")) && fault.contains("; "),
            "{fault}"
        );
        fs::write(city.path(file), good).unwrap();
    }
    fs::copy(city.path("relay.pub.jwk"), city.path("relay.jwk")).unwrap();
    assert_eq!(
        city.fault(),
        "relay.jwk: has no private key `d`; name the file without .pub"
    );
    assert!(!city.path("relay.sqlite").exists(), "nothing was begun");
}

#[test]
fn check_config_says_good_and_starts_nothing() {
    let city = City::new();
    let running = city.start();
    let checked = city.command(NOW).arg("--check-config").output().unwrap();
    assert!(checked.status.success(), "{checked:?}");
    assert_eq!(
        String::from_utf8(checked.stdout).unwrap(),
        format!("{}: good\n", city.config().display())
    );
    assert_eq!(
        get(&running, "/").status,
        404,
        "the running one is left alone"
    );
}

#[test]
fn a_catalogue_that_is_foreign_unsigned_expired_or_of_tomorrow_is_refused() {
    let city = City::new();
    let good = city.catalogue();
    let stranger = Key::new();
    let publish = |text: String| fs::write(city.path("catalogue.jws"), text).unwrap();

    publish(stranger.sign(&good.signing_input(stranger.kid)));
    assert!(
        city.fault()
            .starts_with("catalogue.jws: signed by a foreign publisher"),
        "{}",
        city.fault()
    );
    publish(stranger.sign(&good.signing_input(city.publisher.kid)));
    assert!(
        city.fault()
            .starts_with("catalogue.jws: the signature is wrong"),
        "{}",
        city.fault()
    );
    publish(format!("{}.", good.signing_input(city.publisher.kid)));
    assert!(
        city.fault().starts_with("catalogue.jws: malformed"),
        "{}",
        city.fault()
    );

    city.publish(&good);
    let expired = city.fault_at(good.exp.0 + 1);
    assert!(
        expired.starts_with("catalogue.jws: expired since 2016-09-09"),
        "{expired}"
    );
    let early = city.fault_at(good.iat.0 - 3600);
    assert!(
        early.starts_with("catalogue.jws: not valid before 2016-08-10"),
        "{early}"
    );

    city.publish(&Catalogue {
        relays: vec![stranger.dated()],
        ..good
    });
    let fault = city.fault();
    assert!(
        fault.contains("this relay's signing key") && fault.contains("relay.pub.jwk"),
        "{fault}"
    );
}

#[test]
fn an_older_catalogue_is_refused_after_a_newer_one_was_in_use() {
    let city = City::new();
    let newer = city.catalogue();
    drop(city.start());
    city.publish(&Catalogue {
        serial: newer.serial - 1,
        ..newer.clone()
    });
    assert_eq!(
        city.fault(),
        format!(
            "catalogue.jws: rolled back: its serial is {}, but {} has been in use here; take the newest file from the publisher",
            newer.serial - 1,
            newer.serial
        )
    );
    city.publish(&newer);
    assert!(city.start().stop().success(), "the same serial is good");
}

#[test]
fn a_new_catalogue_is_taken_on_sighup_and_a_bad_one_changes_nothing() {
    let city = City::new();
    let relay = city.start();
    let moved = draft(&city)
        .with(|draft| draft.payload["aud"] = "https://moved.example".into())
        .body();
    assert_eq!(submit(&relay, &moved).code(), "audience");
    let mut next = city.catalogue();
    next.serial += 1;
    next.relay = "https://moved.example".to_owned();

    let stranger = Key::new();
    fs::write(
        city.path("catalogue.jws"),
        stranger.sign(&next.signing_input(stranger.kid)),
    )
    .unwrap();
    relay.signal("HUP");
    relay.logs("reload refused, all stays as it was");
    assert_eq!(submit(&relay, &moved).code(), "audience");
    assert_eq!(submit(&relay, &draft(&city).body()).status, 201);

    city.publish(&next);
    relay.signal("HUP");
    relay.logs(&format!("\"serial\":{}", next.serial));
    assert_eq!(submit(&relay, &moved).status, 201);

    city.publish(&city.catalogue());
    relay.signal("HUP");
    relay.logs("rolled back");
    let moved = draft(&city).with(|draft| draft.payload["aud"] = "https://moved.example".into());
    assert_eq!(
        submit(&relay, &moved.body()).status,
        201,
        "the newer one stays"
    );
}

#[test]
fn a_changed_catalogue_is_found_without_being_asked() {
    let city = City::new();
    city.configure("[limits]\ncatalogue_poll_ms = 50");
    let relay = city.start();
    let mut next = city.catalogue();
    next.serial += 1;
    city.publish(&next);
    relay.logs(&format!("\"serial\":{}", next.serial));
}

#[test]
fn a_store_has_one_relay() {
    let city = City::new();
    let first = city.start();
    let fault = city.fault();
    assert_eq!(
        fault,
        "relay.sqlite: the store is in use by another motcua-relay; stop that one first, or give this one a store of its own"
    );
    assert_eq!(submit(&first, &draft(&city).body()).status, 201);
    drop(first);
    assert!(
        city.start().stop().success(),
        "the lock falls with its process"
    );
}

#[test]
fn a_store_that_cannot_be_used_is_told() {
    let city = City::new();
    let config = fs::read_to_string(city.config()).unwrap();
    // No folder, and one in which nobody may write, not even root.
    for store in ["nowhere/relay.sqlite", "/sys/relay.sqlite"] {
        fs::write(city.config(), config.replace("relay.sqlite", store)).unwrap();
        let fault = city.fault();
        assert!(
            fault.starts_with(&format!("{store}: the store cannot be opened: ")),
            "{fault}"
        );
        assert!(
            fault.ends_with("; make its folder and let this user write there"),
            "{fault}"
        );
    }
    fs::write(city.config(), &config).unwrap();
    fs::write(
        city.path("relay.sqlite"),
        "this is a letter to the mayor, not a database".repeat(99),
    )
    .unwrap();
    let fault = city.fault();
    assert!(
        fault.starts_with("relay.sqlite: the store cannot be used: file is not a database; "),
        "{fault}"
    );

    fs::remove_file(city.path("relay.sqlite")).unwrap();
    for made_by_others in [
        "PRAGMA user_version = 4",
        "PRAGMA user_version = 5",
        "CREATE TABLE letter (line TEXT)",
    ] {
        let other = rusqlite::Connection::open(city.path("relay.sqlite")).unwrap();
        other.execute_batch(made_by_others).unwrap();
        drop(other);
        let before = fs::read(city.path("relay.sqlite")).unwrap();
        assert_eq!(
            city.fault(),
            "relay.sqlite: not a store of version 1 to 4, those that this relay knows; start the motcua-relay that wrote it, or name another file"
        );
        assert_eq!(
            fs::read(city.path("relay.sqlite")).unwrap(),
            before,
            "and it is left as it was"
        );
        fs::remove_file(city.path("relay.sqlite")).unwrap();
    }
    let relay = city.start();
    for file in ["relay.sqlite", "relay.sqlite-wal", "relay.sqlite-shm"] {
        let mode = fs::metadata(city.path(file)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }
    drop(relay);
}

/// Threat 44: the program is newer than the store. (Newer stores are refused by older programs, see above.)
#[test]
fn a_store_of_the_version_before_is_taken_up() {
    let city = City::new();
    let relay = city.start();
    let body = draft(&city).body();
    let receipt = submit(&relay, &body).receipt();
    assert!(relay.stop().success());
    let store = rusqlite::Connection::open(city.path("relay.sqlite")).unwrap();
    store
        .execute_batch("DROP TABLE release; PRAGMA user_version = 3;")
        .unwrap();
    drop(store);

    let relay = city.start();
    assert_eq!(submit(&relay, &body).receipt(), receipt);
    assert_eq!(pending(&city, &relay, "").len(), 1);
    assert_eq!(submit(&relay, &draft(&city).body()).status, 201);
}

#[test]
fn a_port_in_use_is_told() {
    let city = City::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let config = fs::read_to_string(city.config()).unwrap();
    fs::write(
        city.config(),
        config.replacen("127.0.0.1:0", &address.to_string(), 1),
    )
    .unwrap();
    assert_eq!(
        city.fault(),
        format!(
            "listen = \"{address}\": cannot listen there: Address already in use (os error 98); stop what listens there, or choose another port"
        )
    );
}

#[test]
fn a_clock_set_by_hand_is_for_this_machine_alone() {
    let city = City::new();
    let config = fs::read_to_string(city.config()).unwrap();
    fs::write(
        city.config(),
        config.replace(
            "[outbox]\nlisten = \"127.0.0.1:0\"",
            "[outbox]\nlisten = \"0.0.0.0:0\"",
        ),
    )
    .unwrap();
    assert!(
        city.fault()
            .starts_with("--clock: the config listens beyond this machine"),
        "{}",
        city.fault()
    );
}

#[test]
fn a_request_that_is_being_answered_when_the_relay_stops_is_answered() {
    let city = City::new();
    let relay = city.start();
    let body = draft(&city).body();
    let request = submission(&body);
    let (idle, mut busy) = (connect(&relay), connect(&relay));
    let (first, rest) = request.split_at(request.len() / 2);
    busy.get_mut().write_all(first).unwrap();
    assert_eq!(get(&relay, "/").status, 404); // by now the relay has read the first half
    std::thread::sleep(std::time::Duration::from_millis(200));
    relay.signal("TERM");
    relay.logs("stopping");
    busy.get_mut().write_all(rest).unwrap();
    assert_eq!(read_answer(&mut busy).unwrap().unwrap().status, 201);
    assert!(relay.ended().success());
    drop(idle);

    assert_eq!(pending(&city, &city.start(), "").len(), 1);
}

#[test]
fn a_disk_that_takes_no_more_stops_the_relay_and_nothing_is_acknowledged_in_vain() {
    let city = City::new();
    // Files may grow to 400 KiB, and growing further is an error, as on a disk that is full or breaks.
    let mut limited = Command::new("sh");
    limited.args([
        "-c",
        r#"trap '' XFSZ; ulimit -f 800; exec "$0" "$@""#,
        RELAY,
    ]);
    limited
        .arg("--config")
        .arg(city.config())
        .arg(format!("--clock={NOW}"));
    let relay = Running::wait_for(&city, &mut limited);
    let mut receipts = Vec::new();
    loop {
        let body = draft(&city).body();
        let mut connection = connect(&relay);
        connection.get_mut().write_all(&submission(&body)).unwrap();
        match read_answer(&mut connection) {
            Ok(Some(answer)) if answer.status == 201 => receipts.push(answer.receipt()),
            Ok(Some(answer)) => {
                assert_eq!(answer.code(), "internal");
                break;
            }
            _ => break,
        }
        assert!(receipts.len() < 1000, "the limit is never reached");
    }
    let log = city.path("relay.log");
    let status = relay.ended();
    let said = fs::read_to_string(log).unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("relay.sqlite: writing failed ("), "{said}");
    assert!(!receipts.is_empty());

    let relay = city.start();
    let kept = pending(&city, &relay, "");
    let kept: Vec<_> = kept
        .iter()
        .map(|item| item["receipt"].as_str().unwrap())
        .collect();
    for receipt in &receipts {
        assert!(kept.contains(&receipt.as_str()), "a receipt for nothing");
    }
}

#[test]
fn a_new_key_is_its_owners_alone_and_never_written_over() {
    let city = City::new();
    let make = |name: &str| {
        Command::new(RELAY)
            .args(["keys", "new", "--out"])
            .arg(city.path(name))
            .output()
            .unwrap()
    };
    assert!(make("second.jwk").status.success());
    let mode = |name: &str| fs::metadata(city.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("second.jwk"), 0o600);
    let private = fs::read_to_string(city.path("second.jwk")).unwrap();
    let public = fs::read_to_string(city.path("second.pub.jwk")).unwrap();
    assert!(private.contains("\"d\":") && !public.contains("\"d\":"));

    let again = make("second.jwk");
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(
        said.contains("File exists") && said.contains("never written over"),
        "{said}"
    );
    assert_eq!(
        fs::read_to_string(city.path("second.jwk")).unwrap(),
        private
    );

    fs::remove_file(city.path("second.jwk")).unwrap();
    assert_eq!(
        make("second.jwk").status.code(),
        Some(1),
        "the public half is still there"
    );
    assert!(
        !city.path("second.jwk").exists(),
        "half a pair is not left behind"
    );
}

#[test]
fn the_log_says_the_reference_and_nothing_else_of_a_submission() {
    let city = City::new();
    let relay = city.start();
    let draft = draft(&city);
    let body = draft.body();
    assert_eq!(submit(&relay, &body).status, 201);
    let signed = support::submission::signed(&body);
    relay.logs(&envelope::reference(&signed.manifest_sha256()));
    get(&relay, &format!("/v1/submissions/{}", draft.id()));
    let log = relay.log();
    for secret in [
        draft.id(),
        signed.jkt().to_string(),
        "sealed.to".to_owned(),
        "00001".to_owned(),
    ] {
        assert!(!log.contains(&secret), "{secret} in {log}");
    }
    assert!(
        log.lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()),
        "{log}"
    );
}

#[test]
fn the_public_port_speaks_tls_without_asking_for_a_certificate() {
    let city = City::new();
    city.configure("[tls]\ncertificate = \"outbox.pem\"\nprivate_key = \"outbox.key.pem\"");
    let relay = city.start();
    assert_eq!(relay.scheme, "https");
    let mut connection = tls(&city, relay.public, None);
    connection
        .get_mut()
        .write_all(&submission(&draft(&city).body()))
        .unwrap();
    assert_eq!(read_answer(&mut connection).unwrap().unwrap().status, 201);
}
