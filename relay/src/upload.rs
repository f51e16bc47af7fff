//! Submissions with attachments: `HEAD` and `PUT /v1/submissions/{id}/parts/{n}`, and what follows from the last one.

use std::mem;
use std::sync::Arc;

use envelope::{Identity, Refusal, Signed, SubmissionId};
use hyper::body::{Body, Incoming};
use hyper::header::HeaderMap;
use hyper::{Request, StatusCode};

use crate::Relay;
use crate::attachments::{Holder, Part, Trouble, Turn, Upload};
use crate::bodies::{self, Held};
use crate::head::decimal;
use crate::http::{self, Answer, Refused, UPLOAD_OFFSET};
use crate::pace::Pace;
use crate::public::{draft, id_taken, receipt_for};
use crate::receipt::Receipt;

/// What comes is written in steps of so many bytes: a request holds no more of its body in memory.
const STEP_BYTES: usize = 256 * 1024;

/// What the sender of a submission with attachments is told, if it is known: its receipt, or what is missing.
pub(crate) async fn known(relay: &Arc<Relay>, sent: Identity) -> Result<Option<Answer>, Refused> {
    let Some(first) = relay.store.unfinished(sent.id).await? else {
        return Ok(None);
    };
    if first.manifest().exp < relay.clock.now() {
        lapse(relay).await?;
        return Ok(None);
    }
    if first.identity() != sent {
        return Err(id_taken(relay, first.manifest_sha256(), sent));
    }
    state(relay, sent.id).await.map(Some)
}

/// Begins with a submission that is good but for its attachments.
pub(crate) async fn begin(relay: &Arc<Relay>, signed: Signed) -> Result<Answer, Refused> {
    let sent = signed.identity();
    if !relay.attachments.reserve(signed.manifest()) {
        return Err(Refusal::Busy.into());
    }
    let is_new = match relay.store.begin(signed).await {
        Ok(is_new) => is_new,
        Err(error) => {
            relay.attachments.release(sent.id);
            return Err(error.into());
        }
    };
    let reference = envelope::reference(&sent.manifest_sha256);
    tracing::info!(reference, is_new, "attachments are to follow");
    if let Some(answer) = known(relay, sent).await? {
        return Ok(answer);
    }
    // It came twice, and the other one has been completed or has lapsed already.
    let kept = relay.find(sent.id).await?.ok_or(Refusal::NotFound)?;
    receipt_for(relay, sent, kept)
}

/// What is missing of an unfinished submission; with nothing missing, its receipt.
pub(crate) async fn state(relay: &Arc<Relay>, id: SubmissionId) -> Result<Answer, Refused> {
    let now = relay.clock.now();
    let Some(upload) = relay.attachments.unfinished(&relay.store, id, now).await? else {
        return finished(relay, id).await;
    };
    match upload.missing().as_slice() {
        [] => complete(relay, &upload).await,
        missing => {
            let body = serde_json::json!({ "missing": missing });
            Ok(http::json(StatusCode::ACCEPTED, body.to_string()))
        }
    }
}

/// How many bytes of an attachment are there.
pub(crate) async fn offset(
    relay: &Arc<Relay>,
    id: SubmissionId,
    n: &str,
) -> Result<Answer, Refused> {
    let upload = unfinished(relay, id).await?;
    let part = upload.part(n).ok_or(Refusal::NotFound)?;
    let (mut holder, _) = Holder::take(&relay.attachments, &upload, part).await;
    Ok(http::at_offset(holder.offset().await?))
}

/// Takes an attachment further, and the submission with its last one.
///
/// When the sender goes away meanwhile, what has come is kept, and what follows from it happens.
pub(crate) async fn put(
    relay: &Arc<Relay>,
    request: Request<Incoming>,
    id: SubmissionId,
    n: &str,
) -> Result<Answer, Refused> {
    http::check_media_type(&request, "application/octet-stream")?;
    let from = offset_in(request.headers())?;
    if let Some(kept) = relay.find(id).await? {
        return Ok(http::json(StatusCode::OK, Receipt::from(kept).body()));
    }
    let upload = unfinished(relay, id).await?;
    let (relay, n) = (Arc::clone(relay), n.to_owned());
    let task = tokio::spawn(async move {
        let part = upload.part(&n).ok_or(Refusal::NotFound)?;
        let offset = receive(&relay, &upload, part, from, request.into_body()).await?;
        if offset < part.len() || !upload.missing().is_empty() {
            return Ok(http::at_offset(offset));
        }
        complete(&relay, &upload).await
    });
    task.await.map_err(|_| Refusal::Internal)?
}

/// Drops the unfinished ones whose time has passed.
pub(crate) async fn lapse(relay: &Relay) -> Result<(), Refused> {
    for id in relay.store.forget_expired(relay.clock.now()).await? {
        tracing::info!("attachments did not come in time");
        relay.attachments.discard(id).await?;
    }
    Ok(())
}

async fn unfinished(relay: &Relay, id: SubmissionId) -> Result<Arc<Upload>, Refused> {
    let now = relay.clock.now();
    let upload = relay.attachments.unfinished(&relay.store, id, now).await?;
    Ok(upload.ok_or(Refusal::NotFound)?)
}

/// The one spelling of `Upload-Offset`: decimal digits without zeros before them.
fn offset_in(headers: &HeaderMap) -> Result<u64, Refusal> {
    let mut values = headers.get_all(UPLOAD_OFFSET).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(Refusal::Malformed);
    };
    value
        .to_str()
        .ok()
        .and_then(decimal)
        .ok_or(Refusal::Malformed)
}

/// Receives a body that goes on at `from`. Returns how many bytes are there then; all of them are the right ones.
async fn receive(
    relay: &Relay,
    upload: &Upload,
    part: &Part,
    from: u64,
    body: Incoming,
) -> Result<u64, Refused> {
    let (mut holder, turn) = Holder::take(&relay.attachments, upload, part).await;
    let stands = holder.offset().await?;
    if from != stands {
        return Err(Refused::offset(stands));
    }
    if body.size_hint().lower() > part.len() - stands {
        return Err(Refusal::PartDigest.into());
    }
    if relay.store.lack().is_some() || !relay.attachments.claim(upload) {
        return Err(Refusal::Busy.into());
    }
    let ended = write(relay, &mut holder, turn, body).await;
    holder.sync().await?;
    let stands = holder.offset().await?;
    match ended? {
        Ended::Whole => {}
        Ended::Interrupted => return Err(Refused::offset(stands)),
    }
    if stands == part.len() && !holder.finish().await? {
        return Err(Refusal::PartDigest.into());
    }
    Ok(stands)
}

/// How a body ended.
enum Ended {
    Whole,
    /// Another request goes on with the attachment.
    Interrupted,
}

/// Writes what comes, also what came before it broke off.
async fn write(
    relay: &Relay,
    holder: &mut Holder<'_>,
    mut turn: Turn,
    mut body: Incoming,
) -> Result<Ended, Refused> {
    let pace = Pace::begin(&relay.limits);
    let mut came = 0;
    let mut step = Held::nothing();
    let ended = loop {
        let more = tokio::select! {
            biased;
            () = turn.over() => break Ok(Ended::Interrupted),
            more = bodies::next(&mut body, pace.deadline(came)) => more,
        };
        let added = match more {
            Ok(Some(more)) => {
                came += more.len() as u64;
                relay.bodies.add(&mut step, &more)
            }
            Ok(None) => break Ok(Ended::Whole),
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = added {
            break Err(refusal);
        }
        if step.bytes().len() >= STEP_BYTES {
            if relay.store.lack().is_some() {
                break Err(Refusal::Busy);
            }
            holder
                .append(mem::replace(&mut step, Held::nothing()))
                .await?;
        }
    };
    if !step.bytes().is_empty() {
        holder.append(step).await?;
    }
    Ok(ended?)
}

/// The receipt of a submission that another request has finished meanwhile.
async fn finished(relay: &Relay, id: SubmissionId) -> Result<Answer, Refused> {
    let kept = relay.find(id).await?.ok_or(Refusal::NotFound)?;
    Ok(http::json(StatusCode::OK, Receipt::from(kept).body()))
}

/// Keeps a submission whose attachments are all there.
async fn complete(relay: &Arc<Relay>, upload: &Upload) -> Result<Answer, Refused> {
    let id = upload.id();
    let Some(signed) = relay.store.unfinished(id).await? else {
        return finished(relay, id).await;
    };
    let (now, catalogue) = (relay.clock.now(), relay.board.current());
    let verified = match signed.admit_complete(now, &catalogue) {
        Ok(verified) => verified,
        // A new catalogue is on its way.
        Err(Refusal::Catalogue) => return Err(Refusal::Catalogue.into()),
        Err(refusal) => {
            relay.store.forget(id).await?;
            relay.attachments.discard(id).await?;
            return Err(refusal.into());
        }
    };
    let kept = relay
        .keep(draft(relay, &catalogue, &verified, now)?)
        .await?;
    relay.attachments.complete(id).await;
    receipt_for(relay, verified.signed().identity(), kept)
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Refused {
        match trouble {
            Trouble::NoSpace => Refusal::Busy.into(),
            Trouble::Failed => Refusal::Internal.into(),
            Trouble::Gone => Refusal::NotFound.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    #[test]
    fn an_offset_has_one_spelling_and_stands_once() {
        let read = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(UPLOAD_OFFSET, HeaderValue::from_static(value));
            }
            offset_in(&headers)
        };
        assert_eq!(read(&["0"]), Ok(0));
        assert_eq!(read(&["262144"]), Ok(262_144));
        for bad in [
            "",
            "+1",
            "01",
            "-1",
            "1 ",
            "0x1",
            "1, 1",
            "18446744073709551616",
        ] {
            assert_eq!(read(&[bad]), Err(Refusal::Malformed), "{bad:?}");
        }
        assert_eq!(read(&[]), Err(Refusal::Malformed));
        assert_eq!(read(&["1", "1"]), Err(Refusal::Malformed));
    }
}
