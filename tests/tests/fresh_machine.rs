//! docs/operating/fresh-machine.md as it is followed: every command of it, in its order, on machines with systemd, until a case lies in an office's folder.
//!
//! Where a person acts in a browser, a citizen of this room seals, and curl sends. Packages are made of what the tests built ([`tests::packages`]);
//! `MOTCUA_PACKAGES=built` has the guide's own commands build them with cargo-deb, which takes many minutes. What a machine here is and is not: [`tests::machine`].
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};
use tests::citizen::{Citizen, payload_of};
use tests::machine::{Machine, Network};
use tests::office::{HandedOver, handed_over, handed_over_in_trial};
use tests::programs::{Programs, run};
use tests::{packages, repository};

const GUIDE: &str = "docs/operating/fresh-machine.md";
const MACHINES: [&str; 4] = ["publisher", "public", "internal", "watch"];
/// The names that the guide gives to portal and relay.
const NAMES: [&str; 2] = ["dichvucong.example", "nhan.dichvucong.example"];
/// How long the intake may take from a receipt to the office's file.
const PATIENCE: Duration = Duration::from_secs(180);

/// A block of commands.
struct Block {
    /// The line of the guide on which its first one stands.
    line: usize,
    /// The heading of its step.
    step: String,
    /// Where it is typed: its first line.
    place: String,
    script: String,
}

/// Every block of the guide; none is of another kind.
fn blocks(guide: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let (mut step, mut is_open) = (String::new(), false);
    for (number, line) in guide.lines().enumerate() {
        match (line, is_open) {
            ("```sh", false) => {
                blocks.push(Block {
                    line: number + 2,
                    step: step.clone(),
                    place: String::new(),
                    script: String::new(),
                });
                is_open = true;
            }
            ("```", true) => is_open = false,
            (_, true) => {
                let block = blocks.last_mut().unwrap();
                match line.strip_prefix("# ") {
                    Some(place) if block.script.is_empty() => block.place = place.to_owned(),
                    _ => assert_ne!(block.place, "", "line {}: typed where?", number + 1),
                }
                block.script += &format!("{line}\n");
            }
            (_, false) => {
                assert!(!line.contains("```"), "line {}: {line}", number + 1);
                if let Some(heading) = line.strip_prefix("## ") {
                    step = heading.to_owned();
                }
            }
        }
    }
    assert!(!is_open);
    blocks
}

/// The machines, by name, and what a citizen and an office see of them.
struct City {
    machines: BTreeMap<&'static str, Machine>,
    _network: Network,
}

impl City {
    fn boot(folder: &Path, carry: &Path) -> City {
        let network = Network::new().unwrap_or_else(|failure| panic!("{failure}"));
        let boot = |name: &'static str| {
            let machine = Machine::boot(name, &network, &folder.join(name), carry, &NAMES);
            (name, machine.unwrap_or_else(|failure| panic!("{failure}")))
        };
        City {
            machines: MACHINES.map(boot).into(),
            _network: network,
        }
    }

    fn machine(&mut self, name: &str) -> &mut Machine {
        let known = self.machines.get_mut(name);
        known.unwrap_or_else(|| panic!("no machine is called {name}"))
    }

    fn run(&mut self, name: &str, script: &str) {
        let done = self.machine(name).run(1, script);
        done.unwrap_or_else(|failure| panic!("{script}\n{failure}"));
    }

    fn type_in(&mut self, block: &Block) {
        let places: &[&str] = match block.place.as_str() {
            "every machine" => &MACHINES,
            place => &[place],
        };
        for place in places {
            let done = self.machine(place).run(block.line, &block.script);
            done.unwrap_or_else(|failure| panic!("{GUIDE}, {}: {failure}", block.step));
        }
    }

    /// What somebody sends who fills in the form that is public, and what the office then has.
    fn submit(&mut self) -> HandedOver {
        let portal = self.machine("public").path("/srv/portal/current");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = i64::try_from(now.as_secs()).unwrap();
        let citizen = Citizen::of_portal(&portal).unwrap();
        let sealed = citizen.apply("thu-nghiem", &answers(), &BTreeMap::new(), now);
        let sealed = sealed.unwrap();
        let file = |name: &str| self.machines["watch"].path(&format!("/tmp/{name}"));
        let (body, receipt) = (file("body"), file("receipt"));
        fs::write(body, &sealed.body).unwrap();
        self.run(
            "watch",
            r#"curl -sS --fail-with-body -H "Content-Type: application/json" --data-binary @/tmp/body -o /tmp/receipt "https://$RELAY/v1/submissions" || { cat /tmp/receipt; false; }"#,
        );
        let receipt: Value = serde_json::from_slice(&fs::read(receipt).unwrap()).unwrap();
        let signed = payload_of(receipt["receipt"].as_str().unwrap()).unwrap();
        assert_eq!(signed["id"], sealed.id);
        let offices = self.machine("internal").path("/var/lib/motcua-intake");
        let begun = Instant::now();
        loop {
            let cases = handed_over(&offices);
            let mut found = cases.into_iter().chain(handed_over_in_trial(&offices));
            if let Some(case) = found.find(|case| case.id() == sealed.id) {
                return case;
            }
            assert!(begun.elapsed() < PATIENCE, "nothing was handed over");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Answers to the form that `motcua new form` writes.
fn answers() -> Map<String, Value> {
    let answers = json!({
        "agency": "00001",
        "requester.full_name": "Nguyễn Thị Hường",
        "requester.residence": { "kind": "TT", "province": "01", "ward": "00001", "detail": "Số 12, phố Hàng Thử, tổ 3" },
        "requester.id_paper": {
            "type": "CCCD", "number": "001190999001", "issued_on": "2016-03-15", "issued_by": "Cục Cảnh sát ĐKQL cư trú và DLQG về dân cư",
        },
        "requester.phone": "+84900000001",
        "content.copies": 1,
        "declaration.agreed": true,
    });
    answers.as_object().unwrap().clone()
}

/// The packages that the guide's first machine makes.
fn build_packages(block: &Block, programs: &Programs, folder: &Path, carry: &Path) {
    if env::var_os("MOTCUA_PACKAGES").is_some_and(|how| how == "built") {
        let mut typed = Command::new("bash");
        typed.args(["-euo", "pipefail", "-c", &block.script]);
        typed.current_dir(repository::root()).env("CARRY", carry);
        run(&mut typed).unwrap_or_else(|failure| panic!("{failure}"));
        return;
    }
    let named = packages::ROOMS.join(" ");
    assert!(block.script.contains(&named), "{}", block.script);
    for room in packages::ROOMS {
        let packed = packages::pack(programs, room, &folder.join("packages"), carry);
        packed.unwrap_or_else(|failure| panic!("{failure}"));
    }
}

/// An empty folder for this run.
fn scratch() -> PathBuf {
    let folder = Programs::scratch().unwrap().join("fresh-machine");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(folder.join("carry")).unwrap();
    folder
}

#[test]
fn who_types_what_the_guide_says_has_a_live_portal() {
    let guide = fs::read_to_string(repository::path(GUIDE)).unwrap();
    let blocks = blocks(&guide);
    let programs = Programs::built().unwrap();
    let folder = scratch();
    let carry = folder.join("carry");
    let mut city = City::boot(&folder, &carry);
    let mut tried = None;
    for block in &blocks {
        if block.step.ends_with("The first submission") {
            tried.get_or_insert_with(|| city.submit());
        }
        match block.place.as_str() {
            "build" => build_packages(block, &programs, &folder, &carry),
            _ => city.type_in(block),
        }
    }
    // The first was a trial, and no case; what is sent after the last step is one.
    let tried = tried.expect("the guide has a first submission");
    assert!(tried.path.to_str().unwrap().contains("/trial/00001/"));
    let case = city.submit();
    assert!(case.path.to_str().unwrap().contains("/offices/00001/"));
    assert_eq!((case.answers(), case.faults()), (answers(), vec![]));

    // All of it runs, nothing has failed, and whoever looks from outside is content.
    for (machine, units) in [
        ("public", "nginx motcua-relay.socket motcua-relay.service"),
        ("internal", "motcua-intake"),
        ("watch", "motcua-monitor motcua-watch.timer"),
    ] {
        city.run(machine, &format!("systemctl is-active {units}"));
    }
    city.run(
        "watch",
        "sed 's|/var/lib/motcua-monitor/|/tmp/look/|' /etc/motcua-monitor/monitor.toml > /etc/motcua-monitor/look.toml\n\
         mkdir /tmp/look\n\
         motcua-monitor follow --once --config /etc/motcua-monitor/look.toml\n\
         systemctl start motcua-watch.service",
    );
    for machine in MACHINES {
        city.run(
            machine,
            r#"test -z "$(systemctl list-units --failed --plain --no-legend 'motcua*')""#,
        );
        // A package takes away what it brought; what was made since stays.
        city.run(
            machine,
            "installed=$(dpkg -l 'motcua*' | awk '/^ii/ { print $2 }')\n\
             files=$(dpkg -L $installed | while read -r file; do [ -d \"$file\" ] || echo \"$file\"; done)\n\
             dpkg --purge $installed\n\
             for file in $files; do [ ! -e \"$file\" ]; done",
        );
    }
}

/// In tenths, as `systemd-analyze security` counts what a unit leaves a service to do harm with.
const EXPOSURE_MAX: u8 = 15;

#[test]
fn every_unit_is_whole_and_leaves_its_program_little_to_do_harm_with() {
    for room in packages::ROOMS {
        let units = packages::units(room).unwrap();
        let services = units
            .iter()
            .filter(|unit| unit.extension().is_some_and(|end| end == "service"));
        let services: Vec<&PathBuf> = services.collect();
        assert_eq!(services.len(), 1, "{units:?}");
        let mut judged = Command::new("systemd-analyze");
        judged.args(["security", "--offline=true", "--no-pager"]);
        judged
            .arg(format!("--threshold={EXPOSURE_MAX}"))
            .args(services);
        let said = run(&mut judged).unwrap_or_else(|failure| panic!("{failure}"));
        assert!(said.contains("Overall exposure level"), "{said}");
    }
}
