//! Moments, always passed in: no function of this crate reads a clock.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The city's clock is UTC+7 all year round.
const CITY_OFFSET_S: i64 = 7 * 3600;
const DAY_S: i64 = 24 * 3600;

/// A moment in whole seconds since 1970-01-01T00:00:00Z; in JSON an integer.
///
/// Shown to people on the city's clock: `2016-08-10 08:30:00 +07:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// The moment `seconds` later (earlier when negative); stops at the ends of the number line.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let city = self.0.saturating_add(CITY_OFFSET_S);
        let (year, month, day) = civil(city.div_euclid(DAY_S));
        let second = city.rem_euclid(DAY_S);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} +07:00"
        )
    }
}

/// Days since 1970-01-01 to a Gregorian date. Years are counted from 1 March, so that the leap day is the last of its
/// year, in eras of 400 years (146,097 days).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468; // from 0000-03-01
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_city_clock() {
        for (seconds, shown) in [
            (0, "1970-01-01 07:00:00 +07:00"),
            (-7 * 3600 - 1, "1969-12-31 23:59:59 +07:00"),
            (951_757_199, "2000-02-28 23:59:59 +07:00"),
            (951_757_200, "2000-02-29 00:00:00 +07:00"),
            (951_843_600, "2000-03-01 00:00:00 +07:00"),
            (1_470_762_000, "2016-08-10 00:00:00 +07:00"),
            (1_470_796_261, "2016-08-10 09:31:01 +07:00"),
            (1_483_203_600, "2017-01-01 00:00:00 +07:00"),
        ] {
            assert_eq!(UnixTime(seconds).to_string(), shown);
        }
    }

    #[test]
    fn every_day_of_four_centuries_follows_the_one_before() {
        let leap = |y: i64| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
        let length = |y, m| match m {
            2 => 28 + i64::from(leap(y)),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let mut expected = (1800, 1, 1);
        for days in -62_091..84_006 {
            assert_eq!(civil(days), expected, "day {days}");
            let (y, m, d) = expected;
            expected = if d < length(y, m) {
                (y, m, d + 1)
            } else if m < 12 {
                (y, m + 1, 1)
            } else {
                (y + 1, 1, 1)
            };
        }
    }
}
