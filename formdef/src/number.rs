//! Numbers as answers, bounds and expressions have them: whole ones exactly, others to six digits after the point.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;
use std::ops::Neg;

/// The largest whole number that JavaScript holds exactly: 2⁵³ − 1.
pub(crate) const NUMBER_MAX: i64 = (1 << 53) - 1;
/// Digits after the point.
pub(crate) const DECIMALS_MAX: u8 = 6;
/// 10 to the power of 0 … [`DECIMALS_MAX`].
const POWERS: [f64; DECIMALS_MAX as usize + 1] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];

/// A number from −(2⁵³ − 1) to 2⁵³ − 1, of at most six digits after the point.
///
/// It is a double, as in JavaScript: both languages add, subtract, multiply and round doubles alike, bit by bit.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Number(f64);

impl Number {
    /// Zero.
    pub(crate) const ZERO: Self = Self(0.0);

    /// The number nearest to what arithmetic gave, half of the last digit upwards; `None` when it is too large.
    pub(crate) fn rounded(number: f64) -> Option<Self> {
        let fits = number.abs() <= NUMBER_MAX as f64;
        fits.then(|| Self(round(number, DECIMALS_MAX)))
    }

    /// A number as it was answered, whatever digits it has; `None` for what is no number, or too large.
    pub(crate) fn answered(answer: &Value) -> Option<Self> {
        let number = answer.as_f64()?;
        (number.abs() <= NUMBER_MAX as f64).then_some(Self(number))
    }

    /// Whether it has at most so many digits after the point.
    pub(crate) fn has_decimals(self, most: u8) -> bool {
        round(self.0, most) == self.0
    }

    pub(crate) fn is_whole(self) -> bool {
        self.has_decimals(0)
    }

    /// As an integer, when it is one.
    pub(crate) fn whole(self) -> Option<i64> {
        self.is_whole().then_some(self.0 as i64)
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        Self::rounded(self.0 + other.0)
    }

    pub(crate) fn minus(self, other: Self) -> Option<Self> {
        Self::rounded(self.0 - other.0)
    }

    pub(crate) fn times(self, other: Self) -> Option<Self> {
        Self::rounded(self.0 * other.0)
    }

    /// The digits in groups of three, as people here write them: `1.234.567,5`; in English `1,234,567.5`.
    pub(crate) fn grouped(self, language: &str) -> String {
        let (group, point) = if language == "en" {
            (',', '.')
        } else {
            ('.', ',')
        };
        let digits = self.0.abs().to_string();
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let mut words = String::from(if self.0 < 0.0 { "-" } else { "" });
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at) % 3 == 0 {
                words.push(group);
            }
            words.push(digit);
        }
        if !fraction.is_empty() {
            words.push(point);
            words += fraction;
        }
        words
    }
}

/// To so many digits after the point, half of the last digit upwards. A whole number stays as it is.
fn round(number: f64, decimals: u8) -> f64 {
    let power = POWERS[usize::from(decimals.min(DECIMALS_MAX))];
    if number.fract() == 0.0 {
        number
    } else {
        (number * power + 0.5).floor() / power
    }
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self(number.into())
    }
}

impl Neg for Number {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.whole() {
            Some(whole) => serializer.serialize_i64(whole),
            None => serializer.serialize_f64(self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::rounded(number).ok_or_else(|| serde::de::Error::custom("the number is too large"))
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        match number.whole() {
            Some(whole) => whole.into(),
            None => number.0.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn number(of: f64) -> Number {
        Number::rounded(of).unwrap()
    }

    #[test]
    fn sums_of_decimals_are_what_people_expect() {
        assert_eq!(number(0.1).plus(number(0.2)), Some(number(0.3)));
        assert_eq!(number(1.1).times(number(1.1)), Some(number(1.21)));
        assert_eq!(number(0.3).minus(number(0.1)), Some(number(0.2)));
    }

    #[test]
    fn beyond_what_is_exact_there_is_no_number() {
        let most = number(NUMBER_MAX as f64);
        assert_eq!(most.plus(number(1.0)), None);
        assert_eq!((-most).minus(number(1.0)), None);
        assert_eq!(Number::rounded(f64::NAN), None);
    }

    #[test]
    fn digits_stand_in_groups() {
        assert_eq!(number(8000.0).grouped("vi"), "8.000");
        assert_eq!(number(-1_234_567.5).grouped("vi"), "-1.234.567,5");
        assert_eq!(number(1_234_567.5).grouped("en"), "1,234,567.5");
        assert_eq!(number(999.0).grouped("vi"), "999");
    }
}
