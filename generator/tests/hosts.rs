//! A portal behind the web servers of Debian, set up as `motcua host` says: each sends what `_headers` says, and
//! `motcua verify` finds whatever somebody changes there.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use generator::{Options, build};

/// A web server that sends a built portal.
struct Host {
    portal: PathBuf,
    key: PathBuf,
    port: u16,
    server: Child,
}

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Host {
    /// Builds a portal and starts a server over it, which `command` makes of a configuration.
    fn new(kind: &str, more: &[&str], command: impl Fn(&Path, &str, u16) -> Command) -> Host {
        let keys = support::keys();
        let options = Options {
            keys: Some(keys.clone()),
            ..support::fixture_copy()
        };
        let former = "[khai-sanh]\nnow = \"khai-sinh\"\n";
        fs::write(options.forms.join("former.toml"), former).unwrap();
        build(&options).unwrap();
        let portal = options.out;
        fs::create_dir_all(portal.join(".well-known")).unwrap();
        fs::write(portal.join(".well-known/security.txt"), "Contact: …").unwrap();
        let said = motcua(
            &[
                "host",
                kind,
                "--from",
                path(&portal),
                "--root",
                path(&portal),
            ],
            more,
        );
        assert!(said.status.success(), "{said:?}");
        let said = String::from_utf8(said.stdout).unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = support::new_dir();
        let mut command = command(&folder, &said, port);
        let errors = fs::File::create(folder.join("said")).unwrap();
        let command = command
            .stdout(Stdio::null())
            .stderr(errors)
            .process_group(0);
        let mut server = command
            .spawn()
            .expect("tests/install installs nginx and Caddy");
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let said = fs::read_to_string(folder.join("said")).unwrap();
            assert!(server.try_wait().unwrap().is_none(), "{kind} ended: {said}");
            thread::sleep(Duration::from_millis(20));
        }
        Host {
            portal,
            key: keys.join("publisher.pub.jwk"),
            port,
            server,
        }
    }

    fn nginx() -> Host {
        Host::nginx_with(str::to_owned)
    }

    /// With what `motcua host` says edited by hand.
    fn nginx_with(edit: fn(&str) -> String) -> Host {
        Host::new("nginx", &["--brotli"], |folder, said, port| {
            let d = folder.display();
            let config = format!(
                "load_module /usr/lib/nginx/modules/ngx_http_brotli_static_module.so;\n\
                 daemon off; worker_processes 1; pid {d}/pid; error_log stderr;\n\
                 events {{}}\n\
                 http {{\n\
                 access_log off; client_body_temp_path {d}/body; proxy_temp_path {d}/proxy;\n\
                 fastcgi_temp_path {d}/fastcgi; uwsgi_temp_path {d}/uwsgi; scgi_temp_path {d}/scgi;\n\
                 server {{ listen 127.0.0.1:{port}; include {d}/motcua.conf; }}\n\
                 }}\n"
            );
            fs::write(folder.join("motcua.conf"), edit(said)).unwrap();
            fs::write(folder.join("nginx.conf"), config).unwrap();
            let mut command = Command::new("/usr/sbin/nginx");
            command
                .arg("-p")
                .arg(folder)
                .arg("-c")
                .arg(folder.join("nginx.conf"));
            command
        })
    }

    fn caddy() -> Host {
        Host::new("caddy", &[], |folder, said, port| {
            let config = format!(
                "{{\n\tadmin off\n\tauto_https off\n}}\nhttp://127.0.0.1:{port} {{\n\timport motcua.caddy\n}}\n"
            );
            fs::write(folder.join("motcua.caddy"), said).unwrap();
            fs::write(folder.join("Caddyfile"), config).unwrap();
            let mut command = Command::new("caddy");
            command.args(["run", "--adapter", "caddyfile", "--config"]);
            command.arg(folder.join("Caddyfile"));
            command.env("HOME", folder).env("XDG_DATA_HOME", folder);
            command
        })
    }

    fn get(&self, address: &str, accepts: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "GET {address} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\naccept-encoding: {accepts}\r\nconnection: close\r\n\r\n",
            self.port
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap();
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let headers = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        Answer {
            status: head[9..12].parse().unwrap(),
            headers: headers.collect(),
            body: answer[end + 4..].to_vec(),
        }
    }

    fn verify(&self) -> Output {
        let url = format!("http://127.0.0.1:{}", self.port);
        motcua(&["verify", &url, "--publisher", path(&self.key)], &[])
    }

    fn status(&self, more: &[&str]) -> Output {
        let url = format!("http://127.0.0.1:{}", self.port);
        motcua(&["status", &url, "--publisher", path(&self.key)], more)
    }

    /// What holds of every web server.
    fn assert_host(&self) {
        let rules = rules(&fs::read_to_string(self.portal.join("_headers")).unwrap());
        let asset = fs::read_dir(self.portal.join("assets"))
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        let asset = format!("/assets/{}", asset.file_name().to_str().unwrap());
        for (address, rule) in [
            ("/", "/"),
            ("/khai-sinh/", "/khai-sinh/*"),
            ("/forms/dong-dau/2.json", "/forms/*"),
            ("/catalogue.jws", "/catalogue.jws"),
            ("/release.jws", "/release.jws"),
            (asset.as_str(), "/assets/*"),
        ] {
            let answer = self.get(address, "identity");
            assert_eq!(answer.status, 200, "{address}");
            for (name, value) in rules["/*"].iter().chain(&rules[rule]) {
                let got = answer.headers.get(&name.to_ascii_lowercase());
                assert_eq!(got, Some(value), "{address}: {name}");
            }
        }
        for (address, kind) in [
            ("/", "text/html; charset=utf-8"),
            ("/catalogue.jws", "application/jose"),
            ("/forms/dong-dau/2.json", "application/json"),
            ("/sitemap.xml", "application/xml"),
            ("/robots.txt", "text/plain; charset=utf-8"),
            ("/.well-known/security.txt", "text/plain; charset=utf-8"),
        ] {
            let answer = self.get(address, "identity");
            assert_eq!(answer.headers["content-type"], kind, "{address}");
        }

        let page = fs::read(self.portal.join("404.html")).unwrap();
        for address in [
            "/nobody/",
            "/assets/gone.css",
            "/_headers",
            "/_redirects",
            "/.motcua-portal",
        ] {
            let answer = self.get(address, "identity");
            assert_eq!(answer.status, 404, "{address}");
            assert_eq!(answer.body, page, "{address}");
            let policy = &answer.headers["content-security-policy"];
            assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
            let kept = answer
                .headers
                .get("cache-control")
                .is_some_and(|it| it.contains("immutable"));
            assert!(!kept, "{address} is missing for a year");
        }

        for (from, to) in [
            ("/khai-sanh/", "/khai-sinh/"),
            ("/en/khai-sanh/form/", "/en/khai-sinh/form/"),
        ] {
            let answer = self.get(from, "identity");
            assert_eq!(answer.status, 301, "{from}");
            assert_eq!(answer.headers["location"], to);
            for (name, value) in rules["/*"].iter().chain(&rules["/"]) {
                let got = answer.headers.get(&name.to_ascii_lowercase());
                assert_eq!(got, Some(value), "{from}: {name}");
            }
        }

        // What lies packed beside a file is sent to who takes it.
        for (encoding, end) in [("br", "br"), ("gzip", "gz")] {
            let packed = self.portal.join(format!("khai-sinh/index.html.{end}"));
            fs::write(packed, encoding).unwrap();
            let answer = self.get("/khai-sinh/", encoding);
            assert_eq!(answer.headers["content-encoding"], encoding);
            assert_eq!(answer.body, encoding.as_bytes());
            assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
        }
    }

    /// What somebody does there by hand is found from outside.
    fn assert_verified(&self) {
        let good = self.verify();
        assert_eq!(good.status.code(), Some(0), "{good:?}");
        fs::write(
            self.portal.join("khai-sinh/index.html"),
            "call 0900 111 111",
        )
        .unwrap();
        fs::remove_file(self.portal.join("robots.txt")).unwrap();
        let bad = self.verify();
        assert_eq!(bad.status.code(), Some(1));
        let said = String::from_utf8(bad.stdout).unwrap();
        assert!(
            said.contains("khai-sinh/index.html is not what was signed"),
            "{said}"
        );
        assert!(said.contains("robots.txt is missing"), "{said}");
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // The group: nginx has a worker.
        let group = format!("-{}", self.server.id());
        let _ = Command::new("kill").args(["-TERM", "--", &group]).status();
        let _ = self.server.wait();
    }
}

fn motcua(arguments: &[&str], more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
    command.args(["--lang", "en"]).args(arguments).args(more);
    command.output().unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A `_headers` file, read apart from the program's own reader.
fn rules(text: &str) -> BTreeMap<String, Vec<(String, String)>> {
    let mut rules: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines() {
        match line
            .strip_prefix("  ")
            .and_then(|line| line.split_once(": "))
        {
            Some((name, value)) => {
                let headers = rules.entry(last.clone()).or_default();
                headers.push((name.to_owned(), value.to_owned()));
            }
            None => last = line.to_owned(),
        }
    }
    rules
}

#[test]
fn nginx_sends_what_the_portal_says() {
    let host = Host::nginx();
    host.assert_host();
    host.assert_verified();
}

#[test]
fn caddy_sends_what_the_portal_says() {
    let host = Host::caddy();
    host.assert_host();
    host.assert_verified();
}

/// The page that leads on is signed, and a host that redirects does not show it: where it leads is signed, too.
#[test]
fn a_redirect_to_an_address_that_was_not_signed_is_found() {
    let host = Host::nginx_with(|said| {
        let signed = "return 301 /en/khai-sinh/;";
        assert!(said.contains(signed), "{said}");
        said.replace(signed, "return 301 https://elsewhere.example/;")
    });
    let bad = host.verify();
    assert_eq!(bad.status.code(), Some(1));
    let said = String::from_utf8(bad.stdout).unwrap();
    let named: Vec<&str> = said.lines().skip(1).collect();
    assert_eq!(
        named,
        ["en/khai-sanh/index.html leads to an address that was not signed"]
    );
}

/// A host in trouble is not a portal that somebody changed; after some files it is left alone.
#[test]
fn what_a_host_does_not_answer_is_not_taken_for_missing() {
    let host = Host::nginx_with(|said| {
        let pages = "location / {\n";
        assert!(said.contains(pages), "{said}");
        said.replace(pages, "location / {\n    return 503;\n")
    });
    let bad = host.verify();
    assert_eq!(bad.status.code(), Some(1));
    let said = String::from_utf8(bad.stdout).unwrap();
    let named = said.lines().skip(1);
    let named: Vec<_> = named
        .filter(|line| line.contains("cannot be read: "))
        .collect();
    assert_eq!(named.len(), said.lines().count() - 1, "{said}");
    assert!(named.len() < 30, "{said}");
    let why = String::from_utf8(bad.stderr).unwrap();
    assert!(why.contains("see that the portal can be reached"), "{why}");
}

/// The fixture was built in 2016: its catalogue ended long ago.
#[test]
fn what_is_published_is_told_and_what_ended_is_trouble() {
    let host = Host::nginx();
    let ended = host.status(&[]);
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    let said = String::from_utf8(ended.stdout).unwrap();
    assert!(said.contains("forms can be sent until 2016-"), "{said}");
    let why = String::from_utf8(ended.stderr).unwrap();
    assert!(why.contains("the catalogue has ended"), "{why}");
    let release = host.portal.join("release.jws");
    fs::remove_file(release).unwrap();
    assert_eq!(host.status(&[]).status.code(), Some(1));
}
