//! How old a checkpoint is (C2SP tlog-cosignature): beside its signature, the log signs the same text with the time.
//!
//! The text of a checkpoint has no time in it, so a mirror that stands still looks like a log without customers. The log
//! renews this second line every minute, whether the tree grew or not; whoever watches asks for a recent one.

use super::note::{LogKey, Note};
use crate::time::UnixTime;

/// The signature type of a cosignature of version 1, by Ed25519.
const COSIGNATURE_TYPE: u8 = 0x04;

impl LogKey {
    /// What this key signs to say that `text` was the newest at `time`.
    #[must_use]
    pub fn freshness_text(text: &str, time: UnixTime) -> String {
        format!("cosignature/v1\ntime {}\n{text}", time.0)
    }

    /// The line to put after a note's other signatures; `signature` is over [`LogKey::freshness_text`].
    #[must_use]
    pub fn freshness_line(&self, time: UnixTime, signature: &[u8; 64]) -> String {
        self.line(
            COSIGNATURE_TYPE,
            &[&time.0.to_be_bytes()[..], signature].concat(),
        )
    }
}

impl Note {
    /// When `key` last said that this note was the newest; `None` where it did not, or said it twice.
    #[must_use]
    pub fn fresh_at(&self, key: &LogKey) -> Option<UnixTime> {
        let (time, signature) = self.only_line(key, COSIGNATURE_TYPE)?.split_first_chunk()?;
        let time = UnixTime(i64::from_be_bytes(*time));
        key.signs(&LogKey::freshness_text(self.text(), time), signature)
            .then_some(time)
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::Ed25519KeyPair;

    use super::super::note::tests::{key_pair, signed};
    use super::*;

    const NOW: UnixTime = UnixTime(1_470_792_600);

    fn freshness(key: &LogKey, pair: &Ed25519KeyPair, text: &str, time: UnixTime) -> String {
        let signature = pair.sign(LogKey::freshness_text(text, time).as_bytes());
        key.freshness_line(time, signature.as_ref().try_into().expect("64 bytes"))
    }

    #[test]
    fn a_log_says_when_its_note_was_the_newest() {
        let (key, pair) = key_pair("relay.example/log", 1);
        let note = signed("text\n", &key, &pair);
        let fresh = note.clone() + &freshness(&key, &pair, "text\n", NOW);
        let read = Note::read(&fresh).expect("a note");
        assert!(read.is_signed_by(&key));
        assert_eq!(read.fresh_at(&key), Some(NOW));
        let without = Note::read(&note).expect("a note");
        assert_eq!(without.fresh_at(&key), None);
    }

    #[test]
    fn the_time_counts_for_its_text_its_key_and_once() {
        let (key, pair) = key_pair("relay.example/log", 1);
        let (foreign, foreign_pair) = key_pair("relay.example/log", 2);
        let note = signed("text\n", &key, &pair);
        let line = freshness(&key, &pair, "text\n", NOW);
        let later = freshness(&key, &pair, "text\n", NOW.plus(1));
        let of_another_text = freshness(&key, &pair, "test\n", NOW);
        let forged = key.freshness_line(NOW, &[7; 64]);
        let of_another = freshness(&foreign, &foreign_pair, "text\n", NOW);
        for lines in [
            of_another_text,
            forged,
            of_another.clone(),
            format!("{line}{later}"),
        ] {
            let read = Note::read(&format!("{note}{lines}")).expect("a note");
            assert!(read.is_signed_by(&key));
            assert_eq!(read.fresh_at(&key), None, "{lines}");
        }
        let both = Note::read(&format!("{note}{of_another}{line}")).expect("a note");
        assert_eq!(both.fresh_at(&key), Some(NOW));
        // The one kind of signature is never taken for the other.
        let alone = Note::read(&format!("text\n\n{line}")).expect("a note");
        assert!(!alone.is_signed_by(&key));
    }

    #[test]
    fn the_signed_text_is_that_of_the_specification() {
        assert_eq!(
            LogKey::freshness_text("relay.example/log\n7\nAAA=\n", UnixTime(1_679_315_147)),
            "cosignature/v1\ntime 1679315147\nrelay.example/log\n7\nAAA=\n"
        );
    }
}
