//! What a submission is to an earlier one of its case: it amends it, or withdraws it. Only the key that signed the earlier one
//! may say so, and the intake, which has both, is the one who can see to it.

use envelope::{SubmissionId, Thumbprint};
use formdef::{Severity, Text};
use serde::{Deserialize, Serialize};

use crate::case::CaseFault;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::ledger::Ledger;

/// What a sealed part does to an earlier submission of its case.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Follows {
    /// Takes its place.
    Amends(SubmissionId),
    /// Takes it back.
    Withdraws(SubmissionId),
}

impl Follows {
    /// The submission that it names.
    fn id(self) -> SubmissionId {
        match self {
            Follows::Amends(id) | Follows::Withdraws(id) => id,
        }
    }

    /// Its name in a part and in a case.
    fn member(self) -> &'static str {
        match self {
            Follows::Amends(_) => "amends",
            Follows::Withdraws(_) => "withdraws",
        }
    }

    pub(crate) fn amended(self) -> Option<SubmissionId> {
        matches!(self, Follows::Amends(_)).then(|| self.id())
    }

    pub(crate) fn withdrawn(self) -> Option<SubmissionId> {
        matches!(self, Follows::Withdraws(_)).then(|| self.id())
    }

    /// What an office's list says of the earlier one.
    pub(crate) fn done(self) -> &'static str {
        match self {
            Follows::Amends(_) => "amended",
            Follows::Withdraws(_) => "withdrawn",
        }
    }

    /// What a person has to know before they do what it says. Whether the earlier one is here depends on when this is
    /// asked; that it is another's does not.
    pub(crate) fn fault(
        self,
        jkt: Thumbprint,
        folder: &Folder,
    ) -> Result<Option<CaseFault>, Failure> {
        let (member, id) = (self.member(), self.id());
        Ok(match Ledger::read(&folder.ledger(&id))? {
            Some(earlier) if earlier.jkt == jkt => None,
            Some(earlier) => Some(of_another(member, &earlier.reference)),
            None => Some(not_here(member, id)),
        })
    }
}

/// The later ones of the same case that name this one, and what they do to it, in the order in which they came.
pub(crate) fn later<'a>(
    ledger: &Ledger,
    all: &'a [Ledger],
) -> impl Iterator<Item = (Follows, &'a Ledger)> + use<'a> {
    let (id, jkt) = (ledger.id, ledger.jkt);
    let of_case = all.iter().filter(move |other| other.jkt == jkt);
    of_case.filter_map(move |other| {
        let follows = other.follows.filter(|follows| follows.id() == id)?;
        Some((follows, other))
    })
}

/// How a submission stands to others of its case, for a person who reads it.
pub(crate) fn told(ledger: &Ledger, all: &[Ledger]) -> Vec<(&'static str, String)> {
    let earlier = ledger.follows.into_iter().map(|follows| {
        let id = follows.id();
        let known = all
            .iter()
            .find(|other| other.id == id && other.jkt == ledger.jkt);
        let label = match follows {
            Follows::Amends(_) => "Sửa đổi hồ sơ",
            Follows::Withdraws(_) => "Rút hồ sơ",
        };
        (
            label,
            known.map_or(id.to_string(), |other| other.reference.clone()),
        )
    });
    let later = later(ledger, all).map(|(follows, other)| {
        let label = match follows {
            Follows::Amends(_) => "Đã được sửa bằng hồ sơ",
            Follows::Withdraws(_) => "Đã được rút bằng hồ sơ",
        };
        (
            label,
            format!("{}, nhận lúc {}", other.reference, other.received_at),
        )
    });
    earlier.chain(later).collect()
}

/// Somebody names a case that is not theirs.
fn of_another(member: &str, reference: &str) -> CaseFault {
    fault(
        member,
        Severity::Error,
        &format!(
            "Bản này không do người đã nộp hồ sơ {reference} ký. Không sửa, không rút hồ sơ đó theo bản này."
        ),
        &format!(
            "This was not signed by whoever sent {reference}. Do not amend or withdraw that one because of this."
        ),
    )
}

fn not_here(member: &str, id: SubmissionId) -> CaseFault {
    fault(
        member,
        Severity::Warning,
        &format!(
            "Khi nhận bản này, ở đây chưa có hồ sơ {id}. Hãy tìm hồ sơ đó trước khi làm theo."
        ),
        &format!(
            "When this came, {id} was not here. Look for that one before you do as this says."
        ),
    )
}

fn fault(member: &str, severity: Severity, vi: &str, en: &str) -> CaseFault {
    CaseFault {
        field: member.to_owned(),
        rule: "earlier".to_owned(),
        severity,
        message: Text::new([
            ("vi".to_owned(), vi.to_owned()),
            ("en".to_owned(), en.to_owned()),
        ]),
    }
}
