//! How `motcua status` ends, for a job that watches, on a clock that stands near the launch of the fixture.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use generator::{Options, build};

/// A portal that was built on 10 August 2016 and is valid for thirty days.
struct Portal {
    options: Options,
    key: PathBuf,
}

impl Portal {
    /// The offices' keys hold for a year.
    fn new() -> Portal {
        let keys = support::keys();
        support::long_lived(&keys);
        Portal::with(keys)
    }

    fn with(keys: PathBuf) -> Portal {
        let options = Options {
            keys: Some(keys.clone()),
            ..support::fixture_copy()
        };
        build(&options).unwrap();
        let key = keys.join("publisher.pub.jwk");
        Portal { options, key }
    }

    /// The exit status so many days after the launch, and all that was said.
    fn status(&self, day: &str, more: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new("faketime");
        command.args(["-f", &format!("{day} 08:00:00")]);
        command.arg(env!("CARGO_BIN_EXE_motcua"));
        command.args(["--lang", "en", "status"]);
        command
            .arg(&self.options.out)
            .arg("--publisher")
            .arg(&self.key);
        let output = command
            .args(more)
            .env("TZ", "Asia/Ho_Chi_Minh")
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
        (output.status.code(), said.concat())
    }

    /// The same with the forms of the sources.
    fn with_forms(&self, day: &str) -> (Option<i32>, String) {
        let [forms, site] =
            [&self.options.forms, &self.options.site].map(|it| it.to_str().unwrap());
        self.status(day, &["--forms", forms, "--site", site])
    }

    fn edit_form(&self, old: &str, new: &str) {
        support::edit(&self.options.forms.join("dong-dau/form.toml"), old, new);
    }
}

#[test]
fn all_is_well_and_the_key_is_named() {
    let portal = Portal::new();
    let (status, said) = portal.with_forms("2016-08-11");
    assert_eq!(status, Some(0), "{said}");
    let named = format!("signed by {} (", portal.key.display());
    assert!(said.contains(&named), "{said}");
}

#[test]
fn an_end_that_is_soon_or_past_and_a_beginning_to_come_are_trouble() {
    let portal = Portal::new();
    let (status, said) = portal.status("2016-09-05", &[]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("the catalogue ends in "), "{said}");
    let (status, said) = portal.status("2016-09-05", &["--soon", "2"]);
    assert_eq!(status, Some(0), "{said}");
    let (status, said) = portal.status("2016-08-11", &["--soon", "40"]);
    assert_eq!(status, Some(2), "{said}");
    let (status, said) = portal.status("2016-10-01", &[]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("the catalogue has ended"), "{said}");
    let (status, said) = portal.status("2016-08-09", &[]);
    assert_eq!(status, Some(2), "{said}");
    assert!(
        said.contains("the catalogue begins at 2016-08-10"),
        "{said}"
    );
}

/// Pages take no key that has ended: an office without one gets nothing, whatever the catalogue says.
#[test]
fn keys_that_end_before_the_catalogue_are_trouble() {
    // Those of the offices hold for eleven days.
    let portal = Portal::with(support::keys());
    let (status, said) = portal.status("2016-08-11", &[]);
    assert_eq!(status, Some(0), "{said}");
    let (status, said) = portal.status("2016-08-16", &[]);
    assert_eq!(status, Some(2), "{said}");
    let told = "the last key ends in 5 days of: 00001, 00008, 00029";
    assert!(said.contains(told), "{said}");
    let (status, said) = portal.status("2016-08-25", &[]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("no key holds any more of: "), "{said}");
    assert!(!said.contains("the catalogue has ended"), "{said}");
}

#[test]
fn a_catalogue_of_another_release_is_trouble() {
    let portal = Portal::new();
    let release = fs::read(portal.options.out.join("release.jws")).unwrap();
    let later = Options {
        now: portal.options.now.plus(60),
        ..portal.options.clone()
    };
    build(&later).unwrap();
    fs::write(portal.options.out.join("release.jws"), release).unwrap();
    let (status, said) = portal.status("2016-08-11", &[]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("not the one of the release"), "{said}");
}

#[test]
fn forms_that_differ_are_told_apart_from_forms_with_faults() {
    let portal = Portal::new();
    let new = portal.options.forms.join("dong-dau-moi");
    support::copy_dir(&portal.options.forms.join("dong-dau"), &new, &mut |paths| {
        paths.sort()
    });
    let (status, said) = portal.with_forms("2016-08-11");
    assert_eq!(status, Some(4), "{said}");
    assert!(said.contains("dong-dau-moi: new"), "{said}");
    assert!(said.contains("not as published: 1 form here\n"), "{said}");

    // Another text under the same version.
    portal.edit_form("Đóng dấu", "Đóng dấu giáp lai");
    let (status, said) = portal.with_forms("2016-08-11");
    assert_eq!(status, Some(3), "{said}");
    assert!(
        said.contains("version 2 is published, and this is not what it says"),
        "{said}"
    );
    assert!(
        said.contains("cannot take the place of what is published"),
        "{said}"
    );

    // Sources that nobody can build.
    portal.edit_form("title.vi", "titel.vi");
    let (status, said) = portal.with_forms("2016-08-11");
    assert_eq!(status, Some(3), "{said}");

    // What is public comes first, and what cannot be learnt before all.
    let (status, said) = portal.with_forms("2016-10-01");
    assert_eq!(status, Some(2), "{said}");
    fs::remove_file(portal.options.out.join("release.jws")).unwrap();
    let (status, said) = portal.with_forms("2016-10-01");
    assert_eq!(status, Some(1), "{said}");
}
