//! A case laid out as the declaration it is: title, addressee, sections with questions and answers.
//! Both layouts print this and nothing else.

use std::collections::BTreeSet;

use formdef::{Field, Severity, display};
use serde_json::{Map, Value};

use crate::archive::KnownForm;
use crate::case::{Case, CaseFault, as_answers};

/// The language of the sheets: the offices'.
const LANGUAGE: &str = "vi";

/// One office's sheet.
pub(super) struct Declaration {
    pub(super) title: String,
    pub(super) addressee: String,
    /// Facts about the case itself: label and value.
    pub(super) particulars: Vec<(&'static str, String)>,
    pub(super) sections: Vec<Sheet>,
    /// Faults at no answer that is shown.
    pub(super) remarks: Vec<Mark>,
}

/// One section of the form, as far as it is answered.
pub(super) struct Sheet {
    pub(super) title: String,
    pub(super) rows: Vec<Row>,
}

/// One question with its answer and what is wrong with it.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) value: String,
    pub(super) marks: Vec<Mark>,
}

/// One fault in words.
pub(super) struct Mark {
    pub(super) rule: String,
    pub(super) severity: &'static str,
    pub(super) message: String,
}

impl Declaration {
    /// `others`: how the case's submission stands to others of the same citizen.
    pub(super) fn of(case: &Case, others: &[(&'static str, String)], known: &KnownForm) -> Self {
        let mut answers = case.answers.clone();
        answers.extend(as_answers(case.attachments.iter().cloned()));
        let mut sheets = Sheets {
            case,
            answers: &answers,
            known,
            placed: BTreeSet::new(),
        };
        let mut sections: Vec<Sheet> = known
            .form
            .sections
            .iter()
            .map(|section| sheets.of_section(section))
            .collect();
        sections.push(sheets.of_strangers());
        sections.retain(|section| !section.rows.is_empty());
        let remarks = case
            .faults
            .iter()
            .filter(|fault| !sheets.placed.contains(fault.field_id()))
            .map(|fault| Mark::at(fault, known))
            .collect();
        Self {
            title: case.form.title.get(LANGUAGE).to_owned(),
            addressee: addressee(&case.office, known),
            particulars: particulars(case, others),
            sections,
            remarks,
        }
    }
}

fn particulars(case: &Case, others: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    let mut particulars = vec![
        ("Mã hồ sơ", case.reference.clone()),
        ("Nhận lúc", case.received_at.to_string()),
        ("Người nộp kiểm tra lần cuối lúc", case.at.to_string()),
        (
            "Biểu mẫu",
            format!("{} phiên bản {}", case.form.id, case.form.version),
        ),
        ("Phần dành cho", format!("{} ({})", case.office, case.role)),
        ("Số hiệu điện tử", case.id.to_string()),
    ];
    if case.mode == envelope::Mode::Trial {
        particulars.push(("Chế độ", "CHẠY THỬ – không phải hồ sơ thật".to_owned()));
    }
    particulars.extend_from_slice(others);
    particulars
}

/// The agency as the form's own list names it; a district's office by its code and district.
fn addressee(office: &str, known: &KnownForm) -> String {
    let Some(agencies) = known.lists.get("agencies") else {
        return office.to_owned();
    };
    let label = |text: &formdef::Text| text.get(LANGUAGE).to_owned();
    if let Some(agency) = agencies.find(office) {
        let district = agencies
            .group_of(agency)
            .map(|group| format!(", {}", label(&group.label)));
        return format!("{}{}", label(&agency.label), district.unwrap_or_default());
    }
    let district = agencies
        .groups
        .iter()
        .find(|group| office.ends_with(&format!("-{}", group.code)));
    match district {
        Some(group) => format!("{office} – {}", label(&group.label)),
        None => office.to_owned(),
    }
}

/// Makes the sections of one case, and remembers which answers have their place.
struct Sheets<'a> {
    case: &'a Case,
    /// Those to papers too.
    answers: &'a Map<String, Value>,
    known: &'a KnownForm,
    placed: BTreeSet<&'a str>,
}

impl<'a> Sheets<'a> {
    fn of_section(&mut self, section: &'a formdef::Section) -> Sheet {
        let mut rows = Vec::new();
        for field in &section.fields {
            if let Some(answer) = self.answers.get(&field.id) {
                self.placed.insert(&field.id);
                rows.extend(self.rows(field, answer));
            } else if self.has_faults(&field.id) {
                self.placed.insert(&field.id);
                rows.push(self.row(field, "—".to_owned()));
            }
        }
        Sheet {
            title: section.title.get(LANGUAGE).to_owned(),
            rows,
        }
    }

    /// Answers to questions that the form does not ask: shown as they came, so that nothing hides.
    fn of_strangers(&mut self) -> Sheet {
        let mut rows = Vec::new();
        for (id, answer) in self.answers {
            if self.known.form.field(id).is_none() {
                self.placed.insert(id);
                let marks = self.marks(id);
                rows.push(Row {
                    label: id.clone(),
                    value: answer.to_string(),
                    marks,
                });
            }
        }
        Sheet {
            title: "Ngoài biểu mẫu".to_owned(),
            rows,
        }
    }

    fn rows(&self, field: &Field, answer: &Value) -> Vec<Row> {
        match answer.as_array() {
            Some(entries) if !field.fields.is_empty() => self.group(field, entries),
            _ => vec![self.row(field, self.display(field, answer))],
        }
    }

    /// A repeat group: a row for its number of entries, then each entry's answers.
    fn group(&self, field: &Field, entries: &[Value]) -> Vec<Row> {
        let mut rows = vec![self.row(field, entries.len().to_string())];
        for (number, entry) in entries.iter().enumerate() {
            let none = Map::new();
            let members = entry.as_object().unwrap_or(&none);
            for member in &field.fields {
                if let Some(answer) = members.get(&member.id) {
                    let label = format!("{}. {}", number + 1, member.label.get(LANGUAGE));
                    let value = self.display(member, answer);
                    rows.push(Row {
                        label,
                        value,
                        marks: Vec::new(),
                    });
                }
            }
        }
        rows
    }

    fn row(&self, field: &Field, value: String) -> Row {
        Row {
            label: field.label.get(LANGUAGE).to_owned(),
            value,
            marks: self.marks(&field.id),
        }
    }

    fn display(&self, field: &Field, answer: &Value) -> String {
        display(&self.known.form, field, answer, &self.known.lists, LANGUAGE)
    }

    fn has_faults(&self, id: &str) -> bool {
        self.case.faults.iter().any(|fault| fault.field_id() == id)
    }

    fn marks(&self, id: &str) -> Vec<Mark> {
        let here = self
            .case
            .faults
            .iter()
            .filter(|fault| fault.field_id() == id);
        here.map(|fault| Mark::at(fault, self.known)).collect()
    }
}

impl Mark {
    fn at(fault: &CaseFault, known: &KnownForm) -> Self {
        let words = fault.message.get(LANGUAGE);
        let entry = fault
            .field
            .strip_prefix(fault.field_id())
            .unwrap_or_default();
        let known_field = known.form.field(fault.field_id()).is_some();
        let message = match (known_field, entry) {
            (true, "") => words.to_owned(),
            (true, entry) => format!("{entry}: {words}"),
            (false, _) => format!("{}: {words}", fault.field),
        };
        let severity = match fault.severity {
            Severity::Error => "SAI",
            Severity::Route => "SAI NƠI NHẬN",
            Severity::Warning => "CẦN XEM",
            Severity::Info => "LƯU Ý",
        };
        Self {
            rule: fault.rule.clone(),
            severity,
            message,
        }
    }
}
