//! What an expression can come to over all answers there may be, not over one.
//!
//! [`Reach::when`] narrows what is supposed of the answers until an expression is true, or false. When nothing is left,
//! it can never be that. It errs on one side only: what it calls impossible is impossible, what it does not understand
//! it takes for possible. A partial date may stand for any of its days: what a comparison says holds for each of them.

use super::range::{Range, Relation};
use super::tree::{Op, Scalar, Tree};
use super::types::{Meaning, Names, Type};
use crate::Date;
use crate::date::{YEAR_MAX, YEAR_MIN};
use crate::form::Form;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// More ways than this are not told apart: everything counts as possible.
const WAYS_MAX: usize = 64;
/// After so many steps no more is asked: everything counts as possible.
const STEPS_MAX: u32 = 20_000;

/// The ways in which what is supposed can be so. Empty: in none.
pub(crate) type Ways = Vec<Way>;

/// What is supposed of the answers, in one way.
#[derive(Clone, Default)]
pub(crate) struct Way {
    /// Whether a field, or a part of its answer, is answered.
    answered: BTreeMap<Path, bool>,
    /// Which values an expression can have: options, texts, true or false, as JSON.
    values: BTreeMap<String, Values>,
    /// Between which bounds a sum of numbers or of days lies.
    ranges: BTreeMap<String, Range>,
    /// Fields whose conditions are supposed to be true.
    shown: BTreeSet<String>,
}

type Path = (String, Vec<String>);

#[derive(Clone)]
enum Values {
    Only(BTreeSet<String>),
    AllBut(BTreeSet<String>),
}

impl Values {
    /// Of these values those that are (or are not) among `named`.
    fn narrowed(self, named: &BTreeSet<String>, among: bool) -> Self {
        let minus = |a: &BTreeSet<String>, b: &BTreeSet<String>| a - b;
        match (self, among) {
            (Self::Only(own), true) => Self::Only(&own & named),
            (Self::Only(own), false) => Self::Only(minus(&own, named)),
            (Self::AllBut(not), true) => Self::Only(minus(named, &not)),
            (Self::AllBut(not), false) => Self::AllBut(&not | named),
        }
    }

    /// What is in both.
    fn common(self, other: Self) -> Self {
        match other {
            Self::Only(named) => self.narrowed(&named, true),
            Self::AllBut(named) => self.narrowed(&named, false),
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Only(none) if none.is_empty())
    }
}

/// A sum of numbers, or of days: what is added up, how many times, and a constant.
struct Sum {
    terms: BTreeMap<String, (i64, Range)>,
    constant: i64,
    /// Whether it is always a whole number.
    whole: bool,
}

/// The form whose expressions are looked at.
pub(crate) struct Reach<'a> {
    pub(crate) form: &'a Form,
    pub(crate) names: &'a Names<'a>,
    /// Whether a field can have any answer, not only those that this form allows: for what several forms share.
    pub(crate) any_answer: bool,
    /// Fields that are known never to be asked: nothing more is said of what hangs on them.
    pub(crate) never_shown: BTreeSet<String>,
    /// How many steps the question took so far.
    pub(crate) steps: Cell<u32>,
}

impl Reach<'_> {
    /// The ways in which nothing is supposed: a new question.
    pub(crate) fn start(&self) -> Ways {
        self.steps.set(0);
        vec![Way::default()]
    }

    /// Those of `ways` in which the condition is true, or false.
    pub(crate) fn when(&self, ways: &Ways, tree: &Tree, is: bool) -> Ways {
        let narrowed = ways.iter().flat_map(|way| self.narrow(way, tree, is));
        let narrowed: Ways = narrowed.take(WAYS_MAX + 1).collect();
        if narrowed.len() > WAYS_MAX {
            ways.clone()
        } else {
            narrowed
        }
    }

    /// Those of `ways` in which a field is asked.
    pub(crate) fn shown(&self, mut ways: Ways, id: &str) -> Ways {
        if self.never_shown.contains(id) {
            return ways;
        }
        let placed = self.form.placed_fields().find(|(_, field)| field.id == id);
        let conditions = placed.map(|(section, field)| [&section.show_when, &field.show_when]);
        for way in &mut ways {
            way.shown.insert(id.to_owned());
        }
        for condition in conditions.into_iter().flatten().flatten() {
            ways = self.when(&ways, condition, true);
        }
        ways
    }

    fn narrow(&self, way: &Way, tree: &Tree, is: bool) -> Ways {
        let start = vec![way.clone()];
        self.steps.set(self.steps.get().saturating_add(1));
        if self.steps.get() > STEPS_MAX {
            return start;
        }
        match tree {
            Tree::Literal(Scalar::Bool(value)) => keep(start, *value == is),
            Tree::Call(Op::Not, parts) => self.when(&start, &parts[0], !is),
            Tree::Call(Op::And, parts) if is => self.all(start, parts, true),
            Tree::Call(Op::Or, parts) if !is => self.all(start, parts, false),
            Tree::Call(Op::And | Op::Or, parts) => {
                let ways = parts.iter().flat_map(|part| self.when(&start, part, is));
                ways.collect()
            }
            Tree::Call(Op::If, parts) => {
                let then = self.when(&self.when(&start, &parts[0], true), &parts[1], is);
                let otherwise = self.when(&self.when(&start, &parts[0], false), &parts[2], is);
                [then, otherwise].concat()
            }
            Tree::Call(Op::Has, parts) => self.answered(start, &parts[0], is),
            Tree::Call(op, parts) => match relation(*op) {
                Some(relation) => self.compared(start, relation, &parts[0], &parts[1], is),
                None => self.one_of(start, tree, &[json(&Scalar::Bool(is))], true),
            },
            Tree::In(part, scalars) if scalars.iter().all(is_text) => {
                let named: Vec<String> = scalars.iter().map(json).collect();
                self.one_of(start, part, &named, is)
            }
            _ => self.one_of(start, tree, &[json(&Scalar::Bool(is))], true),
        }
    }

    fn all(&self, ways: Ways, parts: &[Tree], is: bool) -> Ways {
        parts
            .iter()
            .fold(ways, |ways, part| self.when(&ways, part, is))
    }

    /// Those ways in which a field, or a part of its answer, is answered, or is not.
    fn answered(&self, mut ways: Ways, tree: &Tree, is: bool) -> Ways {
        let Tree::Get(field, parts) = tree else {
            return ways;
        };
        let path = (field.clone(), parts.clone());
        let whole = (field.clone(), Vec::new());
        ways.retain(|way| way.answered.get(&path) != Some(&!is));
        if !is {
            // An answer that is missing has no part.
            let has_part = |way: &Way| {
                let mut known = way.answered.iter();
                known.any(|((of, _), answered)| of == field && *answered)
            };
            ways.retain(|way| !parts.is_empty() || !has_part(way));
        } else {
            ways.retain(|way| way.answered.get(&whole) != Some(&false));
        }
        for way in &mut ways {
            way.answered.insert(path.clone(), is);
            if is {
                way.answered.insert(whole.clone(), true);
            }
        }
        if !is {
            return ways;
        }
        let (mut ready, asked): (Ways, Ways) =
            ways.into_iter().partition(|way| way.shown.contains(field));
        if !asked.is_empty() {
            ready.extend(self.shown(asked, field));
        }
        ready
    }

    /// Those ways in which a value is known: all that it is made of is answered.
    fn known(&self, ways: Ways, tree: &Tree) -> Ways {
        match tree {
            Tree::Get(..) => self.answered(ways, tree, true),
            Tree::In(part, _) => self.known(ways, part),
            Tree::Call(op, parts) if needs_all(*op) => {
                parts.iter().fold(ways, |ways, part| self.known(ways, part))
            }
            Tree::Literal(_) | Tree::Map(_) | Tree::Call(..) => ways,
        }
    }

    /// Those ways in which the value of `tree` is (or is not) among the named ones.
    fn one_of(&self, ways: Ways, tree: &Tree, named: &[String], among: bool) -> Ways {
        let named = named.iter().cloned().collect();
        let mut ways = self.known(ways, tree);
        let key = key(tree);
        ways.retain_mut(|way| {
            let before = way.values.remove(&key);
            let values = before.unwrap_or_else(|| self.values(tree));
            let values = values.narrowed(&named, among);
            let possible = !values.is_empty();
            way.values.insert(key.clone(), values);
            possible
        });
        ways
    }

    fn compared(
        &self,
        ways: Ways,
        relation: Relation,
        left: &Tree,
        right: &Tree,
        is: bool,
    ) -> Ways {
        let relation = if is { relation } else { relation.opposite() };
        let equal = relation == Relation::Equal;
        match (left, right) {
            (_, Tree::Literal(scalar)) if !is_number(scalar) => {
                return self.one_of(ways, left, &[json(scalar)], equal);
            }
            (Tree::Literal(scalar), _) if !is_number(scalar) => {
                return self.one_of(ways, right, &[json(scalar)], equal);
            }
            _ => {}
        }
        let ways = self.known(self.known(ways, left), right);
        if matches!(relation, Relation::Equal | Relation::NotEqual)
            && !self.counts(left)
            && !self.counts(right)
        {
            return self.same_or_not(ways, left, right, equal);
        }
        match (self.sum(left), self.sum(right)) {
            (Some(left), Some(right)) => within(ways, left.minus(right), relation),
            _ => ways,
        }
    }

    /// Two texts or options that are the same, or are not.
    fn same_or_not(&self, ways: Ways, left: &Tree, right: &Tree, same: bool) -> Ways {
        let (left, right) = if key(left) <= key(right) {
            (left, right)
        } else {
            (right, left)
        };
        let pair = Tree::Call(Op::Equal, vec![left.clone(), right.clone()]);
        let mut ways = self.one_of(ways, &pair, &[json(&Scalar::Bool(same))], true);
        if same {
            ways.retain_mut(|way| {
                let [left_values, right_values] = [left, right].map(|tree| {
                    let known = way.values.get(&key(tree)).cloned();
                    known.unwrap_or_else(|| self.values(tree))
                });
                let common = left_values.common(right_values);
                let possible = !common.is_empty();
                way.values.insert(key(left), common.clone());
                way.values.insert(key(right), common);
                possible
            });
        }
        ways
    }

    /// What an expression is known to give before anything is supposed.
    fn values(&self, tree: &Tree) -> Values {
        match self.type_of(tree) {
            Some(Type::Code(codes)) if !self.any_answer => {
                let codes = codes.values(self.names.lists).into_iter();
                let codes = codes.map(|code| Scalar::Text(code.to_owned()));
                Values::Only(codes.map(|code| json(&code)).collect())
            }
            Some(Type::Bool) => {
                let both = [true, false].map(|value| json(&Scalar::Bool(value)));
                Values::Only(BTreeSet::from(both))
            }
            _ => Values::AllBut(BTreeSet::new()),
        }
    }

    fn type_of(&self, tree: &Tree) -> Option<&Type> {
        let Tree::Get(field, parts) = tree else {
            return None;
        };
        let Meaning { whole, parts: its } = self.names.fields.get(field)?;
        match parts.first() {
            None => Some(whole),
            Some(part) => its
                .iter()
                .find(|(name, _)| name == part)
                .map(|(_, its)| its),
        }
    }

    /// Whether it is a number or a day.
    fn counts(&self, tree: &Tree) -> bool {
        match tree {
            Tree::Literal(scalar) => is_number(scalar),
            Tree::Get(..) => {
                let its = self.type_of(tree);
                matches!(its, Some(Type::Whole | Type::Number | Type::Date))
            }
            Tree::Call(Op::Add | Op::If, parts) => {
                parts.last().is_some_and(|part| self.counts(part))
            }
            Tree::Call(op, _) => {
                matches!(
                    op,
                    Op::Subtract
                        | Op::Multiply
                        | Op::Size
                        | Op::Letters
                        | Op::Digits
                        | Op::Year
                        | Op::Date
                        | Op::Today
                        | Op::PlusDays
                        | Op::PlusYears
                        | Op::Sum
                        | Op::Max
                        | Op::Min
                )
            }
            Tree::In(..) | Tree::Map(_) => false,
        }
    }

    fn sum(&self, tree: &Tree) -> Option<Sum> {
        match tree {
            Tree::Literal(Scalar::Number(number)) if number.is_whole() => {
                number.whole().map(Sum::constant)
            }
            Tree::Call(Op::Date, parts) => match &parts[0] {
                Tree::Literal(Scalar::Text(day)) => Some(Sum::constant(Date::parse(day)?.days())),
                _ => None,
            },
            Tree::Call(Op::Add | Op::PlusDays, parts) => {
                self.sum(&parts[0])?.plus(self.sum(&parts[1])?, 1)
            }
            Tree::Call(Op::Subtract, parts) => self.sum(&parts[0])?.plus(self.sum(&parts[1])?, -1),
            _ => Some(self.term(tree)),
        }
    }

    /// A sum of one term, with the bounds that it has by itself.
    fn term(&self, tree: &Tree) -> Sum {
        let range = match (tree, self.type_of(tree)) {
            (Tree::Get(field, parts), Some(Type::Whole | Type::Number)) if parts.is_empty() => {
                let field = self.form.field(field).filter(|_| !self.any_answer);
                Range::between(
                    field.and_then(|field| field.min?.whole()),
                    field.and_then(|field| field.max?.whole()),
                )
            }
            (_, Some(Type::Date)) => {
                let day = |date: Option<Date>| date.map(Date::days);
                Range::between(
                    day(Date::new(YEAR_MIN, 1, 1)),
                    day(Date::new(YEAR_MAX, 12, 31)),
                )
            }
            (Tree::Call(Op::Size | Op::Letters | Op::Digits, _), _) => {
                Range::between(Some(0), None)
            }
            _ => Range::between(None, None),
        };
        let whole = match tree {
            Tree::Get(field, _) => {
                let kind = self.form.field(field).map(|field| field.kind.name());
                matches!(
                    kind,
                    Some("integer" | "money" | "entry" | "date" | "partial-date" | "id-paper")
                )
            }
            Tree::Call(op, _) => matches!(
                op,
                Op::Size | Op::Letters | Op::Digits | Op::Year | Op::Today | Op::PlusYears
            ),
            _ => false,
        };
        Sum {
            terms: BTreeMap::from([(key(tree), (1, range))]),
            constant: 0,
            whole,
        }
    }
}

impl Sum {
    fn constant(constant: i64) -> Self {
        Self {
            terms: BTreeMap::new(),
            constant,
            whole: true,
        }
    }

    /// This sum and `times` the other; none when a number grows too large.
    fn plus(mut self, other: Self, times: i64) -> Option<Self> {
        for (key, (count, range)) in other.terms {
            let term = self.terms.entry(key).or_insert((0, range));
            term.0 = term.0.checked_add(count.checked_mul(times)?)?;
        }
        self.terms.retain(|_, (count, _)| *count != 0);
        let constant = other.constant.checked_mul(times)?;
        self.constant = self.constant.checked_add(constant)?;
        self.whole &= other.whole;
        Some(self)
    }

    fn minus(self, other: Self) -> Option<Self> {
        self.plus(other, -1)
    }
}

/// Those ways in which `sum` stands in that relation to 0.
fn within(mut ways: Ways, sum: Option<Sum>, relation: Relation) -> Ways {
    let Some(mut sum) = sum else { return ways };
    // What is added up is written in one way only, so that `a - b` and `b - a` are one thing.
    let first = sum.terms.values().next().map_or(1, |(count, _)| *count);
    let sign = first.signum();
    for (count, _) in sum.terms.values_mut() {
        *count *= sign;
    }
    let (bound, relation) = if sign > 0 {
        (sum.constant.saturating_neg(), relation)
    } else {
        (sum.constant, relation.mirrored())
    };
    let own = match sum.terms.values().collect::<Vec<_>>().as_slice() {
        [] => return keep(ways, relation.holds(0, bound)),
        [(1, range)] => range.clone(),
        _ => Range::between(None, None),
    };
    let words = sum.terms.iter();
    let words = words.map(|(key, (count, _))| format!("{count} {key}"));
    let key = words.collect::<Vec<_>>().join(" + ");
    ways.retain_mut(|way| {
        let range = way.ranges.entry(key.clone()).or_insert(own.clone());
        range.narrow(relation, bound, sum.whole);
        !range.is_empty()
    });
    ways
}

fn keep(ways: Ways, possible: bool) -> Ways {
    if possible { ways } else { Ways::new() }
}

/// Two expressions with the same key have the same value.
fn key(tree: &Tree) -> String {
    serde_json::to_string(tree).unwrap_or_default()
}

fn json(scalar: &Scalar) -> String {
    scalar.to_json().to_string()
}

fn is_number(scalar: &Scalar) -> bool {
    matches!(scalar, Scalar::Number(_))
}

fn is_text(scalar: &Scalar) -> bool {
    matches!(scalar, Scalar::Text(_))
}

fn relation(op: Op) -> Option<Relation> {
    match op {
        Op::Equal | Op::DateEqual => Some(Relation::Equal),
        Op::NotEqual | Op::DateNotEqual => Some(Relation::NotEqual),
        Op::Less | Op::DateLess => Some(Relation::Less),
        Op::LessEqual | Op::DateLessEqual => Some(Relation::LessEqual),
        Op::Greater | Op::DateGreater => Some(Relation::Greater),
        Op::GreaterEqual | Op::DateGreaterEqual => Some(Relation::GreaterEqual),
        _ => None,
    }
}

/// Whether it is known only when all its operands are.
fn needs_all(op: Op) -> bool {
    let arithmetic = matches!(op, Op::Add | Op::Subtract | Op::Multiply);
    let of_text = matches!(
        op,
        Op::Letters
            | Op::Digits
            | Op::Slice
            | Op::StartsWith
            | Op::SameName
            | Op::Mentions
            | Op::Open
    );
    let of_date = matches!(op, Op::PlusDays | Op::PlusYears | Op::Year | Op::Words);
    let of_several = matches!(
        op,
        Op::Each | Op::Holds | Op::Sum | Op::Max | Op::Min | Op::DistrictOf
    );
    arithmetic || of_text || of_date || of_several || op == Op::IdFits || relation(op).is_some()
}

#[cfg(test)]
mod tests;
