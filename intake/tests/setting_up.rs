//! The program before its first run: keys, config, and every fault of the house said in words.
#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use intake::config::Config;
use serde_json::{Value, json};
use support::program::{fails, succeeds};
use support::{Key, NOW, Site, catalogue, config};

#[test]
fn the_sample_config_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/samples/intake.toml");
    let config = Config::read(&path).unwrap();
    assert_eq!(config.wait_s, 20);
    assert!(!config.relay_is_loopback());
}

#[test]
fn keys_are_born_private_and_never_overwritten() {
    let site = Site::new("keys-new");
    site.write("offices.txt", "ca-001\n\nbh-001\n");
    let arguments = [
        "keys",
        "new",
        "--office",
        "00043",
        "--office",
        "recovery",
        "--offices-from",
        "offices.txt",
        "--out",
        "born",
    ];
    let printed = succeeds(&site, &arguments);
    assert_eq!(printed.lines().count(), 4);
    for line in printed.lines() {
        let (code, kid) = line.split_once(' ').unwrap();
        let private: Value = serde_json::from_str(&site.read(&format!("born/{code}.jwk"))).unwrap();
        let mut public = private.clone();
        assert_eq!(
            (&private["kid"], &private["use"]),
            (&json!(kid), &json!("enc"))
        );
        assert!(public.as_object_mut().unwrap().remove("d").is_some());
        let written: Value =
            serde_json::from_str(&site.read(&format!("born/{code}.pub.jwk"))).unwrap();
        assert_eq!(written, public);
        let mode = fs::metadata(site.path(&format!("born/{code}.jwk")))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let before = site.read("born/00043.jwk");
    let message = fails(
        &site,
        &[
            "keys", "new", "--office", "00044", "--office", "00043", "--out", "born",
        ],
    );
    assert_eq!(
        message,
        "born/00043.jwk: exists already. A key is never overwritten; nothing was made."
    );
    assert_eq!(site.read("born/00043.jwk"), before);
    assert!(!site.path("born/00044.jwk").exists());

    assert!(
        succeeds(
            &site,
            &["keys", "new", "--use", "sign", "--out", "new-ack.jwk"]
        )
        .starts_with("ack ")
    );
    assert!(site.read("new-ack.pub.jwk").contains("\"use\":\"sig\""));
    assert!(
        fails(&site, &["keys", "new", "--office", "../x", "--out", "born"])
            .contains("is not an office's code")
    );
}

#[test]
fn a_good_site_is_said_to_be_in_order_and_left_alone() {
    let site = Site::new("check-good");
    assert_eq!(
        succeeds(&site, &["--check-config"]),
        "intake.toml: everything is in order\n"
    );
    assert!(!site.path("intake").exists());
}

#[test]
fn what_is_wrong_is_said_with_the_place_and_what_to_do() {
    let stranger = Key::named("a stranger").file("enc");
    let with = |change: &dyn Fn(&mut envelope::Catalogue)| {
        let mut changed = catalogue();
        change(&mut changed);
        changed
    };
    type Spoil<'a> = Box<dyn Fn(&Site) + 'a>;
    let remove = |file: &'static str| -> Spoil {
        Box::new(move |site| fs::remove_file(site.path(file)).unwrap())
    };
    let cases: Vec<(Spoil, &str)> = vec![
        (
            remove("intake.toml"),
            "intake.toml: No such file or directory (os error 2). Name the config with --config FILE.",
        ),
        (
            Box::new(|site| {
                site.write(
                    "intake.toml",
                    &config("https://localhost:1").replace("lists", "list"),
                )
            }),
            "Did you mean `lists`?",
        ),
        (
            remove("ack.jwk"),
            "ack.jwk: No such file or directory (os error 2). The key must be there before the intake can work; restore it or name it in the config.",
        ),
        (
            Box::new(|site| site.write_private("ack.jwk", &Key::named("another").file("sig"))),
            "names no acknowledgement key",
        ),
        (
            Box::new(|site| site.write_private("ack.jwk", &Key::named("ack").file("enc"))),
            "ack.jwk: `use` is not \"sig\": not a key that signs acknowledgements. Make a key with `motcua-intake keys new`, or restore this one.",
        ),
        (
            Box::new(|site| {
                fs::set_permissions(
                    site.path("keys/00001.jwk"),
                    fs::Permissions::from_mode(0o640),
                )
                .unwrap()
            }),
            "keys/00001.jwk: others than the owner may read this private key (mode 640). Run: chmod 600 on it; if others did read it, make a new key.",
        ),
        (
            Box::new(|site| site.write_private("keys/00099.jwk", &stranger)),
            "keys/00099.jwk: the catalogue (serial 7) has no office \"00099\". Name the file after the office's code, or move it out of this folder.",
        ),
        (
            Box::new(|site| {
                for (code, _) in support::OFFICES {
                    fs::remove_file(site.path(&format!("keys/{code}.jwk"))).unwrap();
                }
            }),
            "keys: no private key in it. Make them with `motcua-intake keys new --office CODE --out` this folder.",
        ),
        (
            remove("portal/catalogue.jws"),
            "portal/catalogue.jws: No such file or directory",
        ),
        (
            Box::new(|site| {
                site.write(
                    "publisher.pub.jwk",
                    &json!(Key::named("another").public()).to_string(),
                )
            }),
            "portal/catalogue.jws: signed by a foreign publisher",
        ),
        (
            Box::new(|site| site.publish(&with(&|catalogue| catalogue.exp = NOW.plus(-1)))),
            "portal/catalogue.jws: expired since 2016-08-10 09:31:00 +07:00",
        ),
        (
            Box::new(|site| {
                fs::create_dir(site.path("intake")).unwrap();
                site.write("intake/catalogue-serial", "8\n");
            }),
            "portal/catalogue.jws: rolled back: its serial is 7, but 8 has been in use here",
        ),
        (
            remove("portal/forms/test-form/3.json"),
            "The catalogue (serial 7) names it: copy the published forms and lists here.",
        ),
        (
            Box::new(|site| {
                let names: Vec<_> = fs::read_dir(site.path("portal/lists")).unwrap().collect();
                for name in names {
                    fs::remove_file(name.unwrap().path()).unwrap();
                }
            }),
            "is archived, nor is it portal/lists/",
        ),
        (
            Box::new(|site| site.write("intake.pem", "no PEM")),
            "intake.pem: no certificate in it. It must hold certificates in PEM.",
        ),
        (
            Box::new(|site| {
                let stranger = Site::new("check-stranger");
                site.write("intake.key.pem", &stranger.read("intake.key.pem"));
            }),
            "Is private_key the key of this certificate?",
        ),
        (
            Box::new(|site| site.write("intake", "a file in the way")),
            "intake/catalogue-serial: Not a directory",
        ),
        (
            // Read-only for root as well, as tests in a container often are.
            Box::new(|site| {
                site.write(
                    "intake.toml",
                    &config("https://localhost:1").replace("\"intake\"", "\"/proc/intake\""),
                )
            }),
            "The intake needs a folder that it may write.",
        ),
    ];
    for (number, (spoil, words)) in cases.iter().enumerate() {
        let site = Site::new(&format!("check-{number}"));
        spoil(&site);
        for arguments in [&["--check-config"][..], &["run", "--once"]] {
            let message = fails(&site, arguments);
            assert!(message.contains(words), "{number} {arguments:?}: {message}");
        }
        assert!(site.names("offices").is_empty());
    }
}

#[test]
fn the_clock_is_shifted_on_one_machine_only() {
    let site = Site::new("clock");
    site.write("intake.toml", &config("https://relay.example.vn"));
    assert!(fails(&site, &["run"]).starts_with("--clock is for a demo on one machine"));
}
