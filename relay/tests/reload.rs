//! SIGHUP: config, certificates and catalogue are read again, all of them or none.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use envelope::{Catalogue, UnixTime};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use support::client::{admin, metric, pending, read_answer, submission, submit, tls};
use support::submission::draft;
use support::{ADMIN, City, Key, NOW, Running};

const TLS: &str = "[tls]\ncertificate = \"public.pem\"\nprivate_key = \"public.key.pem\"\n";

/// A city whose public port speaks TLS, with a certificate of its own.
fn city() -> City {
    let city = City::new();
    for end in ["pem", "key.pem"] {
        fs::copy(
            city.path(&format!("outbox.{end}")),
            city.path(&format!("public.{end}")),
        )
        .unwrap();
    }
    city.configure(&format!("{ADMIN}{TLS}"));
    city
}

/// Puts a new authority with new certificates of both ports and of the intake in place of the old.
fn renew_certificates(city: &City, year_of_end: i32) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    fs::write(city.path("ca.pem"), issuer.pem()).unwrap();
    for name in ["outbox", "public", "intake"] {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.not_after = date_time_ymd(year_of_end, 1, 1);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        fs::write(city.path(&format!("{name}.pem")), certificate.pem()).unwrap();
        fs::write(city.path(&format!("{name}.key.pem")), key.serialize_pem()).unwrap();
    }
}

/// Has it read everything again, and waits for the outcome: how often it was taken and refused by then.
fn reload(city: &City, relay: &Running) -> (f64, f64) {
    let outcome = || {
        (
            metric(city, "reloaded_total"),
            metric(city, "reload_refused_total"),
        )
    };
    let before = outcome();
    relay.signal("HUP");
    let until = Instant::now() + Duration::from_secs(20);
    while outcome() == before {
        assert!(Instant::now() < until, "{}", relay.log());
        std::thread::sleep(Duration::from_millis(10));
    }
    let after = outcome();
    (after.0 - before.0, after.1 - before.1)
}

/// That it takes submissions by the certificate in `ca.pem`, and hands them on.
fn serves(city: &City, relay: &Running) {
    let mut connection = tls(city, relay.public, None);
    let body = draft(city).body();
    connection.get_mut().write_all(&submission(&body)).unwrap();
    assert_eq!(read_answer(&mut connection).unwrap().unwrap().status, 201);
    assert!(!pending(city, relay, "").is_empty());
}

#[test]
fn new_certificates_and_level_are_taken_and_no_connection_is_lost() {
    let city = city();
    let relay = city.start();
    serves(&city, &relay);
    let mut open = tls(&city, relay.public, None);
    let half = submission(&draft(&city).body());
    open.get_mut().write_all(&half[..100]).unwrap();

    renew_certificates(&city, 2030);
    city.configure(&format!("{ADMIN}{TLS}").replace("public", "outbox"));
    let config = fs::read_to_string(city.config()).unwrap();
    fs::write(city.config(), format!("log_level = \"error\"\n{config}")).unwrap();
    assert_eq!(reload(&city, &relay), (1.0, 0.0));
    serves(&city, &relay);
    open.get_mut().write_all(&half[100..]).unwrap();
    assert_eq!(read_answer(&mut open).unwrap().unwrap().status, 201);
    assert_eq!(
        metric(&city, "certificate_expires_seconds{port=\"public\"}"),
        1_893_456_000.0
    );
    assert_eq!(admin(&city, "/readyz"), (200, "ready\n".to_owned()));
}

#[test]
fn a_certificate_that_is_about_to_end_is_a_warning() {
    let city = city();
    let relay = city.start();
    assert_eq!(
        admin(&city, "/readyz").1,
        "ready\n",
        "ends in the year 4096"
    );
    drop(relay);
    renew_certificates(&city, 2016);
    let _relay = city.start();
    let said = admin(&city, "/readyz").1;
    assert!(
        said.starts_with("ready\nwarning: certificate: that of the public port ends 2016-01-01"),
        "{said}"
    );
}

/// Threat 43: each alone, on a relay that runs on as it was.
#[test]
fn whatever_is_broken_nothing_changes_and_it_is_told() {
    let city = city();
    let relay = city.start();
    let config = fs::read_to_string(city.config()).unwrap();
    let good = city.catalogue();
    let next = Catalogue {
        serial: good.serial + 1,
        relay: "https://moved.example".to_owned(),
        ..good.clone()
    };
    let stranger = Key::new();
    let sign = |key: &Key, catalogue: &Catalogue| key.sign(&catalogue.signing_input(key.kid));
    let with = |from: &str, to: &str| config.replacen(from, to, 1);
    let old = {
        let expired = City::new();
        renew_certificates(&expired, 2016);
        ["pem", "key.pem"]
            .map(|end| fs::read_to_string(expired.path(&format!("public.{end}"))).unwrap())
    };
    // What is put where, and what is said of it. `None`: the file is taken away.
    let breaks: Vec<(&str, Option<String>, &str)> = vec![
        (
            "relay.toml",
            Some("listen = [".to_owned()),
            "relay.toml:1: ",
        ),
        (
            "relay.toml",
            Some(with("store =", "stor =")),
            "did you mean `store`?",
        ),
        (
            "relay.toml",
            Some(with("catalogue = \"catalogue.jws\"\n", "")),
            "`catalogue` is missing",
        ),
        ("relay.toml", None, "cannot be read"),
        (
            "relay.toml",
            Some(format!("log_level = \"loud\"\n{config}")),
            "relay.toml:1: unknown variant `loud`",
        ),
        (
            "relay.toml",
            Some(with("127.0.0.1:0", "127.0.0.1:1")),
            "listen is another than at the start",
        ),
        (
            "relay.toml",
            Some(with("relay.sqlite", "other.sqlite")),
            "store is another than at the start",
        ),
        (
            "relay.toml",
            Some(with("relay.jwk", "other.jwk")),
            "signing_key is another",
        ),
        (
            "relay.toml",
            Some(with("log = \"log\"", "log = \"log-2\"")),
            "log is another",
        ),
        (
            "relay.toml",
            Some(config.replace(TLS, "")),
            "[tls] is another",
        ),
        (
            "relay.toml",
            Some(with("admin.sock", "other.sock")),
            "[admin] listen is another",
        ),
        (
            "relay.toml",
            Some(format!("{config}[limits]\nwaiting_max = 1\n")),
            "[limits] is another",
        ),
        (
            "public.pem",
            Some(String::new()),
            "public.pem: cannot be used: no certificate in it",
        ),
        (
            "public.pem",
            Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned()),
            "public.pem: cannot be used: not an X.509",
        ),
        ("public.pem", None, "public.pem: cannot be used"),
        ("public.pem", Some(old[0].clone()), "does not go with"),
        ("public.key.pem", None, "public.key.pem: cannot be used"),
        ("public.key.pem", Some(old[1].clone()), "does not go with"),
        (
            "outbox.key.pem",
            Some("no key".to_owned()),
            "outbox.key.pem: cannot be used",
        ),
        (
            "ca.pem",
            Some("no authority".to_owned()),
            "ca.pem: cannot be used",
        ),
        ("catalogue.jws", None, "the catalogue cannot be read"),
        ("catalogue.jws", Some("a.b".to_owned()), "malformed: "),
        (
            "catalogue.jws",
            Some(sign(&stranger, &next)),
            "signed by a foreign publisher",
        ),
        (
            "catalogue.jws",
            Some(sign(
                &city.publisher,
                &Catalogue {
                    serial: 1,
                    ..good.clone()
                },
            )),
            "rolled back",
        ),
        (
            "catalogue.jws",
            Some(sign(
                &city.publisher,
                &Catalogue {
                    exp: UnixTime(NOW - 1),
                    ..next.clone()
                },
            )),
            "expired since",
        ),
        (
            "catalogue.jws",
            Some(sign(
                &city.publisher,
                &Catalogue {
                    logs: Vec::new(),
                    ..next.clone()
                },
            )),
            "log key",
        ),
    ];
    for (file, broken, told) in breaks {
        let whole = fs::read(city.path(file)).unwrap();
        match &broken {
            Some(text) => fs::write(city.path(file), text).unwrap(),
            None => fs::remove_file(city.path(file)).unwrap(),
        }
        // With it comes something that would be taken.
        if file != "catalogue.jws" {
            city.publish(&next);
        }
        assert_eq!(reload(&city, &relay), (0.0, 1.0), "{file}: {told}");
        let (code, said) = admin(&city, "/readyz");
        assert_eq!(code, 200, "{said}");
        assert!(
            said.starts_with("ready\nwarning: reload: ") && said.contains(told),
            "{told:?} in {said}"
        );
        assert_eq!(
            metric(&city, "catalogue_serial"),
            good.serial as f64,
            "{file}: {told}"
        );
        city.publish(&good);
        fs::write(city.path(file), whole).unwrap();
        serves(&city, &relay);
    }
    // Both at once that have ended, key and certificate: good in itself, and of no use to anybody.
    for (end, text) in ["pem", "key.pem"].into_iter().zip(&old) {
        fs::write(city.path(&format!("public.{end}")), text).unwrap();
    }
    assert_eq!(reload(&city, &relay), (0.0, 1.0));
    assert!(
        admin(&city, "/readyz")
            .1
            .contains("public.pem: the certificate ended 2016-01-01")
    );

    renew_certificates(&city, 2030);
    city.publish(&next);
    assert_eq!(reload(&city, &relay), (1.0, 0.0));
    assert_eq!(
        admin(&city, "/readyz"),
        (200, "ready\n".to_owned()),
        "mended"
    );
    assert_eq!(metric(&city, "catalogue_serial"), next.serial as f64);
}

/// Threat 43: a catalogue that nobody announced is no reason to stop either.
#[test]
fn a_bad_catalogue_that_is_found_by_looking_is_told_until_a_good_one_comes() {
    let city = City::with_admin("[limits]\ncatalogue_poll_ms = 50\n");
    let relay = city.start();
    fs::write(city.path("catalogue.jws"), "a.b").unwrap();
    relay.logs("reload refused, all stays as it was");
    assert!(
        admin(&city, "/readyz")
            .1
            .starts_with("ready\nwarning: reload: ")
    );
    assert_eq!(submit(&relay, &draft(&city).body()).status, 201);
    city.publish(&city.catalogue());
    let until = Instant::now() + Duration::from_secs(20);
    while admin(&city, "/readyz").1 != "ready\n" {
        assert!(Instant::now() < until);
        std::thread::sleep(Duration::from_millis(20));
    }
}
