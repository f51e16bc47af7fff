//! Expressions of XLSForm → expressions of our language, so that they hold in the same cases.
//!
//! An empty answer is `''` there and unknown here. What would differ by that is written out with `has`: `${a} != 'x'` is
//! `!has(a) || a != 'x'`, and what stands under `not()` or decides between two ways is made certain.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::loss::Cannot;
use super::pattern::Pattern;
use super::xpath::{Expr, parse};
use out::{ADD, AND, ATOM, COMPARE, OR, Out, UNARY, alike, choose, code, differs, has, several};

mod out;
mod values;

/// What an answer or a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Bool,
    Whole,
    Number,
    Text,
    Date,
    /// One choice: XLSForm's names and our codes.
    Code(Rc<BTreeMap<String, String>>),
    /// Several choices.
    Many(Rc<BTreeMap<String, String>>),
    /// A repeat.
    Entries,
    /// A declaration, whose only answer is true.
    Agreed,
}

/// What a name of the survey means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Field {
        id: String,
        its: Type,
    },
    Member {
        repeat: String,
        id: String,
        its: Type,
    },
    /// The row `today` of the metadata.
    Today,
    Left,
}

/// All names of the survey. Several questions may share one.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(pub(super) BTreeMap<String, Vec<Known>>);

/// An expression that is shown or not, from `relevant`.
pub(super) fn condition(text: &str, names: &Names) -> Result<String, Cannot> {
    let mut translator = Translator::new(names, None);
    Ok(translator.boolean(&read(text)?, false)?.text)
}

/// What must hold of the answer to a question, from `constraint`. An empty answer breaks nothing.
pub(super) fn assertion(text: &str, own: (&str, &Type), names: &Names) -> Result<String, Cannot> {
    let mut translator = Translator::new(names, Some(own));
    let assert = translator.boolean(&read(text)?, true)?;
    if translator.others.is_empty() {
        return Ok(assert.text);
    }
    Ok(format!("!has({}) || {}", own.0, assert.within(AND)))
}

/// What is worked out, from `calculation` or a dynamic `default`.
pub(super) fn value(text: &str, names: &Names) -> Result<(String, Type), Cannot> {
    let mut translator = Translator::new(names, None);
    let value = translator.value(&read(text)?)?;
    match value.its {
        Type::Many(_) | Type::Entries | Type::Agreed => Err(Cannot::Unlike),
        its => Ok((value.text, its)),
    }
}

/// The condition of `required`: true and false stand for themselves.
pub(super) fn read(text: &str) -> Result<Expr, Cannot> {
    parse(text).map_err(|rest| Cannot::Unreadable { rest })
}

/// A text as our expressions write it.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

struct Translator<'a> {
    names: &'a Names,
    own: Option<(&'a str, &'a Type)>,
    /// Every field that was used, apart from the question itself.
    others: BTreeSet<String>,
}

type Done = Result<Out, Cannot>;

impl<'a> Translator<'a> {
    fn new(names: &'a Names, own: Option<(&'a str, &'a Type)>) -> Self {
        let others = BTreeSet::new();
        Translator { names, own, others }
    }

    /// Something that is true or false; unknown only where `certain` is not asked for.
    fn boolean(&mut self, expr: &Expr, certain: bool) -> Done {
        match expr {
            Expr::Binary(joint @ ("and" | "or"), left, right) => {
                let (sign, binds) = if *joint == "and" {
                    ("&&", AND)
                } else {
                    ("||", OR)
                };
                let left = self.boolean(left, certain)?;
                let right = self.boolean(right, certain)?;
                let text = format!("{} {sign} {}", left.within(binds), right.within(binds));
                Ok(Out::new(text, binds, Type::Bool).needing(&[&left, &right]))
            }
            Expr::Binary(sign @ ("=" | "!=" | "<" | "<=" | ">" | ">="), left, right) => {
                self.comparison(sign, left, right, certain)
            }
            Expr::Call(name, operands) => self.question(name, operands, certain),
            Expr::Ref(_) | Expr::Own => match self.value(expr)? {
                answer if answer.its == Type::Agreed => Ok(has(&answer)),
                _ => Err(Cannot::NotACondition),
            },
            Expr::Path(text) => Err(Cannot::Path { text: text.clone() }),
            _ => Err(Cannot::NotACondition),
        }
    }

    /// Functions that are true or false.
    fn question(&mut self, name: &str, operands: &[Expr], certain: bool) -> Done {
        match (name, operands) {
            ("true" | "false", []) => Ok(Out::new(name, ATOM, Type::Bool)),
            ("not", [inner]) => {
                let inner = self.boolean(inner, true)?;
                let text = format!("!{}", inner.within(UNARY));
                Ok(Out::new(text, UNARY, Type::Bool).needing(&[&inner]))
            }
            ("if", [condition, then, otherwise]) => {
                let condition = self.boolean(condition, true)?;
                let then = self.boolean(then, certain)?;
                let otherwise = self.boolean(otherwise, certain)?;
                Ok(choose(&condition, &then, &otherwise))
            }
            ("selected", [answer, Expr::Text(choice)]) => {
                let answer = self.value(answer)?;
                match answer.its.clone() {
                    Type::Code(codes) => {
                        let text = format!("{} == {}", answer.text, code(&codes, choice, &answer)?);
                        Ok(Out::new(text, COMPARE, Type::Bool)
                            .needing(&[&answer])
                            .certain(certain))
                    }
                    Type::Many(codes) => {
                        let text = format!("{} in {}", code(&codes, choice, &answer)?, answer.text);
                        Ok(Out::new(text, COMPARE, Type::Bool)
                            .needing(&[&answer])
                            .certain(certain))
                    }
                    _ => Err(Cannot::Unlike),
                }
            }
            ("regex", [answer, Expr::Text(pattern)]) => {
                let answer = self.value(answer)?;
                let unknown = || Cannot::Pattern {
                    text: pattern.clone(),
                };
                if answer.its != Type::Text {
                    return Err(Cannot::Unlike);
                }
                let text = Pattern::parse(pattern)
                    .ok_or_else(unknown)?
                    .of(&answer.text);
                Ok(Out::new(text, AND, Type::Bool)
                    .needing(&[&answer])
                    .certain(certain))
            }
            ("starts-with", [text, start]) => {
                let (text, start) = (self.text(text)?, self.text(start)?);
                let call = format!("starts_with({}, {})", text.text, start.text);
                Ok(Out::new(call, ATOM, Type::Bool)
                    .needing(&[&text, &start])
                    .certain(certain))
            }
            _ => Err(Cannot::Function {
                name: name.to_owned(),
            }),
        }
    }

    fn comparison(&mut self, sign: &str, left: &Expr, right: &Expr, certain: bool) -> Done {
        if let Some(found) = self.emptiness(sign, left, right)? {
            return Ok(found);
        }
        if let Some(found) = self.days_between(sign, left, right)? {
            return Ok(found.certain(certain));
        }
        let (mut first, mut second) = (self.value(left)?, self.value(right)?);
        if let Some(found) = several(sign, &first, right)? {
            return Ok(found);
        }
        alike(&mut first, &mut second)?;
        let equal = matches!(sign, "=" | "!=");
        let ordered = matches!(first.its, Type::Whole | Type::Number | Type::Date);
        if !equal && !ordered {
            return Err(Cannot::Unlike);
        }
        let sign = if sign == "=" { "==" } else { sign };
        let text = format!("{} {sign} {}", first.within(ADD), second.within(ADD));
        let compared = Out::new(text, COMPARE, Type::Bool).needing(&[&first, &second]);
        match sign {
            "!=" => Ok(differs(compared)),
            _ => Ok(compared.certain(certain)),
        }
    }

    /// `${x} = ''`, `string-length(${x}) > 0` and the like: whether it is answered.
    fn emptiness(&mut self, sign: &str, left: &Expr, right: &Expr) -> Result<Option<Out>, Cannot> {
        let (answer, answered) = match (left, sign, right) {
            (answer, "=" | "!=", Expr::Text(empty)) | (Expr::Text(empty), "=" | "!=", answer)
                if empty.is_empty() =>
            {
                (answer, sign == "!=")
            }
            (Expr::Call(name, operands), "=" | "!=" | ">", Expr::Number(zero))
                if matches!(name.as_str(), "string-length" | "count-selected") && zero == "0" =>
            {
                match operands.as_slice() {
                    [answer] => (answer, sign != "="),
                    _ => return Ok(None),
                }
            }
            _ => return Ok(None),
        };
        if !matches!(answer, Expr::Ref(_) | Expr::Own) {
            return Ok(None);
        }
        let has = has(&self.value(answer)?);
        Ok(Some(match answered {
            true => has,
            false => Out::new(format!("!{}", has.text), UNARY, Type::Bool),
        }))
    }

    /// `today() - ${x} > 30` is `today() > plus_days(x, 30)`.
    fn days_between(
        &mut self,
        sign: &str,
        left: &Expr,
        right: &Expr,
    ) -> Result<Option<Out>, Cannot> {
        let Expr::Binary("-", later, earlier) = left else {
            return Ok(None);
        };
        let (Ok(later), Ok(earlier)) = (self.value(later), self.value(earlier)) else {
            return Ok(None);
        };
        if (&later.its, &earlier.its) != (&Type::Date, &Type::Date) {
            return Ok(None);
        }
        let days = self.value(right)?;
        if days.its != Type::Whole {
            return Err(Cannot::Unlike);
        }
        let sign = if sign == "=" { "==" } else { sign };
        let text = format!(
            "{} {sign} plus_days({}, {})",
            later.text, earlier.text, days.text
        );
        Ok(Some(
            Out::new(text, COMPARE, Type::Bool).needing(&[&later, &earlier, &days]),
        ))
    }
}

#[cfg(test)]
mod tests;
