//! The `v` member that every signed payload begins with.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Version 1 of the format: the JSON integer `1`, and no other value can be read into it.
///
/// There is no negotiation. Another suite of algorithms will be another number and another type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct V1;

impl V1 {
    pub(crate) const NUMBER: u64 = 1;
}

impl Serialize for V1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(Self::NUMBER)
    }
}

impl<'de> Deserialize<'de> for V1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            Self::NUMBER => Ok(Self),
            other => Err(de::Error::custom(format_args!(
                "version {other}, only 1 is known"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_integer_one_is_version_one() {
        assert_eq!(serde_json::to_string(&V1).expect("a number"), "1");
        assert!(serde_json::from_str::<V1>("1").is_ok());
        for other in ["0", "2", "-1", "\"1\"", "1.0", "null"] {
            assert!(serde_json::from_str::<V1>(other).is_err(), "{other}");
        }
    }
}
