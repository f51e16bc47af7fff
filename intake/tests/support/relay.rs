//! A relay's outbox for tests: real mutual TLS, HTTP/1.1 by hand, and as hostile as it is told to be.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use envelope::{Ack, Catalogue, UnixTime};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use super::{NOW, Site, catalogue};

/// What a test sees and sets.
#[derive(Default)]
pub(crate) struct State {
    /// By id and name: what is given out of an attachment, which may be less or other than was promised.
    pub(crate) attachments: HashMap<String, Vec<u8>>,
    /// Where attachments were asked for, in order.
    pub(crate) asked: Vec<String>,
    /// Delivered until acknowledged, by number.
    pub(crate) held: Vec<(u64, Value)>,
    /// Every acknowledgement that came, verified.
    pub(crate) acks: Vec<Ack>,
    /// Answer acknowledgements with 500 and forget them.
    pub(crate) drops_acks: bool,
    /// Keep what was acknowledged, and deliver it again.
    pub(crate) forgets_nothing: bool,
    /// Files handed over at the moment the first acknowledgement came.
    pub(crate) files_at_first_ack: Option<usize>,
    /// Answer to pulls with this text instead.
    pub(crate) answer: Option<String>,
    /// Whose acknowledgements count, and when; else the city's own at its usual time.
    pub(crate) believes: Option<(Catalogue, UnixTime)>,
}

pub(crate) struct Relay {
    pub(crate) origin: String,
    state: Arc<Mutex<State>>,
}

impl Relay {
    pub(crate) fn start(site: &Site) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let origin = format!(
            "https://localhost:{}",
            listener.local_addr().expect("bound").port()
        );
        let state = Arc::new(Mutex::new(State::default()));
        let tls = Arc::new(server_config(site));
        let (shared, offices) = (Arc::clone(&state), site.path("intake/offices"));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tls, shared, offices) =
                    (Arc::clone(&tls), Arc::clone(&shared), offices.clone());
                // A client without a certificate ends here with an error; that is the point.
                thread::spawn(move || answer(stream, tls, &shared, &offices));
            }
        });
        Self { origin, state }
    }

    /// A relay that holds these.
    pub(crate) fn holding(site: &Site, items: impl IntoIterator<Item = Value>) -> Self {
        let relay = Self::start(site);
        items.into_iter().for_each(|item| relay.hold(item));
        relay
    }

    pub(crate) fn hold(&self, mut item: Value) {
        let mut state = self.state();
        let seq = state.held.last().map_or(1, |(seq, _)| seq + 1);
        item["seq"] = json!(seq);
        state.held.push((seq, item));
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("the state")
    }
}

fn answer(
    stream: TcpStream,
    tls: Arc<ServerConfig>,
    state: &Mutex<State>,
    offices: &std::path::Path,
) -> Option<()> {
    let connection = ServerConnection::new(tls).ok()?;
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")
                .map(str::to_owned)
        })
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    let mut state = state.lock().ok()?;
    let request = head.lines().next()?;
    let (status, answer) = match request.strip_prefix("GET /v1/outbox/parts/") {
        Some(asked) => (200, give(asked.strip_suffix(" HTTP/1.1")?, &mut state)?),
        None => {
            let (status, answer) = respond(request, &body, &mut state, offices);
            (status, answer.into_bytes())
        }
    };
    drop(state);
    let mut stream = stream.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    )
    .ok()?;
    stream.write_all(&answer).ok()?;
    stream.conn.send_close_notify();
    stream.flush().ok()
}

/// What there is of an attachment, from the byte on that was asked for.
fn give(asked: &str, state: &mut State) -> Option<Vec<u8>> {
    state.asked.push(asked.to_owned());
    let (name, from) = asked.split_once("?from=")?;
    let bytes = state.attachments.get(name)?;
    Some(bytes.get(from.parse().ok()?..)?.to_vec())
}

fn respond(
    request: &str,
    body: &[u8],
    state: &mut State,
    offices: &std::path::Path,
) -> (u16, String) {
    if let Some(query) = request.strip_prefix("GET /v1/outbox?after=") {
        let after: u64 = query
            .split('&')
            .next()
            .and_then(|n| n.parse().ok())
            .expect("a number");
        let after_it = state.held.iter().filter(|(seq, _)| *seq > after).take(3);
        let submissions: Vec<&Value> = after_it.map(|(_, item)| item).collect();
        let answer = json!({ "submissions": submissions }).to_string();
        return (200, state.answer.clone().unwrap_or(answer));
    }
    assert!(request.starts_with("POST /v1/acks "), "{request}");
    if state.drops_acks {
        return (500, "{}".to_owned());
    }
    state
        .files_at_first_ack
        .get_or_insert_with(|| count_files(offices));
    let body: Value = serde_json::from_slice(body).expect("JSON");
    let (catalogue, now) = state.believes.clone().unwrap_or_else(|| (catalogue(), NOW));
    for ack in body["acks"].as_array().expect("acks") {
        let ack = Ack::read(ack.as_str().expect("a JWS"), &catalogue, now).expect("an ack");
        if !state.forgets_nothing {
            state.held.retain(|(_, item)| !is_of(item, &ack));
        }
        state.acks.push(ack);
    }
    (200, json!({ "deleted": 1 }).to_string())
}

fn is_of(item: &Value, ack: &Ack) -> bool {
    let manifest = item["manifest"].as_str().unwrap_or_default();
    let signing_input = manifest.rsplit_once('.').map_or("", |(input, _)| input);
    envelope::Digest::of(signing_input.as_bytes()) == ack.manifest_sha256
}

fn count_files(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| {
            if entry.path().is_dir() {
                count_files(&entry.path())
            } else {
                1
            }
        })
        .sum()
}

/// A root, and certificates of it for the relay (`localhost`) and the intake.
pub(crate) fn write_certificates(site: &Site) {
    let root_key = KeyPair::generate().expect("a key");
    let mut root = CertificateParams::new(Vec::new()).expect("params");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    site.write(
        "ca.pem",
        &root.self_signed(&root_key).expect("a root").pem(),
    );
    let issuer = Issuer::new(root, root_key);
    let sides = [
        ("relay", ExtendedKeyUsagePurpose::ServerAuth),
        ("intake", ExtendedKeyUsagePurpose::ClientAuth),
    ];
    for (name, usage) in sides {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("params");
        params.extended_key_usages = vec![usage];
        let certificate = params.signed_by(&key, &issuer).expect("a certificate");
        site.write(&format!("{name}.pem"), &certificate.pem());
        site.write(&format!("{name}.key.pem"), &key.serialize_pem());
    }
}

fn server_config(site: &Site) -> ServerConfig {
    let certificates = |name: &str| {
        CertificateDer::pem_file_iter(site.path(name))
            .expect("a file")
            .collect::<Result<Vec<_>, _>>()
            .expect("PEM")
    };
    let mut roots = RootCertStore::empty();
    for root in certificates("ca.pem") {
        roots.add(root).expect("a root");
    }
    let provider = Arc::new(ring::default_provider());
    let clients =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .expect("a verifier");
    let key = PrivateKeyDer::from_pem_file(site.path("relay.key.pem")).expect("a key");
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(clients)
        .with_single_cert(certificates("relay.pem"), key)
        .expect("a pair")
}
