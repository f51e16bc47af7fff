//! What can be wrong with the sources of a portal: one table of messages, and where each was found.

use std::fmt;

/// A fault in a source. Its `Display` is laid out as compilers do, without a final line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// At a place in a file: path, line, column, the line itself, what is wrong, what to do.
    At(Box<formdef::Fault>),
    /// Of a whole file or folder.
    Whole {
        /// The file or folder.
        path: String,
        /// What is wrong with it.
        mistake: Mistake,
    },
}

impl Fault {
    /// The fault's short name, which stays the same: `code-twice`.
    pub fn code(&self) -> &'static str {
        match self {
            Fault::At(fault) => fault.code,
            Fault::Whole { mistake, .. } => mistake.code(),
        }
    }

    /// What sorts faults for people: file, line, column.
    pub(crate) fn place(&self) -> (&str, usize, usize) {
        match self {
            Fault::At(fault) => (&fault.path, fault.line, fault.column),
            Fault::Whole { path, .. } => (path, 0, 0),
        }
    }
}

impl From<formdef::Fault> for Fault {
    fn from(fault: formdef::Fault) -> Self {
        Fault::At(Box::new(fault))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::At(fault) => fault.fmt(f),
            Fault::Whole { path, mistake } => {
                write!(f, "{path}: {}\n  = {}", mistake.message(), mistake.mend())
            }
        }
    }
}

/// Everything that `motcua check` can say beyond the language of forms (`formdef` has its own table).
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "each variant is documented by its message below"
)]
pub enum Mistake {
    // Files and folders.
    Unreadable {
        cause: String,
    },
    TooLong {
        bytes: u64,
        bytes_max: u64,
    },
    NotUtf8 {
        line: usize,
    },
    ByteOrderMark,
    LinkLoop {
        back_to: String,
    },
    CaseTwins {
        other: String,
    },
    FileMissing,
    // TOML: portal.toml and translations.
    Toml {
        cause: String,
    },
    UnknownKey {
        key: String,
        nearest: Option<String>,
    },
    // portal.toml
    NoLanguage,
    Origin {
        value: String,
    },
    TextMissing {
        language: String,
    },
    // Lists and agencies.
    CsvHeader {
        expected: String,
        found: String,
    },
    CsvRow {
        cause: String,
    },
    EmptyCell {
        column: &'static str,
    },
    CodeForm {
        code: String,
    },
    CodeTwice {
        code: String,
        line: usize,
    },
    UnknownGroup {
        code: String,
        file: String,
    },
    DistrictTwoNames {
        code: String,
        name: String,
    },
    Day {
        value: String,
    },
    SlugForm {
        slug: String,
    },
    SlugTwice {
        slug: String,
        line: usize,
    },
    // Services.
    ServiceId {
        id: String,
    },
    ServiceIdTaken {
        id: String,
    },
    // Guides.
    RawHtml,
    Address {
        address: String,
    },
    // Translations.
    TranslationExtra {
        key: String,
        default: String,
    },
    // Templates.
    Template {
        cause: String,
    },
    // Scripts.
    ImportForm,
    ImportLeaves {
        path: String,
    },
    ImportCircle {
        way: String,
    },
    ModuleMissing {
        path: String,
    },
    ExportForm,
    ExportMissing {
        module: String,
        name: String,
    },
    NameTwice {
        name: String,
        other: String,
    },
    NotJavaScript {
        cause: String,
    },
}

impl Mistake {
    /// A short name that stays the same.
    pub fn code(&self) -> &'static str {
        self.words().0
    }

    /// What is wrong.
    pub fn message(&self) -> String {
        self.words().1
    }

    /// What to do.
    pub fn mend(&self) -> String {
        self.words().2
    }

    /// The table: code, what is wrong, what to do.
    fn words(&self) -> (&'static str, String, String) {
        let (code, message, mend) = match self {
            Self::Unreadable { cause } => (
                "unreadable",
                format!("cannot be read: {cause}"),
                "check that it is there and that you may read it".into(),
            ),
            Self::TooLong { bytes, bytes_max } => (
                "too-long",
                format!("is {bytes} bytes long; at most {bytes_max} are read"),
                "take out what does not belong there".into(),
            ),
            Self::NotUtf8 { line } => (
                "not-utf8",
                format!("is not UTF-8 on line {line}"),
                "save it as UTF-8".into(),
            ),
            Self::ByteOrderMark => (
                "byte-order-mark",
                "begins with a byte order mark".into(),
                "save it as UTF-8 without BOM".into(),
            ),
            Self::LinkLoop { back_to } => (
                "link-loop",
                format!("is a link back to `{back_to}`, which holds it"),
                "remove the link".into(),
            ),
            Self::CaseTwins { other } => (
                "case-twins",
                format!("differs from `{other}` only in case"),
                "rename one: some systems take them for the same file".into(),
            ),
            Self::FileMissing => (
                "file-missing",
                "is not there".into(),
                "add it; the editors' guide says what it holds".into(),
            ),
            Self::Toml { cause } => ("toml", cause.clone(), "correct it as TOML".into()),
            Self::UnknownKey {
                key,
                nearest: Some(nearest),
            } => (
                "unknown-key",
                format!("`{key}` is not a key here"),
                format!("did you mean `{nearest}`?"),
            ),
            Self::UnknownKey { key, nearest: None } => (
                "unknown-key",
                format!("`{key}` is not a key here"),
                "take it out".into(),
            ),
            Self::NoLanguage => (
                "no-language",
                "`languages` names none".into(),
                "write `languages = [\"vi\", \"en\"]`, the default one first".into(),
            ),
            Self::Origin { value } => (
                "origin",
                format!("`{value}` is not the address of a site"),
                "write scheme and host alone, such as `https://example.vn`".into(),
            ),
            Self::TextMissing { language } => (
                "text-missing",
                format!("this text lacks the default language, `{language}`"),
                format!("add `.{language} = \"…\"`"),
            ),
            Self::CsvHeader { expected, found } => (
                "csv-header",
                format!("the first line is `{found}`"),
                format!("it must begin with `{expected}`"),
            ),
            Self::CsvRow { cause } => (
                "csv-row",
                cause.clone(),
                "give every row as many cells as the first line; put a cell with commas in quotes"
                    .into(),
            ),
            Self::EmptyCell { column } => (
                "empty-cell",
                format!("`{column}` is empty"),
                "fill it in".into(),
            ),
            Self::CodeForm { code } => (
                "code-form",
                format!("`{code}` cannot be a code"),
                "use letters, digits, `-`, `_` and `.` of ASCII, at most 32".into(),
            ),
            Self::CodeTwice { code, line } => (
                "code-twice",
                format!("code `{code}` is on line {line} already"),
                "give each row its own code".into(),
            ),
            Self::UnknownGroup { code, file } => (
                "unknown-group",
                format!("there is no group `{code}` in `{file}`"),
                "correct the code, or add the group there".into(),
            ),
            Self::DistrictTwoNames { code, name } => (
                "district-two-names",
                format!("district `{code}` is called `{name}` above"),
                "correct the code or the name".into(),
            ),
            Self::Day { value } => (
                "day",
                format!("`{value}` is not a day"),
                "write it as YYYY-MM-DD".into(),
            ),
            Self::SlugForm { slug } => (
                "slug-form",
                format!("`{slug}` cannot be part of an address"),
                "use a–z, 0–9 and `-`".into(),
            ),
            Self::SlugTwice { slug, line } => (
                "slug-twice",
                format!("address `{slug}` is on line {line} already"),
                "give each agency its own".into(),
            ),
            Self::ServiceId { id } => (
                "service-id",
                format!("`{id}` cannot be a service's id"),
                "name the folder with a–z, 0–9 and `-`".into(),
            ),
            Self::ServiceIdTaken { id } => (
                "service-id-taken",
                format!("`/{id}/` is a page of the portal itself"),
                "give the service's folder another name".into(),
            ),
            Self::RawHtml => (
                "raw-html",
                "a guide holds raw HTML".into(),
                "write it in Markdown; a `<` that is meant as a character is written `\\<`".into(),
            ),
            Self::Address { address } => (
                "address",
                format!("`{address}` is not an address that a guide may lead to"),
                "use one that begins with https://, tel:, mailto:, # or /".into(),
            ),
            Self::TranslationExtra { key, default } => (
                "translation-extra",
                format!("`{key}` is not a text of the default language"),
                format!("correct it, or add it to `{default}` first"),
            ),
            Self::Template { cause } => ("template", cause.clone(), "correct the template".into()),
            Self::ImportForm => (
                "import-form",
                "this `import` is not of the restricted form".into(),
                "write `import { name, … } from './module.js';`".into(),
            ),
            Self::ImportLeaves { path } => (
                "import-leaves",
                format!("`{path}` leads out of the site folder"),
                "keep to modules of the site folder".into(),
            ),
            Self::ImportCircle { way } => (
                "import-circle",
                format!("modules import each other in a circle: {way}"),
                "move what they share into a module of its own".into(),
            ),
            Self::ModuleMissing { path } => (
                "module-missing",
                format!("there is no module `{path}`"),
                "correct the path after `from`, or add the file".into(),
            ),
            Self::ExportForm => (
                "export-form",
                "this `export` is not of the restricted form".into(),
                "write `export` before a function, const, let or class".into(),
            ),
            Self::ExportMissing { module, name } => (
                "export-missing",
                format!("`{module}` does not export `{name}`"),
                "export it there, or correct the name".into(),
            ),
            Self::NameTwice { name, other } => (
                "name-twice",
                format!("`{name}` is declared in `{other}` too"),
                "give one of them another name".into(),
            ),
            Self::NotJavaScript { cause } => (
                "not-javascript",
                format!("this is not JavaScript: {cause}"),
                "correct the module".into(),
            ),
        };
        (code, message, mend)
    }
}
