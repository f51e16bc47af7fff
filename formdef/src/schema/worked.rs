//! The JSON Schema of a value that is worked out, by the expression that gives it.

use crate::expr::{Op, Scalar, Tree};
use crate::form::{Field, Form};
use crate::kinds::Shown;
use serde_json::{Map, Value, json};

/// What the field's expression can give; of a field of its own kind, that kind's schema.
pub(super) fn schema(form: &Form, field: &Field, shown: &Shown<'_>) -> Value {
    match (&field.value, field.gives) {
        (Some(tree), None) => given_by(tree, form, shown),
        _ => field.kind.behaviour().schema(field, shown),
    }
}

fn given_by(tree: &Tree, form: &Form, shown: &Shown<'_>) -> Value {
    match tree {
        Tree::Literal(Scalar::Text(_)) => json!({"type": "string"}),
        Tree::Literal(Scalar::Number(_)) => json!({"type": "number"}),
        Tree::Literal(Scalar::Bool(_)) | Tree::In(..) => json!({"type": "boolean"}),
        Tree::Get(id, parts) => answered(id, parts, form, shown),
        Tree::Map(entries) => {
            let members = entries.iter();
            let members = members.map(|(name, tree)| (name.clone(), given_by(tree, form, shown)));
            let members: Map<String, Value> = members.collect();
            json!({"type": "object", "properties": members, "additionalProperties": false, "minProperties": 1})
        }
        Tree::Call(op, operands) => of_operator(*op, operands, form, shown),
    }
}

/// The answer to a question, or a part of it.
fn answered(id: &str, parts: &[String], form: &Form, shown: &Shown<'_>) -> Value {
    let Some(field) = form.field(id) else {
        return json!({});
    };
    let mut whole = schema(form, field, shown);
    for part in parts {
        whole = whole["properties"][part].take();
    }
    whole
}

fn of_operator(op: Op, operands: &[Tree], form: &Form, shown: &Shown<'_>) -> Value {
    let operand = |at: usize| operands.get(at).map(|tree| given_by(tree, form, shown));
    match op {
        Op::If => match (operand(1), operand(2)) {
            (one, other) if one == other => one.unwrap_or_default(),
            (one, other) => json!({"anyOf": [one, other]}),
        },
        // It joins texts and adds numbers.
        Op::Add => {
            let is_text = |schema: Option<Value>| schema.is_some_and(|its| its["type"] == "string");
            let is_text = is_text(operand(0)) || is_text(operand(1));
            json!({"type": if is_text { "string" } else { "number" }})
        }
        Op::Subtract | Op::Multiply | Op::Sum | Op::Max | Op::Min => json!({"type": "number"}),
        Op::Size | Op::Letters | Op::Digits | Op::Year => json!({"type": "integer"}),
        Op::Slice | Op::Words | Op::DistrictOf => json!({"type": "string"}),
        Op::Date | Op::Today | Op::PlusDays | Op::PlusYears => day(),
        Op::Each => json!({"type": "array"}),
        Op::Equal
        | Op::NotEqual
        | Op::Less
        | Op::LessEqual
        | Op::Greater
        | Op::GreaterEqual
        | Op::DateEqual
        | Op::DateNotEqual
        | Op::DateLess
        | Op::DateLessEqual
        | Op::DateGreater
        | Op::DateGreaterEqual
        | Op::And
        | Op::Or
        | Op::Not
        | Op::Has
        | Op::StartsWith
        | Op::SameName
        | Op::IdFits
        | Op::Mentions
        | Op::Holds
        | Op::Open => json!({"type": "boolean"}),
    }
}

/// A day, as the answers of kind `date` have it.
fn day() -> Value {
    json!({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
}
