//! What is public is a whole release, whatever happens on the way to the next.
#![allow(clippy::unwrap_used)]

mod broken_off;
mod by_hand;
mod going_public;
mod staying;
#[path = "../support/mod.rs"]
mod support;
mod time_and_keys;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use envelope::PublicKey;
use formdef::Lang;
use generator::keys::{Use, read_public};
use generator::publish::{Folder, GRACE_DAYS, Outcome, Ready, Run, Target};
use generator::release::{Wrong, check};
use generator::{Options, build};

const KEEP: usize = 5;

/// A portal that is changed, built and published.
struct City {
    options: Options,
    to: PathBuf,
    publishers: Vec<PublicKey>,
    keep: usize,
}

impl City {
    fn new() -> City {
        let keys = support::keys();
        support::long_lived(&keys);
        let publisher = read_public(&keys.join("publisher.pub.jwk"), Use::Sig).unwrap();
        City {
            options: Options {
                keys: Some(keys),
                ..support::fixture_copy()
            },
            to: support::new_dir().join("www"),
            publishers: vec![publisher],
            keep: KEEP,
        }
    }

    /// The publisher's public key.
    fn key(&self) -> PathBuf {
        let keys = self.options.keys.as_ref().unwrap();
        keys.join("publisher.pub.jwk")
    }

    fn folder(&self) -> Folder {
        Folder::new(&self.to, &self.publishers)
    }

    fn run(&self) -> Run {
        Run {
            now: self.options.now,
            who: "test".to_owned(),
            token: String::new(),
            keep: self.keep,
            break_lock: false,
        }
    }

    /// The serial of what is public.
    fn current(&self) -> u64 {
        let current = self.to.join("current");
        let checked = check(current.to_str().unwrap(), &self.publishers);
        checked.unwrap().release.serial
    }

    fn roll_back(&self) -> Result<u64, String> {
        let done = Target::Folder(self.folder()).roll_back(None, &self.run());
        done.map(|release| release.serial).map_err(|said| said.en)
    }

    /// What publishing would change, in words.
    fn difference(&self, lang: Lang) -> String {
        let ready = Ready::of(&self.options.out, &self.publishers).unwrap();
        let difference = Target::Folder(self.folder()).difference(&ready, &self.run());
        difference
            .unwrap_or_else(|said| panic!("{}", said.en))
            .show(lang)
    }

    fn roll_back_to(&self, serial: u64) {
        assert_eq!(self.roll_back_to_one(serial).unwrap(), serial);
    }

    fn roll_back_to_one(&self, serial: u64) -> Result<u64, String> {
        let done = Target::Folder(self.folder()).roll_back(Some(serial), &self.run());
        done.map(|release| release.serial).map_err(|said| said.en)
    }

    /// Releases end so many days after they were built.
    fn make_valid_for(&self, days: u32) {
        let portal = self.options.forms.join("portal.toml");
        let text = fs::read_to_string(&portal).unwrap();
        fs::write(&portal, format!("validity_days = {days}\n{text}")).unwrap();
    }

    /// Builds so many days later.
    fn build(&mut self, days: i64) {
        self.options.now = self.options.now.plus(days * 24 * 3600);
        build(&self.options).unwrap();
    }

    fn publish(&self) -> Result<u64, String> {
        let ready = Ready::of(&self.options.out, &self.publishers).map_err(|said| said.en)?;
        let done = Target::Folder(self.folder()).publish(&ready, &self.run());
        done.map(|_| ready.release.serial).map_err(|said| said.en)
    }

    /// Publishes what is public already. How many files were mended.
    fn mend(&self) -> usize {
        let ready = Ready::of(&self.options.out, &self.publishers).unwrap();
        match Target::Folder(self.folder()).publish(&ready, &self.run()) {
            Ok(Outcome::Mended(count)) => count,
            other => panic!("{other:?}"),
        }
    }

    fn public(&self, path: &str) -> PathBuf {
        self.to.join("current").join(path)
    }

    /// The names of releases that are being put together.
    fn begun(&self) -> Vec<String> {
        let entries = fs::read_dir(self.to.join("releases")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".new")).collect()
    }

    /// What is not as it was signed of what is public.
    fn wrong(&self) -> Vec<(String, Wrong)> {
        check(self.to.join("current").to_str().unwrap(), &self.publishers)
            .unwrap()
            .wrong
    }
}

fn inode(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).unwrap().ino()
}

/// Makes a portal public, and another one with another style; the first one's style sheet.
fn publish_two_styles(city: &mut City) -> String {
    let site = support::new_dir().join("site");
    support::copy_dir(&city.options.site, &site, &mut |paths| paths.sort());
    city.options.site = site.clone();
    city.build(0);
    city.publish().unwrap();
    let old = asset(city, "style.");
    support::edit(
        &site.join("style/base.css"),
        "body {",
        "body { color: red; }\nbody {",
    );
    city.build(1);
    city.publish().unwrap();
    old
}

fn asset(city: &City, start: &str) -> String {
    asset_of(&city.to.join("current"), start)
}

fn asset_of(portal: &Path, start: &str) -> String {
    let entries = fs::read_dir(portal.join("assets")).unwrap();
    let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let name = names.find(|name| name.starts_with(start)).unwrap();
    format!("assets/{name}")
}

fn motcua_publish(city: &City) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
    command.arg("publish").arg("--from").arg(&city.options.out);
    command.arg("--to").arg(&city.to);
    command.arg("--publisher").arg(city.key());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    support::set_clock(&mut command, city.options.now);
    command
}

/// `motcua publish --rollback`: what it says.
fn rollback(city: &City, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
    command
        .args(["--lang", "en", "publish", "--rollback", "--to"])
        .arg(&city.to)
        .arg("--publisher")
        .arg(city.key())
        .args(more);
    support::set_clock(&mut command, city.options.now);
    command.output().unwrap()
}
