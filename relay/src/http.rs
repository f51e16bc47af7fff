//! What both ports answer with: JSON, refusals, CORS, and bodies read in bounded time.

use std::time::Duration;

use envelope::Refusal;
use envelope::limits::BODY_BYTES_MAX;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};

use crate::Relay;
use crate::guard::MISFRAMED;
use crate::store::StoreError;

pub(crate) type Answer = Response<Full<Bytes>>;

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
    /// The methods that the path takes, for `method`.
    allow: Option<&'static str>,
}

impl Refused {
    /// The path is there, the method is not.
    pub(crate) fn method(allow: &'static str) -> Refused {
        Refused {
            refusal: Refusal::Method,
            allow: Some(allow),
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
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        answer
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Refused {
            refusal,
            allow: None,
        }
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Refused {
        match error {
            StoreError::Full => Refusal::Busy.into(),
            StoreError::Stopped | StoreError::Read(_) => {
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
    let mut answer = Response::new(Full::new(body));
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

/// Reads a body of JSON whole, within `timeout`.
pub(crate) async fn json_body(
    request: Request<Incoming>,
    timeout: Duration,
) -> Result<Bytes, Refusal> {
    let media_type = request.headers().get(header::CONTENT_TYPE);
    if !media_type.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"application/json")) {
        return Err(Refusal::MediaType);
    }
    // The head was refused if it did not tell the length, and hyper keeps to it.
    if request.body().size_hint().lower() > BODY_BYTES_MAX as u64 {
        return Err(Refusal::TooLarge);
    }
    match tokio::time::timeout(timeout, request.into_body().collect()).await {
        Err(_elapsed) => Err(Refusal::Timeout),
        // The peer closed before the end: nobody hears this.
        Ok(Err(_)) => Err(Refusal::Framing),
        Ok(Ok(body)) => Ok(body.to_bytes()),
    }
}

/// Lets the pages of the portal, and no other, read an answer.
pub(crate) fn allow_origin(answer: &mut Answer, asked: Option<&HeaderValue>, portal: &str) {
    let headers = answer.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = asked.filter(|origin| origin.as_bytes() == portal.as_bytes()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("Retry-After"),
        );
    }
}

/// The answer to a browser that asks before it sends. What it may do it learns only with [`allow_origin`].
pub(crate) fn preflight(methods: &'static str) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let permit = |headers: &mut HeaderMap, name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    let headers = answer.headers_mut();
    permit(headers, header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    permit(
        headers,
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "content-type",
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
