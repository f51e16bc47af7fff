//! What becomes of each row: its id, or why it is left out. Expressions need to know that of all rows.

use std::collections::{BTreeMap, BTreeSet};

use formdef::Bilingual;

use super::choices::{Lists, OTHER};
use super::columns::{At, Row};
use super::loss::{Cannot, What};
use super::names::field_id;
use super::survey::Node;
use super::translate::{Known, Names, Type, value};
use super::types::{Left, Question};

/// What becomes of a row.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// A field, a member, a paper, a heading: its id and, when it is worked out, from what.
    Kept {
        id: String,
        value: Option<String>,
    },
    Left(What),
}

/// What becomes of all rows.
pub(super) struct Plan {
    fates: BTreeMap<u32, Fate>,
    pub(super) names: Names,
    /// Names that could not stay: XLSForm's and ours.
    pub(super) renamed: Vec<(String, String)>,
}

/// The id of the field that asks for the office.
pub(super) const AGENCY: &str = "agency";

impl Plan {
    /// Walks the tree. Cells of `refused` are not carried: the check said no.
    pub(super) fn of(
        nodes: &[Node<'_>],
        lists: &Lists<'_>,
        refused: &BTreeMap<At, Bilingual>,
    ) -> Plan {
        let mut planner = Planner {
            refused,
            plan: Plan {
                fates: BTreeMap::new(),
                names: Names::default(),
                renamed: Vec::new(),
            },
            lists,
            ids: BTreeSet::from([AGENCY.to_owned()]),
            counts: BTreeMap::new(),
            calculations: Vec::new(),
        };
        planner.count(nodes);
        planner.walk(nodes, "", None);
        planner.calculate();
        planner.plan
    }

    /// What becomes of a row. A group's id is that of the note with its label.
    pub(super) fn fate(&self, row: &Row) -> Option<&Fate> {
        self.fates.get(&row.number)
    }
}

struct Planner<'p, 't> {
    plan: Plan,
    lists: &'p Lists<'t>,
    refused: &'p BTreeMap<At, Bilingual>,
    ids: BTreeSet<String>,
    /// How many questions have a name.
    counts: BTreeMap<String, usize>,
    /// Rows that are worked out, with their name and their group.
    calculations: Vec<(&'t Row, String, String)>,
}

/// A repeat and the ids of its members.
struct Repeat {
    id: String,
    members: BTreeSet<String>,
}

impl<'t> Planner<'_, 't> {
    fn count(&mut self, nodes: &[Node<'t>]) {
        for node in nodes {
            *self.counts.entry(node.name().to_owned()).or_default() += 1;
            self.count(node.children());
        }
    }

    fn walk(&mut self, nodes: &[Node<'t>], group: &str, mut repeat: Option<&mut Repeat>) {
        for node in nodes {
            match node {
                Node::Left { row, name, what } => {
                    let known = match what {
                        What::Type {
                            kind: Left::Metadata,
                            ..
                        } if is_today(row) => Known::Today,
                        _ => Known::Left,
                    };
                    self.leave(row, name, what.clone(), known);
                }
                Node::Group {
                    row,
                    name,
                    children,
                } => {
                    if repeat.is_none() && !self.refused.contains_key(&row.at("type")) {
                        let id = field_id(&format!("{name}_heading"), &mut self.ids);
                        self.plan
                            .fates
                            .insert(row.number, Fate::Kept { id, value: None });
                    }
                    self.walk(children, name, repeat.as_deref_mut());
                }
                Node::Repeat {
                    row,
                    name,
                    children,
                } if repeat.is_some() => {
                    self.leave_all(row, name, children);
                }
                Node::Repeat {
                    row,
                    name,
                    children,
                } => {
                    let id = self.keep(row, name, group, &mut None);
                    let its = Type::Entries;
                    self.know(
                        name,
                        Known::Field {
                            id: id.clone(),
                            its,
                        },
                    );
                    let members = BTreeSet::new();
                    self.walk(children, name, Some(&mut Repeat { id, members }));
                }
                Node::Question {
                    row,
                    name,
                    question,
                } => {
                    self.question(row, name, question, group, &mut repeat);
                }
            }
        }
    }

    fn question(
        &mut self,
        row: &'t Row,
        name: &str,
        question: &Question,
        group: &str,
        repeat: &mut Option<&mut Repeat>,
    ) {
        let refused = self.refused.get(&row.at("type"));
        let left = match question {
            _ if refused.is_some() => refused.map(|message| What::Refused {
                message: message.clone(),
            }),
            Question::SelectOne { list, .. }
            | Question::SelectMultiple { list, .. }
            | Question::Rank { list }
                if !self.lists.0.contains_key(list) =>
            {
                Some(What::NoSuchList { list: list.clone() })
            }
            Question::Paper(_) if repeat.is_some() => Some(What::PaperInRepeat),
            Question::Calculate | Question::Note | Question::Rank { .. } if repeat.is_some() => {
                Some(What::NotInRepeat {
                    name: name.to_owned(),
                })
            }
            _ => None,
        };
        if let Some(what) = left {
            return self.leave(row, name, what, Known::Left);
        }
        if *question == Question::Calculate {
            self.calculations
                .push((row, name.to_owned(), group.to_owned()));
            return;
        }
        let id = self.keep(row, name, group, repeat);
        let known = match (self.meaning(row, question), repeat.as_deref()) {
            (None, _) => Known::Left,
            (Some(its), None) => Known::Field {
                id: id.clone(),
                its,
            },
            (Some(its), Some(repeat)) => Known::Member {
                repeat: repeat.id.clone(),
                id: id.clone(),
                its,
            },
        };
        self.know(name, known);
        let other = matches!(
            question,
            Question::SelectOne { other: true, .. } | Question::SelectMultiple { other: true, .. }
        );
        if other {
            let field = format!("{id}_{OTHER}");
            match repeat {
                Some(repeat) => repeat.members.insert(field.clone()),
                None => self.ids.insert(field.clone()),
            };
            if repeat.is_none() {
                self.know(
                    &format!("{name}_{OTHER}"),
                    Known::Field {
                        id: field,
                        its: Type::Text,
                    },
                );
            }
        }
    }

    /// What the answer is in expressions; `None` when it can stand in none.
    fn meaning(&self, row: &Row, question: &Question) -> Option<Type> {
        let codes = |list: &String, other: bool| {
            let list = self.lists.0.get(list)?;
            Some(if other {
                list.codes_with_other()
            } else {
                list.codes.clone()
            })
        };
        Some(match question {
            Question::Text | Question::Time => Type::Text,
            Question::Integer => Type::Whole,
            Question::Decimal => Type::Number,
            Question::Range
                if super::parameters::Range::read(row.peek("parameters")).is_whole() =>
            {
                Type::Whole
            }
            Question::Range => Type::Number,
            Question::Date => Type::Date,
            Question::SelectOne { list, other } => Type::Code(codes(list, *other)?),
            Question::SelectMultiple { list, other } => Type::Many(codes(list, *other)?),
            Question::Acknowledge => Type::Agreed,
            Question::Rank { .. } | Question::Note | Question::Calculate | Question::Paper(_) => {
                return None;
            }
        })
    }

    /// What is worked out may need what is worked out below it: goes round until nothing more can be said.
    fn calculate(&mut self) {
        let refused = self.refused;
        let mut waiting = std::mem::take(&mut self.calculations);
        loop {
            let before = waiting.len();
            waiting.retain(|(row, name, group)| {
                let text = row.peek("calculation");
                match value(text, &self.plan.names) {
                    Ok((text, its)) if !refused.contains_key(&row.at("calculation")) => {
                        let id = self.keep(row, name, group, &mut None);
                        self.know(
                            name,
                            Known::Field {
                                id: id.clone(),
                                its,
                            },
                        );
                        self.plan.fates.insert(
                            row.number,
                            Fate::Kept {
                                id,
                                value: Some(text),
                            },
                        );
                        false
                    }
                    _ => true,
                }
            });
            if waiting.len() == before {
                break;
            }
        }
        for (_, name, _) in &waiting {
            self.know(name, Known::Left);
        }
        for (row, ..) in waiting {
            let text = row.peek("calculation").to_owned();
            let cause = match refused.get(&row.at("calculation")) {
                Some(message) => Cannot::Refused {
                    message: message.clone(),
                },
                None => match value(&text, &self.plan.names) {
                    Err(cause) => cause,
                    Ok(_) => continue,
                },
            };
            let fate = Fate::Left(What::Uncalculated { text, cause });
            self.plan.fates.insert(row.number, fate);
        }
    }

    /// A repeat in a repeat: nothing of it can be carried.
    fn leave_all(&mut self, row: &'t Row, name: &str, children: &[Node<'t>]) {
        self.leave(row, name, What::NestedRepeat, Known::Left);
        for child in children {
            self.leave_all(child.row(), child.name(), child.children());
        }
    }

    fn leave(&mut self, row: &Row, name: &str, what: What, known: Known) {
        self.plan.fates.insert(row.number, Fate::Left(what));
        if !name.is_empty() {
            self.know(name, known);
        }
    }

    fn keep(
        &mut self,
        row: &Row,
        name: &str,
        group: &str,
        repeat: &mut Option<&mut Repeat>,
    ) -> String {
        let several = self.counts.get(name).is_some_and(|count| *count > 1);
        let wanted = match several && !group.is_empty() && repeat.is_none() {
            true => format!("{group}_{name}"),
            false => name.to_owned(),
        };
        let id = match repeat {
            Some(repeat) => field_id(&wanted, &mut repeat.members),
            None => field_id(&wanted, &mut self.ids),
        };
        if id != name {
            self.plan.renamed.push((name.to_owned(), id.clone()));
        }
        self.plan.fates.insert(
            row.number,
            Fate::Kept {
                id: id.clone(),
                value: None,
            },
        );
        id
    }

    fn know(&mut self, name: &str, known: Known) {
        self.plan
            .names
            .0
            .entry(name.to_owned())
            .or_default()
            .push(known);
    }
}

fn is_today(row: &Row) -> bool {
    row.peek("type").trim().eq_ignore_ascii_case("today")
}
