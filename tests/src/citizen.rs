//! A citizen who seals and signs without a browser: a second writer of the wire format, apart from the page's and
//! without a line of `envelope` (but the type of a log's key), so that loads can be heavy and answers can be what no page would let pass.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use envelope::log::LogKey;
use formdef::{Form, List};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use p256::{PublicKey, SecretKey};
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use crate::Failure;

/// Sizes of a part's plaintext; `pad` fills up to the next.
const PLAINTEXT_BYTES: [usize; 4] = [1024, 4096, 16 * 1024, 64 * 1024];
/// How long a manifest may be on its way, in seconds.
const LIFETIME_S: i64 = 3600;

/// What a citizen knows from the portal: its catalogue, forms and lists, believed as found on disk.
#[derive(Debug)]
pub struct Citizen {
    catalogue: Value,
    forms: BTreeMap<String, (Value, Form)>,
    lists: formdef::Lists,
}

/// An application that is ready to be sent.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The body of `POST /v1/submissions`.
    pub body: String,
    /// The submission's id, base64url.
    pub id: String,
    /// The digest of the manifest's signing input, base64url.
    pub manifest_sha256: String,
}

impl Citizen {
    /// The keys of the relay's logs.
    pub fn logs(&self) -> Vec<LogKey> {
        serde_json::from_value(self.catalogue["logs"].clone()).unwrap_or_default()
    }

    /// Reads the portal in `folder`.
    ///
    /// # Errors
    /// The portal lacks its catalogue, or a form or list of it does not parse.
    pub fn of_portal(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("catalogue.jws");
        let jws = read(&path)?;
        let catalogue = payload_of(&jws).ok_or_else(|| Failure::at(&path, "not a compact JWS"))?;
        let mut citizen = Self {
            catalogue,
            forms: BTreeMap::new(),
            lists: BTreeMap::new(),
        };
        for entry in citizen.catalogue["forms"]
            .as_array()
            .cloned()
            .unwrap_or_default()
        {
            let id = text(&entry["id"]);
            let path = folder
                .join("forms")
                .join(&id)
                .join(format!("{}.json", entry["version"]));
            let form =
                Form::from_compiled(&read(&path)?).map_err(|fault| Failure::at(&path, fault))?;
            for (list, sha256) in &form.lists {
                let path = folder.join("lists").join(format!("{sha256}.json"));
                let parsed =
                    List::from_json(&read(&path)?).map_err(|fault| Failure::at(&path, fault))?;
                citizen.lists.insert(list.clone(), parsed);
            }
            citizen.forms.insert(id, (entry, form));
        }
        Ok(citizen)
    }

    /// Seals `answers` to every office of the form and to recovery, and signs, at `now` (seconds since 1970).
    ///
    /// Nothing is checked: what is wrong in the answers arrives wrong. Where they lead to no office, the part goes to
    /// that of `otherwise` (role → code), as somebody would who wants to get past the page.
    ///
    /// # Errors
    /// No such service; no office for a role; an office without a key.
    pub fn apply(
        &self,
        service: &str,
        answers: &Map<String, Value>,
        otherwise: &BTreeMap<String, String>,
        now: i64,
    ) -> Result<Sealed, Failure> {
        let (entry, form) = self
            .forms
            .get(service)
            .ok_or_else(|| Failure::new(format!("the portal has no form {service:?}")))?;
        let mut codes = Vec::new();
        for recipient in &form.recipients {
            let code = form
                .office_of(&recipient.role, answers, &self.lists)
                .or_else(|| otherwise.get(&recipient.role).cloned())
                .ok_or_else(|| {
                    Failure::new(format!(
                        "the answers lead to no office for {}",
                        recipient.role
                    ))
                })?;
            codes.push(code);
        }
        let receiving = codes.first().map(String::as_str).unwrap_or_default();
        let case = Case::new(self, entry, receiving, now);
        let mut parts: Vec<(String, Value, Map<String, Value>)> = Vec::new();
        for (recipient, code) in form.recipients.iter().zip(&codes) {
            let mut read = answers.clone();
            read.retain(|field, _| recipient.reads.contains(field));
            parts.push((recipient.role.clone(), self.key_of(code)?, read));
        }
        parts.push((
            "recovery".into(),
            self.catalogue["recovery"].clone(),
            answers.clone(),
        ));
        let sealed: Vec<_> = parts
            .into_iter()
            .map(|(role, key, read)| case.seal(&role, &key, &read))
            .collect();
        Ok(case.sign(&sealed))
    }

    /// The newest key of an office, as the catalogue has it.
    fn key_of(&self, office: &str) -> Result<Value, Failure> {
        let offices = self.catalogue["offices"].as_array();
        offices
            .and_then(|offices| offices.iter().find(|known| known["code"] == office))
            .and_then(|found| found["keys"].as_array()?.last().cloned())
            .ok_or_else(|| {
                Failure::new(format!("the catalogue has no key of the office {office:?}"))
            })
    }
}

/// One application while it is being sealed: its id, its own keys and what every part says of it.
struct Case {
    id: String,
    signing: SigningKey,
    jwk: Value,
    /// `sub` of a part, all but `n`.
    sub: Map<String, Value>,
    reply: Value,
    now: i64,
}

/// A sealed part and its place in the manifest.
struct SealedPart {
    n: String,
    jwe: String,
    entry: Value,
}

impl Case {
    fn new(citizen: &Citizen, entry: &Value, agency: &str, now: i64) -> Self {
        let secret = new_secret();
        let jwk = jwk_of(&secret.public_key());
        let id = base64url(&random::<16>());
        let office = citizen.catalogue["offices"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|known| known["code"] == agency);
        let is_trial =
            entry["mode"] == "trial" || office.is_some_and(|office| office["mode"] == "trial");
        let sub = json!({
            "id": id,
            "jkt": thumbprint(&jwk),
            "form": { "id": entry["id"], "version": entry["version"], "sha256": entry["sha256"] },
            "agency": agency,
            "aud": citizen.catalogue["relay"],
            "mode": if is_trial { "trial" } else { "live" },
            "at": now,
        });
        let reply = json!({ "jwk": jwk_of(&new_secret().public_key()), "secret": base64url(&random::<32>()) });
        let sub = sub.as_object().cloned().unwrap_or_default();
        Self {
            id,
            signing: SigningKey::from(secret),
            jwk,
            sub,
            reply,
            now,
        }
    }

    fn seal(&self, n: &str, dated_key: &Value, answers: &Map<String, Value>) -> SealedPart {
        let mut sub = self.sub.clone();
        sub.insert("n".into(), n.into());
        let plaintext = padded(json!({
            "v": 1, "sub": sub, "answers": answers, "attachments": [], "reply": self.reply, "pad": "",
        }));
        let kid = text(&dated_key["kid"]);
        let jwe = encrypt(plaintext.as_bytes(), &dated_key["jwk"], &kid);
        let entry = json!({ "n": n, "typ": "jwe", "kid": kid, "len": jwe.len(), "sha256": base64url(&sha256(jwe.as_bytes())) });
        SealedPart {
            n: n.to_owned(),
            jwe,
            entry,
        }
    }

    fn sign(&self, parts: &[SealedPart]) -> Sealed {
        let header =
            json!({ "alg": "ES256", "typ": "motcua-submission+jws", "jwk": self.jwk }).to_string();
        let payload = json!({
            "v": 1, "id": self.id, "aud": self.sub["aud"], "form": self.sub["form"], "agency": self.sub["agency"],
            "mode": self.sub["mode"], "iat": self.now, "exp": self.now + LIFETIME_S,
            "parts": parts.iter().map(|part| &part.entry).collect::<Vec<_>>(),
        })
        .to_string();
        let input = format!(
            "{}.{}",
            base64url(header.as_bytes()),
            base64url(payload.as_bytes())
        );
        let signature: Signature = self.signing.sign(input.as_bytes());
        let by_name: Map<String, Value> = parts
            .iter()
            .map(|part| (part.n.clone(), part.jwe.clone().into()))
            .collect();
        Sealed {
            body: json!({ "manifest": format!("{input}.{}", base64url(&signature.to_bytes())), "parts": by_name })
                .to_string(),
            id: self.id.clone(),
            manifest_sha256: base64url(&sha256(input.as_bytes())),
        }
    }
}

/// The plaintext as JSON, filled up by `pad` to the next of the fixed sizes.
fn padded(mut plaintext: Value) -> String {
    let bytes = plaintext.to_string().len();
    let size = PLAINTEXT_BYTES
        .into_iter()
        .find(|size| *size >= bytes)
        .unwrap_or(bytes);
    plaintext["pad"] = " ".repeat(size - bytes).into();
    plaintext.to_string()
}

/// RFC 7516 compact, `ECDH-ES` direct with `A256GCM`, header members in the order of the format.
fn encrypt(plaintext: &[u8], to: &Value, kid: &str) -> String {
    let ephemeral = new_secret();
    let header = json!({
        "alg": "ECDH-ES", "enc": "A256GCM", "typ": "motcua-part+jwe", "kid": kid,
        "epk": jwk_of(&ephemeral.public_key()),
    });
    let header = base64url(header.to_string().as_bytes());
    let shared = ephemeral.diffie_hellman(&public_key(to));
    let key = concat_kdf(shared.raw_secret_bytes());
    let iv = random::<12>();
    let cipher = Aes256Gcm::new(&key.into());
    let sealed = cipher
        .encrypt(
            &Nonce::from(iv),
            Payload {
                msg: plaintext,
                aad: header.as_bytes(),
            },
        )
        .expect("AES-GCM takes 64 KiB");
    let (ciphertext, tag) = sealed.split_at(sealed.len() - 16);
    format!(
        "{header}..{}.{}.{}",
        base64url(&iv),
        base64url(ciphertext),
        base64url(tag)
    )
}

/// RFC 7518 §4.6.2 for 256 bits: one round of SHA-256, empty party information.
fn concat_kdf(shared: &[u8]) -> [u8; 32] {
    let mut input = vec![0, 0, 0, 1];
    input.extend_from_slice(shared);
    for field in [b"A256GCM".as_slice(), b"", b""] {
        input.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
        input.extend_from_slice(field);
    }
    input.extend_from_slice(&256u32.to_be_bytes());
    sha256(&input)
}

fn new_secret() -> SecretKey {
    loop {
        // Zero and numbers beyond the group's order are no keys; about one draw in 2^32.
        if let Ok(secret) = SecretKey::from_slice(&random::<32>()) {
            return secret;
        }
    }
}

fn jwk_of(key: &PublicKey) -> Value {
    let point = key.to_sec1_bytes();
    json!({ "kty": "EC", "crv": "P-256", "x": base64url(&point[1..33]), "y": base64url(&point[33..65]) })
}

fn public_key(jwk: &Value) -> PublicKey {
    let mut point = vec![4];
    for member in ["x", "y"] {
        point.extend(
            URL_SAFE_NO_PAD
                .decode(text(&jwk[member]))
                .expect("a published key is base64url"),
        );
    }
    PublicKey::from_sec1_bytes(&point).expect("a published key is on the curve")
}

/// RFC 7638: SHA-256 over the members in the order of their names.
fn thumbprint(jwk: &Value) -> String {
    let members = format!(
        r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#,
        jwk["x"], jwk["y"]
    );
    base64url(&sha256(members.as_bytes()))
}

/// The JSON payload of a compact JWS, whoever signed it.
pub fn payload_of(jws: &str) -> Option<Value> {
    let payload = jws.trim_end().split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes)
        .as_ref()
        .try_into()
        .expect("SHA-256 has 32 bytes")
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::at(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plaintext_has_one_of_four_sizes() {
        for filler in [0, 10, 985, 1000, 1003, 1004, 1005, 5000, 60_000] {
            let bytes = padded(json!({ "answers": "a".repeat(filler), "pad": "" })).len();
            assert!(PLAINTEXT_BYTES.contains(&bytes), "{filler} gave {bytes}");
        }
    }

    /// RFC 7518, appendix C, with its key derivation of 128 bits for "A128GCM" replaced by ours for 256: the
    /// interoperability tests open what this seals; here it is only pinned.
    #[test]
    fn the_thumbprint_is_that_of_rfc_7638() {
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps" });
        assert_eq!(thumbprint(&jwk).len(), 43);
    }
}
