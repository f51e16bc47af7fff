//! The rows of the sheet `survey` → a tree of groups, repeats and questions.

use std::collections::BTreeMap;

use super::columns::{Row, Table};
use super::fault::Mistake;
use super::loss::What;
use super::types::{Left, Question, RowType};

/// A row, or a row with those that it holds.
pub(super) enum Node<'t> {
    Question {
        row: &'t Row,
        name: String,
        question: Question,
    },
    Group {
        row: &'t Row,
        name: String,
        children: Vec<Node<'t>>,
    },
    Repeat {
        row: &'t Row,
        name: String,
        children: Vec<Node<'t>>,
    },
    /// No equal.
    Left {
        row: &'t Row,
        name: String,
        what: What,
    },
}

impl<'t> Node<'t> {
    /// What the row is called; empty when it has no name.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Question { name, .. }
            | Self::Group { name, .. }
            | Self::Repeat { name, .. }
            | Self::Left { name, .. } => name,
        }
    }

    pub(super) fn row(&self) -> &'t Row {
        match self {
            Self::Question { row, .. }
            | Self::Group { row, .. }
            | Self::Repeat { row, .. }
            | Self::Left { row, .. } => row,
        }
    }

    pub(super) fn children(&self) -> &[Node<'t>] {
        match self {
            Self::Group { children, .. } | Self::Repeat { children, .. } => children,
            _ => &[],
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Holder {
    Group,
    Repeat,
    Loop,
}

/// What was begun and is not ended yet.
struct Open<'t> {
    kind: Holder,
    row: &'t Row,
    name: String,
    children: Vec<Node<'t>>,
}

/// Reads the whole sheet.
pub(super) fn tree(table: &Table) -> Result<Vec<Node<'_>>, Mistake> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut top: Vec<Node<'_>> = Vec::new();
    for row in &table.rows {
        let row_type = RowType::parse(row.peek("type"));
        let begun = match row_type {
            RowType::BeginGroup => Some(Holder::Group),
            RowType::BeginRepeat => Some(Holder::Repeat),
            RowType::BeginLoop => Some(Holder::Loop),
            _ => None,
        };
        let ended = match row_type {
            RowType::EndGroup => Some(Holder::Group),
            RowType::EndRepeat => Some(Holder::Repeat),
            RowType::EndLoop => Some(Holder::Loop),
            _ => None,
        };
        if let Some(kind) = begun.filter(|_| !is_disabled(row)) {
            let name = row.peek("name").to_owned();
            open.push(Open {
                kind,
                row,
                name,
                children: Vec::new(),
            });
            continue;
        }
        let node = match ended.filter(|_| !is_disabled(row)) {
            Some(kind) => close(&mut open, row, kind)?,
            None => leaf(row, row_type),
        };
        let siblings = open.last_mut().map_or(&mut top, |open| &mut open.children);
        siblings.push(node);
    }
    if let Some(open) = open.pop() {
        return Err(Mistake::NoEnd {
            place: place(open.row),
            what: open.row.peek("type").to_owned(),
        });
    }
    distinct(&top)?;
    Ok(top)
}

fn close<'t>(open: &mut Vec<Open<'t>>, row: &Row, kind: Holder) -> Result<Node<'t>, Mistake> {
    let what = row.peek("type").to_owned();
    row.take("type");
    row.take("name");
    let begun = open.pop().ok_or_else(|| Mistake::NoBegin {
        place: place(row),
        what: what.clone(),
    })?;
    if begun.kind != kind {
        return Err(Mistake::WrongEnd {
            place: place(row),
            what,
            begun: format!("«{}» ({})", begun.row.peek("type"), place(begun.row)),
        });
    }
    let Open {
        row,
        name,
        children,
        ..
    } = begun;
    Ok(match kind {
        Holder::Group => Node::Group {
            row,
            name,
            children,
        },
        Holder::Repeat => Node::Repeat {
            row,
            name,
            children,
        },
        Holder::Loop => Node::Group {
            row,
            name,
            children: children.into_iter().map(in_loop).collect(),
        },
    })
}

/// Everything in a loop is left out.
fn in_loop(node: Node<'_>) -> Node<'_> {
    let (row, name) = (node.row(), node.name().to_owned());
    let kind = Left::Loop;
    match node {
        Node::Group { children, .. } | Node::Repeat { children, .. } => Node::Group {
            row,
            name,
            children: children.into_iter().map(in_loop).collect(),
        },
        _ => Node::Left {
            row,
            what: What::Type {
                kind,
                name: name.clone(),
            },
            name,
        },
    }
}

fn leaf(row: &Row, row_type: RowType) -> Node<'_> {
    let name = row.peek("name").to_owned();
    let typed = row.peek("type");
    let left = |what| Node::Left {
        row,
        name: name.clone(),
        what,
    };
    match row_type {
        _ if is_disabled(row) => left(What::Disabled),
        _ if typed.is_empty() || typed.starts_with('#') => left(What::NoType),
        RowType::Left(kind) => left(What::Type {
            kind,
            name: name.clone(),
        }),
        RowType::Question(_) if name.is_empty() => left(What::NoName),
        RowType::Question(question) => Node::Question {
            row,
            name,
            question,
        },
        _ => left(What::UnknownType {
            name: typed.to_owned(),
        }),
    }
}

fn is_disabled(row: &Row) -> bool {
    matches!(
        row.peek("disabled").to_lowercase().as_str(),
        "yes" | "true" | "true()"
    )
}

/// No two of one group may share a name.
fn distinct(siblings: &[Node<'_>]) -> Result<(), Mistake> {
    let mut seen: BTreeMap<&str, &Row> = BTreeMap::new();
    for node in siblings {
        let asked = !matches!(node, Node::Left { .. }) && !node.name().is_empty();
        if asked && let Some(first) = seen.insert(node.name(), node.row()) {
            return Err(Mistake::NameTwice {
                place: place(node.row()),
                name: node.name().to_owned(),
                first: place(first),
            });
        }
        distinct(node.children())?;
    }
    Ok(())
}

fn place(row: &Row) -> String {
    let at = row.at("type");
    format!("{}!{}", at.sheet, at.cell)
}
