//! `repeat`: the same questions for each of several persons or things. Answer: an array of objects keyed by the members'
//! ids; no entry is no answer.

use super::{Behaviour, Context, Finding, Shown, findings};
use crate::check::check_presence;
use crate::expr::evaluate::is_same;
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use crate::number::Number;
use crate::place::{self, Object};
use serde_json::{Value, json};
use std::rc::Rc;

/// Entries, when the definition does not say.
const MAX: u32 = 20;

pub(super) struct Repeat;

impl Behaviour for Repeat {
    fn name(&self) -> &'static str {
        "repeat"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["field", "min", "max", "ordered", "distinct"]
    }

    fn codes(&self) -> &'static [Code] {
        &["shape", "count", "distinct"]
    }

    fn complete(&self, field: &mut Field) {
        field.max.get_or_insert(MAX.into());
    }

    fn lists(&self, field: &Field) -> Vec<String> {
        let members = field.fields.iter();
        members
            .flat_map(|member| member.kind.behaviour().lists(member))
            .collect()
    }

    /// A part is what all entries have in one place.
    fn meaning(&self, field: &Field) -> Meaning {
        let members = field.fields.iter().map(|member| {
            let its = member.kind.behaviour().meaning(member).whole;
            (member.id.clone(), Type::Many(Rc::new(its)))
        });
        Meaning {
            whole: Type::Entries,
            parts: members.collect(),
        }
    }

    fn check<'a>(
        &self,
        field: &'a Field,
        answer: &Value,
        context: &Context<'_>,
    ) -> Vec<Finding<'a>> {
        let entries = answer.as_array().filter(|entries| !entries.is_empty());
        let Some(entries) = entries else {
            return findings(field, Some("shape"));
        };
        let count = Number::from(u32::try_from(entries.len()).unwrap_or(u32::MAX));
        if !(least(field)..=most(field)).contains(&count) {
            return findings(field, Some("count"));
        }
        let found = entries.iter().enumerate();
        found
            .flat_map(|(at, entry)| check_entry(field, at, entry, context))
            .chain(doubles(field, entries))
            .collect()
    }

    fn display(&self, field: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        let entries = answer.as_array()?.iter().enumerate();
        let lines = entries.map(|(at, entry)| {
            let members = field.fields.iter().filter_map(|member| {
                let answer = entry.get(&member.id)?;
                let answer = member.kind.behaviour().display(member, answer, shown)?;
                Some(format!("{}: {answer}", member.label.get(shown.language)))
            });
            format!("{}. {}", at + 1, members.collect::<Vec<_>>().join(", "))
        });
        Some(lines.collect::<Vec<_>>().join("; "))
    }

    fn schema(&self, field: &Field, shown: &Shown<'_>) -> Value {
        let members = field.fields.iter();
        let properties = members
            .map(|member| {
                (
                    member.id.clone(),
                    member.kind.behaviour().schema(member, shown),
                )
            })
            .collect();
        let required = field.fields.iter().filter(|member| member.required);
        let required: Vec<&str> = required.map(|member| member.id.as_str()).collect();
        json!({
            "type": "array",
            "items": place::object_schema(properties, required),
            "minItems": least(field).whole().unwrap_or(1).max(1),
            "maxItems": most(field),
        })
    }
}

fn least(field: &Field) -> Number {
    field.min.unwrap_or(Number::ZERO)
}

fn most(field: &Field) -> Number {
    field.max.unwrap_or(MAX.into())
}

/// The entries that answer the question of `distinct` as an earlier one does.
fn doubles<'a>(field: &'a Field, entries: &[Value]) -> Vec<Finding<'a>> {
    let Some(id) = &field.distinct else {
        return Vec::new();
    };
    let answer = |at: usize| entries.get(at)?.get(id);
    let is_double = |at: &usize| {
        let same = |its: &Value| {
            (0..*at).any(|earlier| answer(earlier).is_some_and(|other| is_same(other, its)))
        };
        answer(*at).is_some_and(same)
    };
    let found = (0..entries.len()).filter(is_double).map(|at| Finding {
        field,
        path: format!("[{at}].{id}"),
        code: "distinct",
    });
    found.collect()
}

fn check_entry<'a>(
    field: &'a Field,
    at: usize,
    entry: &Value,
    context: &Context<'_>,
) -> Vec<Finding<'a>> {
    let Some(entry) = entry.as_object().filter(|entry| known(field, entry)) else {
        return findings(field, Some("shape"));
    };
    let members = field.fields.iter().flat_map(|member| {
        let found = check_presence(member, entry.get(&member.id), context);
        found.into_iter().map(|finding| Finding {
            path: format!("[{at}].{}", member.id),
            ..finding
        })
    });
    members.collect()
}

fn known(field: &Field, entry: &Object) -> bool {
    let is_member = |key: &String| field.fields.iter().any(|member| member.id == *key);
    entry.keys().all(is_member)
}
