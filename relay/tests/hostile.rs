//! Hostile peers: every rule of framing and every way of smuggling requests that was made public, as a table of named cases.
//! Behind each of them stands a good submission, and none of it may ever be read.

#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use support::client::{connect, get, pending, read_answer, request, send, stands, submission};
use support::submission::draft;
use support::{City, Running};

/// What a head of `CASES` begins with where it is to take a submission.
const POST: &str = "POST /v1/submissions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";

/// Name, with the report where there is one; and a head, in which `POST` stands for the lines above and `N` for the length of
/// the good request that follows.
#[rustfmt::skip]
const CASES: &[(&str, &str)] = &[
    // The request line (RFC 9112 §3).
    ("version 1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n"),
    ("version 2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
    ("version 1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
    ("version 1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
    ("version in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n"),
    ("no version (HTTP/0.9)", "GET /\r\n\r\n"),
    ("preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("preface of HTTP/2 with version 1.1", "PRI * HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("empty line before the request line", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("tab for a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("vertical tab for a space", "GET\x0b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("space after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
    ("space before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("method in small letters", "get / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("method with a line feed", "GE\nT / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("the name by which misframed requests go on", "MISFRAMED / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("absolute form", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("absolute form, another host (CVE-2026-2836, Pingora)", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("authority form", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("target with a fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("target without a slash", "GET v1 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("target beyond ASCII", "GET /é HTTP/1.1\r\nHost: a\r\n\r\n"),
    // Lines (RFC 9112 §2.2, §5).
    ("bare line feeds", "GET / HTTP/1.1\nHost: a\n\n"),
    ("bare line feed after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
    ("bare line feed at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
    ("bare line feed before a length", "POST\nContent-Length: 0\r\n\r\n"),
    ("bare carriage return in a header (CVE-2023-30589, llhttp)", "POSTContent-Length: 0\rTransfer-Encoding: chunked\r\n\r\n"),
    ("bare carriage return at the end (CVE-2025-23167, llhttp)", "GET / HTTP/1.1\r\nHost: a\r\n\rX: b\r\n\r\n"),
    ("two carriage returns", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
    ("folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n"),
    ("folded line by a tab", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\t2\r\n\r\n"),
    ("folded length", "POSTContent-Length:\r\n N\r\n\r\n"),
    ("folded Transfer-Encoding", "POSTContent-Length: 0\r\nTransfer-Encoding:\r\n chunked\r\n\r\n"),
    ("space before the first header (CVE-2024-27982, Node)", "POST / HTTP/1.1\r\n Content-Length: N\r\nHost: a\r\n\r\n"),
    ("space before the colon (CVE-2019-16276, Go)", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
    ("space before the colon of a length (0.CL, 2025)", "POSTContent-Length : N\r\n\r\n"),
    ("space before the colon of Transfer-Encoding (CVE-2019-16869, Netty)", "POSTContent-Length: 0\r\nTransfer-Encoding : chunked\r\n\r\n"),
    ("tab before the colon of Transfer-Encoding", "POSTContent-Length: 0\r\nTransfer-Encoding\t: chunked\r\n\r\n"),
    ("line without a colon (CVE-2019-20444, Netty)", "POSTContent-Length: 0\r\nTransfer-Encoding chunked\r\n\r\n"),
    ("empty name (CVE-2023-25725, HAProxy)", "POST: x\r\nContent-Length: 0\r\n\r\n"),
    ("name with a line end escaped", "GET / HTTP/1.1\r\nHost: a\r\nX\\r\\nY: b\r\n\r\n"),
    ("name beyond a token", "GET / HTTP/1.1\r\nHost: a\r\nX[y]: b\r\n\r\n"),
    ("name beyond ASCII", "GET / HTTP/1.1\r\nHost: a\r\nContent-Lengtħ: 5\r\n\r\n"),
    ("zero byte in a value", "GET / HTTP/1.1\r\nHost: a\0\r\n\r\n"),
    ("zero byte in a name", "POSTContent-Length\0: 0\r\n\r\n"),
    ("control character in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \x0b\r\n\r\n"),
    ("DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n"),
    ("no Host", "GET / HTTP/1.1\r\n\r\n"),
    ("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    ("two Hosts alike", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"),
    // The length (RFC 9110 §8.6, RFC 9112 §6.3).
    ("no length", "POST\r\n"),
    ("no length on PUT", "PUT /v1/submissions/AAAAAAAAAAAAAAAAAAAAAA/parts/a1 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("two lengths alike", "POSTContent-Length: N\r\nContent-Length: N\r\n\r\n"),
    ("two lengths, none and all", "POSTContent-Length: 0\r\nContent-Length: N\r\n\r\n"),
    ("two lengths, all and none", "POSTContent-Length: N\r\nContent-Length: 0\r\n\r\n"),
    ("two lengths in one line", "POSTContent-Length: N, N\r\n\r\n"),
    ("length with a sign (CVE-2021-32715, hyper; CVE-2020-15049, Squid)", "POSTContent-Length: +N\r\n\r\n"),
    ("length with a sign and a number after it", "POSTContent-Length: \" +N\r\n\r\n"),
    ("negative length", "POSTContent-Length: -1\r\n\r\n"),
    ("length with a zero before it", "POSTContent-Length: 0N\r\n\r\n"),
    ("length with an underscore (CVE-2023-47627, aiohttp)", "POSTContent-Length: 1_0\r\n\r\n"),
    ("hexadecimal length", "POSTContent-Length: 0x10\r\n\r\n"),
    ("length with a point", "POSTContent-Length: 1.0\r\n\r\n"),
    ("length with a space inside", "POSTContent-Length: 1 0\r\n\r\n"),
    ("length with a comma at the end", "POSTContent-Length: N,\r\n\r\n"),
    ("empty length (CVE-2023-40225, HAProxy; CVE-2023-40175, Puma)", "POSTContent-Length:\r\n\r\n"),
    ("length of words (CVE-2022-42252, Tomcat)", "POSTContent-Length: x\r\n\r\n"),
    ("length of 2⁶⁴", "POSTContent-Length: 18446744073709551616\r\n\r\n"),
    ("length of digits of another script", "POSTContent-Length: ١\r\n\r\n"),
    ("length on GET", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: N\r\n\r\n"),
    ("length on GET of a file that is kept by caches (CVE-2025-4366, Pingora)", "GET /log/checkpoint HTTP/1.1\r\nHost: a\r\nContent-Length: N\r\n\r\n"),
    ("length on HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: N\r\n\r\n"),
    ("length on OPTIONS", "OPTIONS /v1/submissions HTTP/1.1\r\nHost: a\r\nContent-Length: N\r\n\r\n"),
    ("length on DELETE", "DELETE /v1/submissions HTTP/1.1\r\nHost: a\r\nContent-Length: N\r\n\r\n"),
    ("length on TRACE", "TRACE /v1/submissions HTTP/1.1\r\nHost: a\r\nContent-Length: N\r\n\r\n"),
    ("name of a length that overflows (CVE-2021-40346, HAProxy)", "POSTContent-Length0NAME: 0\r\nContent-Length: N\r\nContent-Length: 0\r\n\r\n"),
    // Transfer codings (RFC 9112 §6.1): none is taken, so chunks have no second reading here.
    ("chunked", "POSTTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("CL.TE", "POSTContent-Length: N\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("TE.CL", "POSTTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"),
    ("TE.TE", "POSTTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\nContent-Length: 0\r\n\r\n"),
    ("codings in a list (CVE-2026-2835, Pingora)", "POSTTransfer-Encoding: identity, chunked\r\nContent-Length: 0\r\n\r\n"),
    ("coding on version 1.0 (CVE-2026-2835, Pingora; CVE-2021-33037, Tomcat)", "POST /v1/submissions HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: N\r\n\r\n"),
    ("identity", "POSTContent-Length: 0\r\nTransfer-Encoding: identity\r\n\r\n"),
    ("empty coding", "POSTContent-Length: 0\r\nTransfer-Encoding:\r\n\r\n"),
    ("unknown coding (CVE-2024-1135, gunicorn)", "POSTContent-Length: 0\r\nTransfer-Encoding: xchunked\r\n\r\n"),
    ("coding in quotes", "POSTContent-Length: 0\r\nTransfer-Encoding: \"chunked\"\r\n\r\n"),
    ("coding in capitals", "POSTContent-Length: 0\r\ntRANSFER-eNCODING: CHUNKED\r\n\r\n"),
    ("coding after a tab", "POSTContent-Length: 0\r\nTransfer-Encoding:\tchunked\r\n\r\n"),
    ("coding after a vertical tab", "POSTContent-Length: 0\r\nTransfer-Encoding:\x0bchunked\r\n\r\n"),
    ("coding on GET", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("chunk with an extension (CVE-2025-55315, Kestrel)", "POSTTransfer-Encoding: chunked\r\n\r\n2;\nxx\r\n0\r\n\r\n"),
    ("chunk ended by a line feed (CVE-2025-22871, Go; CVE-2025-43859, h11)", "POSTTransfer-Encoding: chunked\r\n\r\n0\n\n"),
    ("chunk whose size overflows (CVE-2021-32714, hyper)", "POSTTransfer-Encoding: chunked\r\n\r\n10000000000000001\r\nx\r\n"),
    ("chunks with trailers (CVE-2025-53643, aiohttp)", "POSTTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 0\r\n\r\n"),
    // Other ways to go on otherwise.
    ("Upgrade", "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"),
    ("Upgrade to nothing known (CVE-2026-2833, Pingora)", "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n"),
    ("Upgrade with a length", "POSTContent-Length: N\r\nUpgrade: websocket\r\n\r\n"),
    ("Expect", "POSTContent-Length: N\r\nExpect: 100-continue\r\n\r\n"),
    ("Expect of something else (0.CL, 2025)", "POSTContent-Length: N\r\nExpect: y 100-continue\r\n\r\n"),
    ("Expect on GET", "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"),
    // More than anybody needs.
    ("long target", "GET /LONG HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("long header", "GET / HTTP/1.1\r\nHost: a\r\nX: LONG\r\n\r\n"),
    ("long method", "LONG / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("many headers", "GET / HTTP/1.1\r\nHost: a\r\nMANY\r\n"),
    ("handshake of TLS", "\x16\x03\x01\x02\0\x01\0\x01\u{fc}\x03\x03"),
    ("another protocol", "SSH-2.0-OpenSSH_9.2\r\n"),
];

/// The bytes of a case, before a good request of `length` bytes.
fn head(of: &str, length: usize) -> Vec<u8> {
    let whole = match of.strip_prefix("POST") {
        Some(rest) if !rest.starts_with(' ') => format!("{POST}{rest}"),
        _ => of.to_owned(),
    };
    whole
        .replace("LONG", &"A".repeat(9000))
        .replace("MANY", &"X: y\r\n".repeat(100))
        .replace("NAME", &"a".repeat(256))
        .replace(": N", &format!(": {length}"))
        .replace(", N", &format!(", {length}"))
        .replace(" N\r\n", &format!(" {length}\r\n"))
        .replace("+N", &format!("+{length}"))
        .replace("0N", &format!("0{length}"))
        .into_bytes()
}

/// The refusal is the one answer, and the end of the connection.
fn is_refused_and_closed(name: &str, mut connection: BufReader<TcpStream>) {
    let answer = read_answer(&mut connection)
        .unwrap()
        .unwrap_or_else(|| panic!("no answer to {name}"));
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "framing"),
        "{name}"
    );
    assert_eq!(answer.header("connection"), Some("close"), "{name}");
    let mut rest = Vec::new();
    connection.read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty(), "a second answer after {name}");
}

#[test]
fn every_case_is_answered_once_and_nothing_after_it_is_read() {
    let city = City::new();
    let relay = city.start();
    let smuggled = submission(&draft(&city).body());
    for (name, of) in CASES {
        let head = head(of, smuggled.len());
        for cut in [head.len(), head.len() / 2, 1] {
            // What follows comes with it, or in another packet than its first bytes.
            let whole = [&head[..], &smuggled].concat();
            let mut connection = connect(&relay);
            connection.get_ref().set_nodelay(true).unwrap();
            connection.get_mut().write_all(&whole[..cut]).unwrap();
            if cut < head.len() {
                std::thread::sleep(Duration::from_millis(1));
            }
            // It may have been refused by now.
            let _ = connection.get_mut().write_all(&whole[cut..]);
            is_refused_and_closed(name, connection);
        }
    }
    assert_eq!(
        pending(&city, &relay, "").len(),
        0,
        "nothing was smuggled in"
    );
}

#[test]
fn every_case_after_a_good_request_ends_the_connection() {
    let city = City::new();
    let relay = city.start();
    let question = request("GET", "/", "", b"");
    let smuggled = submission(&draft(&city).body());
    for (name, of) in CASES {
        let mut connection = connect(&relay);
        let whole = [&question[..], &head(of, smuggled.len()), &smuggled].concat();
        connection.get_mut().write_all(&whole).unwrap();
        let first = read_answer(&mut connection).unwrap().unwrap();
        assert_eq!(first.status, 404, "before {name}");
        is_refused_and_closed(name, connection);
    }
    assert_eq!(
        pending(&city, &relay, "").len(),
        0,
        "nothing was smuggled in"
    );
}

#[test]
fn the_names_of_cases_are_different() {
    let mut names: Vec<_> = CASES.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), CASES.len());
}

/// The body of a request that is answered before it is read (CVE-2025-4366, Pingora; CL.0, 2022): it is no request.
#[test]
fn a_body_that_nobody_wanted_is_never_a_request() {
    let city = City::new();
    let relay = city.start();
    let smuggled = submission(&draft(&city).body());
    let json = "Content-Type: application/json\r\n";
    for (name, early) in [
        ("not-found", request("POST", "/nowhere", json, &smuggled)),
        (
            "method",
            request("POST", "/log/checkpoint", json, &smuggled),
        ),
        ("method", request("PUT", "/v1/submissions", json, &smuggled)),
        (
            "media-type",
            request(
                "POST",
                "/v1/submissions",
                "Content-Type: text/plain\r\n",
                &smuggled,
            ),
        ),
        (
            "malformed",
            request(
                "PUT",
                "/v1/submissions/AAAAAAAAAAAAAAAAAAAAAA/parts/a1",
                "Content-Type: application/octet-stream\r\n",
                &smuggled,
            ),
        ),
    ] {
        let mut connection = connect(&relay);
        let question = request("GET", "/", "", b"");
        let _ = connection
            .get_mut()
            .write_all(&[&early[..], &question].concat());
        let answer = read_answer(&mut connection).unwrap().unwrap();
        assert_eq!(answer.code(), name);
        // Then the question behind the body, or the end.
        let mut answers = Vec::new();
        while let Ok(Some(answer)) = read_answer(&mut connection) {
            answers.push(answer.status);
            if answers.len() > 1 {
                break;
            }
            connection
                .get_ref()
                .set_read_timeout(Some(Duration::from_millis(200)))
                .unwrap();
        }
        assert!(
            matches!(answers[..], [] | [404]),
            "{answers:?} after {name}"
        );
    }
    assert_eq!(
        pending(&city, &relay, "").len(),
        0,
        "nothing was smuggled in"
    );
}

#[test]
fn trace_and_the_like_are_told_what_is_taken() {
    let city = City::new();
    let relay = city.start();
    for method in ["TRACE", "TRACK", "DELETE", "PATCH", "PROPFIND", "DEBUG"] {
        let answer = send(
            &relay,
            &request(method, "/v1/submissions", "X-Secret: s\r\n", b""),
        );
        assert_eq!(answer.code(), "method", "{method}");
        assert!(
            !String::from_utf8_lossy(&answer.body).contains("X-Secret"),
            "{method}"
        );
    }
}

/// Names that lead out of a folder in some reader: in paths of files, of submissions, of attachments.
#[test]
fn no_spelling_of_a_path_leads_anywhere_else() {
    let city = City::new();
    let relay = city.start();
    let secret = std::fs::read_to_string(city.path("relay.jwk")).unwrap();
    let id = "AAAAAAAAAAAAAAAAAAAAAA";
    let rooms = [
        "/log/",
        "/log/tile/",
        "/v1/submissions/",
        &format!("/v1/submissions/{id}/parts/"),
    ];
    let ups = [
        "..",
        "%2e%2e",
        "%2E.",
        ".%2e",
        "%252e%252e",
        "..;",
        "..%00",
        "%c0%ae%c0%ae",
        "%uff0e%uff0e",
        "....",
        "..%5c",
        "..\\",
    ];
    let slashes = ["/", "%2f", "%252f", "%5c", "\\", "//", "/./", "%c0%af"];
    for room in rooms {
        for up in ups {
            for slash in slashes {
                for depth in [1, 2, 5] {
                    for name in ["relay.jwk", "checkpoint", "etc/passwd"] {
                        let target =
                            format!("{room}{}{name}", format!("{up}{slash}").repeat(depth));
                        is_nowhere(&relay, &target, &secret);
                    }
                }
            }
        }
    }
}

/// Random targets of the characters that routers have stumbled over.
#[test]
fn a_random_path_is_nowhere() {
    let city = City::new();
    let relay = city.start();
    let secret = std::fs::read_to_string(city.path("relay.jwk")).unwrap();
    let words = [
        "v1",
        "submissions",
        "log",
        "tile",
        "checkpoint",
        "parts",
        "outbox",
        "acks",
        "..",
        ".",
        "%2e",
        "%2f",
        "/",
        "//",
        "?",
        ";",
        "%00",
        "a1",
        "x001",
        "000",
        "0",
        "entries",
        "p",
        "~",
        "AAAAAAAAAAAAAAAAAAAAAA",
        "%",
        "=",
        "&",
    ];
    let mut state: u64 = 41;
    let mut next = |most: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most
    };
    for _ in 0..2000 {
        let length = 1 + next(8);
        let target: String = (0..length).map(|_| words[next(words.len())]).collect();
        is_nowhere(&relay, &format!("/{target}"), &secret);
    }
}

/// Nothing is there, or only a method is wrong: in no case anything else than a refusal.
fn is_nowhere(relay: &Running, target: &str, secret: &str) {
    let answer = get(relay, target);
    assert!(matches!(answer.status, 404 | 405), "{target}: {answer:?}");
    assert!(
        !String::from_utf8_lossy(&answer.body).contains(secret),
        "{target}"
    );
    if target.contains("/parts/") {
        assert_eq!(stands(relay, target), None, "{target}");
    }
}
