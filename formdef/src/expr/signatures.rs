//! The functions: what they take and what they give.

use super::tree::{Op, Scalar, Tree};
use super::types::Type;
use crate::Date;
use crate::kinds::agency_list;
use crate::noun;
use crate::read::Mistake;

/// What a function takes.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    Number,
    Text,
    Date,
    /// A text that is a day, written out.
    Day,
    /// A field or a part of one.
    Field,
    TextOrEntries,
    IdPaper,
    /// A code of the list `agencies`.
    Agency,
}

impl Wanted {
    /// Why a value cannot stand here.
    pub(super) fn refuses(self, function: &str, tree: &Tree, its: &Type) -> Option<Mistake> {
        let (fits, wanted) = match self {
            Self::Number => (its.fits(&Type::Number), noun::NUMBER),
            Self::Text => (its.is_text(), noun::TEXT),
            Self::Date => (its.fits(&Type::Date), noun::DATE),
            Self::TextOrEntries => (its.is_text() || *its == Type::Entries, noun::TEXT_OR_REPEAT),
            Self::IdPaper => (
                matches!(its, Type::Record("id-paper") | Type::Any),
                noun::ID_PAPER,
            ),
            Self::Agency => (
                matches!(its, Type::Code(codes) if codes.of == noun::THE_LIST.named(agency_list()))
                    || *its == Type::Any,
                noun::WARD,
            ),
            Self::Field => {
                let is_field = matches!(tree, Tree::Get(..)) || *its == Type::Any;
                return (!is_field).then_some(Mistake::HasNeedsField);
            }
            Self::Day => {
                return match tree {
                    Tree::Literal(Scalar::Text(day)) if Date::parse(day).is_some() => None,
                    Tree::Literal(Scalar::Text(day)) => {
                        Some(Mistake::NotADay { text: day.clone() })
                    }
                    _ => Some(Mistake::NotADay { text: "…".into() }),
                };
            }
        };
        (!fits).then(|| Mistake::WrongOperand {
            of: function.to_owned(),
            wanted,
            found: its.describe(),
        })
    }
}

/// Operator, what it takes, what it gives.
pub(super) const SIGNATURES: &[(Op, &[Wanted], Type)] = &[
    (Op::Today, &[], Type::Date),
    (Op::Date, &[Wanted::Day], Type::Date),
    (Op::Has, &[Wanted::Field], Type::Bool),
    (Op::Size, &[Wanted::TextOrEntries], Type::Number),
    (Op::Letters, &[Wanted::Text], Type::Number),
    (Op::Digits, &[Wanted::Text], Type::Number),
    (
        Op::Slice,
        &[Wanted::Text, Wanted::Number, Wanted::Number],
        Type::Text,
    ),
    (Op::StartsWith, &[Wanted::Text, Wanted::Text], Type::Bool),
    (Op::PlusDays, &[Wanted::Date, Wanted::Number], Type::Date),
    (Op::PlusYears, &[Wanted::Date, Wanted::Number], Type::Date),
    (Op::Year, &[Wanted::Date], Type::Number),
    (Op::Words, &[Wanted::Date], Type::Text),
    (Op::SameName, &[Wanted::Text, Wanted::Text], Type::Bool),
    (
        Op::IdFits,
        &[Wanted::IdPaper, Wanted::Text, Wanted::Date],
        Type::Bool,
    ),
    (Op::Mentions, &[Wanted::Text, Wanted::Agency], Type::Bool),
];

pub(super) fn signature(name: &str) -> Option<(Op, &'static [Wanted], Type)> {
    let (op, wanted, result) = SIGNATURES.iter().find(|(op, ..)| op.name() == name)?;
    Some((*op, wanted, result.clone()))
}
