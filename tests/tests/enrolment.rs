//! School enrolment opens and closes by level, to the second, with the city's clock on both sides of each hour: the
//! intake goes by when the answers were checked, the relay by when they came.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use formdef::Moment;
use serde_json::{Map, Value, json};
use tests::citizen::{Citizen, Sealed};
use tests::scenarios::{self, Scenario};
use tests::{City, Plan, browser, http};

/// The scenario whose pupil enters grade 6.
const SCENARIO: &str = "S34";
const FORM_OPENS: &str = "2017-06-15";
const GRADE_6_OPENS: &str = "2018-07-07T00:00+07:00";
/// Then all levels are closed.
const FORM_CLOSES: &str = "2018-07-10T00:00+07:00";

struct Enrolment {
    city: City,
    citizen: Citizen,
    scenario: Scenario,
}

impl Enrolment {
    /// The city from a moment on.
    fn from(name: &str, moment: &str) -> Self {
        let plan = Plan::for_test(name, Some(moment)).unwrap();
        let city = City::start(&plan, &|_| ()).unwrap();
        Self {
            citizen: Citizen::of_portal(&city.portal_dir()).unwrap(),
            city,
            scenario: scenarios::of(SCENARIO).unwrap(),
        }
    }

    /// An application whose answers were checked at a moment.
    fn sealed(&self, at: i64, change: &dyn Fn(&mut Map<String, Value>)) -> Sealed {
        let mut answers = self.scenario.answers.clone();
        change(&mut answers);
        let service = &self.scenario.service;
        self.citizen
            .apply(service, &answers, &BTreeMap::new(), at)
            .unwrap()
    }

    fn send(&self, sealed: &Sealed) -> http::Answer {
        let (to, body) = (self.city.relay_address(), Some(sealed.body.as_str()));
        http::request(to, "POST", "/v1/submissions", body).unwrap()
    }

    /// The rules that the intake marks at an application.
    fn marked(&self, sealed: &Sealed) -> Vec<String> {
        let answer = self.send(sealed);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let cases = self.city.wait_for_case(&sealed.id, 1).unwrap();
        let faults = cases[0].faults().into_iter();
        faults.map(|(_, rule, _)| rule).collect()
    }
}

fn unix(moment: &str) -> i64 {
    Moment::parse(moment).unwrap().unix()
}

#[test]
fn a_level_is_open_from_its_first_second_to_its_last() {
    let enrolment = Enrolment::from("enrolment-opens", GRADE_6_OPENS);
    let opens = unix(GRADE_6_OPENS);
    let as_grade_6 = |at| enrolment.marked(&enrolment.sealed(at, &|_| ()));
    assert_eq!(as_grade_6(opens - 1), ["R-ENROL-WINDOW"]);
    assert_eq!(as_grade_6(opens), Vec::<String>::new());
    // At the same hour preschool closes: what was checked the second before is in time.
    let as_preschool = |at| {
        enrolment.marked(&enrolment.sealed(at, &|answers| {
            answers.insert("level".into(), "mam-non".into());
            answers.remove("pupil.present_school");
            answers.insert("pupil.birth_date".into(), "2013-02-09".into());
            answers.insert("wishes".into(), json!([{ "school": "005-MN1" }]));
        }))
    };
    assert_eq!(as_preschool(opens - 1), Vec::<String>::new());
    assert_eq!(as_preschool(opens), ["R-ENROL-WINDOW"]);
}

#[test]
fn the_page_says_when_and_opens_by_itself() {
    let enrolment = Enrolment::from("enrolment-page", GRADE_6_OPENS);
    let (opens, closes) = (unix(FORM_OPENS), unix(FORM_CLOSES));
    let order = json!({
        "portal": enrolment.city.portal_url(), "now": enrolment.city.now(), "service": enrolment.scenario.service,
        "moments": [opens - 1000, opens, closes - 1000, closes], "opens": opens,
    });
    let result = browser::drive("opening.mjs", order).unwrap();
    let moments = result["moments"].as_array().unwrap();
    let forms: Vec<bool> = moments.iter().map(|its| its["form"] == true).collect();
    assert_eq!(forms, [false, true, true, false], "{result}");
    let says = |at: usize, words: &str| moments[at]["words"].as_str().unwrap().contains(words);
    // It was built while the form was open: the end is what it says, whenever it is read.
    for at in 0..4 {
        assert!(
            says(at, "Nhận hồ sơ trực tuyến đến hết ngày 09/07/2018."),
            "{result}"
        );
    }
    assert!(
        says(0, "Lúc này chưa mở") && says(0, "Giờ trên máy này: 23:43, 14/06/2017"),
        "{result}"
    );
    assert!(
        says(3, "Nay đã đóng") && says(3, "Giờ trên máy này: 00:00, 10/07/2018"),
        "{result}"
    );
    assert!(!says(1, "Lúc này") && !says(2, "Nay đã đóng"), "{result}");
    assert_eq!(result["waited"], true);
}

#[test]
fn the_relay_closes_the_form_by_its_own_clock() {
    let closes = unix(FORM_CLOSES);
    let before = Enrolment::from("enrolment-before", "2018-07-09T23:58+07:00");
    let answer = before.send(&before.sealed(before.city.now(), &|_| ()));
    assert_eq!(answer.status, 201, "{}", answer.text());
    drop(before);
    let after = Enrolment::from("enrolment-after", FORM_CLOSES);
    // The answers were checked in time; the receipt would come too late.
    let answer = after.send(&after.sealed(closes - 1, &|_| ()));
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (409, Some("form-closed")),
        "{}",
        answer.text()
    );
}
