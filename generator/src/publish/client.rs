//! The HTTP client that object_store is given: the one that the house has anyway (rustls over ring, HTTP/1.1).

use async_trait::async_trait;
use formdef::Bilingual;
use http_body_util::BodyExt;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use ureq::http::{Method, Request};

use crate::place::client;

/// The longest answer: a release of a hundred thousand files.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Asks one endpoint.
#[derive(Debug, Clone)]
pub(super) struct Client(ureq::Agent);

impl Client {
    pub(super) fn new(endpoint: &str) -> Result<Client, Bilingual> {
        // What an answer with another status means, object_store knows.
        let client = client(endpoint)?.http_status_as_error(false);
        Ok(Client(client.build().new_agent()))
    }
}

impl HttpConnector for Client {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Client {
    /// Blocks the thread, which waits for this answer and for nothing else.
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (head, body) = request.into_parts();
        let takes_body = head.method == Method::PUT || head.method == Method::POST;
        let body = body.collect().await?.to_bytes();
        let answer = match takes_body {
            true => self.0.run(Request::from_parts(head, &body[..])),
            false => self.0.run(Request::from_parts(head, ())),
        };
        let (head, mut body) = answer.map_err(told)?.into_parts();
        let bytes = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        Ok(HttpResponse::from_parts(head, bytes.map_err(told)?.into()))
    }
}

/// What may be tried again: the link failed, not what was asked for. Nothing that we ask for is another thing the second
/// time: of a lock that is there already, its token says whose it is.
fn told(error: ureq::Error) -> HttpError {
    let kind = match error {
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => HttpErrorKind::Connect,
        ureq::Error::Timeout(_) => HttpErrorKind::Timeout,
        ureq::Error::Io(_) | ureq::Error::Protocol(_) => HttpErrorKind::Request,
        _ => HttpErrorKind::Unknown,
    };
    HttpError::new(kind, error)
}
