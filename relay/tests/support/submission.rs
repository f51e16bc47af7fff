//! Submissions as a page makes them, with every place to bend one. The relay opens nothing, so parts are any text.

use std::collections::BTreeMap;

use envelope::jws::{Typ, header_with_key, signing_input};
use envelope::{Digest, Signed, Thumbprint, Unverified, base64url};
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

impl Draft {
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
