//! The way to the relay: long-polling pull and acknowledgements over mutual TLS.
//!
//! The intake calls out and listens to nothing. It trusts one root only, shows its own certificate,
//! follows no redirect, uses no proxy of the environment and reads no answer longer than it asked for.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use envelope::SubmissionId;
use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, BodyReader};

use crate::attachments::Source;
use crate::config::{Config, Tls};
use crate::failure::Failure;

/// Submissions asked for in one request.
const SUBMISSIONS_PER_PULL_MAX: u64 = 16;
/// Longest answer read: a body is at most 384 KiB, its receipt and JSON around it less than 16 KiB.
const ANSWER_BYTES_MAX: u64 = SUBMISSIONS_PER_PULL_MAX * 400 * 1024;
/// Beyond the long poll's own wait, the longest a request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A client of one relay's outbox. Cheap to clone; clones share connections.
#[derive(Clone)]
pub(crate) struct Outbox {
    agent: Agent,
    origin: String,
    wait_s: u64,
}

/// One submission as the relay delivers it: not a word of it is believed yet.
pub(crate) struct Delivery {
    /// The relay's running number; the next pull asks for what comes after it.
    pub(crate) seq: u64,
    /// The whole item, as delivered.
    pub(crate) item: Value,
}

impl Outbox {
    /// Reads certificate, key and root, and sees that they fit together.
    pub(crate) fn new(config: &Config) -> Result<Self, Failure> {
        let agent = Agent::config_builder()
            .tls_config(mutual_tls(&config.tls)?)
            .https_only(true)
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(true)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(REQUEST_TIMEOUT + Duration::from_secs(config.wait_s)))
            .build()
            .new_agent();
        Ok(Self {
            agent,
            origin: config.relay.trim_end_matches('/').to_owned(),
            wait_s: config.wait_s,
        })
    }

    /// What the relay holds after `after`, oldest first; waits at the relay when `wait` and there is nothing.
    ///
    /// # Errors
    /// In words for the log: the relay is not there, not itself, or does not speak this protocol.
    pub(crate) fn pull(&self, after: u64, wait: bool) -> Result<Vec<Delivery>, String> {
        let wait_s = if wait { self.wait_s } else { 0 };
        let url = format!(
            "{}/v1/outbox?after={after}&max={SUBMISSIONS_PER_PULL_MAX}&wait={wait_s}",
            self.origin
        );
        let mut answer = self
            .agent
            .get(&url)
            .call()
            .map_err(|error| error.to_string())?;
        let body = answer
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_vec()
            .map_err(|error| error.to_string())?;
        serde_json::from_slice(&body)
            .ok()
            .and_then(|body| deliveries(body, after))
            .ok_or_else(|| "the answer is not a list of submissions".to_owned())
    }

    /// Asks for an attachment of a submission, from the byte `from` on.
    fn open(&self, id: &SubmissionId, n: &str, from: u64) -> Result<BodyReader<'static>, String> {
        let url = format!("{}/v1/outbox/parts/{id}/{n}?from={from}", self.origin);
        let answer = self.agent.get(&url).call();
        let body = answer.map_err(|error| error.to_string())?.into_body();
        // Whoever reads it counts.
        Ok(body.into_with_config().limit(u64::MAX).reader())
    }

    /// Tells the relay which submissions are safe here, so that it may delete them.
    ///
    /// # Errors
    /// In words for the log. The relay then still holds them and delivers them again.
    pub(crate) fn acknowledge(&self, acks: &[String]) -> Result<(), String> {
        self.agent
            .post(format!("{}/v1/acks", self.origin))
            .content_type("application/json")
            .send(serde_json::json!({ "acks": acks }).to_string())
            .map(drop)
            .map_err(|error| error.to_string())
    }
}

impl Source for Outbox {
    fn attachment(
        &self,
        id: &SubmissionId,
        n: &str,
        from: u64,
    ) -> Result<Box<dyn Read + '_>, String> {
        Ok(Box::new(self.open(id, n, from)?))
    }
}

/// The items with their numbers, which must grow from `after`: else a relay could hold the loop in place.
fn deliveries(mut body: Value, after: u64) -> Option<Vec<Delivery>> {
    let items = body.get_mut("submissions")?.as_array_mut()?;
    let mut last = after;
    std::mem::take(items)
        .into_iter()
        .map(|item| {
            let seq = item.get("seq")?.as_u64()?;
            let grows = seq > last;
            last = seq;
            grows.then_some(Delivery { seq, item })
        })
        .collect()
}

fn mutual_tls(tls: &Tls) -> Result<TlsConfig, Failure> {
    let chain: Vec<CertificateDer> = certificates(&tls.certificate)?;
    let roots = certificates(&tls.ca)?;
    let key_pem = read(&tls.private_key)?;
    let key = PrivateKeyDer::from_pem_slice(&key_pem).map_err(|error| {
        Failure::at(&tls.private_key, error, "It must be a private key in PEM.")
    })?;
    check_pair(tls, &chain, key, &roots)?;

    let chain: Vec<Certificate> = chain.iter().map(|der| Certificate::from_der(der)).collect();
    let chain: Vec<Certificate> = chain.iter().map(Certificate::to_owned).collect();
    let roots: Vec<Certificate> = roots
        .iter()
        .map(|der| Certificate::from_der(der).to_owned())
        .collect();
    let key = PrivateKey::from_pem(&key_pem).map_err(|error| {
        Failure::at(&tls.private_key, error, "It must be a private key in PEM.")
    })?;
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .client_cert(Some(ClientCert::new_with_certs(&chain, key)))
        .root_certs(RootCerts::new_with_certs(&roots))
        .build())
}

/// Says at the start what would otherwise only show at the first connection.
fn check_pair(
    tls: &Tls,
    chain: &[CertificateDer<'static>],
    key: PrivateKeyDer<'static>,
    roots: &[CertificateDer<'static>],
) -> Result<(), Failure> {
    let mut store = RootCertStore::empty();
    for root in roots {
        store
            .add(root.clone())
            .map_err(|error| Failure::at(&tls.ca, error, "It must be the relay's root."))?;
    }
    rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_root_certificates(store)
                .with_client_auth_cert(chain.to_vec(), key)
        })
        .map(drop)
        .map_err(|error| {
            Failure::at(
                &tls.certificate,
                error,
                "Is private_key the key of this certificate?",
            )
        })
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let not_pem = |said: &str| Failure::at(path, said, "It must hold certificates in PEM.");
    let found: Vec<_> = CertificateDer::pem_slice_iter(&read(path)?)
        .collect::<Result<_, _>>()
        .map_err(|error| not_pem(&error.to_string()))?;
    if found.is_empty() {
        return Err(not_pem("no certificate in it"));
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::at(path, error, "Name the file under [tls]."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_must_grow() {
        let body = |numbers: &[u64]| {
            let items: Vec<Value> = numbers
                .iter()
                .map(|n| serde_json::json!({ "seq": n }))
                .collect();
            serde_json::json!({ "submissions": items })
        };
        assert_eq!(
            deliveries(body(&[4, 9]), 3).map(|found| found.len()),
            Some(2)
        );
        assert!(deliveries(body(&[3]), 3).is_none());
        assert!(deliveries(body(&[5, 5]), 3).is_none());
        assert!(deliveries(serde_json::json!({ "submissions": 1 }), 3).is_none());
    }
}
