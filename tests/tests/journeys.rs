//! Every scenario, typed into the real pages in real browsers (some by keyboard alone), sealed there, taken by the relay, opened by the
//! intake: the offices must then hold what the *scenario file* says, each exactly the fields that it may read.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tests::browser::Engine;
use tests::office::HandedOver;
use tests::scenarios::{self, Scenario};
use tests::{City, Plan, browser};

/// Every service. One without a scenario is not shown to work.
const SERVICES: [&str; 10] = [
    "khai-sinh",
    "khai-sinh-bhyt",
    "khai-sinh-thuong-tru-bhyt",
    "khai-tu",
    "khai-tu-xoa-thuong-tru",
    "dang-ky-lai-khai-sinh",
    "dang-ky-lai-khai-tu",
    "tuyen-sinh-dau-cap",
    "trich-luc-ho-tich",
    "khai-sinh-co-giay-to",
];

/// The scenario that goes through Firefox, too, in every run: long lists, repeated entries, a worked-out amount.
const IN_FIREFOX: &str = "S32";

/// Those that go by keyboard alone in every run: Tab through conditional questions, and entries that are added, with lists that narrow.
const BY_KEYBOARD: [&str; 2] = ["S08", "S35"];

type WhoReads = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

#[test]
fn every_service_has_a_scenario() {
    let covered: BTreeSet<String> = scenarios::all()
        .unwrap()
        .into_iter()
        .map(|scenario| scenario.service)
        .collect();
    assert_eq!(covered, SERVICES.map(String::from).into());
}

#[test]
fn people_write_names_and_sensitive_answers() {
    let scenarios = scenarios::all().unwrap();
    let written = written_in(&scenarios);
    for words in ["Bệnh già", "TRẦN NGUYỄN BẢO NGỌC"] {
        assert!(written.contains(words), "{words}");
    }
}

/// Some by keyboard alone; `MOTCUA_KEYBOARD=all` takes all of them so, which takes five times as long.
#[test]
fn every_scenario_reaches_its_offices_with_exactly_its_answers() {
    all_arrive(Engine::asked().unwrap(), scenarios::all().unwrap());
}

/// Firefox types so slowly that half a minute goes by for each: one in every run, all with `MOTCUA_BROWSER=firefox`.
#[test]
fn a_scenario_arrives_from_firefox_too() {
    let scenario = scenarios::of(IN_FIREFOX).unwrap();
    all_arrive(Engine::Firefox, vec![scenario]);
}

/// The test of the test: a focus without a mark, one that an answer takes away, a step whose heading does not take it.
#[test]
fn what_a_keyboard_meets_is_told() {
    let scenario = scenarios::of(IN_FIREFOX).unwrap();
    let plan = Plan::for_test("journeys-planted", Some(&scenario.date)).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let journey = json!({
        "id": scenario.id, "service": scenario.service, "lang": scenario.lang, "type": scenario.r#type, "byKeyboard": true,
    });
    let planted = "const sheet = new CSSStyleSheet()
        sheet.replaceSync(':focus { outline: none !important }')
        document.adoptedStyleSheets = [sheet]
        document.addEventListener('change', ({ target }) => target.type === 'radio' && target.blur())
        for (const heading of document.querySelectorAll('.section h2')) heading.removeAttribute('tabindex')";
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "journeys": [journey], "planted": planted,
    });
    let results = browser::drive("journey.mjs", order).unwrap();
    let complaints = results[0]["complaints"].to_string();
    for fault in [
        "without a mark",
        "takes the focus away",
        "not at the heading",
    ] {
        assert!(complaints.contains(fault), "{fault} was planted: {results}");
    }
}

/// Types them in that browser, and follows each into the offices' folders.
fn all_arrive(engine: Engine, scenarios: Vec<Scenario>) {
    let who_reads = scenarios::who_reads().unwrap();
    let all_by_keyboard = std::env::var("MOTCUA_KEYBOARD").as_deref() == Ok("all");
    let by_keyboard = |scenario: &Scenario| {
        engine == Engine::Chromium
            && (all_by_keyboard || BY_KEYBOARD.contains(&scenario.id.as_str()))
    };
    let mut by_day: BTreeMap<String, Vec<Scenario>> = BTreeMap::new();
    for scenario in scenarios {
        by_day
            .entry(scenario.date.clone())
            .or_default()
            .push(scenario);
    }
    let mut faults = Vec::new();
    for (day, scenarios) in by_day {
        let plan = Plan::for_test(&format!("journeys-{engine:?}-{day}"), Some(&day)).unwrap();
        let city = City::start(&plan, &|_| ()).unwrap();
        let journeys: Vec<_> = scenarios
            .iter()
            .map(|s| json!({ "id": s.id, "service": s.service, "lang": s.lang, "type": s.r#type, "byKeyboard": by_keyboard(s) }))
            .collect();
        let order = json!({
            "portal": city.portal_url(), "now": city.now(), "journeys": journeys,
        });
        let results = browser::drive_in(engine, "journey.mjs", order).unwrap();
        for (scenario, result) in scenarios.iter().zip(results.as_array().unwrap()) {
            match arrived(&city, scenario, result, &who_reads) {
                Ok(()) => println!(
                    "{}: {} reached {:?}, {} stops by Tab",
                    scenario.id, result["reference"], scenario.offices, result["stops"]
                ),
                Err(fault) => faults.push(format!("{}: {fault}", scenario.id)),
            }
        }
        // Nobody but those who were meant got anything.
        let meant: usize = scenarios
            .iter()
            .map(|scenario| scenario.offices.len())
            .sum();
        if faults.is_empty() && city.handed_over().len() != meant {
            faults.push(format!(
                "{day}: {} files in the offices' folders, {meant} meant",
                city.handed_over().len()
            ));
        }
        faults.extend(told_by_the_logs(&city, &scenarios));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// One scenario, from what the browser saw to what the offices hold.
fn arrived(
    city: &City,
    scenario: &Scenario,
    result: &Value,
    who_reads: &WhoReads,
) -> Result<(), String> {
    if let Some(failure) = result["failure"].as_str() {
        return Err(format!(
            "{failure}\n  picture: {}, complaints: {}",
            result["picture"], result["complaints"]
        ));
    }
    expect(
        "what the browser complained of",
        &result["complaints"],
        &json!([]),
    )?;
    tells_who_reads(&result["told"], &who_reads[&scenario.service])?;
    let receipt = receipt_of(city, result)?;
    let id = receipt["id"].as_str().unwrap_or_default();
    let cases = city
        .wait_for_case(id, scenario.offices.len())
        .map_err(|failure| failure.to_string())?;
    let got: BTreeMap<_, _> = cases
        .iter()
        .map(|case| (case.role().to_owned(), case.office.clone()))
        .collect();
    expect("the offices", &json!(got), &json!(scenario.offices))?;
    for case in &cases {
        holds_exactly_its_answers(case, scenario, result, who_reads)?;
    }
    let marked: BTreeSet<String> = cases
        .iter()
        .flat_map(HandedOver::faults)
        .map(|(_, rule, _)| rule)
        .collect();
    expect(
        "the rules marked",
        &json!(marked),
        &json!(scenario.warnings),
    )
}

/// Before it is sent, the review names for each office the questions whose answers it gets, and no other.
fn tells_who_reads(told: &Value, reads: &BTreeMap<String, BTreeSet<String>>) -> Result<(), String> {
    let rows = told["rows"].as_array().ok_or("there is no review")?;
    let labels = |is_read: &dyn Fn(&str) -> bool| -> String {
        let its = rows
            .iter()
            .filter(|row| row["id"].as_str().is_some_and(is_read));
        let its: Vec<&str> = its.filter_map(|row| row["label"].as_str()).collect();
        its.join("; ")
    };
    let wanted: BTreeSet<String> = reads
        .values()
        .map(|ids| labels(&|id| ids.contains(id)))
        .collect();
    let readers = told["readers"].as_array().ok_or("no office is named")?;
    let said: BTreeSet<String> = readers
        .iter()
        .filter_map(|reader| match reader[1].as_str()? {
            "tất cả các mục" | "everything" => Some(labels(&|_| true)),
            said => Some(said.to_owned()),
        })
        .collect();
    expect(
        "how many offices are named",
        &json!(readers.len()),
        &json!(reads.len()),
    )?;
    expect("who is said to read what", &json!(said), &json!(wanted))
}

/// What people wrote in words of their own, names and sensitive answers among it, is in no program's log.
fn told_by_the_logs(city: &City, scenarios: &[Scenario]) -> Vec<String> {
    let logs = [
        ("relay", city.relay_words()),
        ("intake", city.intake_words()),
    ];
    let written = written_in(scenarios);
    assert!(!written.is_empty(), "nobody wrote anything");
    let told = |(program, log): &(&str, String)| {
        let told = written.iter().filter(|words| log.contains(**words));
        let sentence = |words| format!("the {program}'s log tells what a person wrote: {words:?}");
        told.map(sentence).collect::<Vec<_>>()
    };
    logs.iter().flat_map(told).collect()
}

/// What the scenarios' people write in words of their own.
fn written_in(scenarios: &[Scenario]) -> BTreeSet<&str> {
    let answers = scenarios
        .iter()
        .flat_map(|scenario| scenario.answers.values());
    answers.flat_map(words_of_their_own).collect()
}

/// Every text in an answer that is no code: it has a space in it.
fn words_of_their_own(answer: &Value) -> Vec<&str> {
    match answer {
        Value::String(text) if text.contains(' ') => vec![text],
        Value::Array(entries) => entries.iter().flat_map(words_of_their_own).collect(),
        Value::Object(parts) => parts.values().flat_map(words_of_their_own).collect(),
        _ => Vec::new(),
    }
}

/// The receipt that the page offers to keep: signed by the relay, for the form and the reference shown, with the proof
/// that it is in the log.
fn receipt_of(city: &City, result: &Value) -> Result<Value, String> {
    let saved = result["receipt"].as_str().unwrap_or_default();
    let (jws, proof) = saved.split_once('\n').unwrap_or((saved, ""));
    let publisher = std::fs::read_to_string(city.keys().publisher_public())
        .map_err(|error| error.to_string())?;
    let mut publisher: Value =
        serde_json::from_str(&publisher).map_err(|error| error.to_string())?;
    for member in ["kid", "use"] {
        publisher.as_object_mut().and_then(|jwk| jwk.remove(member));
    }
    let jwk: envelope::Jwk =
        serde_json::from_value(publisher).map_err(|error| error.to_string())?;
    let pinned = envelope::PublicKey::try_from(jwk).map_err(|fault| fault.to_string())?;
    let catalogue = std::fs::read_to_string(city.portal_dir().join("catalogue.jws"))
        .map_err(|e| e.to_string())?;
    let now = envelope::UnixTime(city.now());
    let catalogue = envelope::Catalogue::read(catalogue.trim_end(), &[pinned], now)
        .map_err(|fault| format!("catalogue: {fault}"))?;
    let receipt = envelope::Receipt::read(jws, &catalogue)
        .map_err(|fault| format!("receipt {jws:?}: {fault}"))?;
    envelope::log::InclusionProof::read(proof)
        .and_then(|proof| proof.verify(&receipt.manifest_sha256, &catalogue.logs))
        .map_err(|fault| format!("proof {proof:?}: {fault}"))?;
    let reference = envelope::reference(&receipt.manifest_sha256);
    expect(
        "the reference shown",
        &result["reference"],
        &json!(reference),
    )?;
    expect(
        "the receipt's file name",
        &result["download"],
        &json!(format!("receipt-{reference}.txt")),
    )?;
    serde_json::to_value(&receipt).map_err(|error| error.to_string())
}

fn holds_exactly_its_answers(
    case: &HandedOver,
    scenario: &Scenario,
    result: &Value,
    who_reads: &WhoReads,
) -> Result<(), String> {
    let reads = who_reads
        .get(&scenario.service)
        .and_then(|roles| roles.get(case.role()))
        .ok_or_else(|| {
            format!(
                "who-reads.json does not know {} of {}",
                case.role(),
                scenario.service
            )
        })?;
    let (got, wanted) = (
        case.answers(),
        scenarios::restricted(&scenario.answers, reads),
    );
    let fields: BTreeSet<&String> = got.keys().chain(wanted.keys()).collect();
    let differ: Vec<_> = fields
        .into_iter()
        .filter(|field| got.get(*field) != wanted.get(*field))
        .map(|field| {
            format!(
                "    {field}: got {:?}, wanted {:?}",
                got.get(field),
                wanted.get(field)
            )
        })
        .collect();
    if !differ.is_empty() {
        return Err(format!(
            "{} ({}) holds other answers:\n{}",
            case.role(),
            case.office,
            differ.join("\n")
        ));
    }
    let receiving = ["ward", "education"].map(|role| scenario.offices.get(role));
    let receiving = receiving.into_iter().flatten().next();
    expect(
        "the reference",
        &case.content["reference"],
        &result["reference"],
    )?;
    expect(
        "the office that receives",
        &case.content["agency"],
        &json!(receiving),
    )?;
    expect(
        "the form",
        &case.content["form"]["id"],
        &json!(scenario.service),
    )
}

fn expect(what: &str, got: &Value, wanted: &Value) -> Result<(), String> {
    if got == wanted {
        Ok(())
    } else {
        Err(format!("{what}: got {got}, wanted {wanted}"))
    }
}
