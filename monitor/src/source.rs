//! Where the files of a log are: a folder, or an address that serves them.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use envelope::Digest;
use envelope::limits::NOTE_BYTES_MAX;
use envelope::log::{Bundle, Tile, release_proof};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::alarm::{Alarm, Kind};

/// A bundle of 256 entries is the largest file but the checkpoint.
const FILE_BYTES_MAX: u64 = NOTE_BYTES_MAX as u64;
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The files of one log.
pub enum Source {
    /// On this machine.
    Folder(PathBuf),
    /// Behind an address, without the slash at its end.
    Address(String, Box<Agent>),
}

impl Source {
    /// `http://…`, `https://…`, or a folder.
    ///
    /// # Errors
    /// This machine trusts no certificate authority, in words.
    pub fn of(from: &str) -> Result<Source, String> {
        if !from.contains("://") {
            return Ok(Source::Folder(from.into()));
        }
        let address = from.trim_end_matches('/').to_owned();
        Ok(Source::Address(address, Box::new(agent(from)?)))
    }

    /// The checkpoint's note, nothing of it believed.
    ///
    /// # Errors
    /// `missing` or `unreachable`; `checkpoint` when it is no text.
    pub fn checkpoint(&self) -> Result<String, Alarm> {
        let bytes = self.file("checkpoint")?;
        String::from_utf8(bytes).map_err(|_| Alarm::new(Kind::Checkpoint, "checkpoint: not a text"))
    }

    /// The bytes of a tile.
    ///
    /// # Errors
    /// `missing` or `unreachable`.
    pub fn tile(&self, tile: &Tile) -> Result<Vec<u8>, Alarm> {
        self.part(&tile.to_string())
    }

    /// The bytes of a bundle.
    ///
    /// # Errors
    /// `missing` or `unreachable`.
    pub fn bundle(&self, bundle: &Bundle) -> Result<Vec<u8>, Alarm> {
        self.part(&bundle.to_string())
    }

    /// The proof that a release is a leaf, nothing of it believed.
    ///
    /// # Errors
    /// `missing` or `unreachable`.
    pub fn release_proof(&self, digest: &Digest) -> Result<Vec<u8>, Alarm> {
        self.file(&release_proof(digest))
    }

    /// A file, or its part of the full one that has replaced it meanwhile.
    fn part(&self, name: &str) -> Result<Vec<u8>, Alarm> {
        let missing = match self.file(name) {
            Err(alarm) if alarm.kind == Kind::Missing => alarm,
            other => return other,
        };
        let partial = name.split_once(".p/");
        let Some((full, width)) =
            partial.and_then(|(full, width)| Some((full, width.parse::<usize>().ok()?)))
        else {
            return Err(missing);
        };
        let mut bytes = self.file(full).map_err(|_| missing)?;
        bytes.truncate(bytes.len() / 256 * width);
        Ok(bytes)
    }

    fn file(&self, name: &str) -> Result<Vec<u8>, Alarm> {
        match self {
            Source::Folder(folder) => fs::read(folder.join(name)).map_err(|error| {
                let kind = match error.kind() {
                    ErrorKind::NotFound => Kind::Missing,
                    _ => Kind::Unreachable,
                };
                Alarm::new(kind, format!("{}: {error}", folder.join(name).display()))
            }),
            Source::Address(address, agent) => {
                let url = format!("{address}/{name}");
                get(agent, &url).map_err(|error| {
                    let kind = match error {
                        ureq::Error::StatusCode(404 | 410) => Kind::Missing,
                        _ => Kind::Unreachable,
                    };
                    Alarm::new(kind, format!("{url}: {error}"))
                })
            }
        }
    }
}

fn get(agent: &Agent, url: &str) -> Result<Vec<u8>, ureq::Error> {
    let mut answer = agent.get(url).call()?;
    answer
        .body_mut()
        .with_config()
        .limit(FILE_BYTES_MAX)
        .read_to_vec()
}

/// A client that trusts whom this machine trusts.
///
/// # Errors
/// It trusts nobody, and the address is `https://`.
pub(crate) fn agent(address: &str) -> Result<Agent, String> {
    // Whoever installed a provider before installed this one: there is no other in the build.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let found = rustls_native_certs::load_native_certs().certs;
    if found.is_empty() && address.starts_with("https://") {
        return Err(format!(
            "{address}: this machine knows no certificate authority; install ca-certificates, or name a PEM file in SSL_CERT_FILE"
        ));
    }
    let roots: Vec<_> = found
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots))
        .build();
    Ok(Agent::config_builder()
        .tls_config(tls)
        .max_redirects(0)
        .timeout_global(Some(REQUEST_TIMEOUT))
        .build()
        .new_agent())
}
