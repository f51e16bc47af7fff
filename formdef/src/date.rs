//! Days of the Gregorian calendar, and dates of which the day or the month is not known.
//!
//! A day is a number (0 = 1970-01-01), so that comparing and counting is arithmetic that the page's script does in the
//! same way. The calendar arithmetic is that of the 400-year cycle, counted from 1 March of year 0.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// No answer lies before this year: the forms ask for people, and nobody is older.
pub const YEAR_MIN: i32 = 1880;
/// The last year with four digits.
pub const YEAR_MAX: i32 = 9999;
/// The city's clock: UTC+7, no summer time.
pub(crate) const CITY_OFFSET_SECONDS: i64 = 7 * 3600;

/// A day of the Gregorian calendar, years 0001 to 9999. Text and JSON: `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i32,
    month: u32,
    day: u32,
}

impl Date {
    /// The day, when the calendar has it.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let exists = (1..=YEAR_MAX).contains(&year)
            && (1..=12).contains(&month)
            && day >= 1
            && day <= days_in_month(year, month);
        exists.then_some(Self { year, month, day })
    }

    /// From `YYYY-MM-DD`, exactly ten characters.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = Partial::parse_any_year(text)?;
        Self::new(parts.year, parts.month?, parts.day?)
    }

    /// The city's day (UTC+7) at `unix` seconds.
    pub fn in_city(unix: i64) -> Option<Self> {
        Self::from_days(unix.checked_add(CITY_OFFSET_SECONDS)?.div_euclid(24 * 3600))
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i64 {
        let (year, month) = (i64::from(self.year), i64::from(self.month));
        // Years begin in March, so that the day of leap years is the last one.
        let year = if month <= 2 { year - 1 } else { year };
        let month = (month + 9) % 12;
        let (cycle, year) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        cycle * 146_097 + year * 365 + year / 4 - year / 100 + day_of_year - 719_468
    }

    /// The day so many days after 1970-01-01, within the years 0001 to 9999.
    pub fn from_days(days: i64) -> Option<Self> {
        let days = days.checked_add(719_468)?;
        let (cycle, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day_of_year = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = cycle * 400 + year + i64::from(month <= 2);
        Self::new(
            i32::try_from(year).ok()?,
            u32::try_from(month).ok()?,
            u32::try_from(day).ok()?,
        )
    }

    /// The same day `years` later (earlier when negative); 29 February becomes 28 February where there is none.
    pub fn plus_years(self, years: i64) -> Option<Self> {
        let year = i32::try_from(i64::from(self.year).checked_add(years)?).ok()?;
        (1..=YEAR_MAX).contains(&year).then_some(())?;
        Self::new(
            year,
            self.month,
            self.day.min(days_in_month(year, self.month)),
        )
    }

    /// The year, 1 to 9999.
    pub fn year(self) -> i32 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        self.month
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        self.day
    }
}

fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("{text}: not a day")))
    }
}

/// A date as people know it: the year, perhaps the month, perhaps the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Partial {
    pub(crate) year: i32,
    pub(crate) month: Option<u32>,
    pub(crate) day: Option<u32>,
}

impl Partial {
    /// From `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, the year 1880 or later, the day in the calendar.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::parse_any_year(text).filter(|date| date.year >= YEAR_MIN)
    }

    /// The same of any year from 0001 on: what is worked out may lie before 1880.
    pub(crate) fn parse_any_year(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = i32::try_from(number(parts.next()?, 4)?).ok()?;
        let month = parts.next().map(|part| number(part, 2));
        let day = parts.next().map(|part| number(part, 2));
        let date = match (month, day) {
            _ if parts.next().is_some() => return None,
            (None, _) => Self {
                year,
                month: None,
                day: None,
            },
            (Some(month), None) => Self {
                year,
                month: Some(month?),
                day: None,
            },
            (Some(month), Some(day)) => Self {
                year,
                month: Some(month?),
                day: Some(day?),
            },
        };
        date.interval().map(|_| date)
    }

    /// The earliest and the latest day that it can be.
    pub(crate) fn interval(self) -> Option<Interval> {
        let first = Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))?;
        let month = self.month.unwrap_or(12);
        let day = self.day.unwrap_or(days_in_month(self.year, month));
        Some(Interval {
            first,
            last: Date::new(self.year, month, day)?,
        })
    }
}

fn number(digits: &str, length: usize) -> Option<u32> {
    let plain = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// The days that a date can be: `first` to `last`, both included. A full date has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) first: Date,
    pub(crate) last: Date,
}

impl Interval {
    pub(crate) fn day(date: Date) -> Self {
        Self {
            first: date,
            last: date,
        }
    }

    pub(crate) fn exact(self) -> Option<Date> {
        (self.first == self.last).then_some(self.first)
    }

    /// Both ends moved.
    pub(crate) fn map(self, shift: impl Fn(Date) -> Option<Date>) -> Option<Self> {
        Some(Self {
            first: shift(self.first)?,
            last: shift(self.last)?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years_counts_up_by_one() {
        let first = Date::new(1, 1, 1).unwrap();
        let last = Date::new(9999, 12, 31).unwrap();
        let mut previous = None;
        for days in first.days()..=last.days() {
            let date = Date::from_days(days).unwrap();
            assert_eq!(date.days(), days);
            assert!(previous < Some(date));
            previous = Some(date);
        }
        assert_eq!(Date::from_days(last.days() + 1), None);
        assert_eq!(Date::from_days(first.days() - 1), None);
        assert_eq!(Date::parse("1970-01-01").unwrap().days(), 0);
    }

    #[test]
    fn only_days_of_the_calendar_are_read() {
        for wrong in [
            "2015-02-29",
            "1900-02-29",
            "2016-13-01",
            "2016-00-01",
            "2016-1-1",
            "2016-01-32",
            "2016-01",
            "16-01-01",
            "2016-01-01T",
            " 2016-01-01",
            "+016-01-01",
            "2016-01-01-",
            "",
            "0000-01-01",
        ] {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Date::parse("2016-02-29").unwrap().to_string(), "2016-02-29");
        assert!(Partial::parse("1879").is_none());
        assert!(Partial::parse("1880-02-30").is_none());
        assert_eq!(
            Partial::parse("2016-02")
                .unwrap()
                .interval()
                .unwrap()
                .last
                .day(),
            29
        );
    }

    #[test]
    fn the_city_is_seven_hours_ahead() {
        assert_eq!(Date::in_city(0).unwrap().to_string(), "1970-01-01");
        assert_eq!(
            Date::in_city(17 * 3600 - 1).unwrap().to_string(),
            "1970-01-01"
        );
        assert_eq!(Date::in_city(17 * 3600).unwrap().to_string(), "1970-01-02");
        assert_eq!(Date::in_city(i64::MAX), None);
    }

    #[test]
    fn a_birthday_on_29_february_comes_on_28_february() {
        let born = Date::parse("2012-02-29").unwrap();
        assert_eq!(born.plus_years(6).unwrap().to_string(), "2018-02-28");
        assert_eq!(born.plus_years(8).unwrap().to_string(), "2020-02-29");
        assert_eq!(born.plus_years(i64::MAX), None);
    }
}
