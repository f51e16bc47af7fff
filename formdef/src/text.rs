//! A text in every language that it is written in.

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt::{self, Write};

/// A text for people: language tag → words, the portal's default language first.
///
/// As JSON: `{"vi":"…","en":"…"}`, in that order. A language that lacks is shown in the default one.
//
// A form has more than a hundred, and a city's forms are held at once: all languages stand in one piece, each as the
// lengths of its tag and of its words in bytes, then both: `2 7 viHọ tên2 4 enName`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(Box<str>);

impl Text {
    /// From language and words, the default language first.
    pub fn new(words: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut text = String::new();
        for (tag, words) in words {
            // A text takes everything that is written to it.
            let _ = write!(text, "{} {} {tag}{words}", tag.len(), words.len());
        }
        Self(text.into())
    }

    /// The words in `language`, else those in the default language, else nothing.
    pub fn get(&self, language: &str) -> &str {
        let exact = self.iter().find(|(tag, _)| *tag == language);
        exact.or(self.iter().next()).map_or("", |(_, words)| words)
    }

    /// Language and words, the default language first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || {
            let (tag, after) = length(rest)?;
            let (words, after) = length(after)?;
            let (tag, after) = after.split_at(tag);
            let (words, after) = after.split_at(words);
            rest = after;
            Some((tag, words))
        })
    }

    /// The same languages, each with its words changed by `change(language, words)`.
    pub(crate) fn map(&self, change: impl Fn(&str, &str) -> String) -> Self {
        Self::new(
            self.iter()
                .map(|(tag, words)| (tag.to_owned(), change(tag, words))),
        )
    }
}

/// A length and what stands after it.
fn length(text: &str) -> Option<(usize, &str)> {
    let mut length = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b' ' => return Some((length, &text[at + 1..])),
            digit => length = length * 10 + usize::from(digit - b'0'),
        }
    }
    None
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.iter().count()))?;
        for (tag, words) in self.iter() {
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
                while let Some(entry) = map.next_entry::<String, String>()? {
                    words.push(entry);
                }
                Ok(Text::new(words))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}
