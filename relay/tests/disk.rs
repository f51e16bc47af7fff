//! A disk that fills up, a small one of its own: refused before its reserve is touched, and what was kept is untouched.
//!
//! The disk is a tmpfs, which only root may mount.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; its tests start the relay, and mount

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use envelope::{Ack, Digest, UnixTime};
use rustix::fs::statvfs;
use serde_json::{Value, json};
use support::client::{acknowledge, admin, metric, pending, submit};
use support::submission::{draft, signed};
use support::{ADMIN, City, NOW, Running};

/// A file system in memory, for as long as this lives.
struct Disk(PathBuf);

impl Disk {
    /// Mounts it at `disk` in the city's folder and puts the store there; the log stays where it is.
    fn of(city: &City, options: &str, limits: &str) -> Disk {
        let disk = city.path("disk");
        fs::create_dir(&disk).unwrap();
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(&disk);
        let mounted = mount.output().unwrap();
        assert!(
            mounted.status.success(),
            "this test mounts a tmpfs, as root: {mounted:?}"
        );
        city.configure(&format!("{ADMIN}[limits]\n{limits}"));
        let config = fs::read_to_string(city.config()).unwrap();
        fs::write(
            city.config(),
            config.replace("relay.sqlite", "disk/relay.sqlite"),
        )
        .unwrap();
        Disk(disk)
    }

    fn free_bytes(&self) -> u64 {
        let told = statvfs(&self.0).unwrap();
        told.f_bavail * told.f_frsize
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A relay that a failed test left running holds it until it is killed.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// A submission with sealed parts of 150 KiB each.
fn large(city: &City) -> Vec<u8> {
    let draft = draft(city).with(|draft| {
        for (number, role) in ["ward", "recovery"].into_iter().enumerate() {
            let jwe = format!("sealed.to.{role}.{}", "x".repeat(150 << 10));
            draft.payload["parts"][number]["len"] = jwe.len().into();
            draft.payload["parts"][number]["sha256"] = json!(Digest::of(jwe.as_bytes()));
            draft.parts.insert(role.to_owned(), jwe);
        }
    });
    draft.body()
}

/// Sends until one is refused; what has its receipt, by its receipt.
fn fill(city: &City, relay: &Running) -> Vec<(Vec<u8>, String)> {
    let mut kept = Vec::new();
    loop {
        let body = large(city);
        let answer = submit(relay, &body);
        if answer.status == 503 {
            assert_eq!(answer.code(), "busy");
            let pause: u32 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((20..=40).contains(&pause), "{pause}");
            return kept;
        }
        assert_eq!(answer.status, 201, "{answer:?}");
        kept.push((body, answer.receipt()));
        assert!(kept.len() < 500, "the disk is never full");
    }
}

/// Everything that waits for the intake.
fn delivered(city: &City, relay: &Running) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all.last().map_or(0, |item| item["seq"].as_i64().unwrap());
        let more = pending(city, relay, &format!("?after={after}"));
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

/// Threats 5 and 36.
#[test]
fn what_would_touch_the_reserve_is_refused_until_the_intake_has_collected() {
    const RESERVE: u64 = 8 << 20;
    let city = City::new();
    let disk = Disk::of(
        &city,
        "size=32m",
        &format!("disk_reserve_bytes = {RESERVE}\n"),
    );
    let relay = city.start();
    assert_eq!(
        metric(&city, "room_seconds_left"),
        f64::INFINITY,
        "nothing is used up"
    );
    let mut kept = fill(&city, &relay);
    assert!(kept.len() > 30, "{} fit", kept.len());
    // What is in SQLite's log, 4 MiB, is yet to be copied into the store: it is spoken for.
    let free = disk.free_bytes();
    assert!(
        (RESERVE..RESERVE + (6 << 20)).contains(&free),
        "{free} bytes are left"
    );
    relay.logs("no room, new submissions are refused");
    let (code, said) = admin(&city, "/readyz");
    assert_eq!(code, 503);
    assert!(
        said.starts_with("disk: the reserve of bytes is reached"),
        "{said}"
    );
    assert_eq!(metric(&city, "room_left_bytes"), 0.0);
    assert_eq!(metric(&city, "room_seconds_left"), 0.0);
    assert_eq!(metric(&city, "room_used_ratio"), 1.0);

    // What was acknowledged is there, and is served.
    for (body, receipt) in &kept {
        let again = submit(&relay, body);
        assert_eq!((again.status, &again.receipt()), (200, receipt));
    }
    let waiting = delivered(&city, &relay);
    assert_eq!(waiting.len(), kept.len());
    for (item, (_, receipt)) in waiting.iter().zip(&kept) {
        assert_eq!(item["receipt"], **receipt);
    }
    drop(relay);

    // It starts on the full disk, where SQLite's log is emptied, and what the intake has collected makes room.
    let relay = city.start();
    kept.extend(fill(&city, &relay));
    assert!(disk.free_bytes() >= RESERVE, "{}", disk.free_bytes());
    let acks: Vec<String> = kept
        .iter()
        .map(|(body, _)| {
            let ack = Ack::of(&signed(body), UnixTime(NOW));
            city.ack.sign(&ack.signing_input(city.ack.kid))
        })
        .collect();
    assert_eq!(acknowledge(&city, &relay, &acks), kept.len() as i64);
    assert_eq!(admin(&city, "/readyz"), (200, "ready\n".to_owned()));
    let next = fill(&city, &relay);
    assert!(next.len() > 50, "{} fit, now that it is empty", next.len());
    // Rows go where others were; SQLite's log alone may take of the reserve, and never half of it.
    assert!(disk.free_bytes() >= RESERVE / 2, "{}", disk.free_bytes());
    relay.logs("room again");
    assert_eq!(delivered(&city, &relay).len(), next.len());
}

#[test]
fn a_room_that_is_filling_is_told_before_it_is_full() {
    let city = City::with_admin("[limits]\nstore_bytes_max = 1000000\n");
    let relay = city.start();
    let kept = fill(&city, &relay);
    assert_eq!(
        kept.len(),
        4,
        "of 300 KiB each, in a store that may have 1 MB"
    );
    let (code, said) = admin(&city, "/readyz");
    assert_eq!(code, 503);
    assert!(
        said.starts_with("store: as large as store_bytes_max"),
        "{said}"
    );
    let ack = Ack::of(&signed(&kept[0].0), UnixTime(NOW)).signing_input(city.ack.kid);
    assert_eq!(acknowledge(&city, &relay, &[city.ack.sign(&ack)]), 1);
    let (code, said) = admin(&city, "/readyz");
    assert_eq!(code, 200);
    assert!(said.starts_with("ready\nwarning: filling: 9"), "{said}");
    assert_eq!(metric(&city, "cause{cause=\"filling\"}"), 1.0);
}

/// Threat 5: room enough, and no inode.
#[test]
fn the_reserve_of_inodes_is_left_alone_too() {
    let city = City::new();
    let disk = Disk::of(
        &city,
        "size=64m,nr_inodes=100",
        "disk_reserve_bytes = 1048576\ndisk_reserve_inodes = 50\n",
    );
    let relay = city.start();
    let first = draft(&city).body();
    let receipt = submit(&relay, &first).receipt();

    let litter = |name: usize| disk.0.join(format!("litter-{name}"));
    let made = (0..)
        .take_while(|name| fs::write(litter(*name), "").is_ok())
        .count();
    assert!(made > 50, "{made}");
    assert_eq!(submit(&relay, &draft(&city).body()).code(), "busy");
    let (code, said) = admin(&city, "/readyz");
    assert_eq!(code, 503);
    assert!(
        said.starts_with("disk: the reserve of inodes is reached"),
        "{said}"
    );
    assert_eq!(metric(&city, "disk_free_inodes"), 0.0);
    assert_eq!(
        submit(&relay, &first).receipt(),
        receipt,
        "what was kept is served"
    );
    assert_eq!(pending(&city, &relay, "").len(), 1);
    let ack = Ack::of(&signed(&first), UnixTime(NOW)).signing_input(city.ack.kid);
    assert_eq!(
        acknowledge(&city, &relay, &[city.ack.sign(&ack)]),
        1,
        "and can be acknowledged"
    );

    (0..made).for_each(|name| fs::remove_file(litter(name)).unwrap());
    assert_eq!(submit(&relay, &draft(&city).body()).status, 201);
    assert!(Path::new(&city.path("disk/relay.sqlite")).exists());
}
