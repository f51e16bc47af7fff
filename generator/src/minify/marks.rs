//! Marks what must stay of a page, as text that `minify-html` carries through: spaces that a browser shows, and values
//! of attributes that it would drop. [`unmark`] puts them back.

/// Stands for one space that must stay. A noncharacter: no page may contain it.
const GAP: char = '\u{FFFF}';
/// Stands before the value of an attribute that must stay as it is. A noncharacter too.
const KEPT: char = '\u{FFFE}';

/// Attributes that `minify-html` drops when they hold their default or nothing.
const KEPT_ATTRIBUTES: [&str; 6] = ["type", "value", "method", "class", "lang", "dir"];

/// Elements that start a new line or draw nothing: white space beside their tags is never shown.
const BLOCKS: [&str; 62] = [
    "!doctype",
    "address",
    "article",
    "aside",
    "base",
    "blockquote",
    "body",
    "br",
    "caption",
    "col",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "link",
    "main",
    "menu",
    "meta",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "path",
    "pre",
    "search",
    "section",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "use",
];

/// Elements whose content is no markup, or where every space counts.
const VERBATIM: [&str; 5] = ["script", "style", "textarea", "pre", "title"];

/// The page without the marks. A value that was empty gets its quotes back: `value=>` is no HTML.
pub(super) fn unmark(page: &str) -> String {
    let empty_before = |after: char| (format!("={KEPT}{after}"), format!("=\"\"{after}"));
    let [(last, last_empty), (inner, inner_empty)] = ['>', ' '].map(empty_before);
    let page = page
        .replace(&last, &last_empty)
        .replace(&inner, &inner_empty);
    page.replace(GAP, " ").replace(KEPT, "")
}

/// Whether a page holds one of the marks.
pub(super) fn is_marked(page: &str) -> bool {
    page.contains([GAP, KEPT])
}

/// One piece of a page: a tag (or comment) with its brackets, or the text between two tags.
enum Piece<'a> {
    Tag(&'a str),
    Text(&'a str),
}

/// The page with [`GAP`] for every space that shows and [`KEPT`] before every value that must stay.
pub(super) fn mark(page: &str) -> String {
    let pieces = pieces(page);
    let mut marked = String::with_capacity(page.len() + page.len() / 16);
    let mut verbatim: Option<&str> = None;
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Tag(tag) => {
                let name = tag_name(tag);
                match verbatim {
                    Some(open) if is_closing(tag) && name.eq_ignore_ascii_case(open) => {
                        verbatim = None
                    }
                    None if !is_closing(tag) => {
                        verbatim = VERBATIM
                            .into_iter()
                            .find(|known| known.eq_ignore_ascii_case(name));
                    }
                    _ => {}
                }
                mark_attributes(tag, &mut marked);
            }
            Piece::Text(text) if verbatim.is_some() => marked.push_str(text),
            Piece::Text(text) => {
                let before = index.checked_sub(1).and_then(|i| pieces.get(i));
                mark_gaps(
                    text,
                    shows_beside(before),
                    shows_beside(pieces.get(index + 1)),
                    &mut marked,
                );
            }
        }
    }
    marked
}

/// Whether white space beside this neighbour is shown: it is an inline element's tag.
fn shows_beside(neighbour: Option<&Piece<'_>>) -> bool {
    match neighbour {
        Some(Piece::Tag(tag)) => !BLOCKS.contains(&tag_name(tag).to_ascii_lowercase().as_str()),
        Some(Piece::Text(_)) | None => false,
    }
}

/// Writes a text with its outer white space kept where the neighbour on that side is inline.
fn mark_gaps(text: &str, before: bool, after: bool, marked: &mut String) {
    let is_space = |c: char| c.is_ascii_whitespace();
    let inner = text.trim_matches(is_space);
    if inner.is_empty() {
        // A gap between two tags shows only when both sides are inline.
        marked.push_str(if before && after && !text.is_empty() {
            GAP_TEXT
        } else {
            text
        });
        return;
    }
    let start = text.len() - text.trim_start_matches(is_space).len();
    let end = text.trim_end_matches(is_space).len();
    marked.push_str(if before && start > 0 {
        GAP_TEXT
    } else {
        &text[..start]
    });
    marked.push_str(inner);
    marked.push_str(if after && end < text.len() {
        GAP_TEXT
    } else {
        &text[end..]
    });
}

/// [`GAP`] as text.
const GAP_TEXT: &str = "\u{FFFF}";

/// Writes a tag with [`KEPT`] before the values of [`KEPT_ATTRIBUTES`] that are empty or could be a default.
fn mark_attributes(tag: &str, marked: &mut String) {
    let mut rest = tag;
    while let Some(quote) = rest.find("=\"") {
        let (head, value) = rest.split_at(quote + 2);
        let name = head[..quote]
            .rsplit(|c: char| c.is_ascii_whitespace())
            .next()
            .unwrap_or_default();
        marked.push_str(head);
        // `type` of a script decides how the library treats what is inside: leave it.
        if KEPT_ATTRIBUTES.contains(&name) && !tag_name(tag).eq_ignore_ascii_case("script") {
            marked.push(KEPT);
        }
        let end = value.find('"').map_or(value.len(), |at| at + 1);
        marked.push_str(&value[..end]);
        rest = &value[end..];
    }
    marked.push_str(rest);
}

fn is_closing(tag: &str) -> bool {
    tag.starts_with("</")
}

fn tag_name(tag: &str) -> &str {
    let name = tag.trim_start_matches('<').trim_start_matches('/');
    let end = name
        .find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/')
        .unwrap_or(name.len());
    &name[..end]
}

/// Cuts a page into tags and texts. The text of a verbatim element is one piece; a comment counts as a tag.
fn pieces(page: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = page;
    while !rest.is_empty() {
        let Some(open) = find_tag(rest) else {
            pieces.push(Piece::Text(rest));
            break;
        };
        pieces.push(Piece::Text(&rest[..open]));
        let (tag, after) = rest[open..].split_at(tag_end(&rest[open..]));
        pieces.push(Piece::Tag(tag));
        rest = after;
        let name = tag_name(tag);
        if !is_closing(tag)
            && VERBATIM
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
        {
            let close = format!("</{}", name.to_ascii_lowercase());
            let end = rest.to_ascii_lowercase().find(&close).unwrap_or(rest.len());
            pieces.push(Piece::Text(&rest[..end]));
            rest = &rest[end..];
        }
    }
    pieces
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
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}
