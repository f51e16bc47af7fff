//! `motcua serve`: a server on this machine alone. What it answers is a [`Site`]'s: a built portal's folder, or the
//! preview.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use formdef::{Bilingual, both};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::fault::cause;
use crate::headers::Rules;

mod folder;

pub use folder::Folder;

/// What a site answers with.
pub type Answer = Response<BoxBody<Bytes, Infallible>>;

/// Something that answers requests for paths.
pub trait Site: Send + Sync + 'static {
    /// The answer to a GET or HEAD.
    fn answer(&self, request: &Request<Incoming>) -> impl Future<Output = Answer> + Send;
}

/// A port of 127.0.0.1.
pub struct Server {
    listener: TcpListener,
}

impl Server {
    /// Takes the port; 0 takes a free one. Errors: the port is in use.
    pub async fn bind(port: u16) -> Result<Server, Bilingual> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => both!(
                "port {port} is in use\n  = stop the program that uses it, or give another with --port",
                "cổng {port} đang có chương trình khác dùng\n  = dừng chương trình ấy, hoặc chọn cổng khác bằng --port"
            ),
            _ => {
                let cause = cause(&error);
                both!(
                    [cause] "port {port} cannot be opened: {cause}\n  = give another with --port",
                    "không mở được cổng {port}: {cause}\n  = chọn cổng khác bằng --port"
                )
            }
        })?;
        Ok(Server { listener })
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.listener
            .local_addr()
            .map_or(0, |address| address.port())
    }

    /// Answers until the process ends.
    pub async fn run(self, site: impl Site) {
        let site = Arc::new(site);
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                continue;
            };
            let site = Arc::clone(&site);
            tokio::spawn(async move {
                let answer = service_fn(move |request| {
                    let site = Arc::clone(&site);
                    async move { Ok::<_, Infallible>(answer(&*site, request).await) }
                });
                let mut http = hyper::server::conn::http1::Builder::new();
                // A connection that a browser drops is no event for a preview.
                let _ = http
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), answer)
                    .await;
            });
        }
    }
}

async fn answer(site: &impl Site, request: Request<Incoming>) -> Answer {
    if [Method::GET, Method::HEAD].contains(request.method()) {
        return site.answer(&request).await;
    }
    let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    answer
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    answer
}

/// An answer in one sentence.
pub(crate) fn plain(status: StatusCode, sentence: &'static str) -> Answer {
    let rules = Rules::default();
    respond(&rules, status, "", "text/plain; charset=utf-8", sentence)
}

/// The way to the same address with a final `/`.
pub(crate) fn to_folder(rules: &Rules, path: &str) -> Answer {
    let mut answer = respond(
        rules,
        StatusCode::MOVED_PERMANENTLY,
        path,
        "text/plain; charset=utf-8",
        "",
    );
    if let Ok(location) = HeaderValue::from_str(&format!("{path}/")) {
        answer.headers_mut().insert(LOCATION, location);
    }
    answer
}

/// An answer with the headers that the rules give its path.
pub(crate) fn respond(
    rules: &Rules,
    status: StatusCode,
    path: &str,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Answer {
    let mut answer = Response::new(Full::new(body.into()).boxed());
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    for (name, value) in rules.of(path) {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            headers.insert(name, value);
        }
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    // What is missing now may be there in a moment: nobody keeps that it was not.
    if status.is_client_error() || status.is_server_error() {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    answer
}

/// The one hidden folder that is for everybody (RFC 8615).
const WELL_KNOWN: &str = ".well-known";

/// The file that an address means: only names of plain characters are looked at, so that nothing is decoded, nothing
/// climbs, and no hidden file but RFC 8615's folder and no file of the host's (`_headers`) is shown. An address that ends in `/` means the
/// page of that folder.
pub(crate) fn file_of(address: &str) -> Option<String> {
    let path = address.strip_prefix('/')?;
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_name = |part: &str| {
        let is_shown = !part.starts_with(['.', '_']) || part == WELL_KNOWN;
        !part.is_empty() && part.chars().all(good) && is_shown
    };
    let names = path.strip_suffix('/').unwrap_or(path);
    match path {
        "" => Some("index.html".to_owned()),
        _ if !names.split('/').all(is_name) => None,
        _ if path.ends_with('/') => Some(format!("{path}index.html")),
        _ => Some(path.to_owned()),
    }
}

/// What a file is, by the end of its name.
pub(crate) const CONTENT_TYPES: [(&str, &str); 8] = [
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("jws", "application/jose"),
    ("svg", "image/svg+xml"),
    ("xml", "application/xml"),
    ("txt", "text/plain; charset=utf-8"),
];

/// What a file is; text when its name does not say.
pub(crate) fn content_type(path: &str) -> &'static str {
    let (_, end) = path.rsplit_once('.').unwrap_or_default();
    let known = CONTENT_TYPES.iter().find(|(known, _)| *known == end);
    known.map_or("text/plain; charset=utf-8", |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_means_a_file_of_the_portal_or_nothing() {
        for (address, file) in [
            ("/", Some("index.html")),
            ("/a/", Some("a/index.html")),
            ("/a/b.json", Some("a/b.json")),
            ("//", None),
            ("//a", None),
            ("/a//", None),
            ("/../a", None),
            ("/.hidden", None),
            ("/_headers", None),
            ("/_redirects", None),
            (
                "/.well-known/security.txt",
                Some(".well-known/security.txt"),
            ),
            ("/%2e%2e/a", None),
            ("", None),
        ] {
            assert_eq!(file_of(address).as_deref(), file, "{address}");
        }
    }
}
