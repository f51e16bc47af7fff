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
    Whole,
    Text,
    Date,
    /// A text that is a day, written out.
    Day,
    /// A field or a part of one.
    Field,
    Countable,
    IdPaper,
    /// The answers to a question of a repeat group that asks for a number.
    Numbers,
    /// A code of the list `agencies`.
    Agency,
}

impl Wanted {
    /// Why a value cannot stand here.
    pub(super) fn refuses(self, function: &str, tree: &Tree, its: &Type) -> Option<Mistake> {
        let (fits, wanted) = match self {
            Self::Whole => (its.fits(&Type::Whole), noun::WHOLE_NUMBER),
            Self::Text => (its.is_text(), noun::TEXT),
            Self::Date => (its.fits(&Type::Date), noun::DATE),
            Self::Countable => (
                its.is_text() || matches!(its, Type::Entries | Type::Many(_)),
                noun::COUNTABLE,
            ),
            Self::Numbers => (
                matches!(its, Type::Many(inner) if inner.is_number()) || *its == Type::Any,
                noun::NUMBERS,
            ),
            Self::IdPaper => (
                matches!(its, Type::Record("id-paper") | Type::Text | Type::Any),
                noun::ID_PAPER,
            ),
            Self::Agency => (
                matches!(its, Type::Code(codes) if codes.is_of_list(agency_list()))
                    || *its == Type::Any,
                noun::WARD,
            ),
            Self::Field => {
                let is_field =
                    matches!(tree, Tree::Get(..) | Tree::Call(Op::Each, _)) || *its == Type::Any;
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
    (Op::Size, &[Wanted::Countable], Type::Whole),
    (Op::Letters, &[Wanted::Text], Type::Whole),
    (Op::Digits, &[Wanted::Text], Type::Whole),
    (
        Op::Slice,
        &[Wanted::Text, Wanted::Whole, Wanted::Whole],
        Type::Text,
    ),
    (Op::StartsWith, &[Wanted::Text, Wanted::Text], Type::Bool),
    (Op::PlusDays, &[Wanted::Date, Wanted::Whole], Type::Date),
    (Op::PlusYears, &[Wanted::Date, Wanted::Whole], Type::Date),
    (Op::Year, &[Wanted::Date], Type::Whole),
    (Op::Words, &[Wanted::Date], Type::Text),
    (Op::SameName, &[Wanted::Text, Wanted::Text], Type::Bool),
    (
        Op::IdFits,
        &[Wanted::IdPaper, Wanted::Text, Wanted::Date],
        Type::Bool,
    ),
    (Op::Mentions, &[Wanted::Text, Wanted::Agency], Type::Bool),
    (Op::Sum, &[Wanted::Numbers], Type::Number),
    (Op::Max, &[Wanted::Numbers], Type::Number),
    (Op::Min, &[Wanted::Numbers], Type::Number),
    (Op::DistrictOf, &[Wanted::Agency], Type::Text),
];

pub(super) fn signature(name: &str) -> Option<(Op, &'static [Wanted], Type)> {
    let (op, wanted, result) = SIGNATURES.iter().find(|(op, ..)| op.name() == name)?;
    Some((*op, wanted, result.clone()))
}
