//! Submissions as a page makes them, with every place to bend one. The relay opens nothing, so parts are any text.

use std::collections::BTreeMap;

use envelope::jws::{Typ, header_with_key, signing_input};
use envelope::{Digest, Pieces, Signed, Thumbprint, Unverified, base64url};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Value, json};

use super::{City, Key, NOW};

/// A submission that can still be changed.
pub struct Draft {
    pub key: Key,
    pub header: String,
    pub payload: Value,
    pub parts: BTreeMap<String, String>,
}

/// A submission for the ward 00001, good at present.
pub fn draft(city: &City) -> Draft {
    let mut id = [0; 16];
    SystemRandom::new().fill(&mut id).unwrap();
    let key = Key::new();
    let parts: BTreeMap<String, String> = ["ward", "recovery"]
        .map(|role| {
            (
                role.to_owned(),
                format!(
                    "sealed.to.{role}.{}{}",
                    base64url::encode(&id),
                    "x".repeat(1000)
                ),
            )
        })
        .into();
    let sealed = |role: &str, kid: Thumbprint| {
        let jwe = &parts[role];
        json!({
            "n": role,
            "typ": "jwe",
            "kid": kid,
            "len": jwe.len(),
            "sha256": Digest::of(jwe.as_bytes()),
        })
    };
    let payload = json!({
        "v": 1,
        "id": base64url::encode(&id),
        "aud": "https://relay.example",
        "form": { "id": "birth", "version": 1, "sha256": Digest::of(b"birth") },
        "agency": "00001",
        "mode": "live",
        "iat": NOW,
        "exp": NOW + 3600,
        "parts": [sealed("ward", city.ward.kid), sealed("recovery", city.recovery.kid)],
    });
    Draft {
        header: header_with_key(Typ::Submission, &key.public),
        key,
        payload,
        parts,
    }
}

/// A submission with attachments, of which only bytes and digests are named.
pub fn with_attachments(city: &City, attachments: &[(&str, u64, Digest)]) -> Draft {
    let form = json!({ "id": "attached", "version": 1, "sha256": Digest::of(b"attached") });
    let part = |(n, len, pieces): &(&str, u64, Digest)| json!({ "n": n, "typ": "ece", "len": len, "pieces": pieces, "kc": Digest::of(b"") });
    draft(city).with(|draft| {
        draft.payload["form"] = form;
        let parts = draft.payload["parts"].as_array_mut().unwrap();
        parts.extend(attachments.iter().map(part));
    })
}

/// A submission with these attachments.
pub fn attached(city: &City, attachments: &[(&str, &[u8])]) -> Draft {
    let named = attachments.iter().map(|(n, bytes)| {
        let mut pieces = Pieces::new();
        pieces.update(bytes);
        (*n, bytes.len() as u64, pieces.finish())
    });
    with_attachments(city, &named.collect::<Vec<_>>())
}

impl Draft {
    /// Where its attachment is sent.
    pub fn part(&self, n: &str) -> String {
        format!("/v1/submissions/{}/parts/{n}", self.id())
    }

    /// The draft with one change.
    pub fn with(mut self, change: impl FnOnce(&mut Draft)) -> Draft {
        change(&mut self);
        self
    }

    pub fn id(&self) -> String {
        self.payload["id"].as_str().unwrap().to_owned()
    }

    /// Signed, as the body of the request.
    pub fn body(&self) -> Vec<u8> {
        self.body_signed_by(self)
    }

    /// Signed with the key of another draft.
    pub fn body_signed_by(&self, other: &Draft) -> Vec<u8> {
        let payload = self.payload.to_string();
        let manifest = other
            .key
            .sign(&signing_input(&other.header, payload.as_bytes()));
        json!({ "manifest": manifest, "parts": self.parts })
            .to_string()
            .into_bytes()
    }
}

/// A body as the relay believes it.
pub fn signed(body: &[u8]) -> Signed {
    Unverified::read(body).unwrap().check_signature().unwrap()
}
