//! What a submission is to an earlier one of its case: it amends it, or withdraws it. Only the key that signed the earlier one
//! may say so, and the intake, which has both, is the one who can see to it.

use envelope::{SubmissionId, Thumbprint};
use formdef::{Severity, Text};
use serde::{Deserialize, Serialize};

use crate::case::CaseFault;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::ledger::Ledger;

/// The earlier submissions that a sealed part names.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Follows {
    /// One that this one takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amends: Option<SubmissionId>,
    /// One that this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdraws: Option<SubmissionId>,
}

impl Follows {
    fn named(self) -> impl Iterator<Item = (&'static str, SubmissionId)> {
        let amends = self.amends.map(|id| ("amends", id));
        amends
            .into_iter()
            .chain(self.withdraws.map(|id| ("withdraws", id)))
    }

    /// What it does to that one.
    fn to(self, id: SubmissionId) -> Option<&'static str> {
        self.named()
            .find(|(_, named)| *named == id)
            .map(|(member, _)| member)
    }

    /// What a person has to know before they do what it says. Whether the earlier one is here depends on when this is
    /// asked; that it is another's does not.
    pub(crate) fn faults(
        self,
        jkt: Thumbprint,
        folder: &Folder,
    ) -> Result<Vec<CaseFault>, Failure> {
        let mut faults = Vec::new();
        for (member, id) in self.named() {
            faults.extend(match Ledger::read(&folder.ledger(&id))? {
                Some(earlier) if earlier.jkt == jkt => None,
                Some(earlier) => Some(of_another(member, &earlier.reference)),
                None => Some(not_here(member, id)),
            });
        }
        Ok(faults)
    }
}

/// The later ones of the same case that name this one, and what they do to it, in the order in which they came.
pub(crate) fn later<'a>(
    ledger: &Ledger,
    all: &'a [Ledger],
) -> impl Iterator<Item = (&'static str, &'a Ledger)> + use<'a> {
    let (id, jkt) = (ledger.id, ledger.jkt);
    let of_case = all.iter().filter(move |other| other.jkt == jkt);
    of_case.filter_map(move |other| Some((other.follows.to(id)?, other)))
}

/// How a submission stands to others of its case, for a person who reads it.
pub(crate) fn told(ledger: &Ledger, all: &[Ledger]) -> Vec<(&'static str, String)> {
    let earlier = ledger.follows.named().map(|(member, id)| {
        let known = all
            .iter()
            .find(|other| other.id == id && other.jkt == ledger.jkt);
        let label = if member == "amends" {
            "Sửa đổi hồ sơ"
        } else {
            "Rút hồ sơ"
        };
        (
            label,
            known.map_or(id.to_string(), |other| other.reference.clone()),
        )
    });
    let later = later(ledger, all).map(|(member, other)| {
        let label = if member == "amends" {
            "Đã được sửa bằng hồ sơ"
        } else {
            "Đã được rút bằng hồ sơ"
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
