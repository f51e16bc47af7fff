//! Keys: what is refused, and that what is signed can be read under the publisher's key.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use envelope::{Catalogue, KeyFile, UnixTime};
use generator::keys::{Added, Publisher, Register, Use, add_all, add_files, read_public};
use generator::{Failure, Options, make};
use support::{key, launch, new_dir, write_public};

fn refused(options: &Options) -> String {
    match make(options) {
        Err(failure @ Failure::Keys(_)) => failure.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was built"),
    }
}

#[test]
fn catalogue_and_key_files_hold_under_the_publishers_key() {
    let options = Options {
        keys: Some(support::keys()),
        ..support::fixture()
    };
    let output = make(&options).unwrap().output;
    let text = |path: &str| {
        String::from_utf8(
            output
                .get(path)
                .unwrap_or_else(|| panic!("{path} is missing"))
                .to_vec(),
        )
        .unwrap()
    };
    let pinned = [key(1)];
    let catalogue = Catalogue::read(&text("catalogue.jws"), &pinned, launch()).unwrap();
    assert_eq!(catalogue.exp, launch().plus(30 * 24 * 3600));
    assert_eq!(
        (catalogue.portal.as_str(), catalogue.relay.as_str()),
        ("https://portal.example", "https://relay.example")
    );
    let codes: Vec<&str> = catalogue
        .offices
        .iter()
        .map(|office| office.code.as_str())
        .collect();
    assert_eq!(
        codes,
        [
            "00001", "00008", "00029", "00178", "09619", "ca-001", "ca-006", "ca-271"
        ]
    );
    assert_eq!(
        catalogue.office("09619").unwrap().opens,
        Some(UnixTime(1_481_734_800))
    );

    let form = catalogue
        .forms
        .iter()
        .find(|form| form.id == "khai-sinh")
        .unwrap();
    assert_eq!(
        form.sha256,
        envelope::Digest::of(output.get("forms/khai-sinh/1.json").unwrap())
    );
    let roles: Vec<_> = form
        .recipients
        .iter()
        .map(|recipient| (recipient.role.as_str(), recipient.kind.as_str()))
        .collect();
    assert_eq!(roles, [("ward", "ward"), ("police", "police")]);

    for office in &catalogue.offices {
        let file = KeyFile::read(
            &text(&format!("keys/{}.jws", office.code)),
            &pinned,
            launch(),
        )
        .unwrap();
        assert_eq!(file.office, *office);
    }
    let recovery = KeyFile::read(&text("keys/recovery.jws"), &pinned, launch()).unwrap();
    assert_eq!(recovery.office.keys[0].jwk, key(4));
    let relay = KeyFile::read(&text("keys/relay.jws"), &pinned, launch()).unwrap();
    assert_eq!(
        (relay.office.code, relay.office.kind),
        ("relay".into(), "relay".into())
    );
    assert_eq!(relay.office.keys, catalogue.relays);
    assert_eq!(relay.office.keys[0].jwk, key(2));
    assert!(Catalogue::read(&text("catalogue.jws"), &[key(2)], launch()).is_err());
}

#[test]
fn without_keys_nothing_is_signed_and_the_page_knows() {
    let output = make(&support::fixture()).unwrap().output;
    assert!(output.get("catalogue.jws").is_none());
    let outcomes: Vec<_> = output
        .files()
        .filter(|(path, _)| path.starts_with("assets/outcome.") && path.ends_with(".json"))
        .map(|(_, content)| std::str::from_utf8(content).unwrap())
        .collect();
    assert!(!outcomes.is_empty());
    assert!(
        outcomes
            .iter()
            .all(|outcome| outcome.contains("\"publishers\":null"))
    );
}

#[test]
fn a_missing_key_is_named_with_its_mend() {
    for (name, mend) in [
        ("publisher.jwk", "make one with `motcua keys publisher`"),
        (
            "relay.pub.jwk",
            "copy the one that `motcua-relay keys new` made",
        ),
        (
            "log.pub.key",
            "copy the one that `motcua-relay keys log` made",
        ),
        (
            "ack.pub.jwk",
            "copy the one that `motcua-intake keys new --use sign` made",
        ),
        (
            "recovery.pub.jwk",
            "make one with `motcua-intake keys new --office recovery` on a machine that is offline, and copy it",
        ),
    ] {
        let dir = support::keys();
        fs::remove_file(dir.join(name)).unwrap();
        let text = refused(&Options {
            keys: Some(dir.clone()),
            ..support::fixture()
        });
        assert_eq!(
            text,
            format!(
                "{}: the key is missing\n  = {mend}\n\n1 fault of keys; nothing was written",
                dir.join(name).display()
            )
        );
    }
}

#[test]
fn a_public_half_of_another_publisher_is_refused() {
    let (dir, another) = (support::keys(), new_dir());
    support::publisher(&another, 9);
    let path = dir.join("publisher.pub.jwk");
    fs::copy(another.join("publisher.pub.jwk"), &path).unwrap();
    let with_keys = Options {
        keys: Some(dir.clone()),
        ..support::fixture()
    };
    let text = refused(&with_keys);
    assert_eq!(
        text,
        format!(
            "{}: is not the public half of publisher.jwk: who pins it would refuse what is signed here\n  = put the pair back that belongs together; another publisher's public key has a name of its own, such as publisher-2016.pub.jwk\n\n1 fault of keys; nothing was written",
            path.display()
        )
    );
    fs::rename(&path, dir.join("publisher-2016.pub.jwk")).unwrap();
    make(&with_keys).unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn each_log_has_a_name_of_its_own_and_its_public_key_here() {
    let dir = support::keys();
    let path = dir.join("log-2017.pub.key");
    let refused = |text: &str| {
        fs::write(&path, text).unwrap();
        refused(&Options {
            keys: Some(dir.clone()),
            ..support::fixture()
        })
    };
    let same_name = refused(&support::log("relay.example/log", 6).to_string());
    assert!(
        same_name.contains(
            "is a second key of the log relay.example/log\n  = make the new key under a new name"
        ),
        "{same_name}"
    );
    let private = refused("PRIVATE+KEY+relay.example/log+00000000+AQ==");
    assert!(
        private.contains("is not a verifier key") && private.contains("the private one stays"),
        "{private}"
    );
    fs::write(
        &path,
        format!("{}\n", support::log("relay.example/log-2017", 6)),
    )
    .unwrap();
    let output = make(&Options {
        keys: Some(dir),
        ..support::fixture()
    });
    let catalogue = output.unwrap().output;
    let catalogue = std::str::from_utf8(catalogue.get("catalogue.jws").unwrap()).unwrap();
    let catalogue = Catalogue::read(catalogue, &[key(1)], launch()).unwrap();
    let names: Vec<_> = catalogue.logs.iter().map(|log| log.name()).collect();
    assert_eq!(names, ["relay.example/log-2017", "relay.example/log"]);
}

#[test]
fn an_open_office_needs_a_valid_key() {
    let dir = support::keys();
    let mut register = Register::read(&dir).unwrap();
    register.offices.remove("00001");
    register.offices.remove("09619");
    register.offices.get_mut("00008").unwrap()[0].not_after = UnixTime(launch().0 - 1);
    let stranger = register.offices.remove("ca-271").unwrap();
    register.offices.insert("ca-999".to_owned(), stranger);
    register.write(&dir).unwrap();
    let text = refused(&Options {
        keys: Some(dir),
        ..support::fixture()
    });
    for part in [
        "offices.json: keys of offices that the portal does not have: ca-999\n",
        // 09619 opens later: it needs no key yet.
        "offices.json: the key is missing of offices that are open: 00001, ca-271\n",
        "offices.json: every key is expired or not valid yet of offices that are open: 00008\n",
        "3 faults of keys; nothing was written",
    ] {
        assert!(text.contains(part), "{part}\nis not in:\n{text}");
    }
}

#[test]
fn the_publishers_key_is_private_and_never_replaced() {
    let dir = new_dir();
    let public = support::publisher(&dir, 7);
    let mode = fs::metadata(dir.join("publisher.jwk"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(
        read_public(&dir.join("publisher.pub.jwk"), Use::Sig).unwrap(),
        public
    );
    let again = Publisher::create(&dir, &mut |bytes| bytes.fill(8)).unwrap_err();
    assert_eq!(again.message.en, "is there already; nothing was written");
    assert_eq!(Publisher::read(&dir).unwrap().public(), public);
}

#[test]
fn only_public_sealing_keys_enter_the_register() {
    let (dir, from) = (new_dir(), new_dir());
    support::publisher(&from, 9);
    let refused = |path: &Path| {
        let files = [("00001".to_owned(), path.to_owned())];
        add_files(&dir, &files, UnixTime(0), UnixTime(1))
            .unwrap_err()
            .message
            .en
    };
    assert_eq!(refused(&from.join("publisher.jwk")), "is a private key");
    assert_eq!(
        refused(&from.join("publisher.pub.jwk")),
        "is a key for signing"
    );
    assert_eq!(refused(&from.join("none.pub.jwk")), "the key is missing");
    let path = from.join("x.pub.jwk");
    write_public(&path, &key(5), "enc");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replace(
            &key(5).thumbprint().to_string(),
            &key(6).thumbprint().to_string(),
        ),
    )
    .unwrap();
    assert!(refused(&path).starts_with("its kid is not its thumbprint"));
    fs::write(&path, text.replace(&key(5).jwk().y, &key(6).jwk().y)).unwrap();
    assert_eq!(refused(&path), "its point is not on P-256");
    fs::write(&path, "{}").unwrap();
    assert!(refused(&path).starts_with("is not a key: missing field"));
    assert!(!dir.join("offices.json").exists());
}

#[test]
fn many_keys_are_added_at_once_and_twice_is_once() {
    let (dir, from) = (new_dir(), new_dir());
    for (number, code) in [(10, "00001"), (11, "ca-001"), (12, "recovery")] {
        write_public(&from.join(format!("{code}.pub.jwk")), &key(number), "enc");
    }
    assert_eq!(
        add_all(&dir, &from, UnixTime(0), UnixTime(1)).unwrap(),
        Added { added: 3, known: 0 }
    );
    assert_eq!(
        add_all(&dir, &from, UnixTime(5), UnixTime(6))
            .unwrap()
            .known,
        2
    );
    let register = Register::read(&dir).unwrap();
    assert_eq!(
        register.offices.keys().collect::<Vec<_>>(),
        ["00001", "ca-001"]
    );
    assert_eq!(register.offices["00001"][0].not_after, UnixTime(1));
    assert_eq!(
        read_public(&dir.join("recovery.pub.jwk"), Use::Enc).unwrap(),
        key(12)
    );

    let files = [("00002".to_owned(), from.join("00001.pub.jwk"))];
    let message = add_files(&dir, &files, UnixTime(0), UnixTime(1))
        .unwrap_err()
        .message;
    assert_eq!(message.en, "this key belongs to office `00001` already");
}

#[test]
fn a_register_with_a_private_key_is_refused() {
    let dir = support::keys();
    support::edit(&dir.join("offices.json"), "\"kty\"", "\"d\":\"AA\",\"kty\"");
    let fault = Register::read(&dir).unwrap_err();
    assert!(
        fault
            .message
            .en
            .starts_with("is not a register of public keys: "),
        "{fault}"
    );
    assert!(fault.mend.en.contains("must never be here"), "{fault}");
}
