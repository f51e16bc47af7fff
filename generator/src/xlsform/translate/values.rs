//! Expressions that give a value: answers, numbers, texts, days.

use super::out::{ADD, ATOM, MULTIPLY, Out, UNARY, alike, choose, date, has};
use super::{Done, Known, Translator, Type, quoted};
use crate::xlsform::loss::Cannot;
use crate::xlsform::xpath::Expr;

impl Translator<'_> {
    pub(super) fn value(&mut self, expr: &Expr) -> Done {
        match expr {
            Expr::Number(text) => {
                let whole = !text.contains('.');
                let text = match text.strip_prefix('.') {
                    Some(fraction) => format!("0.{fraction}"),
                    None => text.trim_end_matches('.').to_owned(),
                };
                let its = if whole { Type::Whole } else { Type::Number };
                Ok(Out::new(text, ATOM, its))
            }
            Expr::Text(text) => Ok(Out::new(quoted(text), ATOM, Type::Text)),
            Expr::Own => {
                let (id, its) = self.own.ok_or(Cannot::Path { text: ".".into() })?;
                Ok(Out::new(id, ATOM, its.clone()))
            }
            Expr::Ref(name) => self.reference(name),
            Expr::Path(text) => Err(Cannot::Path { text: text.clone() }),
            Expr::Negative(inner) => {
                let inner = self.number(inner)?;
                let text = format!("-{}", inner.within(UNARY));
                Ok(Out::new(text, UNARY, inner.its.clone()).needing(&[&inner]))
            }
            Expr::Binary(sign @ ("+" | "-" | "*"), left, right) => {
                self.arithmetic(sign, left, right)
            }
            Expr::Binary(name @ ("div" | "mod"), ..) => Err(Cannot::Operator { name }),
            Expr::Binary(..) => self.boolean(expr, true),
            Expr::Call(name, operands) => self.call(name, operands),
        }
    }

    fn reference(&mut self, name: &str) -> Done {
        let unknown = || Cannot::UnknownName {
            name: name.to_owned(),
        };
        let known = self.names.0.get(name).ok_or_else(unknown)?;
        let known = match known.as_slice() {
            [known] => known,
            _ => {
                return Err(Cannot::SeveralNames {
                    name: name.to_owned(),
                });
            }
        };
        match known {
            Known::Field { id, its } => {
                let mut out = Out::new(id, ATOM, its.clone());
                if self.own.is_none_or(|(own, _)| own != id) {
                    out.needs.insert(id.clone());
                    self.others.insert(id.clone());
                }
                Ok(out)
            }
            Known::Member { .. } => Err(Cannot::InsideRepeat {
                name: name.to_owned(),
            }),
            Known::Today => Ok(Out::new("today()", ATOM, Type::Date)),
            Known::Left => Err(Cannot::LeftOut {
                name: name.to_owned(),
            }),
        }
    }

    fn arithmetic(&mut self, sign: &str, left: &Expr, right: &Expr) -> Done {
        let (first, second) = (self.value(left)?, self.value(right)?);
        if first.its == Type::Date && second.its == Type::Whole && sign != "*" {
            let days = match sign {
                "-" => format!("-{}", second.within(UNARY)),
                _ => second.text.clone(),
            };
            let text = format!("plus_days({}, {days})", first.text);
            return Ok(Out::new(text, ATOM, Type::Date).needing(&[&first, &second]));
        }
        let its = match (&first.its, &second.its) {
            (Type::Whole, Type::Whole) => Type::Whole,
            (Type::Whole | Type::Number, Type::Whole | Type::Number) => Type::Number,
            _ => return Err(Cannot::Unlike),
        };
        let binds = if sign == "*" { MULTIPLY } else { ADD };
        let text = format!(
            "{} {sign} {}",
            first.within(binds),
            second.within(binds + 1)
        );
        Ok(Out::new(text, binds, its).needing(&[&first, &second]))
    }

    /// Functions that give a value.
    fn call(&mut self, name: &str, operands: &[Expr]) -> Done {
        let cannot = || Cannot::Function {
            name: name.to_owned(),
        };
        match (name, operands) {
            ("today", []) => Ok(Out::new("today()", ATOM, Type::Date)),
            ("date", [Expr::Text(day)]) => date(day).ok_or_else(cannot),
            ("date", [inner]) => match self.value(inner)? {
                inner if inner.its == Type::Date => Ok(inner),
                _ => Err(cannot()),
            },
            ("number", [inner]) => self.number(inner),
            ("int", [inner]) => match self.number(inner)? {
                inner if inner.its == Type::Whole => Ok(inner),
                _ => Err(cannot()),
            },
            ("string", [inner]) => self.text(inner),
            ("string-length", [inner]) => {
                let inner = self.text(inner)?;
                let text = format!("size({})", inner.text);
                Ok(Out::new(text, ATOM, Type::Whole).needing(&[&inner]))
            }
            ("count-selected", [inner]) => match self.value(inner)? {
                inner if matches!(inner.its, Type::Many(_)) => {
                    let text = format!("size({})", inner.text);
                    Ok(Out::new(text, ATOM, Type::Whole).needing(&[&inner]))
                }
                _ => Err(cannot()),
            },
            ("count" | "sum", [Expr::Ref(inner)]) => self.aggregate(name, inner),
            ("if", [condition, then, otherwise]) => {
                let condition = self.boolean(condition, true)?;
                let (mut then, mut otherwise) = (self.value(then)?, self.value(otherwise)?);
                alike(&mut then, &mut otherwise)?;
                Ok(choose(&condition, &then, &otherwise))
            }
            ("coalesce", [first @ Expr::Ref(_), second]) => {
                let (mut first, mut second) = (self.value(first)?, self.value(second)?);
                alike(&mut first, &mut second)?;
                Ok(choose(&has(&first), &first, &second))
            }
            ("concat", [_, ..]) => {
                let parts: Result<Vec<Out>, Cannot> =
                    operands.iter().map(|part| self.text(part)).collect();
                let parts = parts?;
                let texts: Vec<String> = parts.iter().map(|part| part.within(ADD)).collect();
                let parts: Vec<&Out> = parts.iter().collect();
                Ok(Out::new(texts.join(" + "), ADD, Type::Text).needing(&parts))
            }
            ("substr", [text, from]) => {
                let (text, from) = (self.text(text)?, self.number(from)?);
                let call = format!("slice({0}, {1}, size({0}))", text.text, from.text);
                Ok(Out::new(call, ATOM, Type::Text).needing(&[&text, &from]))
            }
            ("substr", [text, from, to]) => {
                let (text, from, to) = (self.text(text)?, self.number(from)?, self.number(to)?);
                let call = format!("slice({}, {}, {})", text.text, from.text, to.text);
                Ok(Out::new(call, ATOM, Type::Text).needing(&[&text, &from, &to]))
            }
            ("format-date", [day, Expr::Text(form)]) if form == "%Y" => match self.value(day)? {
                day if day.its == Type::Date => {
                    let text = format!("year({})", day.text);
                    Ok(Out::new(text, ATOM, Type::Whole).needing(&[&day]))
                }
                _ => Err(cannot()),
            },
            ("true" | "false" | "not" | "selected" | "regex" | "starts-with", _) => {
                self.question(name, operands, true)
            }
            _ => Err(cannot()),
        }
    }

    /// Over the entries of a repeat: their number, or the sum of one of its questions.
    fn aggregate(&mut self, function: &str, name: &str) -> Done {
        let known = self.names.0.get(name).map(Vec::as_slice);
        let (text, repeat) = match (function, known) {
            (
                "count",
                Some(
                    [
                        Known::Field {
                            id,
                            its: Type::Entries,
                        },
                    ],
                ),
            ) => (format!("size({id})"), id),
            (
                "sum",
                Some(
                    [
                        Known::Member {
                            repeat,
                            id,
                            its: Type::Whole | Type::Number,
                        },
                    ],
                ),
            ) => (format!("sum({repeat}.{id})"), repeat),
            _ => {
                return Err(Cannot::Function {
                    name: function.to_owned(),
                });
            }
        };
        self.others.insert(repeat.clone());
        let mut out = Out::new(text, ATOM, Type::Whole);
        out.needs.insert(repeat.clone());
        Ok(out)
    }

    pub(super) fn number(&mut self, expr: &Expr) -> Done {
        match self.value(expr)? {
            number if matches!(number.its, Type::Whole | Type::Number) => Ok(number),
            _ => Err(Cannot::Unlike),
        }
    }

    pub(super) fn text(&mut self, expr: &Expr) -> Done {
        match self.value(expr)? {
            text if matches!(text.its, Type::Text | Type::Code(_)) => Ok(text),
            _ => Err(Cannot::Unlike),
        }
    }
}
