//! Texts under a good signature, so that the parsers behind the signature are reached, too.

use std::sync::LazyLock;

use envelope::jws::{Typ, attach, header_with_key, header_with_kid, signing_input};
use envelope::{
    Catalogue, CatalogueForm, CatalogueOffice, DatedKey, Digest, Mode, PublicKey, Recipient,
    UnixTime, V1,
};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

/// The present, for whatever has dates.
pub(crate) const NOW: UnixTime = UnixTime(1_470_796_261);

struct Key {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

/// The one key that signs everything here.
static KEY: LazyLock<Key> = LazyLock::new(|| {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).expect("a key");
    let point = pair.public_key().as_ref();
    let coordinate = |at: usize| point[at..at + 32].try_into().expect("32 bytes");
    let public = PublicKey::from_coordinates(coordinate(1), coordinate(33));
    Key { pair, public }
});

/// A catalogue that knows this key alone.
pub(crate) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let day = 86_400;
    let dated = DatedKey::new(KEY.public, UnixTime(NOW.0 - day), UnixTime(NOW.0 + day));
    Catalogue {
        v: V1,
        serial: 1,
        iat: UnixTime(NOW.0 - day),
        exp: UnixTime(NOW.0 + day),
        portal: "https://portal.example".to_owned(),
        relay: "https://relay.example".to_owned(),
        publishers: vec![KEY.public],
        relays: vec![dated.clone()],
        logs: Vec::new(),
        acks: vec![dated.clone()],
        forms: vec![CatalogueForm {
            id: "birth".to_owned(),
            version: 1,
            sha256: Digest::of(b"birth"),
            opens: None,
            closes: None,
            accept_until: None,
            mode: Mode::Live,
            recipients: vec![Recipient {
                role: "ward".to_owned(),
                kind: "ward".to_owned(),
            }],
            attachments_bytes_max: 1 << 20,
        }],
        offices: vec![CatalogueOffice {
            code: "00001".to_owned(),
            kind: "ward".to_owned(),
            opens: None,
            closes: None,
            mode: Mode::Live,
            keys: vec![dated.clone()],
        }],
        recovery: dated,
    }
});

pub(crate) fn public() -> PublicKey {
    KEY.public
}

/// `payload` as a JWS of this type: a submission names the key itself, anything else its name.
pub(crate) fn jws(typ: Typ, payload: &[u8]) -> String {
    let header = match typ {
        Typ::Submission => header_with_key(typ, &KEY.public),
        _ => header_with_kid(typ, KEY.public.thumbprint()),
    };
    let input = signing_input(&header, payload);
    let signature = KEY.pair.sign(&SystemRandom::new(), input.as_bytes());
    let signature = signature.expect("a signature");
    attach(&input, signature.as_ref().try_into().expect("r and s"))
}
