//! The port from which the intake collects: `GET /v1/outbox`, `GET /v1/outbox/parts/{id}/{n}` and `POST /v1/acks`, over
//! mutual TLS only.

mod question;

use envelope::{Ack, Refusal, SubmissionId, json, reference};
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde::Deserialize;
use tokio::time::Instant;

use crate::Relay;
use crate::head::decimal;
use crate::http::{self, Answer, Refused};
use crate::metrics::Event;

use question::Question;

const PARTS: &str = "/v1/outbox/parts/";

/// Answers one request.
pub(crate) async fn answer(relay: &Relay, request: Request<Incoming>) -> Answer {
    match route(relay, request).await {
        Ok(answer) => answer,
        Err(refused) => refused.answer(relay),
    }
}

async fn route(relay: &Relay, request: Request<Incoming>) -> Result<Answer, Refused> {
    http::check_framing(&request)?;
    let (path, query) = match http::target(&request).split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (http::target(&request), None),
    };
    match (path, query, request.method()) {
        (path, query, method) if path.starts_with(PARTS) => {
            if *method != Method::GET {
                return Err(Refused::method("GET"));
            }
            attachment(relay, &path[PARTS.len()..], query).await
        }
        ("/v1/outbox", query, &Method::GET) => deliver(relay, &Question::read(query)?).await,
        ("/v1/outbox", ..) => Err(Refused::method("GET")),
        ("/v1/acks", None, &Method::POST) => acknowledge(relay, request).await,
        ("/v1/acks", None, _) => Err(Refused::method("POST")),
        _ => Err(Refusal::NotFound.into()),
    }
}

/// What is waiting, oldest first; when there is nothing, waits for it as long as asked.
async fn deliver(relay: &Relay, question: &Question) -> Result<Answer, Refused> {
    let until = Instant::now() + question.wait;
    let mut last_seq = relay.store.last_seq();
    loop {
        last_seq.mark_unchanged();
        if let Some(submissions) = relay
            .store
            .pending(question.after, question.max, relay.board.current())
            .await?
        {
            return Ok(http::json(
                StatusCode::OK,
                format!(r#"{{"submissions":{submissions}}}"#),
            ));
        }
        let something = tokio::select! {
            changed = last_seq.changed() => changed.is_ok(),
            () = relay.stopped() => false,
            () = tokio::time::sleep_until(until) => false,
        };
        if !something {
            return Ok(http::json(
                StatusCode::OK,
                r#"{"submissions":[]}"#.to_owned(),
            ));
        }
    }
}

/// An attachment of a submission that waits to be collected, from the byte on that `?from=K` names.
async fn attachment(relay: &Relay, name: &str, query: Option<&str>) -> Result<Answer, Refused> {
    let (id, n) = name.split_once('/').ok_or(Refusal::NotFound)?;
    let id: SubmissionId = id.parse().map_err(|_| Refusal::NotFound)?;
    let from = match query {
        None => 0,
        Some(query) => query
            .strip_prefix("from=")
            .and_then(decimal)
            .ok_or(Refusal::Malformed)?,
    };
    let len = relay.store.attachment_len(id, n.to_owned()).await?;
    let len = len.ok_or(Refusal::NotFound)?;
    let rest = len.checked_sub(from).ok_or(Refusal::Malformed)?;
    match relay.attachments.file(id, n, from, len) {
        Ok(file) => Ok(http::stream(file, rest)),
        Err(error) => {
            tracing::error!(%error, part = n, "attachment lost");
            Err(Refusal::Internal.into())
        }
    }
}

/// The body of `POST /v1/acks`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acks {
    acks: Vec<String>,
}

/// Deletes what is acknowledged. An acknowledgement that does not count is logged and passed over, the others stand.
async fn acknowledge(relay: &Relay, request: Request<Incoming>) -> Result<Answer, Refused> {
    let body = http::json_body(request, relay).await?;
    let Acks { acks } = json::read(body.bytes()).map_err(|_| Refusal::Malformed)?;
    let (catalogue, now) = (relay.board.current(), relay.clock.now());
    let mut good = Vec::with_capacity(acks.len());
    for ack in &acks {
        match Ack::read(ack, &catalogue, now) {
            Ok(ack) => good.push(ack),
            Err(fault) => {
                relay.counters.count(Event::AckRefused);
                tracing::warn!(%fault, "acknowledgement refused");
            }
        }
    }
    for ack in &good {
        tracing::info!(reference = reference(&ack.manifest_sha256), "acknowledged");
    }
    let released = relay.store.release(good).await?;
    for id in released.with_attachments {
        relay.attachments.discard(id).await?;
    }
    let deleted = released.deleted;
    relay.counters.add(Event::Acknowledged, deleted);
    Ok(http::json(
        StatusCode::OK,
        format!(r#"{{"deleted":{deleted}}}"#),
    ))
}
