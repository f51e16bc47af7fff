//! How slowly a body may come: a first silence, and then a least rate over all of it.

use std::num::NonZeroU64;
use std::time::Duration;

use tokio::time::Instant;

use crate::config::{Limits, span};

/// The deadlines of one body.
pub(crate) struct Pace {
    began: Instant,
    silence: Duration,
    bytes_per_s_min: NonZeroU64,
}

impl Pace {
    /// The head has been read now.
    pub(crate) fn begin(limits: &Limits) -> Pace {
        Pace {
            began: Instant::now(),
            silence: span(limits.body_silence_ms),
            bytes_per_s_min: limits.body_rate_min_bytes_per_s,
        }
    }

    /// Until when more than `bytes` must have come. A sender that was fast may pause for as long as it gained.
    pub(crate) fn deadline(&self, bytes: u64) -> Instant {
        let due_ms = bytes.saturating_mul(1000) / self.bytes_per_s_min;
        self.began + self.silence + Duration::from_millis(due_ms)
    }
}
