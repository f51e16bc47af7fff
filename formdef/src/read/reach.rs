//! What can never happen: a question that is never asked, a rule that never holds or never speaks.
//!
//! It is looked for once a form has no other fault. A fault stands at the part of the expression that makes the rest
//! impossible.

use super::expressions::{Expressions, Slot, inside};
use super::file::File;
use super::mistake::Mistake;
use super::node::Place;
use super::reader::Reader;
use crate::expr::parser::{Expr, Node, parse};
use crate::expr::reach::{Reach, Ways};
use crate::expr::types::Names;
use crate::expr::{Op, Tree};
use crate::form::Form;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::Range;

/// Notes every expression of the form that can never do what it is for.
pub(super) fn check(
    reader: &mut Reader<'_>,
    form: &Form,
    names: &Names<'_>,
    expressions: &Expressions,
) {
    let reach = |any_answer| Reach {
        form,
        names,
        any_answer,
        never_shown: BTreeSet::new(),
        steps: Cell::new(0),
    };
    let mut looking = Looking {
        expressions,
        found: Vec::new(),
        own: reach(false),
        shared: reach(true),
    };
    looking.sections(form);
    looking.rules(form);
    for (at, text, part, never) in looking.found {
        let at = inside(reader.text(&at), &at, text, part);
        reader.fault(&at, never);
    }
}

struct Looking<'a> {
    expressions: &'a Expressions,
    /// Where, in which text, at which part of it, what.
    found: Vec<(Place, &'a str, Range<usize>, Mistake)>,
    /// What this form's answers can be.
    own: Reach<'a>,
    /// What the answers to a shared section can be: other forms ask it with other options.
    shared: Reach<'a>,
}

impl<'a> Looking<'a> {
    fn sections(&mut self, form: &'a Form) {
        for (number, section) in form.sections.iter().enumerate() {
            let start = self.own.start();
            let mut asked = start.clone();
            if let Some(tree) = &section.show_when {
                asked = self.own.when(&start, tree, true);
                if asked.is_empty() {
                    self.condition(
                        Slot::Section(number),
                        tree,
                        &start,
                        Mistake::SectionNeverShown,
                    );
                    let fields = section.fields.iter().map(|field| field.id.clone());
                    self.own.never_shown.extend(fields);
                    continue;
                }
                self.branches(Slot::Section(number), tree);
            }
            for (place, field) in section.fields.iter().enumerate() {
                let Some(tree) = &field.show_when else {
                    continue;
                };
                let slot = Slot::Field(number, place);
                self.own.start();
                if self.own.when(&asked, tree, true).is_empty() {
                    let never = if field.is_brought() {
                        Mistake::PaperNeverListed
                    } else {
                        Mistake::FieldNeverShown
                    };
                    self.condition(slot, tree, &asked, never);
                    self.own.never_shown.insert(field.id.clone());
                } else {
                    self.branches(slot, tree);
                }
            }
        }
    }

    fn condition(&mut self, slot: Slot, tree: &Tree, ways: &Ways, never: Mistake) {
        if let Some((text, at)) = self.expressions.written(slot) {
            let part = blamed(&self.own, text, tree, ways, true);
            self.found.push((at.clone(), text, part, never));
        }
    }

    fn branches(&mut self, slot: Slot, tree: &Tree) {
        if let Some((text, at)) = self.expressions.written(slot) {
            self.dead_ways(text, at, tree);
        }
    }

    /// Ways of an `||` that can never be true, whatever stands around it.
    fn dead_ways(&mut self, text: &'a str, at: &Place, tree: &Tree) {
        let reach = if at.file == File::Own {
            &self.own
        } else {
            &self.shared
        };
        let Ok(expr) = parse(text) else { return };
        let mut dead = Vec::new();
        each_way(tree, &expr, &mut |tree, expr| {
            let start = reach.start();
            if reach.when(&start, tree, true).is_empty() {
                dead.push(blame(reach, tree, expr, start, true));
            }
        });
        for part in dead {
            self.found
                .push((at.clone(), text, part, Mistake::WayNeverTaken));
        }
    }

    fn rules(&mut self, form: &'a Form) {
        // Without faults each draft became a rule.
        for (draft, rule) in self.expressions.rules.iter().zip(&form.rules) {
            if self.own.never_shown.contains(&rule.on) {
                continue;
            }
            let (text, at) = (draft.assert.0.as_str(), &draft.assert.1);
            let shown = self.own.shown(self.own.start(), &rule.on);
            if self.own.when(&shown, &rule.assert, true).is_empty() {
                let part = blamed(&self.own, text, &rule.assert, &shown, true);
                self.found
                    .push((at.clone(), text, part, Mistake::RuleNeverHolds));
                continue;
            }
            self.dead_ways(text, at, &rule.assert);
            // A shared rule may be idle in one form and needed in the next.
            let (reach, asked) = if at.file == File::Own {
                self.own.start();
                (&self.own, shown)
            } else {
                (&self.shared, self.shared.start())
            };
            if reach.when(&asked, &rule.assert, false).is_empty() {
                let part = blamed(reach, text, &rule.assert, &asked, false);
                self.found
                    .push((at.clone(), text, part, Mistake::RuleNeverBroken));
            }
        }
    }
}

/// The part of an expression's text that makes it impossible.
fn blamed(reach: &Reach<'_>, text: &str, tree: &Tree, ways: &Ways, is: bool) -> Range<usize> {
    match parse(text) {
        Ok(expr) => blame(reach, tree, &expr, ways.clone(), is),
        Err(_) => 0..text.len(),
    }
}

/// Of parts that must all be so, the first that leaves no way; of others the whole.
fn blame(reach: &Reach<'_>, tree: &Tree, expr: &Expr, mut ways: Ways, is: bool) -> Range<usize> {
    match (tree, &expr.node) {
        (Tree::Call(Op::And, parts), Node::Chain(_, exprs)) if is => {
            for (tree, expr) in parts.iter().zip(exprs) {
                let left = reach.when(&ways, tree, true);
                if left.is_empty() {
                    return blame(reach, tree, expr, ways, true);
                }
                ways = left;
            }
            expr.span.clone()
        }
        (Tree::Call(Op::Not, parts), Node::Unary(_, inner)) => {
            blame(reach, &parts[0], inner, ways, !is)
        }
        _ => expr.span.clone(),
    }
}

/// Every way of every `||` in an expression, with the part of its text.
fn each_way(tree: &Tree, expr: &Expr, visit: &mut impl FnMut(&Tree, &Expr)) {
    match (tree, &expr.node) {
        (Tree::Call(op, parts), Node::Chain(_, exprs)) => {
            for (tree, expr) in parts.iter().zip(exprs) {
                if *op == Op::Or {
                    visit(tree, expr);
                }
                each_way(tree, expr, visit);
            }
        }
        (Tree::Call(Op::Not, parts), Node::Unary(_, inner)) => each_way(&parts[0], inner, visit),
        (Tree::Call(Op::If, parts), Node::If(condition, then, otherwise)) => {
            for (tree, expr) in parts.iter().zip([condition, then, otherwise]) {
                each_way(tree, expr, visit);
            }
        }
        _ => {}
    }
}
