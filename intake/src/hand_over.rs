//! `Checked` → `HandedOver`: on disk, in an order in which a power cut at any point loses nothing and
//! doubles nothing. The evidence first, then the offices' files, then the ledger; whoever finds no
//! ledger does it all again and writes the same files.

use std::collections::BTreeMap;
use std::path::Path;

use envelope::{Manifest, SubmissionId, UnixTime, V1, reference};

use crate::case::{Case, CaseFault, CaseForm};
use crate::cause::Cause;
use crate::check::Checked;
use crate::durable::{self, Readers};
use crate::earlier::Follows;
use crate::failure::Failure;
use crate::files;
use crate::folder::Folder;
use crate::ledger::{Ledger, Part};
use crate::open::{Closed, ClosedPart, OpenPart, Opened};
use crate::plaintext::Attachment;
use crate::quarantine::{self, Quarantined};
use crate::verify::Verified;

/// A submission that is safe here, which its ledger says. Only from this is an acknowledgement made.
pub(crate) struct HandedOver {
    pub(crate) ledger: Ledger,
}

impl HandedOver {
    /// Writes everything. Parts that `before` says were handed over are not written again.
    pub(crate) fn of(
        checked: Checked,
        before: Option<&Ledger>,
        folder: &Folder,
        now: UnixTime,
    ) -> Result<Self, Failure> {
        let Checked {
            opened,
            title,
            mut faults,
        } = checked;
        let Opened {
            verified,
            parts: open,
            closed,
        } = opened;
        let mut ledger = empty_ledger(&verified, now);
        let mut quarantined = Vec::new();

        write_evidence(&verified, folder)?;
        for (role, mut part) in open {
            ledger.follows = part.follows.or(ledger.follows);
            let done = before.and_then(|ledger| ledger.parts.get(&role));
            let state = match done {
                Some(done @ Part::HandedOver { .. }) => done.clone(),
                _ => {
                    let mut faults = faults.remove(&role).unwrap_or_default();
                    if let Some(follows) = part.follows {
                        faults.extend(follows.fault(ledger.jkt, folder)?);
                    }
                    let form = CaseForm::of(&ledger.form, title.clone());
                    let attachments = std::mem::take(&mut part.attachments);
                    let case = case_of(&ledger, &role, part, form, faults);
                    write_case(case, &attachments, verified.signed.manifest(), folder)?
                }
            };
            ledger.parts.insert(role, state);
        }
        for (role, ClosedPart { office, why }) in closed {
            let state = match why {
                Closed::Elsewhere => Part::Elsewhere { office },
                Closed::Quarantined(cause) => {
                    let word = cause.word().to_owned();
                    quarantined.push(Quarantined {
                        part: Some(role.clone()),
                        cause,
                    });
                    Part::Quarantined {
                        office,
                        cause: word,
                    }
                }
            };
            ledger.parts.insert(role, state);
        }
        if ledger
            .parts
            .values()
            .all(|part| matches!(part, Part::Elsewhere { .. }))
        {
            quarantined.push(Quarantined {
                part: None,
                cause: Cause::NoKey,
            });
        }
        quarantine::set(&folder.quarantine(&ledger.id.to_string()), &quarantined)?;
        write_ledger(&ledger, folder)?;
        Ok(Self { ledger })
    }
}

/// The name of the proof's file in the evidence.
pub(crate) const PROOF: &str = "proof.txt";

fn empty_ledger(verified: &Verified, now: UnixTime) -> Ledger {
    let Verified {
        signed,
        receipt,
        log,
        ..
    } = verified;
    Ledger {
        motcua: V1,
        reference: reference(&signed.manifest_sha256()),
        id: signed.id(),
        jkt: signed.jkt(),
        manifest_sha256: signed.manifest_sha256(),
        form: receipt.form.clone(),
        agency: receipt.agency.clone(),
        mode: receipt.mode,
        received_at: receipt.received_at,
        log: log.clone(),
        taken_at: now,
        follows: None,
        parts: BTreeMap::new(),
    }
}

/// The submission as it came: sealed parts, signed manifest, signed receipt, and the proof if there was one.
fn write_evidence(verified: &Verified, folder: &Folder) -> Result<(), Failure> {
    let Verified {
        signed,
        receipt_jws,
        proof,
        ..
    } = verified;
    let of_submission = folder.submission(&signed.id().to_string());
    let sealed = of_submission.join("parts");
    durable::folder(&sealed, Readers::Intake)?;
    let names: Vec<_> = signed
        .parts()
        .iter()
        .map(|(n, jwe)| (format!("{n}.jwe"), jwe))
        .collect();
    let parts: Vec<_> = names
        .iter()
        .map(|(name, jwe)| (name.as_str(), jwe.as_bytes()))
        .collect();
    durable::write_all(&sealed, &parts, Readers::Intake)?;
    let mut statements = vec![
        ("manifest.jws", signed.manifest_jws().as_bytes()),
        ("receipt.jws", receipt_jws.as_bytes()),
    ];
    if let Some(proof) = proof {
        statements.push((PROOF, proof.as_bytes()));
    }
    durable::write_all(&of_submission, &statements, Readers::Intake)
}

fn case_of(
    ledger: &Ledger,
    role: &str,
    part: OpenPart,
    form: CaseForm,
    faults: Vec<CaseFault>,
) -> Case {
    Case {
        motcua: V1,
        reference: ledger.reference.clone(),
        id: ledger.id,
        office: part.office,
        role: role.to_owned(),
        form,
        agency: ledger.agency.clone(),
        mode: ledger.mode,
        received_at: ledger.received_at,
        at: part.at,
        manifest_sha256: ledger.manifest_sha256,
        amends: part.follows.and_then(Follows::amended),
        withdraws: part.follows.and_then(Follows::withdrawn),
        answers: part.answers,
        attachments: Vec::new(),
        faults,
        reply: part.reply,
    }
}

/// The files of its papers first: who sees the case finds them.
fn write_case(
    mut case: Case,
    attachments: &[Attachment],
    manifest: &Manifest,
    folder: &Folder,
) -> Result<Part, Failure> {
    let of_office = Folder::office(case.mode, &case.office);
    let stem = case_name(&case.reference, &case.id);
    let file = of_office.join(format!("{stem}.json"));
    let office = folder.make_office(&of_office)?;
    let place = files::Place {
        manifest,
        sealed: &folder.submission(&case.id.to_string()).join("parts"),
        office: &office,
        stem: &stem,
    };
    let opened = place.open(attachments)?;
    case.attachments = opened.files;
    case.faults.extend(opened.faults);
    durable::write(&folder.resolve(&file), &json(&case, &file)?, Readers::Group)?;
    Ok(Part::HandedOver {
        office: case.office,
        file,
        faults: case.faults.len(),
    })
}

/// What the names of a case's files begin with.
fn case_name(reference: &str, id: &SubmissionId) -> String {
    format!("{reference}-{id}")
}

fn write_ledger(ledger: &Ledger, folder: &Folder) -> Result<(), Failure> {
    let path = folder.ledger(&ledger.id);
    durable::write(&path, &json(ledger, &path)?, Readers::Intake)
}

/// Indented, for people and `diff`, with a line end.
fn json(value: &impl serde::Serialize, of: &Path) -> Result<Vec<u8>, Failure> {
    let mut text = serde_json::to_vec_pretty(value)
        .map_err(|error| Failure::at(of, error, "This is a fault of the program; report it."))?;
    text.push(b'\n');
    Ok(text)
}
