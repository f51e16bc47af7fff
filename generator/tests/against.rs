//! What is compared with is the publisher's: over HTTPS from whom this machine trusts, signed by the key that was given.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;

use generator::{Options, build};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use support::edit;

/// The fixture with its portal, and the folder of its keys.
fn published() -> (Options, PathBuf) {
    let mut options = support::fixture_copy();
    let keys = support::keys();
    options.keys = Some(keys.clone());
    build(&options).unwrap();
    (options, keys)
}

/// Whether `motcua check` found no fault, and all that it said.
fn check(options: &Options, against: &str, more: &[&str], trusted: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["check", "--lang", "en", "--against", against, "--forms"])
        .arg(&options.forms)
        .arg("--site")
        .arg(&options.site)
        .args(more)
        .env("SSL_CERT_FILE", trusted)
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.success(), said.concat())
}

/// A certificate authority: its PEM file, and the certificate and key that it gave to `localhost`.
struct Authority {
    pem: PathBuf,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let pem = support::new_dir().join("ca.pem");
        fs::write(&pem, params.self_signed(&key).unwrap().pem()).unwrap();
        let issuer = Issuer::new(params, key);
        let own = KeyPair::generate().unwrap();
        let localhost = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = localhost.signed_by(&own, &issuer).unwrap();
        Self {
            pem,
            certificate: certificate.der().clone(),
            key: PrivatePkcs8KeyDer::from(own.serialize_der()).into(),
        }
    }

    /// Serves a portal's folder over TLS for as long as the test lives; its address.
    fn serve(&self, portal: &Path) -> String {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], self.key.clone_key())
            .unwrap();
        let (config, portal) = (Arc::new(config), portal.to_owned());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut tls = ServerConnection::new(Arc::clone(&config)).unwrap();
                // Whoever does not trust us goes away in the middle of the handshake.
                let _ = answer(&mut Stream::new(&mut tls, &mut stream), &portal);
            }
        });
        format!("https://localhost:{port}")
    }
}

/// One request, one answer, and the end of the connection.
fn answer(mut stream: impl std::io::Read + Write, portal: &Path) -> std::io::Result<()> {
    let mut request = String::new();
    let mut reader = BufReader::new(&mut stream);
    while reader.read_line(&mut request)? > 2 {}
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match fs::read(portal.join(path.trim_start_matches('/'))) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(&body)?;
    stream.flush()
}

#[test]
fn a_portal_is_asked_over_https_when_this_machine_trusts_it() {
    let (options, keys) = published();
    let (ours, another) = (Authority::new(), Authority::new());
    let url = ours.serve(&options.out);
    let publisher = keys.join("publisher.pub.jwk");
    let pinned = ["--publisher", publisher.to_str().unwrap()];

    let (good, said) = check(&options, &url, &pinned, &ours.pem);
    let signed = format!("the catalogue of {url} is signed by the publisher");
    assert!(good && said.contains(&signed), "{said}");
    assert!(said.ends_with(&format!("0 of {url} differ, no fault\n")));

    let (good, said) = check(&options, &url, &pinned, &another.pem);
    assert!(!good, "{said}");
    assert!(
        said.contains(&format!("{url}/catalogue.jws: cannot be read: "))
            && said.contains("invalid peer certificate"),
        "{said}"
    );

    let nobody = support::new_dir().join("none.pem");
    fs::write(&nobody, "").unwrap();
    let (good, said) = check(&options, &url, &pinned, &nobody);
    assert!(!good, "{said}");
    assert!(
        said.contains("this machine knows no certificate authority"),
        "{said}"
    );
}

#[test]
fn a_catalogue_that_another_signed_is_refused() {
    let (options, keys) = published();
    let another = support::new_dir();
    support::publisher(&another, 77);
    let (out, trusted) = (options.out.to_str().unwrap(), Path::new("/dev/null"));
    let with = |key: &Path| {
        let key = key.to_str().unwrap();
        check(&options, out, &["--publisher", key], trusted)
    };
    let (good, said) = with(&keys.join("publisher.pub.jwk"));
    assert!(good, "{said}");
    let (good, said) = with(&another.join("publisher.pub.jwk"));
    assert!(
        !good && said.contains("catalogue.jws: signed by a foreign publisher (key "),
        "{said}"
    );
    let (good, said) = with(&keys.join("publisher.jwk"));
    assert!(!good && said.contains("is a private key"), "{said}");

    // A form's history over published portals, too.
    let history = |key: &Path| {
        Command::new(env!("CARGO_BIN_EXE_motcua"))
            .args(["history", "--lang", "en", "khai-sinh", out, "--publisher"])
            .arg(key)
            .output()
            .unwrap()
    };
    let told = history(&keys.join("publisher.pub.jwk"));
    let said = String::from_utf8(told.stdout).unwrap();
    let signed =
        format!("{out}\nkhai-sinh: new\nthe catalogue of {out} is signed by the publisher\n");
    assert_eq!((told.status.success(), said), (true, signed));
    let told = history(&another.join("publisher.pub.jwk"));
    let said = String::from_utf8(told.stderr).unwrap();
    assert!(
        !told.status.success() && said.contains("signed by a foreign publisher"),
        "{said}"
    );

    // A valid signature by the right key, over other words.
    let path = options.out.join("catalogue.jws");
    let catalogue = fs::read_to_string(&path).unwrap();
    let (input, _) = catalogue.rsplit_once('.').unwrap();
    let keyfile = fs::read_to_string(options.out.join("keys/00001.jws")).unwrap();
    let (_, signature) = keyfile.rsplit_once('.').unwrap();
    fs::write(&path, format!("{input}.{signature}")).unwrap();
    let (good, said) = with(&keys.join("publisher.pub.jwk"));
    assert!(
        !good && said.contains("catalogue.jws: the signature is wrong"),
        "{said}"
    );

    fs::remove_file(&path).unwrap();
    let (good, said) = with(&keys.join("publisher.pub.jwk"));
    assert!(
        !good && said.contains("catalogue.jws: cannot be read: "),
        "{said}"
    );
}

#[test]
fn a_form_that_is_not_what_the_catalogue_has_is_refused() {
    let (options, _) = published();
    let form = options.out.join("forms/khai-sinh/1.json");
    edit(&form, "Cơ quan tiếp nhận", "Cơ quan khác");
    let out = options.out.to_str().unwrap();
    let (good, said) = check(&options, out, &[], Path::new("/dev/null"));
    assert!(
        !good
            && said
                .contains("forms/khai-sinh/1.json: not the form whose digest the catalogue has\n"),
        "{said}"
    );
}
