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
    /// A fault over `span` (bytes) of the source, whose lines these are.
    pub(crate) fn new(
        source: &Source,
        lines: &Lines,
        span: Range<usize>,
        mistake: &Mistake,
    ) -> Self {
        let text = &source.text;
        let start = floor_boundary(text, span.start);
        let line = lines.number(start);
        let line_start = lines.0[line - 1];
        let line_end = lines.0.get(line).map_or(text.len(), |next| next - 1);
        let source_line = text[line_start..line_end].trim_end_matches('\r');
        // What is wrong with the end of a line stands just behind its last character.
        let line_end = line_start + source_line.len();
        let start = start.min(line_end);
        let end = floor_boundary(text, span.end).clamp(start, line_end);
        Self {
            code: mistake.code(),
            path: source.path.clone(),
            line,
            column: text[line_start..start].chars().count() + 1,
            width: text[start..end].trim_end().chars().count().max(1),
            source_line: source_line.to_owned(),
            message: mistake.message(),
            mend: mistake.mend(),
        }
    }
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self([0].into_iter().chain(ends).collect())
    }

    /// The line, from 1, in which a byte lies.
    pub(crate) fn number(&self, byte: usize) -> usize {
        self.0.partition_point(|start| *start <= byte)
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
