//! What the preview tells a page while it is open, as server-sent events:
//!
//! - `faults`: a JSON array of what is wrong with the sources now; empty when nothing is;
//! - `reload`: the page's bytes are no longer those that the browser has.

use std::sync::mpsc::Sender;
use std::time::Duration;

use formdef::{Bilingual, Lang};
use http_body_util::BodyExt;
use http_body_util::channel::Channel;
use hyper::body::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::shown::Reply;
use super::workshop::{Order, State};
use super::{NOT_FOUND, ask};
use crate::build::Failure;
use crate::fault::Fault;
use crate::report::Palette;
use crate::serve::{Answer, file_of, plain};

/// How often a page that has nothing to hear is asked whether it is still there.
const STILL_THERE: Duration = Duration::from_secs(15);

/// Events for one page: `{digest of the bytes it has}{its address}`.
pub(super) fn answer(page: &str, orders: &Sender<Order>, state: &watch::Receiver<State>) -> Answer {
    let Some(at) = page.find('/') else {
        return plain(StatusCode::NOT_FOUND, "no such page\n");
    };
    let (digest, address) = page.split_at(at);
    let (sender, body) = Channel::new(1);
    tokio::spawn(
        Teller {
            sender,
            orders: orders.clone(),
            state: state.clone(),
            address: address.to_owned(),
            digest: digest.to_owned(),
        }
        .run(),
    );
    let mut answer = Response::new(body.boxed());
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Tells one page until it is closed.
struct Teller {
    sender: http_body_util::channel::Sender<Bytes>,
    orders: Sender<Order>,
    state: watch::Receiver<State>,
    address: String,
    /// Of the bytes that the page has.
    digest: String,
}

impl Teller {
    async fn run(mut self) {
        let mut is_open = true;
        while is_open {
            is_open = self.tell().await && self.wait().await;
        }
    }

    /// Tells how it stands now; whether the page was there to hear it.
    async fn tell(&mut self) -> bool {
        let failure = self.state.borrow_and_update().failure.clone();
        let faults = told(failure.as_deref()).to_string();
        let is_there = self.send("faults", &faults).await;
        match self.digest_now().await {
            Some(digest) if digest != self.digest => {
                self.digest = digest;
                is_there && self.send("reload", "").await
            }
            _ => is_there,
        }
    }

    /// Waits for news; whether there can be any for a page that is still there.
    async fn wait(&mut self) -> bool {
        loop {
            match tokio::time::timeout(STILL_THERE, self.state.changed()).await {
                Ok(changed) => return changed.is_ok(),
                Err(_) if self.send("still-there", "").await => {}
                Err(_) => return false,
            }
        }
    }

    async fn send(&mut self, event: &str, data: &str) -> bool {
        let text = format!("event: {event}\ndata: {data}\n\n");
        self.sender.send_data(text.into()).await.is_ok()
    }

    /// The digest of what a browser would be sent now; `None` when that cannot be made.
    async fn digest_now(&self) -> Option<String> {
        let file = file_of(&self.address);
        let reply = match &file {
            Some(file) => ask(&self.orders, file).await,
            None => Reply::Nothing,
        };
        let reply = match reply {
            Reply::Nothing => ask(&self.orders, NOT_FOUND).await,
            other => other,
        };
        match reply {
            Reply::File(_, digest) => Some(digest.to_string()),
            _ => None,
        }
    }
}

/// The faults as the page's script shows them.
fn told(failure: Option<&Failure>) -> Value {
    match failure {
        None => json!([]),
        Some(Failure::Faults(faults)) => faults.iter().map(told_fault).collect(),
        Some(other) => {
            let words = |lang| other.show(lang, &Palette::PLAIN);
            json!([{ "message": { "vi": words(Lang::Vi), "en": words(Lang::En) } }])
        }
    }
}

fn told_fault(fault: &Fault) -> Value {
    let words = |words: &Bilingual| json!({ "vi": words.vi, "en": words.en });
    let mut told = json!({
        "path": fault.path,
        "message": words(&fault.message),
        "mend": words(&fault.mend),
    });
    if let Some(spot) = &fault.spot {
        told["line"] = json!(spot.line);
        told["column"] = json!(spot.column);
        told["width"] = json!(spot.width);
        told["source"] = json!(spot.source_line);
    }
    told
}
