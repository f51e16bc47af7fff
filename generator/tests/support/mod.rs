//! What the tests share: a small portal's forms, the real site, and folders of their own.
#![allow(dead_code, reason = "each test uses its part")]

pub(crate) mod bucket;
pub(crate) mod city;
pub(crate) mod editor;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use envelope::log::LogKey;
use envelope::{DatedKey, PublicKey, UnixTime};
use formdef::Date;
use generator::Options;
use generator::catalogue::midnight;
use generator::keys::{Added, Publisher, Register};

/// The day of the launch: three of the fixture's five agencies open on it, one was open, one opens later.
pub(crate) fn launch() -> UnixTime {
    midnight(Date::parse("2016-08-10").unwrap())
}

/// The fixture's forms with the repository's site, built on the launch day into a new folder.
pub(crate) fn fixture() -> Options {
    options(&here().join("tests/fixture/forms"))
}

/// The repository's own forms and site.
pub(crate) fn whole_portal() -> Options {
    options(&here().join("../forms"))
}

fn options(forms: &Path) -> Options {
    Options {
        forms: forms.to_owned(),
        site: here().join("../site"),
        out: new_dir().join("out"),
        keys: None,
        portal: None,
        relay: None,
        now: launch(),
        compressed: None,
        threads: None,
    }
}

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A program's clock stands at that moment when it starts, and goes on. What it waits for takes as long as ever.
pub(crate) fn set_clock(command: &mut Command, now: UnixTime) {
    let shown = now.to_string();
    let shown = shown.strip_suffix(" +07:00").unwrap();
    // As Debian's `faketime` does it, which would be a process of its own between this one and the program.
    command
        .env("LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1")
        .env("FAKETIME", format!("@{shown}"))
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("TZ", "Asia/Ho_Chi_Minh");
}

/// A folder that nobody had before.
pub(crate) fn new_dir() -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let name = format!(
        "{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

/// The fixture with its forms copied to a folder of their own, to be changed.
pub(crate) fn fixture_copy() -> Options {
    let mut options = fixture();
    let copy = new_dir().join("forms");
    copy_dir(&options.forms, &copy, &mut |paths| paths.sort());
    options.forms = copy;
    options
}

/// Copies a folder, its files in the order that `arrange` gives them.
pub(crate) fn copy_dir(from: &Path, to: &Path, arrange: &mut dyn FnMut(&mut Vec<PathBuf>)) {
    fs::create_dir_all(to).unwrap();
    let mut paths: Vec<PathBuf> = fs::read_dir(from)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    arrange(&mut paths);
    for path in paths {
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_dir(&path, &place, arrange)
        } else {
            fs::copy(&path, &place).map(drop).unwrap()
        }
    }
}

/// Replaces a text that is there in a file.
pub(crate) fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{}: has no {from:?}", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// A folder of keys for the fixture: publisher, relay, acknowledgements, recovery, and every office.
pub(crate) fn keys() -> PathBuf {
    let dir = new_dir();
    publisher(&dir, 1);
    for (number, name, r#use) in [
        (2, "relay", "sig"),
        (3, "ack", "sig"),
        (4, "recovery", "enc"),
    ] {
        write_public(&dir.join(format!("{name}.pub.jwk")), &key(number), r#use);
    }
    fs::write(
        dir.join("log.pub.key"),
        format!("{}\n", log("relay.example/log", 5)),
    )
    .unwrap();
    let mut register = Register::default();
    let codes = [
        "00001", "00008", "00029", "00178", "09619", "ca-001", "ca-006", "ca-271",
    ];
    for (number, code) in (10..).zip(codes) {
        let dated = DatedKey::new(key(number), launch(), launch().plus(1_000_000));
        register
            .add(Path::new("test"), code, dated, &mut Added::default())
            .unwrap();
    }
    register.write(&dir).unwrap();
    dir
}

/// The publisher's key whose secret is `number` everywhere.
pub(crate) fn publisher(dir: &Path, number: u8) -> PublicKey {
    Publisher::create(dir, &mut |bytes| bytes.fill(number)).unwrap()
}

/// The offices' keys hold for longer than any release stays.
pub(crate) fn long_lived(keys: &Path) {
    let mut register = Register::default();
    for (code, dated) in Register::read(keys).unwrap().offices {
        let dated = &dated[0];
        let dated = DatedKey::new(
            dated.jwk,
            dated.not_before,
            dated.not_before.plus(365 * 24 * 3600),
        );
        register
            .add(keys, &code, dated, &mut Added::default())
            .unwrap();
    }
    register.write(keys).unwrap();
}

/// Some offices have other keys from now on, and some are gone.
pub(crate) fn exchange_keys(keys: &Path, other: &[&str], gone: &[&str]) {
    let mut register = Register::default();
    for (number, (code, dated)) in (100..).zip(Register::read(keys).unwrap().offices) {
        let dated = match other.contains(&code.as_str()) {
            true => DatedKey::new(key(number), dated[0].not_before, dated[0].not_after),
            false => dated[0].clone(),
        };
        if !gone.contains(&code.as_str()) {
            register
                .add(keys, &code, dated, &mut Added::default())
                .unwrap();
        }
    }
    register.write(keys).unwrap();
}

/// A public key.
pub(crate) fn key(number: u8) -> PublicKey {
    publisher(&new_dir(), number)
}

/// The key of a log: what number it is made of does not matter to those who only pass it on.
pub(crate) fn log(name: &str, number: u8) -> LogKey {
    LogKey::new(name, [number; 32]).unwrap()
}

/// Writes a public key file.
pub(crate) fn write_public(path: &Path, key: &PublicKey, r#use: &str) {
    let jwk = key.jwk();
    let (x, y, kid) = (jwk.x, jwk.y, key.thumbprint());
    fs::write(
        path,
        format!(
            r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}","kid":"{kid}","use":"{}"}}"#,
            r#use
        ),
    )
    .unwrap();
}
