//! Whom the intake believes: the catalogue, as signed by a pinned publisher, and never an older one again.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use envelope::{Catalogue, PublicKey, UnixTime};
use serde_json::Value;

use crate::config::Config;
use crate::durable::{self, Readers};
use crate::failure::Failure;
use crate::folder::Folder;

/// The catalogue in use and where a newer one appears.
pub(crate) struct Trust {
    pub(crate) catalogue: Catalogue,
    path: PathBuf,
    pinned: Vec<PublicKey>,
    serial_file: PathBuf,
    /// The file's time when it was last looked at; a bad file is reported once, not at every look.
    modified: Option<SystemTime>,
}

impl Trust {
    /// Reads publishers and catalogue. Nothing is written: see [`Trust::remember`].
    pub(crate) fn read(config: &Config, folder: &Folder, now: UnixTime) -> Result<Self, Failure> {
        let pinned = config
            .publishers
            .iter()
            .map(|path| publisher(path))
            .collect::<Result<Vec<_>, _>>()?;
        let serial_file = folder.catalogue_serial();
        let modified = modified(&config.catalogue);
        let catalogue = read_catalogue(&config.catalogue, &pinned, &serial_file, now)?;
        Ok(Self {
            catalogue,
            path: config.catalogue.clone(),
            pinned,
            serial_file,
            modified,
        })
    }

    /// Notes the serial, so that no older catalogue is believed after a restart either.
    pub(crate) fn remember(&self) -> Result<(), Failure> {
        let line = format!("{}\n", self.catalogue.serial);
        durable::write(&self.serial_file, line.as_bytes(), Readers::Intake)
    }

    /// The newer catalogue, if the file changed since the last look. The one in use stays until
    /// [`Trust::adopt`]: all or nothing.
    pub(crate) fn changed(&mut self, now: UnixTime) -> Option<Result<Catalogue, Failure>> {
        let modified = modified(&self.path);
        if modified == self.modified {
            return None;
        }
        self.modified = modified;
        Some(read_catalogue(
            &self.path,
            &self.pinned,
            &self.serial_file,
            now,
        ))
    }

    /// From now on this catalogue is believed.
    pub(crate) fn adopt(&mut self, catalogue: Catalogue) -> Result<(), Failure> {
        self.catalogue = catalogue;
        self.remember()
    }
}

fn read_catalogue(
    path: &Path,
    pinned: &[PublicKey],
    serial_file: &Path,
    now: UnixTime,
) -> Result<Catalogue, Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::at(
            path,
            error,
            "Copy the published catalogue.jws here, or name it as `catalogue`.",
        )
    })?;
    let unbelieved = |fault| Failure::new(format!("{}: {fault}", path.display()));
    let catalogue = Catalogue::read(text.trim_end(), pinned, now).map_err(unbelieved)?;
    catalogue
        .check_serial(serial_seen(serial_file)?)
        .map_err(unbelieved)?;
    Ok(catalogue)
}

/// The highest serial in use so far; 0 when none was.
fn serial_seen(path: &Path) -> Result<u64, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => text.trim_end().parse().map_err(|error| {
            Failure::at(
                path,
                error,
                "Write the serial of the last catalogue into it, or restore it.",
            )
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Failure::at(
            path,
            error,
            "The intake must be able to read this file.",
        )),
    }
}

/// A pinned publisher key: a public JWK file, which may carry `kid` and `use` beside the four members of the key.
fn publisher(path: &Path) -> Result<PublicKey, Failure> {
    let fault = |said: String| {
        Failure::at(
            path,
            said,
            "It must be the publisher's .pub.jwk, brought here by hand.",
        )
    };
    let text = fs::read(path).map_err(|error| fault(error.to_string()))?;
    let mut jwk: Value = serde_json::from_slice(&text).map_err(|error| fault(error.to_string()))?;
    if let Some(members) = jwk.as_object_mut() {
        members.remove("kid");
        members.remove("use");
    }
    serde_json::from_value(jwk).map_err(|error| fault(error.to_string()))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|found| found.modified()).ok()
}
