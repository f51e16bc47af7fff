//! The time of day, handed to everything that asks for it.
//!
//! Deadlines never use it: they run on the monotonic clock of the runtime.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use envelope::UnixTime;

/// Where the relay's time of day comes from.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine's clock, kept right by its operator; a step of it is followed.
    System,
    /// A clock set by hand (`--clock`), going on from there with the monotonic clock.
    Set {
        /// The time it was set to.
        to: UnixTime,
        /// When it was set.
        at: Instant,
    },
}

impl Clock {
    /// A clock that stands at `to` now and goes on from there.
    pub fn set(to: UnixTime) -> Clock {
        Clock::Set {
            to,
            at: Instant::now(),
        }
    }

    /// The time of day, in whole seconds since 1970.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine"
    )]
    pub fn now(&self) -> UnixTime {
        match self {
            Clock::System => {
                let since = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or(Duration::ZERO);
                UnixTime(whole_seconds(since))
            }
            Clock::Set { to, at } => UnixTime(to.0.saturating_add(whole_seconds(at.elapsed()))),
        }
    }
}

fn whole_seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_clock_goes_on_from_where_it_was_set() {
        let earlier = Instant::now()
            .checked_sub(Duration::from_secs(90))
            .expect("up for more than 90 s");
        let clock = Clock::Set {
            to: UnixTime(1_470_787_200),
            at: earlier,
        };
        assert_eq!(clock.now().0, 1_470_787_290);
    }

    #[test]
    fn the_machines_clock_is_after_this_was_written() {
        assert!(Clock::System.now().0 > 1_700_000_000);
    }
}
