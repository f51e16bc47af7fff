//! Where published files are: in a folder, or on a portal that is asked for them.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use envelope::limits::PORTAL_FILE_BYTES_MAX;
use envelope::{Catalogue, Digest, PublicKey, UnixTime, base64url};
use flate2::read::GzDecoder;
use formdef::{Bilingual, both, say};
use serde::Deserialize;
use ureq::config::ConfigBuilder;
use ureq::http::header::{CONTENT_ENCODING, LOCATION};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::AgentScope;

use crate::catalogue::CATALOGUE;
use crate::fault::cause;
use crate::portal::is_origin;

const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A folder or a portal.
pub(crate) enum Place {
    Folder(String),
    Portal(String, ureq::Agent),
}

/// What is answered for a file.
pub(crate) enum Answer {
    File(Vec<u8>),
    /// Another address, as the host writes it.
    Elsewhere(String),
}

/// Why there is no answer.
pub(crate) enum NoAnswer {
    /// There is no such file.
    Missing,
    /// It could not be asked for or read: nothing is known of it.
    Because(Bilingual),
}

impl NoAnswer {
    fn of_file(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => NoAnswer::Missing,
            _ => NoAnswer::Because(cause(error)),
        }
    }

    fn of_host(error: &ureq::Error) -> Self {
        match error {
            ureq::Error::StatusCode(404 | 410) => NoAnswer::Missing,
            _ => NoAnswer::Because(both!("{error}", "{error}")),
        }
    }

    fn words(self) -> Bilingual {
        match self {
            NoAnswer::Missing => cause(&ErrorKind::NotFound.into()),
            NoAnswer::Because(cause) => cause,
        }
    }
}

/// A form that is published.
pub(crate) struct Listed {
    /// `{id}/{version}`.
    pub(crate) name: String,
    /// The digest that the catalogue has; none without a catalogue.
    pub(crate) sha256: Option<Digest>,
}

/// What is read of a catalogue.
#[derive(Deserialize)]
struct Payload {
    iat: UnixTime,
    forms: Vec<PayloadForm>,
}

#[derive(Deserialize)]
struct PayloadForm {
    id: String,
    version: u32,
    sha256: Digest,
}

impl Place {
    pub(crate) fn of(from: &str) -> Result<Place, Bilingual> {
        if from.contains("://") {
            let origin = from.trim_end_matches('/');
            if !is_origin(origin) {
                return Err(Bilingual::from(|lang| {
                    say!(
                        lang,
                        "{from}: not the address of a portal\n  = write https://… without a path; http:// only for this machine",
                        "{from}: không phải địa chỉ của một cổng\n  = viết https://… không có đường dẫn; http:// chỉ dùng cho máy này"
                    )
                }));
            }
            let agent = client(origin)?.build().new_agent();
            return Ok(Place::Portal(origin.to_owned(), agent));
        }
        let path = Path::new(from);
        let folder = match path.file_name() {
            Some(name) if name == CATALOGUE => path.parent().unwrap_or(Path::new(".")),
            _ => path,
        };
        if folder.join("forms").is_dir() {
            return Ok(Place::Folder(folder.to_string_lossy().into_owned()));
        }
        Err(Bilingual::from(|lang| {
            say!(
                lang,
                "{from}: there is no folder `forms` with published forms\n  = give a portal's folder, its catalogue.jws, or its address",
                "{from}: không có thư mục «forms» chứa biểu mẫu đã công bố\n  = cho thư mục của cổng, tệp catalogue.jws của nó, hoặc địa chỉ của nó"
            )
        }))
    }

    /// Every form: those of the catalogue, in a folder without one all that are there.
    pub(crate) fn forms(&self, publishers: &[PublicKey]) -> Result<Vec<Listed>, Bilingual> {
        if let Place::Folder(folder) = self
            && publishers.is_empty()
            && !Path::new(folder).join(CATALOGUE).exists()
        {
            let names = in_folder(&Path::new(folder).join("forms")).into_iter();
            return Ok(names.map(|name| Listed { name, sha256: None }).collect());
        }
        let text = self.file(CATALOGUE)?;
        let payload = text.split('.').nth(1).and_then(base64url::decode);
        let payload = payload.and_then(|json| serde_json::from_slice::<Payload>(&json).ok());
        let name = self.name(CATALOGUE);
        let payload = payload.ok_or_else(|| {
            Bilingual::from(|lang| {
                say!(
                    lang,
                    "{name}: not a catalogue\n  = take the catalogue.jws that the portal publishes",
                    "{name}: không phải danh mục\n  = lấy tệp catalogue.jws mà cổng công bố"
                )
            })
        })?;
        if !publishers.is_empty() {
            // As on the day of its issue: what is compared with may be long past.
            Catalogue::read(text.trim_end(), publishers, payload.iat).map_err(|fault| {
                Bilingual::from(|lang| {
                    say!(
                        lang,
                        "{name}: {fault}",
                        "{name}: chữ ký không phải của bên công bố đã cho: {fault}"
                    )
                })
            })?;
        }
        let listed = payload.forms.into_iter().map(|form| Listed {
            name: format!("{}/{}", form.id, form.version),
            sha256: Some(form.sha256),
        });
        Ok(listed.collect())
    }

    /// The bytes of a file of a portal, which no other address has.
    pub(crate) fn bytes(&self, path: &str) -> Result<Vec<u8>, Bilingual> {
        match self.answer(path).map_err(NoAnswer::words)? {
            Answer::File(bytes) => Ok(bytes),
            Answer::Elsewhere(address) => Err(both!(
                "redirected to {address}",
                "bị chuyển hướng đến {address}"
            )),
        }
    }

    /// What there is for a file of a portal; a page is asked for as browsers do, by the address of its folder.
    pub(crate) fn answer(&self, path: &str) -> Result<Answer, NoAnswer> {
        let name = self.name(path);
        match self {
            Place::Folder(_) => fs::read(&name)
                .map(Answer::File)
                .map_err(|error| NoAnswer::of_file(&error)),
            Place::Portal(_, agent) => {
                let url = name.strip_suffix("index.html").unwrap_or(&name);
                get(agent, url).map_err(|error| NoAnswer::of_host(&error))
            }
        }
    }

    /// Where it is: a folder, or a portal's origin.
    pub(crate) fn root(&self) -> &str {
        match self {
            Place::Folder(at) | Place::Portal(at, _) => at,
        }
    }

    fn name(&self, path: &str) -> String {
        format!("{}/{path}", self.root())
    }

    pub(crate) fn file(&self, path: &str) -> Result<String, Bilingual> {
        let text = self.bytes(path).and_then(|bytes| {
            let text = String::from_utf8(bytes);
            text.map_err(|_| both!("it is not UTF-8", "không phải là UTF-8"))
        });
        text.map_err(|cause| {
            let name = self.name(path);
            both!(
                [cause] "{name}: cannot be read: {cause}\n  = see that the portal is whole and can be reached",
                "{name}: không đọc được: {cause}\n  = kiểm tra xem cổng có đủ tệp và truy cập được không"
            )
        })
    }
}

/// A client that trusts whom this machine trusts.
pub(crate) fn client(origin: &str) -> Result<ConfigBuilder<AgentScope>, Bilingual> {
    // Whoever installed a provider before installed this one: there is no other in the build.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let found = rustls_native_certs::load_native_certs().certs;
    if found.is_empty() && origin.starts_with("https://") {
        return Err(Bilingual::from(|lang| {
            say!(
                lang,
                "{origin}: this machine knows no certificate authority\n  = install ca-certificates, or name a PEM file in SSL_CERT_FILE",
                "{origin}: máy này không biết cơ quan chứng thực nào\n  = cài ca-certificates, hoặc ghi một tệp PEM vào SSL_CERT_FILE"
            )
        }));
    }
    let roots: Vec<_> = found
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots))
        .build();
    Ok(ureq::Agent::config_builder()
        .tls_config(tls)
        .max_redirects(0)
        .timeout_global(Some(REQUEST_TIMEOUT)))
}

fn get(agent: &ureq::Agent, url: &str) -> Result<Answer, ureq::Error> {
    let mut answer = agent.get(url).call()?;
    if answer.status().is_redirection() {
        let address = answer.headers().get(LOCATION).map(|it| it.to_str());
        let address = address.and_then(Result::ok).unwrap_or_default();
        return Ok(Answer::Elsewhere(address.to_owned()));
    }
    let encoding = answer.headers().get(CONTENT_ENCODING);
    // What lies packed in a bucket comes packed, whether it was asked for so or not.
    let is_packed = encoding.is_some_and(|encoding| encoding == "gzip");
    let body = answer.body_mut().with_config().limit(PORTAL_FILE_BYTES_MAX);
    let bytes = body.read_to_vec()?;
    Ok(Answer::File(match is_packed {
        true => unpacked(&bytes)?,
        false => bytes,
    }))
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, ureq::Error> {
    let mut unpacked = Vec::new();
    GzDecoder::new(bytes)
        .take(PORTAL_FILE_BYTES_MAX)
        .read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

fn in_folder(forms: &Path) -> Vec<String> {
    let files = walkdir::WalkDir::new(forms)
        .min_depth(2)
        .max_depth(2)
        .sort_by_file_name();
    let names = files.into_iter().flatten().filter_map(|entry| {
        let name = entry
            .path()
            .strip_prefix(forms)
            .ok()?
            .to_str()?
            .strip_suffix(".json")?;
        Some(name.to_owned())
    });
    names.collect()
}
