//! A day of the city, which lives at UTC+7 all year.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

/// Hours that the city's clock is ahead of UTC.
const CITY_OFFSET_H: i8 = 7;
/// When the counters open: the hour at which a city with a given day begins to live.
const OPENING_HOUR: i8 = 9;

/// A calendar day, written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// Nine in the morning of this day in the city, in seconds since 1970.
    pub fn opening_unix_s(self) -> i64 {
        let city = TimeZone::fixed(Offset::constant(CITY_OFFSET_H));
        // Fails at the edges of the calendar alone, years -9999 and 9999.
        self.0
            .at(OPENING_HOUR, 0, 0, 0)
            .to_zoned(city)
            .map_or(0, |moment| moment.timestamp().as_second())
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|_| format!("{text:?} is not a day; write YYYY-MM-DD, such as 2016-08-10"))
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
        assert_eq!(day.opening_unix_s(), 1_470_794_400);
        assert_eq!(day.to_string(), "2016-08-10");
        assert!("10/08/2016".parse::<Day>().is_err());
        assert!("2016-02-30".parse::<Day>().is_err());
    }
}
