//! The functions of expressions over known values. `None` is unknown.

use super::evaluate::Known;
use super::tree::{Scalar, Tree};
use super::words;
use crate::characters::{is_letter, is_mark, is_number};
use crate::date::{Interval, Partial};
use crate::kinds::agency_list;
use crate::list::Lists;
use crate::moment::is_open;
use crate::number::Number;
use crate::{Date, Moment};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// Code points of a text, entries of a repeat group, how many of several values.
pub(super) fn size(value: &Known) -> Option<Known> {
    let size = match value {
        Known::Json(Value::String(text)) => text.chars().count(),
        Known::Json(Value::Array(entries)) => entries.len(),
        _ => return None,
    };
    count(size)
}

fn count(of: usize) -> Option<Known> {
    u32::try_from(of)
        .ok()
        .map(|count| Number::from(count).into())
}

/// What the entries of a repeat group answer to one of its questions; unknown when none does.
pub(super) fn each(entries: &[Value], member: &str) -> Option<Known> {
    let answers = entries.iter().filter_map(|entry| entry.get(member));
    let answers: Vec<Value> = answers.cloned().collect();
    (!answers.is_empty()).then(|| Known::Json(answers.into()))
}

/// The sum of numbers, from the first to the last.
pub(super) fn sum(numbers: &[Value]) -> Option<Known> {
    let mut numbers = numbers.iter().map(Number::answered);
    let sum = numbers.try_fold(Number::ZERO, |sum, number| sum.plus(number?));
    sum.map(Known::from)
}

/// The number that lies beyond all others.
pub(super) fn outermost(numbers: &[Value], is_beyond: fn(Number, Number) -> bool) -> Option<Known> {
    let mut numbers = numbers.iter().map(Number::answered);
    let first = numbers.next()??;
    let found = numbers.try_fold(first, |found, number| {
        let number = number?;
        Some(if is_beyond(number, found) {
            number
        } else {
            found
        })
    });
    found.map(Known::from)
}

/// The code of the district that a ward is in. Unknown when the list does not know the ward.
pub(super) fn district_of(ward: &str, lists: &Lists) -> Option<Known> {
    let ward = lists.get(agency_list())?.find(ward)?;
    ward.group.clone().map(Known::from)
}

/// Whether an item of that code is open at a moment. For each item stand its code, from when and until when.
pub(super) fn open(code: &str, items: &[Tree], at: Moment) -> Option<Known> {
    let text = |tree: &Tree| match tree {
        Tree::Literal(Scalar::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let bound = |tree: &Tree| text(tree).and_then(|text| Moment::parse(&text));
    let is_it = |item: &[Tree]| match item {
        [its, opens, closes] => {
            text(its).as_deref() == Some(code) && is_open(bound(opens), bound(closes), at)
        }
        _ => false,
    };
    Some(items.chunks(3).any(is_it).into())
}

/// How many letters (`\p{L}`) a text has.
pub(super) fn letters(text: &str) -> Option<Known> {
    count(text.chars().filter(|c| is_letter(*c)).count())
}

/// How many of the digits 0–9 a text has.
pub(super) fn digits(text: &str) -> Option<Known> {
    count(text.chars().filter(char::is_ascii_digit).count())
}

/// The code points `from`, `from + 1`, … before `to`, counted from 0; what lies outside the text is left out.
pub(super) fn slice(text: &str, from: i64, to: i64) -> Option<Known> {
    let from = usize::try_from(from.max(0)).ok()?;
    let to = usize::try_from(to.max(0)).ok()?;
    let slice: String = text
        .chars()
        .skip(from)
        .take(to.saturating_sub(from))
        .collect();
    Some(slice.into())
}

pub(super) fn plus_days(date: Interval, days: i64) -> Option<Known> {
    let shift = |date: Date| Date::from_days(date.days().checked_add(days)?);
    date.map(shift).map(Known::Days)
}

/// 29 February becomes 28 February where there is none.
pub(super) fn plus_years(date: Interval, years: i64) -> Option<Known> {
    date.map(|date| date.plus_years(years)).map(Known::Days)
}

/// Certain for every answered date, as its year is always known.
pub(super) fn year(date: Interval) -> Option<Known> {
    let same = date.first.year() == date.last.year();
    same.then(|| Known::Json(date.first.year().into()))
}

/// A date in Vietnamese words.
pub(super) fn words(date: &Known) -> Option<Known> {
    let date = match date {
        Known::Json(json) => Partial::parse_any_year(json.as_str()?)?,
        Known::Days(days) => Partial::parse_any_year(&days.exact()?.to_string())?,
    };
    Some(words::date(date).into())
}

/// Whether two names are one, however they were typed.
pub(super) fn same_name(left: &str, right: &str) -> Option<Known> {
    Some((name_key(left) == name_key(right)).into())
}

/// NFC, lower case, one space between words; «Ð» and «Ɖ» count as «Đ», a curved apostrophe as a straight one.
fn name_key(name: &str) -> String {
    let lower: String = name.nfc().collect::<String>().to_lowercase();
    let alike = lower.chars().map(|c| match c {
        'ð' | 'ɖ' => 'đ',
        '’' => '\'',
        other => other,
    });
    let text: String = alike.collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words for a unit before its name.
const UNIT_KINDS: [&str; 3] = ["phuong ", "xa ", "thi tran "];

/// Whether the name of a ward stands in a text, as whole words: without the word for its kind, and without a number at
/// its end, as «Mỹ Đình 1» was part of «Mỹ Đình». Unknown when the list does not know the ward.
pub(super) fn mentions(text: &str, ward: &str, lists: &Lists) -> Option<Known> {
    let item = lists.get(agency_list())?.find(ward)?;
    let (_, label) = item.label.iter().next()?;
    let label = folded(label);
    let name = UNIT_KINDS
        .iter()
        .find_map(|kind| label.strip_prefix(kind))
        .unwrap_or(&label);
    let name = match name.rsplit_once(' ') {
        Some((start, end)) if end.chars().all(|c| c.is_ascii_digit()) => start,
        _ => name,
    };
    Some(
        format!(" {} ", folded(text))
            .contains(&format!(" {name} "))
            .into(),
    )
}

/// What is the same however it was typed: letters without their marks in lower case, and digits; one space for what is
/// neither.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut is_between = false;
    for c in text.to_lowercase().nfd().filter(|c| !is_mark(*c)) {
        let c = if matches!(c, 'đ' | 'ð' | 'ɖ') {
            'd'
        } else {
            c
        };
        if !is_letter(c) && !is_number(c) {
            is_between = true;
            continue;
        }
        if std::mem::take(&mut is_between) && !folded.is_empty() {
            folded.push(' ');
        }
        folded.push(c);
    }
    folded
}

/// Whether a 12-digit number fits sex (`1` male, `2` female) and year of birth: its 4th digit holds century and sex,
/// the 5th and 6th the year. Unknown for other papers.
pub(super) fn id_fits(paper: &Value, sex: &str, born: Interval) -> Option<Known> {
    // An identification number may stand by itself.
    let (kind, number) = match paper.as_str() {
        Some(number) => ("SDD", number),
        None => (paper.get("type")?.as_str()?, paper.get("number")?.as_str()?),
    };
    let number = number.as_bytes();
    let is_number = number.len() == 12 && number.iter().all(u8::is_ascii_digit);
    if !matches!(kind, "CCCD" | "CC" | "CMND12" | "SDD") || !is_number {
        return None;
    }
    let digit = |at: usize| i32::from(number[at] - b'0');
    let year = (born.first.year() == born.last.year()).then_some(born.first.year())?;
    let female = match sex {
        "1" => 0,
        "2" => 1,
        _ => return None,
    };
    let century = (year >= 1900).then(|| (year - 1900) / 100)?;
    let fits = digit(3) == century * 2 + female && digit(4) * 10 + digit(5) == year % 100;
    Some(fits.into())
}
