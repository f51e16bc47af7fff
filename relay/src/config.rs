//! `relay.toml`: one typed struct. Every limit has its unit last in its name and a default here.
//!
//! Paths are relative to the folder of the config file. An unknown key is refused with the nearest known one.

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::fault::Fault;
use crate::journal::Level;

/// The whole of `relay.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The file that it was read from.
    #[serde(skip)]
    pub(crate) file: PathBuf,
    /// Address and port for the public. Without `[tls]` only a loopback address; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The spool: an SQLite file, made when it is not there. Its folder must be writable.
    pub store: PathBuf,
    /// The signed catalogue, as `motcua build` wrote it. Read again on SIGHUP and when the file changes.
    pub catalogue: PathBuf,
    /// The signed release of the portal that is public, as `motcua build` wrote it: it becomes a leaf of the log. Read again
    /// with the catalogue. None: releases are not in the log.
    pub release: Option<PathBuf>,
    /// Public keys (JWK files) of the publishers whose catalogue is taken. At least one.
    pub publishers: Vec<PathBuf>,
    /// The private key (JWK file) that signs receipts, made by `motcua-relay keys new`.
    pub signing_key: PathBuf,
    /// The private key of the log, made by `motcua-relay keys log`.
    pub log_key: PathBuf,
    /// The folder of the log's files, made when it is not there. It goes to the CDN as it is, and is kept for ever: at the
    /// start it tells whether the store is an old one.
    pub log: PathBuf,
    /// Certificate for the public port. None: plain HTTP, for a proxy on the same machine.
    pub tls: Option<Tls>,
    /// The port from which the intake collects.
    pub outbox: Outbox,
    /// Where the operator asks and sets. None: nowhere.
    pub admin: Option<Admin>,
    /// How much is logged (info).
    #[serde(default)]
    pub log_level: Level,
    /// What one client may ask of this machine.
    #[serde(default)]
    pub limits: Limits,
}

/// `[tls]`: PEM files for the public port.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate chain, own certificate first.
    pub certificate: PathBuf,
    /// Its private key.
    pub private_key: PathBuf,
}

/// `[outbox]`: always mutual TLS; only a client with a certificate of `client_ca` is let in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outbox {
    /// Address and port for the intake.
    pub listen: SocketAddr,
    /// The certificate chain, own certificate first.
    pub certificate: PathBuf,
    /// Its private key.
    pub private_key: PathBuf,
    /// The authority whose client certificates are let in.
    pub client_ca: PathBuf,
}

/// `[admin]`: for the operator of this machine alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    /// Where it listens.
    pub listen: AdminAddress,
}

/// `"unix:PATH"`, a socket of the relay's own user, or a loopback address with a port; nothing that others could reach.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum AdminAddress {
    /// `127.0.0.1:4019` or `[::1]:4019`; port 0 takes any free one.
    Loopback(SocketAddr),
    /// The socket's file, made at the start.
    Socket(PathBuf),
}

impl TryFrom<String> for AdminAddress {
    type Error = &'static str;

    fn try_from(text: String) -> Result<AdminAddress, &'static str> {
        if let Some(path) = text.strip_prefix("unix:") {
            return Ok(AdminAddress::Socket(path.into()));
        }
        match text.parse::<SocketAddr>() {
            Ok(address) if address.ip().is_loopback() => Ok(AdminAddress::Loopback(address)),
            Ok(_) => Err("other machines could reach it: take unix:PATH or 127.0.0.1:PORT"),
            Err(_) => Err("neither unix:PATH nor a loopback address with a port"),
        }
    }
}

impl fmt::Display for AdminAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AdminAddress::Loopback(address) => address.fmt(f),
            AdminAddress::Socket(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// `[limits]`: each may be left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Public connections open at a time (1,024); further ones wait in the kernel's queue.
    pub connections_max: NonZeroU32,
    /// Submissions that are looked at or wait for the disk (512); a further one is refused `busy` before it is looked at.
    pub waiting_max: NonZeroU32,
    /// Size of the store (8 GiB); above it a new submission is refused `busy` until the intake has collected.
    pub store_bytes_max: NonZeroU64,
    /// Room on the disks of store and log that is left alone (256 MiB), for acknowledgements, the log and whatever else lives
    /// there; a submission that would take of it is refused `busy`. More than `waiting_max` bodies of 384 KiB.
    pub disk_reserve_bytes: NonZeroU64,
    /// The same for inodes (1,000), where the file system counts them.
    pub disk_reserve_inodes: NonZeroU64,
    /// Bytes of bodies in memory at a time (64 MiB); what does not fit is refused `busy`.
    pub bodies_bytes_max: NonZeroU64,
    /// Attachments that wait or are kept, together (8 GiB); beyond it a manifest with attachments is refused `busy`.
    pub attachments_bytes_max: NonZeroU64,
    /// To the first byte; then for the handshake of TLS; then from the first moment of waiting to the end of a request's head (10 s each).
    pub head_timeout_ms: NonZeroU64,
    /// From the end of the head to the end of a body of JSON (60 s: 384 KiB at 52 kbit/s).
    pub body_timeout_ms: NonZeroU64,
    /// From the end of the head to the first byte of the body (10 s); then the body must keep up with the rate below.
    pub body_silence_ms: NonZeroU64,
    /// Slowest body (2,048 bytes a second), on average since its head and after `body_silence_ms`.
    pub body_rate_min_bytes_per_s: NonZeroU64,
    /// How long a peer may take nothing of an answer (10 s).
    pub reply_silence_ms: NonZeroU64,
    /// Age at which a connection is closed after its current request (5 min).
    pub connection_timeout_ms: NonZeroU64,
    /// How often the files of catalogue and release are looked at for a change (60 s).
    pub catalogue_poll_ms: NonZeroU64,
    /// The share of one core's time that the scrub takes (5 %; at most 100).
    pub scrub_percent_max: NonZeroU32,
    /// What a connection still gets to finish its request when it is too old or the relay stops (20 s).
    pub drain_timeout_ms: NonZeroU64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections_max: const { NonZeroU32::new(1024).expect("not zero") },
            waiting_max: const { NonZeroU32::new(512).expect("not zero") },
            store_bytes_max: const { NonZeroU64::new(8 << 30).expect("not zero") },
            disk_reserve_bytes: const { NonZeroU64::new(256 << 20).expect("not zero") },
            disk_reserve_inodes: const { NonZeroU64::new(1000).expect("not zero") },
            bodies_bytes_max: const { NonZeroU64::new(64 << 20).expect("not zero") },
            attachments_bytes_max: const { NonZeroU64::new(8 << 30).expect("not zero") },
            head_timeout_ms: const { NonZeroU64::new(10_000).expect("not zero") },
            body_timeout_ms: const { NonZeroU64::new(60_000).expect("not zero") },
            body_silence_ms: const { NonZeroU64::new(10_000).expect("not zero") },
            body_rate_min_bytes_per_s: const { NonZeroU64::new(2048).expect("not zero") },
            reply_silence_ms: const { NonZeroU64::new(10_000).expect("not zero") },
            connection_timeout_ms: const { NonZeroU64::new(300_000).expect("not zero") },
            catalogue_poll_ms: const { NonZeroU64::new(60_000).expect("not zero") },
            scrub_percent_max: const { NonZeroU32::new(5).expect("not zero") },
            drain_timeout_ms: const { NonZeroU64::new(20_000).expect("not zero") },
        }
    }
}

/// A setting in milliseconds as a span of time.
pub(crate) fn span(ms: NonZeroU64) -> Duration {
    Duration::from_millis(ms.get())
}

impl Config {
    /// Reads and checks the file at `path`; every path inside comes back ready to open.
    ///
    /// # Errors
    /// The file cannot be read, is no TOML, has an unknown or missing key, or asks for plain HTTP beyond this machine.
    pub fn load(path: &Path) -> Result<Config, Fault> {
        let text = fs::read_to_string(path).map_err(|error| {
            Fault::new(
                path.display(),
                format!("cannot be read: {error}"),
                "give the config's path with --config FILE",
            )
        })?;
        let mut config: Config =
            toml::from_str(&text).map_err(|error| fault_of(path, &text, &error))?;
        config.file = path.to_owned();
        config.resolve(path.parent().unwrap_or(Path::new("")));
        config.check(path)?;
        Ok(config)
    }

    /// Makes each path relative to the folder of the config file.
    fn resolve(&mut self, folder: &Path) {
        let own = [
            &mut self.store,
            &mut self.catalogue,
            &mut self.signing_key,
            &mut self.log_key,
            &mut self.log,
        ];
        let outbox = [
            &mut self.outbox.certificate,
            &mut self.outbox.private_key,
            &mut self.outbox.client_ca,
        ];
        let tls = self
            .tls
            .iter_mut()
            .flat_map(|tls| [&mut tls.certificate, &mut tls.private_key]);
        let admin = self
            .admin
            .iter_mut()
            .filter_map(|admin| match &mut admin.listen {
                AdminAddress::Socket(path) => Some(path),
                AdminAddress::Loopback(_) => None,
            });
        for path in own
            .into_iter()
            .chain(outbox)
            .chain(tls)
            .chain(admin)
            .chain(&mut self.publishers)
            .chain(&mut self.release)
        {
            *path = folder.join(&*path);
        }
    }

    /// Files that are read, also while the relay runs.
    pub(crate) fn read_paths(&self) -> Vec<&Path> {
        let own = [&self.catalogue, &self.signing_key, &self.log_key];
        let outbox = [
            &self.outbox.certificate,
            &self.outbox.private_key,
            &self.outbox.client_ca,
        ];
        let tls = self
            .tls
            .iter()
            .flat_map(|tls| [&tls.certificate, &tls.private_key]);
        own.into_iter()
            .chain(&self.publishers)
            .chain(&self.release)
            .chain(outbox)
            .chain(tls)
            .map(PathBuf::as_path)
            .collect()
    }

    /// Files and folders that the relay makes.
    pub(crate) fn written_paths(&self) -> Vec<&Path> {
        let socket = self.admin.iter().filter_map(|admin| match &admin.listen {
            AdminAddress::Socket(path) => Some(path),
            AdminAddress::Loopback(_) => None,
        });
        [&self.store, &self.log]
            .into_iter()
            .chain(socket)
            .map(PathBuf::as_path)
            .collect()
    }

    fn check(&self, path: &Path) -> Result<(), Fault> {
        if self.tls.is_none() && !self.listen.ip().is_loopback() {
            return Err(Fault::new(
                path.display(),
                format!(
                    "listen = \"{}\" would serve plain HTTP to other machines",
                    self.listen
                ),
                "add [tls], or listen on 127.0.0.1 behind a proxy on this machine",
            ));
        }
        if self.publishers.is_empty() {
            return Err(Fault::new(
                path.display(),
                "publishers is empty: no catalogue could be trusted",
                "name the publisher's public key file",
            ));
        }
        Ok(())
    }

    /// The first key whose value differs and cannot change while the relay runs.
    pub(crate) fn first_difference(&self, other: &Config) -> Option<&'static str> {
        let admin = |config: &Config| config.admin.as_ref().map(|admin| admin.listen.to_string());
        let differs = [
            ("listen", self.listen != other.listen),
            ("store", self.store != other.store),
            ("catalogue", self.catalogue != other.catalogue),
            ("release", self.release != other.release),
            ("publishers", self.publishers != other.publishers),
            ("signing_key", self.signing_key != other.signing_key),
            ("log_key", self.log_key != other.log_key),
            ("log", self.log != other.log),
            ("[tls]", self.tls.is_some() != other.tls.is_some()),
            ("[outbox] listen", self.outbox.listen != other.outbox.listen),
            ("[admin] listen", admin(self) != admin(other)),
            ("[limits]", self.limits != other.limits),
        ];
        let first = differs.iter().find(|(_, differs)| *differs);
        first.map(|(key, _)| *key)
    }

    /// Whether both ports can be reached from this machine alone (a clock set by hand wants that).
    pub fn is_loopback_only(&self) -> bool {
        self.listen.ip().is_loopback() && self.outbox.listen.ip().is_loopback()
    }
}

/// Turns the reader's error into place, what and what to do.
fn fault_of(path: &Path, text: &str, error: &toml::de::Error) -> Fault {
    let message = error.message().trim_end();
    let is_missing = message.starts_with("missing field");
    let place = match error.span() {
        // What is missing from the whole file is missing on no line of it.
        Some(span) if !(is_missing && span.start == 0) => {
            let line = text[..span.start].matches('\n').count() + 1;
            format!("{}:{line}", path.display())
        }
        _ => path.display().to_string(),
    };
    // serde names the key and the known ones in backquotes: "unknown field `a`, expected one of `b`, `c`".
    let mut names = message.split('`').skip(1).step_by(2);
    match names.next() {
        Some(key) if message.starts_with("unknown field") => {
            let likeness = |known: &&str| (strsim::jaro_winkler(key, known) * 1000.0) as u32;
            let nearest = names.max_by_key(likeness).unwrap_or("nothing");
            Fault::new(
                place,
                format!("unknown key `{key}`"),
                format!("did you mean `{nearest}`?"),
            )
        }
        Some(key) if is_missing => Fault::new(
            place,
            format!("`{key}` is missing"),
            "docs/samples/relay.toml shows every key",
        ),
        _ => Fault::new(
            place,
            message,
            "docs/samples/relay.toml shows every key with a right value",
        ),
    }
}
