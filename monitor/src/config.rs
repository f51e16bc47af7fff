//! `monitor.toml`: one log to follow, and the portal whose releases are in it. Paths are relative to the folder of the file; an unknown key is refused.

use std::fs;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The whole of `monitor.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The log: `https://…/log`, or a folder.
    pub log: String,
    /// The log's public key, as `motcua-relay keys log` wrote it (`….pub.key`), brought here by hand.
    pub log_key: PathBuf,
    /// The monitor's own folder: what it saw. Made when it is not there.
    pub state: PathBuf,
    /// How often the log is looked at, in seconds (60).
    #[serde(default = "every_s")]
    pub every_s: NonZeroU64,
    /// How old the newest checkpoint may be, in seconds (300). The relay renews it each minute.
    #[serde(default = "checkpoint_age_s_max")]
    pub checkpoint_age_s_max: NonZeroU64,
    /// An address that is told of each alarm and of its end, by POST. None: nobody.
    pub webhook: Option<String>,
    /// A file for Prometheus (textfile collector of the node exporter), written after each look. None: no file.
    pub metrics: Option<PathBuf>,
    /// The portal to follow against the log. None: the log alone.
    pub portal: Option<Portal>,
}

/// `[portal]`: what is public is to be a release that the publisher signed and that is a leaf of the log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// Its address: `https://…` without a path.
    pub address: String,
    /// Public keys (JWK files) of its publishers, brought here by hand. At least one.
    pub publishers: Vec<PathBuf>,
    /// How many of its files are compared at each look, in turn (50), beside the few that always are.
    #[serde(default = "files_per_look")]
    pub files_per_look: NonZeroU32,
    /// For how long portal, release and log may differ before it is told, in seconds (600): publishing takes a while.
    #[serde(default = "publishing_s_max")]
    pub publishing_s_max: u64,
}

const fn files_per_look() -> NonZeroU32 {
    const { NonZeroU32::new(50).expect("not zero") }
}

const fn publishing_s_max() -> u64 {
    600
}

const fn every_s() -> NonZeroU64 {
    const { NonZeroU64::new(60).expect("not zero") }
}

const fn checkpoint_age_s_max() -> NonZeroU64 {
    const { NonZeroU64::new(300).expect("not zero") }
}

impl Config {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// It cannot be read, is no TOML, has an unknown or missing key: with the line, and what to do.
    pub fn load(path: &Path) -> Result<Config, String> {
        let text = fs::read_to_string(path).map_err(|error| {
            format!(
                "{}: cannot be read: {error}; give the config's path with --config FILE",
                path.display()
            )
        })?;
        let mut config: Config = toml::from_str(&text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            let what = error.message().trim_end();
            format!(
                "{}:{line}: {what}; docs/samples/monitor.toml shows every key",
                path.display()
            )
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for path in [&mut config.log_key, &mut config.state]
            .into_iter()
            .chain(&mut config.metrics)
            .chain(
                config
                    .portal
                    .iter_mut()
                    .flat_map(|portal| &mut portal.publishers),
            )
        {
            *path = folder.join(&*path);
        }
        if !config.log.contains("://") {
            config.log = folder.join(&config.log).display().to_string();
        }
        if config
            .portal
            .as_ref()
            .is_some_and(|portal| portal.publishers.is_empty())
        {
            return Err(format!(
                "{}: [portal] publishers is empty: no release could be believed; name the publisher's .pub.jwk file",
                path.display()
            ));
        }
        Ok(config)
    }
}
