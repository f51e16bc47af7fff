//! The same sources give the same release on another machine: here a root folder with nothing in it but `motcua`, the libraries
//! that it is linked to, and the sources, at another path, for another user, under another locale, time zone and umask.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

const MOTCUA: &str = env!("CARGO_BIN_EXE_motcua");

#[test]
fn another_machine_builds_the_same_release() {
    let keys = support::keys();
    let sources = support::fixture();
    let here = support::new_dir().join("portal");
    let built = Command::new(MOTCUA)
        .args(["build", "--quiet", "--date", "2016-08-10", "--forms"])
        .arg(&sources.forms)
        .arg("--site")
        .arg(&sources.site)
        .arg("--keys")
        .arg(&keys)
        .arg("--out")
        .arg(&here)
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");

    let root = support::new_dir();
    for file in libraries().iter().map(String::as_str).chain([MOTCUA]) {
        let place = match file == MOTCUA {
            true => root.join("motcua"),
            false => root.join(file.trim_start_matches('/')),
        };
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::copy(file, place).unwrap();
    }
    // Written the other way round, so that the disk hands them out in another order.
    for (from, to) in [
        (&sources.forms, "forms"),
        (&sources.site, "site"),
        (&keys, "keys"),
    ] {
        let place = root.join("srv/du-an").join(to);
        support::copy_dir(from, &place, &mut |paths| {
            paths.sort();
            paths.reverse();
        });
    }
    let built = Command::new("sh")
        .args(["-c", r#"umask 077; exec unshare --user --root="$0" --wd=/srv/du-an /motcua build --quiet --threads 3 --date 2016-08-10 --keys keys --out /portal"#])
        .arg(&root)
        .env_clear()
        .envs([("PATH", "/usr/bin:/bin"), ("LC_ALL", "vi_VN.UTF-8"), ("TZ", "Pacific/Kiritimati")])
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    let release = |portal: &Path| fs::read_to_string(portal.join("release.jws")).unwrap();
    assert_eq!(release(&here), release(&root.join("portal")));
}

/// What the program is linked to, as the loader finds it.
fn libraries() -> Vec<String> {
    let said = Command::new("ldd").arg(MOTCUA).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let words = said.split_whitespace().filter(|word| word.starts_with('/'));
    words.map(str::to_owned).collect()
}
