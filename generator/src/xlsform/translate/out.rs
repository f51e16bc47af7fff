//! Pieces of the result: how tightly they bind, what they are, what they need; and how two of them come together.

use std::collections::{BTreeMap, BTreeSet};

use formdef::Date;

use super::{Type, quoted};
use crate::xlsform::loss::Cannot;
use crate::xlsform::xpath::Expr;

// How tightly an expression binds.
pub(super) const IF: u8 = 0;
pub(super) const OR: u8 = 1;
pub(super) const AND: u8 = 2;
pub(super) const COMPARE: u8 = 3;
pub(super) const ADD: u8 = 4;
pub(super) const MULTIPLY: u8 = 5;
pub(super) const UNARY: u8 = 6;
pub(super) const ATOM: u8 = 7;

/// A piece of the result.
#[derive(Clone, Debug)]
pub(super) struct Out {
    pub(super) text: String,
    pub(super) binds: u8,
    pub(super) its: Type,
    /// The fields that it needs, apart from the question itself.
    pub(super) needs: BTreeSet<String>,
}

impl Out {
    pub(super) fn new(text: impl Into<String>, binds: u8, its: Type) -> Out {
        Out {
            text: text.into(),
            binds,
            its,
            needs: BTreeSet::new(),
        }
    }

    pub(super) fn needing(mut self, parts: &[&Out]) -> Out {
        for part in parts {
            self.needs.extend(part.needs.iter().cloned());
        }
        self
    }

    /// In brackets, if it binds more loosely than its surroundings.
    pub(super) fn within(&self, binds: u8) -> String {
        match self.binds < binds {
            true => format!("({})", self.text),
            false => self.text.clone(),
        }
    }

    /// True or false for sure: false when something it needs is not answered.
    pub(super) fn certain(self, wanted: bool) -> Out {
        if !wanted || self.needs.is_empty() {
            return self;
        }
        let answered: Vec<String> = self.needs.iter().map(|id| format!("has({id})")).collect();
        let text = format!("{} && {}", answered.join(" && "), self.within(AND));
        Out {
            text,
            binds: AND,
            ..self
        }
    }
}

pub(super) fn has(answer: &Out) -> Out {
    Out::new(format!("has({})", answer.text), ATOM, Type::Bool)
}

pub(super) fn choose(condition: &Out, then: &Out, otherwise: &Out) -> Out {
    let text = format!(
        "{} ? {} : {}",
        condition.within(OR),
        then.within(OR),
        otherwise.within(OR)
    );
    Out::new(text, IF, then.its.clone()).needing(&[condition, then, otherwise])
}

/// `!=` is true of an empty answer, too.
pub(super) fn differs(compared: Out) -> Out {
    if compared.needs.is_empty() {
        return compared;
    }
    let empty: Vec<String> = compared
        .needs
        .iter()
        .map(|id| format!("!has({id})"))
        .collect();
    let text = format!("{} || {}", empty.join(" || "), compared.text);
    Out {
        text,
        binds: OR,
        ..compared
    }
}

/// An answer of several choices, or a declaration, compared with one value.
pub(super) fn several(sign: &str, answer: &Out, other: &Expr) -> Result<Option<Out>, Cannot> {
    let same = match (&answer.its, other) {
        (Type::Agreed, Expr::Text(_)) => has(answer),
        (Type::Many(codes), Expr::Text(name)) => {
            let only = code(codes, name, answer)?;
            let text = format!("has({0}) && {only} in {0} && size({0}) == 1", answer.text);
            Out::new(text, AND, Type::Bool)
        }
        (Type::Agreed | Type::Many(_), _) => return Err(Cannot::Unlike),
        _ => return Ok(None),
    };
    match sign {
        "=" => Ok(Some(same)),
        "!=" => Ok(Some(Out::new(
            format!("!{}", same.within(UNARY)),
            UNARY,
            Type::Bool,
        ))),
        _ => Err(Cannot::Unlike),
    }
}

/// Makes two values one type where XPath would: a written day or number, a choice by its name.
pub(super) fn alike(first: &mut Out, second: &mut Out) -> Result<(), Cannot> {
    fit(first, second)?;
    fit(second, first)?;
    let same = match (&first.its, &second.its) {
        (Type::Whole | Type::Number, Type::Whole | Type::Number) => true,
        (Type::Text | Type::Code(_), Type::Text | Type::Code(_)) => true,
        (first, second) => first == second,
    };
    same.then_some(()).ok_or(Cannot::Unlike)
}

/// Rewrites a literal to what it is compared with.
fn fit(literal: &mut Out, other: &Out) -> Result<(), Cannot> {
    let Some(written) = written(literal) else {
        return Ok(());
    };
    match &other.its {
        Type::Date => {
            let day = date(&written).ok_or(Cannot::Unlike)?;
            *literal = day;
        }
        Type::Code(codes) => literal.text = code(codes, &written, other)?,
        Type::Whole | Type::Number if written.parse::<i64>().is_ok() => {
            *literal = Out::new(written, ATOM, Type::Whole);
            return Ok(());
        }
        Type::Text => literal.text = quoted(&written),
        _ => return Ok(()),
    }
    if !matches!(other.its, Type::Date) {
        literal.its = Type::Text;
    }
    Ok(())
}

/// The text or number of a literal.
fn written(out: &Out) -> Option<String> {
    if !out.needs.is_empty() || out.binds != ATOM {
        return None;
    }
    match (&out.its, out.text.strip_prefix('\'')) {
        (Type::Text, Some(rest)) => {
            let inside = rest.strip_suffix('\'')?;
            Some(inside.replace("\\'", "'").replace("\\\\", "\\"))
        }
        (Type::Whole, None) => out.text.parse::<i64>().is_ok().then(|| out.text.clone()),
        _ => None,
    }
}

pub(super) fn date(day: &str) -> Option<Out> {
    let day = Date::parse(day.trim())?;
    Some(Out::new(format!("date('{day}')"), ATOM, Type::Date))
}

pub(super) fn code(
    codes: &BTreeMap<String, String>,
    name: &str,
    of: &Out,
) -> Result<String, Cannot> {
    let unknown = || Cannot::NotAnOption {
        value: name.to_owned(),
        name: of.text.clone(),
    };
    codes.get(name).map(|code| quoted(code)).ok_or_else(unknown)
}
