//! The parsers, each with a few texts that it takes or nearly takes.

use std::collections::BTreeMap;

use envelope::jws::Typ;
use envelope::log::{Bundle, Checkpoint, Frontier, InclusionProof, LogKey, Note, Tile};
use envelope::{
    Ack, Catalogue, Digest, KeyFile, Receipt, SubmissionId, Unverified, base64url, json,
};
use serde_json::Value;

use crate::signed::{CATALOGUE, NOW, jws, public};
use crate::{head, question};

/// A parser.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) read: fn(&[u8]),
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
}

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "submission",
        read: submission,
        seeds: submissions,
    },
    Target {
        name: "manifest",
        read: manifest,
        seeds: manifests,
    },
    Target {
        name: "json",
        read: strict_json,
        seeds: manifests,
    },
    Target {
        name: "base64url",
        read: base64,
        seeds: texts,
    },
    Target {
        name: "catalogue",
        read: catalogue,
        seeds: catalogues,
    },
    Target {
        name: "keyfile",
        read: keyfile,
        seeds: catalogues,
    },
    Target {
        name: "receipt",
        read: receipt,
        seeds: manifests,
    },
    Target {
        name: "ack",
        read: ack,
        seeds: manifests,
    },
    Target {
        name: "checkpoint",
        read: checkpoint,
        seeds: notes,
    },
    Target {
        name: "proof",
        read: proof,
        seeds: proofs,
    },
    Target {
        name: "tile",
        read: tile,
        seeds: texts,
    },
    Target {
        name: "head",
        read: request_head,
        seeds: heads,
    },
    Target {
        name: "outbox-query",
        read: outbox_query,
        seeds: texts,
    },
    Target {
        name: "config",
        read: config,
        seeds: configs,
    },
    // Found within seconds, or nothing that the others say is worth anything.
    Target {
        name: "planted",
        read: planted,
        seeds: manifests,
    },
];

fn submission(body: &[u8]) {
    if let Ok(unverified) = Unverified::read(body) {
        let _ = unverified.check_signature();
    }
}

/// The payload of a manifest whose signature is good, as far as the last check.
fn manifest(payload: &[u8]) {
    let manifest = jws(Typ::Submission, payload);
    let parts = sealed().into_iter().collect();
    if let Ok(unverified) = Unverified::from_pieces(&manifest, parts) {
        let signed = unverified.check_signature();
        let _ = signed.and_then(|signed| signed.admit(NOW, &CATALOGUE));
    }
}

/// Whatever the strict reader takes, another reader takes as the same value.
fn strict_json(text: &[u8]) {
    if let Ok(strict) = json::read::<Value>(text) {
        assert_eq!(serde_json::from_slice::<Value>(text).ok(), Some(strict));
    }
}

fn base64(text: &[u8]) {
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    if let Some(bytes) = base64url::decode(text) {
        assert_eq!(base64url::encode(&bytes), text, "two spellings");
    }
    same_again::<Digest>(text);
    same_again::<SubmissionId>(text);
}

fn catalogue(payload: &[u8]) {
    let _ = Catalogue::read(&jws(Typ::Catalogue, payload), &[public()], NOW);
    with_text(payload, |text| {
        drop(Catalogue::read(text, &[public()], NOW))
    });
}

fn keyfile(payload: &[u8]) {
    let _ = KeyFile::read(&jws(Typ::Keys, payload), &[public()], NOW);
}

fn receipt(payload: &[u8]) {
    let _ = Receipt::read(&jws(Typ::Receipt, payload), &CATALOGUE);
}

fn ack(payload: &[u8]) {
    let _ = Ack::read(&jws(Typ::Ack, payload), &CATALOGUE, NOW);
}

fn checkpoint(note: &[u8]) {
    with_text(note, |text| {
        same_again::<LogKey>(text);
        if let Some(note) = Note::read(text) {
            assert!(text.starts_with(note.text()));
        }
        let _ = Checkpoint::read(text, &[log_key()]);
    });
}

fn proof(text: &[u8]) {
    with_text(text, |text| {
        if let Ok(proof) = InclusionProof::read(text) {
            assert_eq!(proof.to_string(), text, "two spellings");
            let _ = proof.verify(&Digest::of(b""), &[log_key()]);
        }
    });
}

fn tile(name: &[u8]) {
    with_text(name, |name| {
        same_again::<Tile>(name);
        same_again::<Bundle>(name);
    });
}

/// A head that is found whole is found whole however it arrives.
fn request_head(bytes: &[u8]) {
    let found = head::end(bytes, 0);
    if let Ok(Some(end)) = found {
        assert_eq!(head::end(&bytes[..end], end - 1), Ok(Some(end)));
        let _ = head::body_bytes(&bytes[..end]);
    }
}

fn outbox_query(query: &[u8]) {
    with_text(query, |query| drop(question::Question::read(Some(query))));
}

fn config(text: &[u8]) {
    let file = std::env::temp_dir().join(format!("motcua-fuzz-{}.toml", std::process::id()));
    std::fs::write(&file, text).expect("a file for the config");
    if let Err(fault) = relay::config::Config::load(&file) {
        assert!(fault.to_string().contains(": "), "no place: {fault}");
    }
}

/// A panic that only a text of the right shape reaches.
fn planted(text: &[u8]) {
    let value = json::read::<Value>(text).unwrap_or_default();
    let version = value["form"]["version"].as_u64().unwrap_or_default();
    assert!(version < 2, "planted");
}

fn with_text(bytes: &[u8], read: impl FnOnce(&str)) {
    if let Ok(text) = str::from_utf8(bytes) {
        read(text);
    }
}

/// What can be read has one spelling.
fn same_again<T: std::str::FromStr + ToString>(text: &str) {
    if let Ok(read) = text.parse::<T>() {
        assert_eq!(read.to_string(), text, "two spellings");
    }
}

fn log_key() -> LogKey {
    LogKey::new("relay.example/log", [7; 32]).expect("a name")
}

fn sealed() -> BTreeMap<String, String> {
    ["ward", "recovery"]
        .map(|role| (role.to_owned(), format!("sealed.{role}")))
        .into()
}

fn manifest_payload() -> Vec<u8> {
    let kid = public().thumbprint();
    let part = |(role, jwe): (&String, &String)| {
        let (len, sha256) = (jwe.len(), Digest::of(jwe.as_bytes()));
        format!(r#"{{"typ":"jwe","n":"{role}","kid":"{kid}","len":{len},"sha256":"{sha256}"}}"#)
    };
    let parts: Vec<String> = sealed().iter().map(part).collect();
    let (form, iat, exp) = (Digest::of(b"birth"), NOW.0, NOW.0 + 3600);
    let (before, parts) = (
        r#"{"v":1,"id":"MDEyMzQ1Njc4OWFiY2RlZg","aud":"https://relay.example""#,
        parts.join(","),
    );
    format!(
        r#"{before},"form":{{"id":"birth","version":1,"sha256":"{form}"}},"agency":"00001","mode":"live","iat":{iat},"exp":{exp},"parts":[{parts}]}}"#
    )
    .into_bytes()
}

fn manifests() -> Vec<Vec<u8>> {
    let digest = Digest::of(b"");
    let jkt = public().thumbprint();
    let receipt = format!(
        r#"{{"v":1,"id":"MDEyMzQ1Njc4OWFiY2RlZg","mode":"live","manifest_sha256":"{digest}","form":{{"id":"birth","version":1,"sha256":"{digest}"}},"agency":"00001","received_at":{}}}"#,
        NOW.0
    );
    let ack = format!(
        r#"{{"v":1,"id":"MDEyMzQ1Njc4OWFiY2RlZg","jkt":"{jkt}","manifest_sha256":"{digest}","at":{}}}"#,
        NOW.0
    );
    vec![
        manifest_payload(),
        receipt.into_bytes(),
        ack.into_bytes(),
        br#"{"a":[1,-2,"\u0061\ud83d\ude00",null,true]}"#.to_vec(),
    ]
}

fn submissions() -> Vec<Vec<u8>> {
    let manifest = jws(Typ::Submission, &manifest_payload());
    let parts = serde_json::to_string(&sealed()).expect("JSON");
    vec![format!(r#"{{"manifest":"{manifest}","parts":{parts}}}"#).into_bytes()]
}

fn catalogues() -> Vec<Vec<u8>> {
    let payload = serde_json::to_vec(&*CATALOGUE).expect("JSON");
    let keys = format!(
        r#"{{"v":1,"iat":{},"exp":{},"offices":[]}}"#,
        NOW.0,
        NOW.0 + 60
    );
    vec![
        payload.clone(),
        jws(Typ::Catalogue, &payload).into_bytes(),
        keys.into_bytes(),
    ]
}

fn notes() -> Vec<Vec<u8>> {
    let tree = Frontier::empty().grow(&[Digest::of(b"1"), Digest::of(b"2")]);
    let checkpoint = Checkpoint {
        origin: log_key().name().to_owned(),
        size: tree.frontier().size(),
        root: tree.frontier().root(),
    };
    let note = log_key().note(&checkpoint.text(), &[1; 64]);
    let fresh = log_key().freshness_line(NOW, &[2; 64]);
    vec![
        note.clone().into_bytes(),
        format!("{note}{fresh}").into_bytes(),
        log_key().to_string().into_bytes(),
    ]
}

fn proofs() -> Vec<Vec<u8>> {
    let tree = Frontier::empty().grow(&[Digest::of(b"1"), Digest::of(b"2")]);
    let checkpoint = String::from_utf8(notes().remove(0)).expect("text");
    let path = tree.inclusion(1).expect("a leaf of it");
    vec![
        InclusionProof {
            index: 1,
            path,
            checkpoint,
        }
        .to_string()
        .into_bytes(),
    ]
}

fn texts() -> Vec<Vec<u8>> {
    [
        "MDEyMzQ1Njc4OWFiY2RlZg",
        "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        "tile/0/x001/x234/067.p/255",
        "tile/entries/x001/067",
        "after=7&max=3&wait=20",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}

fn heads() -> Vec<Vec<u8>> {
    ["GET /log/checkpoint HTTP/1.1\r\nHost: a\r\n\r\n", "POST /v1/submissions HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nContent-Type: application/json\r\n\r\n"]
        .map(|head| head.as_bytes().to_vec())
        .into()
}

fn configs() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../../docs/samples/relay.toml").to_vec()]
}
