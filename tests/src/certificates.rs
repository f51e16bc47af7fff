//! Throw-away certificates: one authority that signs the relay's outbox and the intake's client, and is then forgotten.

use std::fs;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use crate::Failure;

/// Writes `ca.pem`, `outbox.pem`, `outbox.key.pem`, `intake.pem` and `intake.key.pem` into `folder`.
///
/// rcgen's dates (1975 to 4096) hold on every day that a city may be told to live on.
pub(crate) fn write(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::at(folder, error))?;
    let made = Certificates::make().map_err(|error| Failure::at(folder, error))?;
    for (name, pem) in made.files {
        let path = folder.join(name);
        fs::write(&path, pem).map_err(|error| Failure::at(&path, error))?;
    }
    Ok(())
}

struct Certificates {
    files: Vec<(&'static str, String)>,
}

impl Certificates {
    fn make() -> Result<Self, rcgen::Error> {
        let authority_key = KeyPair::generate()?;
        let mut authority = CertificateParams::new(Vec::new())?;
        authority
            .distinguished_name
            .push(DnType::CommonName, "motcua demo authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let mut files = vec![("ca.pem", authority.self_signed(&authority_key)?.pem())];
        let authority = Issuer::new(authority, authority_key);

        let outbox_names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let (certificate, key) = leaf(
            "motcua relay",
            outbox_names,
            ExtendedKeyUsagePurpose::ServerAuth,
            &authority,
        )?;
        files.extend([("outbox.pem", certificate), ("outbox.key.pem", key)]);
        let (certificate, key) = leaf(
            "motcua intake",
            vec![],
            ExtendedKeyUsagePurpose::ClientAuth,
            &authority,
        )?;
        files.extend([("intake.pem", certificate), ("intake.key.pem", key)]);
        Ok(Self { files })
    }
}

/// A certificate for one purpose and its private key, both as PEM.
fn leaf(
    name: &str,
    hosts: Vec<String>,
    purpose: ExtendedKeyUsagePurpose,
    authority: &Issuer<'_, KeyPair>,
) -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.insert_extended_key_usage(purpose);
    Ok((
        params.signed_by(&key, authority)?.pem(),
        key.serialize_pem(),
    ))
}
