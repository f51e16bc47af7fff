//! What the publisher wrote down about a bucket: which bytes were sent under which name, and the tag (`ETag`) that the storage
//! gave them.
//!
//! A tag says nothing that could be computed from the bytes (S3 makes others of encrypted files, other storages what they
//! like), but the storage changes it with the bytes. So a file whose tag in the listing is not the one of its sending was
//! changed by somebody else, and one that has it is not asked for again.

use std::collections::BTreeMap;

use envelope::Digest;
use envelope::release::ReleasedFile;
use serde::{Deserialize, Serialize};

use super::objects::Tag;

/// What is known of the files that are public.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    sent: BTreeMap<String, Sent>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sent {
    sha256: Digest,
    tag: Tag,
}

/// What the record and the listing say together of a file that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It has the wanted bytes.
    Same,
    /// It has others, which were sent as such.
    Other,
    /// Only its own bytes tell.
    Nothing,
}

impl Record {
    /// Of a record that nobody can read nothing is known.
    pub(super) fn read(bytes: Option<&[u8]>) -> Record {
        let record = bytes.and_then(|bytes| serde_json::from_slice(bytes).ok());
        record.unwrap_or_default()
    }

    pub(super) fn text(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What is known of the file that is there with this tag and should be `wanted`.
    pub(super) fn of(&self, path: &str, tag: Option<&Tag>, wanted: &ReleasedFile) -> Known {
        match (self.sent.get(path), tag) {
            (Some(sent), Some(tag)) if sent.tag == *tag => match sent.sha256 == wanted.sha256 {
                true => Known::Same,
                false => Known::Other,
            },
            _ => Known::Nothing,
        }
    }

    /// The file is there with this tag.
    pub(super) fn note(&mut self, path: &str, file: &ReleasedFile, tag: Option<Tag>) {
        let sha256 = file.sha256;
        match tag {
            Some(tag) => drop(self.sent.insert(path.to_owned(), Sent { sha256, tag })),
            None => drop(self.sent.remove(path)),
        }
    }

    /// Forgets what is not there any more.
    pub(super) fn only(&mut self, is_there: impl Fn(&str) -> bool) {
        self.sent.retain(|path, _| is_there(path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_tag_alone() {
        let (page, other) = (ReleasedFile::of(b"page"), ReleasedFile::of(b"other"));
        let tag = |text: &str| Tag::of(Some(text.to_owned()));
        let mut record = Record::default();
        assert_eq!(record.of("a", tag("\"1\"").as_ref(), &page), Known::Nothing);
        record.note("a", &page, tag("\"1\""));
        let record = Record::read(Some(&record.text()));
        for (tag, wanted, known) in [
            (tag("1"), &page, Known::Same),
            (tag("\"1\""), &other, Known::Other),
            (tag("\"2\""), &page, Known::Nothing),
            (None, &page, Known::Nothing),
        ] {
            assert_eq!(record.of("a", tag.as_ref(), wanted), known, "{tag:?}");
        }
        assert_eq!(Record::read(Some(b"edited")), Record::default());
    }
}
