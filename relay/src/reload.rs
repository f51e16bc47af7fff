//! What is read again while the relay runs: on SIGHUP the config, the certificates, the catalogue and the release, all of
//! them or none; and the last two alone when one of their files changes.
//!
//! What cannot change while it runs (addresses, store, keys, limits) must be as it was at the start.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, watch};

use crate::Relay;
use crate::config::{Config, span};
use crate::fault::Fault;
use crate::journal::Journal;
use crate::metrics::Event;
use crate::tls::{self, Served};

/// Why the last reading changed nothing, if it did not.
#[derive(Default)]
pub(crate) struct LastReload(Mutex<Option<String>>);

impl LastReload {
    pub(crate) fn fault(&self) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, fault: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

/// Everything that can change.
pub(crate) struct Reload {
    /// The config that it was started with.
    pub(crate) started_with: Config,
    pub(crate) public_tls: Option<watch::Sender<Served>>,
    pub(crate) outbox_tls: watch::Sender<Served>,
    pub(crate) journal: Journal,
}

impl Reload {
    /// Reads again whenever `asked` brings something, and the publisher's word when a file of it changes. Ends when nobody can
    /// ask any more.
    pub(crate) async fn run(self, relay: Arc<Relay>, mut asked: mpsc::Receiver<()>) {
        let poll = span(relay.limits.catalogue_poll_ms);
        let mut seen = relay.board.at_start();
        loop {
            let is_asked = match tokio::time::timeout(poll, asked.recv()).await {
                Ok(None) => return,
                Ok(Some(())) => true,
                Err(_elapsed) => false,
            };
            let stamp = relay.board.stamp();
            let read = match (is_asked, stamp == seen) {
                (true, _) => self.everything(&relay).await,
                (false, false) => relay.board.renew(&relay.store, relay.clock.now()).await,
                (false, true) => continue,
            };
            seen = stamp;
            match read {
                Ok(()) => {
                    relay.counters.count(Event::Reloaded);
                    relay.last_reload.set(None);
                }
                Err(fault) => {
                    relay.counters.count(Event::ReloadRefused);
                    tracing::error!(%fault, "reload refused, all stays as it was");
                    relay.last_reload.set(Some(fault.to_string()));
                }
            }
        }
    }

    /// First everything is read; what can still fail comes last, and after it nothing can.
    async fn everything(&self, relay: &Relay) -> Result<(), Fault> {
        let now = relay.clock.now();
        let config = Config::load(&self.started_with.file)?;
        if let Some(key) = self.started_with.first_difference(&config) {
            return Err(Fault::new(
                config.file.display(),
                format!("{key} is another than at the start, and cannot change while it runs"),
                "stop the relay and start it again, or put back what stood there",
            ));
        }
        let public_tls = config.tls.as_ref().map(tls::public).transpose()?;
        let outbox_tls = tls::outbox(&config.outbox)?;
        for served in public_tls.iter().chain([&outbox_tls]) {
            served.require_current(now)?;
        }
        relay.board.renew(&relay.store, now).await?;
        if let (Some(sender), Some(served)) = (&self.public_tls, public_tls) {
            sender.send_replace(served);
        }
        self.outbox_tls.send_replace(outbox_tls);
        self.journal.set(config.log_level);
        tracing::info!("reloaded");
        Ok(())
    }
}
