//! How faults are told: to a person, to a program as JSON, to a reviewer as annotations.

use anstyle::{AnsiColor, Style};
use formdef::{Lang, say};
use serde_json::json;

use crate::fault::Fault;

/// For whom faults are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A person: laid out as compilers do, the line with the fault marked.
    Human,
    /// A program: one JSON array on one line; `[]` when there is no fault.
    Json,
    /// A reviewer on GitHub: one `::error …::` line a fault, which its checks show beside the changed line.
    Github,
}

/// Colours for a person's terminal, or none.
#[derive(Debug, Clone, Copy)]
pub struct Palette {
    place: Style,
    wrong: Style,
    margin: Style,
    mend: Style,
}

impl Palette {
    /// No colour: for files, pipes and `NO_COLOR`.
    pub const PLAIN: Palette = Palette {
        place: Style::new(),
        wrong: Style::new(),
        margin: Style::new(),
        mend: Style::new(),
    };

    /// The colours of a terminal.
    pub const COLOURED: Palette = Palette {
        place: Style::new().bold(),
        wrong: AnsiColor::Red.on_default().bold(),
        margin: AnsiColor::Blue.on_default(),
        mend: AnsiColor::Cyan.on_default(),
    };
}

/// One fault for a person, over several lines, without a final line break.
pub fn for_a_person(fault: &Fault, lang: Lang, palette: &Palette) -> String {
    let Palette {
        place,
        wrong,
        margin: blue,
        mend: cyan,
    } = palette;
    let (path, message, mend) = (&fault.path, fault.message.of(lang), fault.mend.of(lang));
    let Some(spot) = &fault.spot else {
        return format!(
            "{place}{path}:{place:#} {wrong}{message}{wrong:#}\n  {cyan}= {mend}{cyan:#}"
        );
    };
    let number = spot.line.to_string();
    let margin = " ".repeat(number.len());
    // Tabs are kept, so that the caret stands under its character whatever their width.
    let before = spot.source_line.chars().take(spot.column - 1);
    let indent: String = before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let carets = "^".repeat(spot.width);
    let (line, column, source) = (spot.line, spot.column, &spot.source_line);
    [
        format!("{place}{path}:{line}:{column}:{place:#} {wrong}{message}{wrong:#}"),
        format!("{blue}{margin} |{blue:#}"),
        format!("{blue}{number} |{blue:#} {source}"),
        format!("{blue}{margin} |{blue:#} {indent}{wrong}{carets}{wrong:#}"),
        format!("{margin} {cyan}= {mend}{cyan:#}"),
    ]
    .join("\n")
}

/// How many faults there are in how many files, and that nothing was written.
pub(crate) fn count(faults: &[Fault], lang: Lang) -> String {
    let paths: std::collections::BTreeSet<&str> =
        faults.iter().map(|fault| fault.path.as_str()).collect();
    let (number, files) = (faults.len(), paths.len());
    let (s, in_s) = (plural(number), plural(files));
    say!(
        lang,
        "{number} fault{s} in {files} file{in_s}; nothing was written",
        "{number} lỗi trong {files} tệp; chưa ghi gì cả"
    )
}

/// The ending of an English word for so many.
pub fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// All faults as one JSON array: `code`, `path`, `line`, `column`, `width` (null for a whole file), `message`, `mend`.
pub fn as_json(faults: &[Fault], lang: Lang) -> String {
    let faults = faults.iter().map(|fault| {
        let spot = fault.spot.as_ref();
        json!({
            "code": fault.code,
            "path": fault.path,
            "line": spot.map(|spot| spot.line),
            "column": spot.map(|spot| spot.column),
            "width": spot.map(|spot| spot.width),
            "message": fault.message.of(lang),
            "mend": fault.mend.of(lang),
        })
    });
    serde_json::Value::from_iter(faults).to_string()
}

/// One line a fault, as GitHub's checks read them from a job's output.
pub fn as_annotations(faults: &[Fault], lang: Lang) -> String {
    let lines = faults.iter().map(|fault| {
        let place = match &fault.spot {
            Some(spot) => format!(
                ",line={},col={},endColumn={}",
                spot.line,
                spot.column,
                spot.column + spot.width
            ),
            None => String::new(),
        };
        let words = format!("{}\n{}", fault.message.of(lang), fault.mend.of(lang));
        let (file, title) = (property(&fault.path), property(fault.code));
        format!("::error file={file}{place},title={title}::{}", data(&words))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Text after the `::` of an annotation.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of an annotation's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
