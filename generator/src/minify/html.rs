//! A page in fewer bytes: white space that no browser shows, comments, quotes and entities that nobody needs go; tags,
//! attributes and their values stay. One pass, and nothing is parsed into a tree.

use std::borrow::Cow;

/// What is known of an element. White space beside the tags of a block is never shown: it starts a new line or draws nothing.
/// The content of a verbatim one is no markup, or every space of it counts. A void one has no end: a `/` at the end of its tag
/// says nothing.
#[derive(Clone, Copy, Default)]
struct Element {
    is_block: bool,
    is_verbatim: bool,
    is_void: bool,
}

const BLOCK: Element = Element {
    is_block: true,
    is_verbatim: false,
    is_void: false,
};
const VERBATIM: Element = Element {
    is_block: false,
    is_verbatim: true,
    is_void: false,
};
const VOID: Element = Element {
    is_block: false,
    is_verbatim: false,
    is_void: true,
};
const VERBATIM_BLOCK: Element = Element {
    is_block: true,
    ..VERBATIM
};
const VOID_BLOCK: Element = Element {
    is_block: true,
    ..VOID
};

/// By name, in the order of the alphabet.
const ELEMENTS: [(&str, Element); 68] = [
    ("!doctype", BLOCK),
    ("address", BLOCK),
    ("area", VOID),
    ("article", BLOCK),
    ("aside", BLOCK),
    ("base", BLOCK),
    ("blockquote", BLOCK),
    ("body", BLOCK),
    ("br", VOID_BLOCK),
    ("caption", BLOCK),
    ("col", VOID_BLOCK),
    ("colgroup", BLOCK),
    ("dd", BLOCK),
    ("details", BLOCK),
    ("dialog", BLOCK),
    ("div", BLOCK),
    ("dl", BLOCK),
    ("dt", BLOCK),
    ("fieldset", BLOCK),
    ("figcaption", BLOCK),
    ("figure", BLOCK),
    ("footer", BLOCK),
    ("form", BLOCK),
    ("h1", BLOCK),
    ("h2", BLOCK),
    ("h3", BLOCK),
    ("h4", BLOCK),
    ("h5", BLOCK),
    ("h6", BLOCK),
    ("head", BLOCK),
    ("header", BLOCK),
    ("hgroup", BLOCK),
    ("hr", VOID_BLOCK),
    ("html", BLOCK),
    ("img", VOID),
    ("input", VOID),
    ("legend", BLOCK),
    ("li", BLOCK),
    ("link", VOID_BLOCK),
    ("main", BLOCK),
    ("menu", BLOCK),
    ("meta", VOID_BLOCK),
    ("nav", BLOCK),
    ("ol", BLOCK),
    ("optgroup", BLOCK),
    ("option", BLOCK),
    ("p", BLOCK),
    ("path", BLOCK),
    ("pre", VERBATIM_BLOCK),
    ("script", VERBATIM),
    ("search", BLOCK),
    ("section", BLOCK),
    ("style", VERBATIM_BLOCK),
    ("summary", BLOCK),
    ("svg", BLOCK),
    ("table", BLOCK),
    ("tbody", BLOCK),
    ("td", BLOCK),
    ("template", BLOCK),
    ("textarea", VERBATIM),
    ("tfoot", BLOCK),
    ("th", BLOCK),
    ("thead", BLOCK),
    ("title", VERBATIM_BLOCK),
    ("tr", BLOCK),
    ("ul", BLOCK),
    ("use", BLOCK),
    ("wbr", VOID),
];

/// The names as numbers that compare as the names do.
const NAMES: [u128; ELEMENTS.len()] = {
    let mut names = [0; ELEMENTS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = as_number(ELEMENTS[at].0.as_bytes());
        assert!(at == 0 || names[at - 1] < names[at], "in their order");
        at += 1;
    }
    names
};

/// The first sixteen bytes of a name, which none in the table has.
const fn as_number(name: &[u8]) -> u128 {
    let mut number = [0; 16];
    let mut at = 0;
    while at < name.len() && at < number.len() {
        number[at] = name[at];
        at += 1;
    }
    u128::from_be_bytes(number)
}

fn element(name: &str) -> Element {
    let found = NAMES.binary_search(&as_number(name.as_bytes()));
    found.map_or(Element::default(), |at| ELEMENTS[at].1)
}

/// The page in fewer bytes.
pub(super) fn small(page: &str) -> String {
    let mut writer = Writer {
        small: String::with_capacity(page.len()),
        attributes: Vec::new(),
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
        let element = element(&name);
        writer.tag(tag, &name, element);
        if element.is_verbatim && !tag.starts_with("</") {
            let end = find_close(rest, &name);
            writer.small.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    writer.text(rest);
    writer.small
}

/// Writes text and tags with the white space between them that shows.
struct Writer<'a> {
    small: String,
    /// Those of the tag that is being written: names, and values as they stand between their quotes.
    attributes: Vec<(&'a str, Option<&'a str>)>,
    /// Whether white space would not show here: behind a block's tag.
    is_at_edge: bool,
    /// Whether there was white space since what was written last.
    has_gap: bool,
}

impl<'a> Writer<'a> {
    fn text(&mut self, text: &str) {
        let mut rest = text;
        loop {
            let words = rest.trim_ascii_start();
            self.has_gap |= words.len() < rest.len();
            if words.is_empty() {
                return;
            }
            self.gap();
            self.is_at_edge = false;
            let (line, after) = words.split_at(line_end(words));
            push_text(line, &mut self.small);
            rest = after;
        }
    }

    fn tag(&mut self, tag: &'a str, name: &str, element: Element) {
        if !element.is_block {
            self.gap();
        }
        self.has_gap = false;
        self.is_at_edge = element.is_block;
        self.push_tag(tag, name, element);
    }

    /// Writes the white space that was met, where it shows.
    fn gap(&mut self) {
        if self.has_gap && !self.is_at_edge {
            self.small.push(' ');
        }
        self.has_gap = false;
    }

    /// Writes a tag with one space before each attribute, in the order of their names, so that tags repeat; and values without
    /// the quotes that they do not need.
    fn push_tag(&mut self, tag: &'a str, name: &str, element: Element) {
        let has_more = |byte: u8| byte.is_ascii_whitespace() || byte == b'/';
        let end = name.len() + if tag.starts_with("</") { 2 } else { 1 };
        if tag.ends_with('>') && !tag[end..].bytes().any(has_more) {
            return self.small.push_str(tag);
        }
        let inside = tag.trim_start_matches('<').trim_end_matches('>');
        let mut inside = inside.trim_ascii_end();
        let is_closed =
            inside.ends_with('/') && name.starts_with(|c: char| c.is_ascii_alphabetic());
        if is_closed {
            inside = inside.trim_end_matches('/').trim_ascii_end();
        }
        self.small.push('<');
        let head = inside.len() - inside.trim_start_matches('/').len() + name.len();
        self.small.push_str(&inside[..head]);
        self.attributes.clear();
        let mut rest = inside[head..].trim_ascii_start();
        while !rest.is_empty() {
            let (attribute, value, after) = split_attribute(rest);
            self.attributes.push((attribute, value));
            rest = after;
        }
        self.attributes.sort();
        for (attribute, value) in &self.attributes {
            self.small.push(' ');
            self.small.push_str(attribute);
            if let Some(value) = value {
                push_value(value, &mut self.small);
            }
        }
        if is_closed && !element.is_void {
            self.small.push_str(" /");
        }
        self.small.push('>');
    }
}

/// Up to where words stand apart by one space each.
fn line_end(words: &str) -> usize {
    let bytes = words.as_bytes();
    let ends = |at: usize| {
        let is_single = || {
            bytes
                .get(at + 1)
                .is_some_and(|next| !next.is_ascii_whitespace())
        };
        bytes[at] <= b' ' && bytes[at].is_ascii_whitespace() && !(bytes[at] == b' ' && is_single())
    };
    (0..bytes.len()).find(|at| ends(*at)).unwrap_or(bytes.len())
}

/// Entities that stand for characters which may stand in a text as they are.
const IN_TEXT: [(&str, char); 5] = [
    ("&quot;", '"'),
    ("&#34;", '"'),
    ("&#39;", '\''),
    ("&#x27;", '\''),
    ("&gt;", '>'),
];

/// Writes text.
fn push_text(text: &str, small: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte == b'&') {
        small.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = IN_TEXT.iter().find(|(entity, _)| rest.starts_with(entity));
        // An ampersand before a space begins no entity.
        let bare = || {
            let after = rest.strip_prefix("&amp;")?;
            let is_last = after
                .bytes()
                .next()
                .is_none_or(|next| next.is_ascii_whitespace());
            is_last.then_some(("&amp;".len(), '&'))
        };
        let found = entity.map(|(entity, c)| (entity.len(), *c));
        let (length, c) = found.or_else(bare).unwrap_or((1, '&'));
        small.push(c);
        rest = &rest[length..];
    }
    small.push_str(rest);
}

/// The name of the first attribute, its value as it stands between its quotes, and what follows.
fn split_attribute(text: &str) -> (&str, Option<&str>, &str) {
    let is_space = |byte: u8| byte.is_ascii_whitespace();
    let end = position(text, |byte| byte == b'=' || is_space(byte));
    let (name, rest) = text.split_at(end);
    let Some(value) = rest.strip_prefix('=') else {
        return (name, None, rest.trim_ascii_start());
    };
    let (value, rest) = match value.bytes().next() {
        Some(quote @ (b'"' | b'\'')) => {
            let value = &value[1..];
            let end = position(value, |byte| byte == quote);
            (&value[..end], value.get(end + 1..).unwrap_or_default())
        }
        _ => value.split_at(position(value, is_space)),
    };
    (name, Some(value), rest.trim_ascii_start())
}

/// Where the first such byte stands; at the end, when there is none.
fn position(text: &str, is_it: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(is_it).unwrap_or(text.len())
}

/// `=value`: bare where HTML allows it, else in double quotes; an empty value is empty quotes.
fn push_value(value: &str, small: &mut String) {
    let needs_quotes = |byte: u8| byte.is_ascii_whitespace() || b"\"'=<>`".contains(&byte);
    let mut plain = Cow::Borrowed(value);
    if value.contains('&') {
        let mut read = String::with_capacity(value.len());
        push_text(value, &mut read);
        plain = read.into();
    }
    small.push('=');
    if plain.is_empty() || plain.bytes().any(needs_quotes) {
        small.push('"');
        match plain.contains('"') {
            true => small.push_str(&plain.replace('"', "&quot;")),
            false => small.push_str(&plain),
        }
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
    let ends = |byte: u8| byte.is_ascii_whitespace() || byte == b'>' || byte == b'/';
    &name[..position(name, ends)]
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
    let bytes = text.as_bytes();
    let begins = |next: &u8| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!');
    (0..bytes.len()).find(|at| bytes[*at] == b'<' && bytes.get(at + 1).is_some_and(begins))
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
