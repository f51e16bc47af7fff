//! The publisher's word: the catalogue in use, and the release that is public, which becomes a leaf of the log. Both are
//! read at the start, and again on request or when a file changes. All or nothing.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use envelope::log::LogKey;
use envelope::release::Release;
use envelope::{Catalogue, CatalogueFault, PublicKey, Thumbprint, UnixTime};

use crate::config::Config;
use crate::fault::Fault;
use crate::keys;
use crate::store::{Store, StoreError};

/// Where the publisher's word comes from, and what it must be.
pub(crate) struct Source {
    path: PathBuf,
    /// None: releases are not in this log.
    release: Option<PathBuf>,
    pinned: Vec<PublicKey>,
    /// The relay's own key: a catalogue without it would make its receipts worthless.
    own: Thumbprint,
    /// The log's own key: without it in the catalogue nobody could check a proof.
    log: LogKey,
    /// The files before they were read for the first time.
    at_start: Stamp,
}

/// Changes when one of the files is written, goes, or another one takes its place.
pub(crate) type Stamp = [Option<(SystemTime, u64, u64)>; 2];

/// What the publisher said last, found good.
pub(crate) struct Word {
    pub(crate) catalogue: Catalogue,
    release: Option<Release>,
}

impl Source {
    pub(crate) fn of(config: &Config, own: Thumbprint, log: LogKey) -> Result<Source, Fault> {
        let pinned = config
            .publishers
            .iter()
            .map(|path| keys::read_public(path))
            .collect::<Result<_, _>>()?;
        let mut source = Source {
            path: config.catalogue.clone(),
            release: config.release.clone(),
            pinned,
            own,
            log,
            at_start: Stamp::default(),
        };
        source.at_start = source.stamp();
        Ok(source)
    }

    /// Reads both files: signed by a pinned publisher; the catalogue within its dates and knowing this relay's keys, the
    /// release of the catalogue's portal.
    pub(crate) fn read(&self, now: UnixTime) -> Result<Word, Fault> {
        let catalogue = self.read_catalogue(now)?;
        let release = self.release.as_deref();
        let release = release.map(|path| self.read_release(path, &catalogue.portal));
        Ok(Word {
            catalogue,
            release: release.transpose()?,
        })
    }

    fn read_release(&self, path: &Path, portal: &str) -> Result<Release, Fault> {
        let text = fs::read_to_string(path).map_err(|error| {
            let what = format!("the release cannot be read: {error}");
            Fault::new(path.display(), what, "put the portal's release.jws there")
        })?;
        let release = Release::read(text.trim_end(), &self.pinned)
            .map_err(|fault| Fault::told(path.display(), &fault))?;
        if release.portal != portal {
            let what = format!(
                "the release of {}, and the catalogue is that of {portal}",
                release.portal
            );
            let mend = "put the release and the catalogue of one portal there";
            return Err(Fault::new(path.display(), what, mend));
        }
        Ok(release)
    }

    fn read_catalogue(&self, now: UnixTime) -> Result<Catalogue, Fault> {
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

    /// Writes down the catalogue's serial for ever, after which no older one is taken, here or after a restart; and gives the
    /// release its leaf.
    async fn remember(&self, word: &Word, store: &Store) -> Result<(), Fault> {
        let catalogue = &word.catalogue;
        let failed = |error: StoreError| {
            let what = format!("it cannot be remembered: {error}");
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
        if let Some(release) = &word.release {
            let digest = release.digest();
            let is_new = store.enter_release(digest).await.map_err(failed)?;
            tracing::info!(serial = release.serial, %digest, is_new, "release");
        }
        Ok(())
    }

    fn fault(&self, fault: &CatalogueFault) -> Fault {
        Fault::told(self.path.display(), fault)
    }

    fn stamp(&self) -> Stamp {
        [Some(&self.path), self.release.as_ref()].map(|path| {
            let metadata = fs::metadata(path?).ok()?;
            Some((metadata.modified().ok()?, metadata.len(), metadata.ino()))
        })
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
    pub(crate) async fn put_up(source: Source, word: Word, store: &Store) -> Result<Board, Fault> {
        source.remember(&word, store).await?;
        Ok(Board {
            source,
            current: RwLock::new(Arc::new(word.catalogue)),
        })
    }

    pub(crate) fn current(&self) -> Arc<Catalogue> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The files before they were read for the first time.
    pub(crate) fn at_start(&self) -> Stamp {
        self.source.at_start
    }

    /// The files as they are now: another stamp is another content.
    pub(crate) fn stamp(&self) -> Stamp {
        self.source.stamp()
    }

    /// Reads the files again; one that will not do changes nothing.
    pub(crate) async fn renew(&self, store: &Store, now: UnixTime) -> Result<(), Fault> {
        let word = self.source.read(now)?;
        self.source.remember(&word, store).await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(word.catalogue);
        Ok(())
    }
}
