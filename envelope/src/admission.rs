//! The checks of a signed manifest against catalogue and time, in the order in which they are made.

use crate::catalogue::{Catalogue, CatalogueForm, CatalogueOffice};
use crate::key::Thumbprint;
use crate::limits::CLOCK_SKEW_S;
use crate::manifest::{Manifest, Mode, PartRef, RECOVERY};
use crate::refusal::Refusal;
use crate::time::UnixTime;

/// What is asked: whether this manifest is to be admitted now, under this catalogue.
pub(crate) struct Admission<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) now: UnixTime,
    pub(crate) stage: Stage,
    pub(crate) catalogue: &'a Catalogue,
}

/// How far a submission has come at the time that is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Its manifest and its sealed parts are there.
    Sent,
    /// Its attachments are there as well, and they may have taken until `exp`.
    Complete,
}

impl<'a> Admission<'a> {
    /// Every check; the first that fails gives the refusal.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        self.check_dates()?;
        self.check_audience()?;
        let form = self.open_form()?;
        let agency = self.open_agency(form)?;
        self.check_mode(form, agency)?;
        check_parts(&self.manifest.parts, form)?;
        self.check_keys(form, agency)
    }

    fn check_dates(&self) -> Result<(), Refusal> {
        // Only its end: an intake checks by the receipt's time, which may lie before its newest catalogue was issued.
        if self.now > self.catalogue.exp {
            return Err(Refusal::Catalogue);
        }
        check_times(self.manifest, self.now, self.stage)
    }

    fn check_audience(&self) -> Result<(), Refusal> {
        ensure(self.manifest.aud == self.catalogue.relay, Refusal::Audience)
    }

    fn open_form(&self) -> Result<&'a CatalogueForm, Refusal> {
        let form = self
            .catalogue
            .form(&self.manifest.form)
            .ok_or(Refusal::Form)?;
        ensure(form.is_taken_at(self.now), Refusal::FormClosed)?;
        Ok(form)
    }

    fn open_agency(&self, form: &CatalogueForm) -> Result<&'a CatalogueOffice, Refusal> {
        let agency = self
            .catalogue
            .office(&self.manifest.agency)
            .ok_or(Refusal::Agency)?;
        let is_recipient = form
            .recipients
            .iter()
            .any(|recipient| recipient.kind == agency.kind);
        ensure(is_recipient, Refusal::Agency)?;
        ensure(agency.is_open_at(self.now), Refusal::AgencyClosed)?;
        Ok(agency)
    }

    /// A form or an agency that is being tried out makes the submission a trial.
    fn check_mode(&self, form: &CatalogueForm, agency: &CatalogueOffice) -> Result<(), Refusal> {
        let is_trial = form.mode == Mode::Trial || agency.mode == Mode::Trial;
        let mode = if is_trial { Mode::Trial } else { Mode::Live };
        ensure(self.manifest.mode == mode, Refusal::Mode)
    }

    fn check_keys(&self, form: &CatalogueForm, agency: &CatalogueOffice) -> Result<(), Refusal> {
        for part in &self.manifest.parts {
            if let PartRef::Jwe { n, kid, .. } = part {
                let is_right = match form.kind_of(n) {
                    Some(kind) => self.is_key_of(kind, *kid, agency),
                    None => self.is_recovery_key(*kid),
                };
                ensure(is_right, Refusal::RecipientKey)?;
            }
        }
        Ok(())
    }

    /// Whether it is a current key of an office of this kind. Where the kind is the agency's, the office is the agency;
    /// of the other offices the relay knows no more than the kind, and the intake compares them with the answers.
    fn is_key_of(&self, kind: &str, kid: Thumbprint, agency: &CatalogueOffice) -> bool {
        self.catalogue
            .office_with_key(kid)
            .is_some_and(|(office, key)| {
                office.kind == kind
                    && (kind != agency.kind || office.code == agency.code)
                    && key.is_taken_at(self.now)
            })
    }

    fn is_recovery_key(&self, kid: Thumbprint) -> bool {
        let recovery = &self.catalogue.recovery;
        recovery.kid == kid && recovery.is_taken_at(self.now)
    }
}

/// Signed near this time, or before attachments were waited for, and not expired.
fn check_times(manifest: &Manifest, now: UnixTime, stage: Stage) -> Result<(), Refusal> {
    let may_have_waited = stage == Stage::Complete && manifest.has_attachments();
    let skew_s = now.0.saturating_sub(manifest.iat.0);
    let is_near = skew_s >= -CLOCK_SKEW_S && (skew_s <= CLOCK_SKEW_S || may_have_waited);
    ensure(is_near, Refusal::Clock)?;
    ensure(now <= manifest.exp, Refusal::Expired)
}

/// One sealed part for each recipient and one for recovery, no more; attachments only within the form's bound.
fn check_parts(parts: &[PartRef], form: &CatalogueForm) -> Result<(), Refusal> {
    let mut sealed = 0;
    let mut attachments_bytes = 0;
    for part in parts {
        match part {
            PartRef::Jwe { n, .. } => {
                ensure(n == RECOVERY || form.kind_of(n).is_some(), Refusal::Parts)?;
                sealed += 1;
            }
            PartRef::Ece { len, .. } => attachments_bytes += len,
        }
    }
    // Names are unique, so as many as wanted are exactly those that are wanted.
    let is_complete = sealed == form.recipients.len() + 1;
    ensure(
        is_complete && attachments_bytes <= form.attachments_bytes_max,
        Refusal::Parts,
    )
}

fn ensure(holds: bool, refusal: Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(refusal) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Recipient;
    use crate::digest::Digest;
    use crate::id::SubmissionId;
    use crate::manifest::FormRef;
    use crate::version::V1;

    /// Sealed parts for ward and recovery, and attachments of these lengths.
    fn parts(attachments: &[u64]) -> Vec<PartRef> {
        let digest = Digest::of(b"");
        let sealed = ["ward", RECOVERY].map(|n| PartRef::Jwe {
            n: n.to_owned(),
            kid: Thumbprint::from_digest(digest),
            len: 1,
            sha256: digest,
        });
        let attachment = |(i, len): (usize, &u64)| PartRef::Ece {
            n: format!("a{i}"),
            len: *len,
            pieces: digest,
            kc: digest,
        };
        sealed
            .into_iter()
            .chain(attachments.iter().enumerate().map(attachment))
            .collect()
    }

    fn form(attachments_bytes_max: u64) -> CatalogueForm {
        CatalogueForm {
            id: "f".to_owned(),
            version: 1,
            sha256: Digest::of(b""),
            opens: None,
            closes: None,
            accept_until: None,
            mode: Mode::Live,
            recipients: vec![Recipient {
                role: "ward".to_owned(),
                kind: "ward".to_owned(),
            }],
            attachments_bytes_max,
        }
    }

    /// A manifest signed at 0, which names attachments of these lengths and may be sent until `exp`.
    fn manifest(attachments: &[u64], exp: i64) -> Manifest {
        Manifest {
            v: V1,
            id: SubmissionId::from_bytes([0; 16]),
            aud: String::new(),
            form: FormRef {
                id: "f".to_owned(),
                version: 1,
                sha256: Digest::of(b""),
            },
            agency: "00001".to_owned(),
            mode: Mode::Live,
            iat: UnixTime(0),
            exp: UnixTime(exp),
            parts: parts(attachments),
        }
    }

    #[test]
    fn a_manifest_knows_what_its_attachments_weigh() {
        let (none, some) = (manifest(&[], 1), manifest(&[38, 62], 1));
        assert_eq!(
            (none.attachments_bytes(), none.has_attachments()),
            (0, false)
        );
        assert_eq!(
            (some.attachments_bytes(), some.has_attachments()),
            (100, true)
        );
        let names: Vec<&str> = some.attachments().map(|(n, ..)| n).collect();
        assert_eq!(names, ["a0", "a1"]);
    }

    #[test]
    fn only_attachments_may_be_waited_for_and_not_beyond_exp() {
        let (late, exp) = (CLOCK_SKEW_S + 1, 86_400);
        for (attachments, stage, now, verdict) in [
            (&[38][..], Stage::Complete, CLOCK_SKEW_S, Ok(())),
            (&[38], Stage::Complete, late, Ok(())),
            (&[38], Stage::Complete, exp, Ok(())),
            (&[38], Stage::Complete, exp + 1, Err(Refusal::Expired)),
            (&[38], Stage::Sent, late, Err(Refusal::Clock)),
            (&[], Stage::Complete, late, Err(Refusal::Clock)),
            (&[38], Stage::Complete, -CLOCK_SKEW_S, Ok(())),
            (&[38], Stage::Complete, -late, Err(Refusal::Clock)),
        ] {
            let manifest = manifest(attachments, exp);
            let given = check_times(&manifest, UnixTime(now), stage);
            assert_eq!(given, verdict, "{} attachments at {now}", attachments.len());
        }
    }

    /// The city of the vectors has no form that takes attachments, so no vector can show this bound.
    #[test]
    fn attachments_are_bounded_by_their_sum() {
        for (lengths, bytes_max, verdict) in [
            (&[][..], 0, Ok(())),
            (&[38], 0, Err(Refusal::Parts)),
            (&[38, 62], 100, Ok(())),
            (&[38, 63], 100, Err(Refusal::Parts)),
        ] {
            assert_eq!(
                check_parts(&parts(lengths), &form(bytes_max)),
                verdict,
                "{lengths:?}"
            );
        }
    }
}
