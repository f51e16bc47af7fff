//! Files of papers: chosen in a real browser, sealed by its worker, sent over a link that breaks, opened by the intake for
//! the offices that may read them, equal byte for byte.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tests::browser::Engine;
use tests::office::HandedOver;
use tests::programs::Programs;
use tests::{City, Plan, browser, citizen, scenarios};

/// What a person sends files with.
struct Sending {
    /// The scenario.
    id: &'static str,
    /// The paper that it needs.
    paper: &'static str,
    /// What that is called.
    label: &'static str,
    /// Who reads it.
    role: &'static str,
    /// The files, by name and bytes.
    files: &'static [(&'static str, usize)],
    /// After how many bytes each connection to the relay breaks; 0: never.
    cut: u64,
    /// Whether the first answer to each request is lost; that person has a keyboard alone.
    deaf: bool,
    /// Whether the page is closed while they are on their way.
    killed: bool,
    /// Whether it is sent without a network first.
    offline: bool,
}

const SENDINGS: [Sending; 3] = [
    Sending {
        id: "S04",
        paper: "att.witness",
        label: "Văn bản của người làm chứng",
        role: "ward",
        files: &[("xác nhận 1.jpg", 300), ("trang 2.pdf", 262_144)],
        cut: 0,
        deaf: false,
        killed: false,
        offline: true,
    },
    Sending {
        id: "S08",
        paper: "att.death_notice",
        label: "Giấy báo tử",
        role: "ward",
        files: &[("<b>giấy.png", 524_288)],
        cut: 0,
        deaf: true,
        killed: false,
        offline: false,
    },
    // Less than a piece: each of them is cut on its way.
    Sending {
        id: "S01",
        paper: "att.birth_notice",
        label: "Giấy chứng sinh",
        role: "ward",
        files: &[("giấy chứng sinh.jpg", 900_001)],
        cut: 200_000,
        deaf: false,
        killed: true,
        offline: false,
    },
];

/// How many bytes of a photograph are what the camera wrote beside it, behind the two that begin it (`attachments.mjs`).
const CAMERA_BYTES: usize = 76;
/// Among them.
const PLACE: &[u8] = b"GPS 21.0285 N";
/// What is left of them: which side is up.
const UPRIGHT: &[u8] =
    b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";

/// A file that begins as its name says.
fn content(name: &str, bytes: usize) -> Vec<u8> {
    let begins: &[u8] = match name.rsplit('.').next() {
        Some("jpg") => b"\xff\xd8\xff\xe0",
        Some("png") => b"\x89PNG\r\n\x1a\n",
        _ => b"%PDF-1.7\n",
    };
    let mut content: Vec<u8> = (0..bytes).map(|i| (i % 251) as u8).collect();
    content[..begins.len()].copy_from_slice(begins);
    content
}

#[test]
fn files_reach_the_offices_that_may_read_them_however_often_the_link_breaks() {
    let folder = Programs::scratch().unwrap().join("attachments");
    fs::create_dir_all(&folder).unwrap();
    let city = City::start(
        &Plan::for_test("attachments", Some("2016-08-10")).unwrap(),
        &|_| (),
    )
    .unwrap();
    let journeys: Vec<Value> = SENDINGS
        .iter()
        .map(|Sending { id, paper, files, cut, deaf, killed, offline, .. }| {
            let scenario = scenarios::of(id).unwrap();
            let paths: Vec<PathBuf> = files
                .iter()
                .map(|(name, bytes)| {
                    let path = folder.join(name);
                    fs::write(&path, content(name, *bytes)).unwrap();
                    path
                })
                .collect();
            json!({
                "id": id, "service": scenario.service, "lang": scenario.lang, "type": scenario.r#type,
                "files": [[paper, paths]], "cut": cut, "deaf": deaf, "byKeyboard": deaf, "killed": killed, "offline": offline,
            })
        })
        .collect();
    let results = sent(&city, Engine::asked().unwrap(), json!(journeys));
    let who_reads = scenarios::who_reads().unwrap();
    for (sending, result) in SENDINGS.iter().zip(results.as_array().unwrap()) {
        let Sending {
            id,
            paper,
            label,
            role,
            files,
            cut,
            deaf,
            ..
        } = sending;
        assert_eq!(result["failure"], Value::Null, "{result}");
        assert_eq!(result["focus"], json!([]), "{id}");
        println!("{id}: {} with {} cuts", result["reference"], result["cuts"]);
        let sealed: usize = files.iter().map(|(_, bytes)| bytes).sum();
        // Deaf: to the submission itself, and to each of its pieces of 256 KiB.
        let least = match deaf {
            true => 1 + sealed as u64 / 262_144,
            false => (sealed as u64).checked_div(*cut).unwrap_or(0),
        };
        assert!(result["cuts"].as_u64().unwrap() >= least, "{result}");
        assert_eq!(
            result["left"],
            json!(0),
            "{id}: sealed pieces stay on the device"
        );
        let receipt = citizen::payload_of(result["receipt"].as_str().unwrap()).unwrap();
        let scenario = scenarios::of(id).unwrap();
        tells_who_opens_files(result, label, scenario.offices.len());
        let cases = city
            .wait_for_case(receipt["id"].as_str().unwrap(), scenario.offices.len())
            .unwrap();
        for case in &cases {
            let reads = &who_reads[&scenario.service][case.role()];
            let answers = scenarios::restricted(&scenario.answers, reads);
            assert_eq!(case.answers(), answers, "{id}: {}", case.role());
            let wanted: &[(&str, usize)] = if case.role() == *role { files } else { &[] };
            has_files(case, paper, wanted);
        }
        opened_by_a_foreign_library(&city, &cases[0]);
    }
}

/// What the browser says of journeys with files.
fn sent(city: &City, engine: Engine, journeys: Value) -> Value {
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "relay": city.relay_address().to_string(), "journeys": journeys,
    });
    browser::drive_in(engine, "attachments.mjs", order).unwrap()
}

/// Before anything was chosen the review says which office opens the files of which papers: of this one the first alone.
fn tells_who_opens_files(result: &Value, label: &str, offices: usize) {
    let lines: Vec<&str> = result["readers"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| line[1].as_str())
        .filter(|line| line.contains("tệp gửi kèm"))
        .collect();
    assert_eq!(lines.len(), offices, "{result}");
    let names: Vec<bool> = lines.iter().map(|line| line.contains(label)).collect();
    let wanted: Vec<bool> = (0..offices).map(|office| office == 0).collect();
    assert_eq!(names, wanted, "{lines:?}");
}

#[test]
fn photographs_arrive_without_their_place_and_wait_while_they_are_paused() {
    let folder = Programs::scratch().unwrap().join("photographs");
    fs::create_dir_all(&folder).unwrap();
    let plan = Plan::for_test("photographs", Some("2016-08-10")).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let scenario = scenarios::of("S04").unwrap();
    let paper = "att.witness";
    let journey = json!({
        "id": scenario.id, "service": scenario.service, "lang": scenario.lang, "type": scenario.r#type,
        "files": [], "cut": 0, "killed": false, "photographs": { "paper": paper, "folder": folder },
    });
    let results = sent(&city, Engine::asked().unwrap(), json!([journey]));
    let result = &results[0];
    assert_eq!(result["failure"], Value::Null, "{result}");
    assert_eq!(result["complaints"], json!([]));
    let left = result["chosen"]["left"].as_str().unwrap();
    assert!(left.contains("không xóa được"), "{left}");
    for line in result["chosen"]["bare"].as_array().unwrap() {
        let line = line.as_str().unwrap();
        assert!(line.contains("không kèm nơi chụp"), "{line}");
    }
    let pause = &result["pause"];
    assert_eq!(pause["before"], pause["after"], "sent although paused");
    assert!(pause["after"].as_f64().unwrap() < 1.0, "{pause}");

    let receipt = citizen::payload_of(result["receipt"].as_str().unwrap()).unwrap();
    let cases = city
        .wait_for_case(receipt["id"].as_str().unwrap(), 1)
        .unwrap();
    let file = |index: usize| {
        let name = cases[0].content["attachments"][index]["file"]
            .as_str()
            .unwrap();
        fs::read(cases[0].path.with_file_name(name)).unwrap()
    };
    let original = fs::read(folder.join("small.jpg")).unwrap();
    assert!(holds(&original, PLACE));
    let picture = [&original[..2], UPRIGHT, &original[2 + CAMERA_BYTES..]].concat();
    assert!(file(0) == picture, "the small one is not its picture alone");
    let (large, smaller) = (fs::read(folder.join("large.jpg")).unwrap(), file(1));
    println!("{} bytes made {}", large.len(), smaller.len());
    assert!(smaller.starts_with(b"\xff\xd8\xff") && smaller.len() < large.len());
    assert!(!holds(&smaller, PLACE) && !holds(&smaller, b"Exif"));
}

fn holds(bytes: &[u8], some: &[u8]) -> bool {
    bytes.windows(some.len()).any(|window| window == some)
}

/// The second scenario: one file of two pieces.
#[test]
fn files_arrive_from_firefox_too() {
    let folder = Programs::scratch().unwrap().join("attachments-firefox");
    fs::create_dir_all(&folder).unwrap();
    let plan = Plan::for_test("attachments-firefox", Some("2016-08-10")).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let Sending {
        id,
        paper,
        role,
        files,
        ..
    } = &SENDINGS[1];
    let scenario = scenarios::of(id).unwrap();
    let (name, bytes) = files[0];
    let path = folder.join(name);
    fs::write(&path, content(name, bytes)).unwrap();
    let journey = json!({
        "id": id, "service": scenario.service, "lang": scenario.lang, "type": scenario.r#type,
        "files": [[paper, [path]]], "cut": 0, "killed": false,
    });
    let results = sent(&city, Engine::Firefox, json!([journey]));
    let result = &results[0];
    assert_eq!(result["failure"], Value::Null, "{result}");
    assert_eq!(
        (&result["left"], &result["complaints"]),
        (&json!(0), &json!([]))
    );
    let receipt = citizen::payload_of(result["receipt"].as_str().unwrap()).unwrap();
    let cases = city
        .wait_for_case(receipt["id"].as_str().unwrap(), 1)
        .unwrap();
    assert_eq!(cases[0].role(), *role);
    has_files(&cases[0], paper, files);
}

/// The office has exactly these files of that paper, beside its case.
fn has_files(case: &HandedOver, paper: &str, files: &[(&str, usize)]) {
    let faults = case.faults();
    assert!(
        !faults.iter().any(|(field, ..)| field == paper),
        "{faults:?}"
    );
    let told = case.content["attachments"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    assert_eq!(told.len(), files.len(), "{}: {told:?}", case.role());
    for (its, (name, bytes)) in told.iter().zip(files) {
        assert_eq!((&its["field"], &its["name"]), (&json!(paper), &json!(name)));
        let path = case.path.with_file_name(its["file"].as_str().unwrap());
        assert!(
            fs::read(&path).unwrap() == content(name, *bytes),
            "{}",
            path.display()
        );
    }
}

/// What the page sealed opens with the stock library of Node, given the keying material alone.
fn opened_by_a_foreign_library(city: &City, case: &HandedOver) {
    let parts = city
        .intake_dir()
        .join("submissions")
        .join(case.id())
        .join("parts");
    let recovery = fs::read_to_string(parts.join("recovery.jwe")).unwrap();
    let key: Value = read_json(&city.keys().recovery());
    let order = json!({ "jwe": recovery, "key": key }).to_string();
    let plaintext: Value =
        serde_json::from_str(&browser::node("tests/interop/open.mjs", &[], &order).unwrap())
            .unwrap();
    let attachments = plaintext["attachments"].as_array().unwrap();
    assert!(!attachments.is_empty());
    for attachment in attachments {
        let part = attachment["part"].as_str().unwrap();
        let opened = parts.join(format!("{part}.opened"));
        let order = json!({
            "sealed": parts.join(format!("{part}.ece")), "ikm": attachment["ikm"], "opened": opened,
        });
        browser::node("tests/interop/ece.mjs", &[], &order.to_string()).unwrap();
        let name = attachment["name"].as_str().unwrap();
        let bytes = usize::try_from(attachment["size"].as_u64().unwrap()).unwrap();
        assert!(fs::read(&opened).unwrap() == content(name, bytes), "{name}");
    }
}

fn read_json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}
