//! The lowered expression: what the compiled form carries and what Rust and JavaScript evaluate alike.

use crate::number::Number;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

/// An expression over the answers. As JSON: a scalar, or an array that begins with the operator's name.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// `true`, `12`, `1.5`, `"text"`.
    Literal(Scalar),
    /// `["get", field, member…]`: an answer, or a member of it.
    Get(String, Vec<String>),
    /// `["in", tree, [scalar…]]`.
    In(Box<Tree>, Vec<Scalar>),
    /// `["map", [[name, tree]…]]`.
    Map(Vec<(String, Tree)>),
    /// `[operator, tree…]`.
    Call(Op, Vec<Tree>),
}

/// A literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text, a code of a list.
    Text(String),
}

/// The operators and functions, each with its name and number of operands in [`Op::TABLE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it; LANGUAGE.md has what each does.
pub enum Op {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    DateEqual,
    DateNotEqual,
    DateLess,
    DateLessEqual,
    DateGreater,
    DateGreaterEqual,
    And,
    Or,
    Not,
    Add,
    Subtract,
    Multiply,
    If,
    Date,
    Today,
    Has,
    Size,
    Letters,
    Digits,
    Slice,
    StartsWith,
    PlusDays,
    PlusYears,
    Year,
    Words,
    SameName,
    IdFits,
    Mentions,
    Each,
    Holds,
    Sum,
    Max,
    Min,
    DistrictOf,
    Open,
}

/// `&&` and `||` take two operands or more; `open` takes a code, then for each item of a list its code, from when and
/// until when it is open, as texts that are empty where there is no bound.
const ANY_NUMBER: usize = usize::MAX;

impl Op {
    /// Every operator: itself, its name in JSON (and, for functions, in expressions), how many operands.
    pub const TABLE: &'static [(Self, &'static str, usize)] = &[
        (Self::Equal, "==", 2),
        (Self::NotEqual, "!=", 2),
        (Self::Less, "<", 2),
        (Self::LessEqual, "<=", 2),
        (Self::Greater, ">", 2),
        (Self::GreaterEqual, ">=", 2),
        (Self::DateEqual, "d==", 2),
        (Self::DateNotEqual, "d!=", 2),
        (Self::DateLess, "d<", 2),
        (Self::DateLessEqual, "d<=", 2),
        (Self::DateGreater, "d>", 2),
        (Self::DateGreaterEqual, "d>=", 2),
        (Self::And, "&&", ANY_NUMBER),
        (Self::Or, "||", ANY_NUMBER),
        (Self::Not, "!", 1),
        (Self::Add, "+", 2),
        (Self::Subtract, "-", 2),
        (Self::Multiply, "*", 2),
        (Self::If, "?", 3),
        (Self::Date, "date", 1),
        (Self::Today, "today", 0),
        (Self::Has, "has", 1),
        (Self::Size, "size", 1),
        (Self::Letters, "letters", 1),
        (Self::Digits, "digits", 1),
        (Self::Slice, "slice", 3),
        (Self::StartsWith, "starts_with", 2),
        (Self::PlusDays, "plus_days", 2),
        (Self::PlusYears, "plus_years", 2),
        (Self::Year, "year", 1),
        (Self::Words, "words", 1),
        (Self::SameName, "same_name", 2),
        (Self::IdFits, "id_fits", 3),
        (Self::Mentions, "mentions", 2),
        (Self::Each, "each", 2),
        (Self::Holds, "holds", 2),
        (Self::Sum, "sum", 1),
        (Self::Max, "max", 1),
        (Self::Min, "min", 1),
        (Self::DistrictOf, "district_of", 1),
        (Self::Open, "open", ANY_NUMBER),
    ];

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        Self::TABLE
            .iter()
            .find(|(op, ..)| *op == self)
            .map_or("", |(_, name, _)| name)
    }

    pub(crate) fn named(name: &str) -> Option<(Self, usize)> {
        Self::TABLE
            .iter()
            .find(|(_, its_name, _)| *its_name == name)
            .map(|(op, _, operands)| (*op, *operands))
    }
}

impl Tree {
    /// Calls `visit` with the expression and all that it is made of, from the outside in.
    pub fn each<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::Literal(_) | Self::Get(..) => {}
            Self::In(tree, _) => tree.each(visit),
            Self::Map(entries) => entries.iter().for_each(|(_, tree)| tree.each(visit)),
            Self::Call(_, operands) => operands.iter().for_each(|tree| tree.each(visit)),
        }
    }

    /// Calls `visit` with the id of each field that the expression refers to, in order, doubles included.
    pub fn each_field<'a>(&'a self, visit: &mut impl FnMut(&'a str)) {
        self.each(&mut |tree| {
            if let Self::Get(field, _) = tree {
                visit(field);
            }
        });
    }

    /// The ids of the fields that the expression refers to.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields = Vec::new();
        self.each_field(&mut |field| {
            if !fields.contains(&field) {
                fields.push(field);
            }
        });
        fields
    }

    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Literal(scalar) => scalar.to_json(),
            Self::Get(field, members) => {
                let path = std::iter::once(field).chain(members);
                std::iter::once("get".to_owned())
                    .chain(path.cloned())
                    .collect()
            }
            Self::In(tree, scalars) => {
                let scalars: Value = scalars.iter().map(Scalar::to_json).collect();
                json!(["in", tree.to_json(), scalars])
            }
            Self::Map(entries) => {
                let entries: Value = entries
                    .iter()
                    .map(|(name, tree)| json!([name, tree.to_json()]))
                    .collect();
                json!(["map", entries])
            }
            Self::Call(op, operands) => std::iter::once(Value::from(op.name()))
                .chain(operands.iter().map(Self::to_json))
                .collect(),
        }
    }

    fn from_json(json: &Value) -> Option<Self> {
        let Value::Array(array) = json else {
            return Scalar::from_json(json).map(Self::Literal);
        };
        let (head, rest) = array.split_first()?;
        match (head.as_str()?, rest) {
            ("get", [field, members @ ..]) => {
                let members: Option<Vec<_>> = members.iter().map(text).collect();
                Some(Self::Get(text(field)?, members?))
            }
            ("in", [tree, Value::Array(scalars)]) => {
                let scalars: Option<_> = scalars.iter().map(Scalar::from_json).collect();
                Some(Self::In(Box::new(Self::from_json(tree)?), scalars?))
            }
            ("map", [Value::Array(entries)]) => {
                let entry = |entry: &Value| match entry.as_array()?.as_slice() {
                    [name, tree] => Some((text(name)?, Self::from_json(tree)?)),
                    _ => None,
                };
                entries
                    .iter()
                    .map(entry)
                    .collect::<Option<_>>()
                    .map(Self::Map)
            }
            (name, operands) => {
                let (op, count) = Op::named(name)?;
                let fits = if count == ANY_NUMBER {
                    operands.len() >= 2
                } else {
                    operands.len() == count
                };
                let operands: Option<_> = operands.iter().map(Self::from_json).collect();
                fits.then_some(Self::Call(op, operands?))
            }
        }
    }
}

fn text(json: &Value) -> Option<String> {
    json.as_str().map(str::to_owned)
}

impl Scalar {
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Bool(value) => (*value).into(),
            Self::Number(value) => (*value).into(),
            Self::Text(value) => value.as_str().into(),
        }
    }

    fn from_json(json: &Value) -> Option<Self> {
        match json {
            Value::Bool(value) => Some(Self::Bool(*value)),
            Value::Number(value) => value.as_f64().and_then(Number::rounded).map(Self::Number),
            Value::String(value) => Some(Self::Text(value.clone())),
            _ => None,
        }
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Value::deserialize(deserializer)?;
        Self::from_json(&json)
            .ok_or_else(|| serde::de::Error::custom(format!("not an expression: {json}")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_no_expression_is_refused() {
        for wrong in [
            r#"["nothing"]"#,
            r#"["==", 1]"#,
            r#"["&&", true]"#,
            r#"["get"]"#,
            r#"["in", 1, 2]"#,
            r#"["map", [["a"]]]"#,
            "[]",
            "null",
            "1e300",
            "{}",
        ] {
            assert!(serde_json::from_str::<Tree>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_operator_comes_back_from_json() {
        for (op, _, count) in Op::TABLE {
            let count = if *count == ANY_NUMBER { 3 } else { *count };
            let operand = Tree::Get("a.b".into(), vec!["c".into()]);
            let tree = Tree::Call(*op, vec![operand; count]);
            let json = serde_json::to_string(&tree).unwrap();
            assert_eq!(serde_json::from_str::<Tree>(&json).unwrap(), tree);
        }
    }
}
