//! `intake.toml`: one typed struct, every key known, every path relative to the file itself.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::Failure;

/// Longest wait the relay may be asked for, in seconds: proxies and firewalls between the two
/// forget a silent connection after about a minute.
const WAIT_S_MAX: u64 = 60;

/// What `intake.toml` says, with its paths made absolute or relative to the working directory.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The intake's own folder: evidence, hand-over, quarantine, archive.
    pub dir: PathBuf,
    /// Origin of the relay's outbox, `https://host:port`.
    pub relay: String,
    /// The client certificate shown to the relay and the only root the relay is trusted by.
    pub tls: Tls,
    /// The published `catalogue.jws`.
    pub catalogue: PathBuf,
    /// Public keys (JWK files) of the publishers whose catalogue is believed; at least one.
    pub publishers: Vec<PathBuf>,
    /// Folder of the compiled forms as published: `{id}/{version}.json`.
    pub forms: PathBuf,
    /// Folder of the option lists as published: `{sha256}.json`.
    pub lists: PathBuf,
    /// Folder of the offices' private keys: `{code}.jwk`.
    pub keys: PathBuf,
    /// Private key (JWK file) that signs acknowledgements.
    pub ack_key: PathBuf,
    /// How long one request waits at the relay for something new, in seconds, at most 60.
    #[serde(default = "wait_s_default")]
    pub wait_s: u64,
}

/// Mutual TLS to the relay, PEM files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The intake's certificate, with its chain.
    pub certificate: PathBuf,
    /// The private key of that certificate.
    pub private_key: PathBuf,
    /// Root certificate of the relay's outbox; no other root is trusted.
    pub ca: PathBuf,
}

fn wait_s_default() -> u64 {
    20
}

impl Config {
    /// Reads a config file; its relative paths start at its own folder.
    ///
    /// # Errors
    /// The file cannot be read, or a line of it is wrong: the message shows the line and, for an
    /// unknown key, the nearest known one.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path)
            .map_err(|error| Failure::at(path, error, "Name the config with --config FILE."))?;
        let mut config = Self::parse(&text)
            .map_err(|fault| Failure::new(format!("{}: {fault}", path.display())))?;
        config.start_paths_at(path.parent().unwrap_or(Path::new("")));
        Ok(config)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| explain(&error))?;
        if !config.relay.starts_with("https://") {
            return Err(format!(
                "relay = {:?} must begin with https:// — the outbox speaks mutual TLS only",
                config.relay
            ));
        }
        if config.publishers.is_empty() {
            return Err(
                "publishers is empty: name at least one publisher's public key file".into(),
            );
        }
        if config.wait_s > WAIT_S_MAX {
            return Err(format!(
                "wait_s = {} is too long: at most {WAIT_S_MAX} seconds",
                config.wait_s
            ));
        }
        Ok(config)
    }

    fn start_paths_at(&mut self, folder: &Path) {
        let single = [
            &mut self.dir,
            &mut self.tls.certificate,
            &mut self.tls.private_key,
            &mut self.tls.ca,
            &mut self.catalogue,
            &mut self.forms,
            &mut self.lists,
            &mut self.keys,
            &mut self.ack_key,
        ];
        for path in single.into_iter().chain(&mut self.publishers) {
            *path = folder.join(&*path);
        }
    }

    /// True when the relay is on this machine: the only case in which a demo may shift the clock.
    pub fn relay_is_loopback(&self) -> bool {
        let host = self.relay.trim_start_matches("https://");
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| {
            host.strip_prefix(name)
                .is_some_and(|rest| matches!(rest.as_bytes().first(), None | Some(b':' | b'/')))
        })
    }
}

/// TOML's own message with place and source line, and the nearest key for an unknown one.
fn explain(error: &toml::de::Error) -> String {
    // serde lists the known names behind "unknown field"; they are the struct's own, so no second
    // table of keys has to be kept here.
    let mut quoted = error.message().split('`').skip(1).step_by(2);
    let nearest = match quoted.next() {
        Some(unknown) if error.message().starts_with("unknown field") => {
            quoted.max_by(|a, b| closeness(unknown, a).total_cmp(&closeness(unknown, b)))
        }
        _ => None,
    };
    match nearest {
        Some(known) => format!("{error}Did you mean `{known}`?"),
        None => error.to_string(),
    }
}

fn closeness(a: &str, b: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
dir = "intake"
relay = "https://localhost:4018"
catalogue = "portal/catalogue.jws"
publishers = ["publisher.pub.jwk"]
forms = "portal/forms"
lists = "portal/lists"
keys = "keys"
ack_key = "ack.jwk"
[tls]
certificate = "intake.pem"
private_key = "intake.key.pem"
ca = "ca.pem"
"#;

    #[test]
    fn paths_start_at_the_config_and_absolute_ones_stay() {
        let mut config =
            Config::parse(&GOOD.replace("\"intake\"", "\"/srv/intake\"")).expect("good");
        config.start_paths_at(Path::new("/etc/motcua"));
        assert_eq!(config.dir, Path::new("/srv/intake"));
        assert_eq!(config.tls.ca, Path::new("/etc/motcua/ca.pem"));
        assert_eq!(
            config.publishers,
            [Path::new("/etc/motcua/publisher.pub.jwk")]
        );
        assert_eq!(config.wait_s, 20);
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let fault = Config::parse(&GOOD.replace("ack_key", "akc_key")).expect_err("unknown");
        assert!(fault.contains("line 9"), "{fault}");
        assert!(fault.contains("akc_key = \"ack.jwk\""), "{fault}");
        assert!(fault.ends_with("Did you mean `ack_key`?"), "{fault}");
        let fault = Config::parse(&GOOD.replace("private_key", "key")).expect_err("unknown");
        assert!(fault.ends_with("Did you mean `private_key`?"), "{fault}");
    }

    #[test]
    fn wrong_values_are_said_in_words() {
        for (from, to, words) in [
            ("https://", "http://", "must begin with https://"),
            ("[\"publisher.pub.jwk\"]", "[]", "publishers is empty"),
            ("dir =", "wait_s = 61\ndir =", "at most 60 seconds"),
            ("ca = \"ca.pem\"", "", "missing field `ca`"),
        ] {
            let fault = Config::parse(&GOOD.replace(from, to)).expect_err(words);
            assert!(fault.contains(words), "{fault}");
        }
    }

    #[test]
    fn loopback_is_the_host_and_not_a_prefix_of_one() {
        for (relay, loopback) in [
            ("https://localhost:4018", true),
            ("https://127.0.0.1", true),
            ("https://[::1]:9/", true),
            ("https://localhost.example.vn", false),
            ("https://127.0.0.1.example.vn:1", false),
            ("https://relay.hanoi.gov.vn", false),
        ] {
            let config =
                Config::parse(&GOOD.replace("https://localhost:4018", relay)).expect("good");
            assert_eq!(config.relay_is_loopback(), loopback, "{relay}");
        }
    }
}
