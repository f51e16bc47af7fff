//! A fault in a form's definition: where it is, what is wrong, what to do.

use crate::bilingual::Bilingual;
use crate::read::Mistake;
use std::fmt;
use std::ops::Range;

/// A file of form definitions that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as messages show it, with `/`: `forms/khai-sinh/form.toml`. A form's id is the name of its folder.
    pub path: String,
    /// The whole file, UTF-8 without a byte order mark.
    pub text: String,
}

/// A fault with its place. Its `Display` is one line in English, for logs and tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which message it is: a short name that stays the same, such as `unknown-key`.
    pub code: &'static str,
    /// The file.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How many characters of the line are meant; 1 or more.
    pub width: usize,
    /// The line as it stands in the file.
    pub source_line: String,
    /// What is wrong.
    pub message: Bilingual,
    /// What to do.
    pub mend: Bilingual,
}

impl Fault {
    /// A fault over `span` (bytes) of the source.
    pub(crate) fn new(source: &Source, span: Range<usize>, mistake: &Mistake) -> Self {
        let text = &source.text;
        let start = floor_boundary(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let source_line = text[line_start..line_end].trim_end_matches('\r').to_owned();
        let end = floor_boundary(text, span.end).clamp(start, line_end);
        Self {
            code: mistake.code(),
            path: source.path.clone(),
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            width: text[start..end].trim_end().chars().count().max(1),
            source_line,
            message: mistake.message(),
            mend: mistake.mend(),
        }
    }
}

/// The nearest start of a character at or before `at`.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            line,
            column,
            message,
            ..
        } = self;
        write!(f, "{path}:{line}:{column}: {}", message.en)
    }
}
