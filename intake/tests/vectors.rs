//! `envelope/vectors/`: what an intake must say to each, delivered by a relay that let everything through.
#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use envelope::{Catalogue, Digest, UnixTime};
use p256::SecretKey;
use serde_json::{Value, json};
use support::relay::Relay;
use support::{Key, Site, page};

fn vectors() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../envelope/vectors");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| serde_json::from_slice(&fs::read(file).unwrap()).unwrap())
        .collect()
}

/// The city of the vectors: its keys are published on purpose.
struct City {
    site: Site,
    catalogue: Catalogue,
    relay_key: Key,
}

impl City {
    fn new() -> Self {
        let site = Site::new("vectors");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../envelope/vectors/city");
        let keys: Value =
            serde_json::from_slice(&fs::read(folder.join("keys.json")).unwrap()).unwrap();
        let file = |name: &str, purpose: &str| key(&keys[name]).file(purpose);

        fs::remove_dir_all(site.path("keys")).unwrap();
        fs::create_dir(site.path("keys")).unwrap();
        let offices = [
            ("00001", "00001"),
            ("00001.grace", "00001-in-grace"),
            ("00001.past", "00001-past-grace"),
            ("00004", "00004"),
            ("00007", "00007-trial"),
            ("ca-001", "ca-001"),
            ("ca-002", "ca-002"),
            ("bh-001", "bh-001"),
            ("recovery", "recovery"),
        ];
        for (name, of) in offices {
            site.write_private(&format!("keys/{name}.jwk"), &file(of, "enc"));
        }
        site.write_private("ack.jwk", &file("ack", "sig"));
        let publisher = key(&keys["publisher"]).public();
        site.write("publisher.pub.jwk", &json!(publisher).to_string());
        let published = fs::read_to_string(folder.join("catalogue.jws")).unwrap();
        site.write("portal/catalogue.jws", &published);
        let issued = UnixTime(1_470_792_600);
        let catalogue = Catalogue::read(&published, &[publisher], issued).unwrap();
        for entry in fs::read_dir(folder.join("forms")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let (id, version) = name.split_once('.').unwrap();
            fs::create_dir_all(site.path(&format!("portal/forms/{id}"))).unwrap();
            fs::copy(
                &path,
                site.path(&format!("portal/forms/{id}/{version}.json")),
            )
            .unwrap();
        }
        for entry in fs::read_dir(folder.join("lists")).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            site.write(
                &format!("portal/lists/{}.json", Digest::of(text.as_bytes())),
                &text,
            );
        }
        Self {
            site,
            catalogue,
            relay_key: key(&keys["relay"]),
        }
    }

    /// The item that a relay delivers of this vector, with the receipt that it would have given.
    fn item(&self, vector: &Value) -> Value {
        let pieces = match vector["body"].as_str() {
            Some(body) => serde_json::from_str(body).unwrap(),
            None => vector.clone(),
        };
        let parts: BTreeMap<String, String> =
            serde_json::from_value(pieces["parts"].clone()).unwrap();
        let manifest = pieces["manifest"].as_str().unwrap();
        let received_at = UnixTime(vector["now"].as_i64().unwrap());
        let receipt = page::receipt(manifest, &parts, received_at, &self.relay_key);
        json!({ "manifest": manifest, "parts": parts, "receipt": receipt })
    }

    /// Runs an intake that has taken nothing yet over one submission, as long as its catalogue holds.
    fn verdict(&self, item: Value, received_at: UnixTime) -> String {
        let now = received_at.min(self.catalogue.exp);
        for folder in ["submissions", "quarantine", "offices", "trial"] {
            let _ = fs::remove_dir_all(self.site.path("intake").join(folder));
        }
        let relay = Relay::holding(&self.site, [item]);
        relay.state().believes = Some((self.catalogue.clone(), now));
        self.site.drain_at(&relay, now).unwrap();
        let mut words: Vec<String> = self
            .site
            .causes()
            .iter()
            .map(|cause| cause.split(": ").nth(1).unwrap().to_owned())
            .collect();
        words.dedup();
        let handed_over =
            !self.site.names("offices").is_empty() || !self.site.names("trial").is_empty();
        match words.as_slice() {
            [] if handed_over => "accept".to_owned(),
            words => format!("refuse:{}", words.join("+")),
        }
    }
}

fn key(jwk: &Value) -> Key {
    let d = envelope::base64url::decode_fixed::<32>(jwk["d"].as_str().unwrap()).unwrap();
    Key(SecretKey::from_slice(&d).unwrap())
}

#[test]
fn every_vector_gets_its_verdict() {
    let city = City::new();
    let mut wrong = Vec::new();
    let mut judged = 0;
    for vector in vectors() {
        let (name, expected) = (
            vector["name"].as_str().unwrap(),
            vector["intake"].as_str().unwrap(),
        );
        // A body that is none never becomes a delivery.
        if expected == "unseen" {
            continue;
        }
        judged += 1;
        let now = UnixTime(vector["now"].as_i64().unwrap());
        let verdict = city.verdict(city.item(&vector), now);
        if verdict != expected {
            wrong.push(format!("{name}: {verdict} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(judged > 100, "{judged}");
}
