//! A small city for the intake's tests: keys, a form of three offices, a catalogue, and what a page does.
//!
//! Every test binary uses its own part of it.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod log;
pub(crate) mod page;
pub(crate) mod program;
pub(crate) mod relay;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use envelope::{
    Catalogue, CatalogueForm, CatalogueOffice, DatedKey, Digest, FormRef, Mode, PublicKey,
    Recipient, UnixTime, V1, base64url, jws,
};
use intake::config::Config;
use intake::failure::Failure;
use intake::run::{Runner, Until};
use p256::SecretKey;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};

/// 2016-08-10 09:31:01 on the city's clock.
pub(crate) const NOW: UnixTime = UnixTime(1_470_796_261);
pub(crate) const DAY: i64 = 86_400;
/// The manifests' `aud`.
pub(crate) const RELAY: &str = "https://relay.example";

/// A private key, the same at every run: the name is the seed.
pub(crate) struct Key(pub(crate) SecretKey);

impl Key {
    pub(crate) fn named(name: &str) -> Self {
        let seed = Digest::of(format!("a key of the tests: {name}").as_bytes());
        Self(SecretKey::from_slice(seed.as_bytes()).expect("a scalar"))
    }

    pub(crate) fn public(&self) -> PublicKey {
        let sec1 = self.0.public_key().to_sec1_bytes();
        let half = |from: usize| sec1[from..from + 32].try_into().expect("32 bytes");
        PublicKey::from_coordinates(half(1), half(33))
    }

    pub(crate) fn dated(&self) -> DatedKey {
        DatedKey::new(self.public(), NOW.plus(-100 * DAY), NOW.plus(100 * DAY))
    }

    pub(crate) fn sign(&self, input: &str) -> String {
        let signature: Signature = SigningKey::from(&self.0).sign(input.as_bytes());
        jws::attach(input, &signature.to_bytes().into())
    }

    /// The key file that `motcua-intake keys new` would have made.
    pub(crate) fn file(&self, purpose: &str) -> String {
        let envelope::Jwk { kty, crv, x, y } = self.public().jwk();
        let (d, kid) = (
            base64url::encode(&self.0.to_bytes()),
            self.public().thumbprint(),
        );
        json!({"kty": kty, "crv": crv, "x": x, "y": y, "d": d, "kid": kid, "use": purpose})
            .to_string()
    }
}

/// The compiled form: three offices that read different fields, a rule within one part and a rule
/// that only two parts together can judge.
pub(crate) fn form() -> String {
    let reads_ward = ["agency", "name", "born", "people", "att.photo"];
    let reads_police = ["agency", "name", "note"];
    let text = |words: &str| json!({ "vi": words, "en": words });
    json!({
        "formdef": 1, "id": "test-form", "version": 3, "level": 3, "mode": "live",
        "title": text("Tờ khai <thử> & xem"),
        "recipients": [
            {"role": "ward", "kind": "ward", "office": {"of": "agency"}, "reads": reads_ward},
            {"role": "police", "kind": "police", "office": {"district_of": "agency", "prefix": "ca-"}, "reads": reads_police},
        ],
        "lists": {"agencies": Digest::of(agencies().as_bytes())},
        "sections": [
            {"id": "main", "title": text("Người nộp"), "fields": [
                {"id": "agency", "kind": "agency", "label": text("Nơi nhận"), "required": true},
                {"id": "name", "kind": "text", "label": text("Họ và tên"), "required": true, "length_max": 500},
                {"id": "born", "kind": "date", "label": text("Ngày sinh"), "required": true},
                {"id": "people", "kind": "repeat", "label": text("Người đi cùng"), "required": false, "max": 5, "fields": [
                    {"id": "full_name", "kind": "text", "label": text("Tên"), "required": true, "length_max": 100},
                ]},
                {"id": "att.photo", "kind": "attachment", "label": text("Ảnh"), "required": false, "bring": true,
                 "types": ["image/jpeg", "application/pdf"], "count_max": 2, "bytes_max": 600_000},
                {"id": "note", "kind": "text", "label": text("Ghi chú"), "required": false, "length_max": 60000},
            ]},
        ],
        "rules": [
            {"id": "R-PAST", "on": "born", "severity": "error",
             "assert": ["d<=", ["get", "born"], ["today"]], "message": text("Ngày sinh sau ngày nộp.")},
            {"id": "R-TOGETHER", "on": "note", "severity": "warning",
             "assert": ["||", ["!=", ["get", "note"], "già"], ["d<", ["get", "born"], ["date", "1956-01-01"]]],
             "message": text("Ghi chú không khớp với ngày sinh.")},
        ],
    })
    .to_string()
}

pub(crate) fn agencies() -> String {
    let label = |vi: &str| json!({ "vi": vi });
    json!({
        "id": "agencies",
        "groups": [{"code": "001", "label": label("Quận Ba Đình")}, {"code": "002", "label": label("Quận Hoàn Kiếm")}],
        "items": [
            {"code": "00001", "label": label("Phường Phúc Xá"), "group": "001"},
            {"code": "00037", "label": label("Phường Phúc Tân"), "group": "002"},
        ],
    })
    .to_string()
}

pub(crate) fn form_ref() -> FormRef {
    FormRef {
        id: "test-form".into(),
        version: 3,
        sha256: Digest::of(form().as_bytes()),
    }
}

/// Offices of the city and their kinds.
pub(crate) const OFFICES: [(&str, &str); 4] = [
    ("00001", "ward"),
    ("00037", "ward"),
    ("ca-001", "police"),
    ("ca-002", "police"),
];

pub(crate) fn catalogue() -> Catalogue {
    let recipient = |role: &str| Recipient {
        role: role.into(),
        kind: role.into(),
    };
    let FormRef {
        id,
        version,
        sha256,
    } = form_ref();
    Catalogue {
        v: V1,
        serial: 7,
        iat: NOW.plus(-DAY),
        exp: NOW.plus(30 * DAY),
        portal: "https://portal.example".into(),
        relay: RELAY.into(),
        publishers: vec![Key::named("publisher").public()],
        relays: vec![Key::named("relay").dated()],
        logs: vec![log::key()],
        acks: vec![Key::named("ack").dated()],
        forms: vec![CatalogueForm {
            id,
            version,
            sha256,
            opens: None,
            closes: None,
            accept_until: None,
            mode: Mode::Live,
            recipients: vec![recipient("ward"), recipient("police")],
            attachments_bytes_max: 1 << 20,
        }],
        offices: OFFICES.map(|(code, kind)| office(code, kind)).into(),
        recovery: Key::named("recovery").dated(),
    }
}

fn office(code: &str, kind: &str) -> CatalogueOffice {
    let keys = json!([Key::named(code).dated()]);
    serde_json::from_value(json!({"code": code, "kind": kind, "mode": "live", "keys": keys}))
        .expect("an office")
}

/// A folder of its own for one test, with everything that an intake needs.
pub(crate) struct Site {
    pub(crate) root: PathBuf,
}

impl Site {
    /// `name` must be the test's own.
    pub(crate) fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        if root.exists() {
            fs::remove_dir_all(&root).expect("an old scratch folder removed");
        }
        let site = Self { root };
        for folder in ["portal/forms/test-form", "portal/lists", "keys"] {
            fs::create_dir_all(site.path(folder)).expect("a folder");
        }
        site.publish(&catalogue());
        site.write("portal/forms/test-form/3.json", &form());
        let list = format!("portal/lists/{}.json", Digest::of(agencies().as_bytes()));
        site.write(&list, &agencies());
        let publisher = json!(Key::named("publisher").public());
        site.write("publisher.pub.jwk", &publisher.to_string());
        site.write_private("ack.jwk", &Key::named("ack").file("sig"));
        for (code, _) in OFFICES {
            site.write_private(&format!("keys/{code}.jwk"), &Key::named(code).file("enc"));
        }
        relay::write_certificates(&site);
        site.write("intake.toml", &config("https://localhost:1"));
        site
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn write(&self, relative: &str, text: &str) {
        fs::write(self.path(relative), text).expect("a file written");
    }

    pub(crate) fn write_private(&self, relative: &str, text: &str) {
        self.write(relative, text);
        fs::set_permissions(self.path(relative), fs::Permissions::from_mode(0o600)).expect("mode");
    }

    pub(crate) fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap_or_default()
    }

    /// Signs and publishes a catalogue where the intake looks for it.
    pub(crate) fn publish(&self, catalogue: &Catalogue) {
        let publisher = Key::named("publisher");
        let input = catalogue.signing_input(publisher.public().thumbprint());
        self.write("portal/catalogue.jws", &publisher.sign(&input));
    }

    /// Drains the relay as `motcua-intake run --once` does.
    pub(crate) fn drain(&self, relay: &relay::Relay) -> Result<(), Failure> {
        self.drain_at(relay, NOW)
    }

    pub(crate) fn drain_at(&self, relay: &relay::Relay, now: UnixTime) -> Result<(), Failure> {
        self.write("intake.toml", &config(&relay.origin));
        let config = Config::read(&self.path("intake.toml")).expect("the config");
        Runner::default().run(config, Until::Drained, &|| now)
    }

    /// Names in a folder below `intake/`, sorted; none when it is not there.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path("intake").join(folder)) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("UTF-8")
            })
            .collect();
        names.sort();
        names
    }

    /// The only file handed over to an office.
    pub(crate) fn case(&self, office: &str) -> Value {
        let names = self.names(&format!("offices/{office}"));
        assert_eq!(names.len(), 1, "one case for {office}: {names:?}");
        let text = self.read(&format!("intake/offices/{office}/{}", names[0]));
        serde_json::from_str(&text).expect("JSON")
    }

    /// The file handed over to an office of the submission with that id.
    pub(crate) fn case_of(&self, office: &str, id: envelope::SubmissionId) -> Value {
        let names = self.names(&format!("offices/{office}"));
        let its = names.iter().find(|name| name.contains(&id.to_string()));
        let text = self.read(&format!(
            "intake/offices/{office}/{}",
            its.expect("its case")
        ));
        serde_json::from_str(&text).expect("JSON")
    }

    /// `part: word` of every cause in quarantine, sorted.
    pub(crate) fn causes(&self) -> Vec<String> {
        let mut causes = Vec::new();
        for name in self.names("quarantine") {
            for line in self
                .read(&format!("intake/quarantine/{name}/cause.txt"))
                .lines()
            {
                let mut columns = line.split('\t');
                let (part, word) = (columns.next(), columns.next());
                causes.push(format!(
                    "{}: {}",
                    part.unwrap_or_default(),
                    word.unwrap_or_default()
                ));
            }
        }
        causes.sort();
        causes
    }
}

/// The config of a site; the paths are relative to it.
pub(crate) fn config(relay: &str) -> String {
    format!(
        r#"dir = "intake"
relay = "{relay}"
catalogue = "portal/catalogue.jws"
publishers = ["publisher.pub.jwk"]
forms = "portal/forms"
lists = "portal/lists"
keys = "keys"
ack_key = "ack.jwk"
wait_s = 1
[tls]
certificate = "intake.pem"
private_key = "intake.key.pem"
ca = "ca.pem"
"#
    )
}

/// Rules and fields of a case's faults.
pub(crate) fn faults(case: &Value) -> Vec<String> {
    let faults = case["faults"].as_array().expect("faults");
    let word = |fault: &Value, member: &str| fault[member].as_str().unwrap_or_default().to_owned();
    faults
        .iter()
        .map(|fault| format!("{} {}", word(fault, "field"), word(fault, "rule")))
        .collect()
}
