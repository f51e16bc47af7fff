//! Moments on the city's clock, which is UTC+7 all year: from when and until when something is open, and when a
//! submission was checked.

use crate::date::{CITY_OFFSET_SECONDS, Date};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

const DAY_SECONDS: i64 = 24 * 3600;

/// A moment in whole seconds, in the years 0001 to 9999 of the city.
///
/// Text and JSON: `2016-08-10`, which is the first second of that day in the city, or `2017-06-15T07:30+07:00`, with
/// seconds where there are some. Of two such texts the earlier moment's comes first, so that the page's script compares
/// them as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    unix: i64,
    day: Date,
}

impl Moment {
    /// So many seconds after 1970-01-01T00:00:00Z.
    pub fn from_unix(unix: i64) -> Option<Self> {
        let day = Date::in_city(unix)?;
        Some(Self { unix, day })
    }

    /// The first second of a day in the city.
    pub fn start_of(day: Date) -> Self {
        let unix = day.days() * DAY_SECONDS - CITY_OFFSET_SECONDS;
        Self { unix, day }
    }

    /// From `YYYY-MM-DD`, or `YYYY-MM-DDThh:mm` with or without `:ss`, followed by `Z` or an offset such as `+07:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let Some((day, rest)) = text.split_once('T') else {
            return Date::parse(text).map(Self::start_of);
        };
        let (clock, offset) = match rest.strip_suffix('Z') {
            Some(clock) => (clock, 0),
            None => {
                let at = rest.find(['+', '-'])?;
                let minutes = clock_seconds(rest.get(at + 1..)?)?;
                let ahead = rest[at..].starts_with('+');
                (&rest[..at], if ahead { minutes } else { -minutes })
            }
        };
        let seconds = clock_seconds(clock)?;
        Self::from_unix(Date::parse(day)?.days() * DAY_SECONDS + seconds - offset)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix(self) -> i64 {
        self.unix
    }

    /// The day in the city.
    pub fn day(self) -> Date {
        self.day
    }

    /// Seconds since the day began in the city.
    pub fn second_of_day(self) -> i64 {
        (self.unix + CITY_OFFSET_SECONDS).rem_euclid(DAY_SECONDS)
    }
}

/// `07:30` or `07:30:15` as seconds.
fn clock_seconds(clock: &str) -> Option<i64> {
    let part = |text: &str, below: i64| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| *number < below);
        digits.then_some(number).flatten()
    };
    let mut parts = clock.split(':');
    let hours: i64 = part(parts.next()?, 24)?;
    let minutes: i64 = part(parts.next()?, 60)?;
    let seconds: i64 = parts.next().map_or(Some(0), |text| part(text, 60))?;
    let whole = parts.next().is_none();
    whole.then_some(hours * 3600 + minutes * 60 + seconds)
}

/// Whether `at` lies from `opens` (included) until `closes` (not included); a bound that is not there bounds nothing.
pub(crate) fn is_open(opens: Option<Moment>, closes: Option<Moment>, at: Moment) -> bool {
    opens.is_none_or(|opens| opens <= at) && closes.is_none_or(|closes| at < closes)
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = self.second_of_day();
        self.day.fmt(f)?;
        if of_day == 0 {
            return Ok(());
        }
        let (hours, minutes, seconds) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        write!(f, "T{hours:02}:{minutes:02}")?;
        if seconds > 0 {
            write!(f, ":{seconds:02}")?;
        }
        f.write_str("+07:00")
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("{text}: not a day, nor a moment")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_is_its_first_second_in_the_city() {
        let day = Moment::parse("2016-08-10").unwrap();
        assert_eq!(day.unix(), 1_470_762_000);
        assert_eq!(Moment::parse("2016-08-10T00:00+07:00"), Some(day));
        assert_eq!(Moment::parse("2016-08-09T17:00:00Z"), Some(day));
        assert_eq!(day.to_string(), "2016-08-10");
        assert_eq!(day.day(), Date::parse("2016-08-10").unwrap());
    }

    #[test]
    fn an_offset_is_turned_into_the_citys() {
        for (written, shown) in [
            ("2017-06-15T08:00+07:00", "2017-06-15T08:00+07:00"),
            ("2017-06-15T01:00:00Z", "2017-06-15T08:00+07:00"),
            ("2017-06-14T20:30:05-04:30", "2017-06-15T08:00:05+07:00"),
            ("2017-06-15T00:00:01+07:00", "2017-06-15T00:00:01+07:00"),
        ] {
            let moment = Moment::parse(written).unwrap();
            assert_eq!(moment.to_string(), shown);
            assert_eq!(Moment::parse(shown), Some(moment));
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for wrong in [
            "",
            "2017-06",
            "2017-06-31",
            "2017-06-15T",
            "2017-06-15T08:00",
            "2017-06-15T8:00+07:00",
            "2017-06-15T24:00+07:00",
            "2017-06-15T08:60+07:00",
            "2017-06-15T08:00:60+07:00",
            "2017-06-15T08:00:00:00+07:00",
            "2017-06-15T08:00+7",
            "2017-06-15T08:00+07:00Z",
            "2017-06-15 08:00+07:00",
            "0001-01-01T00:00+08:00",
        ] {
            assert_eq!(Moment::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn texts_come_in_the_order_of_their_moments() {
        let first = Moment::parse("2017-06-14").unwrap().unix();
        let step_seconds = 1_799;
        let moments = (0..200).map(|step| Moment::from_unix(first + step * step_seconds).unwrap());
        let texts: Vec<String> = moments.map(|moment| moment.to_string()).collect();
        assert!(texts.is_sorted_by(|a, b| a < b), "{texts:?}");
        assert!("2017-06-15" < "2017-06-15T00:00:01+07:00");
        assert!("2017-06-15T08:00+07:00" < "2017-06-15T08:00:01+07:00");
    }

    #[test]
    fn open_from_the_first_moment_until_before_the_last() {
        let at = |text| Moment::parse(text).unwrap();
        let (opens, closes) = (at("2017-06-15T08:00+07:00"), at("2017-06-19"));
        let is_open = |text| is_open(Some(opens), Some(closes), at(text));
        assert!(!is_open("2017-06-15T07:59:59+07:00"));
        assert!(is_open("2017-06-15T08:00+07:00"));
        assert!(is_open("2017-06-18T23:59:59+07:00"));
        assert!(!is_open("2017-06-19"));
        assert!(super::is_open(None, None, opens));
    }
}
