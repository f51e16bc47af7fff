//! `motcua serve`: a plain preview server on this machine, with the headers that a host would send.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::headers::Rules;

/// A portal's folder on a port of 127.0.0.1.
pub struct Server {
    listener: TcpListener,
    portal: Arc<Portal>,
}

/// The folder and its `_headers`.
struct Portal {
    dir: PathBuf,
    rules: Rules,
}

impl Server {
    /// Takes the port; 0 takes a free one. Errors: no such folder, the port is in use.
    pub async fn bind(dir: &Path, port: u16) -> Result<Server, String> {
        if !dir.join("index.html").is_file() {
            return Err(format!(
                "{}: is not a portal: it has no index.html\n  = build one with `motcua build --out {}`",
                dir.display(),
                dir.display()
            ));
        }
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => format!("port {port} is in use\n  = stop the program that uses it, or give another with --port"),
            _ => format!("port {port} cannot be opened: {error}\n  = give another with --port"),
        })?;
        let rules = Rules::read(&std::fs::read_to_string(dir.join("_headers")).unwrap_or_default());
        Ok(Server {
            listener,
            portal: Arc::new(Portal {
                dir: dir.to_owned(),
                rules,
            }),
        })
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.listener
            .local_addr()
            .map_or(0, |address| address.port())
    }

    /// Answers until the process ends.
    pub async fn run(self) {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                continue;
            };
            let portal = Arc::clone(&self.portal);
            tokio::spawn(async move {
                let answer = service_fn(move |request| {
                    let portal = Arc::clone(&portal);
                    async move { Ok::<_, Infallible>(portal.answer(&request)) }
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

impl Portal {
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        if request.method() != Method::GET && request.method() != Method::HEAD {
            let mut response = self.response(
                StatusCode::METHOD_NOT_ALLOWED,
                path,
                "text/plain; charset=utf-8",
                b"only GET and HEAD\n".to_vec(),
            );
            response
                .headers_mut()
                .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        match self.find(path) {
            Found::File(file) => match std::fs::read(&file) {
                Ok(bytes) => self.response(StatusCode::OK, path, content_type(&file), bytes),
                Err(_) => self.not_found(path),
            },
            Found::Folder => {
                let mut response = self.response(
                    StatusCode::MOVED_PERMANENTLY,
                    path,
                    "text/plain; charset=utf-8",
                    Vec::new(),
                );
                if let Ok(location) = HeaderValue::from_str(&format!("{path}/")) {
                    response.headers_mut().insert(LOCATION, location);
                }
                response
            }
            Found::Nothing => self.not_found(path),
        }
    }

    /// Looks a path up. Only names of plain characters are looked at: nothing is decoded, nothing climbs, no hidden
    /// file and no file of the host's (`_headers`) is shown.
    fn find(&self, path: &str) -> Found {
        let mut place = self.dir.clone();
        let Some(relative) = path.strip_prefix('/') else {
            return Found::Nothing;
        };
        for part in relative.split('/').filter(|part| !part.is_empty()) {
            let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if !part.chars().all(good) || part.starts_with('.') || part == "_headers" {
                return Found::Nothing;
            }
            place.push(part);
        }
        if relative.contains("//") || relative.starts_with('/') {
            Found::Nothing
        } else if path.ends_with('/') {
            Found::File(place.join("index.html"))
        } else if place.join("index.html").is_file() {
            Found::Folder
        } else {
            Found::File(place)
        }
    }

    fn not_found(&self, path: &str) -> Response<Full<Bytes>> {
        let page = std::fs::read(self.dir.join("404.html")).unwrap_or_default();
        self.response(
            StatusCode::NOT_FOUND,
            path,
            "text/html; charset=utf-8",
            page,
        )
    }

    fn response(
        &self,
        status: StatusCode,
        path: &str,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from(body)));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        for (name, value) in self.rules.of(path) {
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(value),
            ) {
                headers.insert(name, value);
            }
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        response
    }
}

/// What stands at a path.
enum Found {
    File(PathBuf),
    /// A folder with a page, asked for without its final `/`.
    Folder,
    Nothing,
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("jws") => "application/jose",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}
