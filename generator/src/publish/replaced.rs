//! Since when each kept release is public no more: from then on its assets stay for the time of grace, not from its build, for
//! a release may have been public for months.

use std::collections::{BTreeMap, BTreeSet};

use envelope::UnixTime;
use serde::{Deserialize, Serialize};

/// When each kept release was replaced, by its serial.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Replaced(BTreeMap<u64, UnixTime>);

impl Replaced {
    /// Of what nobody can read nothing is known.
    pub(super) fn read(bytes: Option<&[u8]>) -> Replaced {
        let replaced = bytes.and_then(|bytes| serde_json::from_slice(bytes).ok());
        replaced.unwrap_or_default()
    }

    pub(super) fn text(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Release `public` takes the place of `before`, and these are kept. One of which nothing is known (its run broke off)
    /// counts from now on, too: what stays too long harms nobody.
    pub(super) fn by(
        &mut self,
        public: u64,
        before: Option<u64>,
        kept: impl Iterator<Item = u64>,
        now: UnixTime,
    ) {
        let others: BTreeSet<u64> = kept.chain(before).filter(|it| *it != public).collect();
        if let Some(before) = before {
            self.0.remove(&before);
        }
        self.0.retain(|serial, _| others.contains(serial));
        for serial in others {
            self.0.entry(serial).or_insert(now);
        }
    }

    /// Whether a release was replaced.
    pub(super) fn knows(&self, serial: u64) -> bool {
        self.0.contains_key(&serial)
    }

    /// Whether pages of a release that was replaced may lie in caches: it was since `earliest`.
    pub(super) fn is_lately(&self, serial: u64, earliest: i64) -> bool {
        self.0.get(&serial).is_none_or(|at| at.0 >= earliest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_counts_from_when_it_was_last_replaced() {
        let mut replaced = Replaced::default();
        replaced.by(1, None, [].into_iter(), UnixTime(10));
        assert!(replaced.is_lately(1, 1000), "it is public");
        replaced.by(2, Some(1), [1].into_iter(), UnixTime(50));
        assert!(replaced.is_lately(1, 50) && !replaced.is_lately(1, 51));
        // Back to the first, and on again.
        replaced.by(1, Some(2), [1, 2].into_iter(), UnixTime(60));
        assert!(replaced.is_lately(1, 1000) && !replaced.is_lately(2, 61));
        replaced.by(3, Some(1), [1, 2].into_iter(), UnixTime(70));
        let replaced = Replaced::read(Some(&replaced.text()));
        assert!(replaced.is_lately(1, 70) && !replaced.is_lately(1, 71));
        assert!(!replaced.is_lately(2, 61));
    }

    #[test]
    fn what_is_public_again_and_what_nothing_is_known_of_count_from_now() {
        let mut replaced = Replaced::read(Some(b"edited"));
        replaced.by(3, Some(3), [1, 2, 3].into_iter(), UnixTime(90));
        assert!(replaced.is_lately(2, 90) && !replaced.is_lately(2, 91));
        // What is no longer kept is forgotten.
        replaced.by(4, Some(3), [3].into_iter(), UnixTime(95));
        assert_eq!(replaced.0.len(), 1);
    }
}
