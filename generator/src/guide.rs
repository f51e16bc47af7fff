//! Guides: CommonMark with tables, no raw HTML.

use std::sync::Arc;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::fault::{Fault, Mistake};
use crate::memo::Memo;
use crate::sources::Folder;

/// A text in HTML, with what links need to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// The text in HTML. Headings are one level lower: the page has its own `h1`.
    pub html: String,
    /// The ids of its headings.
    pub(crate) anchors: Vec<String>,
    /// Its links and pictures.
    pub(crate) links: Vec<Link>,
}

/// A link and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) address: String,
    pub(crate) byte: usize,
}

/// A guide as HTML or its faults, from the memo when its text is the same.
pub(crate) fn kept(
    folder: &Folder,
    path: &str,
    memo: &Memo,
) -> Arc<Result<Arc<Guide>, Vec<Fault>>> {
    let inputs = vec![folder.input(path)];
    memo.guides.get(&folder.shown(path), inputs, || {
        render(folder, path).map(Arc::new)
    })
}

/// A guide as HTML, or its faults.
pub(crate) fn render(folder: &Folder, path: &str) -> Result<Guide, Vec<Fault>> {
    let Some(text) = folder.text(path) else {
        return Err(vec![folder.fault(path, Mistake::FileMissing)]);
    };
    let mut faults = Vec::new();
    let mut events = Vec::new();
    let mut links = Vec::new();
    let mut headings = Headings::default();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match &event {
            Event::Html(_) | Event::InlineHtml(_) => {
                faults.push(folder.fault_at_byte(path, range.start, &Mistake::RawHtml))
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let address = dest_url.to_string();
                if is_safe(&address) {
                    let byte = range.start;
                    links.push(Link { address, byte });
                } else {
                    let mistake = Mistake::Address { address };
                    faults.push(folder.fault_at_byte(path, range.start, &mistake));
                }
            }
            _ => {}
        }
        headings.follow(&event, events.len());
        events.push(lower_heading(event));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    for (at, anchor) in &headings.done {
        if let Some(Event::Start(Tag::Heading { id, .. })) = events.get_mut(*at) {
            *id = Some(anchor.clone().into());
        }
    }
    let mut html = String::new();
    html::push_html(&mut html, events.into_iter());
    Ok(Guide {
        html,
        anchors: headings
            .done
            .into_iter()
            .map(|(_, anchor)| anchor)
            .collect(),
        links,
    })
}

/// The headings met so far: the number of the event that begins each, and its id.
#[derive(Default)]
struct Headings {
    open: Option<(usize, String)>,
    done: Vec<(usize, String)>,
}

impl Headings {
    fn follow(&mut self, event: &Event<'_>, at: usize) {
        match (event, &mut self.open) {
            (Event::Start(Tag::Heading { .. }), _) => self.open = Some((at, String::new())),
            (Event::Text(text) | Event::Code(text), Some((_, words))) => words.push_str(text),
            (Event::End(TagEnd::Heading(_)), Some(_)) => {
                if let Some((at, words)) = self.open.take() {
                    let anchor = self.free(&anchor(&words));
                    self.done.push((at, anchor));
                }
            }
            _ => {}
        }
    }

    /// The anchor, or with a number when a heading before has it.
    fn free(&self, anchor: &str) -> String {
        let taken = |wanted: &str| self.done.iter().any(|(_, known)| known == wanted);
        let numbered = (2..).map(|number| format!("{anchor}-{number}"));
        std::iter::once(anchor.to_owned())
            .chain(numbered)
            .find(|wanted| !taken(wanted))
            .unwrap_or_default()
    }
}

/// «Trước khi nộp?» → `trước-khi-nộp`.
fn anchor(words: &str) -> String {
    let words = words.to_lowercase();
    let words = words.split_whitespace().map(|word| {
        word.chars()
            .filter(|c| c.is_alphanumeric() || *c == '-')
            .collect::<String>()
    });
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

fn is_safe(address: &str) -> bool {
    let within =
        address.starts_with('#') || (address.starts_with('/') && !address.starts_with("//"));
    within
        || ["https://", "tel:", "mailto:"]
            .iter()
            .any(|scheme| address.starts_with(scheme))
}

fn lower_heading(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Heading {
            level,
            id,
            classes,
            attrs,
        }) => Event::Start(Tag::Heading {
            level: lower(level),
            id,
            classes,
            attrs,
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        other => other,
    }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn headings_go_down_and_tables_work() {
        let folder = Folder::of(
            "forms",
            &[(
                "a/guide.vi.md",
                "# Ai nộp\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
            )],
        );
        let page = render(&folder, "a/guide.vi.md").unwrap().html;
        assert!(
            page.starts_with("<h2 id=\"ai-nộp\">Ai nộp</h2>\n<table>"),
            "{page}"
        );
    }

    #[test]
    fn headings_have_ids_of_their_own() {
        let folder = Folder::of("forms", &[("a/guide.vi.md", "# Ai `nộp`?\n\n# Ai nộp\n")]);
        let guide = render(&folder, "a/guide.vi.md").unwrap();
        assert_eq!(guide.anchors, ["ai-nộp", "ai-nộp-2"]);
    }

    #[test]
    fn raw_html_and_odd_addresses_are_faults() {
        let folder = Folder::of(
            "forms",
            &[(
                "a/guide.vi.md",
                "Xin <b>chào</b>\n\n[x](javascript:alert(1)) [y](http://a.vn)\n",
            )],
        );
        let faults = render(&folder, "a/guide.vi.md").unwrap_err();
        let seen: Vec<_> = faults
            .iter()
            .map(|fault| (fault.place().1, fault.place().2, fault.code))
            .collect();
        assert_eq!(
            seen,
            [
                (1, 5, "raw-html"),
                (1, 12, "raw-html"),
                (3, 1, "address"),
                (3, 26, "address"),
            ]
        );
    }
}
