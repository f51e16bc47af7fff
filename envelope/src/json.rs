//! A strict reader of JSON: what two readers could understand in two ways is refused.
//!
//! Refused are duplicate names, floats (also `1.0` and `1e3`), integers beyond 2⁵³ − 1, deep nesting, a byte order mark,
//! lone surrogates and bytes that are not UTF-8. White space between tokens and any order of members are fine: signed
//! texts are compared as bytes, never written again from values.

use std::collections::HashSet;
use std::fmt;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::Deserializer;

use crate::limits::{JSON_DEPTH_MAX, JSON_INTEGER_MAX};

/// Reads `T` from a JSON text.
///
/// Unknown members are refused when `T` refuses them (`deny_unknown_fields`). The text is bounded by the caller.
///
/// # Errors
/// [`JsonFault`] says what is wrong and at which line and column.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonFault> {
    read_as(text, false)
}

/// As [`read`], but numbers may have digits after the point, as answers do: `52.5`, never `52.0`.
///
/// # Errors
/// As those of [`read`].
pub fn read_with_fractions<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonFault> {
    read_as(text, true)
}

fn read_as<T: DeserializeOwned>(text: &[u8], fractions: bool) -> Result<T, JsonFault> {
    check(text, fractions)?;
    serde_json::from_slice(text).map_err(|error| JsonFault(error.to_string()))
}

/// For members that may be absent but never `null`: `#[serde(default, deserialize_with = "json::present")]`.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: de::Deserialize<'de>,
    D: de::Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

fn check(text: &[u8], fractions: bool) -> Result<(), JsonFault> {
    let mut deserializer = Deserializer::from_slice(text);
    let strict = Strict {
        depth: 0,
        fractions,
    };
    strict
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|error| JsonFault(error.to_string()))
}

/// Walks over one value, keeps nothing, and stops at the first thing that is not strict.
#[derive(Clone, Copy)]
struct Strict {
    /// How many arrays and objects are open around this value.
    depth: usize,
    /// Whether a number may have digits after the point.
    fractions: bool,
}

impl Strict {
    fn inside<E: de::Error>(self) -> Result<Self, E> {
        if self.depth == JSON_DEPTH_MAX {
            return Err(E::custom(format_args!(
                "nested deeper than {JSON_DEPTH_MAX}"
            )));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without floats")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        if number > JSON_INTEGER_MAX {
            return Err(E::custom("an integer beyond 2^53 - 1"));
        }
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        self.visit_u64(number.unsigned_abs())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        // A whole number has one spelling, and none beyond what is exact has a fraction.
        if self.fractions && number.fract() != 0.0 {
            return Ok(());
        }
        Err(E::invalid_type(Unexpected::Float(number), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inside = self.inside()?;
        while items.next_element_seed(inside)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inside = self.inside()?;
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if !names.insert(name) {
                return Err(de::Error::custom("a name that was there before"));
            }
            members.next_value_seed(inside)?;
        }
        Ok(())
    }
}

/// Why a text is not strict JSON, or not of the wanted shape, with line and column.
///
/// It may quote a piece of the text: of a sealed part's plaintext, log only that it failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonFault(String);

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for JsonFault {}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn takes_plain_json() {
        for text in [
            "{}",
            " [1, -1, true, null, \"\\u00e9\"]\n",
            "9007199254740991",
            "-9007199254740991",
            "\"\\ud83d\\ude00\"",
            r#"{"a":{"b":1},"b":{"a":1}}"#,
        ] {
            assert!(read::<Value>(text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn refuses_what_two_readers_understand_differently() {
        for (text, why) in [
            (&b"{\"a\":1,\"a\":1}"[..], "there before"),
            (b"{\"a\":1,\"\\u0061\":1}", "there before"),
            (b"[{\"x\":[{\"a\":1,\"a\":1}]}]", "there before"),
            (b"1.0", "floating point `1.0`, expected JSON without floats"),
            (b"1e3", "floating point"),
            (b"-0", "floating point"),
            (b"1e999", "out of range"),
            (b"9007199254740992", "beyond 2^53"),
            (b"-9007199254740992", "beyond 2^53"),
            (b"18446744073709551616", "floating point"),
            (b"NaN", "expected"),
            (b"\xEF\xBB\xBF{}", "expected"),
            (b"\"\\ud800\"", "hex escape"),
            (b"\"\\ud800x\"", "hex escape"),
            (b"\"\\udc00\"", "surrogate"),
            (b"\"\xff\"", "unicode"),
            (b"\"\xed\xa0\x80\"", "unicode"),
            (b"\"\x01\"", "control character"),
            (b"{} {}", "trailing"),
            (b"{\"a\":1,}", "trailing comma"),
            (b"", "EOF"),
            (b"// x\n{}", "expected"),
        ] {
            let fault = read::<Value>(text)
                .expect_err(&String::from_utf8_lossy(text))
                .to_string();
            assert!(
                fault.contains(why),
                "{}: {fault}",
                String::from_utf8_lossy(text)
            );
        }
    }

    #[test]
    fn answers_may_have_digits_after_the_point_and_nothing_else_more() {
        let read = |text: &str| read_with_fractions::<Value>(text.as_bytes());
        for text in ["52.5", "-0.000001", "[1, 0.1]", "2251799813685249.5"] {
            assert!(read(text).is_ok(), "{text}");
        }
        for text in [
            "1.0",
            "1e3",
            "-0",
            "-0.0",
            "1e999",
            "1e-999",
            "9007199254740992",
            "18446744073709551616",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bounds_nesting() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read::<Value>(nested(JSON_DEPTH_MAX).as_bytes()).is_ok());
        let fault = read::<Value>(nested(JSON_DEPTH_MAX + 1).as_bytes()).expect_err("too deep");
        assert!(
            fault.to_string().contains("nested deeper than 16"),
            "{fault}"
        );
        assert!(read::<Value>("{\"a\":".repeat(100_000).as_bytes()).is_err());
    }
}
