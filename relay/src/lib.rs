//! The relay: the only program of motcua on the Internet. It takes sealed, signed submissions, keeps them on its disk,
//! gives a receipt, and hands them to the intake. It cannot read what it carries.
//!
//! ```text
//! body ──▶ Unverified ──▶ Signed ──▶ Verified ──commit──▶ Kept ──▶ Receipt
//! ```
//!
//! | module | concept |
//! |---|---|
//! | [`config`], [`clock`], [`keys`] | what it is started with |
//! | `server`, `door` | starting and draining; connections and their deadlines |
//! | [`service`], [`sandbox`] | what the machine hands over, and what it lets the relay do |
//! | `head`, `guard`, `tls` | what of a connection reaches hyper |
//! | `bodies`, `pace`, `crowd`, `descriptors` | what all may use together, and how slow one may be |
//! | `public`, `upload`, `outbox`, `http` | what is asked and answered on the two ports |
//! | `admin`, `health`, `metrics`, [`journal`] | what the operator sees |
//! | [`status`] | the same for people: `motcua-relay status` |
//! | `reload` | what is read again while it runs |
//! | `catalogue` | the publisher's word on forms, offices and keys |
//! | [`log`] | the transparency log: its key, and its files |
//! | `scrub` | whether what is kept is as it was written |
//! | `store`, `attachments`, `disk`, `receipt` | what is kept, and the only way to a receipt |
//! | [`fault`] | what is told to the operator |

mod admin;
mod attachments;
mod bodies;
mod catalogue;
pub mod clock;
pub mod config;
mod crowd;
mod descriptors;
mod disk;
mod door;
pub mod fault;
mod guard;
mod head;
mod health;
mod http;
pub mod journal;
pub mod keys;
pub mod log;
mod metrics;
mod outbox;
mod pace;
mod public;
mod receipt;
mod reload;
pub mod sandbox;
mod scrub;
mod server;
pub mod service;
pub mod status;
mod store;
mod tls;
mod upload;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use envelope::{SubmissionId, UnixTime};
use tokio::sync::{Semaphore, watch};

use crate::attachments::Attachments;
use crate::bodies::Bodies;
use crate::catalogue::Board;
use crate::clock::Clock;
use crate::config::Limits;
use crate::crowd::Crowd;
use crate::keys::SigningKey;
use crate::log::{Folder, Published};
use crate::metrics::{Counters, Page};
use crate::receipt::received_at;
use crate::reload::LastReload;
use crate::store::{Draft, Kept, Store, StoreError};
use crate::tls::Served;

pub use crate::scrub::{Report, scrub};
pub use crate::server::{Addresses, Orders, check, run};

/// What every request may look at.
pub(crate) struct Relay {
    clock: Clock,
    limits: Limits,
    key: SigningKey,
    board: Board,
    store: Store,
    attachments: Attachments,
    bodies: Bodies,
    /// A place for each submission that is looked at or waits for the disk.
    queue: Semaphore,
    /// Who is at the public port.
    crowd: Arc<Crowd>,
    log: Folder,
    /// True once the relay is to stop.
    stopping: watch::Sender<bool>,
    /// How the log's files are.
    published: watch::Receiver<Published>,
    counters: Counters,
    /// When everything that is kept was last looked at; 0 before the first time.
    scrubbed_at: AtomicI64,
    last_reload: LastReload,
    certificates: Certificates,
}

/// What the ports answer handshakes with.
pub(crate) struct Certificates {
    /// None: plain HTTP.
    public: Option<watch::Receiver<Served>>,
    outbox: watch::Receiver<Served>,
}

impl Certificates {
    /// The port's name, and when its certificate ends.
    pub(crate) fn ends(&self) -> Vec<(&'static str, UnixTime)> {
        let public = self.public.iter().map(|served| ("public", served));
        let all = public.chain([("outbox", &self.outbox)]);
        all.map(|(port, served)| (port, served.borrow().until))
            .collect()
    }
}

impl Relay {
    /// Comes true when the relay is to stop.
    pub(crate) async fn stopped(&self) {
        // The sender lives as long as the relay.
        let _ = self
            .stopping
            .subscribe()
            .wait_for(|stopping| *stopping)
            .await;
    }

    /// The kept submission with this id, checked by the keys of the catalogue in use.
    pub(crate) async fn find(&self, id: SubmissionId) -> Result<Option<Kept>, StoreError> {
        self.store.find(id, self.board.current()).await
    }

    /// Keeps a submission, or finds the one that has its id.
    pub(crate) async fn keep(&self, draft: Draft) -> Result<Kept, StoreError> {
        self.store.keep(draft, self.board.current()).await
    }

    /// How many submissions are looked at or wait for the disk.
    pub(crate) fn waiting(&self) -> u32 {
        let free = u32::try_from(self.queue.available_permits()).unwrap_or(u32::MAX);
        self.limits.waiting_max.get().saturating_sub(free)
    }

    /// What is measured at this moment.
    pub(crate) async fn write_metrics(&self, page: &mut Page) {
        let catalogue = self.board.current();
        self.store.room().write(page, Instant::now());
        self.write_certificates(page);
        let leaves = self.published.borrow().leaves;
        for (name, help, value) in [
            (
                "catalogue_serial",
                "Serial of the catalogue in use.",
                catalogue.serial as f64,
            ),
            (
                "catalogue_expires_seconds",
                "Until when the catalogue holds, since 1970.",
                catalogue.exp.0 as f64,
            ),
            (
                "waiting",
                "Submissions that are looked at or wait for the disk.",
                f64::from(self.waiting()),
            ),
            (
                "waiting_max",
                "Waiting ones at which further submissions are refused.",
                f64::from(self.limits.waiting_max.get()),
            ),
            (
                "connections",
                "Connections at the public port.",
                f64::from(self.crowd.len()),
            ),
            (
                "bodies_bytes",
                "Bytes of bodies in memory.",
                self.bodies.bytes() as f64,
            ),
            (
                "oldest_pending_seconds",
                "How long the oldest submission has waited for the intake.",
                self.oldest_pending_s().await,
            ),
            (
                "damaged",
                "Places that are not as they were written.",
                self.store.damages().list().len() as f64,
            ),
            (
                "scrubbed_at_seconds",
                "When everything was last looked at, since 1970; 0 before the first time.",
                self.scrubbed_at.load(Ordering::Relaxed) as f64,
            ),
            (
                "log_published_leaves",
                "Leaves of the log that its files have.",
                leaves as f64,
            ),
        ] {
            page.gauge(name, help, value);
        }
    }

    fn write_certificates(&self, page: &mut Page) {
        let help = "Until when the port's certificate holds, since 1970.";
        page.family("certificate_expires_seconds", "gauge", help);
        for (port, until) in self.certificates.ends() {
            let label = format!("{{port=\"{port}\"}}");
            page.sample("certificate_expires_seconds", &label, until.0 as f64);
        }
    }

    /// 0 when nothing waits; NaN when it cannot be told.
    async fn oldest_pending_s(&self) -> f64 {
        match self.store.oldest_receipt().await {
            Ok(None) => 0.0,
            Ok(Some(receipt)) => received_at(&receipt)
                .map_or(f64::NAN, |at| (self.clock.now().0 - at.0).max(0) as f64),
            Err(_) => f64::NAN,
        }
    }
}
