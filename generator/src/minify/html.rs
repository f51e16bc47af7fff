//! A page in fewer bytes: white space that no browser shows, comments, quotes and entities that nobody needs go; tags,
//! attributes and their values stay. One pass, and nothing is parsed into a tree.

use std::borrow::Cow;

/// Elements that start a new line or draw nothing: white space beside their tags is never shown.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "!doctype"
            | "address"
            | "article"
            | "aside"
            | "base"
            | "blockquote"
            | "body"
            | "br"
            | "caption"
            | "col"
            | "colgroup"
            | "dd"
            | "details"
            | "dialog"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "link"
            | "main"
            | "menu"
            | "meta"
            | "nav"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "path"
            | "pre"
            | "search"
            | "section"
            | "style"
            | "summary"
            | "svg"
            | "table"
            | "tbody"
            | "td"
            | "template"
            | "tfoot"
            | "th"
            | "thead"
            | "title"
            | "tr"
            | "ul"
            | "use"
    )
}

/// Elements whose content is no markup, or where every space counts.
fn is_verbatim(name: &str) -> bool {
    matches!(name, "script" | "style" | "textarea" | "pre" | "title")
}

/// Elements that have no end: a `/` at the end of their tag says nothing.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area" | "br" | "col" | "hr" | "img" | "input" | "link" | "meta" | "wbr"
    )
}

/// The page in fewer bytes.
pub(super) fn small(page: &str) -> String {
    let mut writer = Writer {
        small: String::with_capacity(page.len()),
        is_at_edge: true,
        has_gap: false,
    };
    let mut rest = page;
    while let Some(at) = find_tag(rest) {
        writer.text(&rest[..at]);
        let (tag, after) = rest[at..].split_at(tag_end(&rest[at..]));
        rest = after;
        if tag.starts_with("<!--") {
            continue;
        }
        let name = lower(tag_name(tag));
        writer.tag(tag, &name);
        if !tag.starts_with("</") && is_verbatim(&name) {
            let end = find_close(rest, &name);
            writer.small.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    writer.text(rest);
    writer.small
}

/// Writes text and tags with the white space between them that shows.
struct Writer {
    small: String,
    /// Whether white space would not show here: behind a block's tag.
    is_at_edge: bool,
    /// Whether there was white space since what was written last.
    has_gap: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.has_gap |= text.starts_with(|c: char| c.is_ascii_whitespace());
        for word in text.split_ascii_whitespace() {
            self.gap();
            push_text(word, &mut self.small);
            self.is_at_edge = false;
            self.has_gap = true;
        }
        if text.ends_with(|c: char| !c.is_ascii_whitespace()) {
            self.has_gap = false;
        }
    }

    fn tag(&mut self, tag: &str, name: &str) {
        let is_block = is_block(name);
        if !is_block {
            self.gap();
        }
        self.has_gap = false;
        self.is_at_edge = is_block;
        push_tag(tag, name, &mut self.small);
    }

    /// Writes the white space that was met, where it shows.
    fn gap(&mut self) {
        if self.has_gap && !self.is_at_edge {
            self.small.push(' ');
        }
        self.has_gap = false;
    }
}

/// Entities that stand for characters which may stand in a text as they are.
const IN_TEXT: [(&str, char); 5] = [
    ("&quot;", '"'),
    ("&#34;", '"'),
    ("&#39;", '\''),
    ("&#x27;", '\''),
    ("&gt;", '>'),
];

/// Writes a word.
fn push_text(word: &str, small: &mut String) {
    let mut rest = word;
    while let Some(at) = rest.find('&') {
        small.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = IN_TEXT.iter().find(|(entity, _)| rest.starts_with(entity));
        // An ampersand before a space begins no entity.
        let bare = (rest == "&amp;").then_some(("&amp;".len(), '&'));
        let found = entity.map(|(entity, c)| (entity.len(), *c));
        let (length, c) = found.or(bare).unwrap_or((1, '&'));
        small.push(c);
        rest = &rest[length..];
    }
    small.push_str(rest);
}

/// Writes a tag with one space before each attribute, in the order of their names, so that tags repeat; and values without
/// the quotes that they do not need.
fn push_tag(tag: &str, name: &str, small: &mut String) {
    let inside = tag.trim_start_matches('<').trim_end_matches('>');
    let mut inside = inside.trim_end();
    let is_closed = inside.ends_with('/') && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_closed {
        inside = inside.trim_end_matches('/').trim_end();
    }
    small.push('<');
    let head = inside.len() - inside.trim_start_matches('/').len() + name.len();
    small.push_str(&inside[..head]);
    let mut attributes = Vec::new();
    let mut rest = inside[head..].trim_start();
    while !rest.is_empty() {
        let (attribute, value, after) = split_attribute(rest);
        attributes.push((attribute, value));
        rest = after;
    }
    attributes.sort();
    for (attribute, value) in attributes {
        small.push(' ');
        small.push_str(attribute);
        if let Some(value) = value {
            push_value(value, small);
        }
    }
    if is_closed && !is_void(name) {
        small.push_str(" /");
    }
    small.push('>');
}

/// The name of the first attribute, its value as it stands between its quotes, and what follows.
fn split_attribute(text: &str) -> (&str, Option<&str>, &str) {
    let is_space = |c: char| c.is_ascii_whitespace();
    let end = text.find(|c| is_space(c) || c == '=').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(value) = rest.strip_prefix('=') else {
        return (name, None, rest.trim_start());
    };
    let (value, rest) = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
        _ => value.split_at(value.find(is_space).unwrap_or(value.len())),
    };
    (name, Some(value), rest.trim_start())
}

/// `=value`: bare where HTML allows it, else in double quotes; an empty value is empty quotes.
fn push_value(value: &str, small: &mut String) {
    let needs_quotes = |c: char| c.is_ascii_whitespace() || "\"'=<>`".contains(c);
    let mut plain = String::with_capacity(value.len());
    push_text(value, &mut plain);
    small.push('=');
    if plain.is_empty() || plain.contains(needs_quotes) {
        small.push('"');
        small.push_str(&plain.replace('"', "&quot;"));
        small.push('"');
    } else {
        small.push_str(&plain);
    }
}

/// Names in small letters, as our own templates write them.
fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    }
}

fn tag_name(tag: &str) -> &str {
    let name = tag.trim_start_matches('<').trim_start_matches('/');
    let end = name
        .find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/')
        .unwrap_or(name.len());
    &name[..end]
}

/// Where the end tag of a verbatim element begins.
fn find_close(text: &str, name: &str) -> usize {
    let is_close = |at: usize| {
        let found = text.as_bytes().get(at + 2..at + 2 + name.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    };
    let mut ends = text.match_indices("</").map(|(at, _)| at);
    ends.find(|at| is_close(*at)).unwrap_or(text.len())
}

/// Where the next tag or comment begins: `<` before a letter, `/` or `!`.
fn find_tag(text: &str) -> Option<usize> {
    text.match_indices('<').map(|(at, _)| at).find(|at| {
        text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!')
    })
}

/// The length of the tag or comment at the start of `text`, brackets included; quotes may hold `>`.
fn tag_end(text: &str) -> usize {
    if text.starts_with("<!--") {
        return text.find("-->").map_or(text.len(), |at| at + 3);
    }
    let mut quote = None;
    for (at, c) in text.bytes().enumerate() {
        match (quote, c) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}
