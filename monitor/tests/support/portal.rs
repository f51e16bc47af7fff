//! A portal that is played by the tests: a folder behind an address, and the publisher's key.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

use envelope::jws::attach;
use envelope::release::{Release, ReleasedFile};
use envelope::{Digest, PublicKey, UnixTime};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

use super::new_folder;

/// A publisher's key.
pub struct Publisher {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

impl Publisher {
    pub fn new() -> Publisher {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        let point = pair.public_key().as_ref();
        let public = PublicKey::from_coordinates(
            point[1..33].try_into().unwrap(),
            point[33..].try_into().unwrap(),
        );
        Publisher { pair, public }
    }

    /// The public file, as motcua's programs write it.
    pub fn file(&self) -> String {
        let (jwk, kid) = (self.public.jwk(), self.public.thumbprint());
        format!(
            r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}","kid":"{kid}","use":"sig"}}"#,
            jwk.x, jwk.y
        )
    }

    fn sign(&self, release: &Release) -> String {
        let input = release.signing_input(self.public.thumbprint());
        let random = SystemRandom::new();
        let signature = self.pair.sign(&random, input.as_bytes()).unwrap();
        attach(&input, signature.as_ref().try_into().unwrap())
    }
}

/// A played portal.
pub struct Portal {
    pub folder: PathBuf,
    pub address: SocketAddr,
}

impl Portal {
    /// A portal of these pages and two files of the host, which it keeps to itself.
    pub fn new(pages: usize) -> Portal {
        let folder = new_folder();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let portal = Portal { folder, address };
        portal.write("index.html", b"home");
        portal.write("catalogue.jws", b"catalogue");
        portal.write("_headers", b"/*");
        for page in 0..pages {
            portal.write(&format!("page-{page:03}/index.html"), b"a page");
        }
        let folder = portal.folder.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &folder);
            }
        });
        portal
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Signs what stands there as release `serial`. Returns its digest.
    pub fn release(&self, publisher: &Publisher, serial: u64) -> Digest {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(&self.folder).unwrap().to_str().unwrap();
                if name != "release.jws" {
                    files.insert(name.to_owned(), ReleasedFile::of(&fs::read(&path).unwrap()));
                }
            }
        }
        let release = Release {
            v: envelope::V1,
            serial,
            iat: UnixTime(i64::try_from(serial).unwrap()),
            portal: "https://portal.example".to_owned(),
            files,
            redirects: [("/old/".to_owned(), "/page-000/".to_owned())].into(),
        };
        self.write("release.jws", publisher.sign(&release).as_bytes());
        release.digest()
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Answers one request as a web server does: a folder by its page, what is for the host by nothing. A file with `.gz` beside it
/// is sent as that, whoever asks; one with `.to` beside it is a redirect to what stands there.
fn serve(stream: TcpStream, folder: &Path) {
    let mut stream = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        lines.push(line);
    }
    let Some(target) = lines.first().and_then(|line| line.split(' ').nth(1)) else {
        return;
    };
    let mut path = folder.join(target.trim_start_matches('/'));
    if target.ends_with('/') {
        path.push("index.html");
    }
    if let Ok(to) = fs::read_to_string(path.with_added_extension("to")) {
        let answer = format!(
            "HTTP/1.1 301 Moved Permanently\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        let _ = stream.get_mut().write_all(answer.as_bytes());
        return;
    }
    let packed = fs::read(path.with_added_extension("gz"));
    let encoding = packed.as_ref().map_or("", |_| "content-encoding: gzip\r\n");
    let head = |status: &str, len: usize| {
        format!("HTTP/1.1 {status}\r\n{encoding}content-length: {len}\r\nconnection: close\r\n\r\n")
    };
    let answer = match packed.or_else(|_| fs::read(&path)) {
        Ok(bytes) if !target.starts_with("/_") => {
            [head("200 OK", bytes.len()).as_bytes(), &bytes[..]].concat()
        }
        _ => head("404 Not Found", 0).into_bytes(),
    };
    let _ = stream.get_mut().write_all(&answer);
}
