//! `motcua serve` without a folder: the portal of the sources as they are now. A save is seen, what changed is made
//! anew, and every browser page whose bytes differ loads itself again; faults are shown on the page.
//!
//! ```text
//! disk ──watch──▶ Workshop (one thread: last good portal, files made when asked) ◀──▶ Preview ◀──▶ browser
//! ```
//!
//! Pages under preview are the bytes of a build with one script more, and are sent with the headers of a host. What the
//! preview adds stands under `/_motcua/`, an address that no service can have, and in no built portal.

use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;

use formdef::Bilingual;
use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue};
use hyper::{Request, StatusCode};
use tokio::sync::{oneshot, watch as channel};

use crate::Options;
use crate::build::no_threads;
use crate::fault::cause;
use crate::headers::Rules;
use crate::keys::Keys;
use crate::memo::Memo;
use crate::serve::{Answer, Site, content_type, file_of, respond, to_folder};

mod events;
#[cfg(test)]
mod made_again;
mod parts;
#[cfg(test)]
mod same_bytes;
mod shown;
mod watch;
mod workshop;

pub use workshop::News;

use shown::Reply;
use workshop::{Order, State, Workshop};

/// The page for addresses where nothing is.
const NOT_FOUND: &str = "404.html";

/// A preview of a portal's sources.
pub struct Preview {
    orders: Sender<Order>,
    state: channel::Receiver<State>,
}

impl Preview {
    /// Reads the sources and begins to watch them; `news` is called with how they stand, from a thread of its own.
    ///
    /// Errors: the keys cannot be read, no thread could be started.
    pub fn open(
        options: Options,
        news: impl FnMut(News<'_>) + Send + 'static,
    ) -> Result<Preview, Bilingual> {
        let keys = options.keys.as_deref().map(Keys::read).transpose();
        let keys = keys.map_err(|fault| Bilingual::from(|lang| fault.show(lang)))?;
        let dirs = [&options.forms, &options.site]
            .map(|dir| std::path::absolute(dir).map_err(|error| cause(&error)));
        let dirs = dirs.into_iter().collect::<Result<_, _>>()?;
        let (orders, taken) = mpsc::channel();
        let (told, state) = channel::channel(State::default());
        // First watched, then read: a change between the two is seen.
        watch::watch(dirs, orders.clone());
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(options.threads.unwrap_or_default())
            .build()
            .map_err(|error| no_threads(&error))?;
        let workshop = Workshop {
            options: Arc::new(options),
            keys: keys.map(Arc::new),
            orders: taken,
            state: told,
            news,
            memo: Memo::default(),
            latest: None,
            made: None,
        };
        thread::spawn(move || threads.install(|| workshop.run()));
        Ok(Preview { orders, state })
    }

    /// What stands at a path of the portal.
    async fn ask(&self, path: &str) -> Reply {
        ask(&self.orders, path).await
    }

    /// The headers that a host would send.
    async fn rules(&self) -> Rules {
        match self.ask("_headers").await {
            Reply::File(text, _) => Rules::read(&String::from_utf8_lossy(&text)),
            _ => Rules::default(),
        }
    }

    async fn portal(&self, request: &Request<Incoming>) -> Answer {
        let address = request.uri().path();
        let rules = self.rules().await;
        let file = file_of(address);
        let reply = match &file {
            Some(file) => self.ask(file).await,
            None => Reply::Nothing,
        };
        let mut answer = match (file, reply) {
            (Some(file), Reply::File(bytes, digest)) => {
                let bytes = if file.ends_with(".html") {
                    parts::with_script(&bytes, &digest.to_string())
                } else {
                    bytes
                };
                respond(&rules, StatusCode::OK, address, content_type(&file), bytes)
            }
            (_, Reply::Folder) => to_folder(&rules, address),
            (_, Reply::Broken) => parts::broken(),
            (_, _) => self.not_found(&rules, address).await,
        };
        loosen(&mut answer, request);
        answer
    }

    async fn not_found(&self, rules: &Rules, address: &str) -> Answer {
        match self.ask(NOT_FOUND).await {
            Reply::File(bytes, digest) => {
                let page = parts::with_script(&bytes, &digest.to_string());
                let html = content_type(NOT_FOUND);
                respond(rules, StatusCode::NOT_FOUND, address, html, page)
            }
            _ => parts::broken(),
        }
    }
}

impl Site for Preview {
    async fn answer(&self, request: &Request<Incoming>) -> Answer {
        match request.uri().path().strip_prefix(parts::PLACE) {
            None => self.portal(request).await,
            Some(path) => match path.strip_prefix("events/") {
                Some(page) => events::answer(page, &self.orders, &self.state),
                None => parts::answer(path),
            },
        }
    }
}

async fn ask(orders: &Sender<Order>, path: &str) -> Reply {
    let (reply, answered) = oneshot::channel();
    match orders.send(Order::Ask(path.to_owned(), reply)) {
        Ok(()) => answered.await.unwrap_or(Reply::Broken),
        Err(_) => Reply::Broken,
    }
}

/// What a preview must not take over from a host: pages that browsers keep, and that no frame may show them.
fn loosen(answer: &mut Answer, request: &Request<Incoming>) {
    let headers = answer.headers_mut();
    let is_lasting = headers
        .get(CACHE_CONTROL)
        .is_some_and(|value| value.as_bytes().ends_with(b"immutable"));
    if !is_lasting {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    let in_frame = request
        .headers()
        .get("sec-fetch-dest")
        .is_some_and(|value| value == "iframe");
    let policy = headers
        .get(CONTENT_SECURITY_POLICY)
        .filter(|_| in_frame)
        .and_then(|policy| policy.to_str().ok())
        .map(|policy| policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"));
    if let Some(Ok(policy)) = policy.map(|policy| HeaderValue::from_str(&policy)) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}
