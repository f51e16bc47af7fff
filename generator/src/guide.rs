//! Guides: CommonMark with tables, no raw HTML.

use std::sync::Arc;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::fault::{Fault, Mistake};
use crate::memo::Memo;
use crate::sources::Folder;

/// A guide as HTML or its faults, from the memo when its text is the same.
pub(crate) fn kept(folder: &Folder, path: &str, memo: &Memo) -> Arc<Result<String, Vec<Fault>>> {
    let inputs = vec![folder.input(path)];
    memo.guides
        .get(&folder.shown(path), inputs, || render(folder, path))
}

/// A guide as HTML, or its faults. Headings go down one level: the page has its own `h1`.
pub(crate) fn render(folder: &Folder, path: &str) -> Result<String, Vec<Fault>> {
    let Some(text) = folder.text(path) else {
        return Err(vec![folder.fault(path, Mistake::FileMissing)]);
    };
    let mut faults = Vec::new();
    let mut events = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match &event {
            Event::Html(_) | Event::InlineHtml(_) => {
                faults.push(folder.fault_at_byte(path, range.start, &Mistake::RawHtml))
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
                if !is_safe(dest_url) =>
            {
                let mistake = Mistake::Address {
                    address: dest_url.to_string(),
                };
                faults.push(folder.fault_at_byte(path, range.start, &mistake));
            }
            _ => {}
        }
        events.push(lower_heading(event));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut page = String::new();
    html::push_html(&mut page, events.into_iter());
    Ok(page)
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
        let page = render(&folder, "a/guide.vi.md").unwrap();
        assert!(page.starts_with("<h2>Ai nộp</h2>\n<table>"), "{page}");
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
            .map(|fault| (fault.place().1, fault.place().2, fault.code()))
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
