//! Following a portal against the log: what is public is signed, a leaf, and what was signed.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use envelope::Digest;
use flate2::Compression;
use flate2::write::GzEncoder;
use support::portal::{Portal, Publisher};
use support::{Log, NOW, monitor_at, new_folder, said};

/// A log of some submissions, a portal whose release is its last leaf, and a monitor of both.
struct City {
    log: Log,
    portal: Portal,
    publisher: Publisher,
    folder: PathBuf,
}

const SERIAL: u64 = 1_470_790_000;

impl City {
    fn new(pages: usize, more: &str) -> City {
        let mut log = Log::new("relay.example/log", 1);
        log.grow_to(3);
        let city = City {
            portal: Portal::new(pages),
            publisher: Publisher::new(),
            folder: new_folder(),
            log,
        };
        let config = format!(
            "log = {:?}\nlog_key = \"log.pub.key\"\nstate = \"state\"\nmetrics = \"log.prom\"\nevery_s = 1\n\
             [portal]\naddress = \"http://{}/\"\npublishers = [\"publisher.pub.jwk\"]\n{more}\n",
            city.log.folder, city.portal.address
        );
        for (name, text) in [
            ("log.pub.key", format!("{}\n", city.log.key)),
            ("publisher.pub.jwk", city.publisher.file()),
            ("monitor.toml", config),
        ] {
            fs::write(city.folder.join(name), text).unwrap();
        }
        city
    }

    /// Publishes what stands at the portal, with its leaf and its proof in the log.
    fn publish(&mut self, serial: u64) -> Digest {
        let digest = self.portal.release(&self.publisher, serial);
        self.enter(digest);
        digest
    }

    fn enter(&mut self, digest: Digest) {
        self.log.manifests.push(digest);
        self.log.publish(NOW);
        let proof = self.log.proof(self.log.manifests.len() as u64 - 1);
        let name = format!("release/{digest}");
        self.log.write(&name, proof.to_string().as_bytes());
    }

    fn config(&self) -> String {
        self.folder.join("monitor.toml").display().to_string()
    }

    fn look(&self) -> (i32, String) {
        said(&monitor_at(
            NOW,
            &["follow", "--once", "--config", &self.config()],
        ))
    }

    /// One look finds nothing wrong, and says this.
    fn is_well(&self, what: &str) {
        let (status, said) = self.look();
        assert_eq!(status, 0, "{said}");
        assert!(said.contains(what), "{said}");
    }

    /// One look ends with this alarm, which says this.
    fn raises(&self, word: &str, what: &str) {
        let (status, said) = self.look();
        assert_eq!(status, 2, "{said}");
        let alarm = said
            .lines()
            .find(|line| line.starts_with(&format!("{word}: ")));
        assert!(alarm.is_some_and(|alarm| alarm.contains(what)), "{said}");
        assert_eq!(self.alarm(word), "1");
    }

    fn alarm(&self, word: &str) -> String {
        let text = fs::read_to_string(self.folder.join("log.prom")).unwrap();
        let line = format!("motcua_log_alarm{{alarm=\"{word}\"}} ");
        let mut lines = text.lines().filter_map(|text| text.strip_prefix(&line));
        lines.next().unwrap().to_owned()
    }
}

impl Drop for City {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn a_portal_that_is_what_was_signed_and_logged_is_well() {
    let mut city = City::new(3, "");
    let digest = city.publish(SERIAL);
    city.is_well(&format!("public: release {SERIAL} of "));
    city.is_well("4 leaves, all well; release 1470790000 of ");
    let (_, said) = city.look();
    assert!(
        said.contains("is leaf 3 and public since 2016-08-10 09:31:01 +07:00"),
        "{said}"
    );
    assert!(!said.contains("public: "), "told once: {said}");
    let kept = fs::read_to_string(city.folder.join("state/releases")).unwrap();
    assert_eq!(kept, format!("{NOW} {SERIAL} {digest}\n"));
}

#[test]
fn a_page_that_was_changed_at_the_host_is_found() {
    let mut city = City::new(3, "");
    city.publish(SERIAL);
    city.portal.write("page-001/index.html", b"another page");
    city.raises("portal-changed", "/page-001/index.html: not what release");
    fs::remove_file(city.portal.folder.join("page-001/index.html")).unwrap();
    city.raises("portal-changed", "/page-001/index.html: not what release");
    city.portal.write("page-001/index.html", b"a page");
    city.is_well("all well");
    assert_eq!(city.alarm("portal-changed"), "0");
}

/// The page that leads on is a file of the release; a host that can redirects instead.
#[test]
fn a_redirect_is_well_where_the_release_has_it_and_leads_there() {
    let mut city = City::new(1, "");
    city.portal.write("old/index.html", b"see page 0");
    city.publish(SERIAL);
    city.is_well("all well");
    let led = |from: &str, to: &str| city.portal.write(&format!("{from}.to"), to.as_bytes());
    led("old/index.html", "/page-000/");
    city.is_well("all well");
    led("old/index.html", "https://elsewhere.example/page-000/");
    city.raises("portal-changed", "/old/index.html: not what release");
    led("old/index.html", "/page-000/");
    city.is_well("all well");
    led("page-000/index.html", "/old/");
    city.raises("portal-changed", "/page-000/index.html: not what release");
}

#[test]
fn every_file_has_its_turn_and_the_home_page_has_each() {
    let mut city = City::new(20, "files_per_look = 3");
    city.publish(SERIAL);
    // 22 files but the host's, 3 a look: the last one in the eighth.
    city.portal.write("page-019/index.html", b"another page");
    let looks = (1..=8).find(|_| city.look().0 == 2);
    assert_eq!(looks, Some(8));
    city.portal.write("page-019/index.html", b"a page");
    city.portal.write("index.html", b"another home");
    city.raises("portal-changed", "/index.html: not what release");
}

#[test]
fn a_file_that_comes_packed_is_compared_unpacked() {
    let mut city = City::new(1, "");
    city.publish(SERIAL);
    let packed = |text: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    };
    city.portal
        .write("page-000/index.html.gz", &packed(b"a page"));
    city.is_well("all well");
    for bytes in [packed(b"another page"), b"a page".to_vec()] {
        city.portal.write("page-000/index.html.gz", &bytes);
        city.raises("portal-changed", "/page-000/index.html");
    }
}

#[test]
fn a_release_that_was_signed_and_is_not_in_the_log_is_found() {
    let mut city = City::new(1, "");
    city.publish(SERIAL);
    city.is_well("all well");
    // Somebody who has the publisher's key shows pages that nobody else sees.
    city.portal.write("index.html", b"another home");
    let digest = city.portal.release(&city.publisher, SERIAL + 1);
    city.raises(
        "portal-unlogged",
        &format!("digest {digest}, is public since"),
    );
    city.enter(digest);
    city.is_well("5 leaves, all well; release 1470790001");
}

#[test]
fn a_release_of_another_key_or_none_is_found() {
    let mut city = City::new(1, "");
    let digest = city.portal.release(&Publisher::new(), SERIAL);
    city.enter(digest);
    city.raises("portal-release", "signed by a foreign publisher");
    city.portal.write("release.jws", b"\xff");
    city.raises("portal-release", "not a text");
    fs::remove_file(city.portal.folder.join("release.jws")).unwrap();
    city.raises("portal-release", "404");
}

#[test]
fn a_portal_that_went_back_is_told_until_it_goes_on() {
    let mut city = City::new(1, "");
    city.publish(SERIAL);
    city.is_well("all well");
    let old = fs::read(city.portal.folder.join("release.jws")).unwrap();
    city.publish(SERIAL + 60);
    city.is_well("all well");
    city.portal.write("release.jws", &old);
    city.raises(
        "portal-older",
        "release 1470790000 is public, and 1470790060 was before",
    );
    city.publish(SERIAL + 120);
    city.is_well("all well");
}

#[test]
fn a_proof_that_is_missing_or_of_another_tree_is_found() {
    let mut city = City::new(1, "");
    let digest = city.publish(SERIAL);
    let name = format!("release/{digest}");
    let good = fs::read(city.log.folder.join(&name)).unwrap();
    fs::remove_file(city.log.folder.join(&name)).unwrap();
    city.raises("missing", &name);
    // The log shows those who ask for the proof alone another tree than those who read it whole.
    let mut other = Log::new("relay.example/log", 1);
    other.manifests = vec![support::manifest(9), digest];
    city.log.write(&name, other.proof(1).to_string().as_bytes());
    city.raises(
        "fork",
        "signed over 2 leaves that are others than were seen",
    );
    assert!(city.folder.join("state/evidence").exists());
    city.log
        .write(&name, city.log.proof(0).to_string().as_bytes());
    city.raises("fork", "it does not lead from this manifest");
    city.log.write(&name, &good);
    city.is_well("all well");
}

#[test]
fn a_portal_that_does_not_answer_is_told() {
    let mut city = City::new(1, "");
    city.publish(SERIAL);
    let config = fs::read_to_string(city.config()).unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = free.local_addr().unwrap().to_string();
    drop(free);
    let config = config.replace(&city.portal.address.to_string(), &nobody);
    fs::write(city.config(), config).unwrap();
    city.raises("portal-unreachable", "release.jws");
}

#[test]
fn a_config_that_believes_nobody_is_refused() {
    let city = City::new(1, "");
    let config = fs::read_to_string(city.config()).unwrap();
    let config = config.replace("[\"publisher.pub.jwk\"]", "[]");
    fs::write(city.config(), config).unwrap();
    let (status, said) = city.look();
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("[portal] publishers is empty"), "{said}");
}

/// Follows until it is ended.
struct Following(Child);

impl Following {
    fn start(city: &City) -> Following {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua-monitor"));
        command.args(["follow", "--config", &city.config()]);
        command.arg(format!("--clock={NOW}"));
        Following(command.stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Ends it, and returns everything that it said.
    fn end(mut self) -> String {
        self.0.kill().unwrap();
        let mut said = String::new();
        let mut stderr = self.0.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until it holds.
fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_differs_while_it_is_published_is_not_told() {
    let mut city = City::new(1, "");
    city.publish(SERIAL);
    city.portal.write("index.html", b"the next home");
    let following = Following::start(&city);
    let seen = city.folder.join("state/releases");
    wait_for("the first look", || seen.exists());
    let serial = SERIAL + 60;
    city.portal.release(&city.publisher, serial);
    wait_for("the look at the next release", || {
        fs::read_to_string(&seen).is_ok_and(|seen| seen.contains(&serial.to_string()))
    });
    // The metrics are the last thing of a look.
    fs::remove_file(city.folder.join("log.prom")).unwrap();
    wait_for("a whole look", || city.folder.join("log.prom").exists());
    let said = following.end();
    assert!(
        said.contains(&format!("public: release {serial}")),
        "{said}"
    );
    assert!(!said.contains("portal-"), "{said}");
}
