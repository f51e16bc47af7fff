//! A plain client: the bytes of a request go out as they are, over TCP or mutual TLS.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use envelope::log::InclusionProof;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;

use super::{City, Running};

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Header lines, names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(header, _)| header == name);
        let first = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice");
        first
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of a refusal.
    pub fn code(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        problem["code"].as_str().unwrap().to_owned()
    }

    pub fn receipt(&self) -> String {
        self.json()["receipt"]
            .as_str()
            .unwrap_or_else(|| panic!("{self:?}"))
            .to_owned()
    }

    /// Where the attachment stands that was asked about.
    pub fn offset(&self) -> u64 {
        let offset = self.header("upload-offset");
        offset
            .unwrap_or_else(|| panic!("{self:?}"))
            .parse()
            .unwrap()
    }

    pub fn proof(&self) -> InclusionProof {
        let body = self.json();
        let proof = body["proof"].as_str().unwrap_or_else(|| panic!("{self:?}"));
        InclusionProof::read(proof).unwrap()
    }
}

/// Reads one answer; `None` when the peer closed before it.
pub fn read_answer(from: &mut impl BufRead) -> io::Result<Option<Answer>> {
    let Some(mut answer) = read_head(from)? else {
        return Ok(None);
    };
    let length = answer
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    answer.body = vec![0; length];
    from.read_exact(&mut answer.body)?;
    Ok(Some(answer))
}

/// Reads an answer up to its body; the answer to HEAD has none.
pub fn read_head(from: &mut impl BufRead) -> io::Result<Option<Answer>> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let status: u16 = line["HTTP/1.1 ".len()..][..3].parse().unwrap();
    let mut headers = Vec::new();
    loop {
        line.clear();
        from.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Ok(Some(Answer {
        status,
        headers,
        body: Vec::new(),
    }))
}

/// A connection to the public port.
pub fn connect(relay: &Running) -> BufReader<TcpStream> {
    BufReader::new(tcp(relay.public))
}

/// A connection without TLS to either port.
pub fn tcp(to: SocketAddr) -> TcpStream {
    try_tcp(to).unwrap()
}

fn try_tcp(to: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(stream)
}

/// Sends one request on a connection of its own.
pub fn send(relay: &Running, request: &[u8]) -> Answer {
    let mut connection = connect(relay);
    connection.get_mut().write_all(request).unwrap();
    read_answer(&mut connection).unwrap().expect("an answer")
}

/// A request with a head as browsers write it.
pub fn request(method: &str, target: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = match body.len() {
        0 if !matches!(method, "POST" | "PUT") => String::new(),
        length => format!("Content-Length: {length}\r\n"),
    };
    let head =
        format!("{method} {target} HTTP/1.1\r\nHost: relay.example\r\n{headers}{length}\r\n");
    [head.as_bytes(), body].concat()
}

pub fn get(relay: &Running, target: &str) -> Answer {
    send(relay, &request("GET", target, "", b""))
}

/// The request that a page sends.
pub fn submission(body: &[u8]) -> Vec<u8> {
    request(
        "POST",
        "/v1/submissions",
        "Content-Type: application/json\r\n",
        body,
    )
}

pub fn submit(relay: &Running, body: &[u8]) -> Answer {
    send(relay, &submission(body))
}

/// Where an attachment stands; `None` when nobody waits for it.
pub fn stands(relay: &Running, part: &str) -> Option<u64> {
    let mut connection = connect(relay);
    let question = request("HEAD", part, "", b"");
    connection.get_mut().write_all(&question).unwrap();
    let answer = read_head(&mut connection).unwrap().expect("an answer");
    match answer.status {
        404 => None,
        204 => Some(answer.offset()),
        _ => panic!("{answer:?}"),
    }
}

pub fn offset(relay: &Running, part: &str) -> u64 {
    stands(relay, part).unwrap_or_else(|| panic!("{part} is not waited for"))
}

/// The head and body by which a page goes on with an attachment.
pub fn put(part: &str, from: u64, body: &[u8]) -> Vec<u8> {
    let headers = format!("Content-Type: application/octet-stream\r\nUpload-Offset: {from}\r\n");
    request("PUT", part, &headers, body)
}

/// A connection by TLS, with the client certificate `name` of the city's folder if one is named.
pub fn tls(
    city: &City,
    to: SocketAddr,
    name: Option<&str>,
) -> BufReader<StreamOwned<ClientConnection, TcpStream>> {
    tls_over(city, tcp(to), name)
}

fn tls_over(
    city: &City,
    stream: TcpStream,
    name: Option<&str>,
) -> BufReader<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(city.path("ca.pem")).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match name {
        None => builder.with_no_client_auth(),
        Some(name) => {
            let chain = CertificateDer::from_pem_file(city.path(&format!("{name}.pem"))).unwrap();
            let key = PrivateKeyDer::from_pem_file(city.path(&format!("{name}.key.pem"))).unwrap();
            builder.with_client_auth_cert(vec![chain], key).unwrap()
        }
    };
    let server = ServerName::try_from("127.0.0.1").unwrap();
    let client = ClientConnection::new(Arc::new(config), server).unwrap();
    BufReader::new(StreamOwned::new(client, stream))
}

/// One request to the outbox, as the intake.
pub fn ask(city: &City, relay: &Running, request: &[u8]) -> Answer {
    try_ask(city, relay, request).unwrap()
}

/// The same of a relay that may stop meanwhile.
pub fn try_ask(city: &City, relay: &Running, request: &[u8]) -> io::Result<Answer> {
    let mut connection = tls_over(city, try_tcp(relay.outbox)?, Some("intake"));
    connection.get_mut().write_all(request)?;
    read_answer(&mut connection)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// What is waiting, by one question with this query.
pub fn pending(city: &City, relay: &Running, query: &str) -> Vec<Value> {
    let answer = ask(
        city,
        relay,
        &request("GET", &format!("/v1/outbox{query}"), "", b""),
    );
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["submissions"].as_array().unwrap().clone()
}

/// Hands acknowledgements over and returns how many submissions they deleted.
pub fn acknowledge(city: &City, relay: &Running, acks: &[String]) -> i64 {
    let body = serde_json::json!({ "acks": acks }).to_string();
    let headers = "Content-Type: application/json\r\n";
    let answer = ask(
        city,
        relay,
        &request("POST", "/v1/acks", headers, body.as_bytes()),
    );
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["deleted"].as_i64().unwrap()
}

/// One request to the socket of `[admin]`, as the operator.
pub fn operate(city: &City, request: &[u8]) -> Answer {
    let mut connection = BufReader::new(UnixStream::connect(city.path("admin.sock")).unwrap());
    connection.get_mut().write_all(request).unwrap();
    read_answer(&mut connection).unwrap().expect("an answer")
}

/// A page for the operator, as text.
pub fn admin(city: &City, target: &str) -> (u16, String) {
    let answer = operate(city, &request("GET", target, "", b""));
    (answer.status, String::from_utf8(answer.body).unwrap())
}

/// The value of one series.
pub fn metric(city: &City, series: &str) -> f64 {
    let (_, page) = admin(city, "/metrics");
    let value = page.lines().find_map(|line| {
        line.strip_prefix("motcua_relay_")?
            .strip_prefix(series)?
            .strip_prefix(' ')
    });
    value
        .unwrap_or_else(|| panic!("no {series} in {page}"))
        .parse()
        .unwrap()
}
