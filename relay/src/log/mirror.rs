//! Keeps the folder's files as new as the store's log.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::watch;
use tokio::time::timeout;

use super::Folder;
use super::key::LogSigner;
use crate::clock::Clock;
use crate::fault::Fault;

/// However many commits there are, files are written once in this time.
const PUBLISH_EVERY: Duration = Duration::from_secs(1);

/// Without a commit the checkpoint gets a new time this often, so that whoever watches sees that the log lives.
const FRESHEN_EVERY: Duration = Duration::from_secs(60);

/// How the folder is: what of the log is in it, and why no more.
#[derive(Clone, Default)]
pub(crate) struct Published {
    /// How many leaves were published.
    pub(crate) leaves: u64,
    /// Why the last time failed, if it did.
    pub(crate) fault: Option<String>,
}

/// Writes the folder from the store.
pub(crate) struct Mirror {
    folder: Folder,
    connection: Connection,
    signer: Arc<LogSigner>,
    clock: Clock,
    published: watch::Sender<Published>,
}

impl Mirror {
    /// A mirror of the store that `connection` reads; the folder is brought up to date now.
    pub(crate) fn start(
        folder: Folder,
        connection: Connection,
        signer: Arc<LogSigner>,
        clock: Clock,
    ) -> Result<Mirror, Fault> {
        let mut mirror = Mirror {
            folder,
            connection,
            signer,
            clock,
            published: watch::Sender::default(),
        };
        mirror.publish()?;
        Ok(mirror)
    }

    /// How the folder is, from now on.
    pub(crate) fn published(&self) -> watch::Receiver<Published> {
        self.published.subscribe()
    }

    /// Publishes until there is nobody to commit anything more.
    pub(crate) async fn run(mut self, mut committed: watch::Receiver<i64>) -> Mirror {
        loop {
            if let Ok(Err(_ended)) = timeout(FRESHEN_EVERY, committed.changed()).await {
                return self;
            }
            let publishing = tokio::task::spawn_blocking(move || {
                if let Err(fault) = self.publish() {
                    tracing::error!(%fault, "log not published");
                    let fault = Some(fault.to_string());
                    self.published
                        .send_modify(|published| published.fault = fault);
                }
                self
            });
            match publishing.await {
                Ok(mirror) => self = mirror,
                Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
            }
            // A commit that comes meanwhile waits; the end does not.
            let _ = timeout(PUBLISH_EVERY, last(committed.clone())).await;
        }
    }

    /// Brings the folder up to date.
    pub(crate) fn publish(&mut self) -> Result<(), Fault> {
        let before = self.published.borrow().leaves;
        let now = self.clock.now();
        let published = self
            .folder
            .publish(&self.connection, before, &self.signer, now);
        let leaves = published.map_err(|error| {
            Fault::new(
                self.folder.display(),
                format!("the log's files cannot be written: {error}"),
                "make the folder writable and see that the disk has room; it is tried again",
            )
        })?;
        self.published.send_replace(Published {
            leaves,
            fault: None,
        });
        Ok(())
    }
}

/// Comes true when nobody commits any more.
async fn last(mut committed: watch::Receiver<i64>) {
    while committed.changed().await.is_ok() {}
}
