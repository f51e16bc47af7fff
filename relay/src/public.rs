//! The public port: `POST /v1/submissions`, `GET /v1/submissions/{id}`, `HEAD` and `PUT` on its `/parts/{n}`, `OPTIONS` on
//! these, `GET /log/…`, and nothing else.

use std::sync::Arc;
use std::time::Instant;

use envelope::{
    Catalogue, Digest, Identity, Refusal, Signed, SubmissionId, UnixTime, Unverified, Verified,
    reference,
};
use hyper::body::Incoming;
use hyper::header::ORIGIN;
use hyper::{Method, Request, StatusCode};

use crate::Relay;
use crate::catalogue::signs_at;
use crate::http::{self, Answer, Refused};
use crate::log::Named;
use crate::metrics::Event;
use crate::receipt::{Promise, Receipt};
use crate::store::{Draft, Kept};
use crate::upload;

const SUBMISSIONS: &str = "/v1/submissions";
const LOG: &str = "/log/";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Answers one request.
pub(crate) async fn answer(relay: &Arc<Relay>, request: Request<Incoming>) -> Answer {
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
    relay: &Arc<Relay>,
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
    let one = target
        .strip_prefix(SUBMISSIONS)
        .and_then(|rest| rest.strip_prefix('/'))
        .ok_or(Refusal::NotFound)?;
    match one.split_once("/parts/") {
        None => submission(relay, request.method(), id(one)?).await,
        Some((one, n)) => {
            let (id, n) = (id(one)?, n.to_owned());
            part(relay, request, id, &n).await
        }
    }
}

fn id(text: &str) -> Result<SubmissionId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// `/v1/submissions/{id}`
async fn submission(
    relay: &Arc<Relay>,
    method: &Method,
    id: SubmissionId,
) -> Result<Answer, Refused> {
    match *method {
        Method::GET => receipt_again(relay, id).await,
        Method::OPTIONS => Ok(http::preflight("GET")),
        _ => Err(Refused::method("GET, OPTIONS")),
    }
}

/// `/v1/submissions/{id}/parts/{n}`
async fn part(
    relay: &Arc<Relay>,
    request: Request<Incoming>,
    id: SubmissionId,
    n: &str,
) -> Result<Answer, Refused> {
    match *request.method() {
        Method::HEAD => upload::offset(relay, id, n).await,
        Method::PUT => upload::put(relay, request, id, n).await,
        Method::OPTIONS => Ok(http::preflight("HEAD, PUT")),
        _ => Err(Refused::method("HEAD, OPTIONS, PUT")),
    }
}

/// Takes a submission: read, believe, admit, keep, and only then say so.
async fn submit(
    relay: &Arc<Relay>,
    catalogue: &Catalogue,
    request: Request<Incoming>,
) -> Result<Answer, Refused> {
    let body = http::json_body(request, relay).await?;
    // Before anything that costs: whoever finds the queue full is told at once.
    let _place = relay.queue.try_acquire().map_err(|_| Refusal::Busy)?;
    let signed = Unverified::read(body.bytes())?.check_signature()?;
    let sent = signed.identity();
    let taken = if signed.manifest().has_attachments() {
        begin_or_go_on(relay, catalogue, signed).await
    } else {
        take(relay, catalogue, signed).await
    };
    match taken {
        // Whoever is refused may have been taken before and have lost the answer: it comes again, whatever the dates say and
        // however full the store is. A store that has failed says nothing any more.
        Err(refused) if !relay.store.has_stopped() => match relay.find(sent.id).await? {
            Some(kept) => receipt_for(relay, sent, kept),
            None => Err(refused),
        },
        taken => taken,
    }
}

async fn take(
    relay: &Arc<Relay>,
    catalogue: &Catalogue,
    signed: Signed,
) -> Result<Answer, Refused> {
    let now = relay.clock.now();
    let verified = signed.admit(now, catalogue)?;
    let draft = draft(relay, catalogue, &verified, now)?;
    let sent = draft.sent;
    let begun = Instant::now();
    let kept = relay.keep(draft).await?;
    // It may have come before, or twice at once: the writer has decided which was first.
    if kept.is_new() {
        relay.counters.committed_after(begun.elapsed());
    }
    receipt_for(relay, sent, kept)
}

/// A submission with attachments: its receipt, what is missing of it, or a beginning.
async fn begin_or_go_on(
    relay: &Arc<Relay>,
    catalogue: &Catalogue,
    signed: Signed,
) -> Result<Answer, Refused> {
    let sent = signed.identity();
    if let Some(kept) = relay.find(sent.id).await? {
        return receipt_for(relay, sent, kept);
    }
    if let Some(answer) = upload::known(relay, sent).await? {
        return Ok(answer);
    }
    let verified = signed.admit(relay.clock.now(), catalogue)?;
    upload::begin(relay, verified.into_signed()).await
}

/// What is to be kept, with the receipt that this will make true.
pub(crate) fn draft(
    relay: &Relay,
    catalogue: &Catalogue,
    verified: &Verified,
    now: UnixTime,
) -> Result<Draft, Refusal> {
    let signed = verified.signed();
    let manifest = signed.manifest();
    if !signs_at(catalogue, relay.key.kid(), now) {
        tracing::error!(kid = %relay.key.kid(), "the signing key is out of its dates in the catalogue");
        return Err(Refusal::Internal);
    }
    let promise = Promise::sign(&relay.key, verified, now).map_err(|_| Refusal::Internal)?;
    Ok(Draft {
        sent: signed.identity(),
        exp: manifest.exp,
        manifest: signed.manifest_jws().to_owned(),
        parts: serde_json::to_string(signed.parts()).map_err(|_| Refusal::Internal)?,
        attachments: manifest
            .attachments()
            .map(|(n, len, _)| (n.to_owned(), len))
            .collect(),
        promise,
    })
}

/// The receipt for what was `sent`, if that is what is kept under its id.
pub(crate) fn receipt_for(relay: &Relay, sent: Identity, kept: Kept) -> Result<Answer, Refused> {
    if !kept.is(sent) {
        return Err(id_taken(relay, kept.manifest_sha256(), sent));
    }
    let is_new = kept.is_new();
    let (status, event) = if is_new {
        (StatusCode::CREATED, Event::Kept)
    } else {
        (StatusCode::OK, Event::SentAgain)
    };
    relay.counters.count(event);
    tracing::info!(reference = reference(&sent.manifest_sha256), is_new, "kept");
    Ok(http::json(status, Receipt::from(kept).body()))
}

/// Somebody else has the id, or the same sender has signed something else under it.
pub(crate) fn id_taken(relay: &Relay, kept: Digest, sent: Identity) -> Refused {
    tracing::warn!(%kept, sent = %sent.manifest_sha256, "id taken");
    relay.counters.count(Event::IdTaken);
    Refusal::IdTaken.into()
}

/// Knowing the id is the right to ask.
async fn receipt_again(relay: &Arc<Relay>, id: SubmissionId) -> Result<Answer, Refused> {
    match relay.find(id).await? {
        Some(kept) => Ok(http::json(StatusCode::OK, Receipt::from(kept).body())),
        None => upload::state(relay, id).await,
    }
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
        Named::Tile(_) | Named::Bundle(_) => {
            http::file(bytes, "application/octet-stream", FOR_EVER)
        }
        Named::Release(_) => http::file(bytes, "text/plain; charset=utf-8", FOR_EVER),
    })
}
