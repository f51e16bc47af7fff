//! What both ports answer with: JSON, refusals, CORS, and bodies read in bounded time.

use std::fs::File;
use std::io::{self, Read};

use envelope::Refusal;
use envelope::limits::BODY_BYTES_MAX;
use http_body_util::channel::{Channel, Sender};
use http_body_util::{Either, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};

use crate::Relay;
use crate::bodies::Held;
use crate::guard::MISFRAMED;
use crate::store::StoreError;

pub(crate) type Answer = Response<Either<Full<Bytes>, Channel<Bytes, io::Error>>>;

/// Where an attachment stands, and where a request goes on with it.
pub(crate) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// When to come again after a 503, at the least, and over how long the answers are spread: who was refused together does not
/// come back together.
const RETRY_AFTER_S: u64 = 20;
const RETRY_SPREAD_S: u64 = 21;

/// The pause for the one before whom `refused` others were: around the spread in steps that do not divide it.
fn retry_after(refused: u64) -> HeaderValue {
    const STEP_S: u64 = 8;
    HeaderValue::from(RETRY_AFTER_S + (refused % RETRY_SPREAD_S) * STEP_S % RETRY_SPREAD_S)
}

/// Why a request gets no other answer than a row of the table.
#[derive(Debug)]
pub(crate) struct Refused {
    refusal: Refusal,
    /// What the refusal says besides: with `method` the methods that the path takes, with `offset` the right one.
    besides: Option<(HeaderName, HeaderValue)>,
}

impl Refused {
    /// The path is there, the method is not.
    pub(crate) fn method(allow: &'static str) -> Refused {
        Refused {
            refusal: Refusal::Method,
            besides: Some((header::ALLOW, HeaderValue::from_static(allow))),
        }
    }

    /// The attachment goes on at `offset`.
    pub(crate) fn offset(offset: u64) -> Refused {
        Refused {
            refusal: Refusal::Offset,
            besides: Some((UPLOAD_OFFSET, offset.into())),
        }
    }

    /// The answer, as problem+json; it is counted.
    pub(crate) fn answer(&self, relay: &Relay) -> Answer {
        let (refusal, now) = (self.refusal, relay.clock.now());
        let before = relay.counters.refused(refusal);
        tracing::info!(code = refusal.code(), "refused");
        let status =
            StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = answer(
            status,
            "application/problem+json",
            refusal.problem(now).to_string(),
        );
        let headers = answer.headers_mut();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, retry_after(before));
        }
        if matches!(refusal, Refusal::Framing | Refusal::Timeout) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        headers.extend(self.besides.clone());
        answer
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Refused {
            refusal,
            besides: None,
        }
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Refused {
        match error {
            StoreError::Full => Refusal::Busy.into(),
            StoreError::Stopped | StoreError::Read(_) | StoreError::Damaged => {
                tracing::error!(%error, "failed");
                Refusal::Internal.into()
            }
        }
    }
}

/// An answer of JSON.
pub(crate) fn json(status: StatusCode, body: String) -> Answer {
    answer(status, "application/json", body)
}

/// A file that anybody may have, and how long it may be kept.
pub(crate) fn file(bytes: Vec<u8>, media_type: &'static str, keep: &'static str) -> Answer {
    whole(StatusCode::OK, media_type, keep, bytes.into())
}

/// An answer for this moment.
pub(crate) fn answer(status: StatusCode, media_type: &'static str, body: String) -> Answer {
    whole(status, media_type, "no-store", body.into())
}

fn whole(status: StatusCode, media_type: &'static str, keep: &'static str, body: Bytes) -> Answer {
    let mut answer = Response::new(Either::Left(Full::new(body)));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    answer
}

/// Says where an attachment stands.
pub(crate) fn at_offset(offset: u64) -> Answer {
    let mut answer = Response::new(Either::Left(Full::default()));
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let headers = answer.headers_mut();
    headers.insert(UPLOAD_OFFSET, offset.into());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// The `len` bytes that `file` still has, read as the other side takes them.
pub(crate) fn stream(file: File, len: u64) -> Answer {
    let (sender, body) = Channel::new(1);
    tokio::task::spawn_blocking(move || send_file(file, sender));
    let mut answer = Response::new(Either::Right(body));
    let headers = answer.headers_mut();
    let media_type = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(header::CONTENT_LENGTH, len.into());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Gives a file away in pieces, until it ends or nobody takes the next one.
fn send_file(mut file: File, mut to: Sender<Bytes, io::Error>) {
    const PIECE_BYTES: usize = 64 * 1024;
    let runtime = tokio::runtime::Handle::current();
    loop {
        let mut piece = vec![0; PIECE_BYTES];
        match file.read(&mut piece) {
            Ok(0) => return,
            Ok(read) => piece.truncate(read),
            Err(error) => return to.abort(error),
        }
        if runtime.block_on(to.send_data(piece.into())).is_err() {
            return;
        }
    }
}

/// Refuses the request that stands for a misframed one.
pub(crate) fn check_framing(request: &Request<Incoming>) -> Result<(), Refusal> {
    if request.method().as_str() == MISFRAMED {
        Err(Refusal::Framing)
    } else {
        Ok(())
    }
}

/// The path and query as sent; nothing in it is decoded.
pub(crate) fn target(request: &Request<Incoming>) -> &str {
    request
        .uri()
        .path_and_query()
        .map_or("", |target| target.as_str())
}

/// Refuses a body that is declared to be something else.
pub(crate) fn check_media_type(
    request: &Request<Incoming>,
    wanted: &'static str,
) -> Result<(), Refusal> {
    let declared = request.headers().get(header::CONTENT_TYPE);
    if declared.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(wanted.as_bytes())) {
        Ok(())
    } else {
        Err(Refusal::MediaType)
    }
}

/// Reads a body of JSON whole, in the time that it may take.
pub(crate) async fn json_body(request: Request<Incoming>, relay: &Relay) -> Result<Held, Refusal> {
    check_media_type(&request, "application/json")?;
    // The head was refused if it did not tell the length, and hyper keeps to it.
    if request.body().size_hint().lower() > BODY_BYTES_MAX as u64 {
        return Err(Refusal::TooLarge);
    }
    relay.bodies.read(request.into_body(), &relay.limits).await
}

/// Lets the pages of the portal, and no other, read an answer.
pub(crate) fn allow_origin(answer: &mut Answer, asked: Option<&HeaderValue>, portal: &str) {
    let headers = answer.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = asked.filter(|origin| origin.as_bytes() == portal.as_bytes()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("Retry-After, Upload-Offset"),
        );
    }
}

/// The answer to a browser that asks before it sends. What it may do it learns only with [`allow_origin`].
pub(crate) fn preflight(methods: &'static str) -> Answer {
    let mut answer = Response::new(Either::Left(Full::default()));
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let permit = |headers: &mut HeaderMap, name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    let headers = answer.headers_mut();
    permit(headers, header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    permit(
        headers,
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "content-type, upload-offset",
    );
    permit(headers, header::ACCESS_CONTROL_MAX_AGE, "7200");
    answer
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn who_is_refused_together_comes_back_apart() {
        let pause = |refused| -> u64 {
            let value = retry_after(refused);
            value.to_str().expect("digits").parse().expect("a number")
        };
        let pauses: BTreeSet<u64> = (0..RETRY_SPREAD_S).map(pause).collect();
        assert_eq!(pauses, (20..=40).collect());
        assert!(pause(1).abs_diff(pause(0)) > 2, "neighbours, too");
        assert!((20..=40).contains(&pause(u64::MAX)));
    }
}
