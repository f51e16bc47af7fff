//! Key files: the keys of one office, small enough for every page to fetch.

use serde::{Deserialize, Serialize};

use crate::catalogue::{CatalogueFault, CatalogueOffice};
use crate::jws::{self, Typ};
use crate::key::{PublicKey, Thumbprint};
use crate::published;
use crate::time::UnixTime;
use crate::version::V1;

/// The payload of `/keys/{code}.jws`: one office of the catalogue, with the catalogue's serial and dates.
///
/// The recovery key stands in `/keys/recovery.jws` as an office of code and kind `recovery`, the
/// keys that sign receipts in `/keys/relay.jws` as one of code and kind `relay`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    /// The version of the format.
    pub v: V1,
    /// The catalogue's serial.
    pub serial: u64,
    /// When it was issued.
    pub iat: UnixTime,
    /// Until when it holds.
    pub exp: UnixTime,
    /// The office.
    pub office: CatalogueOffice,
}

impl KeyFile {
    /// What a publisher signs with the key named `kid`.
    #[must_use]
    pub fn signing_input(&self, kid: Thumbprint) -> String {
        jws::signing_input(&jws::header_with_kid(Typ::Keys, kid), &jws::payload(self))
    }

    /// Reads a key file: signed by one of the `pinned` keys, well formed, and holding at `now`. Whether it is the file
    /// of the wanted office is for the caller to compare.
    ///
    /// # Errors
    /// [`CatalogueFault`], as for a catalogue.
    pub fn read(text: &str, pinned: &[PublicKey], now: UnixTime) -> Result<Self, CatalogueFault> {
        let file: Self = published::read(text, Typ::Keys, pinned)?;
        file.office.check()?;
        published::check_dates(file.iat, file.exp, now)?;
        Ok(file)
    }
}
