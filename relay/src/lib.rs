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
//! | `server` | listening, connections and their deadlines, draining |
//! | `head`, `guard`, `tls` | what of a connection reaches hyper |
//! | `public`, `outbox`, `http` | what is asked and answered on the two ports |
//! | `catalogue` | the publisher's word on forms, offices and keys |
//! | [`log`] | the transparency log: its key, and its files |
//! | `store`, `receipt` | what is kept, and the only way to a receipt |
//! | [`fault`] | what is told to the operator |

mod catalogue;
pub mod clock;
pub mod config;
pub mod fault;
mod guard;
mod head;
mod http;
pub mod keys;
pub mod log;
mod outbox;
mod public;
mod receipt;
mod server;
mod store;
mod tls;

use tokio::sync::watch;

use crate::catalogue::Board;
use crate::clock::Clock;
use crate::config::Limits;
use crate::keys::SigningKey;
use crate::log::Folder;
use crate::store::Store;

pub use crate::server::{Addresses, Orders, check, run};

/// What every request may look at.
pub(crate) struct Relay {
    clock: Clock,
    limits: Limits,
    key: SigningKey,
    board: Board,
    store: Store,
    log: Folder,
    /// True once the relay is to stop.
    stopping: watch::Sender<bool>,
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
}
