//! Lighthouse with its settings of a phone gives 100 to every kind of page. The performance that it works out hangs on how busy this machine
//! is: `MOTCUA_LIGHTHOUSE=all` takes it, and all kinds of pages; each run of the tests takes what does not hang on that.
#![allow(clippy::unwrap_used)]

use serde_json::json;
use tests::{City, Plan, browser};

const DATE: &str = "2016-08-10";
/// Home, with the search; a service, a form, a field of life, agencies, one of them, receipts, and their check.
const PAGES: [&str; 8] = [
    "/",
    "/khai-sinh/form/",
    "/khai-sinh/",
    "/linh-vuc/ho-tich/",
    "/co-quan/",
    "/co-quan/phuong-van-quan-ha-dong/",
    "/receipts/",
    "/verify/",
];
/// Those that every run takes.
const SHORT: usize = 2;
/// What Lighthouse holds to be good: how much of the screen moves by how much of it, while a page loads.
const SHIFT_MAX: f64 = 0.1;

#[test]
fn pages_are_whole_on_a_phone() {
    let is_all = std::env::var("MOTCUA_LIGHTHOUSE").as_deref() == Ok("all");
    let pages = if is_all { &PAGES } else { &PAGES[..SHORT] };
    let plan = Plan::for_test("lighthouse", Some(DATE)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let order = json!({ "portal": city.portal_url(), "now": city.now(), "pages": pages });
    let judged = browser::drive("lighthouse.mjs", order).unwrap();
    let judged = judged.as_array().unwrap();
    assert_eq!(judged.len(), pages.len());
    for page in judged {
        println!("{} {} {}", page["page"], page["scores"], page["shift"]);
        let scores = page["scores"].as_object().unwrap();
        assert_eq!(scores.len(), 4, "{page}");
        for (category, score) in scores {
            assert!(
                score == 100 || (category == "performance" && !is_all),
                "{category}: {page}"
            );
        }
        assert!(page["shift"].as_f64().unwrap() <= SHIFT_MAX, "{page}");
    }
}
