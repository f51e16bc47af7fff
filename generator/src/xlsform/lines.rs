//! Lines of TOML, each with the cells that it was made of: so that a fault of the check leads back to a cell.

use formdef::{Lang, say};

use super::columns::At;
use super::loss::Loss;
use super::texts::Words;

/// A part of the form's file.
#[derive(Default)]
pub(super) struct Lines(Vec<(String, Vec<At>)>);

impl Lines {
    /// A line that comes from no expression.
    pub(super) fn push(&mut self, line: impl Into<String>) {
        self.0.push((line.into(), Vec::new()));
    }

    /// A line made of cells, the one to doubt first first.
    pub(super) fn push_from(&mut self, line: impl Into<String>, cells: Vec<At>) {
        self.0.push((line.into(), cells));
    }

    /// `key.vi = "…"` for each language.
    pub(super) fn words(&mut self, key: &str, words: &Words, languages: &[String]) {
        for (language, text) in in_order(words, languages) {
            self.push(format!("{key}.{language} = {}", quoted(text)));
        }
    }

    /// What was lost here, as comments.
    pub(super) fn losses(&mut self, losses: &[Loss], lang: Lang) {
        for loss in losses {
            let (what, _) = loss.what.words(lang);
            self.push(comment(&format!(
                "{}!{}: {what}",
                loss.at.sheet, loss.at.cell
            )));
        }
    }

    pub(super) fn extend(&mut self, more: Lines) {
        self.0.extend(more.0);
    }

    /// Puts a line before the one that has this number, from 0.
    pub(super) fn insert(&mut self, at: usize, line: String) {
        self.0.insert(at, (line, Vec::new()));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes away the lines from `begin` on.
    pub(super) fn split_off(&mut self, begin: usize) -> Lines {
        Lines(self.0.split_off(begin))
    }

    /// The same lines, where one that is `from` is `to`.
    pub(super) fn renamed(mut self, from: &str, to: &str) -> Lines {
        let found = self.0.iter_mut().filter(|(line, _)| line == from);
        found.for_each(|(line, _)| *line = to.to_owned());
        self
    }

    pub(super) fn text(&self) -> String {
        self.0.iter().map(|(line, _)| format!("{line}\n")).collect()
    }

    /// The cells of a line, which counts from 1.
    pub(super) fn cells(&self, line: usize) -> &[At] {
        let line = line.checked_sub(1).and_then(|index| self.0.get(index));
        line.map_or(&[], |(_, cells)| cells)
    }
}

/// A text by language, the portal's first one first.
fn in_order<'w>(
    words: &'w Words,
    languages: &'w [String],
) -> impl Iterator<Item = (&'w str, &'w str)> {
    languages.iter().filter_map(|language| {
        let text = words.get(language)?;
        Some((language.as_str(), text.as_str()))
    })
}

/// `{ vi = "…", en = "…" }`
pub(super) fn inline(words: &Words, languages: &[String]) -> String {
    let parts: Vec<String> = in_order(words, languages)
        .map(|(language, text)| format!("{language} = {}", quoted(text)))
        .collect();
    format!("{{ {} }}", parts.join(", "))
}

/// Words of ours in the portal's languages; the first of them gets English when we do not speak it.
pub(super) fn own_words(words: impl Fn(Lang) -> String, languages: &[String]) -> Words {
    let mut own = Words::new();
    for (index, language) in languages.iter().enumerate() {
        match language.as_str() {
            "vi" => own.insert(language.clone(), words(Lang::Vi)),
            "en" => own.insert(language.clone(), words(Lang::En)),
            _ if index == 0 => own.insert(language.clone(), words(Lang::En)),
            _ => None,
        };
    }
    own
}

/// The message of a rule whose author gave none.
pub(super) fn not_right(lang: Lang) -> String {
    say!(
        lang,
        "This answer is not right.",
        "Câu trả lời này chưa đúng."
    )
}

/// A comment of one line.
pub(super) fn comment(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("# {}", line.trim())
}

/// A text in quotes, on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_can_be_quoted() {
        for text in ["a\"b\\c", "hai\ndòng\t", "\u{7F}\u{85}\r\0", "«Họ» 'tên'"] {
            let read: toml::Table = format!("x = {}", quoted(text)).parse().expect("TOML");
            assert_eq!(read["x"].as_str(), Some(text));
        }
    }
}
