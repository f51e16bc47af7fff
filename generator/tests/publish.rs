//! What is public is a whole release, whatever happens on the way to the next.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use envelope::{DatedKey, PublicKey};
use generator::keys::{Added, Register, Use, read_public};
use generator::publish::{GRACE_DAYS, Target};
use generator::release::{Difference, Wrong, check};
use generator::{Options, build};

const KEEP: usize = 5;
const YEAR_S: i64 = 365 * 24 * 3600;

/// A portal that is changed, built and published.
struct City {
    options: Options,
    to: PathBuf,
    publishers: Vec<PublicKey>,
}

impl City {
    fn new() -> City {
        let keys = support::keys();
        long_lived(&keys);
        let publisher = read_public(&keys.join("publisher.pub.jwk"), Use::Sig).unwrap();
        City {
            options: Options {
                keys: Some(keys),
                ..support::fixture_copy()
            },
            to: support::new_dir().join("www"),
            publishers: vec![publisher],
        }
    }

    fn target(&self) -> Target {
        Target::new(&self.to, &self.publishers)
    }

    /// Builds so many days later.
    fn build(&mut self, days: i64) {
        self.options.now = self.options.now.plus(days * 24 * 3600);
        build(&self.options).unwrap();
    }

    fn publish(&self) -> Result<u64, String> {
        let done = self
            .target()
            .publish(&self.options.out, self.options.now, KEEP);
        done.map(|release| release.serial).map_err(|said| said.en)
    }

    fn public(&self, path: &str) -> PathBuf {
        self.to.join("current").join(path)
    }

    /// What is not as it was signed of what is public.
    fn wrong(&self) -> Vec<(String, Wrong)> {
        check(self.to.join("current").to_str().unwrap(), &self.publishers)
            .unwrap()
            .wrong
    }
}

/// The offices' keys hold for longer than any release stays.
fn long_lived(keys: &Path) {
    let mut register = Register::default();
    for (code, dated) in Register::read(keys).unwrap().offices {
        let dated = &dated[0];
        let dated = DatedKey::new(dated.jwk, dated.not_before, dated.not_before.plus(YEAR_S));
        register
            .add(keys, &code, dated, &mut Added::default())
            .unwrap();
    }
    register.write(keys).unwrap();
}

fn inode(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).unwrap().ino()
}

#[test]
fn a_release_is_public_whole_and_the_next_takes_over_what_did_not_change() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    assert_eq!(city.wrong(), []);
    let about = city.public("gioi-thieu/index.html");
    let before = fs::read_to_string(city.public("index.html")).unwrap();
    assert!(!before.contains("Đóng dấu giáp lai"));

    let form = city.options.forms.join("dong-dau/form.toml");
    support::edit(&form, "Đóng dấu", "Đóng dấu giáp lai");
    city.options.now = city.options.now.plus(60);
    build(&city.options).unwrap();
    let old = inode(&about);
    let before = city.target().current().unwrap().unwrap().release;
    let after = check(city.options.out.to_str().unwrap(), &city.publishers)
        .unwrap()
        .release;
    let told = Difference::between(Some(&before), &after).show(formdef::Lang::En);
    assert!(told.contains("pages: 0 new, "), "{told}");
    let second = city.publish().unwrap();
    assert!(second > first);
    assert_eq!(city.wrong(), []);
    assert_eq!(
        inode(&about),
        old,
        "a file that did not change is not written again"
    );
    let home = fs::read_to_string(city.public("index.html")).unwrap();
    assert!(home.contains("Đóng dấu giáp lai"));

    // Back, and forth with a newer build.
    let back = city.target().roll_back(None).unwrap();
    assert_eq!(back.serial, first);
    assert!(
        !fs::read_to_string(city.public("index.html"))
            .unwrap()
            .contains("giáp lai")
    );
    assert_eq!(city.wrong(), []);
    city.build(1);
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
}

#[test]
fn an_old_asset_stays_for_the_time_of_grace() {
    let mut city = City::new();
    let site = support::new_dir().join("site");
    support::copy_dir(&city.options.site, &site, &mut |paths| paths.sort());
    city.options.site = site.clone();
    city.build(0);
    city.publish().unwrap();
    let old = asset(&city, "style.");
    support::edit(
        &site.join("style/base.css"),
        "body {",
        "body { color: red; }\nbody {",
    );
    city.build(1);
    city.publish().unwrap();
    assert!(city.public(&old).exists(), "{old} is gone at once");
    assert_ne!(asset_of(&city.options.out, "style."), old);
    for _ in 0..=KEEP {
        city.build(GRACE_DAYS / 2);
        city.publish().unwrap();
    }
    assert!(!city.public(&old).exists(), "{old} stays for ever");
    let kept = city.target().kept().unwrap().len();
    assert_eq!(kept, KEEP + 1, "releases are kept");
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

#[test]
fn what_is_not_whole_not_signed_or_not_newer_stays_where_it_is() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    let told = city.publish().unwrap_err();
    assert!(
        told.contains(&format!("release {first} is not newer than {first}")),
        "{told}"
    );

    city.build(1);
    let page = city.options.out.join("gioi-thieu/index.html");
    fs::write(&page, "hello").unwrap();
    let told = city.publish().unwrap_err();
    assert!(
        told.contains("gioi-thieu/index.html: is not what was signed"),
        "{told}"
    );
    fs::remove_file(&page).unwrap();
    let told = city.publish().unwrap_err();
    assert!(told.contains("gioi-thieu/index.html: is missing"), "{told}");
    city.build(1);

    let stranger = support::publisher(&support::new_dir(), 9);
    let told = Target::new(&city.to, &[stranger]);
    let told = told
        .publish(&city.options.out, city.options.now, KEEP)
        .unwrap_err()
        .en;
    assert!(told.contains("foreign publisher"), "{told}");
    assert_eq!(
        city.target().current().unwrap().unwrap().release.serial,
        first
    );
    assert_eq!(city.wrong(), []);
}

#[test]
fn of_two_publishers_one_is_refused() {
    let mut city = City::new();
    city.build(0);
    city.publish().unwrap();
    city.build(1);
    let held = fs::File::open(city.to.join(".publishing")).unwrap();
    held.lock().unwrap();
    let told = city.publish().unwrap_err();
    assert!(told.contains("somebody else is publishing there"), "{told}");
    // Who was killed holds it no longer.
    drop(held);
    city.publish().unwrap();
}

#[test]
fn a_run_that_broke_off_changes_nothing_and_the_next_finishes() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    city.build(1);
    // A file in the way of the new release's folder: the run breaks off when half of it is there.
    let second = u64::try_from(city.options.now.0).unwrap();
    let beside = city.to.join(format!("releases/{second}.new"));
    fs::create_dir_all(beside.join("keys")).unwrap();
    fs::write(beside.join("index.html"), "half").unwrap();
    assert_eq!(
        city.target().current().unwrap().unwrap().release.serial,
        first
    );
    assert_eq!(city.target().kept().unwrap().len(), 1);
    assert_eq!(city.publish().unwrap(), second);
    assert_eq!(city.wrong(), []);
    assert!(!beside.exists());
}

#[test]
fn what_somebody_changed_by_hand_is_named_and_mended_by_the_next_release() {
    let mut city = City::new();
    city.build(0);
    city.publish().unwrap();
    let page = city.public("khai-sinh/index.html");
    fs::write(&page, "call 0900 111 111").unwrap();
    assert_eq!(
        city.wrong(),
        [("khai-sinh/index.html".to_owned(), Wrong::Other)]
    );
    city.options.now = city.options.now.plus(60);
    build(&city.options).unwrap();
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
    let told = city.target().roll_back(None).unwrap_err().en;
    assert!(
        told.contains("is not as it was signed; the public release stays"),
        "{told}"
    );
    assert_eq!(city.wrong(), []);
}
