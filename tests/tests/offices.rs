//! The city's 584 wards and communes and the 90 offices of its districts, on the day of the launch and today.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use serde_json::Value;
use tests::citizen::payload_of;
use tests::{City, Plan, repository};

const LAUNCH: &str = "2016-08-10";
/// The day on which the other communes follow, as people read it.
const SECOND_WAVE: &str = "15/12/2016";

#[test]
fn on_the_day_of_the_launch_168_wards_are_open_and_the_others_say_from_when() {
    let city = City::start(
        &Plan::for_test("offices-2016", Some(LAUNCH)).unwrap(),
        &|_| (),
    )
    .unwrap();
    let catalogue = catalogue(&city.portal_dir());
    let offices = catalogue["offices"].as_array().unwrap();
    assert_eq!(count(offices, "ward"), 584);
    assert_eq!(count(offices, "police"), 30);
    assert_eq!(count(offices, "insurance"), 30);
    assert_eq!(count(offices, "education"), 30);
    let now = city.now();
    let open: Vec<&str> = offices
        .iter()
        .filter(|office| {
            office["kind"] == "ward" && office["opens"].as_i64().is_none_or(|opens| opens <= now)
        })
        .map(|office| office["code"].as_str().unwrap())
        .collect();
    assert_eq!(open.len(), 168);
    for agency in slugs() {
        let page = fs::read_to_string(
            city.portal_dir()
                .join("co-quan")
                .join(&agency.slug)
                .join("index.html"),
        )
        .unwrap();
        let says_from_when = page.contains(SECOND_WAVE);
        assert_eq!(
            says_from_when,
            !open.contains(&agency.code.as_str()),
            "the page of {}",
            agency.slug
        );
    }
}

#[test]
fn today_all_584_are_open() {
    let city = City::start(&Plan::for_test("offices-today", None).unwrap(), &|_| ()).unwrap();
    let catalogue = catalogue(&city.portal_dir());
    let now = city.now();
    let wards = catalogue["offices"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|office| office["kind"] == "ward");
    let open = wards
        .filter(|office| office["opens"].as_i64().is_none_or(|opens| opens <= now))
        .count();
    assert_eq!(open, 584);
    let late: Vec<_> = slugs()
        .into_iter()
        .filter(|agency| {
            let page = city
                .portal_dir()
                .join("co-quan")
                .join(&agency.slug)
                .join("index.html");
            fs::read_to_string(page).unwrap().contains(SECOND_WAVE)
        })
        .map(|agency| agency.slug)
        .collect();
    assert_eq!(
        late,
        Vec::<String>::new(),
        "these pages still say from when"
    );
}

#[test]
fn every_office_has_its_key_file() {
    let city = City::start(
        &Plan::for_test("offices-keys", Some(LAUNCH)).unwrap(),
        &|_| (),
    )
    .unwrap();
    let mut codes = repository::office_codes().unwrap();
    codes.push("recovery".into());
    assert_eq!(codes.len(), 584 + 3 * 30 + 1);
    for code in codes {
        let path = city.portal_dir().join("keys").join(format!("{code}.jws"));
        let jws =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = payload_of(&jws).unwrap();
        assert_eq!(file["office"]["code"], code.as_str());
        assert_eq!(
            file["office"]["keys"].as_array().unwrap().len(),
            1,
            "{code}"
        );
    }
}

#[derive(serde::Deserialize)]
struct Slug {
    code: String,
    slug: String,
}

fn slugs() -> Vec<Slug> {
    let mut reader = csv::Reader::from_path(repository::path("forms/agencies.csv")).unwrap();
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

fn catalogue(portal: &Path) -> Value {
    payload_of(&fs::read_to_string(portal.join("catalogue.jws")).unwrap()).unwrap()
}

fn count(offices: &[Value], kind: &str) -> usize {
    offices
        .iter()
        .filter(|office| office["kind"] == kind)
        .count()
}
