//! An expression's text → tokens with their place.

use crate::number::{DECIMALS_MAX, Number};
use crate::read::Mistake;
use std::ops::Range;

/// A token and the bytes of the expression that it covers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    /// A name or names joined by dots: a field, a member of one, a function, `in`, `true`, `false`.
    Path(String),
    Number(Number),
    Text(String),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

/// Longer signs stand before those that they begin with.
const SIGNS: &[&str] = &[
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "+", "-", "*", "?", ":", ",", "(", ")", "[",
    "]", "{", "}",
];

pub(crate) type Misplaced = (Range<usize>, Mistake);

/// All tokens, with an `End` after the last.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Misplaced> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let (kind, length) =
            token(&text[at..], first).map_err(|(length, mistake)| (at..at + length, mistake))?;
        tokens.push(Token {
            kind,
            span: at..at + length,
        });
        at += length;
    }
    tokens.push(Token {
        kind: TokenKind::End,
        span: at..at,
    });
    Ok(tokens)
}

fn token(rest: &str, first: char) -> Result<(TokenKind, usize), (usize, Mistake)> {
    if first.is_ascii_alphabetic() || first == '_' {
        let length = length_while(rest, |c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        let path = rest[..length].trim_end_matches('.');
        return Ok((TokenKind::Path(path.to_owned()), path.len()));
    }
    if first.is_ascii_digit() {
        return number_literal(rest);
    }
    if first == '\'' || first == '"' {
        return text_literal(rest, first);
    }
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
    match sign {
        Some(sign) => Ok((TokenKind::Sign(sign), sign.len())),
        None => Err((first.len_utf8(), Mistake::StrangeCharacter(first))),
    }
}

fn length_while(rest: &str, belongs: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !belongs(c)).unwrap_or(rest.len())
}

/// `12` or `1.5`: at most as many digits after the point as a number holds.
fn number_literal(rest: &str) -> Result<(TokenKind, usize), (usize, Mistake)> {
    let is_digit = |c: char| c.is_ascii_digit();
    let whole = length_while(rest, is_digit);
    let fraction = rest[whole..]
        .strip_prefix('.')
        .filter(|rest| rest.starts_with(is_digit));
    let decimals = fraction.map_or(0, |rest| length_while(rest, is_digit));
    let length = whole + fraction.map_or(0, |_| 1 + decimals);
    if decimals > usize::from(DECIMALS_MAX) {
        return Err((length, Mistake::TooManyDecimals));
    }
    let number = rest[..length].parse().ok().and_then(Number::rounded);
    match number {
        Some(number) => Ok((TokenKind::Number(number), length)),
        None => Err((length, Mistake::NumberTooLarge)),
    }
}

/// `'…'` or `"…"`, in which `\` takes the next character as it is.
fn text_literal(rest: &str, quote: char) -> Result<(TokenKind, usize), (usize, Mistake)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Ok((TokenKind::Text(text), at + 1));
        }
        if c != '\\' {
            text.push(c);
        } else if let Some((_, escaped)) = chars.next() {
            text.push(escaped);
        }
    }
    Err((rest.len(), Mistake::TextWithoutEnd(quote)))
}
