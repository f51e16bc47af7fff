//! Room for attachments: held for all of a submission's when its manifest is taken, so that whoever begins can finish.
//!
//! Where nothing comes for [`IDLE`], only what is on the disk counts: who reserves and never sends keeps nobody out for
//! long.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use envelope::SubmissionId;

/// How long room is held for bytes that do not come.
pub(super) const IDLE: Duration = Duration::from_secs(15 * 60);

/// A submission counts at least so much: a million tiny ones are not free either.
const BYTES_MIN: u64 = 64 * 1024;

/// Who holds how much.
pub(super) struct Holds {
    bytes_max: u64,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    bytes: u64,
    by: HashMap<SubmissionId, Hold>,
}

struct Hold {
    /// What counts at present.
    bytes: u64,
    /// What is on the disk.
    here: u64,
    /// When something came last; `None` once nothing is to come any more.
    touched: Option<Instant>,
}

impl Holds {
    pub(super) fn new(bytes_max: u64) -> Holds {
        Holds {
            bytes_max,
            held: Mutex::default(),
        }
    }

    /// Counts what was found on the disk at the start, whatever the bound says now.
    pub(super) fn found(&self, id: SubmissionId, whole: u64, here: u64, now: Instant) {
        self.held().put(id, whole, here, Some(now));
    }

    /// Holds room for all attachments of a submission, on or again. False: there is none, others have it.
    pub(super) fn claim(&self, id: SubmissionId, whole: u64, now: Instant) -> bool {
        let mut held = self.held();
        let (counted, here) = held
            .by
            .get(&id)
            .map_or((0, 0), |hold| (hold.bytes, hold.here));
        let more = whole.max(BYTES_MIN).saturating_sub(counted);
        if held.bytes + more > self.bytes_max {
            held.lapse(now);
        }
        let has_room = held.bytes + more <= self.bytes_max;
        if has_room {
            held.put(id, whole, here, Some(now));
        }
        has_room
    }

    /// Some more came.
    pub(super) fn grew(&self, id: SubmissionId, by: u64, now: Instant) {
        if let Some(hold) = self.held().by.get_mut(&id) {
            hold.here += by;
            hold.touched = Some(now);
        }
    }

    /// What came was wrong and is dropped.
    pub(super) fn dropped(&self, id: SubmissionId, bytes: u64) {
        if let Some(hold) = self.held().by.get_mut(&id) {
            hold.here = hold.here.saturating_sub(bytes);
        }
    }

    /// All of it is there, and stays until it is collected.
    pub(super) fn complete(&self, id: SubmissionId) {
        if let Some(hold) = self.held().by.get_mut(&id) {
            hold.touched = None;
        }
    }

    /// Nothing of it is there any more.
    pub(super) fn free(&self, id: SubmissionId) {
        let mut held = self.held();
        if let Some(hold) = held.by.remove(&id) {
            held.bytes -= hold.bytes;
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // Each change is whole before anything can panic.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn put(&mut self, id: SubmissionId, whole: u64, here: u64, touched: Option<Instant>) {
        let bytes = whole.max(BYTES_MIN);
        let hold = Hold {
            bytes,
            here,
            touched,
        };
        self.bytes += bytes;
        if let Some(before) = self.by.insert(id, hold) {
            self.bytes -= before.bytes;
        }
    }

    /// Takes the room of those to whom nothing came for long.
    fn lapse(&mut self, now: Instant) {
        for hold in self.by.values_mut() {
            let is_idle = hold.touched.is_some_and(|touched| now - touched >= IDLE);
            if is_idle && hold.here < hold.bytes {
                self.bytes -= hold.bytes - hold.here;
                hold.bytes = hold.here;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn id(n: u8) -> SubmissionId {
        SubmissionId::from_bytes([n; 16])
    }

    fn held(holds: &Holds) -> u64 {
        let held = holds.held();
        let sum: u64 = held.by.values().map(|hold| hold.bytes).sum();
        assert_eq!(held.bytes, sum);
        held.bytes
    }

    #[test]
    fn whoever_begins_can_finish_and_whoever_does_not_send_keeps_nobody_out() {
        let holds = Holds::new(10 * MIB);
        let start = Instant::now();
        assert!(holds.claim(id(1), 6 * MIB, start));
        assert!(!holds.claim(id(2), 6 * MIB, start), "no room");
        assert!(holds.claim(id(2), 4 * MIB, start));
        holds.grew(id(1), MIB, start);
        let half = start + IDLE / 2;
        holds.grew(id(2), MIB, half);
        assert!(!holds.claim(id(3), MIB, half), "both are held on");
        let idle = start + IDLE;

        assert!(holds.claim(id(3), 5 * MIB, idle), "the first one's lapsed");
        assert_eq!(held(&holds), 10 * MIB);
        assert!(!holds.claim(id(1), 6 * MIB, idle), "others have it now");
        holds.free(id(3));
        assert!(holds.claim(id(1), 6 * MIB, idle), "and again");
        assert!(
            holds.claim(id(1), 6 * MIB, idle),
            "once more is nothing more"
        );
        assert_eq!(held(&holds), 10 * MIB);
        for n in [1, 2] {
            holds.complete(id(n));
        }
        let late = idle + 2 * IDLE;
        assert!(!holds.claim(id(3), MIB, late), "what is there stays");
        for n in [1, 2, 3, 1] {
            holds.free(id(n));
        }
        assert_eq!(held(&holds), 0);
        assert!(holds.claim(id(3), 10 * MIB, late));
    }

    #[test]
    fn a_tiny_one_is_not_free() {
        let holds = Holds::new(2 * BYTES_MIN);
        let now = Instant::now();
        assert!(holds.claim(id(1), 38, now));
        assert!(holds.claim(id(2), 38, now));
        assert!(!holds.claim(id(3), 38, now));
    }

    #[test]
    fn what_was_found_counts_whatever_the_bound() {
        let holds = Holds::new(MIB);
        let now = Instant::now();
        holds.found(id(1), 2 * MIB, MIB, now);
        assert_eq!(held(&holds), 2 * MIB);
        assert!(!holds.claim(id(2), 38, now));
        assert!(
            !holds.claim(id(2), MIB, now + IDLE),
            "what is on the disk counts on"
        );
        holds.found(id(1), 2 * MIB, 0, now);
        assert!(holds.claim(id(2), MIB, now + IDLE));
    }
}
