//! Attachments: fetched before anything is acknowledged, then opened for the offices that may read them.
#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::fs;

use envelope::{Digest, base64url};
use serde_json::{Value, json};
use support::page::{Page, commitment, receipt, reference_of, seal_file, ward_answers};
use support::program::succeeds;
use support::relay::Relay;
use support::{Key, NOW, Site, faults};

const IKM: [u8; 16] = [3; 16];
const RECORD: usize = 262_144;

/// A photograph of so many bytes.
fn photo(bytes: usize) -> Vec<u8> {
    let mut photo: Vec<u8> = (0..bytes).map(|i| (i % 251) as u8).collect();
    photo[..4].copy_from_slice(b"\xff\xd8\xff\xe0");
    photo
}

/// What the ward's part says of a file.
fn told(part: &str, size: usize) -> Value {
    json!({"part": part, "field": "att.photo", "name": "ảnh 1.jpg", "type": "image/jpeg", "size": size,
           "ikm": base64url::encode(&IKM)})
}

/// A submission with that file as `a1`, told of to the ward as `change` leaves it.
fn page_with(number: u8, sealed: Vec<u8>, size: usize, change: impl Fn(&mut Value)) -> Page {
    let mut page = Page::good(number);
    page.attachments = vec![("a1".into(), sealed, commitment(&IKM))];
    let mut its = told("a1", size);
    change(&mut its);
    page.told = vec![("ward", its)];
    page
}

/// The site after the relay gave all of it.
fn drained(name: &str, page: &Page) -> (Site, Relay) {
    let site = Site::new(name);
    let relay = Relay::holding(&site, [page.send()]);
    for (n, sealed, _) in &page.attachments {
        let name = format!("{}/{n}", page.id());
        relay.state().attachments.insert(name, sealed.clone());
    }
    site.drain(&relay).unwrap();
    assert_eq!(relay.state().acks.len(), 1, "{name}");
    (site, relay)
}

#[test]
fn the_office_that_may_read_a_file_gets_it_beside_its_case() {
    // One record, exactly one, and three of which the last is short.
    for (number, size) in [1000, RECORD - 17, 2 * RECORD + 5].into_iter().enumerate() {
        let photo = photo(size);
        let sealed = seal_file(&photo, &IKM, RECORD, &[2]);
        let page = page_with(50 + number as u8, sealed, size, |_| ());
        let (site, _) = drained(&format!("photo-{number}"), &page);
        let stem = format!("{}-{}", reference_of(&page.send()), page.id());
        let file = format!("{stem}.a1.jpeg");
        assert_eq!(
            site.names("offices/00001"),
            [file.clone(), format!("{stem}.json")]
        );
        assert_eq!(
            fs::read(site.path(&format!("intake/offices/00001/{file}"))).unwrap(),
            photo
        );
        let case: Value =
            serde_json::from_str(&site.read(&format!("intake/offices/00001/{stem}.json"))).unwrap();
        assert_eq!(
            case["attachments"],
            json!([{"part": "a1", "field": "att.photo", "name": "ảnh 1.jpg", "type": "image/jpeg", "size": size,
                    "file": file}])
        );
        assert_eq!(case["answers"], ward_answers());
        assert_eq!(faults(&case), Vec::<String>::new());
        // The police reads another part of the form.
        assert!(site.case("ca-001").get("attachments").is_none());
    }
}

#[test]
fn a_file_that_is_not_what_was_said_is_a_fault_of_the_case() {
    const SIZE: usize = 300_000;
    let photo = photo(SIZE);
    let sealed = |last: &[u8]| seal_file(&photo, &IKM, RECORD, last);
    let good = sealed(&[2]);
    let changed = |at: usize| {
        let mut sealed = good.clone();
        sealed[at] ^= 1;
        sealed
    };
    let said = |rule: &str| vec![format!("att.photo {rule}")];
    let none = |_: &mut Value| ();
    type Change<'a> = &'a dyn Fn(&mut Value);
    let cases: Vec<(&str, Vec<u8>, Change<'_>, Vec<String>)> = vec![
        (
            "another part",
            good.clone(),
            &|its| its["part"] = json!("a2"),
            said("file-missing"),
        ),
        (
            "a role's part",
            good.clone(),
            &|its| its["part"] = json!("ward"),
            said("file-missing"),
        ),
        (
            "another key",
            good.clone(),
            &|its| its["ikm"] = json!(base64url::encode(&[4; 16])),
            said("file-key"),
        ),
        (
            "another size",
            good.clone(),
            &|its| its["size"] = json!(SIZE - 1),
            said("file-length"),
        ),
        (
            "changed at the start",
            changed(30),
            &none,
            said("file-sealed"),
        ),
        (
            "changed in the second record",
            changed(280_000),
            &none,
            said("file-sealed"),
        ),
        ("another salt", changed(0), &none, said("file-sealed")),
        (
            "records of another size",
            changed(19),
            &none,
            said("file-sealed"),
        ),
        ("a key id", changed(20), &none, said("file-sealed")),
        ("never ended", sealed(&[1]), &none, said("file-sealed")),
        (
            "a type that it is not",
            good.clone(),
            &|its| its["type"] = json!("application/pdf"),
            said("file-content"),
        ),
        (
            "a type that is no paper's",
            good.clone(),
            &|its| its["type"] = json!("text/html"),
            vec![
                "att.photo file-type".into(),
                "att.photo file-content".into(),
            ],
        ),
        (
            "a page",
            seal_file(
                &[b"<!doctype html>".to_vec(), vec![b'x'; SIZE - 15]].concat(),
                &IKM,
                RECORD,
                &[2],
            ),
            &none,
            said("file-content"),
        ),
    ];
    for (number, (about, sealed, change, wanted)) in cases.into_iter().enumerate() {
        let page = page_with(60 + number as u8, sealed, SIZE, change);
        let (site, _) = drained(&format!("hostile-file-{number}"), &page);
        let case = site.case("00001"); // nothing but the case, nothing half written
        assert_eq!(faults(&case), wanted, "{about}");
        assert!(case["attachments"][0].get("file").is_none(), "{about}");
        assert_eq!(case["answers"], ward_answers(), "{about}");
    }
}

#[test]
fn what_the_form_says_of_papers_is_judged() {
    // Larger than the form lets a file be, and one file more.
    let size = 600_001;
    let sealed = seal_file(&photo(size), &IKM, RECORD, &[2]);
    let mut page = page_with(80, sealed.clone(), size, |_| ());
    let (site, _) = drained("large-file", &page);
    let name = format!("{}-{}.json", reference_of(&page.send()), page.id());
    let case = |site: &Site| -> Value {
        serde_json::from_str(&site.read(&format!("intake/offices/00001/{name}"))).unwrap()
    };
    assert_eq!(faults(&case(&site)), ["att.photo file-size"]);
    // A file for those who do not read that paper; an answer where only files may be.
    page.told[0].0 = "police";
    let page = Page {
        id: [81; 16],
        ..page
    }
    .answer(
        "ward",
        "att.photo",
        json!([{"part": "a1", "name": "a", "type": "image/jpeg", "size": 1}]),
    );
    let (site, _) = drained("files-of-others", &page);
    let of_office = |office: &str| -> Value {
        let names = site.names(&format!("offices/{office}"));
        let name = names.iter().find(|name| name.ends_with(".json")).unwrap();
        serde_json::from_str(&site.read(&format!("intake/offices/{office}/{name}"))).unwrap()
    };
    assert_eq!(
        faults(&of_office("00001")),
        ["att.photo shape", "att.photo file-size"]
    );
    assert_eq!(faults(&of_office("ca-001")), ["att.photo unknown-field"]);
}

#[test]
fn a_case_that_is_shown_names_its_files() {
    let sealed = seal_file(&photo(1000), &IKM, RECORD, &[2]);
    let page = page_with(90, sealed, 1000, |_| ());
    let (site, _) = drained("shown-file", &page);
    let shown = succeeds(&site, &["show", &page.id().to_string()]);
    assert!(shown.contains("Ảnh: ảnh 1.jpg"), "{shown}");
}

#[test]
fn attachments_are_here_before_anything_is_acknowledged() {
    let site = Site::new("attachments");
    let mut page = Page::good(40);
    // They may have taken an hour to come to the relay.
    let whole: Vec<u8> = (0..300_000).map(|i| (i % 251) as u8).collect();
    page.attachments = vec![
        ("a1".into(), whole.clone(), Digest::of(b"")),
        ("a2".into(), vec![7; 38], Digest::of(b"")),
    ];
    let relay = Relay::holding(&site, [page.send()]);
    let name = |n: &str| format!("{}/{n}", page.id());
    let has = |n: &str, bytes: &[u8]| {
        relay.state().attachments.insert(name(n), bytes.to_vec());
    };
    let parts = format!("submissions/{}/parts", page.id());

    // The relay has less than it promised: nothing is taken, and what came is kept.
    has("a1", &whole[..270_000]);
    let said = site.drain(&relay).unwrap_err().to_string();
    assert!(said.contains("attachment a1: it ended too early"), "{said}");
    assert!(relay.state().acks.is_empty());
    // Then it has all of the first, and something else for the second.
    has("a1", &whole);
    has("a2", &[8; 38]);
    site.drain(&relay).unwrap();
    assert_eq!(
        relay.state().asked[1],
        format!("{}?from=270000", name("a1"))
    );
    assert!(relay.state().acks.is_empty());
    let cause = site.read(&format!("intake/quarantine/{}/cause.txt", page.id()));
    assert!(cause.contains("part-digest"), "{cause}");
    // And more than it promised.
    has("a2", &[7; 39]);
    site.drain(&relay).unwrap();
    assert!(relay.state().acks.is_empty());

    has("a2", &[7; 38]);
    site.drain(&relay).unwrap();
    assert_eq!(relay.state().acks.len(), 1);
    assert_eq!(site.case("00001")["answers"], ward_answers());
    let kept = |n: &str| fs::read(site.path(&format!("intake/{parts}/{n}.ece"))).unwrap();
    assert_eq!((kept("a1"), kept("a2")), (whole, vec![7; 38]));
    let asked = relay
        .state()
        .asked
        .iter()
        .filter(|asked| asked.contains("a1"))
        .count();
    assert_eq!(asked, 2, "what is here is not fetched again");
}

#[test]
fn attachments_may_have_come_long_after_the_manifest() {
    let site = Site::new("late-attachments");
    let mut page = Page::good(41);
    page.attachments = vec![("a1".into(), vec![7; 38], Digest::of(b""))];
    let mut item = page.send();
    let parts = serde_json::from_value(item["parts"].clone()).unwrap();
    let manifest = item["manifest"].as_str().unwrap();
    item["receipt"] = receipt(manifest, &parts, NOW.plus(3000), &Key::named("relay")).into();
    let relay = Relay::holding(&site, [item]);
    let name = format!("{}/a1", page.id());
    relay.state().attachments.insert(name, vec![7; 38]);
    site.drain(&relay).unwrap();
    assert_eq!(relay.state().acks.len(), 1);
}
