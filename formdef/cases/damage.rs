//! Damage to a text, as a hand that slips, a tool that fails or somebody who tries does it.

use crate::chance::Chance;

/// What is put into a text: what the syntax is made of, what is hard about Unicode, numbers beyond all bounds.
const PIECES: &[&str] = &[
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "(",
    ")",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "=",
    ".",
    ",",
    "#",
    "\\",
    "\\u0000",
    "\\uD800",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "\0",
    "\u{feff}",
    "\u{200b}",
    "\u{202e}",
    "\u{2028}",
    "é",
    "e\u{301}",
    "Đ",
    "𠀋",
    "👩‍👩‍👧",
    "\u{10ffff}",
    "0",
    "-1",
    "1e999",
    "nan",
    "inf",
    "0x",
    "9223372036854775808",
    "99999999999999999999",
    "1979-05-27",
    "2016-02-30",
    "2016-08-10T25:00:00Z",
    "true",
    "a.b.c",
    "constructor",
    "__proto__",
    "&&",
    "||",
    "==",
    "<=",
    "?",
    ":",
    "!",
    "in",
    "has(",
    "today()",
    "list('sex')",
    "\n[[section.field]]\n",
    "\n[[rule]]\n",
    "id = 'x'\n",
    "kind = 'repeat'\n",
    "show_when = \"",
    "set.\"a\" = {",
    ";",
    "|",
    "`",
    "<b>",
];
/// How deep something is nested at most.
const DEPTH_MAX: usize = 1000;

/// The text with one to eight damages.
pub(crate) fn damaged(chance: &mut Chance, text: &str) -> String {
    let mut text = text.to_owned();
    let count = [1, 1, 1, 2, 3, 8][chance.below(6)];
    for _ in 0..count {
        damage(chance, &mut text);
    }
    text
}

fn damage(chance: &mut Chance, text: &mut String) {
    let (from, to) = (place(chance, text), place(chance, text));
    let (from, to) = (from.min(to), from.max(to));
    // Most damages are small.
    let near = near(text, from, 1 + chance.below(20)).min(to.max(from));
    match chance.below(10) {
        0 => text.truncate(to),
        1 => text.replace_range(from..to, ""),
        2 | 3 => text.replace_range(from..near, ""),
        4 => text.replace_range(from..near, chance.pick(PIECES)),
        5 => {
            let piece = text[from..near].to_owned();
            text.insert_str(to, &piece);
        }
        6 => swap_lines(chance, text),
        7 => {
            let deep = chance.pick(PIECES).repeat(1 + chance.below(DEPTH_MAX));
            text.insert_str(from, &deep);
        }
        _ => text.insert_str(from, chance.pick(PIECES)),
    }
}

/// Two lines in each other's place; or, as often, one instead of the other.
fn swap_lines(chance: &mut Chance, text: &mut String) {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let (one, other) = (chance.below(lines.len()), chance.below(lines.len()));
    if chance.percent(50) {
        lines.swap(one, other);
    } else {
        lines[one] = lines[other];
    }
    *text = lines.join("\n");
}

/// The start of some character, or the end.
fn place(chance: &mut Chance, text: &str) -> usize {
    near(text, chance.below(text.len() + 1), 0)
}

/// The start of a character at or after so many bytes from a place.
fn near(text: &str, from: usize, bytes: usize) -> usize {
    let mut at = (from + bytes).min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}
