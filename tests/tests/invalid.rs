//! Each wrong value twice: typed into the page, which says so at its field; and sealed past the page by somebody who
//! does not ask it, when the intake marks the same rule at the same field.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use serde_json::{Value, json};
use tests::citizen::Citizen;
use tests::office::HandedOver;
use tests::scenarios::{self, Scenario, Wrong};
use tests::{City, Plan, browser, http};

/// How many pages are wrong at the same time: one a core.
const BROWSERS: usize = 2;

#[test]
fn each_wrong_value_is_named_by_the_page_and_by_the_intake() {
    let bases: BTreeMap<String, Scenario> = scenarios::all()
        .unwrap()
        .into_iter()
        .map(|scenario| (scenario.id.clone(), scenario))
        .collect();
    let mut by_day: BTreeMap<String, Vec<Wrong>> = BTreeMap::new();
    for wrong in scenarios::wrong().unwrap() {
        let base = bases
            .get(&wrong.scenario)
            .unwrap_or_else(|| panic!("{}: no scenario {}", wrong.id, wrong.scenario));
        assert_eq!(wrong.service, base.service, "{}", wrong.id);
        by_day
            .entry(wrong.today.clone().unwrap_or_else(|| base.date.clone()))
            .or_default()
            .push(wrong);
    }
    let mut faults = Vec::new();
    for (day, wrongs) in &by_day {
        let city = City::start(
            &Plan::for_test(&format!("invalid-{day}"), Some(day)).unwrap(),
            &|_| (),
        )
        .unwrap();
        // Browsers and offices work at the same time.
        let (marked, said) = thread::scope(|threads| {
            let marked = threads.spawn(|| sealed_past_the_page(&city, wrongs, &bases));
            let said = typed_into_the_page(&city, wrongs, &bases);
            (marked.join().unwrap(), said)
        });
        for wrong in wrongs {
            let verdict = marked[&wrong.id]
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|message| named_by_the_page(wrong, &said[&wrong.id], message));
            if let Err(fault) = verdict {
                faults.push(format!(
                    "{} ({} at {}): {fault}",
                    wrong.id, wrong.rule, wrong.field
                ));
            }
        }
        println!("{day}: {} wrong values", wrongs.len());
    }
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// Each wrong value by its name, with the message that the intake gives the rule at the field; or why it does not.
fn sealed_past_the_page(
    city: &City,
    wrongs: &[Wrong],
    bases: &BTreeMap<String, Scenario>,
) -> BTreeMap<String, Result<String, String>> {
    let citizen = Citizen::of_portal(&city.portal_dir()).unwrap();
    let sent: Vec<_> = wrongs
        .iter()
        .map(|wrong| (wrong, send(city, &citizen, wrong, &bases[&wrong.scenario])))
        .collect();
    let mark = |(wrong, id): (&Wrong, Result<String, String>)| {
        let offices = bases[&wrong.scenario].offices.len();
        let cases = id.and_then(|id| {
            city.wait_for_case(&id, offices)
                .map_err(|failure| failure.to_string())
        });
        (
            wrong.id.clone(),
            cases.and_then(|cases| marked_as(wrong, &cases)),
        )
    };
    sent.into_iter().map(mark).collect()
}

/// Seals the wrong answers and posts them; the submission's id.
fn send(city: &City, citizen: &Citizen, wrong: &Wrong, base: &Scenario) -> Result<String, String> {
    let sealed = citizen
        .apply(
            &wrong.service,
            &wrong.sealed(base),
            &base.offices,
            city.now(),
        )
        .map_err(|failure| failure.to_string())?;
    let answer = http::request(
        city.relay_address(),
        "POST",
        "/v1/submissions",
        Some(&sealed.body),
    )
    .map_err(|error| format!("the relay: {error}"))?;
    if answer.status == 201 {
        Ok(sealed.id)
    } else {
        Err(format!("the relay: {} {}", answer.status, answer.text()))
    }
}

/// The Vietnamese message with which some office's file marks the rule at the field.
fn marked_as(wrong: &Wrong, cases: &[HandedOver]) -> Result<String, String> {
    let wanted = (
        wrong.field.clone(),
        wrong.rule.clone(),
        wrong.severity.clone(),
    );
    for case in cases {
        if let Some(at) = case.faults().iter().position(|fault| *fault == wanted) {
            return Ok(case.content["faults"][at]["message"]["vi"]
                .as_str()
                .unwrap_or_default()
                .to_owned());
        }
    }
    let marked: Vec<_> = cases
        .iter()
        .map(|case| (case.role().to_owned(), case.faults()))
        .collect();
    Err(format!("the intake does not mark it; it marks {marked:?}"))
}

/// What the page says, by the wrong value's name.
fn typed_into_the_page(
    city: &City,
    wrongs: &[Wrong],
    bases: &BTreeMap<String, Scenario>,
) -> BTreeMap<String, Value> {
    let cases: Vec<Value> = wrongs
        .iter()
        .map(|wrong| {
            let typed = wrong.typed(&bases[&wrong.scenario]);
            let changed: Vec<_> = wrong.r#type.iter().map(|(name, _)| name).collect();
            json!({ "id": wrong.id, "service": wrong.service, "type": typed, "changed": changed, "field": wrong.field })
        })
        .collect();
    let share = cases.len().div_ceil(BROWSERS).max(1);
    thread::scope(|threads| {
        let drivers: Vec<_> = cases
            .chunks(share)
            .map(|cases| {
                let order =
                    json!({ "portal": city.portal_url(), "now": city.now(), "cases": cases });
                threads.spawn(|| browser::drive("invalid.mjs", order).unwrap())
            })
            .collect();
        let results = drivers
            .into_iter()
            .flat_map(|driver| driver.join().unwrap().as_array().cloned().unwrap());
        results
            .map(|result| (result["id"].as_str().unwrap().to_owned(), result))
            .collect()
    })
}

/// The page must say at the field what the intake says, and list it in its summary when it stops the person.
fn named_by_the_page(wrong: &Wrong, said: &Value, message: &str) -> Result<(), String> {
    if let Some(failure) = said["failure"].as_str() {
        let picture = Path::new(said["picture"].as_str().unwrap_or_default())
            .display()
            .to_string();
        return Err(format!("{failure}; picture: {picture}"));
    }
    let at_field = said["errors"][&wrong.field].as_str().unwrap_or_default();
    if !at_field.contains(message) {
        return Err(format!(
            "the page says {at_field:?} at the field, the intake {message:?}; {said}"
        ));
    }
    let stops = matches!(wrong.severity.as_str(), "error" | "route");
    let listed = said["summary"].as_array().is_some_and(|links| {
        links.iter().any(|link| {
            link["text"]
                .as_str()
                .is_some_and(|text| text.contains(message))
        })
    });
    if stops && !listed {
        return Err(format!("the summary does not list it: {}", said["summary"]));
    }
    Ok(())
}
