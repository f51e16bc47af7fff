//! The meaning of an expression: its value over answers, or *unknown* (`None`).
//!
//! An answer that is missing, hidden or wrong is unknown, and so is what is made of it, except where the rest decides
//! (`false && unknown` is false). Dates are intervals of days: what a comparison says must hold for every day.

use super::functions;
use super::tree::{Op, Scalar, Tree};
use crate::date::{Interval, Partial};
use crate::list::Lists;
use crate::number::Number;
use crate::{Date, Moment};
use serde_json::{Map, Value};

/// What an expression is evaluated over.
pub(crate) struct Scope<'a> {
    /// The valid answer to a shown field.
    pub(crate) answer: &'a dyn Fn(&str) -> Option<&'a Value>,
    /// When the answers were checked.
    pub(crate) at: Moment,
    /// The lists that the form names.
    pub(crate) lists: &'a Lists,
}

/// A known value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Known {
    /// An answer, a part of one, a literal, or what was made of them.
    Json(Value),
    /// A date that was worked out. A date that was answered stays the text it is.
    Days(Interval),
}

impl Known {
    pub(crate) fn boolean(&self) -> Option<bool> {
        match self {
            Self::Json(json) => json.as_bool(),
            Self::Days(_) => None,
        }
    }

    pub(crate) fn number(&self) -> Option<Number> {
        match self {
            Self::Json(json) => Number::answered(json),
            Self::Days(_) => None,
        }
    }

    pub(crate) fn whole(&self) -> Option<i64> {
        self.number()?.whole()
    }

    fn several(&self) -> Option<&Vec<Value>> {
        match self {
            Self::Json(json) => json.as_array(),
            Self::Days(_) => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Json(json) => json.as_str(),
            Self::Days(_) => None,
        }
    }

    pub(crate) fn days(&self) -> Option<Interval> {
        match self {
            Self::Json(json) => Partial::parse_any_year(json.as_str()?)?.interval(),
            Self::Days(days) => Some(*days),
        }
    }

    /// As an answer; a worked-out date only when it is one day.
    pub(crate) fn into_json(self) -> Option<Value> {
        match self {
            Self::Json(json) => Some(json),
            Self::Days(days) => Some(days.exact()?.to_string().into()),
        }
    }
}

impl From<bool> for Known {
    fn from(value: bool) -> Self {
        Self::Json(value.into())
    }
}

impl From<String> for Known {
    fn from(value: String) -> Self {
        Self::Json(value.into())
    }
}

impl From<Number> for Known {
    fn from(value: Number) -> Self {
        Self::Json(value.into())
    }
}

/// The value of `tree`, or `None` when it is unknown.
pub(crate) fn evaluate(tree: &Tree, scope: &Scope<'_>) -> Option<Known> {
    match tree {
        Tree::Literal(scalar) => Some(Known::Json(scalar.to_json())),
        Tree::Get(field, members) => {
            let answer = (scope.answer)(field)?;
            let part = members.iter().try_fold(answer, |json, part| json.get(part));
            part.cloned().map(Known::Json)
        }
        Tree::In(tree, scalars) => {
            let value = evaluate(tree, scope)?.into_json()?;
            let among = |scalar: &Scalar| is_same(&scalar.to_json(), &value);
            Some(scalars.iter().any(among).into())
        }
        Tree::Map(entries) => map(entries, scope),
        Tree::Call(op, operands) => call(*op, operands, scope),
    }
}

/// Whether the condition is true, false or unknown.
fn holds(tree: &Tree, scope: &Scope<'_>) -> Option<bool> {
    evaluate(tree, scope)?.boolean()
}

/// The members that are known; unknown when none is.
fn map(entries: &[(String, Tree)], scope: &Scope<'_>) -> Option<Known> {
    let known = |(name, tree): &(String, Tree)| {
        let value = evaluate(tree, scope)?.into_json()?;
        Some((name.clone(), value))
    };
    let map: Map<String, Value> = entries.iter().filter_map(known).collect();
    (!map.is_empty()).then_some(Known::Json(map.into()))
}

fn call(op: Op, operands: &[Tree], scope: &Scope<'_>) -> Option<Known> {
    let operand = |at: usize| evaluate(operands.get(at)?, scope);
    match op {
        Op::And => decided_by(false, operands, scope),
        Op::Or => decided_by(true, operands, scope),
        Op::Not => Some((!operand(0)?.boolean()?).into()),
        Op::If => operand(if operand(0)?.boolean()? { 1 } else { 2 }),
        Op::Has => Some(operand(0).is_some().into()),
        Op::Equal => equal(operand(0)?, operand(1)?).map(Known::from),
        Op::NotEqual => equal(operand(0)?, operand(1)?).map(|same| (!same).into()),
        Op::Less => Some((operand(0)?.number()? < operand(1)?.number()?).into()),
        Op::LessEqual => Some((operand(0)?.number()? <= operand(1)?.number()?).into()),
        Op::Greater => Some((operand(0)?.number()? > operand(1)?.number()?).into()),
        Op::GreaterEqual => Some((operand(0)?.number()? >= operand(1)?.number()?).into()),
        Op::DateEqual => same_day(operand(0)?.days()?, operand(1)?.days()?).map(Known::from),
        Op::DateNotEqual => {
            same_day(operand(0)?.days()?, operand(1)?.days()?).map(|same| (!same).into())
        }
        Op::DateLess => before(operand(0)?.days()?, operand(1)?.days()?).map(Known::from),
        Op::DateGreater => before(operand(1)?.days()?, operand(0)?.days()?).map(Known::from),
        Op::DateLessEqual => {
            before(operand(1)?.days()?, operand(0)?.days()?).map(|after| (!after).into())
        }
        Op::DateGreaterEqual => {
            before(operand(0)?.days()?, operand(1)?.days()?).map(|earlier| (!earlier).into())
        }
        Op::Add => add(&operand(0)?, &operand(1)?),
        Op::Subtract => arithmetic(&operand(0)?, &operand(1)?, Number::minus),
        Op::Multiply => arithmetic(&operand(0)?, &operand(1)?, Number::times),
        Op::Today => Some(Known::Days(Interval::day(scope.at.day()))),
        Op::Date => {
            let day = Date::parse(operand(0)?.text()?)?;
            Some(Known::Days(Interval::day(day)))
        }
        Op::Size => functions::size(&operand(0)?),
        Op::Letters => functions::letters(operand(0)?.text()?),
        Op::Digits => functions::digits(operand(0)?.text()?),
        Op::Slice => functions::slice(
            operand(0)?.text()?,
            operand(1)?.whole()?,
            operand(2)?.whole()?,
        ),
        Op::StartsWith => Some(operand(0)?.text()?.starts_with(operand(1)?.text()?).into()),
        Op::PlusDays => functions::plus_days(operand(0)?.days()?, operand(1)?.whole()?),
        Op::PlusYears => functions::plus_years(operand(0)?.days()?, operand(1)?.whole()?),
        Op::Year => functions::year(operand(0)?.days()?),
        Op::Words => functions::words(&operand(0)?),
        Op::SameName => functions::same_name(operand(0)?.text()?, operand(1)?.text()?),
        Op::IdFits => match (operand(0)?, operand(1)?, operand(2)?) {
            (Known::Json(paper), sex, born) => {
                functions::id_fits(&paper, sex.text()?, born.days()?)
            }
            _ => None,
        },
        Op::Mentions => functions::mentions(operand(0)?.text()?, operand(1)?.text()?, scope.lists),
        Op::Each => functions::each(operand(0)?.several()?, operand(1)?.text()?),
        Op::Holds => {
            let item = operand(1)?.into_json()?;
            let several = operand(0)?;
            let held = several.several()?.iter().any(|its| is_same(its, &item));
            Some(held.into())
        }
        Op::Sum => functions::sum(operand(0)?.several()?),
        Op::Max => functions::outermost(operand(0)?.several()?, |a, b| a > b),
        Op::Min => functions::outermost(operand(0)?.several()?, |a, b| a < b),
        Op::DistrictOf => functions::district_of(operand(0)?.text()?, scope.lists),
        Op::Open => functions::open(operand(0)?.text()?, &operands[1..], scope.at),
    }
}

fn equal(left: Known, right: Known) -> Option<bool> {
    Some(is_same(&left.into_json()?, &right.into_json()?))
}

/// Whether two values are one: numbers however they are written, parts in whatever order.
pub(crate) fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| is_same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let has_same = |(part, value)| right.get(part).is_some_and(|its| is_same(value, its));
            left.len() == right.len() && left.iter().all(has_same)
        }
        _ => left == right,
    }
}

fn arithmetic(
    left: &Known,
    right: &Known,
    with: fn(Number, Number) -> Option<Number>,
) -> Option<Known> {
    with(left.number()?, right.number()?).map(Known::from)
}

/// `&&` is decided by one false, `||` by one true; else one unknown makes it unknown.
fn decided_by(decisive: bool, operands: &[Tree], scope: &Scope<'_>) -> Option<Known> {
    let mut unknown = false;
    for operand in operands {
        match holds(operand, scope) {
            Some(value) if value == decisive => return Some(decisive.into()),
            Some(_) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some((!decisive).into())
}

/// True when both are one and the same day, false when they have no day in common.
fn same_day(left: Interval, right: Interval) -> Option<bool> {
    match (left.exact(), right.exact()) {
        (Some(left), Some(right)) => Some(left == right),
        _ if left.last < right.first || right.last < left.first => Some(false),
        _ => None,
    }
}

/// True when every day of `left` is before every day of `right`, false when none is.
fn before(left: Interval, right: Interval) -> Option<bool> {
    if left.last < right.first {
        Some(true)
    } else if left.first >= right.last {
        Some(false)
    } else {
        None
    }
}

fn add(left: &Known, right: &Known) -> Option<Known> {
    match (left.text(), right.text()) {
        (Some(left), Some(right)) => Some(format!("{left}{right}").into()),
        _ => arithmetic(left, right, Number::plus),
    }
}
