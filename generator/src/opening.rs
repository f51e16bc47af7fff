//! From when and until when something takes applications, in words that are true whenever a page is read: a page may
//! have lain in a cache since the build, so it says the times, and as passed only what was passed already.

use formdef::{Date, Moment};
use serde_json::{Value, json};

use crate::templates::vn_date;

/// The times of a service or an agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opening {
    /// From this moment on; `None`: since ever.
    pub(crate) opens: Option<Moment>,
    /// Until before this moment; `None`: for ever.
    pub(crate) closes: Option<Moment>,
}

impl Opening {
    /// Whether applications are taken at a moment.
    pub(crate) fn is_open(self, at: Moment) -> bool {
        self.opens.is_none_or(|opens| opens <= at) && self.closes.is_none_or(|closes| at < closes)
    }

    /// What pages built at that moment say: `sentence`, `tag` for lists, and for the script the times in seconds since
    /// 1970; null when there is nothing to say. `texts` is the table `opening` of the translations.
    pub(crate) fn said(self, built: Moment, texts: &Value) -> Value {
        let opens = self.opens.filter(|opens| built < *opens);
        let name = match (opens, self.closes) {
            (_, Some(closes)) if closes <= built => "closed",
            (Some(_), Some(_)) => "between",
            (Some(_), None) => "from",
            (None, Some(_)) => "until",
            (None, None) => return Value::Null,
        };
        let words = |table: &str, name: &str| texts[table][name].as_str().unwrap_or_default();
        let fill = |text: &str| {
            let opens = opens.map_or_else(String::new, |at| start(at, texts));
            let closes = self.closes.map_or_else(String::new, |at| end(at, texts));
            text.replace("{opens}", &opens).replace("{closes}", &closes)
        };
        json!({
            "sentence": fill(words("sentence", name)),
            "tag": fill(words("tag", name)),
            "opens": self.opens.map(Moment::unix),
            "closes": self.closes.map(Moment::unix),
        })
    }
}

/// «ngày 15/06/2017», «7 giờ 30 ngày 15/06/2017».
fn start(at: Moment, texts: &Value) -> String {
    let name = if at.second_of_day() == 0 { "day" } else { "at" };
    fill(&texts[name], at, at.day())
}

/// «hết ngày 18/06/2017» for the midnight after it, «trước 17 giờ 30 ngày 18/06/2017».
fn end(at: Moment, texts: &Value) -> String {
    let eve = Date::from_days(at.day().days() - 1).filter(|_| at.second_of_day() == 0);
    match eve {
        Some(last) => fill(&texts["last_day"], at, last),
        None => fill(&texts["before"], at, at.day()),
    }
}

fn fill(text: &Value, at: Moment, day: Date) -> String {
    let minutes = at.second_of_day() / 60;
    let text = text.as_str().unwrap_or_default();
    text.replace("{day}", &vn_date(&day.to_string()))
        .replace("{hour}", &(minutes / 60).to_string())
        .replace("{minute}", &format!("{:02}", minutes % 60))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn said(opens: &str, closes: &str, built: &str, language: &str) -> Value {
        let path = format!(
            "{}/../site/translations/pages.{language}.toml",
            env!("CARGO_MANIFEST_DIR")
        );
        let texts: Value = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let opening = Opening {
            opens: Moment::parse(opens),
            closes: Moment::parse(closes),
        };
        opening.said(Moment::parse(built).unwrap(), &texts["opening"])
    }

    #[test]
    fn a_page_says_what_stays_true() {
        let (hour, midnight) = ("2017-06-15T07:30+07:00", "2017-06-19");
        for (opens, closes, built, vi, en) in [
            ("", "", "2017-01-01", Value::Null, Value::Null),
            (hour, "", hour, Value::Null, Value::Null),
            (
                hour,
                "",
                "2017-06-15",
                "Nhận hồ sơ trực tuyến từ 7 giờ 30 ngày 15/06/2017.".into(),
                "Takes applications online from 7:30 on 15/06/2017.".into(),
            ),
            (
                "2017-06-15",
                midnight,
                "2017-01-01",
                "Nhận hồ sơ trực tuyến từ ngày 15/06/2017 đến hết ngày 18/06/2017.".into(),
                "Takes applications online from 15/06/2017 until the end of 18/06/2017.".into(),
            ),
            (
                "2017-06-15",
                "2017-06-18T17:05+07:00",
                "2017-06-16",
                "Nhận hồ sơ trực tuyến đến trước 17 giờ 05 ngày 18/06/2017.".into(),
                "Takes applications online until 17:05 on 18/06/2017.".into(),
            ),
            (
                "",
                midnight,
                "2017-06-19",
                "Đã hết thời gian nhận hồ sơ trực tuyến: chỉ nhận đến hết ngày 18/06/2017.".into(),
                "Takes no more applications online: the time for them was until the end of 18/06/2017.".into(),
            ),
        ] {
            assert_eq!(said(opens, closes, built, "vi")["sentence"], vi);
            assert_eq!(said(opens, closes, built, "en")["sentence"], en);
        }
    }

    #[test]
    fn the_script_learns_the_seconds() {
        let said = said("2016-08-10", "2016-08-11", "2016-08-10", "vi");
        assert_eq!(said["opens"], 1_470_762_000);
        assert_eq!(said["closes"], 1_470_848_400);
        assert_eq!(said["tag"], "đến hết ngày 10/08/2016");
    }
}
