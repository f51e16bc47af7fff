//! A text in every language that it is written in.

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A text for people: language tag → words, the portal's default language first.
///
/// As JSON: `{"vi":"…","en":"…"}`, in that order. A language that lacks is shown in the default one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(Vec<(String, String)>);

impl Text {
    /// From language and words, the default language first.
    pub fn new(words: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(words.into_iter().collect())
    }

    /// The words in `language`, else those in the default language, else nothing.
    pub fn get(&self, language: &str) -> &str {
        let exact = self.0.iter().find(|(tag, _)| tag == language);
        exact.or(self.0.first()).map_or("", |(_, words)| words)
    }

    /// Language and words, the default language first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(tag, words)| (tag.as_str(), words.as_str()))
    }

    /// The same languages, each with its words changed by `change(language, words)`.
    pub(crate) fn map(&self, change: impl Fn(&str, &str) -> String) -> Self {
        Self::new(
            self.iter()
                .map(|(tag, words)| (tag.to_owned(), change(tag, words))),
        )
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (tag, words) in &self.0 {
            map.serialize_entry(tag, words)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object from language to words")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
                let mut words = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    words.push(entry);
                }
                Ok(Text(words))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}
