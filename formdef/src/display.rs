//! How an answer prints, in the intake's list and for a review.

use crate::expr::{Op, Tree};
use crate::form::{Field, Form};
use crate::kinds::{Shown, show_date, yes_or_no};
use crate::list::Lists;
use serde_json::Value;

/// An answer in words, on one line (a `multiline` one on its own lines): days as dd/MM/yyyy, codes as their labels, an address with the smallest unit first.
/// An answer that is not of its kind's shape prints as the JSON that it is.
pub fn display(
    form: &Form,
    field: &Field,
    answer: &Value,
    lists: &Lists,
    language: &str,
) -> String {
    let shown = Shown { lists, language };
    let behaviour = field.kind.behaviour();
    let words = match (&field.value, &field.of) {
        (Some(tree), _) => behaviour
            .display(field, answer, &shown)
            .or_else(|| computed(form, tree, answer, &shown)),
        (_, Some(of)) => behaviour.display(field, answer, &shown).map(|number| {
            let group = form
                .field(of)
                .map_or(of.as_str(), |group| group.label.get(language));
            format!("{group}: {number}")
        }),
        _ => behaviour.display(field, answer, &shown),
    };
    words.unwrap_or_else(|| plain(answer, &shown))
}

/// A computed value prints as the answers that it is made of.
fn computed(form: &Form, tree: &Tree, value: &Value, shown: &Shown<'_>) -> Option<String> {
    match tree {
        Tree::Get(id, members) if members.is_empty() => {
            let field = form.field(id)?;
            Some(display(form, field, value, shown.lists, shown.language))
        }
        Tree::Map(entries) => {
            let entries = entries.iter().filter_map(|(name, tree)| {
                let value = value.get(name)?;
                let words =
                    computed(form, tree, value, shown).unwrap_or_else(|| plain(value, shown));
                Some(format!("{}: {words}", label(form, name, tree, shown)))
            });
            Some(entries.collect::<Vec<_>>().join("; "))
        }
        Tree::Call(Op::Today | Op::Date | Op::PlusDays | Op::PlusYears, _) => {
            show_date(value.as_str()?, shown)
        }
        // Both ways are printed alike: whichever it was, the value is of the same type.
        Tree::Call(Op::If, operands) => computed(form, operands.get(1)?, value, shown),
        _ => None,
    }
}

/// What a member of a computed object is called: the label of the answer that it copies, else its name.
fn label(form: &Form, name: &str, tree: &Tree, shown: &Shown<'_>) -> String {
    let copied = match tree {
        Tree::Get(id, members) if members.is_empty() => form.field(id),
        _ => None,
    };
    copied
        .map_or(name, |field| field.label.get(shown.language))
        .to_owned()
}

fn plain(value: &Value, shown: &Shown<'_>) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(yes) => yes_or_no(*yes, shown),
        other => other.to_string(),
    }
}
