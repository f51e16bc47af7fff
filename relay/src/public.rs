//! The public port: `POST /v1/submissions`, `GET /v1/submissions/{id}`, `OPTIONS` on both, `GET /log/…`, and nothing else.

use std::time::Instant;

use envelope::{
    Catalogue, PartRef, Refusal, Signed, SubmissionId, UnixTime, Unverified, Verified, reference,
};
use hyper::body::Incoming;
use hyper::header::ORIGIN;
use hyper::{Method, Request, StatusCode};

use crate::Relay;
use crate::catalogue::signs_at;
use crate::config::span;
use crate::http::{self, Answer, Refused};
use crate::log::Named;
use crate::metrics::Event;
use crate::receipt::{Promise, Receipt};
use crate::store::{Draft, Kept};

const SUBMISSIONS: &str = "/v1/submissions";
const LOG: &str = "/log/";

/// Answers one request.
pub(crate) async fn answer(relay: &Relay, request: Request<Incoming>) -> Answer {
    let catalogue = relay.board.current();
    let origin = request.headers().get(ORIGIN).cloned();
    let mut answer = match route(relay, &catalogue, request).await {
        Ok(answer) => answer,
        Err(refused) => refused.answer(relay),
    };
    http::allow_origin(&mut answer, origin.as_ref(), &catalogue.portal);
    answer
}

async fn route(
    relay: &Relay,
    catalogue: &Catalogue,
    request: Request<Incoming>,
) -> Result<Answer, Refused> {
    http::check_framing(&request)?;
    let target = http::target(&request);
    if target == SUBMISSIONS {
        return match *request.method() {
            Method::POST => submit(relay, catalogue, request).await,
            Method::OPTIONS => Ok(http::preflight("POST")),
            _ => Err(Refused::method("OPTIONS, POST")),
        };
    }
    if let Some(name) = target.strip_prefix(LOG) {
        let named = Named::read(name).ok_or(Refusal::NotFound)?;
        return match *request.method() {
            Method::GET => log_file(relay, named).await,
            _ => Err(Refused::method("GET")),
        };
    }
    let id = target
        .strip_prefix(SUBMISSIONS)
        .and_then(|rest| rest.strip_prefix('/'));
    let id: SubmissionId = id.and_then(|id| id.parse().ok()).ok_or(Refusal::NotFound)?;
    match *request.method() {
        Method::GET => receipt_again(relay, id).await,
        Method::OPTIONS => Ok(http::preflight("GET")),
        _ => Err(Refused::method("GET, OPTIONS")),
    }
}

/// Takes a submission: read, believe, know again or admit, keep, and only then say so.
async fn submit(
    relay: &Relay,
    catalogue: &Catalogue,
    request: Request<Incoming>,
) -> Result<Answer, Refused> {
    let body = http::json_body(request, span(relay.limits.body_timeout_ms)).await?;
    let signed = Unverified::read(&body)?.check_signature()?;
    // Before the dates: a sender whose answer was lost gets it again, however late.
    if let Some(kept) = relay.store.find(signed.id()).await? {
        return receipt_for(relay, &signed, kept);
    }
    let now = relay.clock.now();
    let verified = signed.admit(now, catalogue)?;
    let draft = draft(relay, catalogue, &verified, now)?;
    let begun = Instant::now();
    let kept = relay.store.keep(draft).await?;
    relay.counters.committed_after(begun.elapsed());
    // It may have come twice at once: the writer has decided which was first.
    receipt_for(relay, verified.signed(), kept)
}

/// What is to be kept, with the receipt that this will make true.
fn draft(
    relay: &Relay,
    catalogue: &Catalogue,
    verified: &Verified,
    now: UnixTime,
) -> Result<Draft, Refusal> {
    let signed = verified.signed();
    let manifest = signed.manifest();
    if manifest
        .parts
        .iter()
        .any(|part| matches!(part, PartRef::Ece { .. }))
    {
        // This relay has no way to take an attachment, and a receipt must not cover what is not kept.
        return Err(Refusal::Parts);
    }
    if !signs_at(catalogue, relay.key.kid(), now) {
        tracing::error!(kid = %relay.key.kid(), "the signing key is out of its dates in the catalogue");
        return Err(Refusal::Internal);
    }
    let promise = Promise::sign(&relay.key, verified, now).map_err(|_| Refusal::Internal)?;
    Ok(Draft {
        id: signed.id(),
        jkt: signed.jkt(),
        manifest_sha256: signed.manifest_sha256(),
        exp: manifest.exp,
        manifest: signed.manifest_jws().to_owned(),
        parts: serde_json::to_string(signed.parts()).map_err(|_| Refusal::Internal)?,
        promise,
    })
}

/// The receipt for `signed`, if what is kept under its id is `signed` itself.
fn receipt_for(relay: &Relay, signed: &Signed, kept: Kept) -> Result<Answer, Refused> {
    if !kept.is(signed) {
        let (kept, sent) = (kept.manifest_sha256(), signed.manifest_sha256());
        tracing::warn!(%kept, %sent, "id taken");
        relay.counters.count(Event::IdTaken);
        return Err(Refusal::IdTaken.into());
    }
    let is_new = kept.is_new();
    let (status, event) = if is_new {
        (StatusCode::CREATED, Event::Kept)
    } else {
        (StatusCode::OK, Event::SentAgain)
    };
    relay.counters.count(event);
    tracing::info!(
        reference = reference(&signed.manifest_sha256()),
        is_new,
        "kept"
    );
    Ok(http::json(status, Receipt::from(kept).body()))
}

/// Knowing the id is the right to ask.
async fn receipt_again(relay: &Relay, id: SubmissionId) -> Result<Answer, Refused> {
    let kept = relay.store.find(id).await?.ok_or(Refusal::NotFound)?;
    Ok(http::json(StatusCode::OK, Receipt::from(kept).body()))
}

/// A file of the log, as it lies in the folder.
async fn log_file(relay: &Relay, named: Named) -> Result<Answer, Refused> {
    let folder = relay.log.clone();
    let reading = tokio::task::spawn_blocking(move || (folder.read(&named), named));
    let (bytes, named) = reading.await.map_err(|_| Refusal::Internal)?;
    let bytes = bytes.map_err(|error| {
        tracing::error!(%error, "failed");
        Refusal::Internal
    })?;
    let bytes = bytes.ok_or(Refusal::NotFound)?;
    Ok(match named {
        Named::Checkpoint => http::file(bytes, "text/plain; charset=utf-8", "no-cache"),
        Named::Tile(_) | Named::Bundle(_) => http::file(
            bytes,
            "application/octet-stream",
            "public, max-age=31536000, immutable",
        ),
    })
}
