//! What the relay says of itself: one line of JSON an event, on standard error. How much it says is changed while it runs.

use std::io;

use serde::Deserialize;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt, reload};

/// How much is said: each level has what those before it have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// What failed.
    Error,
    /// And what should be looked at.
    Warn,
    /// And what was done.
    #[default]
    Info,
    /// And what the libraries say.
    Debug,
}

impl Level {
    const ALL: [(&str, Level); 4] = [
        ("error", Level::Error),
        ("warn", Level::Warn),
        ("info", Level::Info),
        ("debug", Level::Debug),
    ];

    /// The level with this name.
    pub(crate) fn named(name: &str) -> Option<Level> {
        let found = Level::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, level)| *level)
    }

    fn filter(self) -> LevelFilter {
        match self {
            Level::Error => LevelFilter::ERROR,
            Level::Warn => LevelFilter::WARN,
            Level::Info => LevelFilter::INFO,
            Level::Debug => LevelFilter::DEBUG,
        }
    }
}

/// The way to change how much is said.
#[derive(Clone, Debug)]
pub struct Journal(reload::Handle<LevelFilter, Registry>);

impl Journal {
    /// Begins to write the lines of this process, once in its life.
    pub fn begin(level: Level) -> Journal {
        let (filter, handle) = reload::Layer::new(level.filter());
        let lines = fmt::layer().json().with_writer(io::stderr);
        tracing_subscriber::registry()
            .with(filter)
            .with(lines)
            .init();
        Journal(handle)
    }

    /// From now on as much as `level` has.
    pub(crate) fn set(&self, level: Level) {
        // It fails only when nothing is written any more.
        let _ = self.0.reload(level.filter());
    }
}
