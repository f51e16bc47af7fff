//! The operators' guide as it is followed: every command of its part on publishing is run, in order, on a clock that stands at
//! the launch of the fixture. Folders, the portal's address and the bucket's are the test's own.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use envelope::release::Release;
use generator::keys::{Use, read_public};
use support::bucket::Link;

const MOTCUA: &str = env!("CARGO_BIN_EXE_motcua");
const PORTAL: &str = "https://dichvucong.example";

/// Commands of the fenced blocks of one chapter.
fn commands(guide: &str, chapter: &str) -> Vec<String> {
    let (_, chapter) = guide.split_once(&format!("\n## {chapter}\n")).unwrap();
    let chapter = chapter.split("\n## ").next().unwrap();
    let blocks = chapter.split("\n```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("\n```").next().unwrap().lines());
    lines.map(str::to_owned).collect()
}

/// A portal that is published, behind an address.
struct Served(Child, String);

impl Served {
    fn new(dir: &Path) -> Served {
        let mut server = Command::new(MOTCUA)
            .args(["--lang", "en", "serve", "--port", "0", "--dir"])
            .arg(dir)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(server.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("portal ").unwrap().to_owned();
        Served(server, address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn every_command_of_publishing_does_what_it_is_there_for() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operating.md");
    let guide = fs::read_to_string(guide).unwrap();
    let commands = commands(&guide, "Publishing");
    assert!(commands.len() > 8, "{commands:?}");

    let dir = support::new_dir();
    let fixture = support::fixture();
    for (from, to) in [
        (&fixture.forms, "forms"),
        (&fixture.site, "site"),
        (&support::keys(), "keys"),
    ] {
        support::copy_dir(from, &dir.join(to), &mut |paths| paths.sort());
    }
    let machine = dir.join("machine");
    for folder in ["srv", "etc/nginx", "etc/caddy", "var/www"] {
        fs::create_dir_all(machine.join(folder)).unwrap();
    }
    let link = Link::new("dichvu");
    let bin = Path::new(MOTCUA).parent().unwrap().display();
    let mut exported = String::new();
    let mut served = None;
    for (minute, command) in commands.iter().enumerate() {
        if command.contains(PORTAL) {
            served.get_or_insert_with(|| Served::new(&machine.join("srv/portal/current")));
        }
        let address = served.as_ref().map_or("", |Served(_, address)| address);
        let own = command
            .replace("/srv/", &format!("{}/srv/", machine.display()))
            .replace("/etc/", &format!("{}/etc/", machine.display()))
            .replace("web:/var/", &format!("{}/var/", machine.display()))
            .replace(PORTAL, address)
            .replace("https://s3.example.vn", &link.endpoint())
            .replace('…', "test");
        if own.starts_with("export ") {
            exported = own;
            continue;
        }
        let output = Command::new("faketime")
            .args(["-f", &format!("2016-08-10 08:{minute:02}:00"), "sh", "-c"])
            .arg(format!("{exported}\n{own}"))
            .current_dir(&dir)
            .env("PATH", format!("{bin}:/usr/bin:/bin"))
            .env("TZ", "Asia/Ho_Chi_Minh")
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}: {output:?}");
    }
    let current = fs::read_to_string(machine.join("srv/portal/current/release.jws")).unwrap();
    let key =
        |folder: &str| read_public(&dir.join(folder).join("publisher.pub.jwk"), Use::Sig).unwrap();
    assert!(Release::read(current.trim_end(), &[key("keys")]).is_err());
    assert!(Release::read(current.trim_end(), &[key("keys-new")]).is_ok());
    assert!(machine.join("etc/nginx/motcua.conf").exists());
    for copied in ["portal/current", "html"] {
        let release = machine.join("var/www").join(copied).join("release.jws");
        let release = fs::read_to_string(release).unwrap();
        assert!(Release::read(release.trim_end(), &[key("keys")]).is_ok());
    }
    assert!(link.get("index.html").is_some());
}

/// What a CDN adds in front of a bucket stands in the guide as the portal's `_headers` have it for every file.
#[test]
fn the_guide_tells_a_cdn_every_header_that_a_bucket_cannot_send() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operating.md");
    let guide = fs::read_to_string(guide).unwrap();
    let (_, table) = guide
        .split_once("\n| header | value |\n|---|---|\n")
        .unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let told: Vec<(&str, &str)> = rows
        .map(|row| row.trim_matches(['|', ' ']).split_once(" | ").unwrap())
        .map(|(name, value)| (name.trim_matches('`'), value.trim_matches('`')))
        .collect();
    let options = support::fixture_copy();
    generator::build(&options).unwrap();
    let headers = fs::read_to_string(options.out.join("_headers")).unwrap();
    let of_every_file = headers
        .lines()
        .skip(1)
        .map_while(|line| line.strip_prefix("  "));
    let sent: Vec<(&str, &str)> = of_every_file
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| match name {
            "Content-Security-Policy" => {
                (name, "as in `_headers`, with your relay's address in it")
            }
            _ => (name, value),
        })
        .collect();
    assert_eq!(told, sent);
}
