//! Every row of the refusal table, given by a relay that runs. The match has no other arm: a new row does not compile
//! until somebody shows it here.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::io::Write;
use std::thread::sleep;
use std::time::Duration;

use envelope::limits::BODY_BYTES_MAX;
use envelope::{DatedKey, Digest, Refusal, UnixTime, base64url};
use serde_json::{Value, json};
use support::client::{
    Answer, connect, get, pending, put, read_answer, request, send, submission, submit,
};
use support::submission::{Draft, attached, draft};
use support::{City, NOW, Running};

#[test]
fn every_refusal_of_the_table_is_given_and_leaves_no_trace() {
    let city = City::new();
    let relay = city.start();
    for refusal in Refusal::ALL {
        let answer = provoke(*refusal, &city, &relay);
        assert_eq!(answer.code(), refusal.code(), "{answer:?}");
        assert_eq!(answer.status, refusal.status());
        let problem = answer.json();
        assert_eq!(
            problem["type"],
            format!("urn:motcua:refusal:{}", refusal.code())
        );
        assert_eq!(
            (&problem["vi"], &problem["en"]),
            (&refusal.vi().into(), &refusal.en().into())
        );
        assert_eq!(
            answer.header("retry-after").is_some(),
            refusal.status() == 503
        );
        assert_eq!(problem.get("now").is_some(), *refusal == Refusal::Clock);
    }
    // The one that `id-taken` needed.
    assert_eq!(pending(&city, &relay, "").len(), 1);
}

/// Does what `refusal` is for.
fn provoke(refusal: Refusal, city: &City, relay: &Running) -> Answer {
    let good = draft(city);
    let bent = |change: fn(&mut Draft)| submit(relay, &draft(city).with(change).body());
    match refusal {
        Refusal::TooLarge => submit(relay, &vec![b' '; BODY_BYTES_MAX + 1]),
        Refusal::Malformed => submit(relay, b"{}"),
        Refusal::ManifestTooLarge => bent(|draft| draft.payload["aud"] = "x".repeat(8192).into()),
        Refusal::Header => bent(|draft| draft.header = draft.header.replace("ES256", "none")),
        Refusal::Version => bent(|draft| draft.payload["v"] = 2.into()),
        Refusal::Signature => {
            let other = support::Key::new();
            submit(relay, &good.with(|draft| draft.key = other).body())
        }
        Refusal::Parts => bent(|draft| drop(draft.parts.remove("recovery"))),
        Refusal::PartDigest => {
            bent(|draft| draft.parts.get_mut("ward").unwrap().replace_range(..1, "x"))
        }
        Refusal::Catalogue => after_its_catalogue_expired(),
        Refusal::Clock => bent(|draft| date(draft, NOW - 3600, NOW)),
        Refusal::Expired => bent(|draft| date(draft, NOW - 300, NOW - 1)),
        Refusal::Audience => bent(|draft| draft.payload["aud"] = "https://other.example".into()),
        Refusal::Form => bent(|draft| draft.payload["form"]["sha256"] = json!(Digest::of(b"x"))),
        Refusal::FormClosed => bent(|draft| {
            draft.payload["form"] =
                json!({ "id": "old", "version": 1, "sha256": Digest::of(b"old") });
        }),
        Refusal::Agency => bent(|draft| draft.payload["agency"] = "99999".into()),
        Refusal::AgencyClosed => bent(|draft| draft.payload["agency"] = "00002".into()),
        Refusal::Mode => bent(|draft| draft.payload["mode"] = "trial".into()),
        Refusal::RecipientKey => {
            let stranger = json!(support::Key::new().kid);
            submit(
                relay,
                &good
                    .with(|draft| draft.payload["parts"][0]["kid"] = stranger)
                    .body(),
            )
        }
        Refusal::IdTaken => {
            assert_eq!(submit(relay, &good.body()).status, 201);
            submit(
                relay,
                &good
                    .with(|draft| draft.payload["exp"] = (NOW + 60).into())
                    .body(),
            )
        }
        Refusal::Offset => {
            let waits = attached(city, &[("a1", &[0; 38])]);
            assert_eq!(submit(relay, &waits.body()).status, 202);
            send(relay, &put(&waits.part("a1"), 1, b"x"))
        }
        Refusal::NotFound => get(relay, "/v1/submissions/AAAAAAAAAAAAAAAAAAAAAA"),
        Refusal::Method => send(relay, &request("DELETE", "/v1/submissions", "", b"")),
        Refusal::MediaType => send(
            relay,
            &request(
                "POST",
                "/v1/submissions",
                "Content-Type: text/plain\r\n",
                b"{}",
            ),
        ),
        Refusal::Framing => send(relay, b"GET / HTTP/1.1\nHost: a\n\n"),
        Refusal::Timeout => too_slowly(),
        Refusal::Busy => to_a_full_store(),
        Refusal::Internal => under_a_key_that_nobody_could_check(),
    }
}

fn date(draft: &mut Draft, iat: i64, exp: i64) {
    draft.payload["iat"] = iat.into();
    draft.payload["exp"] = exp.into();
}

fn after_its_catalogue_expired() -> Answer {
    let city = City::new();
    let mut catalogue = city.catalogue();
    catalogue.exp = UnixTime(NOW + 5);
    city.publish(&catalogue);
    let relay = city.start();
    first_refusal(&city, &relay)
}

fn under_a_key_that_nobody_could_check() -> Answer {
    let city = City::new();
    let mut catalogue = city.catalogue();
    catalogue.relays = vec![DatedKey::new(
        city.relay_key,
        UnixTime(NOW - 60),
        UnixTime(NOW + 5),
    )];
    city.publish(&catalogue);
    let relay = city.start();
    first_refusal(&city, &relay)
}

/// The answer to the first submission that is not taken, a few seconds from now.
fn first_refusal(city: &City, relay: &Running) -> Answer {
    loop {
        let answer = submit(relay, &draft(city).body());
        if answer.status != 201 {
            return answer;
        }
        sleep(Duration::from_millis(100));
    }
}

fn too_slowly() -> Answer {
    let city = City::new();
    city.configure("[limits]\nbody_timeout_ms = 200");
    let relay = city.start();
    let request = submission(&draft(&city).body());
    let mut connection = connect(&relay);
    connection
        .get_mut()
        .write_all(&request[..request.len() - 1])
        .unwrap();
    let answer = read_answer(&mut connection).unwrap().unwrap();
    assert!(
        read_answer(&mut connection).unwrap().is_none(),
        "the connection is closed"
    );
    answer
}

fn to_a_full_store() -> Answer {
    let city = City::new();
    let body = draft(&city).body();
    let relay = city.start();
    let receipt = submit(&relay, &body).receipt();
    drop(relay);
    city.configure("[limits]\nstore_bytes_max = 4096");
    let relay = city.start();
    // A full store still knows what it has.
    assert_eq!(submit(&relay, &body).receipt(), receipt);
    submit(&relay, &draft(&city).body())
}

#[test]
fn the_clock_refusal_tells_the_time_and_the_page_that_takes_it_is_let_in() {
    let city = City::new();
    let relay = city.start();
    let yesterday = draft(&city).with(|draft| date(draft, NOW - 86_400, NOW - 82_800));

    let refused = submit(&relay, &yesterday.body());
    let now = refused.json()["now"].as_i64().unwrap();
    assert!((NOW..NOW + 60).contains(&now));

    let again = yesterday.with(|draft| date(draft, now, now + 3600));
    assert_eq!(submit(&relay, &again.body()).status, 201);
}

/// A vector of the format, as far as the relay is concerned.
#[derive(serde::Deserialize)]
struct Vector {
    name: String,
    now: i64,
    body: Option<String>,
    body_base64url: Option<String>,
    body_padded_to: Option<usize>,
    manifest: Option<String>,
    parts: Option<BTreeMap<String, String>>,
    relay: String,
}

impl Vector {
    fn body(&self) -> Vec<u8> {
        let mut body = match (&self.body, &self.body_base64url) {
            (Some(text), _) => text.clone().into_bytes(),
            (_, Some(bytes)) => base64url::decode(bytes).unwrap(),
            _ => json!({ "manifest": self.manifest, "parts": self.parts })
                .to_string()
                .into_bytes(),
        };
        body.resize(self.body_padded_to.unwrap_or(body.len()), b' ');
        body
    }

    fn verdict(&self, relay: &Running) -> String {
        let answer = submit(relay, &self.body());
        if answer.status < 300 {
            "accept".to_owned()
        } else {
            answer.code()
        }
    }
}

#[test]
fn the_vectors_of_the_format_get_their_verdicts_over_http() {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../envelope/vectors");
    let (city, spare) = (city_of_the_vectors(vectors), city_of_the_vectors(vectors));
    let relay = city.start_at(VECTORS_NOW);
    let mut read = 0;
    for file in std::fs::read_dir(vectors)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let vector: Vector = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        read += 1;
        if vector.relay == "catalogue" {
            assert!(
                spare.fault_at(vector.now).contains("expired"),
                "it does not even start"
            );
        } else if vector.now != VECTORS_NOW || vector.verdict(&relay) != vector.relay {
            // It is of another time or of the very second, or has the id of another vector: to a fresh relay.
            for suffix in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(spare.path(&format!("relay.sqlite{suffix}")));
            }
            let fresh = spare.start_at(vector.now);
            assert_eq!(vector.verdict(&fresh), vector.relay, "{}", vector.name);
        }
    }
    assert!(read > 100, "only {read} vectors");
}

/// The present of the vectors.
const VECTORS_NOW: i64 = 1_470_792_600;

/// A city under the catalogue and the keys of the vectors.
fn city_of_the_vectors(vectors: &str) -> City {
    let city = City::new();
    let keys = std::fs::read(format!("{vectors}/city/keys.json")).unwrap();
    let keys: Value = serde_json::from_slice(&keys).unwrap();
    let mut file = keys["relay"].clone();
    file["use"] = "sig".into();
    std::fs::write(city.path("relay.jwk"), file.to_string()).unwrap();
    let mut file = keys["publisher"].clone();
    file["use"] = "sig".into();
    file.as_object_mut().unwrap().remove("d");
    std::fs::write(city.path("publisher.pub.jwk"), file.to_string()).unwrap();
    for file in ["catalogue.jws", "log.key"] {
        std::fs::copy(format!("{vectors}/city/{file}"), city.path(file)).unwrap();
    }
    city
}
