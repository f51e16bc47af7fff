//! Between which bounds a number lies, as comparisons narrow it.

use std::collections::BTreeSet;

/// How two numbers stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Relation {
    /// What holds when this does not.
    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterEqual,
            Self::LessEqual => Self::Greater,
            Self::Greater => Self::LessEqual,
            Self::GreaterEqual => Self::Less,
        }
    }

    /// The same, seen from the other number.
    pub(super) fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
            same => same,
        }
    }

    pub(super) fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterEqual => left >= right,
        }
    }
}

/// Bounds, in halves: 10 is 5, 11 is all that is more than 5 and less than 6.
#[derive(Clone, Debug)]
pub(super) struct Range {
    least: i64,
    greatest: i64,
    /// Whole numbers that it is not.
    holes: BTreeSet<i64>,
}

impl Range {
    /// Both included.
    pub(super) fn between(least: Option<i64>, greatest: Option<i64>) -> Self {
        Self {
            least: least.map_or(i64::MIN, |least| least.saturating_mul(2)),
            greatest: greatest.map_or(i64::MAX, |greatest| greatest.saturating_mul(2)),
            holes: BTreeSet::new(),
        }
    }

    /// Takes away what does not stand in that relation to `bound`. `whole`: the number has no fraction.
    pub(super) fn narrow(&mut self, relation: Relation, bound: i64, whole: bool) {
        let step = if whole { 2 } else { 1 };
        let at = bound.saturating_mul(2);
        if matches!(
            relation,
            Relation::Less | Relation::LessEqual | Relation::Equal
        ) {
            let below = if relation == Relation::Less { step } else { 0 };
            self.greatest = self.greatest.min(at.saturating_sub(below));
        }
        if matches!(
            relation,
            Relation::Greater | Relation::GreaterEqual | Relation::Equal
        ) {
            let above = if relation == Relation::Greater {
                step
            } else {
                0
            };
            self.least = self.least.max(at.saturating_add(above));
        }
        if relation == Relation::NotEqual {
            self.holes.insert(at);
        }
        while self.holes.contains(&self.least) && self.least <= self.greatest {
            self.least = self.least.saturating_add(step);
        }
        while self.holes.contains(&self.greatest) && self.least <= self.greatest {
            self.greatest = self.greatest.saturating_sub(step);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.least > self.greatest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_empty_when_no_number_is_left() {
        use Relation::*;
        type Comparisons = &'static [(Relation, i64)];
        let cases: &[(Comparisons, bool, bool)] = &[
            (&[(Greater, 5), (Less, 3)], true, true),
            (&[(Greater, 5), (Less, 6)], true, false),
            (&[(GreaterEqual, 5), (Less, 5)], true, true),
            (&[(GreaterEqual, 5), (LessEqual, 5)], false, false),
            (
                &[(GreaterEqual, 5), (LessEqual, 5), (NotEqual, 5)],
                true,
                true,
            ),
            (&[(Equal, 5), (NotEqual, 6)], false, false),
            (&[(Less, i64::MIN)], false, false),
        ];
        for (comparisons, whole_is_empty, is_empty) in cases {
            for (whole, expected) in [(true, whole_is_empty), (false, is_empty)] {
                let mut range = Range::between(None, None);
                for (relation, bound) in *comparisons {
                    range.narrow(*relation, *bound, whole);
                }
                assert_eq!(
                    range.is_empty(),
                    *expected,
                    "{comparisons:?}, whole: {whole}"
                );
            }
        }
    }
}
