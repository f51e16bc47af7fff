//! `run` and `retry`: signals, a catalogue that changes, a relay that comes and goes.
#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use support::page::{Page, reference_of};
use support::program::{fails, start, stop, succeeds};
use support::relay::Relay;
use support::{Key, Site, catalogue};

/// The catalogue before version 3 of the form.
fn older_catalogue(site: &Site) -> envelope::Catalogue {
    let form = support::form().replace(r#""version":3"#, r#""version":2"#);
    site.write("portal/forms/test-form/2.json", &form);
    let mut older = catalogue();
    older.forms[0].version = 2;
    older.forms[0].sha256 = envelope::Digest::of(form.as_bytes());
    older
}

#[test]
fn retry_takes_what_was_mended() {
    let site = Site::new("retry");
    // The ward's key is another one than the catalogue names: made anew and not published yet.
    site.write_private("keys/00001.jwk", &Key::named("new").file("enc"));
    let page = Page::good(1);
    let relay = Relay::holding(&site, [page.send()]);
    site.drain(&relay).unwrap();
    assert_eq!(site.causes(), ["ward: key"]);
    let police = site.case("ca-001");
    let name = site.names("offices/ca-001")[0].clone();
    fs::remove_file(site.path(&format!("intake/offices/ca-001/{name}"))).unwrap();

    site.write_private("keys/00001.jwk", &Key::named("00001").file("enc"));
    succeeds(&site, &["retry", &reference_of(&page.send())]);
    assert_eq!(site.causes(), Vec::<String>::new());
    assert_eq!(
        site.case("00001")["answers"]["name"],
        police["answers"]["name"]
    );
    assert_eq!(
        site.names("offices/ca-001"),
        Vec::<String>::new(),
        "handed over once"
    );
    assert!(fails(&site, &["retry", "00000-00000"]).contains("no submission"));
}

#[test]
fn a_stop_ends_a_long_poll_at_once_and_cleanly() {
    let site = Site::new("stop");
    let page = Page::good(1);
    let relay = Relay::holding(&site, [page.send()]);
    let (mut running, mut lines) = start(&site, &relay);
    let acknowledged = lines
        .find(|line| line["message"] == "acknowledged")
        .unwrap();
    assert_eq!(acknowledged["count"], 1);
    assert!(fails(&site, &["run"]).contains("another motcua-intake writes here"));

    let asked = Instant::now();
    Command::new("kill")
        .arg(running.id().to_string())
        .status()
        .unwrap();
    assert_eq!(lines.last().unwrap()["message"], "stopped");
    assert!(running.wait().unwrap().success());
    assert!(asked.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_newer_catalogue_is_taken_up_while_running() {
    let site = Site::new("newer");
    // The relay has a form already that this intake's copy of the catalogue lacks.
    site.publish(&older_catalogue(&site));
    let relay = Relay::holding(&site, [Page::good(1).send()]);
    let (running, mut lines) = start(&site, &relay);
    let quarantined = lines
        .find(|line| line["message"] == "submission quarantined")
        .unwrap();
    assert_eq!(quarantined["cause"], "form");

    let mut newer = catalogue();
    newer.serial += 1;
    site.publish(&newer);
    assert!(lines.any(|line| line["message"] == "acknowledged"));
    assert_eq!(site.causes(), Vec::<String>::new());
    stop(running);
}

#[test]
fn a_bad_catalogue_leaves_the_old_one_in_use() {
    let site = Site::new("bad-catalogue");
    let relay = Relay::start(&site);
    let (running, mut lines) = start(&site, &relay);
    lines.find(|line| line["message"] == "started").unwrap();
    site.write("portal/catalogue.jws", "half a file");
    let refused = lines.find(|line| line["level"] == "ERROR").unwrap();
    assert_eq!(refused["serial"], 7);
    relay.hold(Page::good(1).send());
    assert!(lines.any(|line| line["message"] == "acknowledged"));
    stop(running);
}

#[test]
fn an_unknown_form_is_kept_sealed_until_retry() {
    let site = Site::new("form-unknown");
    site.publish(&older_catalogue(&site));
    let relay = Relay::start(&site);
    let (running, mut lines) = start(&site, &relay);
    lines.find(|line| line["message"] == "started").unwrap();

    // The catalogue is copied before the forms.
    let form = site.read("portal/forms/test-form/3.json");
    fs::remove_file(site.path("portal/forms/test-form/3.json")).unwrap();
    let mut newer = catalogue();
    newer.serial += 1;
    site.publish(&newer);
    assert!(lines.any(|line| line["message"] == "form not archived"));
    relay.hold(Page::good(1).send());
    assert!(lines.any(|line| line["message"] == "acknowledged"));
    stop(running);
    assert_eq!(
        site.causes(),
        ["police: form-unknown", "ward: form-unknown"]
    );
    assert!(site.names("offices").is_empty());

    site.write("portal/forms/test-form/3.json", &form);
    succeeds(&site, &["retry", &Page::good(1).id().to_string()]);
    assert_eq!(site.causes(), Vec::<String>::new());
    assert_eq!(site.names("offices"), ["00001", "ca-001"]);
}

#[test]
fn a_relay_that_is_not_there_is_tried_again() {
    let site = Site::new("no-relay");
    let relay = Relay::start(&site);
    relay.state().answer = Some("nonsense".to_owned());
    let (running, mut lines) = start(&site, &relay);
    let first = lines
        .find(|line| line["message"] == "relay not usable")
        .unwrap();
    let second = lines
        .find(|line| line["message"] == "relay not usable")
        .unwrap();
    assert_eq!(
        (&first["retry_in_s"], &second["retry_in_s"]),
        (&json!(1), &json!(2))
    );
    relay.state().answer = None;
    relay.hold(Page::good(1).send());
    assert!(lines.any(|line| line["message"] == "acknowledged"));
    stop(running);
}
