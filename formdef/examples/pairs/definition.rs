//! Definitions: questions of all kinds, with conditions, computed values and rules of random expressions.

use crate::chance::Chance;
use crate::questions::{QUESTIONS, Question, WORKED};

/// What an expression gives.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Gives {
    Truth,
    Whole,
    Number,
    Text,
    Date,
    /// A code of the list `agencies`.
    Ward,
}

/// Expressions by what they give; `{b}`, `{i}`, `{n}`, `{s}`, `{d}` and `{w}` are expressions that give truth, a whole number,
/// a number, a text, a date and a ward.
#[rustfmt::skip]
const SHAPES: &[(Gives, &[&str])] = &[
    (Gives::Truth, &[
        "({b} && {b})", "({b} || {b})", "({b} || {b} || {b})", "!({b})", "({b} ? {b} : {b})", "({b} == {b})",
        "({n} < {n})", "({n} <= {n})", "({n} > {n})", "({n} >= {n})", "({n} == {n})", "({i} != {i})",
        "({d} < {d})", "({d} <= {d})", "({d} > {d})", "({d} >= {d})", "({d} == {d})", "({d} != {d})",
        "({s} == {s})", "({s} != {s})", "({s} in ['Lan', 'x', '0'])", "({i} in [0, 1, 2, 3])",
        "({w} in list('agencies'))", "({w} in open('agencies'))", "starts_with({s}, {s})", "same_name({s}, {s})", "mentions({s}, {w})",
    ]),
    (Gives::Whole, &[
        "({i} + {i})", "({i} - {i})", "({i} * {i})", "(-{i})", "({b} ? {i} : {i})",
        "size({s})", "letters({s})", "digits({s})", "year({d})",
    ]),
    (Gives::Number, &["({n} + {n})", "({n} - {n})", "({n} * {n})", "(-{n})", "({b} ? {n} : {i})", "{i}"]),
    (Gives::Text, &[
        "({s} + {s})", "slice({s}, {i}, {i})", "words({d})", "({b} ? {s} : {s})", "district_of({w})", "{w}",
    ]),
    (Gives::Date, &["plus_days({d}, {i})", "plus_years({d}, {i})", "({b} ? {d} : {d})"]),
    (Gives::Ward, &["({b} ? {w} : {w})"]),
];

const LITERALS: &[(Gives, &[&str])] = &[
    (Gives::Truth, &["true", "false"]),
    (
        Gives::Whole,
        &["0", "1", "2", "-3", "18", "2016", "9007199254740991"],
    ),
    (
        Gives::Number,
        &["0.1", "1.5", "-0.000001", "0.5", "123456.789"],
    ),
    (
        Gives::Text,
        &[
            "''",
            "'Lan'",
            "'0'",
            "'Ngọc Ánh'",
            "'ĐẶNG'",
            "'phường Cổ Nhuế'",
        ],
    ),
    (
        Gives::Date,
        &["today()", "date('2016-02-29')", "date('1900-01-01')"],
    ),
    // There is no literal ward: the form's own agency is always asked.
    (Gives::Ward, &["agency"]),
];

const HEAD: &str = "title.vi = 'Mẫu'\nversion = 1\nlevel = 3\n[recipients]\nward = 'agency'\n[[section]]\nid = 'office'\ntitle.vi = 'Cơ quan'\n[[section.field]]\nid = 'agency'\nkind = 'agency'\nlabel.vi = 'Kính gửi'\nrequired = true\n";

/// The computed value that no expression refers to.
pub(crate) const LAST_WORKED: &str = "worked_two";

/// How deep expressions nest.
const DEPTH: usize = 3;

/// A definition's text. Not each is without fault: an expression may never be true.
pub(crate) fn definition(chance: &mut Chance) -> String {
    let mut text = HEAD.to_owned();
    let mut asked: Vec<&Question> = Vec::new();
    for section in ["one", "two"] {
        text += &format!("[[section]]\nid = '{section}'\ntitle.vi = 'Mục'\n");
        if !asked.is_empty() && chance.percent(30) {
            let condition = expression(chance, &asked, Gives::Truth, DEPTH);
            text += &format!("show_when = \"{condition}\"\n");
        }
        let before = asked.clone();
        for question in some(chance, &before) {
            text += &field(chance, question, &before);
            asked.push(question);
        }
        let (value, worked) = computed(chance, section, &asked);
        text += &value;
        asked.extend(worked);
    }
    for rule in 0..3 {
        text += &format!(
            "[[rule]]\nid = 'R-{rule}'\non = '{}'\nseverity = '{}'\nassert = \"{}\"\nmessage.vi = 'Quy tắc {rule}.'\n",
            asked[chance.below(asked.len())].id,
            chance.pick(&["error", "route", "warning", "info"]),
            expression(chance, &asked, Gives::Truth, DEPTH + 1),
        );
    }
    text
}

/// Two to five questions that are not asked yet, after those that they need.
fn some(chance: &mut Chance, asked: &[&'static Question]) -> Vec<&'static Question> {
    let mut some: Vec<&Question> = Vec::new();
    for _ in 0..2 + chance.below(4) {
        let question = &QUESTIONS[chance.below(QUESTIONS.len())];
        let needed = QUESTIONS.iter().find(|other| other.id == question.needs);
        for question in needed.into_iter().chain([question]) {
            let is_asked = |other: &&Question| other.id == question.id;
            if !asked.iter().any(is_asked) && !some.iter().any(is_asked) {
                some.push(question);
            }
        }
    }
    // A section asks something.
    if some.is_empty() {
        let is_new = |question: &&Question| asked.iter().all(|other| other.id != question.id);
        some.extend(QUESTIONS.iter().find(is_new));
    }
    some
}

fn field(chance: &mut Chance, question: &Question, before: &[&Question]) -> String {
    let Question { id, kind, keys, .. } = question;
    let mut text =
        format!("[[section.field]]\nid = '{id}'\nkind = '{kind}'\nlabel.vi = 'Câu hỏi {id}'\n");
    if !before.is_empty() && chance.percent(30) {
        let condition = expression(chance, before, Gives::Truth, DEPTH);
        text += &format!("show_when = \"{condition}\"\n");
    }
    if question.is_asked() {
        text += if chance.percent(30) {
            "required = true\n"
        } else {
            ""
        };
        for (key, percent) in [("missing", 10), ("invalid", 15)] {
            if chance.percent(percent) {
                text += &format!("{key} = {{ id = 'R-{key}', message.vi = 'Lời riêng.' }}\n");
            }
        }
    }
    text + keys + "\n"
}

/// A value that is worked out, of any type or several with their names, and what stands for it in later expressions.
fn computed(
    chance: &mut Chance,
    section: &str,
    asked: &[&Question],
) -> (String, Option<&'static Question>) {
    let id = format!("worked_{section}");
    let head = format!("[[section.field]]\nid = '{id}'\nkind = 'computed'\nlabel.vi = 'Tính'\n");
    let (gives, kind, worked) = &WORKED[chance.below(WORKED.len())];
    if chance.percent(15) {
        let mut part = |gives| expression(chance, asked, gives, 2);
        let (a, b, c) = (part(*gives), part(Gives::Date), part(Gives::Truth));
        return (
            format!("{head}value = \"{{'a': {a}, 'b': {b}, 'c': {c}}}\"\n"),
            None,
        );
    }
    let value = expression(chance, asked, *gives, DEPTH + 1);
    let gives = match chance.percent(50) {
        true => String::new(),
        false => format!("gives = '{kind}'\n"),
    };
    let worked = Some(worked).filter(|worked| worked.id == id);
    (format!("{head}value = \"{value}\"\n{gives}"), worked)
}

/// An expression over the questions, of that type, nested at most `depth` deep.
fn expression(chance: &mut Chance, asked: &[&Question], gives: Gives, depth: usize) -> String {
    if depth == 0 || chance.percent(15) {
        return leaf(chance, asked, gives);
    }
    let shape = chance.pick(of(SHAPES, gives));
    let mut text = String::new();
    let mut rest = shape;
    while let Some((before, hole, after)) = hole(rest) {
        text += before;
        text += &expression(chance, asked, hole, depth - 1);
        rest = after;
    }
    text + rest
}

/// The first `{…}` of a shape, what stands before and after it.
fn hole(shape: &str) -> Option<(&str, Gives, &str)> {
    let (before, rest) = shape.split_once('{')?;
    let (letter, after) = rest.split_once('}')?;
    let gives = match letter {
        "b" => Gives::Truth,
        "i" => Gives::Whole,
        "n" => Gives::Number,
        "s" => Gives::Text,
        "d" => Gives::Date,
        "w" => Gives::Ward,
        _ => return None,
    };
    Some((before, gives, after))
}

/// What a question gives, or a literal.
fn leaf(chance: &mut Chance, asked: &[&Question], gives: Gives) -> String {
    let leaves = asked.iter().flat_map(|question| question.leaves);
    let known: Vec<&str> = leaves
        .filter(|(its, _)| *its == gives)
        .map(|(_, leaf)| *leaf)
        .collect();
    if gives == Gives::Truth && !asked.is_empty() && chance.percent(25) {
        return format!("has({})", asked[chance.below(asked.len())].known());
    }
    let from = if known.is_empty() || chance.percent(15) {
        of(LITERALS, gives)
    } else {
        &known
    };
    chance.pick(from).to_owned()
}

fn of<'t>(table: &'t [(Gives, &'t [&'t str])], gives: Gives) -> &'t [&'t str] {
    let found = table.iter().find(|(its, _)| *its == gives);
    found.map_or(&[], |(_, entries)| entries)
}
