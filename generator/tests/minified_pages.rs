//! Minification never changes what a person reads or a script finds: every page of the repository's portal is
//! compared before and after, text, gaps, links and controls. And it saves what a library does that builds a tree.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;

use minify_html::{Cfg, minify};

#[test]
fn every_page_reads_the_same_before_and_after() {
    let made = generator::make(&support::whole_portal()).unwrap();
    assert!(
        made.plain_pages.len() > 1000,
        "{} pages",
        made.plain_pages.len()
    );
    let (mut ours, mut theirs) = (0, 0);
    for (path, before) in &made.plain_pages {
        let after = String::from_utf8(made.output.get(path).unwrap().to_vec()).unwrap();
        ours += after.len();
        theirs += minify(before.as_bytes(), &as_careful()).len();
        let (before, after) = (read(before), read(&after));
        if let Some((was, is)) = before.iter().zip(&after).find(|(was, is)| was != is) {
            panic!("{path}: before {was:?}, after {is:?}");
        }
        assert_eq!(before.len(), after.len(), "{path}");
    }
    assert!(
        ours <= theirs + theirs / 100,
        "{ours} bytes, the library's pages have {theirs}"
    );
}

/// The library's settings that keep what we keep; it drops more than that all the same.
fn as_careful() -> Cfg {
    let mut cfg = Cfg::new();
    cfg.keep_closing_tags = true;
    cfg.keep_html_and_head_opening_tags = true;
    cfg.keep_input_type_text_attr = true;
    cfg
}

#[test]
fn the_reader_of_this_test_sees_gaps_and_controls() {
    assert_ne!(read("<p>a <b>b</b></p>"), read("<p>a<b>b</b></p>"));
    assert_ne!(
        read("<div><b>a</b> <b>b</b></div>"),
        read("<div><b>a</b><b>b</b></div>")
    );
    assert_ne!(read("<option value=''>x"), read("<option>x"));
    assert_eq!(
        read("<div>\n <p> a </p>\n</div>"),
        read("<div><p>a</p></div>")
    );
    assert_eq!(
        read("<a href=\"/x\" class='b'>a&amp;b</a>"),
        read("<a class=b href=/x>a&amp;b</a>")
    );
}

/// What is there for people and scripts: lines of text, each with its inline tags and controls in place.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Text(String),
    Tag(String, BTreeMap<String, String>),
    Close(String),
}

/// Elements beside which white space is never shown.
const BLOCKS: &str = " !doctype html head meta title link body header footer main nav section article aside div p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd form fieldset legend table thead tbody tr th td option optgroup template script style br hr summary details svg path ";

/// Reads a page: white space becomes one space, and none beside blocks.
fn read(page: &str) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut rest = page;
    while !rest.is_empty() {
        if let Some(tag) = rest.strip_prefix('<') {
            let (tag, after) = split_tag(tag);
            rest = after;
            let name = tag
                .split(|c: char| c.is_whitespace())
                .next()
                .unwrap()
                .to_lowercase();
            if let Some(name) = name.strip_prefix('/') {
                seen.push(Seen::Close(name.to_owned()));
            } else {
                seen.push(Seen::Tag(name.clone(), attributes(&tag[name.len()..])));
            }
            if matches!(name.as_str(), "script" | "textarea" | "pre" | "title") {
                let (text, after) = rest.split_at(rest.find(&format!("</{name}")).unwrap());
                seen.push(Seen::Text(text.to_owned()));
                rest = after;
            }
        } else {
            let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            seen.push(Seen::Text(one_space(text)));
            rest = after;
        }
    }
    without_hidden_space(seen)
}

fn split_tag(tag: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match quote {
            None if c == '>' => return (&tag[..at], &tag[at + 1..]),
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
    }
    (tag, "")
}

fn attributes(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '=')
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let Some(value) = after.strip_prefix('=') else {
            found.insert(name.to_owned(), String::new());
            rest = after.trim_start();
            continue;
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap(),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        found.insert(name.to_owned(), unescaped(value));
        rest = after.trim_start();
    }
    found
}

fn one_space(text: &str) -> String {
    let text = unescaped(text);
    let words: Vec<&str> = text
        .split(|c: char| c.is_ascii_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    let start = if text.starts_with(|c: char| c.is_ascii_whitespace()) {
        " "
    } else {
        ""
    };
    let end = if !words.is_empty() && text.ends_with(|c: char| c.is_ascii_whitespace()) {
        " "
    } else {
        ""
    };
    format!("{start}{}{end}", words.join(" "))
}

fn unescaped(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        ("&#61;", "="),
        ("&#32;", " "),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (entity, character)| {
        text.replace(entity, character)
    })
}

fn without_hidden_space(seen: Vec<Seen>) -> Vec<Seen> {
    let is_block = |item: Option<&Seen>| match item {
        None => true,
        Some(Seen::Tag(name, _) | Seen::Close(name)) => BLOCKS.contains(&format!(" {name} ")),
        Some(Seen::Text(_)) => false,
    };
    let trimmed: Vec<Option<String>> = (0..seen.len())
        .map(|index| match &seen[index] {
            Seen::Text(text) => {
                let text = if is_block(index.checked_sub(1).map(|before| &seen[before])) {
                    text.trim_start()
                } else {
                    text
                };
                Some(
                    if is_block(seen.get(index + 1)) {
                        text.trim_end()
                    } else {
                        text
                    }
                    .to_owned(),
                )
            }
            _ => None,
        })
        .collect();
    let kept = seen
        .into_iter()
        .zip(trimmed)
        .map(|(item, text)| text.map_or(item, Seen::Text));
    kept.filter(|item| !matches!(item, Seen::Text(text) if text.is_empty()))
        .collect()
}
