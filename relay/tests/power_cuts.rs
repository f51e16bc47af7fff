//! Power cuts: a short load is recorded call by call, and after every call the disk is built again as a power cut may leave it there.
//! From each of them a relay must start, keep every promise that was made by then, and go on.
//!
//! Here a sample of the cuts is tried; `MOTCUA_CUTS=all` tries every one.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; its tests start the relay

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use envelope::log::Checkpoint;
use envelope::{Ack, Signed, UnixTime};
use support::client::{Answer, acknowledge, get, submit};
use support::disk::{Cut, Disk, Image, toss};
use support::promises::{Promise, Standing};
use support::strace::{self, Call, What};
use support::submission::{draft, signed};
use support::{City, NOW, Running};

/// Cuts that are tried when nobody asks for all.
const CUTS: usize = 40;
const CITIZENS: usize = 6;
const SUBMISSIONS_EACH: usize = 7;

/// All that a run did to its disk, and what it promised meanwhile.
struct Recording {
    root: PathBuf,
    calls: Vec<Call>,
    /// Ids that the intake has collected.
    collected: BTreeSet<String>,
}

/// A moment at which the power goes, and what is left.
#[derive(Clone, Copy, Debug)]
struct Moment {
    /// So many calls were made.
    after: usize,
    cut: Cut,
}

#[test]
fn no_power_cut_takes_back_what_was_acknowledged() {
    let city = city();
    let recording = Recording::make(&city);
    let moments = recording.moments();
    let tried = match std::env::var("MOTCUA_CUTS").as_deref() {
        Ok("all") => moments.clone(),
        Ok(number) => sample(
            &moments,
            number.parse().expect("MOTCUA_CUTS is all or a number"),
        ),
        Err(_) => sample(&moments, CUTS),
    };
    let broken = recording.broken(&city, &tried, |_| true);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    println!(
        "{} calls, {} promises; {} of {} cuts tried, all of them kept",
        recording.calls.len(),
        recording.promises(&city).len(),
        tried.len(),
        moments.len()
    );
}

/// The same search finds what would be lost if the relay did not wait for its disk.
#[test]
fn without_a_sync_power_cuts_are_found_that_lose_submissions() {
    let city = city();
    let recording = Recording::make(&city);
    for file in ["relay.sqlite-wal", "relay.sqlite"] {
        let is_done = |call: &Call| match &call.what {
            What::Sync { path } => !path.ends_with(file),
            _ => true,
        };
        let lost = recording
            .moments()
            .into_iter()
            .filter(|moment| moment.cut == Cut::Lost);
        let last: Vec<Moment> = lost.collect();
        let found = last.iter().rev().any(|moment| {
            !recording
                .broken(&city, std::slice::from_ref(moment), is_done)
                .is_empty()
        });
        assert!(found, "without a sync of {file} nothing is found");
    }
}

/// A city whose relay keeps everything that it writes below `disk`.
fn city() -> City {
    let city = City::new();
    let config = fs::read_to_string(city.config()).unwrap();
    let config = config
        .replace("\"relay.sqlite\"", "\"disk/relay.sqlite\"")
        .replace("\"log\"", "\"disk/log\"");
    fs::write(city.config(), config).unwrap();
    city
}

impl Recording {
    /// Many send at once; the relay is killed, started again, emptied in part, and stopped.
    fn make(city: &City) -> Recording {
        let root = fs::canonicalize(&city.folder).unwrap().join("disk");
        Image {
            folders: vec![PathBuf::new()],
            ..Image::default()
        }
        .write(&root);
        let (first, second) = (city.path("first.strace"), city.path("second.strace"));

        let relay = Running::wait_for(city, &mut strace::recording(&city.command(NOW), &first));
        let kept: Vec<Signed> = std::thread::scope(|threads| {
            let citizen = || {
                (0..SUBMISSIONS_EACH)
                    .map(|_| send(city, &relay))
                    .collect::<Vec<_>>()
            };
            let citizens: Vec<_> = (0..CITIZENS).map(|_| threads.spawn(citizen)).collect();
            citizens
                .into_iter()
                .flat_map(|citizen| citizen.join().unwrap())
                .collect()
        });
        wait_until_published(&relay, kept.len());
        drop(relay);

        let relay = Running::wait_for(city, &mut strace::recording(&city.command(NOW), &second));
        let (collected, acks): (BTreeSet<_>, Vec<_>) = kept[..5]
            .iter()
            .map(|signed| {
                let ack = Ack::of(signed, UnixTime(NOW));
                let jws = city.ack.sign(&ack.signing_input(city.ack.kid));
                (signed.id().to_string(), jws)
            })
            .unzip();
        assert_eq!(acknowledge(city, &relay, &acks), 5);
        for _ in 0..SUBMISSIONS_EACH {
            send(city, &relay);
        }
        assert!(relay.stop().success());

        let mut calls = strace::read(&first);
        let lines = calls.iter().map(|call| call.ended).max().unwrap() + 1;
        calls.extend(strace::read(&second).into_iter().map(|call| Call {
            began: call.began + lines,
            ended: call.ended + lines,
            what: call.what,
        }));
        let empty = Disk::new(&root);
        calls.retain(|call| empty.has(call) || matches!(call.what, What::Send { .. }));
        let recording = Recording {
            root,
            calls,
            collected,
        };
        recording.check_against_the_real_disk();
        recording
    }

    /// What the calls make of an empty disk is what lies there: no change escaped the recording.
    fn check_against_the_real_disk(&self) {
        let mut disk = Disk::new(&self.root);
        self.calls.iter().for_each(|call| disk.apply(call));
        let image = disk.image(Cut::Whole);
        assert!(image.files.len() > 5, "{:?}", image.files.keys());
        // The index of SQLite's log is memory that is shared, and made again by whoever opens the store first.
        let written = |path: &Path| !path.ends_with("relay.sqlite-shm");
        for (path, content) in image.files.iter().filter(|(path, _)| written(path)) {
            let real = fs::read(self.root.join(path)).unwrap();
            assert!(
                real == *content,
                "{} is another than was recorded",
                path.display()
            );
        }
    }

    fn moments(&self) -> Vec<Moment> {
        let mut moments = Vec::new();
        for (index, call) in self.calls.iter().enumerate() {
            let (before, after) = (index, index + 1);
            if matches!(call.what, What::Sync { .. }) {
                // Between two syncs nothing more comes to stay, and more and more is promised: the last moment is the worst.
                moments.push(Moment {
                    after: before,
                    cut: Cut::Lost,
                });
            } else if !matches!(call.what, What::Send { .. }) {
                let seed = after as u64;
                for cut in [Cut::Whole, Cut::Torn(seed), Cut::Tossed(seed)] {
                    moments.push(Moment { after, cut });
                }
            }
        }
        moments.push(Moment {
            after: self.calls.len(),
            cut: Cut::Lost,
        });
        moments
    }

    /// Goes through the calls, those that `is_done` says, and tells which of the moments (in their order) break a promise.
    fn broken(
        &self,
        city: &City,
        moments: &[Moment],
        is_done: impl Fn(&Call) -> bool,
    ) -> Vec<String> {
        let mut disk = Disk::new(&self.root);
        let mut calls = self.calls.iter().enumerate();
        let mut promises = Vec::new();
        let mut published = Vec::new();
        let mut done = 0;
        let mut broken = Vec::new();
        for moment in moments {
            for (index, call) in calls.by_ref().take(moment.after - done) {
                done = index + 1;
                if is_done(call) {
                    disk.apply(call);
                }
                promises.extend(promise(city, call));
                if matches!(&call.what, What::Rename { to, .. } if to.ends_with("log/checkpoint")) {
                    let files = disk.image(Cut::Whole).files;
                    let note =
                        String::from_utf8_lossy(&files[Path::new("log/checkpoint")]).into_owned();
                    published.push(Checkpoint::read(&note, &city.catalogue().logs).unwrap());
                }
            }
            disk.image(moment.cut).write(&self.root);
            let kept = catch_unwind(AssertUnwindSafe(|| {
                keeps(city, &promises, &published, &self.collected)
            }));
            let what = match kept {
                Ok(Ok(())) => continue,
                Ok(Err(what)) => what,
                Err(_) => fs::read_to_string(city.path("relay.log")).unwrap_or_default(),
            };
            broken.push(format!("{moment:?}, {} promises: {what}", promises.len()));
        }
        broken
    }

    fn promises(&self, city: &City) -> Vec<Promise> {
        self.calls
            .iter()
            .filter_map(|call| promise(city, call))
            .collect()
    }
}

/// Sends one submission and believes the answer only when it promises what it should.
fn send(city: &City, relay: &Running) -> Signed {
    let body = draft(city).body();
    let answer = submit(relay, &body);
    assert_eq!(answer.status, 201, "{answer:?}");
    let (signed, promise) = (
        signed(&body),
        Promise::read(&city.catalogue(), &answer).unwrap(),
    );
    assert_eq!(promise.manifest, signed.manifest_sha256());
    signed
}

/// Waits until the relay has nothing more to write, so that its end interrupts no call.
fn wait_until_published(relay: &Running, size: usize) {
    let size = format!("\n{size}\n");
    let note = || String::from_utf8(get(relay, "/log/checkpoint").body).unwrap();
    while !note().contains(&size) {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(100));
}

/// What a client was promised with this call.
fn promise(city: &City, call: &Call) -> Option<Promise> {
    let What::Send { bytes } = &call.what else {
        return None;
    };
    let from = bytes
        .windows(10)
        .position(|bytes| bytes == br#"{"receipt""#)?;
    let answer = Answer {
        status: 201,
        headers: Vec::new(),
        body: bytes[from..].to_vec(),
    };
    Some(Promise::read(&city.catalogue(), &answer).unwrap())
}

/// Starts a relay on what is there, asks it, sends it one more, stops it and looks at all of its files.
fn keeps(
    city: &City,
    promises: &[Promise],
    published: &[Checkpoint],
    collected: &BTreeSet<String>,
) -> Result<(), String> {
    let _ = fs::remove_file(city.path("relay.log"));
    let relay = city.start();
    for promise in promises.iter().rev().take(2) {
        let again = get(&relay, &format!("/v1/submissions/{}", promise.id));
        if again.status != 200 || again.receipt() != promise.receipt {
            return Err(format!("{} was acknowledged; now {again:?}", promise.id));
        }
    }
    send(city, &relay);
    assert!(relay.stop().success());
    let standing = Standing::read(city);
    for checkpoint in published {
        standing.extends(checkpoint)?;
    }
    standing.keeps(promises, collected)
}

/// So many of the moments, spread over all of them and always the same for one recording.
fn sample(moments: &[Moment], number: usize) -> Vec<Moment> {
    let step = moments.len().div_ceil(number.max(1));
    let chunks = moments.chunks(step).enumerate();
    chunks
        .map(|(index, chunk)| chunk[toss(7, index as u64) as usize % chunk.len()])
        .collect()
}
