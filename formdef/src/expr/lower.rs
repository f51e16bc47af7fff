//! Types: an expression is checked against the form's fields and lowered to its tree. All its faults are found at once.

use super::lexer::Misplaced;
use super::parser::{Expr, Node, parse};
use super::signatures::{SIGNATURES, signature};
use super::tree::{Op, Scalar, Tree};
use super::types::{Codes, Names, Type};
use crate::Moment;
use crate::list::Item;
use crate::noun;
use crate::number::Number;
use crate::read::Mistake;
use std::ops::Range;

/// What an expression is for.
pub(crate) enum Purpose<'a> {
    /// `show_when`, `assert`.
    Condition,
    /// `value` of a computed field, which may say what it gives.
    Computed(Option<&'a Type>),
    /// `prefill` of a field whose answer is of that type.
    Prefill(&'a Type),
}

/// Text → tree and type, or all that is wrong with it.
pub(crate) fn lower(
    text: &str,
    names: &Names<'_>,
    purpose: &Purpose<'_>,
) -> Result<(Tree, Type), Vec<Misplaced>> {
    let expr = parse(text).map_err(|fault| vec![fault])?;
    let mut lowering = Lowering {
        names,
        faults: Vec::new(),
        maps: matches!(purpose, Purpose::Computed(_)),
    };
    let (tree, its) = match purpose {
        Purpose::Computed(_) => lowering.one_value(&expr),
        _ => lowering.expr(&expr),
    };
    let mistake = match purpose {
        Purpose::Condition if !its.fits(&Type::Bool) => Some(Mistake::NotACondition {
            found: its.describe(),
        }),
        Purpose::Computed(Some(wanted)) | Purpose::Prefill(wanted) if !its.fits(wanted) => {
            Some(Mistake::CannotFill {
                wanted: wanted.describe(),
                found: its.describe(),
            })
        }
        _ => None,
    };
    if let Some(mistake) = mistake {
        lowering.fault(&expr.span, mistake);
    }
    match lowering.faults.is_empty() {
        true => Ok((tree, its)),
        false => Err(lowering.faults),
    }
}

struct Lowering<'a> {
    names: &'a Names<'a>,
    faults: Vec<Misplaced>,
    /// Whether `{…}` is allowed.
    maps: bool,
}

type Typed = (Tree, Type);

impl Lowering<'_> {
    fn fault(&mut self, span: &Range<usize>, mistake: Mistake) -> Typed {
        self.faults.push((span.clone(), mistake));
        (Tree::Literal(Scalar::Bool(false)), Type::Any)
    }

    fn expr(&mut self, expr: &Expr) -> Typed {
        match &expr.node {
            Node::Literal(scalar) => {
                let its = match scalar {
                    Scalar::Bool(_) => Type::Bool,
                    Scalar::Number(number) if number.is_whole() => Type::Whole,
                    Scalar::Number(_) => Type::Number,
                    Scalar::Text(_) => Type::Text,
                };
                (Tree::Literal(scalar.clone()), its)
            }
            Node::Path(path) => self.path(path, &expr.span),
            Node::List(_) => self.fault(&expr.span, Mistake::ListOutsideIn),
            Node::Map(entries) => self.map(entries, &expr.span),
            Node::Call(name, operands) => self.call(name, operands, &expr.span),
            Node::Unary("!", operand) => {
                let (operand, _) = self.operand("!", operand, &Type::Bool);
                (Tree::Call(Op::Not, vec![operand]), Type::Bool)
            }
            Node::Unary(_, operand) => match &operand.node {
                Node::Literal(Scalar::Number(number)) => {
                    let its = if number.is_whole() {
                        Type::Whole
                    } else {
                        Type::Number
                    };
                    (Tree::Literal(Scalar::Number(-*number)), its)
                }
                _ => {
                    let zero = Tree::Literal(Scalar::Number(Number::ZERO));
                    let (operand, its) = self.operand("-", operand, &Type::Number);
                    (Tree::Call(Op::Subtract, vec![zero, operand]), its)
                }
            },
            Node::Binary("in", left, right) => self.contained(left, right),
            Node::Binary(sign @ ("+" | "-" | "*"), left, right) => {
                self.arithmetic(sign, left, right)
            }
            Node::Binary(sign, left, right) => self.comparison(sign, left, right, &expr.span),
            Node::Chain(sign, parts) => {
                let parts = parts
                    .iter()
                    .map(|part| self.operand(sign, part, &Type::Bool).0)
                    .collect();
                let op = if *sign == "&&" { Op::And } else { Op::Or };
                (Tree::Call(op, parts), Type::Bool)
            }
            Node::If(condition, then, otherwise) => {
                let (condition, _) = self.operand("? :", condition, &Type::Bool);
                let (then_tree, then_type) = self.expr(then);
                let (else_tree, else_type) = self.expr(otherwise);
                if !else_type.fits(&then_type) && !then_type.fits(&else_type) {
                    let mistake = Mistake::DifferentWays {
                        then: then_type.describe(),
                        otherwise: else_type.describe(),
                    };
                    return self.fault(&expr.span, mistake);
                }
                let its = match then_type {
                    Type::Code(_) if else_type != then_type => Type::Text,
                    Type::Any | Type::Whole => else_type,
                    its => its,
                };
                (
                    Tree::Call(Op::If, vec![condition, then_tree, else_tree]),
                    its,
                )
            }
        }
    }

    /// The longest field id that the path begins with, then a part of its answer.
    fn path(&mut self, path: &str, span: &Range<usize>) -> Typed {
        let ends = path.match_indices('.').map(|(at, _)| at);
        let mut ends: Vec<usize> = ends.chain([path.len()]).collect();
        ends.reverse();
        let names = self.names;
        let found = ends
            .into_iter()
            .find_map(|end| names.fields.get(&path[..end]).map(|meaning| (end, meaning)));
        if names.papers.contains(path) {
            let field = path.to_owned();
            return self.fault(span, Mistake::PaperInExpression { field });
        }
        let Some((end, meaning)) = found else {
            let known = names.fields.keys().cloned().collect();
            let id = path.to_owned();
            return self.fault(span, Mistake::UnknownField { id, known });
        };
        let field = path[..end].to_owned();
        if end == path.len() {
            return (Tree::Get(field, Vec::new()), meaning.whole.clone());
        }
        let part = &path[end + 1..];
        match meaning.parts.iter().find(|(name, _)| *name == part) {
            Some((name, its)) if meaning.whole == Type::Entries => {
                let entries = Tree::Get(field, Vec::new());
                let member = Tree::Literal(Scalar::Text(name.clone()));
                (Tree::Call(Op::Each, vec![entries, member]), its.clone())
            }
            Some((name, its)) => (Tree::Get(field, vec![name.clone()]), its.clone()),
            None => {
                let known = meaning.parts.iter().map(|(name, _)| name.clone());
                let mistake = Mistake::UnknownPart {
                    field,
                    part: part.to_owned(),
                    known: known.collect(),
                };
                self.fault(span, mistake)
            }
        }
    }

    fn map(&mut self, entries: &[(String, Expr)], span: &Range<usize>) -> Typed {
        if !self.maps {
            return self.fault(span, Mistake::MapOutsideComputed);
        }
        let mut lowered: Vec<(String, Tree)> = Vec::new();
        for (name, expr) in entries {
            let tree = self.one_value(expr).0;
            if lowered.iter().any(|(other, _)| other == name) {
                let mistake = Mistake::Double {
                    what: noun::NAME,
                    id: name.clone(),
                    first: None,
                };
                self.fault(&expr.span, mistake);
            }
            lowered.push((name.clone(), tree));
        }
        (Tree::Map(lowered), Type::Map)
    }

    /// What an answer can hold: a computed field, a member of `{…}`.
    fn one_value(&mut self, expr: &Expr) -> Typed {
        let (tree, its) = self.expr(expr);
        if let Type::Many(_) = its {
            let mistake = Mistake::WrongOperand {
                of: "value".to_owned(),
                wanted: noun::ONE_VALUE,
                found: its.describe(),
            };
            return self.fault(&expr.span, mistake);
        }
        (tree, its)
    }

    /// An operand that must be of a type.
    fn operand(&mut self, of: &str, expr: &Expr, wanted: &Type) -> Typed {
        let (tree, its) = self.expr(expr);
        if !its.fits(wanted) {
            let mistake = Mistake::WrongOperand {
                of: of.to_owned(),
                wanted: wanted.describe(),
                found: its.describe(),
            };
            self.fault(&expr.span, mistake);
        }
        (tree, its)
    }

    fn arithmetic(&mut self, sign: &str, left: &Expr, right: &Expr) -> Typed {
        let (op, joins) = match sign {
            "+" => (Op::Add, true),
            "-" => (Op::Subtract, false),
            _ => (Op::Multiply, false),
        };
        let (left_tree, left_type) = self.expr(left);
        let its = match left_type {
            ref text if joins && *text != Type::Any && text.is_text() => Type::Text,
            _ => Type::Number,
        };
        if !left_type.fits(&its) {
            let mistake = Mistake::WrongOperand {
                of: sign.to_owned(),
                wanted: its.describe(),
                found: left_type.describe(),
            };
            self.fault(&left.span, mistake);
        }
        let wanted = if left_type == Type::Any {
            &Type::Any
        } else {
            &its
        };
        let (right_tree, right_type) = self.operand(sign, right, wanted);
        let whole = left_type == Type::Whole && right_type == Type::Whole;
        let its = if whole { Type::Whole } else { its };
        (Tree::Call(op, vec![left_tree, right_tree]), its)
    }

    fn comparison(&mut self, sign: &str, left: &Expr, right: &Expr, span: &Range<usize>) -> Typed {
        let (left_tree, left_type) = self.expr(left);
        let (right_tree, right_type) = self.expr(right);
        let dates = left_type == Type::Date && right_type == Type::Date;
        let (op, ordered) = match (sign, dates) {
            ("==", false) => (Op::Equal, false),
            ("==", true) => (Op::DateEqual, false),
            ("!=", false) => (Op::NotEqual, false),
            ("!=", true) => (Op::DateNotEqual, false),
            ("<", false) => (Op::Less, true),
            ("<", true) => (Op::DateLess, true),
            ("<=", false) => (Op::LessEqual, true),
            ("<=", true) => (Op::DateLessEqual, true),
            (">", false) => (Op::Greater, true),
            (">", true) => (Op::DateGreater, true),
            (_, false) => (Op::GreaterEqual, true),
            (_, true) => (Op::DateGreaterEqual, true),
        };
        let comparable = match (&left_type, &right_type) {
            (Type::Any, _)
            | (_, Type::Any)
            | (Type::Whole | Type::Number, Type::Whole | Type::Number)
            | (Type::Date, Type::Date) => true,
            (Type::Bool, Type::Bool) => !ordered,
            (left, right) => !ordered && left.is_text() && right.is_text(),
        };
        if !comparable {
            let mistake = Mistake::CannotCompare {
                left: left_type.describe(),
                right: right_type.describe(),
            };
            return self.fault(span, mistake);
        }
        self.same_options(
            &left_tree,
            &left_type,
            &right.span,
            &right_tree,
            &right_type,
        );
        self.same_options(&right_tree, &right_type, &left.span, &left_tree, &left_type);
        (Tree::Call(op, vec![left_tree, right_tree]), Type::Bool)
    }

    /// A choice compared with what it can never be is a fault.
    fn same_options(
        &mut self,
        choice: &Tree,
        its: &Type,
        other_span: &Range<usize>,
        other: &Tree,
        other_type: &Type,
    ) {
        let Type::Code(codes) = its else { return };
        if let Tree::Literal(Scalar::Text(value)) = other {
            self.option(codes, value, other_span);
        }
        let (Type::Code(others), Tree::Get(..), Tree::Get(..)) = (other_type, choice, other) else {
            return;
        };
        // Each pair is seen twice, once from each side: one side reports.
        let known = others.values(self.names.lists);
        let mut values = codes.values(self.names.lists).into_iter();
        let disjoint = values.all(|code| !known.contains(&code));
        let (left, right) = (codes.of(), others.of());
        if disjoint && left <= right {
            let mistake = Mistake::NothingInCommon { left, right };
            self.fault(other_span, mistake);
        }
    }

    fn option(&mut self, codes: &Codes, value: &str, span: &Range<usize>) {
        let known = codes.values(self.names.lists);
        if !known.contains(&value) {
            let mistake = Mistake::NotAnOption {
                value: value.to_owned(),
                of: codes.of(),
                known: known.into_iter().map(str::to_owned).collect(),
            };
            self.fault(span, mistake);
        }
    }

    fn contained(&mut self, left: &Expr, right: &Expr) -> Typed {
        let (tree, its) = self.expr(left);
        if !its.is_text() && !its.is_number() {
            let mistake = Mistake::WrongOperand {
                of: "in".to_owned(),
                wanted: noun::TEXT_OPTION_OR_NUMBER,
                found: its.describe(),
            };
            return self.fault(&left.span, mistake);
        }
        let scalars = match &right.node {
            Node::List(items) => self.literals(items, &its),
            Node::Call(name, operands) if name == "list" => {
                let items = self.list_items("list", operands, &right.span);
                items.map(|item| Scalar::Text(item.code.clone())).collect()
            }
            Node::Call(name, operands) if name == "open" => {
                return self.open(tree, &its, left, operands, &right.span);
            }
            _ => return self.held(tree, &its, &left.span, right),
        };
        (Tree::In(Box::new(tree), scalars), Type::Bool)
    }

    /// `'x' in field`: one of several values, such as the options chosen.
    fn held(&mut self, item: Tree, its: &Type, span: &Range<usize>, right: &Expr) -> Typed {
        let (several, of) = self.expr(right);
        match &of {
            Type::Any => {}
            Type::Many(inner) if its.fits(inner) || inner.fits(its) => {
                if let (Type::Code(codes), Tree::Literal(Scalar::Text(value))) = (&**inner, &item) {
                    self.option(codes, value, span);
                }
            }
            Type::Many(inner) => {
                let mistake = Mistake::CannotCompare {
                    left: its.describe(),
                    right: inner.describe(),
                };
                return self.fault(span, mistake);
            }
            _ => return self.fault(&right.span, Mistake::InNeedsList),
        }
        (Tree::Call(Op::Holds, vec![several, item]), Type::Bool)
    }

    fn literals(&mut self, items: &[Expr], its: &Type) -> Vec<Scalar> {
        let mut scalars = Vec::new();
        for item in items {
            let (tree, item_type) = self.expr(item);
            let Tree::Literal(scalar) = tree else {
                self.fault(&item.span, Mistake::InNeedsList);
                continue;
            };
            if let (Type::Code(codes), Scalar::Text(value)) = (its, &scalar) {
                self.option(codes, value, &item.span);
            }
            if !item_type.fits(its) && !its.fits(&item_type) {
                let mistake = Mistake::CannotCompare {
                    left: its.describe(),
                    right: item_type.describe(),
                };
                self.fault(&item.span, mistake);
            }
            scalars.push(scalar);
        }
        scalars
    }

    /// `code in open('list')`: its items are written out with their times.
    fn open(
        &mut self,
        code: Tree,
        its: &Type,
        left: &Expr,
        operands: &[Expr],
        span: &Range<usize>,
    ) -> Typed {
        if !its.is_text() {
            let mistake = Mistake::WrongOperand {
                of: "in open".to_owned(),
                wanted: noun::TEXT,
                found: its.describe(),
            };
            return self.fault(&left.span, mistake);
        }
        let bound = |bound: Option<Moment>| bound.map(|at| at.to_string()).unwrap_or_default();
        let items = self.list_items("open", operands, span);
        let texts =
            items.flat_map(|item| [item.code.clone(), bound(item.opens), bound(item.closes)]);
        let texts = texts.map(|text| Tree::Literal(Scalar::Text(text)));
        (
            Tree::Call(Op::Open, std::iter::once(code).chain(texts).collect()),
            Type::Bool,
        )
    }

    /// The items of the list that is the one operand, which is its id.
    fn list_items(
        &mut self,
        name: &str,
        operands: &[Expr],
        span: &Range<usize>,
    ) -> std::slice::Iter<'_, Item> {
        let [operand] = operands else {
            let mistake = Mistake::WrongCount {
                name: name.into(),
                wanted: 1,
                found: operands.len(),
            };
            self.fault(span, mistake);
            return [].iter();
        };
        let Node::Literal(Scalar::Text(id)) = &operand.node else {
            self.fault(&operand.span, Mistake::InNeedsList);
            return [].iter();
        };
        let Some(list) = self.names.lists.get(id) else {
            let known = self.names.lists.keys().cloned().collect();
            let id = id.clone();
            self.fault(&operand.span, Mistake::UnknownList { id, known });
            return [].iter();
        };
        list.items.iter()
    }

    fn call(&mut self, name: &str, operands: &[Expr], span: &Range<usize>) -> Typed {
        if matches!(name, "list" | "open") {
            return self.fault(span, Mistake::ListOutsideIn);
        }
        let Some((op, wanted, result)) = signature(name) else {
            let known = SIGNATURES.iter().map(|(op, ..)| op.name().to_owned());
            let mistake = Mistake::UnknownFunction {
                name: name.to_owned(),
                known: known.chain(["list", "open"].map(str::to_owned)).collect(),
            };
            return self.fault(span, mistake);
        };
        if operands.len() != wanted.len() {
            let mistake = Mistake::WrongCount {
                name: name.to_owned(),
                wanted: wanted.len(),
                found: operands.len(),
            };
            return self.fault(span, mistake);
        }
        let mut trees = Vec::new();
        let mut result = result;
        for (operand, wanted) in operands.iter().zip(wanted) {
            let (tree, its) = self.expr(operand);
            if let Some(mistake) = wanted.refuses(name, &tree, &its) {
                self.fault(&operand.span, mistake);
            }
            if let (Op::Sum | Op::Max | Op::Min, Type::Many(inner)) = (op, &its) {
                result = (**inner).clone();
            }
            trees.push(tree);
        }
        (Tree::Call(op, trees), result)
    }
}
