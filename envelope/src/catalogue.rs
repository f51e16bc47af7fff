//! The catalogue: which forms, offices and keys hold now, signed by the city's publisher.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::json;
use crate::jws::{self, Typ};
use crate::key::{PublicKey, Thumbprint};
use crate::limits::SEALING_GRACE_S;
use crate::log::LogKey;
use crate::manifest::{FormRef, Mode, RECOVERY, is_name};
use crate::published;
pub use crate::published::CatalogueFault;
use crate::time::UnixTime;
use crate::version::V1;

/// The payload of `catalogue.jws`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// The version of the format.
    pub v: V1,
    /// Only grows; who has used one refuses a lower one ([`Catalogue::check_serial`]).
    pub serial: u64,
    /// When it was issued.
    pub iat: UnixTime,
    /// Until when it holds.
    pub exp: UnixTime,
    /// The portal's origin, for instance `https://dichvu.example.vn`.
    pub portal: String,
    /// The relay's origin; manifests name it as `aud`.
    pub relay: String,
    /// The publisher's keys, for pages and operators; they are pinned by hand, never learnt from here.
    pub publishers: Vec<PublicKey>,
    /// Keys that sign receipts, past ones included.
    pub relays: Vec<DatedKey>,
    /// Keys of the relay's logs, which sign checkpoints and nothing else; past ones included, each under its own name.
    pub logs: Vec<LogKey>,
    /// Keys that sign acknowledgements.
    pub acks: Vec<DatedKey>,
    /// Every form in all versions that are still accepted.
    pub forms: Vec<CatalogueForm>,
    /// Every office that has keys or will open.
    pub offices: Vec<CatalogueOffice>,
    /// The city's recovery key, kept offline.
    pub recovery: DatedKey,
}

/// A key and when it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatedKey {
    /// Thumbprint of `jwk`.
    pub kid: Thumbprint,
    /// The key.
    pub jwk: PublicKey,
    /// From this moment on …
    pub not_before: UnixTime,
    /// … until this one, both included.
    pub not_after: UnixTime,
}

impl DatedKey {
    /// The key with its name.
    #[must_use]
    pub fn new(jwk: PublicKey, not_before: UnixTime, not_after: UnixTime) -> Self {
        Self {
            kid: jwk.thumbprint(),
            jwk,
            not_before,
            not_after,
        }
    }

    /// Whether what this key signed at `at` counts.
    #[must_use]
    pub fn signs_at(&self, at: UnixTime) -> bool {
        (self.not_before..=self.not_after).contains(&at)
    }

    /// Whether what is sealed to this key is taken at `now`: for 30 days longer than pages should seal to it.
    #[must_use]
    pub fn is_taken_at(&self, now: UnixTime) -> bool {
        (self.not_before..=self.not_after.plus(SEALING_GRACE_S)).contains(&now)
    }
}

/// One version of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueForm {
    /// The service, `[a-z0-9-]{1,64}`.
    pub id: String,
    /// Counts up from 1.
    pub version: u32,
    /// Digest of the published compiled form.
    pub sha256: Digest,
    /// From when submissions are taken; absent: always.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub opens: Option<UnixTime>,
    /// From when the page offers it no longer.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub closes: Option<UnixTime>,
    /// From when the relay takes it no longer; absent: from `closes`.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub accept_until: Option<UnixTime>,
    /// Whether it is meant.
    pub mode: Mode,
    /// Who gets a part, the recovery key excepted.
    pub recipients: Vec<Recipient>,
    /// Largest sum of the sealed attachments; 0: this form takes none.
    pub attachments_bytes_max: u64,
}

impl CatalogueForm {
    /// Whether the relay takes submissions of it at `now`.
    #[must_use]
    pub fn is_taken_at(&self, now: UnixTime) -> bool {
        is_open(self.opens, self.accept_until.or(self.closes), now)
    }

    /// The kind of office that has this role; `None` if it is no role of this form (recovery is not).
    #[must_use]
    pub fn kind_of(&self, role: &str) -> Option<&str> {
        let recipient = self
            .recipients
            .iter()
            .find(|recipient| recipient.role == role)?;
        Some(&recipient.kind)
    }
}

/// One recipient of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// The name of its part, `[a-z0-9-]{1,32}`, for instance `police`.
    pub role: String,
    /// The kind of office that has this role.
    pub kind: String,
}

/// An office: a ward, a district's police, a district's insurance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueOffice {
    /// `[a-z0-9-]{1,32}`, for instance `00043` or `ca-001`.
    pub code: String,
    /// `[a-z0-9-]{1,32}`, for instance `ward`.
    pub kind: String,
    /// From when it takes submissions; absent: always.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub opens: Option<UnixTime>,
    /// From when it takes them no longer; absent: never.
    #[serde(
        default,
        deserialize_with = "json::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub closes: Option<UnixTime>,
    /// Whether submissions to it are meant.
    pub mode: Mode,
    /// Keys that parts are sealed to.
    pub keys: Vec<DatedKey>,
}

impl CatalogueOffice {
    /// Whether it takes submissions at `now`.
    #[must_use]
    pub fn is_open_at(&self, now: UnixTime) -> bool {
        is_open(self.opens, self.closes, now)
    }

    /// Its key of this name, whatever its dates.
    #[must_use]
    pub fn key(&self, kid: Thumbprint) -> Option<&DatedKey> {
        self.keys.iter().find(|key| key.kid == kid)
    }

    pub(crate) fn check(&self) -> Result<(), CatalogueFault> {
        if !is_name(&self.code, 32) || !is_name(&self.kind, 32) {
            let at = format!(
                "office {:?} of kind {:?}: not [a-z0-9-]{{1,32}}",
                self.code, self.kind
            );
            return Err(CatalogueFault::malformed(at));
        }
        check_keys(&format!("office {}", self.code), &self.keys)
    }
}

impl Catalogue {
    /// Reads `catalogue.jws`: signed by one of the `pinned` keys, well formed, and holding at `now`.
    ///
    /// A serial that went back is for the caller to refuse: [`Catalogue::check_serial`].
    ///
    /// # Errors
    /// [`CatalogueFault`]: the first fault in the order form of the JWS, publisher, signature, contents, dates.
    pub fn read(text: &str, pinned: &[PublicKey], now: UnixTime) -> Result<Self, CatalogueFault> {
        let catalogue: Self = published::read(text, Typ::Catalogue, pinned)?;
        catalogue.check()?;
        published::check_dates(catalogue.iat, catalogue.exp, now)?;
        Ok(catalogue)
    }

    /// What a publisher signs with the key named `kid`.
    #[must_use]
    pub fn signing_input(&self, kid: Thumbprint) -> String {
        jws::signing_input(
            &jws::header_with_kid(Typ::Catalogue, kid),
            &jws::payload(self),
        )
    }

    /// Refuses this catalogue where one with a higher serial has been in use.
    ///
    /// # Errors
    /// [`CatalogueFault::RolledBack`].
    pub fn check_serial(&self, seen: u64) -> Result<(), CatalogueFault> {
        if self.serial < seen {
            return Err(CatalogueFault::RolledBack {
                serial: self.serial,
                seen,
            });
        }
        Ok(())
    }

    /// The form that a manifest names, if version and digest are those published.
    #[must_use]
    pub fn form(&self, named: &FormRef) -> Option<&CatalogueForm> {
        self.forms.iter().find(|form| {
            form.id == named.id && form.version == named.version && form.sha256 == named.sha256
        })
    }

    /// The office with this code.
    #[must_use]
    pub fn office(&self, code: &str) -> Option<&CatalogueOffice> {
        self.offices.iter().find(|office| office.code == code)
    }

    /// The office that the key of this name belongs to, and the key.
    #[must_use]
    pub fn office_with_key(&self, kid: Thumbprint) -> Option<(&CatalogueOffice, &DatedKey)> {
        self.offices
            .iter()
            .find_map(|office| Some((office, office.key(kid)?)))
    }

    fn check(&self) -> Result<(), CatalogueFault> {
        check_keys("relays", &self.relays)?;
        check_keys("acks", &self.acks)?;
        let mut logs = HashSet::new();
        if let Some(log) = self.logs.iter().find(|log| !logs.insert(log.name())) {
            let at = format!("logs: {} is there twice", log.name());
            return Err(CatalogueFault::malformed(at));
        }
        check_keys(RECOVERY, std::slice::from_ref(&self.recovery))?;
        let mut forms = HashSet::new();
        for form in &self.forms {
            check_form(form)?;
            if !forms.insert((&form.id, form.version)) {
                let at = format!("form {} version {}: twice", form.id, form.version);
                return Err(CatalogueFault::malformed(at));
            }
        }
        let mut codes = HashSet::new();
        let mut kids = HashSet::from([self.recovery.kid]);
        for office in &self.offices {
            office.check()?;
            if !codes.insert(&office.code) {
                return Err(CatalogueFault::malformed(format!(
                    "office {}: twice",
                    office.code
                )));
            }
            if !office.keys.iter().all(|key| kids.insert(key.kid)) {
                let at = format!(
                    "office {}: has a key of another office, or one twice",
                    office.code
                );
                return Err(CatalogueFault::malformed(at));
            }
        }
        Ok(())
    }
}

fn check_form(form: &CatalogueForm) -> Result<(), CatalogueFault> {
    let fault = |what: &str| {
        let at = format!("form {:?} version {}: {what}", form.id, form.version);
        Err(CatalogueFault::malformed(at))
    };
    if !is_name(&form.id, 64) {
        return fault("id is not [a-z0-9-]{1,64}");
    }
    let mut roles = HashSet::from([RECOVERY]);
    for recipient in &form.recipients {
        if !is_name(&recipient.role, 32) {
            return fault("a role is not [a-z0-9-]{1,32}");
        }
        if !roles.insert(&recipient.role) {
            return fault("a role is there twice, or is named recovery");
        }
    }
    Ok(())
}

/// Each key is named by its own thumbprint.
fn check_keys(of: &str, keys: &[DatedKey]) -> Result<(), CatalogueFault> {
    match keys.iter().find(|key| key.kid != key.jwk.thumbprint()) {
        Some(key) => {
            let at = format!("{of}: kid {} is not the thumbprint of its key", key.kid);
            Err(CatalogueFault::malformed(at))
        }
        None => Ok(()),
    }
}

/// From `opens` (included) until `closes` (not included).
fn is_open(opens: Option<UnixTime>, closes: Option<UnixTime>, now: UnixTime) -> bool {
    opens.is_none_or(|opens| opens <= now) && closes.is_none_or(|closes| now < closes)
}
