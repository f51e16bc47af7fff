//! The reference: ten characters that a person reads out at the counter or on the telephone.

use crate::digest::Digest;

/// Crockford's base 32: no I, L, O (read as 1, 1, 0) and no U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHARACTERS: usize = 10;
const BITS_A_CHARACTER: usize = 5;

/// The first 50 bits of a `manifest_sha256` as `XXXXX-XXXXX`.
///
/// It finds a submission, it does not prove anything: whoever compares, compares the digest.
#[must_use]
pub fn reference(manifest_sha256: &Digest) -> String {
    let first_eight = manifest_sha256
        .as_bytes()
        .first_chunk()
        .expect("32 bytes have a first 8");
    let bits = u64::from_be_bytes(*first_eight);
    let character = |i: usize| {
        let shift = 64 - BITS_A_CHARACTER * (i + 1);
        char::from(ALPHABET[(bits >> shift) as usize % 32])
    };
    let all: String = (0..CHARACTERS).map(character).collect();
    dashed(&all)
}

/// The reference that a person typed, as [`reference()`] writes it; `None` if it cannot be one.
///
/// Small letters, white space, dashes anywhere, and O, I, L for 0, 1, 1 are understood.
#[must_use]
pub fn parse(typed: &str) -> Option<String> {
    let mut all = String::with_capacity(CHARACTERS);
    for typed in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let character = match typed.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        if !ALPHABET.iter().any(|known| char::from(*known) == character) {
            return None;
        }
        all.push(character);
    }
    (all.len() == CHARACTERS).then(|| dashed(&all))
}

fn dashed(all: &str) -> String {
    let (left, right) = all.split_at(CHARACTERS / 2);
    format!("{left}-{right}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_first_fifty_bits() {
        let with = |first: [u8; 7]| {
            let mut bytes = [0xff; 32];
            bytes[..7].copy_from_slice(&first);
            reference(&Digest::from_bytes(bytes))
        };
        assert_eq!(with([0; 7]), "00000-00000");
        assert_eq!(
            with([0, 0, 0, 0, 0, 0, 0x3f]),
            "00000-00000",
            "bits 51 on play no part"
        );
        assert_eq!(with([0, 0, 0, 0, 0, 0, 0x40]), "00000-00001");
        assert_eq!(with([0x08, 0, 0, 0, 0, 0, 0]), "10000-00000");
        assert_eq!(with([0xff; 7]), "ZZZZZ-ZZZZZ");
        // SHA-256("abc") = ba7816bf 8f01cf…
        assert_eq!(reference(&Digest::of(b"abc")), "Q9W1D-FWF07");
    }

    #[test]
    fn understands_how_people_type() {
        for typed in [
            "q9w1d-fwf07",
            "Q9WID FWFO7",
            " q9wldfwf07 ",
            "Q9W-1DF-WF0-7",
        ] {
            assert_eq!(parse(typed).as_deref(), Some("Q9W1D-FWF07"), "{typed}");
        }
        for typed in [
            "",
            "Q9W1D-FWF0",
            "Q9W1D-FWF077",
            "U9W1D-FWF07",
            "Q9W1D_FWF07",
            "Đ9W1D-FWF07",
        ] {
            assert_eq!(parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn what_is_shown_is_understood() {
        for i in 0..1000_u32 {
            let shown = reference(&Digest::of(&i.to_be_bytes()));
            assert_eq!(parse(&shown).as_ref(), Some(&shown));
            assert_eq!(parse(&shown.to_lowercase().replace('-', "")), Some(shown));
        }
    }
}
