//! TLS 1.3 and 1.2 by rustls, from PEM files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use envelope::UnixTime;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{ServerConfig, WebPkiClientVerifier};
use rustls::{ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::{Outbox, Tls};
use crate::fault::Fault;

/// What a port answers a handshake with.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) acceptor: TlsAcceptor,
    /// When its own certificate ends.
    pub(crate) until: UnixTime,
    certificate: PathBuf,
}

impl Served {
    /// Refuses a certificate that has ended.
    pub(crate) fn require_current(&self, now: UnixTime) -> Result<(), Fault> {
        if self.until < now {
            return Err(Fault::new(
                self.certificate.display(),
                format!("the certificate ended {}", self.until),
                "put the new one there",
            ));
        }
        Ok(())
    }
}

/// For the public port: no certificate is asked of the client.
pub(crate) fn public(tls: &Tls) -> Result<Served, Fault> {
    let builder = builder(&tls.certificate)?.with_no_client_auth();
    served(builder, &tls.certificate, &tls.private_key)
}

/// For the outbox: a client without a certificate of `client_ca` does not get through the handshake.
pub(crate) fn outbox(outbox: &Outbox) -> Result<Served, Fault> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&outbox.client_ca)? {
        roots
            .add(certificate)
            .map_err(|error| unfit(&outbox.client_ca, &error))?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .map_err(|error| unfit(&outbox.client_ca, &error))?;
    let builder = builder(&outbox.certificate)?.with_client_cert_verifier(verifier);
    served(builder, &outbox.certificate, &outbox.private_key)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn builder(certificate: &Path) -> Result<ConfigBuilder<ServerConfig, WantsVerifier>, Fault> {
    ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| unfit(certificate, &error))
}

fn served(
    builder: ConfigBuilder<ServerConfig, rustls::server::WantsServerCert>,
    certificate: &Path,
    private_key: &Path,
) -> Result<Served, Fault> {
    let chain = certificates(certificate)?;
    let until = ends(&chain[0]).ok_or_else(|| unfit(certificate, &"not an X.509 certificate"))?;
    let key =
        PrivateKeyDer::from_pem_file(private_key).map_err(|error| unfit(private_key, &error))?;
    let config = builder.with_single_cert(chain, key).map_err(|error| {
        let what = format!("does not go with {}: {error}", certificate.display());
        Fault::new(
            private_key.display(),
            what,
            "name the private key of that certificate",
        )
    })?;
    Ok(Served {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        until,
        certificate: certificate.to_owned(),
    })
}

fn ends(certificate: &CertificateDer<'_>) -> Option<UnixTime> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(UnixTime(certificate.validity().not_after.timestamp()))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| unfit(path, &error))?;
    if chain.is_empty() {
        return Err(unfit(path, &"no certificate in it"));
    }
    Ok(chain)
}

fn unfit(path: &Path, error: &dyn std::fmt::Display) -> Fault {
    Fault::new(
        path.display(),
        format!("cannot be used: {error}"),
        "put a PEM file there that this user may read",
    )
}
