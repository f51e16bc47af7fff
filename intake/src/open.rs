//! `Verified` → `Opened`: each part opened with the key it is sealed for, and seen to belong to this
//! submission and no other.

use std::collections::BTreeMap;

use envelope::limits::{ANSWERS_AGE_S_MAX, CLOCK_SKEW_S};
use envelope::manifest::RECOVERY;
use envelope::{Catalogue, PartRef, Thumbprint, UnixTime};
use formdef::Moment;
use serde_json::{Map, Value};

use crate::case::as_answers;
use crate::cause::Cause;
use crate::earlier::Follows;
use crate::jwe;
use crate::keys::OfficeKeys;
use crate::plaintext::{Attachment, Plaintext, Reply, Sub};
use crate::verify::Verified;

/// A submission of which everything that can be opened here is open.
pub(crate) struct Opened {
    pub(crate) verified: Verified,
    /// By role.
    pub(crate) parts: BTreeMap<String, OpenPart>,
    /// The others, by role.
    pub(crate) closed: BTreeMap<String, ClosedPart>,
}

/// One opened part.
pub(crate) struct OpenPart {
    /// Code of the office whose key opened it.
    pub(crate) office: String,
    /// When the page last checked the answers.
    pub(crate) at: UnixTime,
    /// The same moment on the city's clock, for the rules.
    pub(crate) checked: Moment,
    pub(crate) answers: Map<String, Value>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) reply: Reply,
    pub(crate) follows: Option<Follows>,
}

/// One part that stays sealed.
pub(crate) struct ClosedPart {
    /// Code of the office.
    pub(crate) office: String,
    pub(crate) why: Closed,
}

/// Why a part stays sealed.
pub(crate) enum Closed {
    /// Its office has no key here: another intake's part, or nobody's yet.
    Elsewhere,
    /// Somebody has to look at it.
    Quarantined(Cause),
}

impl Opened {
    /// Opens what can be opened. A part that cannot does not stop the others.
    pub(crate) fn of(verified: Verified, keys: &OfficeKeys, catalogue: &Catalogue) -> Self {
        let mut parts = BTreeMap::new();
        let mut closed = BTreeMap::new();
        for part in &verified.signed.manifest().parts {
            let PartRef::Jwe { n, kid, .. } = part else {
                continue;
            };
            let office = office_of(n, *kid, catalogue);
            if !keys.has_office(&office) {
                closed.insert(
                    n.clone(),
                    ClosedPart {
                        office,
                        why: Closed::Elsewhere,
                    },
                );
                continue;
            }
            match open(n, kid, &verified, keys) {
                Ok((plaintext, checked, follows)) => {
                    let part = OpenPart::of(plaintext, checked, follows, office);
                    parts.insert(n.clone(), part);
                }
                Err(cause) => {
                    let why = Closed::Quarantined(cause);
                    closed.insert(n.clone(), ClosedPart { office, why });
                }
            }
        }
        Self {
            verified,
            parts,
            closed,
        }
    }
}

impl OpenPart {
    /// Whether it takes an earlier submission back and says nothing more: there is nothing to hold against the form.
    pub(crate) fn only_withdraws(&self) -> bool {
        let withdraws = matches!(self.follows, Some(Follows::Withdraws(_)));
        withdraws && self.answers.is_empty() && self.attachments.is_empty()
    }

    /// The answers with those to its papers: their files.
    pub(crate) fn all_answers(&self) -> Map<String, Value> {
        let mut answers = self.answers.clone();
        let files = self.attachments.iter().map(|file| file.handed_over(None));
        answers.extend(as_answers(files));
        answers
    }

    fn of(plaintext: Plaintext, checked: Moment, follows: Option<Follows>, office: String) -> Self {
        let Plaintext {
            sub,
            answers,
            attachments,
            reply,
            ..
        } = plaintext;
        Self {
            office,
            at: sub.at,
            checked,
            answers,
            attachments,
            reply,
            follows,
        }
    }
}

/// Code of the office that a part is sealed for. Admission has seen that there is one of that role.
fn office_of(n: &str, kid: Thumbprint, catalogue: &Catalogue) -> String {
    match catalogue.office_with_key(kid) {
        Some((office, _)) if n != RECOVERY => office.code.clone(),
        _ => RECOVERY.to_owned(),
    }
}

fn open(
    n: &str,
    kid: &Thumbprint,
    verified: &Verified,
    keys: &OfficeKeys,
) -> Result<(Plaintext, Moment, Option<Follows>), Cause> {
    let key = keys.get(kid).ok_or(Cause::Key)?;
    let sealed = verified.signed.parts().get(n).ok_or(Cause::Delivery)?;
    let plaintext = Plaintext::read(&jwe::open(sealed, kid, key)?)?;
    check_sub(&plaintext.sub, n, verified)?;
    check_at(plaintext.sub.at, verified.receipt.received_at)?;
    let checked = Moment::from_unix(plaintext.sub.at.0).ok_or(Cause::At)?;
    let follows = plaintext.follows()?;
    Ok((plaintext, checked, follows))
}

/// Every member: a part taken from another submission and signed again differs in `jkt` at the least.
fn check_sub(sub: &Sub, n: &str, verified: &Verified) -> Result<(), Cause> {
    let manifest = verified.signed.manifest();
    let members = [
        ("id", sub.id == manifest.id),
        ("jkt", sub.jkt == verified.signed.jkt()),
        ("form", sub.form == manifest.form),
        ("agency", sub.agency == manifest.agency),
        ("aud", sub.aud == manifest.aud),
        ("mode", sub.mode == manifest.mode),
        ("n", sub.n == n),
    ];
    match members.into_iter().find(|(_, same)| !same) {
        Some((member, _)) => Err(Cause::Sub(member)),
        None => Ok(()),
    }
}

fn check_at(at: UnixTime, received_at: UnixTime) -> Result<(), Cause> {
    let window = received_at.plus(-ANSWERS_AGE_S_MAX)..=received_at.plus(CLOCK_SKEW_S);
    if window.contains(&at) {
        Ok(())
    } else {
        Err(Cause::At)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_at_most_thirty_days_older_than_the_receipt() {
        let received_at = UnixTime(1_470_796_261);
        let check = |seconds: i64| check_at(received_at.plus(seconds), received_at);
        assert_eq!(check(0), Ok(()));
        assert_eq!(check(-30 * 86_400), Ok(()));
        assert_eq!(check(-30 * 86_400 - 1), Err(Cause::At));
        assert_eq!(check(600), Ok(()));
        assert_eq!(check(601), Err(Cause::At));
    }
}
