//! When a city begins to live.

use std::fmt;
use std::str::FromStr;

use formdef::Moment;

use crate::Failure;

/// When the counters open: the hour at which a city with a given day begins to live.
const OPENING_SECOND: i64 = 9 * 3600;

/// A moment from which a city lives on: `YYYY-MM-DD`, nine in the morning of that day, or `YYYY-MM-DDThh:mm+07:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Moment);

impl Day {
    /// So many seconds after 1970.
    ///
    /// # Errors
    /// Beyond the calendar.
    pub fn at_unix_s(unix_s: i64) -> Result<Self, Failure> {
        let moment = Moment::from_unix(unix_s).map(Self);
        moment.ok_or_else(|| Failure::new(format!("{unix_s} s is beyond the calendar")))
    }

    /// The moment, in seconds since 1970.
    pub fn unix_s(self) -> i64 {
        self.0.unix()
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let moment = Moment::parse(text).and_then(|moment| match text.contains('T') {
            true => Some(moment),
            false => Moment::from_unix(moment.unix() + OPENING_SECOND),
        });
        moment.map(Self).ok_or_else(|| {
            format!("{text:?} is not a day; write YYYY-MM-DD, such as 2016-08-10, or a moment such as 2018-07-06T23:59+07:00")
        })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_begins_at_nine_in_the_city() {
        let day: Day = "2016-08-10".parse().unwrap();
        assert_eq!(day.unix_s(), 1_470_794_400);
        assert_eq!(day.to_string(), "2016-08-10T09:00+07:00");
        assert_eq!(day.to_string().parse(), Ok(day));
        assert!("10/08/2016".parse::<Day>().is_err());
        assert!("2016-02-30".parse::<Day>().is_err());
        assert!("2016-08-10T09:00".parse::<Day>().is_err());
    }
}
