//! What must not work: each time a sentence that says what and where, a non-zero exit, and nothing half written.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use tests::programs::{Programs, run};
use tests::{City, Plan, repository, tree};

const DAY: &str = "2016-08-10";
/// A folder in which nobody can make anything, root included, on every Linux.
const UNWRITABLE: &str = "/sys/motcua";

/// A scratch folder of that name, empty.
fn scratch(name: &str) -> PathBuf {
    let folder = Programs::scratch()
        .unwrap()
        .join("city")
        .join(format!("bad-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs what must fail, and returns what it says.
fn fails(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        !output.status.success(),
        "{command:?} ended in success: {said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    said
}

fn assert_says(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "{word:?} is not in: {said}");
    }
}

/// A copy of a city's configs that the programs can be started with after the city has ended.
struct Configs {
    folder: PathBuf,
}

impl Configs {
    /// The configs of a city that is gone: its portal, keys and certificates are still there.
    fn of_a_city(name: &str) -> (Self, PathBuf) {
        let city = City::start(
            &Plan::for_test(&format!("bad-{name}"), Some(DAY)).unwrap(),
            &|_| (),
        )
        .unwrap();
        let folder = scratch(&format!("{name}-configs"));
        for config in [city.relay_config(), city.intake_config()] {
            fs::copy(&config, folder.join(config.file_name().unwrap())).unwrap();
        }
        (Self { folder }, city.portal_dir())
    }

    /// Changes a key's value in a config.
    fn set(&self, file: &str, key: &str, value: &str) {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().map(|line| {
            if line.starts_with(&format!("{key} = ")) {
                format!("{key} = {value}")
            } else {
                line.to_owned()
            }
        });
        let changed: Vec<String> = lines.collect();
        assert_ne!(
            text.lines().collect::<Vec<_>>(),
            changed,
            "{file} has no {key}, or it is {value} already"
        );
        fs::write(&path, changed.join("\n")).unwrap();
    }

    fn relay(&self, programs: &Programs) -> Command {
        let mut relay = programs.relay();
        relay
            .arg("--config")
            .arg(self.folder.join("relay.toml"))
            .args(["--clock", &noon().to_string()]);
        relay
    }

    fn intake(&self, programs: &Programs) -> Command {
        let mut intake = programs.intake();
        intake.arg("--config").arg(self.folder.join("intake.toml"));
        intake.args(["run", "--once", "--clock", &noon().to_string()]);
        intake
    }
}

fn noon() -> i64 {
    DAY.parse::<tests::Day>().unwrap().unix_s() + 3 * 3600
}

#[test]
fn a_catalogue_that_is_not_the_publishers_stops_relay_and_intake() {
    let programs = Programs::built().unwrap();
    let (configs, portal) = Configs::of_a_city("catalogue");
    let good = fs::read_to_string(portal.join("catalogue.jws")).unwrap();
    let good = good.trim_end();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let payload = signed.split_once('.').unwrap().1;
    let altered = format!("{}{}", &signature[..signature.len() - 8], "AAAAAAAA");
    let cases = [
        ("foreign", foreign_catalogue(&programs)),
        ("unsigned", format!("{signed}.")),
        ("of-alg-none", format!("eyJhbGciOiJub25lIn0.{payload}.")),
        ("altered", format!("{signed}.{altered}")),
        ("expired", built_on(&programs, "2016-06-01")),
        ("not-yet", built_on(&programs, "2016-08-12")),
        ("cut-off", good[..good.len() / 2].to_owned()),
        ("empty", String::new()),
    ];
    for (name, jws) in cases {
        let path = configs.folder.join(format!("{name}.jws"));
        fs::write(&path, jws).unwrap();
        let value = format!("{:?}", path.display().to_string());
        configs.set("relay.toml", "catalogue", &value);
        configs.set("intake.toml", "catalogue", &value);
        for mut program in [configs.relay(&programs), configs.intake(&programs)] {
            assert_says(&fails(&mut program), &[&format!("{name}.jws")]);
        }
    }
}

#[test]
fn a_catalogue_older_than_the_last_one_is_refused_for_ever() {
    let programs = Programs::built().unwrap();
    let (configs, _) = Configs::of_a_city("rolled-back");
    // The city has lived under the catalogue of its day; the one of the day before is signed as well, and within its dates.
    let older = configs.folder.join("older.jws");
    fs::write(&older, built_on(&programs, "2016-08-09")).unwrap();
    let value = format!("{:?}", older.display().to_string());
    configs.set("relay.toml", "catalogue", &value);
    configs.set("intake.toml", "catalogue", &value);
    for mut program in [configs.relay(&programs), configs.intake(&programs)] {
        assert_says(&fails(&mut program), &["serial", "older.jws"]);
    }
}

#[test]
fn a_missing_key_is_named() {
    let programs = Programs::built().unwrap();
    let (configs, _) = Configs::of_a_city("missing-key");
    let nowhere = configs.folder.join("nowhere.jwk");
    let value = format!("{:?}", nowhere.display().to_string());
    let keys_folder = format!("{:?}", configs.folder.join("no-keys").display().to_string());
    configs.set("relay.toml", "signing_key", &value);
    assert_says(&fails(&mut configs.relay(&programs)), &["nowhere.jwk"]);
    configs.set("intake.toml", "ack_key", &value);
    assert_says(&fails(&mut configs.intake(&programs)), &["nowhere.jwk"]);
    configs.set("intake.toml", "keys", &keys_folder);
    assert_says(&fails(&mut configs.intake(&programs)), &["no-keys"]);

    let (empty, out) = (
        scratch("empty-keys"),
        scratch("out-of-empty-keys").join("portal"),
    );
    let said = fails(
        programs
            .motcua()
            .args(["build", "--keys"])
            .arg(&empty)
            .arg("--out")
            .arg(&out),
    );
    assert_says(&said, &["publisher.jwk", "motcua keys publisher"]);
    assert!(!out.exists(), "a portal was begun without a key");
}

#[test]
fn a_port_in_use_is_named_by_every_program_that_listens() {
    let programs = Programs::built().unwrap();
    let (configs, portal) = Configs::of_a_city("port");
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let said = fails(
        programs
            .motcua()
            .arg("serve")
            .arg("--dir")
            .arg(&portal)
            .args(["--port", &port.to_string()]),
    );
    assert_says(&said, &[&format!("port {port} is in use"), "--port"]);
    configs.set("relay.toml", "listen", &format!("\"127.0.0.1:{port}\""));
    assert_says(&fails(&mut configs.relay(&programs)), &[&port.to_string()]);
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_nothing_is_left() {
    let programs = Programs::built().unwrap();
    let (configs, _) = Configs::of_a_city("read-only");
    assert_says(
        &fails(programs.motcua().args(["build", "--out", UNWRITABLE])),
        &[UNWRITABLE],
    );
    configs.set(
        "relay.toml",
        "store",
        &format!("\"{UNWRITABLE}/relay.sqlite\""),
    );
    assert_says(&fails(&mut configs.relay(&programs)), &[UNWRITABLE]);
    configs.set("intake.toml", "dir", &format!("\"{UNWRITABLE}\""));
    assert_says(&fails(&mut configs.intake(&programs)), &[UNWRITABLE]);
    assert_says(
        &fails(
            programs
                .relay()
                .args(["keys", "new", "--out", &format!("{UNWRITABLE}/relay.jwk")]),
        ),
        &[UNWRITABLE],
    );
    assert!(!Path::new(UNWRITABLE).exists());
}

#[test]
fn an_existing_key_is_never_overwritten() {
    let programs = Programs::built().unwrap();
    let folder = scratch("keys-twice");
    let file = folder.join("relay.jwk");
    let ack = folder.join("ack.jwk");
    let make_relay = || {
        let mut make = programs.relay();
        make.args(["keys", "new", "--out"]).arg(&file);
        make
    };
    let make_ack = || {
        let mut make = programs.intake();
        make.args(["keys", "new", "--use", "sign", "--out"])
            .arg(&ack);
        make
    };
    let make_publisher = || {
        let mut make = programs.motcua();
        make.args(["keys", "publisher", "--keys"]).arg(&folder);
        make
    };
    for make in [
        &make_relay as &dyn Fn() -> Command,
        &make_ack,
        &make_publisher,
    ] {
        run(&mut make()).unwrap();
        let before = tree::files(&folder).unwrap();
        fails(&mut make());
        assert_eq!(
            tree::differences(&before, &tree::files(&folder).unwrap()),
            ""
        );
    }
}

#[test]
fn ten_mistakes_in_a_form_are_ten_faults_each_at_its_place() {
    let programs = Programs::built().unwrap();
    let folder = scratch("ten-mistakes");
    tree::write(
        &folder.join("forms"),
        &tree::files(&repository::path("forms")).unwrap(),
    )
    .unwrap();
    let path = folder.join("forms/khai-sinh/form.toml");
    fs::write(&path, include_str!("ten-mistakes.toml")).unwrap();
    // Each wrong line says so itself, in a comment that begins with `# wrong:`.
    let wrong: Vec<usize> = include_str!("ten-mistakes.toml")
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains("# wrong:"))
        .map(|(number, _)| number + 1)
        .collect();
    assert_eq!(wrong.len(), 10);
    let said = fails(
        programs
            .motcua()
            .arg("check")
            .arg("--forms")
            .arg(folder.join("forms")),
    );
    // A fault begins with its place at the start of a line: path:line:column: what is wrong.
    let place = |line: &str| {
        line.split_once("khai-sinh/form.toml:")
            .filter(|(before, _)| !before.contains(' '))
            .map(|(_, after)| after.to_owned())
    };
    let mut found: Vec<usize> = said
        .lines()
        .filter_map(place)
        .map(|after| {
            after
                .split(':')
                .next()
                .unwrap()
                .parse()
                .unwrap_or_else(|_| panic!("{said}"))
        })
        .collect();
    found.sort_unstable();
    assert_eq!(found, wrong, "{said}");
    assert_eq!(
        said.matches("# wrong:").count(),
        10,
        "each fault shows its line: {said}"
    );
    assert_says(
        &said,
        &[
            "did you mean `required`?",
            "did you mean `person-name`?",
            "did you mean `agency`?",
        ],
    );

    let out = folder.join("portal");
    fails(
        programs
            .motcua()
            .args(["build", "--date", DAY])
            .arg("--forms")
            .arg(folder.join("forms"))
            .arg("--out")
            .arg(&out),
    );
    assert!(
        !out.exists(),
        "a portal was begun although its forms are wrong"
    );
}

#[test]
fn a_failed_build_leaves_the_portal_that_stood_there_whole() {
    let programs = Programs::built().unwrap();
    let folder = scratch("old-portal");
    let out = folder.join("portal");
    run(programs
        .motcua()
        .args(["build", "--date", DAY, "--out"])
        .arg(&out))
    .unwrap();
    let before = tree::files(&out).unwrap();
    tree::write(
        &folder.join("forms"),
        &tree::files(&repository::path("forms")).unwrap(),
    )
    .unwrap();
    fs::write(folder.join("forms/khai-sinh/form.toml"), "title.vi = 1").unwrap();
    fails(
        programs
            .motcua()
            .args(["build", "--date", DAY])
            .arg("--forms")
            .arg(folder.join("forms"))
            .arg("--out")
            .arg(&out),
    );
    assert_eq!(tree::differences(&before, &tree::files(&out).unwrap()), "");
}

/// A catalogue that is right in everything but who signed it.
fn foreign_catalogue(programs: &Programs) -> String {
    let folder = scratch("foreign");
    let keys = folder.join("keys");
    let own = shared_keys();
    tree::write(
        &keys,
        tree::files(&own).unwrap().iter().filter(|(path, _)| {
            !path.starts_with("publisher.jwk") && !path.starts_with("publisher.pub.jwk")
        }),
    )
    .unwrap();
    run(programs
        .motcua()
        .args(["keys", "publisher", "--keys"])
        .arg(&keys))
    .unwrap();
    build_with(programs, &keys, &folder.join("portal"), DAY)
}

/// The catalogue that the city's own publisher signs on another day.
fn built_on(programs: &Programs, day: &str) -> String {
    build_with(
        programs,
        &shared_keys(),
        &scratch(&format!("built-on-{day}-{:?}", std::thread::current().id())),
        day,
    )
}

fn build_with(programs: &Programs, keys: &Path, out: &Path, day: &str) -> String {
    run(programs
        .motcua()
        .args(["build", "--date", day])
        .arg("--keys")
        .arg(keys)
        .arg("--out")
        .arg(out))
    .unwrap();
    fs::read_to_string(out.join("catalogue.jws")).unwrap()
}

/// The publisher's folder of the keys that all tests' cities share.
fn shared_keys() -> PathBuf {
    Programs::scratch().unwrap().join("city/keys/publisher")
}
