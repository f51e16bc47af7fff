//! The program as people run it: help, exit codes, the preview server.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn motcua(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn every_command_has_help_with_an_example() {
    for command in [
        &["check"][..],
        &["build"],
        &["serve"],
        &["keep"],
        &["history"],
        &["size"],
        &["keys", "publisher"],
        &["keys", "add"],
        &["keys", "list"],
        &["import", "xlsform"],
        &["new", "portal"],
        &["new", "form"],
        &["schema"],
        &["completions"],
        &["translations"],
    ] {
        let help = motcua(&[command, &["--help"]].concat());
        assert!(help.status.success());
        let example = format!("  motcua {}", command.join(" "));
        assert!(
            text(&help.stdout).contains(&example),
            "{}",
            text(&help.stdout)
        );
    }
}

#[test]
fn check_ends_with_one_when_there_is_a_fault() {
    let options = support::fixture_copy();
    let run = || {
        motcua(&[
            "check",
            "--forms",
            options.forms.to_str().unwrap(),
            "--site",
            options.site.to_str().unwrap(),
        ])
    };
    let good = run();
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stderr));
    assert!(text(&good.stdout).ends_with("no fault\n"));
    support::edit(
        &options.forms.join("agencies.csv"),
        "00001,001",
        "00178,001",
    );
    let bad = run();
    assert_eq!(bad.status.code(), Some(1));
    assert!(text(&bad.stderr).ends_with("1 fault in 1 file; nothing was written\n"));
}

#[test]
fn keys_come_in_and_are_listed() {
    let (keys, from) = (support::new_dir(), support::new_dir());
    support::write_public(&from.join("00001.pub.jwk"), &support::key(5), "enc");
    let keys = keys.to_str().unwrap();
    assert!(
        motcua(&["keys", "publisher", "--keys", keys])
            .status
            .success()
    );
    assert_eq!(
        motcua(&["keys", "publisher", "--keys", keys]).status.code(),
        Some(1)
    );
    let dates = ["--not-before", "2016-08-10", "--not-after", "2016-12-31"];
    let added = motcua(
        &[
            &[
                "keys",
                "add",
                "--keys",
                keys,
                "--dir",
                from.to_str().unwrap(),
            ][..],
            &dates,
        ]
        .concat(),
    );
    assert_eq!(
        text(&added.stdout),
        "1 added, 0 known already\n",
        "{}",
        text(&added.stderr)
    );
    let list = text(&motcua(&["keys", "list", "--keys", keys]).stdout);
    let kid = support::key(5).thumbprint();
    assert_eq!(
        list,
        format!("00001\t{kid}\t2016-08-10 00:00:00 +07:00\t2016-12-31 23:59:59 +07:00\texpired\n")
    );
}

#[test]
fn size_fails_over_the_budget() {
    let options = support::fixture();
    generator::build(&options).unwrap();
    let out = options.out.to_str().unwrap();
    let report = motcua(&["size", out, "--max-kb", "1000"]);
    assert!(report.status.success());
    assert!(
        text(&report.stdout).contains("khai-sinh/form/index.html: "),
        "{}",
        text(&report.stdout)
    );
    let over = motcua(&["size", out, "--max-kb", "1"]);
    assert_eq!(over.status.code(), Some(1));
    assert!(text(&over.stderr).contains("weigh more than 1 KB"));
}

/// A running server, ended with the test.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(dir: &Path) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        let mut child = command
            .arg("serve")
            .arg("--dir")
            .arg(dir)
            .args(["--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line
            .trim()
            .strip_prefix("portal http://localhost:")
            .unwrap()
            .parse()
            .unwrap();
        Server { child, port }
    }

    /// The whole answer to a request for a path, as sent.
    fn ask(&self, method: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        text(&answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn serve_sends_files_with_their_headers_and_nothing_else() {
    let options = support::fixture();
    generator::build(&options).unwrap();
    fs::write(options.out.parent().unwrap().join("secret"), "secret").unwrap();
    let server = Server::start(&options.out);

    let home = server.ask("GET", "/");
    assert!(home.starts_with("HTTP/1.1 200 OK\r\n"), "{home}");
    for header in [
        "content-type: text/html; charset=utf-8",
        "content-security-policy: default-src 'none'",
        "referrer-policy: no-referrer",
        "cache-control: public, max-age=300",
    ] {
        assert!(home.contains(header), "{header} is not in {home}");
    }
    assert!(server.ask("HEAD", "/").ends_with("\r\n\r\n"));
    assert!(
        server
            .ask("GET", "/khai-sinh")
            .contains("location: /khai-sinh/\r\n")
    );
    assert!(
        server
            .ask("GET", "/khai-sinh/schema.json")
            .contains("content-type: application/json")
    );
    let asset = server.ask(
        "GET",
        home.split("href=")
            .find(|rest| rest.starts_with("/assets/style."))
            .unwrap()
            .split([' ', '>'])
            .next()
            .unwrap(),
    );
    assert!(
        asset.contains("immutable") && asset.contains("text/css"),
        "{asset}"
    );

    for path in [
        "/none",
        "/none/",
        "/../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "//secret",
        "/.motcua-portal",
        "/_headers",
        "/khai-sinh/../../secret",
        "/assets/none.css",
    ] {
        let answer = server.ask("GET", path);
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        assert!(
            answer.contains("no-store") && !answer.contains("immutable"),
            "{path}: {answer}"
        );
        assert!(answer.contains("Không có trang này"), "{path}: {answer}");
    }
    assert!(server.ask("POST", "/").starts_with("HTTP/1.1 405"));
}

#[test]
fn a_port_in_use_is_told() {
    let options = support::fixture();
    generator::build(&options).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = motcua(&[
        "serve",
        "--dir",
        options.out.to_str().unwrap(),
        "--port",
        &port,
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stderr),
        format!(
            "port {port} is in use\n  = stop the program that uses it, or give another with --port\n"
        )
    );
}
