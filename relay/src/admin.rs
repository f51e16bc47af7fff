//! What the operator sees and sets, on a Unix socket or a loopback address: `/livez`, `/readyz`, `/metrics`, `/log-level`.

use std::convert::Infallible;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use envelope::Refusal;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Relay;
use crate::config::AdminAddress;
use crate::door::ACCEPT_PAUSE;
use crate::fault::Fault;
use crate::guard::Guarded;
use crate::health::Health;
use crate::http::{self, Answer, Refused};
use crate::journal::{Journal, Level};
use crate::metrics::Page;

/// Connections at a time: a probe, a scraper, a person.
const CONNECTIONS_MAX: usize = 8;

/// A connection has this long for everything.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);

/// The name of a level, and a line feed.
const LEVEL_BYTES_MAX: usize = 16;

/// Where the operator asks.
pub(crate) enum Listener {
    Loopback(TcpListener),
    Socket(UnixListener),
}

impl Listener {
    /// Listens at `address`. A socket is for the relay's own user; one that an earlier run left behind is replaced.
    pub(crate) async fn bind(address: &AdminAddress) -> Result<Listener, Fault> {
        let bound = match address {
            AdminAddress::Loopback(address) => {
                TcpListener::bind(address).await.map(Listener::Loopback)
            }
            AdminAddress::Socket(path) => bind_socket(path).map(Listener::Socket),
        };
        bound.map_err(|error| {
            Fault::new(
                format!("[admin] listen = \"{address}\""),
                format!("cannot listen there: {error}"),
                "choose another port, or a path in a folder where this user may write",
            )
        })
    }

    /// The address, any free port resolved.
    pub(crate) fn address(&self, asked: &AdminAddress) -> String {
        match self {
            Listener::Loopback(listener) => listener.local_addr().map_or_else(
                |error| error.to_string(),
                |address| format!("http://{address}"),
            ),
            Listener::Socket(_) => asked.to_string(),
        }
    }

    /// Answers until the process ends, also while the relay drains.
    pub(crate) async fn open(self, relay: Arc<Relay>, journal: Journal) {
        let rooms = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        while let Ok(room) = Arc::clone(&rooms).acquire_owned().await {
            let (relay, journal) = (Arc::clone(&relay), journal.clone());
            let accepted = match &self {
                Listener::Loopback(listener) => (listener.accept().await)
                    .map(|(stream, _)| drop(tokio::spawn(serve(relay, journal, stream, room)))),
                Listener::Socket(listener) => (listener.accept().await)
                    .map(|(stream, _)| drop(tokio::spawn(serve(relay, journal, stream, room)))),
            };
            if let Err(error) = accepted {
                tracing::error!(%error, "accept");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn bind_socket(path: &Path) -> io::Result<UnixListener> {
    // The store's lock is held: a socket with this name is nobody's any more.
    if fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket()) {
        fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// One connection, which takes up `_room` until its end.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    relay: Arc<Relay>,
    journal: Journal,
    stream: S,
    _room: OwnedSemaphorePermit,
) {
    let answer = |request| async { Ok::<_, Infallible>(answer(&relay, &journal, request).await) };
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(CONNECTION_TIMEOUT);
    let connection = http.serve_connection(
        TokioIo::new(Guarded::new(stream, CONNECTION_TIMEOUT)),
        service_fn(answer),
    );
    // However it ends: whoever asked has the answer, or asks again.
    let _ = tokio::time::timeout(CONNECTION_TIMEOUT, connection).await;
}

async fn answer(relay: &Relay, journal: &Journal, request: Request<Incoming>) -> Answer {
    match route(relay, journal, request).await {
        Ok(answer) => answer,
        Err(refused) => refused.answer(relay),
    }
}

async fn route(
    relay: &Relay,
    journal: &Journal,
    request: Request<Incoming>,
) -> Result<Answer, Refused> {
    http::check_framing(&request)?;
    match (http::target(&request), request.method()) {
        ("/livez", &Method::GET) => Ok(text(StatusCode::OK, "alive\n".to_owned())),
        ("/readyz", &Method::GET) => Ok(ready(&Health::of(relay))),
        ("/metrics", &Method::GET) => Ok(metrics(relay).await),
        ("/log-level", &Method::PUT) => set_level(journal, request).await,
        ("/livez" | "/readyz" | "/metrics", _) => Err(Refused::method("GET")),
        ("/log-level", _) => Err(Refused::method("PUT")),
        _ => Err(Refusal::NotFound.into()),
    }
}

fn ready(health: &Health) -> Answer {
    let status = if health.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    text(status, health.text())
}

fn text(status: StatusCode, text: String) -> Answer {
    http::answer(status, "text/plain; charset=utf-8", text)
}

/// The body is the name of a level; it holds until it is set again, by this or by the config.
async fn set_level(journal: &Journal, request: Request<Incoming>) -> Result<Answer, Refused> {
    let body = Limited::new(request.into_body(), LEVEL_BYTES_MAX).collect();
    let body = body.await.map_err(|_| Refusal::Malformed)?.to_bytes();
    let name = str::from_utf8(&body).map_err(|_| Refusal::Malformed)?;
    let level = Level::named(name.trim_end()).ok_or(Refusal::Malformed)?;
    journal.set(level);
    tracing::info!(?level, "log level");
    Ok(text(StatusCode::OK, format!("{}\n", name.trim_end())))
}

async fn metrics(relay: &Relay) -> Answer {
    let mut page = Page::default();
    Health::of(relay).write(&mut page);
    relay.write_metrics(&mut page).await;
    relay.counters.write(&mut page);
    http::answer(StatusCode::OK, Page::MEDIA_TYPE, page.into_text())
}
