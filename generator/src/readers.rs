//! Who reads what, for the person who publishes: each form's readers, how their offices are found, which questions they
//! read, and which rules no office can check again. Citizens read the same on the service's page.

use formdef::{Form, Lang, Office, Recipient, say};
use serde::{Deserialize, Serialize};

use crate::report::plural;

/// More forms than this are summed up unless the whole table is asked for.
pub const TABLE_FORMS_MAX: usize = 20;
/// Where lines of names are broken, in characters.
const LINE_CHARS_MAX: usize = 110;

/// The readers of one form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormReaders {
    /// The form's id.
    pub form: String,
    /// How many questions it has.
    pub questions: usize,
    /// Who reads, in the order of the definition.
    pub readers: Vec<Reader>,
    /// Rules that no single reader can check again: id, and the question at which it shows.
    pub uncheckable: Vec<(String, String)>,
}

/// A reader of answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// The name of its part, such as `police`.
    pub role: String,
    /// The kind of office.
    pub kind: String,
    /// How the office is found.
    pub office: Office,
    /// How many questions it reads.
    pub questions: usize,
    /// Which: a section of which it reads all by its id with a star, `hk*`, else the questions' ids. Empty when it reads
    /// everything.
    pub names: Vec<String>,
}

impl FormReaders {
    /// The readers of a form.
    pub fn of(form: &Form) -> FormReaders {
        // Papers go over the counter: nobody reads them here.
        let form = &form.on_page();
        let rules = form.uncheckable().into_iter();
        FormReaders {
            form: form.id.clone(),
            questions: form.fields().count(),
            readers: form
                .recipients
                .iter()
                .map(|its| reader(form, its))
                .collect(),
            uncheckable: rules
                .map(|what| (what.rule.to_owned(), what.on.to_owned()))
                .collect(),
        }
    }

    fn show(&self, lang: Lang) -> Vec<String> {
        let count = self.questions;
        let s = plural(count);
        let form = &self.form;
        let mut lines = vec![say!(
            lang,
            "{form}: {count} question{s}",
            "{form}: {count} câu hỏi"
        )];
        let roles = self
            .readers
            .iter()
            .map(|reader| reader.role.chars().count());
        let width = roles.max().unwrap_or_default();
        for reader in &self.readers {
            let (role, office) = (&reader.role, office(reader, lang));
            let reads = reader.questions;
            let many = match reader.names.is_empty() {
                true => say!(lang, "reads everything", "đọc toàn bộ"),
                false => say!(lang, "reads {reads}:", "đọc {reads} câu:"),
            };
            lines.push(format!("  {role:<width$}  {office}; {many}"));
            lines.extend(wrapped(&reader.names, width + 4));
        }
        for (rule, on) in &self.uncheckable {
            lines.push(say!(
                lang,
                "  no office can check again: {rule} at {on}",
                "  không cơ quan nào kiểm tra lại được: {rule} ở {on}"
            ));
        }
        lines
    }
}

/// The whole table, without a final line break.
pub fn table(forms: &[FormReaders], lang: Lang) -> String {
    let head = say!(lang, "who reads what:", "ai đọc được gì:");
    let forms = forms.iter().flat_map(|form| form.show(lang));
    std::iter::once(head)
        .chain(forms)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The rules that no office can check again, a line each.
pub fn uncheckable(forms: &[FormReaders], lang: Lang) -> Vec<String> {
    let rules = forms.iter().flat_map(|form| {
        let of_form = form.uncheckable.iter();
        of_form.map(|(rule, on)| (form.form.as_str(), rule, on))
    });
    let line = |(form, rule, on): (&str, &String, &String)| {
        say!(
            lang,
            "{form}: no office can check again: {rule} at {on}",
            "{form}: không cơ quan nào kiểm tra lại được: {rule} ở {on}"
        )
    };
    rules.map(line).collect()
}

/// The table in one line.
pub fn summary(forms: &[FormReaders], lang: Lang) -> String {
    let count = forms.len();
    let several = forms.iter().filter(|form| form.readers.len() > 1).count();
    let rules: usize = forms.iter().map(|form| form.uncheckable.len()).sum();
    let s = plural(rules);
    say!(
        lang,
        "who reads what: {count} forms, {several} of them with several readers, {rules} rule{s} that no office can check again (--readers shows the table)",
        "ai đọc được gì: {count} biểu mẫu, {several} biểu mẫu có nhiều bên đọc, {rules} quy tắc không cơ quan nào kiểm tra lại được (--readers để xem bảng)"
    )
}

fn reader(form: &Form, recipient: &Recipient) -> Reader {
    let reads = |id: &String| recipient.reads.contains(id);
    let mut names = Vec::new();
    for section in &form.sections {
        let ids: Vec<&String> = section.fields.iter().map(|field| &field.id).collect();
        let read: Vec<&String> = ids.iter().copied().filter(|id| reads(id)).collect();
        match read.len() == ids.len() && read.len() > 1 {
            true => names.push(format!("{}*", section.id)),
            false => names.extend(read.into_iter().cloned()),
        }
    }
    if recipient.reads.len() == form.fields().count() {
        names.clear();
    }
    Reader {
        role: recipient.role.clone(),
        kind: recipient.kind.clone(),
        office: recipient.office.clone(),
        questions: recipient.reads.len(),
        names,
    }
}

fn office(reader: &Reader, lang: Lang) -> String {
    let (kind, field) = (&reader.kind, reader.office.field());
    match reader.office {
        Office::Of { .. } => say!(
            lang,
            "the office chosen in {field}",
            "cơ quan chọn ở {field}"
        ),
        Office::DistrictOf { .. } => say!(
            lang,
            "office of kind {kind} of the district of {field}",
            "cơ quan loại {kind} của quận, huyện ở {field}"
        ),
    }
}

/// Names with commas on lines that are not too long, each so far to the right.
fn wrapped(names: &[String], indent: usize) -> Vec<String> {
    let margin = " ".repeat(indent);
    let mut lines: Vec<String> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let comma = if at + 1 < names.len() { "," } else { "" };
        match lines.last_mut() {
            Some(line) if line.chars().count() + name.len() + 2 <= LINE_CHARS_MAX => {
                *line += &format!(" {name}{comma}");
            }
            _ => lines.push(format!("{margin}{name}{comma}")),
        }
    }
    lines
}
