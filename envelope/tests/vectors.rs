//! Every vector, with the verdict of the relay; and every refusal of this crate has a vector.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use envelope::base64url;
use envelope::log::{CheckpointFault, InclusionProof, LogKey, Note, ProofFault};
use envelope::receipt::StatementFault;
use envelope::{
    Ack, Catalogue, CatalogueFault, Digest, KeyFile, Layer, PublicKey, Receipt, Refusal, Signed,
    UnixTime, Unverified, Verified,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A submission: either a body, or the pieces that a body is made of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    fault: String,
    now: UnixTime,
    catalogue: String,
    body: Option<String>,
    body_base64url: Option<String>,
    body_padded_to: Option<usize>,
    manifest: Option<String>,
    parts: Option<BTreeMap<String, String>>,
    relay: String,
    intake: String,
}

impl Vector {
    fn body(&self) -> Vec<u8> {
        let mut body = match (&self.body, &self.body_base64url) {
            (Some(text), _) => text.clone().into_bytes(),
            (_, Some(bytes)) => base64url::decode(bytes).unwrap(),
            _ => serde_json::json!({ "manifest": self.manifest, "parts": self.parts })
                .to_string()
                .into_bytes(),
        };
        if let Some(length) = self.body_padded_to {
            assert!(body.len() < length);
            body.resize(length, b' ');
        }
        body
    }

    fn signed(&self) -> Result<Signed, Refusal> {
        Unverified::read(&self.body())?.check_signature()
    }

    fn verified(&self) -> Result<Verified, Refusal> {
        self.signed()?.admit(self.now, &city(&self.catalogue))
    }
}

/// A catalogue or a key file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publication {
    name: String,
    fault: String,
    now: UnixTime,
    file: String,
    pinned: Vec<PublicKey>,
    seen: Option<u64>,
    jws: String,
    verdict: String,
}

/// A receipt or an acknowledgement.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    name: String,
    fault: String,
    now: UnixTime,
    catalogue: String,
    jws: String,
    verdict: String,
}

/// A proof that a manifest is in the log.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proof {
    name: String,
    fault: String,
    logs: Vec<LogKey>,
    manifest_sha256: Digest,
    proof: String,
    verdict: String,
}

fn folder(inner: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("vectors")
        .join(inner)
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    serde_json::from_slice(&fs::read(path).unwrap())
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// All vectors of a folder; each is named as its file and says its fault in words.
fn all<T: DeserializeOwned>(inner: &str, name_and_fault: fn(&T) -> (&str, &str)) -> Vec<T> {
    let mut paths: Vec<_> = fs::read_dir(folder(inner))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    assert!(paths.len() > 10, "{inner}: only {}", paths.len());
    let vector = |path: &PathBuf| {
        let vector = read(path);
        let (name, fault) = name_and_fault(&vector);
        assert_eq!(Some(name), path.file_stem().and_then(|stem| stem.to_str()));
        assert!(!fault.is_empty(), "{name}: says no fault");
        vector
    };
    paths.iter().map(vector).collect()
}

fn submissions() -> Vec<Vector> {
    all("", |vector: &Vector| (&vector.name, &vector.fault))
}

/// The public half of a key in `city/keys.json`.
fn key_of_the_city(name: &str) -> PublicKey {
    let keys: BTreeMap<String, BTreeMap<String, String>> = read(&folder("city/keys.json"));
    let coordinate = |member| base64url::decode_fixed(&keys[name][member]).unwrap();
    PublicKey::from_coordinates(coordinate("x"), coordinate("y"))
}

/// The catalogue of a vector; read as of the moment it was issued, whatever the vector's time.
fn city(catalogue: &str) -> Catalogue {
    let issued = UnixTime(1_470_762_000);
    let text = fs::read_to_string(folder(catalogue)).unwrap();
    Catalogue::read(&text, &[key_of_the_city("publisher")], issued).unwrap()
}

/// All differences at once.
fn assert_verdicts(verdicts: impl Iterator<Item = (String, String, String)>) {
    let wrong: Vec<_> = verdicts
        .filter(|(_, expected, given)| expected != given)
        .map(|(name, expected, given)| format!("{name}: expected {expected}, given {given}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn submissions_get_the_verdict_of_the_relay() {
    assert_verdicts(submissions().into_iter().map(|vector| {
        let given = vector.verified().map_or_else(Refusal::code, |_| "accept");
        (vector.name, vector.relay, given.to_owned())
    }));
}

#[test]
fn every_refusal_of_this_crate_has_a_vector() {
    let seen: BTreeSet<_> = submissions()
        .into_iter()
        .map(|vector| vector.relay)
        .collect();
    let own = Refusal::ALL
        .iter()
        .filter(|refusal| refusal.layer() == Layer::Envelope);
    let missing: Vec<_> = own
        .filter(|refusal| !seen.contains(refusal.code()))
        .collect();
    assert!(missing.is_empty(), "no vector for {missing:?}");
}

#[test]
fn the_intake_refuses_whatever_the_relay_refuses() {
    for vector in submissions() {
        let fits = match vector.intake.as_str() {
            "accept" => vector.relay == "accept",
            "unseen" => {
                vector.relay != "accept"
                    && vector.manifest.is_none() | vector.body_padded_to.is_some()
            }
            cause => {
                cause.starts_with("refuse:")
                    && (vector.relay == "accept" || cause[7..] == vector.relay)
            }
        };
        assert!(
            fits,
            "{}: {} and {}",
            vector.name, vector.relay, vector.intake
        );
    }
}

#[test]
fn pieces_get_the_same_verdict_as_the_body_made_of_them() {
    assert_verdicts(submissions().into_iter().filter_map(|vector| {
        let parts = vector.parts.clone()?;
        let verdict = |unverified: Result<Unverified, Refusal>| {
            let verified = unverified
                .and_then(Unverified::check_signature)
                .and_then(|s| s.admit(vector.now, &city(&vector.catalogue)));
            verified.map_or_else(Refusal::code, |_| "accept").to_owned()
        };
        let given = verdict(Unverified::from_pieces(vector.manifest.as_ref()?, parts));
        (vector.relay != "too-large").then_some((vector.name, vector.relay, given))
    }));
}

#[test]
fn twin_signatures_are_one_submission() {
    let [high, low] = ["signature-high-s.json", "signature-low-s.json"]
        .map(|name| read::<Vector>(&folder(name)).signed().unwrap());
    assert_ne!(high.manifest_jws(), low.manifest_jws());
    assert_eq!(
        (high.jkt(), high.id(), high.manifest_sha256()),
        (low.jkt(), low.id(), low.manifest_sha256())
    );
}

#[test]
fn a_submission_is_named_by_its_signing_input() {
    let vector: Vector = read(&folder("whole-three-offices.json"));
    let signed = vector.signed().unwrap();
    let sent = vector.manifest.unwrap();
    assert_eq!(signed.manifest_jws(), sent);
    assert_eq!(
        signed.manifest_sha256(),
        Digest::of(sent.rsplit_once('.').unwrap().0.as_bytes())
    );
    assert_eq!(signed.id(), signed.manifest().id);
    assert_eq!(signed.parts(), &vector.parts.unwrap());
}

#[test]
fn senders_sign_what_the_second_implementation_signed() {
    let vector: Vector = read(&folder("whole-three-offices.json"));
    let signed = vector.signed().unwrap();
    let key = key_of_the_city("case");
    assert_eq!(signed.jkt(), key.thumbprint());
    let manifest = vector.manifest.unwrap();
    assert!(manifest.starts_with(&(signed.manifest().signing_input(&key) + ".")));
}

#[test]
fn publications_get_their_verdict() {
    let vectors: Vec<Publication> = all("catalogues", |vector| (&vector.name, &vector.fault));
    assert_verdicts(vectors.into_iter().map(|vector| {
        let read = match vector.file.as_str() {
            "catalogue" => Catalogue::read(&vector.jws, &vector.pinned, vector.now)
                .and_then(|catalogue| catalogue.check_serial(vector.seen.unwrap_or(0))),
            "keys" => KeyFile::read(&vector.jws, &vector.pinned, vector.now).map(|_| ()),
            other => panic!("{}: {other}?", vector.name),
        };
        let given = match read {
            Ok(()) => "accept",
            Err(CatalogueFault::Malformed { .. }) => "malformed",
            Err(CatalogueFault::Foreign { .. }) => "foreign",
            Err(CatalogueFault::Signature) => "signature",
            Err(CatalogueFault::Expired { .. }) => "expired",
            Err(CatalogueFault::NotYet { .. }) => "not-yet",
            Err(CatalogueFault::RolledBack { .. }) => "rolled-back",
        };
        (vector.name, vector.verdict, given.to_owned())
    }));
}

#[test]
fn receipts_and_acknowledgements_get_their_verdict() {
    fn verdict<T>(read: Result<T, StatementFault>) -> String {
        match read {
            Ok(_) => "accept",
            Err(StatementFault::Malformed) => "malformed",
            Err(StatementFault::UnknownKey(_)) => "unknown-key",
            Err(StatementFault::Signature) => "signature",
            Err(StatementFault::KeyDates(_)) => "key-dates",
        }
        .to_owned()
    }
    let vectors =
        |inner| all(inner, |vector: &Statement| (&vector.name, &vector.fault)).into_iter();
    assert_verdicts(vectors("receipts").map(|vector| {
        let given = verdict(Receipt::read(&vector.jws, &city(&vector.catalogue)));
        (vector.name, vector.verdict, given)
    }));
    assert_verdicts(vectors("acks").map(|vector| {
        let given = verdict(Ack::read(&vector.jws, &city(&vector.catalogue), vector.now));
        (vector.name, vector.verdict, given)
    }));
}

#[test]
fn proofs_get_their_verdict() {
    let vectors = all("proofs", |vector: &Proof| (&vector.name, &vector.fault)).into_iter();
    assert_verdicts(vectors.map(|vector| {
        let verified = InclusionProof::read(&vector.proof)
            .and_then(|proof| proof.verify(&vector.manifest_sha256, &vector.logs));
        let given = match verified {
            Ok(_) => "accept",
            Err(ProofFault::Malformed | ProofFault::Checkpoint(CheckpointFault::Malformed)) => {
                "malformed"
            }
            Err(ProofFault::Checkpoint(CheckpointFault::UnknownLog { .. })) => "unknown-log",
            Err(ProofFault::Checkpoint(CheckpointFault::NotSigned { .. })) => "not-signed",
            Err(ProofFault::NotIncluded { .. }) => "not-included",
        };
        (vector.name, vector.verdict, given.to_owned())
    }));
}

#[test]
fn a_log_signs_and_says_when_as_the_second_implementation_does() {
    let vector: Proof = read(&folder("proofs/whole-with-its-time.json"));
    let proof = InclusionProof::read(&vector.proof).unwrap();
    let note = Note::read(&proof.checkpoint).unwrap();
    let log = &vector.logs[0];
    assert!(note.is_signed_by(log));
    assert_eq!(note.fresh_at(log), Some(UnixTime(1_470_792_600)));
}

#[test]
fn receipt_and_acknowledgement_are_for_one_submission() {
    let signed = read::<Vector>(&folder("signature-low-s.json"))
        .signed()
        .unwrap();
    let other = read::<Vector>(&folder("whole-three-offices.json"))
        .signed()
        .unwrap();
    let catalogue = city("city/catalogue.jws");
    let statement = |path| read::<Statement>(&folder(path));

    let vector = statement("receipts/whole.json");
    let receipt = Receipt::read(&vector.jws, &catalogue).unwrap();
    assert_eq!(receipt, Receipt::of(&signed, vector.now));
    assert!(receipt.is_for(&signed) && !receipt.is_for(&other));
    assert!(
        vector
            .jws
            .starts_with(&(receipt.signing_input(catalogue.relays[0].kid) + "."))
    );

    let vector = statement("acks/whole.json");
    let ack = Ack::read(&vector.jws, &catalogue, vector.now).unwrap();
    assert_eq!(ack, Ack::of(&signed, vector.now));
    assert!(
        vector
            .jws
            .starts_with(&(ack.signing_input(catalogue.acks[0].kid) + "."))
    );
}

#[test]
fn publishers_sign_what_the_second_implementation_signed() {
    let vector: Publication = read(&folder("catalogues/whole.json"));
    let catalogue = Catalogue::read(&vector.jws, &vector.pinned, vector.now).unwrap();
    let kid = vector.pinned[0].thumbprint();
    assert!(
        vector
            .jws
            .starts_with(&(catalogue.signing_input(kid) + "."))
    );

    let vector: Publication = read(&folder("catalogues/keys-whole.json"));
    let file = KeyFile::read(&vector.jws, &vector.pinned, vector.now).unwrap();
    assert!(vector.jws.starts_with(&(file.signing_input(kid) + ".")));
}
