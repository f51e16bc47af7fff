//! The scrub: everything that is kept is looked at again and again, slowly; or once and at once, while the relay stands.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use envelope::log::LogKey;
use ring::rand::SystemRandom;
use rusqlite::Connection;

use crate::Relay;
use crate::attachments;
use crate::catalogue::Source;
use crate::clock::Clock;
use crate::config::Config;
use crate::fault::Fault;
use crate::keys::SigningKey;
use crate::log::Folder;
use crate::log::key::LogSigner;
use crate::store;
use crate::store::pass::{Pass, Passed};
use crate::store::whole::{Damage, Damages, Place};

/// From the end of a pass to the next.
const PASS_EVERY: Duration = Duration::from_secs(3600);

/// Starts the thread that passes over everything for as long as the relay runs.
pub(crate) fn start(relay: Arc<Relay>, connection: Connection, log: LogKey) -> Result<(), Fault> {
    let scrubbing = move || {
        loop {
            let passed = pass_slowly(&relay, &connection, &log);
            relay
                .scrubbed_at
                .store(relay.clock.now().0, Ordering::Relaxed);
            let Passed {
                submissions,
                leaves,
                files,
                ..
            } = passed;
            let damaged = relay.store.damages().list().len();
            tracing::info!(submissions, leaves, files, damaged, "scrubbed");
            thread::sleep(PASS_EVERY);
        }
    };
    let thread = thread::Builder::new().name("scrub".to_owned());
    thread
        .spawn(scrubbing)
        .map(drop)
        .map_err(|error| Fault::new("scrub", format!("no thread for it: {error}"), "free memory"))
}

/// One pass that takes no more than its share of the time.
fn pass_slowly(relay: &Relay, connection: &Connection, log: &LogKey) -> Passed {
    let percent = relay.limits.scrub_percent_max.get().min(100);
    let mut begun = Instant::now();
    let mut pause = || {
        thread::sleep(begun.elapsed() * (100 - percent) / percent);
        begun = Instant::now();
    };
    Pass {
        connection,
        folder: &relay.log,
        attachments: relay.attachments.folder(),
        catalogue: &relay.board.current(),
        log,
        damages: relay.store.damages(),
        pause: &mut pause,
    }
    .run()
}

/// What a scrub has found.
#[derive(Debug)]
pub struct Report {
    looked_at: String,
    damaged: BTreeMap<Place, Damage>,
}

impl Report {
    /// Whether everything is as it was written.
    pub fn is_good(&self) -> bool {
        self.damaged.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Damage { reference, what }) in &self.damaged {
            let reference = reference.as_deref().unwrap_or("-");
            writeln!(f, "damaged: {place}, reference {reference}: {what}")?;
        }
        writeln!(f, "{}, {} damaged", self.looked_at, self.damaged.len())
    }
}

/// Passes once over the store and the log that `config` names, and over the structure of the store: `motcua-relay scrub`.
///
/// # Errors
/// A file that the config names will not do, or the store is in use.
pub fn scrub(config: &Config, clock: Clock, random: SystemRandom) -> Result<Report, Fault> {
    let own = SigningKey::read(&config.signing_key, random)?.kid();
    let log = LogSigner::read(&config.log_key)?.public().clone();
    let catalogue = Source::of(config, own, log.clone())?.read_whatever_the_time(clock.now())?;
    let damages = Damages::default();
    let (_lock, connection) = store::at_rest(&config.store)?;
    let passed = Pass {
        connection: &connection,
        folder: &Folder::new(&config.log),
        attachments: &attachments::folder(&config.store),
        catalogue: &catalogue,
        log: &log,
        damages: &damages,
        pause: &mut || (),
    }
    .run();
    for what in store::pass::structure(&connection) {
        let reference = None;
        damages.report(Place::Structure, Damage { reference, what });
    }
    let Passed {
        submissions,
        leaves,
        files,
        ..
    } = passed;
    Ok(Report {
        looked_at: format!("{submissions} submissions, {leaves} leaves, {files} files"),
        damaged: damages.list(),
    })
}
