//! What a connection costs on which nothing is said: before its first byte, after an answer, and with TLS.

use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::memory_kib;
use crate::support::client::{read_answer, request, tls};
use crate::support::{City, Running};

/// So many connections at a time.
const CONNECTIONS: usize = 10_000;

/// Room for more than all of them, so that nobody is hurried, and time enough to open them.
const LIMITS: &str = "[limits]\nconnections_max = 14000\nhead_timeout_ms = 300000";

/// Prints the relay's memory with each kind of idle connections, every kind with a relay of its own.
pub(crate) fn measure() {
    let plain = City::new();
    plain.configure(LIMITS);
    with("silent", &plain.start(), silent);
    with("kept alive after an answer", &plain.start(), |to| {
        answered(BufReader::new(silent(to)))
    });
    let secured = City::new();
    for end in ["pem", "key.pem"] {
        let copied = secured.path(&format!("public.{end}"));
        fs::copy(secured.path(&format!("outbox.{end}")), copied).unwrap();
    }
    let certificate = "[tls]\ncertificate = \"public.pem\"\nprivate_key = \"public.key.pem\"";
    secured.configure(&format!("{LIMITS}\n{certificate}"));
    let handshaken = |to| {
        let mut connection = tls(&secured, to, None);
        let stream = connection.get_mut();
        stream.conn.complete_io(&mut stream.sock).unwrap();
        connection
    };
    with("silent, where TLS is spoken", &secured.start(), silent);
    with("after a handshake", &secured.start(), handshaken);
    with(
        "kept alive after an answer by TLS",
        &secured.start(),
        |to| answered(tls(&secured, to, None)),
    );
}

fn silent(to: SocketAddr) -> TcpStream {
    TcpStream::connect(to).unwrap()
}

/// A connection that has had an answer.
fn answered<S: Read + Write>(mut connection: BufReader<S>) -> BufReader<S> {
    let question = request("GET", "/log/checkpoint", "", b"");
    connection.get_mut().write_all(&question).unwrap();
    read_answer(&mut connection).unwrap().expect("an answer");
    connection
}

/// Opens the connections and looks at the relay's memory while they stand.
fn with<C>(name: &str, relay: &Running, open: impl Fn(SocketAddr) -> C) {
    let before = memory_kib(relay.pid());
    let connections: Vec<C> = (0..CONNECTIONS).map(|_| open(relay.public)).collect();
    let descriptors = || {
        let folder = format!("/proc/{}/fd", relay.pid());
        fs::read_dir(folder).unwrap().count()
    };
    while descriptors() <= CONNECTIONS {
        std::thread::sleep(Duration::from_millis(20));
    }
    let with = memory_kib(relay.pid());
    println!(
        "{} idle connections, {name}: {:.1} MiB resident, {:.1} before; {:.1} KiB each",
        connections.len(),
        with as f64 / 1024.0,
        before as f64 / 1024.0,
        (with - before) as f64 / CONNECTIONS as f64
    );
}
