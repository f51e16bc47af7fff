//! A page in fewer bytes: white space that no browser shows, comments, quotes and entities that nobody needs go; tags,
//! attributes and their values stay. One pass, and nothing is parsed into a tree.

use std::borrow::Cow;

use memchr::memmem;

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

/// The names as numbers, which compare as the names do: no name stands there twice.
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

/// The numbers of elements, from 1, where [`place`] says or behind it; 0 ends a search.
const PLACES: [u8; 256] = {
    let mut places = [0; 256];
    let mut at = 0;
    while at < NAMES.len() {
        let mut place = place(NAMES[at]);
        while places[place] != 0 {
            place = (place + 1) % places.len();
        }
        at += 1;
        places[place] = at as u8;
    }
    places
};

/// Where an element is looked for: names lie apart as a multiplication scatters them.
const fn place(name: u128) -> usize {
    let folded = (name >> 64) as u64 ^ name as u64;
    (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize
}

/// The first sixteen bytes of a name: none in the table has more.
const fn as_number(name: &[u8]) -> u128 {
    let mut number = [0; 16];
    let mut at = 0;
    while at < name.len() && at < number.len() {
        number[at] = name[at];
        at += 1;
    }
    u128::from_be_bytes(number)
}

fn element(name: &[u8]) -> Element {
    let name = as_number(name);
    let mut place = place(name);
    while let Some(at) = usize::from(PLACES[place]).checked_sub(1) {
        if NAMES[at] == name {
            return ELEMENTS[at].1;
        }
        place = (place + 1) % PLACES.len();
    }
    Element::default()
}

// What a byte is, in text, in tags, in values: white space, what may begin a tag or an entity, what ends a name, what has a value
// put in quotes (HTML, section 13.1.2.3).
const SPACE: u8 = 1;
const OPENS: u8 = 2;
const ENTITY: u8 = 4;
const ENDS_NAME: u8 = 8;
const QUOTED: u8 = 16;

const CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let spaces = b" \t\n\x0c\r";
    let mut at = 0;
    while at < spaces.len() {
        table[spaces[at] as usize] = SPACE | ENDS_NAME | QUOTED;
        at += 1;
    }
    table[b'<' as usize] = OPENS | QUOTED;
    table[b'&' as usize] = ENTITY;
    table[b'=' as usize] = ENDS_NAME | QUOTED;
    table[b'>' as usize] = ENDS_NAME | QUOTED;
    table[b'/' as usize] = ENDS_NAME;
    table[b'"' as usize] = QUOTED;
    table[b'\'' as usize] = QUOTED;
    table[b'`' as usize] = QUOTED;
    table
};

fn is(byte: u8, class: u8) -> bool {
    CLASS[usize::from(byte)] & class != 0
}

/// The page in fewer bytes.
pub(super) fn small(page: &[u8]) -> Vec<u8> {
    let mut writer = Writer {
        page,
        at: 0,
        small: Vec::with_capacity(page.len()),
        attributes: Vec::new(),
        is_at_edge: true,
        has_gap: false,
    };
    while writer.text() {
        writer.tag();
    }
    writer.small
}

/// Reads a page and writes text and tags with the white space between them that shows.
struct Writer<'a> {
    page: &'a [u8],
    /// Up to where it is read.
    at: usize,
    small: Vec<u8>,
    /// Those of the tag that is being written: names, and values as they stand between their quotes.
    attributes: Vec<(&'a [u8], Option<&'a [u8]>)>,
    /// Whether white space would not show here: behind a block's tag.
    is_at_edge: bool,
    /// Whether there was white space since what was written last.
    has_gap: bool,
}

impl<'a> Writer<'a> {
    /// The byte so far on, 0 behind the end.
    fn peek(&self, on: usize) -> u8 {
        self.page.get(self.at + on).copied().unwrap_or_default()
    }

    /// Reads on to a byte that is one of these, or to the end.
    fn skip_to(&mut self, class: u8) {
        let rest = &self.page[self.at..];
        let found = rest.iter().position(|byte| is(*byte, class));
        self.at += found.unwrap_or(rest.len());
    }

    fn skip_spaces(&mut self) -> bool {
        let rest = &self.page[self.at..];
        let spaces = rest.iter().position(|byte| !is(*byte, SPACE));
        let spaces = spaces.unwrap_or(rest.len());
        self.at += spaces;
        spaces > 0
    }

    /// Whether a tag or a comment begins so far on: `<` before a letter, `/` or `!`.
    fn is_tag(&self, on: usize) -> bool {
        let next = self.peek(on + 1);
        self.peek(on) == b'<' && (next.is_ascii_alphabetic() || matches!(next, b'/' | b'!'))
    }

    /// Whether one space stands here, with a word behind it.
    fn is_single_space(&self) -> bool {
        let is_word = match self.page.get(self.at + 1) {
            Some(b'<') => !self.is_tag(1),
            next => next.is_some_and(|next| !is(*next, SPACE)),
        };
        self.peek(0) == b' ' && is_word
    }

    /// Writes the text up to the next tag; whether there is one.
    fn text(&mut self) -> bool {
        loop {
            self.has_gap |= self.skip_spaces();
            if self.at == self.page.len() {
                return false;
            }
            if self.is_tag(0) {
                return true;
            }
            self.gap();
            self.is_at_edge = false;
            self.line();
        }
    }

    /// Writes words as long as they stand apart by one space.
    fn line(&mut self) {
        let page = self.page;
        let (mut start, mut at) = (self.at, self.at);
        while let Some(&byte) = page.get(at) {
            if !is(byte, SPACE | OPENS | ENTITY) {
                at += 1;
                continue;
            }
            self.at = at;
            match byte {
                b'&' => {
                    self.small.extend_from_slice(&page[start..at]);
                    let (length, c) = read_entity(&page[at..]);
                    self.small.push(c);
                    at += length;
                    start = at;
                }
                b'<' if !self.is_tag(0) => at += 1,
                _ if self.is_single_space() => at += 1,
                _ => break,
            }
        }
        self.at = at;
        self.small.extend_from_slice(&page[start..at]);
    }

    /// Writes the white space that was met, where it shows.
    fn gap(&mut self) {
        if self.has_gap && !self.is_at_edge {
            self.small.push(b' ');
        }
        self.has_gap = false;
    }

    /// Writes the tag that begins here, with what is verbatim behind it; a comment goes.
    fn tag(&mut self) {
        let page = self.page;
        let rest = &page[self.at..];
        if rest.starts_with(b"<!--") {
            self.at += memmem::find(rest, b"-->").map_or(rest.len(), |end| end + 3);
            return;
        }
        let start = self.at;
        self.at += if self.peek(1) == b'/' { 2 } else { 1 };
        let is_end = self.at == start + 2;
        let name_at = self.at;
        self.skip_to(ENDS_NAME);
        let name = lower(&page[name_at..self.at]);
        let element = element(&name);
        if !element.is_block {
            self.gap();
        }
        self.has_gap = false;
        self.is_at_edge = element.is_block;
        self.small.extend_from_slice(&page[start..self.at]);
        if self.peek(0) == b'>' {
            self.at += 1;
        } else {
            self.attributes(element);
        }
        self.small.push(b'>');
        if element.is_verbatim && !is_end {
            let rest = &page[self.at..];
            let end = find_close(rest, &name);
            self.small.extend_from_slice(&rest[..end]);
            self.at += end;
        }
    }

    /// Reads to the end of a tag and writes its attributes: one space before each, in the order of their names, so that tags
    /// repeat; and values without the quotes that they do not need.
    fn attributes(&mut self, element: Element) {
        self.attributes.clear();
        let mut is_closed = false;
        loop {
            self.skip_spaces();
            match self.peek(0) {
                b'>' | 0 => break,
                b'/' => {
                    is_closed = self.peek(1) == b'>';
                    self.at += 1;
                }
                _ => self.attribute(),
            }
        }
        self.at = self.page.len().min(self.at + 1);
        self.attributes.sort();
        for (name, value) in &self.attributes {
            self.small.push(b' ');
            self.small.extend_from_slice(name);
            if let Some(value) = value {
                push_value(value, &mut self.small);
            }
        }
        if is_closed && !element.is_void {
            self.small.extend_from_slice(b" /");
        }
    }

    /// Reads an attribute, its value as it stands between its quotes.
    fn attribute(&mut self) {
        let page = self.page;
        let start = self.at;
        self.at += 1;
        self.skip_to(ENDS_NAME);
        let name = &page[start..self.at];
        let mut value = None;
        if self.peek(0) == b'=' {
            let quote = Some(self.peek(1)).filter(|byte| matches!(byte, b'"' | b'\''));
            self.at += 1 + usize::from(quote.is_some());
            let rest = &page[self.at..];
            let ends = |byte: u8| match quote {
                Some(quote) => byte == quote,
                None => is(byte, SPACE) || byte == b'>',
            };
            let end = rest.iter().position(|byte| ends(*byte));
            let end = end.unwrap_or(rest.len());
            value = Some(&rest[..end]);
            self.at = self
                .page
                .len()
                .min(self.at + end + usize::from(quote.is_some()));
        }
        self.attributes.push((name, value));
    }
}

/// Entities that stand for characters which may stand in a text as they are.
const IN_TEXT: [(&[u8], u8); 5] = [
    (b"&quot;", b'"'),
    (b"&#34;", b'"'),
    (b"&#39;", b'\''),
    (b"&#x27;", b'\''),
    (b"&gt;", b'>'),
];

/// What is written for the ampersand at the start of a text, and how much of the text that is.
fn read_entity(text: &[u8]) -> (usize, u8) {
    let entity = IN_TEXT.iter().find(|(entity, _)| text.starts_with(entity));
    // An ampersand before a space or a tag begins no entity.
    let bare = || {
        let after = text.strip_prefix(b"&amp;")?.first();
        let begins_none = after.is_none_or(|next| is(*next, SPACE | OPENS));
        begins_none.then_some(b"&amp;".len())
    };
    match entity {
        Some((entity, c)) => (entity.len(), *c),
        None => (bare().unwrap_or(1), b'&'),
    }
}

/// `=value`: bare where HTML allows it, else in double quotes; an empty value is empty quotes.
fn push_value(value: &[u8], small: &mut Vec<u8>) {
    let classes = |text: &[u8]| {
        text.iter()
            .fold(0, |all, byte| all | CLASS[usize::from(*byte)])
    };
    let mut plain = Cow::Borrowed(value);
    let mut has = classes(value);
    if has & ENTITY != 0 {
        let mut read = Vec::with_capacity(value.len());
        let mut rest = value;
        while let Some(at) = rest.iter().position(|byte| *byte == b'&') {
            read.extend_from_slice(&rest[..at]);
            let (length, c) = read_entity(&rest[at..]);
            read.push(c);
            rest = &rest[at + length..];
        }
        read.extend_from_slice(rest);
        has = classes(&read);
        plain = read.into();
    }
    small.push(b'=');
    if plain.is_empty() || has & QUOTED != 0 {
        small.push(b'"');
        for (number, piece) in plain.split(|byte| *byte == b'"').enumerate() {
            if number > 0 {
                small.extend_from_slice(b"&quot;");
            }
            small.extend_from_slice(piece);
        }
        small.push(b'"');
    } else {
        small.extend_from_slice(&plain);
    }
}

/// Names in small letters, as our own templates write them.
fn lower(name: &[u8]) -> Cow<'_, [u8]> {
    if name.iter().any(u8::is_ascii_uppercase) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    }
}

/// Where the end tag of a verbatim element begins.
fn find_close(text: &[u8], name: &[u8]) -> usize {
    let is_close = |at: &usize| {
        let found = text.get(at + 2..at + 2 + name.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(name))
    };
    let mut ends = memmem::find_iter(text, b"</");
    ends.find(is_close).unwrap_or(text.len())
}
