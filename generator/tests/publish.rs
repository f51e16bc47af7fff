//! What is public is a whole release, whatever happens on the way to the next.
#![allow(clippy::unwrap_used)]

mod support;

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
    support::edit(&form, "version = 2\n", "version = 3\n");
    city.options.now = city.options.now.plus(60);
    build(&city.options).unwrap();
    let old = inode(&about);
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
    let back = city.roll_back().unwrap();
    assert_eq!(back, first);
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

/// What is new, changed and gone of each sort, by the names that people use.
#[test]
fn what_publishing_would_change_is_said_in_words() {
    let mut city = City::new();
    city.build(0);
    let first = check(city.options.out.to_str().unwrap(), &city.publishers).unwrap();
    let pages = first.release.files.keys();
    let pages = pages.filter(|path| path.ends_with(".html")).count();
    let told = city.difference(Lang::En);
    assert_eq!(told.lines().next(), Some(&*format!("pages: {pages} new")));
    city.publish().unwrap();
    assert_eq!(city.difference(Lang::En), "nothing differs");

    // A form is new, one has a new version, a ward is gone, another and a district's police have other keys.
    let (forms, keys) = (
        city.options.forms.clone(),
        city.options.keys.clone().unwrap(),
    );
    let copy = forms.join("dong-dau-noi");
    support::copy_dir(&forms.join("dong-dau"), &copy, &mut |paths| paths.sort());
    support::edit(
        &forms.join("dong-dau/form.toml"),
        "version = 2\n",
        "version = 3\n",
    );
    support::edit(
        &forms.join("agencies.csv"),
        "00008,001,Quận Ba Đình,Cống Vị,phường,phuong-cong-vi-ba-dinh,\n",
        "",
    );
    // Every form has the list of wards.
    support::edit(
        &forms.join("khai-sinh/form.toml"),
        "version = 1\n",
        "version = 2\n",
    );
    support::exchange_keys(&keys, &["00029", "ca-271"], &["00008"]);
    city.build(1);
    let told = city.difference(Lang::En);
    let line = |start: &str| {
        let mut lines = told.lines().filter_map(|line| line.strip_prefix(start));
        lines
            .next()
            .unwrap_or_else(|| panic!("{start}: {told}"))
            .to_owned()
    };
    assert_eq!(
        line("forms: "),
        "1 new: dong-dau-noi; 2 changed: dong-dau, khai-sinh"
    );
    assert_eq!(
        line("versions of forms: "),
        "3 new: dong-dau-noi/2, dong-dau/3, khai-sinh/2; 2 gone: dong-dau/2, khai-sinh/1"
    );
    assert_eq!(line("offices: "), "1 gone: Phường Cống Vị (00008)");
    assert_eq!(
        line("keys: "),
        "2 changed: Phường Đội Cấn (00029), Huyện Ba Vì (ca-271); 1 gone: Phường Cống Vị (00008)"
    );
    assert!(line("pages: ").contains("new: "), "{told}");
    assert!(line("pages: ").contains("/en/dong-dau-noi/form/"), "{told}");
    assert!(line("pages: ").contains("gone: "), "{told}");
    let told = city.difference(Lang::Vi);
    assert!(
        told.contains("\ncơ quan: 1 bỏ: Phường Cống Vị (00008)\n"),
        "{told}"
    );

    // A catalogue that somebody exchanged says nothing of offices.
    fs::write(city.public("catalogue.jws"), "by hand").unwrap();
    let told = city.difference(Lang::En);
    assert!(
        told.contains("offices and keys: cannot be compared"),
        "{told}"
    );
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

#[test]
fn an_old_asset_stays_for_the_time_of_grace() {
    let mut city = City::new();
    let old = publish_two_styles(&mut city);
    assert!(city.public(&old).exists(), "{old} is gone at once");
    assert_ne!(asset_of(&city.options.out, "style."), old);
    for _ in 0..=KEEP {
        city.build(GRACE_DAYS / 2);
        city.publish().unwrap();
    }
    assert!(!city.public(&old).exists(), "{old} stays for ever");
    let kept = city.folder().kept().unwrap().len();
    assert_eq!(kept, KEEP + 1, "releases are kept");
}

/// A page that was cached before somebody went back finds its style, and so does one of the release that is public again.
#[test]
fn an_asset_of_the_release_that_was_gone_back_from_stays() {
    let mut city = City::new();
    let old = publish_two_styles(&mut city);
    let new = asset_of(&city.options.out, "style.");
    let styled = fs::read(city.public(&new)).unwrap();
    let back = city.roll_back().unwrap();
    let public = || {
        let current = city.to.join("current");
        check(current.to_str().unwrap(), &city.publishers).unwrap()
    };
    assert_eq!(public().release.serial, back);
    for style in [&old, &new] {
        assert!(city.public(style).exists(), "{style} is gone at once");
    }
    assert_eq!((public().wrong, public().added), (vec![], vec![]));

    // To and fro: what somebody changed meanwhile among what stays is put right, without touching the release's own.
    fs::remove_file(city.public(&new)).unwrap();
    fs::write(city.public(&new), "body { display: none }").unwrap();
    let newest = city.folder().kept().unwrap().last().unwrap().release.serial;
    city.roll_back_to(newest);
    city.roll_back_to(back);
    assert_eq!(fs::read(city.public(&new)).unwrap(), styled);
    assert_eq!((public().wrong, public().added), (vec![], vec![]));
}

/// The time of grace begins when a release is replaced, however long it was public.
#[test]
fn an_asset_of_a_release_that_was_public_until_yesterday_stays() {
    let mut city = City::new();
    let site = support::new_dir().join("site");
    support::copy_dir(&city.options.site, &site, &mut |paths| paths.sort());
    city.options.site = site.clone();
    city.keep = 0;
    city.make_valid_for(90);
    city.build(0);
    let first = city.publish().unwrap();
    let old = asset(&city, "style.");
    support::edit(
        &site.join("style/base.css"),
        "body {",
        "body { color: red; }\nbody {",
    );
    // Day 40, day 41: the first was public until yesterday.
    city.build(GRACE_DAYS + 10);
    city.publish().unwrap();
    city.build(1);
    let third = city.publish().unwrap();
    assert!(city.public(&old).exists(), "{old} is gone after a day");
    // Back to the first: from then on the third is the one that was replaced, and later the first again.
    city.roll_back_to(first);
    city.build(GRACE_DAYS - 2);
    city.publish().unwrap();
    city.build(3);
    city.publish().unwrap();
    assert!(city.public(&old).exists(), "{old} was public 3 days ago");
    let kept = || city.folder().kept().unwrap();
    let serials = || {
        kept()
            .iter()
            .map(|kept| kept.release.serial)
            .collect::<Vec<_>>()
    };
    assert!(serials().contains(&first) && !serials().contains(&third));
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
    // Of the same second, and another.
    let form = city.options.forms.join("dong-dau/form.toml");
    support::edit(&form, "Đóng dấu", "Đóng dấu giáp lai");
    city.build(0);
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
    let told = Ready::of(&city.options.out, &[stranger]).err().unwrap().en;
    assert!(told.contains("foreign publisher"), "{told}");
    assert_eq!(city.current(), first);
    assert_eq!(city.wrong(), []);
}

#[test]
fn a_published_version_that_changed_is_not_published() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    let form = city.options.forms.join("dong-dau/form.toml");
    support::edit(&form, "Đóng dấu", "Đóng dấu giáp lai");
    city.build(1);
    let told = city.publish().unwrap_err();
    assert!(
        told.contains("forms/dong-dau/2.json: is public with other contents"),
        "{told}"
    );
    assert!(told.contains("`motcua check --against`"), "{told}");
    assert_eq!((city.current(), city.wrong()), (first, vec![]));
    support::edit(&form, "version = 2\n", "version = 3\n");
    city.build(1);
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
}

#[test]
fn a_service_that_is_gone_without_a_word_is_not_published() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    let forms = city.options.forms.clone();
    fs::remove_dir_all(forms.join("dong-dau")).unwrap();
    city.build(1);
    let told = city.publish().unwrap_err();
    assert!(
        told.contains("/dong-dau/: this service is public, and the new release has neither a page nor a redirect there"),
        "{told}"
    );
    assert!(told.contains("forms/former.toml"), "{told}");
    assert_eq!((city.current(), city.wrong()), (first, vec![]));
    fs::write(
        forms.join("former.toml"),
        "[dong-dau]\ntitle.vi = \"Đóng dấu\"\nsince = 2016-08-11\nwhere.vi = \"Đến phường.\"\n",
    )
    .unwrap();
    city.build(1);
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
}

#[test]
fn a_clock_that_is_behind_is_named() {
    let mut city = City::new();
    city.build(10);
    let first = city.publish().unwrap();
    let public = city.options.now;
    // The clock of this machine: building again does not help.
    city.build(-3);
    let told = city.publish().unwrap_err();
    let now = city.options.now;
    assert!(
        told.contains(&format!("this machine's clock says {now}")),
        "{told}"
    );
    assert!(
        told.contains(&format!("was built after that, at {public}")),
        "{told}"
    );
    assert!(told.contains("timedatectl set-ntp true"), "{told}");
    assert!(
        told.contains("go back to a kept release with --rollback"),
        "{told}"
    );
    // That of the machine which built it.
    city.options.now = public.plus(60);
    let told = city.publish().unwrap_err();
    assert!(
        told.contains(&format!("was built at {now}, before release {first}")),
        "{told}"
    );
    assert!(told.contains("the clock there is behind"), "{told}");
    assert_eq!(city.wrong(), []);
}

/// Nothing could be sent with it: relay and browsers refuse its catalogue.
#[test]
fn a_release_of_the_future_or_of_the_past_does_not_become_public() {
    const MINUTE_S: i64 = 60;
    let mut city = City::new();
    let launch = city.options.now;
    city.build(0);
    let first = city.publish().unwrap();
    // A clock may be a little ahead of another.
    city.build(1);
    let built = city.options.now;
    city.options.now = built.plus(-11 * MINUTE_S);
    let told = city.publish().unwrap_err();
    let now = city.options.now;
    assert!(
        told.contains(&format!(
            "was built at {built}, and this machine's clock says {now}"
        )),
        "{told}"
    );
    assert!(
        told.contains("if it is that of the machine which built it, build again there"),
        "{told}"
    );
    city.options.now = built.plus(-10 * MINUTE_S);
    let second = city.publish().unwrap();

    // In sight of its end it is said, and after it refused.
    city.build(1);
    city.options.now = launch.plus(28 * 24 * 3600);
    let told = city.difference(Lang::En);
    assert!(told.contains(" ends in 3 days, at "), "{told}");
    assert!(
        city.difference(Lang::Vi)
            .contains(" hết hạn sau 3 ngày, lúc ")
    );
    city.options.now = launch.plus(40 * 24 * 3600);
    let told = city.publish().unwrap_err();
    assert!(
        told.contains("nothing can be sent with it any more"),
        "{told}"
    );
    assert!(told.contains("build its sources again"), "{told}");
    let told = city.roll_back().unwrap_err();
    assert!(
        told.contains(&format!("release {first} ended at ")),
        "{told}"
    );
    assert_eq!(city.current(), second);

    // What is public and has ended can still be put right, and is said.
    city.options.now = launch.plus(24 * 3600);
    build(&city.options).unwrap();
    city.options.now = launch.plus(40 * 24 * 3600);
    fs::write(city.public("index.html"), "by hand").unwrap();
    let told = city.difference(Lang::En);
    assert!(
        told.contains(&format!("release {second} ended at ")),
        "{told}"
    );
    assert_eq!(city.mend(), 1);
}

/// The release of a clock that was a year ahead became public before anybody saw it: it is taken back.
#[test]
fn from_a_release_of_the_future_somebody_can_go_back() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    let today = city.options.now;
    city.build(300);
    let future = city.publish().unwrap();
    city.options.now = today.plus(3600);
    build(&city.options).unwrap();
    let told = city.publish().unwrap_err();
    assert!(
        told.contains("go back to a kept release with --rollback"),
        "{told}"
    );
    let told = city.roll_back_to_one(future).unwrap_err();
    assert!(told.contains("was built at "), "{told}");
    assert_eq!(city.roll_back().unwrap(), first);
    assert!(city.publish().unwrap() > first);
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
    // Whoever is done lets go of it.
    held.unlock().unwrap();
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
    assert_eq!(city.current(), first);
    assert_eq!(city.folder().kept().unwrap().len(), 1);
    // One of a release that nobody builds again, and a file that was being mended.
    fs::create_dir_all(city.to.join("releases/7.new/assets")).unwrap();
    fs::write(city.to.join(".mending"), "half").unwrap();
    assert_eq!(city.publish().unwrap(), second);
    assert_eq!(city.wrong(), []);
    assert_eq!(city.begun(), [""; 0]);
    assert!(!city.to.join(".mending").exists());
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
    let told = city.roll_back().unwrap_err();
    assert!(
        told.contains("is not as it was signed; the public release stays"),
        "{told}"
    );
    assert_eq!(city.wrong(), []);
}

/// An editor that writes into a file writes into that of every release which shares it.
#[test]
fn what_kept_releases_share_with_the_public_one_is_mended_in_them_as_well() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    city.options.now = city.options.now.plus(60);
    build(&city.options).unwrap();
    let second = city.publish().unwrap();
    let page = "gioi-thieu/index.html";
    let kept = city.to.join(format!("releases/{first}")).join(page);
    assert_eq!(inode(&kept), inode(&city.public(page)));
    fs::write(city.public(page), "by hand").unwrap();
    assert_eq!(city.mend(), 1);
    assert_eq!(inode(&kept), inode(&city.public(page)));
    assert_eq!(city.roll_back().unwrap(), first);
    assert_eq!(city.wrong(), []);
    city.roll_back_to(second);
    assert_eq!(city.wrong(), []);
}

#[test]
fn what_somebody_changed_by_hand_is_mended_by_the_same_release() {
    let mut city = City::new();
    city.build(0);
    city.publish().unwrap();
    assert_eq!(city.mend(), 0);
    let style = asset(&city, "style.");
    fs::write(city.public("khai-sinh/index.html"), "call 0900 111 111").unwrap();
    fs::write(city.public(&style), "body { display: none }").unwrap();
    fs::remove_dir_all(city.public("gioi-thieu")).unwrap();
    let home = inode(&city.public("index.html"));
    let count = city.wrong().len();
    assert!(count >= 3, "{count}");
    assert_eq!(city.mend(), count);
    assert_eq!(city.wrong(), []);
    assert_eq!(city.mend(), 0);
    assert_eq!(
        inode(&city.public("index.html")),
        home,
        "what is as signed is not written again"
    );
}

#[test]
fn a_public_release_that_nobody_can_read_is_mended_or_replaced() {
    type Spoil = fn(&Path);
    let by_hand: Spoil = |path| fs::write(path, "by hand").unwrap();
    let gone: Spoil = |path| fs::remove_file(path).unwrap();
    for spoil in [by_hand, gone] {
        let mut city = City::new();
        city.build(0);
        let first = city.publish().unwrap();
        let old = support::new_dir().join("old");
        support::copy_dir(&city.options.out, &old, &mut |paths| paths.sort());
        city.build(1);
        let second = city.publish().unwrap();
        // The same release is one more file to mend.
        spoil(&city.public("release.jws"));
        fs::write(city.public("index.html"), "by hand").unwrap();
        let told = city.difference(Lang::En);
        assert!(
            told.contains("release.jws: is gone, or not as it was signed"),
            "{told}"
        );
        assert_eq!(city.mend(), 2);
        assert_eq!((city.current(), city.wrong()), (second, vec![]));

        // An older one is not published over it, and the way out is named.
        spoil(&city.public("release.jws"));
        let out = std::mem::replace(&mut city.options.out, old);
        let told = city.publish().unwrap_err();
        assert!(
            told.contains(&format!("publish release {second} again, which mends it")),
            "{told}"
        );
        assert!(told.contains("or build again and publish that"), "{told}");
        city.options.out = out;
        assert_eq!(city.roll_back().unwrap(), first);
        assert_eq!(city.wrong(), []);

        // The next one takes its place.
        spoil(&city.public("release.jws"));
        city.build(1);
        let third = city.publish().unwrap();
        assert_eq!((city.current(), city.wrong()), (third, vec![]));
    }
}

#[test]
fn a_kept_release_that_nobody_can_read_is_told_and_stops_nobody() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    city.build(1);
    let second = city.publish().unwrap();
    let name = format!("releases/{first}/release.jws");
    fs::write(city.to.join(&name), "by hand").unwrap();
    city.build(1);
    let told = city.difference(Lang::En);
    assert!(
        told.contains(&format!("{name}: is gone, or not as it was signed")),
        "{told}"
    );
    assert!(told.contains("is not kept any more"), "{told}");
    assert!(city.difference(Lang::Vi).contains("không còn được giữ"));
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
    let told = city.roll_back_to_one(first).unwrap_err();
    assert!(told.contains(&format!("kept are: {second}, ")), "{told}");
    assert_eq!(city.roll_back().unwrap(), second);
}

#[test]
fn a_folder_that_is_no_link_of_ours_is_left_alone() {
    let mut city = City::new();
    city.build(0);
    fs::create_dir_all(city.to.join("current")).unwrap();
    fs::write(city.public("index.html"), "of somebody else").unwrap();
    let told = city.publish().unwrap_err();
    assert!(
        told.contains("current: is no link of `motcua publish`"),
        "{told}"
    );
    assert!(
        told.contains("choose another folder with --to, or move it away"),
        "{told}"
    );
    let left = fs::read_to_string(city.public("index.html")).unwrap();
    assert_eq!(left, "of somebody else");
}

/// Files of earlier releases stay there for pages from a cache: they are none that somebody added.
#[test]
fn what_somebody_added_to_the_folder_is_named() {
    let mut city = City::new();
    let old = publish_two_styles(&mut city);
    assert!(city.public(&old).exists());
    let added = || {
        let current = city.to.join("current");
        let checked = check(current.to_str().unwrap(), &city.publishers).unwrap();
        assert_eq!(checked.wrong, []);
        checked.added
    };
    assert_eq!(added(), [""; 0]);
    fs::create_dir(city.public("khuyen-mai")).unwrap();
    fs::write(city.public("khuyen-mai/index.html"), "win").unwrap();
    fs::write(city.public("assets/style.by-hand.css"), "body {}").unwrap();
    // One that stays, and is another now; a link beside keeps the file of the older release.
    fs::remove_file(city.public(&old)).unwrap();
    fs::write(city.public(&old), "body {}").unwrap();
    let mut expected = vec![
        "assets/style.by-hand.css".to_owned(),
        old.clone(),
        "khuyen-mai/index.html".to_owned(),
    ];
    expected.sort();
    let mut named = added();
    named.sort();
    assert_eq!(named, expected);
    let verify = || {
        let key = city
            .options
            .keys
            .as_ref()
            .unwrap()
            .join("publisher.pub.jwk");
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command
            .args(["--lang", "en", "verify"])
            .arg(city.to.join("current"));
        command.arg("--publisher").arg(key).output().unwrap()
    };
    let output = verify();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("khuyen-mai/index.html is of no release"),
        "{said}"
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("of no release: 3 files\n"), "{said}");
    // The next release comes without them.
    city.build(1);
    city.publish().unwrap();
    let checked = check(city.to.join("current").to_str().unwrap(), &city.publishers).unwrap();
    assert_eq!(checked.added, [""; 0]);
    assert_eq!(checked.wrong, []);
}

#[test]
fn a_new_publisher_key_follows_a_lost_one() {
    let mut city = City::new();
    city.build(0);
    city.publish().unwrap();
    let old = city.publishers[0];
    let keys = city.options.keys.clone().unwrap();
    for name in ["publisher.jwk", "publisher.pub.jwk"] {
        fs::remove_file(keys.join(name)).unwrap();
    }
    let new = support::publisher(&keys, 7);
    city.build(1);
    city.publishers = vec![new];
    let told = city.publish().unwrap_err();
    assert!(told.contains("foreign publisher"), "{told}");
    city.publishers = vec![new, old];
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
    // What the old key signed can still be gone back to.
    city.roll_back().unwrap();
    assert_eq!(city.wrong(), []);
}

/// A run that is killed at whatever moment.
#[test]
fn a_killed_run_leaves_the_public_release_and_the_next_finishes() {
    let mut city = City::new();
    city.build(0);
    city.publish().unwrap();
    let mut killed = 0;
    for number in 0..12 {
        let before = city.current();
        city.build(1);
        let after = u64::try_from(city.options.now.0).unwrap();
        let mut run = motcua_publish(&city).spawn().unwrap();
        // From before it reads anything until after it is done, on a quick machine and on a slow one.
        let beside = city.to.join(format!("releases/{after}.new"));
        while number > 0 && !beside.exists() && run.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        std::thread::sleep(std::time::Duration::from_micros(number * 700));
        run.kill().unwrap();
        killed += usize::from(run.wait().unwrap().code().is_none());
        let public = city.current();
        assert!([before, after].contains(&public), "{public}");
        assert_eq!(city.wrong(), []);
        if public == before {
            city.publish().unwrap();
            assert_eq!(city.wrong(), []);
        }
    }
    assert!(
        killed > 2,
        "only {killed} runs were killed before they were done"
    );
}

fn motcua_publish(city: &City) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
    let key = city
        .options
        .keys
        .as_ref()
        .unwrap()
        .join("publisher.pub.jwk");
    command.arg("publish").arg("--from").arg(&city.options.out);
    command
        .arg("--to")
        .arg(&city.to)
        .arg("--publisher")
        .arg(key);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    support::set_clock(&mut command, city.options.now);
    command
}

#[test]
fn what_somebody_changed_by_hand_is_said_before_it_is_mended() {
    let mut city = City::new();
    city.build(0);
    city.publish().unwrap();
    assert_eq!(city.difference(Lang::En), "nothing differs");
    fs::write(city.public("index.html"), "by hand").unwrap();
    fs::remove_file(city.public("404.html")).unwrap();
    fs::write(city.public("khuyen-mai.html"), "win").unwrap();
    let told = city.difference(Lang::En);
    let said = "by hand: 1 new: khuyen-mai.html; 1 changed: index.html; 1 gone: 404.html\n";
    assert!(told.starts_with(said), "{told}");
    assert!(told.contains("what somebody added stays there"), "{told}");
    let told = city.difference(Lang::Vi);
    assert!(
        told.starts_with("sửa bằng tay: 1 mới: khuyen-mai.html; "),
        "{told}"
    );
    assert_eq!(city.mend(), 2);
}

/// Where, what, what to do, and nothing is made on the way.
#[test]
fn what_is_asked_for_by_mistake_is_told() {
    let mut city = City::new();
    city.build(0);
    let place = support::new_dir();
    let file = place.join("file");
    fs::write(&file, "").unwrap();
    let unsigned = Options {
        keys: None,
        out: support::new_dir().join("unsigned"),
        ..city.options.clone()
    };
    build(&unsigned).unwrap();
    let key = city.options.keys.as_ref().unwrap();
    let (key, to) = (key.join("publisher.pub.jwk"), place.join("to"));
    let [key, built, unsigned, to, file] =
        [&key, &city.options.out, &unsigned.out, &to, &file].map(|path| path.to_str().unwrap());
    for (arguments, expected) in [
        (&["--from", built, "--to", ""][..], "--to names nothing"),
        (
            &["--from", built, "--to", file],
            "a part of the path is a file, not a folder",
        ),
        (
            &["--from", unsigned, "--to", to],
            "was built without keys, so nothing of it is signed; nothing was published\n  = build with --keys",
        ),
        (
            &[
                "--from",
                built,
                "--to",
                to,
                "--endpoint",
                "https://s3.example",
            ],
            "is a folder, and --endpoint is for buckets alone",
        ),
        (
            &["--from", built, "--to", to, "--break-lock"],
            "is a folder, and --break-lock is for buckets alone",
        ),
        (
            &["--rollback", "--to", to],
            "no release is kept there to go back to",
        ),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command.args(["--lang", "en", "publish", "--publisher", key]);
        support::set_clock(&mut command, city.options.now);
        let output = command.args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(expected), "{told}");
        assert!(
            told.contains("\n  = ") && !told.contains("os error"),
            "{told}"
        );
    }
    let left = fs::read_dir(&place).unwrap().count();
    assert_eq!(left, 1, "something was made in {}", place.display());
    // One is one.
    city.publish().unwrap();
    fs::write(city.public("index.html"), "by hand").unwrap();
    let ready = Ready::of(&city.options.out, &city.publishers).unwrap();
    let done = Target::Folder(city.folder()).publish(&ready, &city.run());
    let told = done.unwrap().show(Lang::En).unwrap();
    assert!(
        told.contains("; 1 file of it was missing or not as signed"),
        "{told}"
    );
}

/// `motcua publish --rollback`: what it says.
fn rollback(city: &City, more: &[&str]) -> Output {
    let key = city.options.keys.as_ref().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
    command
        .args(["--lang", "en", "publish", "--rollback", "--to"])
        .arg(&city.to)
        .arg("--publisher")
        .arg(key.join("publisher.pub.jwk"))
        .args(more);
    support::set_clock(&mut command, city.options.now);
    command.output().unwrap()
}

#[test]
fn the_way_back_is_said_in_words_and_tried_first() {
    let mut city = City::new();
    publish_two_styles(&mut city);
    let said = |more: &[&str], city: &City| {
        let output = rollback(city, more);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let second = city.current();
    let told = said(&["--dry-run"], &city);
    assert!(told.starts_with("pages: "), "{told}");
    assert!(
        told.contains("other files: 2 new: assets/form_style."),
        "{told}"
    );
    assert!(!told.contains("the relay goes on"), "{told}");
    assert!(told.ends_with("nothing was published\n"), "{told}");
    assert_eq!(city.current(), second);

    // More than style: a version, and an office's key.
    let form = city.options.forms.join("dong-dau/form.toml");
    support::edit(&form, "version = 2\n", "version = 3\n");
    let keys = city.options.keys.clone().unwrap();
    support::exchange_keys(&keys, &["00029"], &[]);
    city.build(1);
    city.publish().unwrap();
    let told = said(&[], &city);
    assert!(
        told.contains("versions of forms: 1 new: dong-dau/2; 1 gone: dong-dau/3"),
        "{told}"
    );
    assert!(
        told.contains("keys: 1 changed: Phường Đội Cấn (00029)"),
        "{told}"
    );
    assert!(
        told.contains("the relay goes on with its newest catalogue"),
        "{told}"
    );
    assert_eq!((city.current(), city.wrong()), (second, vec![]));
}

/// The next build there would remove what is public.
#[test]
fn a_folder_of_releases_stands_apart_from_built_portals() {
    let mut city = City::new();
    city.build(0);
    let built = city.options.out.clone();
    let another = support::new_dir().join("another");
    support::copy_dir(&built, &another, &mut |paths| paths.sort());
    let link = support::new_dir().join("link");
    std::os::unix::fs::symlink(&built, &link).unwrap();
    let names = |dir: &Path| fs::read_dir(dir).unwrap().count();
    let before = (names(&built), names(&another));
    for to in [
        &built,
        &built.join("deep/er"),
        built.parent().unwrap(),
        &link,
        &another,
    ] {
        city.to = to.to_owned();
        let told = city.publish().unwrap_err();
        assert!(
            told.contains("the next build would remove what is public"),
            "{told}"
        );
        assert!(
            told.contains("choose a folder for releases alone with --to"),
            "{told}"
        );
    }
    assert_eq!((names(&built), names(&another)), before);
    city.to = built.parent().unwrap().join("out-of-it");
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
}

/// A small disk of its own, in a namespace of its own; `MOTCUA` publishes there.
const ON_A_SMALL_DISK: &str = r#"
mount -t tmpfs -o size="$SIZE" small "$TO" && "$MOTCUA" --lang en publish --from "$FROM" --to "$TO" --publisher "$KEY"
status=$?
ls -A "$TO" "$TO/releases"
exit $status
"#;

/// A release is public, the disk is filled, the next release has no room, room is made, and the one after that has.
const UNTIL_IT_IS_FULL: &str = r#"
publish() { "$MOTCUA" --lang en publish --from "$1" --to "$TO" --publisher "$KEY" >/dev/null; }
mount -t tmpfs -o size="$SIZE" small "$TO" && publish "$FIRST" || exit 9
head -c 100m /dev/zero > "$TO/of-others" 2>/dev/null
truncate -s -100k "$TO/of-others"
publish "$SECOND" && exit 8
ls -A "$TO" "$TO/releases"
rm "$TO/of-others"
publish "$THIRD" || exit 7
"$MOTCUA" --lang en verify "$TO/current" --publisher "$KEY" && ls -A "$TO/releases"
"#;

#[test]
fn after_a_full_disk_nothing_is_left_of_the_release_that_had_no_room() {
    let mut city = City::new();
    let site = support::new_dir().join("site");
    support::copy_dir(&city.options.site, &site, &mut |paths| paths.sort());
    city.options.site = site.clone();
    let mut built = Vec::new();
    for colour in ["red", "green", "blue"] {
        support::edit(
            &site.join("style/base.css"),
            "body {",
            &format!("body {{ color: {colour}; }}\nbody {{"),
        );
        city.options.out = support::new_dir().join("out");
        city.build(1);
        built.push((city.options.out.clone(), city.options.now.0));
    }
    let key = city.options.keys.as_ref().unwrap();
    let mut command = Command::new("unshare");
    support::set_clock(&mut command, city.options.now);
    let output = command
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            UNTIL_IT_IS_FULL,
        ])
        .env("SIZE", "20m")
        .env("TO", support::new_dir())
        .env("MOTCUA", env!("CARGO_BIN_EXE_motcua"))
        .env("FIRST", &built[0].0)
        .env("SECOND", &built[1].0)
        .env("THIRD", &built[2].0)
        .env("KEY", key.join("publisher.pub.jwk"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("the disk is full"), "{told}");
    let left = String::from_utf8(output.stdout).unwrap();
    assert!(!left.contains(".new"), "{left}");
    let last = left.lines().last().unwrap();
    assert_eq!(last, built[2].1.to_string(), "{left}");
}

#[test]
fn a_full_or_read_only_target_is_told_and_nothing_becomes_public() {
    let mut city = City::new();
    city.build(0);
    let to = support::new_dir();
    for (size, said) in [
        ("400k", "the disk is full"),
        ("400k,ro", "the disk is read-only"),
    ] {
        let mut command = Command::new("unshare");
        support::set_clock(&mut command, city.options.now);
        let output = command
            .args([
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                ON_A_SMALL_DISK,
            ])
            .env("SIZE", size)
            .env("TO", &to)
            .env("MOTCUA", env!("CARGO_BIN_EXE_motcua"))
            .env("FROM", &city.options.out)
            .env(
                "KEY",
                city.options
                    .keys
                    .as_ref()
                    .unwrap()
                    .join("publisher.pub.jwk"),
            )
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(said), "{told}");
        assert!(
            told.contains("the public release stays as it was"),
            "{told}"
        );
        let left = String::from_utf8(output.stdout).unwrap();
        assert!(!left.lines().any(|name| name == "current"), "{left}");
    }
}
