//! What the page does, as far as the intake can see it: seals the parts, signs the manifest.

use std::collections::BTreeMap;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes128Gcm, Aes256Gcm, Key as AesKey};
use envelope::{
    Digest, Manifest, Mode, PartRef, Pieces, PublicKey, Receipt, SubmissionId, UnixTime,
    Unverified, V1, base64url, reference,
};
use serde_json::{Value, json};

use super::{Key, NOW, RELAY, form_ref, log};

/// A submission to be, with every place where something can be put wrong.
pub(crate) struct Page {
    pub(crate) id: [u8; 16],
    /// Name of the case key.
    pub(crate) signer: &'static str,
    pub(crate) agency: String,
    pub(crate) mode: Mode,
    pub(crate) at: UnixTime,
    pub(crate) received_at: UnixTime,
    /// Name, bytes and key commitment of each attachment, sealed.
    pub(crate) attachments: Vec<(String, Vec<u8>, Digest)>,
    /// What the part of a role says of them.
    pub(crate) told: Vec<(&'static str, Value)>,
    /// What it is to an earlier one: members of `sub`.
    pub(crate) follows: Value,
    /// Role, office whose key it is sealed for, answers.
    pub(crate) parts: Vec<(String, String, Value)>,
}

impl Page {
    /// A faultless submission to 00001 and ca-001; `number` makes it one of its own.
    pub(crate) fn good(number: u8) -> Self {
        Self {
            id: [number; 16],
            signer: "case",
            agency: "00001".into(),
            mode: Mode::Live,
            at: NOW,
            received_at: NOW,
            attachments: Vec::new(),
            told: Vec::new(),
            follows: json!({}),
            parts: vec![
                ("ward".into(), "00001".into(), ward_answers()),
                ("police".into(), "ca-001".into(), police_answers()),
            ],
        }
    }

    pub(crate) fn answer(mut self, role: &str, field: &str, value: Value) -> Self {
        for (name, _, answers) in &mut self.parts {
            if name == role {
                answers[field] = value.clone();
            }
        }
        self
    }

    pub(crate) fn sealed_for(mut self, role: &str, office: &str) -> Self {
        for part in &mut self.parts {
            if part.0 == role {
                part.1 = office.into();
            }
        }
        self
    }

    /// The item as the relay delivers it, without `seq`.
    pub(crate) fn send(&self) -> Value {
        let jkt = Key::named(self.signer).public().thumbprint();
        let mut sealed = BTreeMap::new();
        for (role, office, answers) in self.parts.iter().chain([&recovery()]) {
            let mut sub = json!({"id": self.id(), "jkt": jkt, "form": form_ref(), "agency": self.agency, "aud": RELAY,
                        "mode": self.mode, "n": role, "at": self.at});
            for (member, id) in self.follows.as_object().into_iter().flatten() {
                sub[member] = id.clone();
            }
            let plaintext = padded(json!({
                "v": 1,
                "sub": sub,
                "answers": answers,
                "attachments": self.told_to(role),
                "reply": {"jwk": Key::named("reply").public(), "secret": Digest::of(b"a secret")},
            }));
            sealed.insert(
                role.clone(),
                (
                    office.clone(),
                    seal(&plaintext, &Key::named(office).public()),
                ),
            );
        }
        self.sign(sealed)
    }

    fn told_to(&self, role: &str) -> Vec<&Value> {
        let told = self.told.iter().filter(|(to, _)| *to == role);
        told.map(|(_, what)| what).collect()
    }

    pub(crate) fn id(&self) -> SubmissionId {
        SubmissionId::from_bytes(self.id)
    }

    /// Signs a manifest over sealed parts: role → office and JWE.
    pub(crate) fn sign(&self, sealed: BTreeMap<String, (String, String)>) -> Value {
        let signer = Key::named(self.signer);
        let part = |(n, (office, jwe)): (&String, &(String, String))| PartRef::Jwe {
            n: n.clone(),
            kid: Key::named(office).public().thumbprint(),
            len: jwe.len() as u64,
            sha256: Digest::of(jwe.as_bytes()),
        };
        let attachments = self.attachments.iter().map(|(n, bytes, kc)| {
            let mut pieces = Pieces::new();
            pieces.update(bytes);
            PartRef::Ece {
                n: n.clone(),
                len: bytes.len() as u64,
                pieces: pieces.finish(),
                kc: *kc,
            }
        });
        let manifest = Manifest {
            v: V1,
            id: self.id(),
            aud: RELAY.into(),
            form: form_ref(),
            agency: self.agency.clone(),
            mode: self.mode,
            iat: self.received_at,
            exp: self.received_at.plus(3600),
            parts: sealed.iter().map(part).chain(attachments).collect(),
        };
        let manifest = signer.sign(&manifest.signing_input(&signer.public()));
        let parts: BTreeMap<String, String> =
            sealed.into_iter().map(|(n, (_, jwe))| (n, jwe)).collect();
        let receipt = receipt(&manifest, &parts, self.received_at, &Key::named("relay"));
        let proof = log::proof(manifest_sha256(&manifest));
        json!({ "manifest": manifest, "parts": parts, "receipt": receipt, "proof": proof })
    }
}

pub(crate) fn ward_answers() -> Value {
    json!({"agency": "00001", "name": "Nguyễn Văn An", "born": "1980-02-29",
           "people": [{"full_name": "Y Blăm Niê Kdăm"}]})
}

pub(crate) fn police_answers() -> Value {
    json!({"agency": "00001", "name": "Nguyễn Văn An", "note": "không"})
}

fn recovery() -> (String, String, Value) {
    (
        "recovery".into(),
        "recovery".into(),
        json!({"agency": "00001"}),
    )
}

/// The reference of a delivered item.
pub(crate) fn reference_of(item: &Value) -> String {
    reference(&manifest_sha256(
        item["manifest"].as_str().expect("a manifest"),
    ))
}

/// What names a manifest.
pub(crate) fn manifest_sha256(manifest: &str) -> Digest {
    let (signing_input, _) = manifest.rsplit_once('.').expect("a signature");
    Digest::of(signing_input.as_bytes())
}

/// The receipt of a relay that holds `key`; no receipt for what cannot be one.
pub(crate) fn receipt(
    manifest: &str,
    parts: &BTreeMap<String, String>,
    received_at: UnixTime,
    key: &Key,
) -> String {
    let signed =
        Unverified::from_pieces(manifest, parts.clone()).and_then(Unverified::check_signature);
    let Ok(signed) = signed else {
        return "no.such.receipt".to_owned();
    };
    let receipt = Receipt::of(&signed, received_at);
    key.sign(&receipt.signing_input(key.public().thumbprint()))
}

/// The JSON with `pad` up to the next size of the format.
pub(crate) fn padded(mut plaintext: Value) -> String {
    plaintext["pad"] = json!("");
    let bare = plaintext.to_string().len();
    let full = [1024, 4096, 16_384, 65_536]
        .into_iter()
        .find(|size| *size >= bare)
        .expect("a size");
    plaintext["pad"] = json!(" ".repeat(full - bare));
    plaintext.to_string()
}

/// Seals a file as RFC 8188 says, in records of `record` bytes, of which the last ends with `last`.
pub(crate) fn seal_file(content: &[u8], ikm: &[u8; 16], record: usize, last: &[u8]) -> Vec<u8> {
    let salt = [5; 16];
    let prk = hmac(&salt, ikm);
    let expand = |info: &[u8]| hmac(&prk, &[info, &[0, 1]].concat());
    let key: [u8; 16] = expand(b"Content-Encoding: aes128gcm")[..16]
        .try_into()
        .expect("16 bytes");
    let nonce = expand(b"Content-Encoding: nonce");
    let cipher = Aes128Gcm::new(&AesKey::<Aes128Gcm>::from(key));
    let size = u32::try_from(record).expect("a record").to_be_bytes();
    let mut sealed = [&salt[..], &size, &[0]].concat();
    let records: Vec<&[u8]> = content.chunks(record - 17).collect();
    for (number, some) in records.iter().enumerate() {
        let mut iv: [u8; 12] = nonce[..12].try_into().expect("12 bytes");
        iv[11] ^= u8::try_from(number).expect("few records");
        let end = if number + 1 == records.len() {
            last
        } else {
            &[1]
        };
        let record = [some, end].concat();
        sealed.extend(cipher.encrypt(&iv.into(), &record[..]).expect("sealed"));
    }
    sealed
}

/// What the manifest says of a key.
pub(crate) fn commitment(ikm: &[u8; 16]) -> Digest {
    Digest::of(&[b"motcua/kc/v1", &ikm[..]].concat())
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
    ring::hmac::sign(&key, text).as_ref().to_vec()
}

/// Seals as RFC 7516 and RFC 7518 say, with an ephemeral key of the tests.
pub(crate) fn seal(plaintext: &str, recipient: &PublicKey) -> String {
    let ephemeral = Key::named(&format!("ephemeral {}", Digest::of(plaintext.as_bytes())));
    let envelope::Jwk { x, y, .. } = ephemeral.public().jwk();
    let kid = recipient.thumbprint();
    let header = base64url::encode(
        format!(r#"{{"alg":"ECDH-ES","enc":"A256GCM","typ":"motcua-part+jwe","kid":"{kid}","epk":{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}}}"#).as_bytes(),
    );
    let recipient = p256::PublicKey::from_sec1_bytes(&recipient.sec1()).expect("a point");
    let shared = ephemeral.0.diffie_hellman(&recipient);
    let mut kdf = vec![0, 0, 0, 1];
    kdf.extend_from_slice(shared.raw_secret_bytes());
    kdf.extend_from_slice(b"\0\0\0\x07A256GCM\0\0\0\0\0\0\0\0\0\0\x01\0");
    let content_key = AesKey::<Aes256Gcm>::from(*Digest::of(&kdf).as_bytes());
    let iv = [9; 12];
    let sealed = Aes256Gcm::new(&content_key)
        .encrypt(
            &iv.into(),
            Payload {
                msg: plaintext.as_bytes(),
                aad: header.as_bytes(),
            },
        )
        .expect("sealed");
    let (ciphertext, tag) = sealed.split_at(sealed.len() - 16);
    let [iv, ciphertext, tag] = [&iv[..], ciphertext, tag].map(base64url::encode);
    format!("{header}..{iv}.{ciphertext}.{tag}")
}
