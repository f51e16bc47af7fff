//! Submissions through the five steps, several at a time, each isolated from the others.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use envelope::{Ack, Catalogue, SubmissionId, UnixTime, V1};
use serde_json::{Value, json};
use tracing::{error, info, warn};

use crate::archive::Archive;
use crate::attachments::{self, Lack, Source};
use crate::cause::Cause;
use crate::check::Checked;
use crate::config::Config;
use crate::failure::Failure;
use crate::folder::{Folder, Lock};
use crate::hand_over::{HandedOver, PROOF};
use crate::keys::{AckKey, OfficeKeys};
use crate::ledger::{InLog, Ledger, Part};
use crate::open::Opened;
use crate::quarantine;
use crate::trust::Trust;
use crate::verify::Delivered;

/// Everything that taking a submission needs: whom to believe, what opens, where to write.
pub(crate) struct Intake {
    folder: Folder,
    trust: Trust,
    keys: OfficeKeys,
    ack_key: AckKey,
    archive: Archive,
    config: Config,
    _lock: Lock,
}

/// Why a submission did not become a ledger.
enum Stop {
    /// It is kept in quarantine under this name; the rest goes on.
    Refused { name: String, cause: Cause },
    /// It is whole at the relay and not yet here: nothing is taken of it now. The words are for the log.
    Later(String),
    /// The house is out of order.
    Failed(Failure),
}

/// An item of an answer, read as far as its sender's signature.
pub(crate) struct Item {
    /// What all that is written of it stands under: the id that was signed, or else the digest of the whole item.
    pub(crate) name: String,
    content: Value,
    delivered: Result<Delivered, Cause>,
}

impl Item {
    /// Reads an item. Nothing of it is believed yet.
    pub(crate) fn read(content: Value) -> Self {
        let delivered = isolated(|| Delivered::read(&content)).unwrap_or(Err(Cause::Poison));
        let name = match &delivered {
            Ok(delivered) => delivered.signed.id().to_string(),
            Err(_) => quarantine::name_of_unverified(&content),
        };
        Self {
            name,
            content,
            delivered,
        }
    }
}

/// What became of a delivered submission.
pub(crate) enum Taken {
    /// It is safe here; the acknowledgement is signed.
    Safe(String),
    /// It is in quarantine, and stays at the relay.
    Refused,
    /// Something of it has not come; it is asked for again.
    Later(String),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Intake {
    /// Reads and checks everything at the start: what is wrong shows now and not at the first citizen.
    pub(crate) fn start(config: Config, now: UnixTime) -> Result<Self, Failure> {
        let folder = Folder::new(&config.dir);
        let trust = Trust::read(&config, &folder, now)?;
        let keys = OfficeKeys::read(&config.keys, &trust.catalogue)?;
        let ack_key = AckKey::read(&config.ack_key, &trust.catalogue, now)?;
        let lock = folder.lock()?;
        trust.remember()?;
        let archive = Archive::new(&folder, &config.forms, &config.lists);
        require_forms(&archive, &trust.catalogue)?;
        let intake = Self {
            folder,
            trust,
            keys,
            ack_key,
            archive,
            config,
            _lock: lock,
        };
        intake.report("started");
        Ok(intake)
    }

    /// Everything [`Intake::start`] would refuse, found without writing and beside a running intake.
    pub(crate) fn check(config: &Config, now: UnixTime) -> Result<(), Failure> {
        let folder = Folder::new(&config.dir);
        let trust = Trust::read(config, &folder, now)?;
        OfficeKeys::read(&config.keys, &trust.catalogue)?;
        AckKey::read(&config.ack_key, &trust.catalogue, now)?;
        let archive = Archive::new(&folder, &config.forms, &config.lists).read_only();
        require_forms(&archive, &trust.catalogue)?;
        folder.probe()
    }

    /// Takes up a newer catalogue, with the keys and forms it needs: all of it or nothing.
    ///
    /// Returns whether there was one: then what was refused before deserves another look.
    pub(crate) fn refresh(&mut self, now: UnixTime) -> Result<bool, Failure> {
        let Some(changed) = self.trust.changed(now) else {
            return Ok(false);
        };
        let read = changed.and_then(|catalogue| {
            let keys = OfficeKeys::read(&self.config.keys, &catalogue)?;
            let ack_key = AckKey::read(&self.config.ack_key, &catalogue, now)?;
            Ok((catalogue, keys, ack_key))
        });
        match read {
            Ok((catalogue, keys, ack_key)) => {
                (self.keys, self.ack_key) = (keys, ack_key);
                self.trust.adopt(catalogue)?;
                for lacking in self.archive.lacking(&self.trust.catalogue)? {
                    warn!(lacking, "form not archived");
                }
                self.report("catalogue changed");
                Ok(true)
            }
            Err(failure) => {
                error!(%failure, serial = self.trust.catalogue.serial, "new catalogue refused; the old one stays in use");
                Ok(false)
            }
        }
    }

    /// The catalogue holds no longer: nothing is taken until a newer one is here. The relay keeps what waits.
    pub(crate) fn is_expired(&self, now: UnixTime) -> bool {
        now > self.trust.catalogue.exp
    }

    /// Takes one delivered submission, or puts it into quarantine. It is safe here now, or since an earlier delivery.
    /// Others, under other names, may be taken at the same time.
    pub(crate) fn take(
        &self,
        item: Item,
        now: UnixTime,
        source: &dyn Source,
    ) -> Result<Taken, Failure> {
        let followed = self.follow(item.delivered, &item.name, now, Again::No, source);
        if let Err(Stop::Later(said)) = followed {
            return Ok(Taken::Later(said));
        }
        Ok(match self.settle(followed, &item.content)? {
            Some(ledger) => Taken::Safe(self.acknowledgement(&ledger, now)),
            None => Taken::Refused,
        })
    }

    /// Takes a submission from the evidence or from quarantine once more, for an operator who mended
    /// what was wrong.
    pub(crate) fn retry(&self, name: &str, now: UnixTime) -> Result<(), Failure> {
        let item = Item::read(match quarantine::kept(&self.folder.quarantine(name)) {
            Some(item) => item,
            None => evidence(&self.folder, name)?,
        });
        let followed = self.follow(item.delivered, &item.name, now, Again::Yes, &Evidence);
        if self.settle(followed, &item.content)?.is_some() && name.starts_with("unverified-") {
            quarantine::set(&self.folder.quarantine(name), &[])?;
        }
        Ok(())
    }

    /// What was read to its end. A panic on the way ends this submission alone.
    fn follow(
        &self,
        delivered: Result<Delivered, Cause>,
        name: &str,
        now: UnixTime,
        again: Again,
        source: &dyn Source,
    ) -> Result<Ledger, Stop> {
        let refused = |cause| Stop::Refused {
            name: name.to_owned(),
            cause,
        };
        let delivered = delivered.map_err(refused)?;
        isolated(|| self.hand_over(delivered, &refused, now, again, source))
            .unwrap_or_else(|Panicked| Err(refused(Cause::Poison)))
    }

    /// The story: Delivered → Verified → Opened → Checked → HandedOver.
    fn hand_over(
        &self,
        delivered: Delivered,
        refused: &dyn Fn(Cause) -> Stop,
        now: UnixTime,
        again: Again,
        source: &dyn Source,
    ) -> Result<Ledger, Stop> {
        let before = self.before(&delivered)?;
        if again == Again::No
            && let Some(ledger) = before
        {
            return Ok(ledger);
        }
        let verified = delivered.verify(&self.trust.catalogue).map_err(refused)?;
        let id = verified.signed.id().to_string();
        let parts = self.folder.submission(&id).join("parts");
        attachments::fetch(&verified.signed, &parts, source).map_err(|lack| match lack {
            Lack::Later(said) => Stop::Later(said),
            Lack::Wrong(cause) => refused(cause),
            Lack::Failed(failure) => Stop::Failed(failure),
        })?;
        let opened = Opened::of(verified, &self.keys, &self.trust.catalogue);
        let checked = Checked::of(opened, &self.archive)?;
        let handed_over = HandedOver::of(checked, before.as_ref(), &self.folder, now)?;
        report_taken(&handed_over.ledger);
        Ok(handed_over.ledger)
    }

    /// The ledger of an earlier delivery. Whoever signs another submission under a taken id is refused.
    fn before(&self, delivered: &Delivered) -> Result<Option<Ledger>, Stop> {
        let signed = &delivered.signed;
        let Some(ledger) = Ledger::read(&self.folder.ledger(&signed.id()))? else {
            return Ok(None);
        };
        if (ledger.jkt, ledger.manifest_sha256) == (signed.jkt(), signed.manifest_sha256()) {
            return Ok(Some(ledger));
        }
        let name = format!(
            "{}.{}",
            signed.id(),
            envelope::reference(&signed.manifest_sha256())
        );
        Err(Stop::Refused {
            name,
            cause: Cause::IdTaken,
        })
    }

    /// Quarantines what was refused; passes a failure on.
    fn settle(
        &self,
        followed: Result<Ledger, Stop>,
        item: &Value,
    ) -> Result<Option<Ledger>, Failure> {
        let (name, cause) = match followed {
            Ok(ledger) => return Ok(Some(ledger)),
            Err(Stop::Failed(failure)) => return Err(failure),
            Err(Stop::Later(said)) => return Err(Failure::new(said)),
            Err(Stop::Refused { name, cause }) => (name, cause),
        };
        warn!(name, cause = cause.word(), why = %cause, "submission quarantined");
        quarantine::keep(&self.folder.quarantine(&name), item, cause)?;
        Ok(None)
    }

    fn acknowledgement(&self, ledger: &Ledger, now: UnixTime) -> String {
        let &Ledger {
            id,
            jkt,
            manifest_sha256,
            ..
        } = ledger;
        self.ack_key.sign(&Ack {
            v: V1,
            id,
            jkt,
            manifest_sha256,
            at: now,
        })
    }

    fn report(&self, what: &str) {
        let catalogue = &self.trust.catalogue;
        info!(
            serial = catalogue.serial,
            holds_until = %catalogue.exp,
            forms = catalogue.forms.len(),
            keys = self.keys.len(),
            "{what}"
        );
        for office in self.keys.unpublished(catalogue) {
            warn!(
                office,
                "a key here is not in the catalogue: not published yet, or withdrawn"
            );
        }
    }
}

/// For a submission that is followed once more: its attachments are here, or the relay still has them.
struct Evidence;

impl Source for Evidence {
    fn attachment(
        &self,
        _: &SubmissionId,
        _: &str,
        _: u64,
    ) -> Result<Box<dyn io::Read + '_>, String> {
        Err("it is not here; the relay delivers it with the submission".to_owned())
    }
}

/// A taken submission as the relay delivered it.
fn evidence(folder: &Folder, id: &str) -> Result<Value, Failure> {
    let of_submission = folder.submission(id);
    let unreadable = |path: &Path, error| {
        Failure::at(path, error, "Name an id that `motcua-intake list` shows.")
    };
    let read = |path: PathBuf| fs::read_to_string(&path).map_err(|error| unreadable(&path, error));
    let sealed = of_submission.join("parts");
    let mut parts = BTreeMap::new();
    for entry in fs::read_dir(&sealed).map_err(|error| unreadable(&sealed, error))? {
        let path = entry.map_err(|error| unreadable(&sealed, error))?.path();
        if path.extension().is_some_and(|extension| extension == "jwe") {
            let n = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            parts.insert(n, read(path)?);
        }
    }
    let manifest = read(of_submission.join("manifest.jws"))?;
    let receipt = read(of_submission.join("receipt.jws"))?;
    let mut item = json!({ "manifest": manifest, "parts": parts, "receipt": receipt });
    let proof = of_submission.join(PROOF);
    if proof.exists() {
        item["proof"] = read(proof)?.into();
    }
    Ok(item)
}

fn require_forms(archive: &Archive, catalogue: &Catalogue) -> Result<(), Failure> {
    match archive.lacking(catalogue)?.first() {
        None => Ok(()),
        Some(lacking) => Err(Failure::new(format!(
            "{lacking}. The catalogue (serial {}) names it: copy the published forms and lists here.",
            catalogue.serial
        ))),
    }
}

/// Whether a submission with a ledger is followed once more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    Yes,
    No,
}

/// The program panicked; what about is in the log, without anything of the submission.
struct Panicked;

/// Runs `task` so that a panic in it ends this one submission only.
fn isolated<T>(task: impl FnOnce() -> T) -> Result<T, Panicked> {
    // State that a panic could leave half changed: the archive's cache, which only ever gains whole entries.
    catch_unwind(AssertUnwindSafe(task)).map_err(|_| Panicked)
}

/// One line a submission: the reference, offices and counts, nothing of the answers.
fn report_taken(ledger: &Ledger) {
    let reference = &ledger.reference;
    if let InLog::Unproved { why } = &ledger.log {
        warn!(reference, why, "not proved to be in the log");
    }
    for (part, state) in &ledger.parts {
        match state {
            Part::HandedOver { office, faults, .. } => {
                info!(reference, part, office, faults, "handed over");
            }
            Part::Quarantined { office, cause } => {
                warn!(reference, part, office, cause, "part quarantined");
            }
            Part::Elsewhere { office } => info!(reference, part, office, "no key here"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_one_item_only() {
        let outcomes: Vec<bool> = (0..3)
            .map(|item| isolated(|| assert_ne!(item, 1, "poison")).is_ok())
            .collect();
        assert_eq!(outcomes, [true, false, true]);
    }
}
