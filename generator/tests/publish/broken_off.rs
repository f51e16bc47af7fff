//! Runs that end before they are done.

use super::*;

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

/// A script in namespaces of its own, which may mount.
fn by_itself(city: &City, script: &str) -> Command {
    let mut command = Command::new("unshare");
    support::set_clock(&mut command, city.options.now);
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
    command.env("MOTCUA", env!("CARGO_BIN_EXE_motcua"));
    command.env("KEY", city.key());
    command
}

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
    let output = by_itself(&city, UNTIL_IT_IS_FULL)
        .env("SIZE", "20m")
        .env("TO", support::new_dir())
        .env("FIRST", &built[0].0)
        .env("SECOND", &built[1].0)
        .env("THIRD", &built[2].0)
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
        let output = by_itself(&city, ON_A_SMALL_DISK)
            .env("SIZE", size)
            .env("TO", &to)
            .env("FROM", &city.options.out)
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
