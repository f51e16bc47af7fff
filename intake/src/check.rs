//! `Opened` → `Checked`: the answers against the compiled form of exactly the manifest's digest.
//!
//! Readable answers that break a rule are not refused: the citizen holds a receipt, so they are handed
//! over marked, and a person decides.

use std::collections::{BTreeMap, BTreeSet};

use formdef::{Form, Lists, Moment, Severity, Text};
use serde_json::{Map, Value};

use crate::archive::{Archive, KnownForm};
use crate::case::CaseFault;
use crate::failure::Failure;
use crate::open::{Closed, ClosedPart, OpenPart, Opened};

/// A submission whose open parts are checked.
pub(crate) struct Checked {
    pub(crate) opened: Opened,
    /// The form's title; empty when no part is open.
    pub(crate) title: Text,
    /// By role, for the open parts.
    pub(crate) faults: BTreeMap<String, Vec<CaseFault>>,
}

impl Checked {
    /// Checks every open part. When the form is unknown here, they are all quarantined instead.
    pub(crate) fn of(opened: Opened, archive: &Archive) -> Result<Self, Failure> {
        match archive.form(&opened.verified.signed.manifest().form) {
            Ok(known) => {
                let faults = faults(&opened, &known);
                Ok(Self {
                    opened,
                    title: known.form.title.clone(),
                    faults,
                })
            }
            Err(lack) => {
                let cause = lack.into_cause()?;
                let opened = opened.close_all(|| Closed::Quarantined(cause.clone()));
                Ok(Self {
                    opened,
                    title: Text::default(),
                    faults: BTreeMap::new(),
                })
            }
        }
    }
}

impl Opened {
    fn close_all(mut self, why: impl Fn() -> Closed) -> Self {
        for (role, OpenPart { office, .. }) in std::mem::take(&mut self.parts) {
            self.closed.insert(role, ClosedPart { office, why: why() });
        }
        self
    }
}

/// The faults of each open part: its own, those that only several parts together show, and those of
/// the submission as a whole.
fn faults(opened: &Opened, known: &KnownForm) -> BTreeMap<String, Vec<CaseFault>> {
    let KnownForm { form, lists } = known;
    let union = Union::of(&opened.parts, form);
    let mut together = union.disagreements;
    // One page sealed all parts at one moment; if they differ, the latest is when it last checked.
    let answering = opened.parts.values().filter(|part| !part.only_withdraws());
    if let Some(checked) = answering.map(|part| part.checked).max() {
        together.extend(check(form, lists, &union.answers, checked, &union.reads));
    }
    let misdirected = misdirected(opened, &union.answers, form, lists);
    let mut by_role = BTreeMap::new();
    for (role, part) in &opened.parts {
        if part.only_withdraws() {
            continue;
        }
        let reads = reads(form, role);
        let of_others = together.iter().chain(&misdirected);
        let mut faults = check(form, lists, &part.all_answers(), part.checked, &reads);
        faults.extend(papers_among_answers(form, part));
        faults.extend(
            of_others
                .filter(|fault| reads.contains(fault.field_id()))
                .cloned(),
        );
        by_role.insert(role.clone(), without_doubles(faults));
    }
    by_role
}

/// Ids of the fields that a role reads; whoever is no recipient of the form (recovery) reads all.
fn reads<'f>(form: &'f Form, role: &str) -> BTreeSet<&'f str> {
    match form.recipient(role) {
        Some(recipient) => recipient.reads.iter().map(String::as_str).collect(),
        None => form.fields().map(|field| field.id.as_str()).collect(),
    }
}

fn check(
    form: &Form,
    lists: &Lists,
    answers: &Map<String, Value>,
    checked: Moment,
    reads: &BTreeSet<&str>,
) -> Vec<CaseFault> {
    let everything = form.fields().all(|field| reads.contains(field.id.as_str()));
    let reads = (!everything).then_some(reads);
    formdef::check(form, lists, answers, checked, reads)
        .into_iter()
        .map(CaseFault::from)
        .collect()
}

/// What the open parts hold together.
struct Union<'a> {
    answers: Map<String, Value>,
    reads: BTreeSet<&'a str>,
    disagreements: Vec<CaseFault>,
}

impl<'a> Union<'a> {
    fn of(parts: &BTreeMap<String, OpenPart>, form: &'a Form) -> Self {
        let mut union = Self {
            answers: Map::new(),
            reads: BTreeSet::new(),
            disagreements: Vec::new(),
        };
        for (role, part) in parts {
            let (reads, answers) = (reads(form, role), part.all_answers());
            for id in union.reads.intersection(&reads) {
                if union.answers.get(*id) != answers.get(*id) {
                    union.disagreements.push(disagree(id));
                }
            }
            for (id, answer) in answers {
                union.answers.entry(id).or_insert(answer);
            }
            union.reads.extend(reads);
        }
        union
    }
}

/// Parts sealed for another office than the one the answers lead to, where the answers are here to tell.
fn misdirected(
    opened: &Opened,
    answers: &Map<String, Value>,
    form: &Form,
    lists: &Lists,
) -> Vec<CaseFault> {
    let open = opened.parts.iter().map(|(role, part)| (role, &part.office));
    let closed = opened
        .closed
        .iter()
        .map(|(role, part)| (role, &part.office));
    open.chain(closed)
        .filter_map(|(role, office)| {
            let field = form.recipient(role)?.office.field();
            let right = form.office_of(role, answers, lists)?;
            (right != *office).then(|| wrong_office(field, office, &right))
        })
        .collect()
}

/// Files are told of among the attachments, with their keys, and nowhere else.
fn papers_among_answers(form: &Form, part: &OpenPart) -> Vec<CaseFault> {
    let papers = form.papers().map(|paper| &paper.id);
    let told = papers.filter(|id| part.answers.contains_key(*id));
    told.map(|id| CaseFault {
        field: id.clone(),
        rule: "shape".to_owned(),
        severity: Severity::Error,
        message: text(
            "Tệp của giấy tờ này được khai sai chỗ, không có tệp nào kèm theo. Hãy yêu cầu người nộp mang bản giấy.",
            "Files of this paper are told of in the wrong place, and none came. Ask the applicant for the paper.",
        ),
    })
    .collect()
}

fn disagree(field: &str) -> CaseFault {
    CaseFault {
        field: field.to_owned(),
        rule: "disagree".to_owned(),
        severity: Severity::Error,
        message: text(
            "Câu trả lời này không giống nhau trong các phần gửi cho các cơ quan. Hãy hỏi lại người nộp.",
            "The parts for the offices give different answers here. Ask the applicant.",
        ),
    }
}

fn wrong_office(field: &str, sealed_for: &str, right: &str) -> CaseFault {
    CaseFault {
        field: field.to_owned(),
        rule: "office".to_owned(),
        severity: Severity::Error,
        message: text(
            &format!(
                "Phần này được gửi cho cơ quan {sealed_for}, nhưng theo câu trả lời thì phải là {right}. Hãy chuyển hồ sơ cho cơ quan đúng."
            ),
            &format!(
                "This was sealed for office {sealed_for}, but the answers lead to {right}. Pass the case on to the right office."
            ),
        ),
    }
}

fn text(vi: &str, en: &str) -> Text {
    Text::new([
        ("vi".to_owned(), vi.to_owned()),
        ("en".to_owned(), en.to_owned()),
    ])
}

/// The part's own check and that of the union find the same thing twice.
fn without_doubles(faults: Vec<CaseFault>) -> Vec<CaseFault> {
    let mut seen = BTreeSet::new();
    faults
        .into_iter()
        .filter(|fault| seen.insert((fault.field.clone(), fault.rule.clone())))
        .collect()
}
