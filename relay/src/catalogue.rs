//! The catalogue in use: read at the start, and again on request or when its file changes. All or nothing.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use envelope::log::LogKey;
use envelope::{Catalogue, CatalogueFault, PublicKey, Thumbprint, UnixTime};

use crate::config::Config;
use crate::fault::Fault;
use crate::keys;
use crate::store::{Store, StoreError};

/// Where the catalogue comes from, and what it must be.
pub(crate) struct Source {
    path: PathBuf,
    pinned: Vec<PublicKey>,
    /// The relay's own key: a catalogue without it would make its receipts worthless.
    own: Thumbprint,
    /// The log's own key: without it in the catalogue nobody could check a proof.
    log: LogKey,
    /// The file before it was read for the first time.
    at_start: Option<Stamp>,
}

/// Changes when the file is written or another one takes its place.
pub(crate) type Stamp = (SystemTime, u64, u64);

impl Source {
    pub(crate) fn of(config: &Config, own: Thumbprint, log: LogKey) -> Result<Source, Fault> {
        let pinned = config
            .publishers
            .iter()
            .map(|path| keys::read_public(path))
            .collect::<Result<_, _>>()?;
        let mut source = Source {
            path: config.catalogue.clone(),
            pinned,
            own,
            log,
            at_start: None,
        };
        source.at_start = source.stamp();
        Ok(source)
    }

    /// Reads the file: signed by a pinned publisher, within its dates, and knowing this relay's key.
    pub(crate) fn read(&self, now: UnixTime) -> Result<Catalogue, Fault> {
        let catalogue = Catalogue::read(&self.text()?, &self.pinned, now)
            .map_err(|fault| self.fault(&fault))?;
        if !signs_at(&catalogue, self.own, now) {
            return Err(Fault::new(
                self.path.display(),
                format!(
                    "this relay's signing key {} is not among its relay keys at this time",
                    self.own
                ),
                "have the publisher add relay.pub.jwk and build again",
            ));
        }
        if !catalogue.logs.contains(&self.log) {
            return Err(Fault::new(
                self.path.display(),
                format!("this relay's log key {} is not among its logs", self.log),
                "have the publisher add log.pub.key and build again",
            ));
        }
        Ok(catalogue)
    }

    /// Reads the file for its keys alone: by an old one, too, it can be checked what is kept.
    pub(crate) fn read_whatever_the_time(&self, now: UnixTime) -> Result<Catalogue, Fault> {
        let text = self.text()?;
        let catalogue = match Catalogue::read(&text, &self.pinned, now) {
            Err(
                CatalogueFault::Expired { since: then } | CatalogueFault::NotYet { from: then },
            ) => Catalogue::read(&text, &self.pinned, then),
            read => read,
        };
        catalogue.map_err(|fault| self.fault(&fault))
    }

    fn text(&self) -> Result<String, Fault> {
        fs::read_to_string(&self.path).map_err(|error| {
            let what = format!("the catalogue cannot be read: {error}");
            Fault::new(
                self.path.display(),
                what,
                "put the publisher's catalogue.jws there",
            )
        })
    }

    /// Writes down its serial for ever: after it no older catalogue is taken, here or after a restart.
    async fn remember(&self, catalogue: &Catalogue, store: &Store) -> Result<(), Fault> {
        let failed = |error: StoreError| {
            let what = format!("its serial cannot be remembered: {error}");
            Fault::new(
                self.path.display(),
                what,
                "look for the store in the log, and after the disk",
            )
        };
        let seen = store.serial().await.map_err(failed)?;
        catalogue
            .check_serial(seen.unwrap_or(0))
            .map_err(|fault| self.fault(&fault))?;
        store
            .remember_serial(catalogue.serial)
            .await
            .map_err(failed)?;
        tracing::info!(serial = catalogue.serial, until = %catalogue.exp, "catalogue");
        Ok(())
    }

    fn fault(&self, fault: &CatalogueFault) -> Fault {
        Fault::told(self.path.display(), fault)
    }

    fn stamp(&self) -> Option<Stamp> {
        let metadata = fs::metadata(&self.path).ok()?;
        Some((metadata.modified().ok()?, metadata.len(), metadata.ino()))
    }
}

/// Whether the catalogue lets everybody check at `now` what this key signs.
pub(crate) fn signs_at(catalogue: &Catalogue, own: Thumbprint, now: UnixTime) -> bool {
    catalogue
        .relays
        .iter()
        .any(|key| key.kid == own && key.signs_at(now))
}

/// The catalogue in use, for every request to look at.
pub(crate) struct Board {
    source: Source,
    current: RwLock<Arc<Catalogue>>,
}

impl Board {
    /// Puts up the first catalogue, unless the store knows of a newer one.
    pub(crate) async fn put_up(
        source: Source,
        catalogue: Catalogue,
        store: &Store,
    ) -> Result<Board, Fault> {
        source.remember(&catalogue, store).await?;
        Ok(Board {
            source,
            current: RwLock::new(Arc::new(catalogue)),
        })
    }

    pub(crate) fn current(&self) -> Arc<Catalogue> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The file before it was read for the first time.
    pub(crate) fn at_start(&self) -> Option<Stamp> {
        self.source.at_start
    }

    /// The file as it is now: another stamp is another content.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        self.source.stamp()
    }

    /// Reads the file again; one that will not do changes nothing.
    pub(crate) async fn renew(&self, store: &Store, now: UnixTime) -> Result<(), Fault> {
        let catalogue = self.source.read(now)?;
        self.source.remember(&catalogue, store).await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalogue);
        Ok(())
    }
}
