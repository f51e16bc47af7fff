//! base64url without padding (RFC 4648 §5), one spelling a value.
//!
//! Most decoders take padding, spare bits in the last character, or both alphabets. Two spellings of one value are two
//! names of one thing, so whatever does not encode back to the very same text is refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The text of `bytes`.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of `text`, or `None` unless `text` is exactly what [`encode`] gives for them.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    (encode(&bytes) == text).then_some(bytes)
}

/// The `N` bytes of `text`, or `None` when [`decode`] gives `None` or another number of bytes.
#[must_use]
pub fn decode_fixed<const N: usize>(text: &str) -> Option<[u8; N]> {
    decode(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator of arbitrary bytes, the same at each run.
    fn arbitrary_bytes(seed: u64, length: usize) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        (0..length)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 32) as u8
            })
            .collect()
    }

    #[test]
    fn what_was_encoded_decodes_to_itself() {
        for length in 0..200 {
            let bytes = arbitrary_bytes(length as u64 + 1, length);
            assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }

    #[test]
    fn a_value_has_one_spelling() {
        // Of all 64 × 64 texts of two characters, exactly 256 name a byte, and each byte has one.
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut seen = std::collections::BTreeSet::new();
        for a in alphabet {
            for b in alphabet {
                let text = String::from_utf8(vec![*a, *b]).expect("ASCII");
                if let Some(byte) = decode_fixed::<1>(&text) {
                    assert!(seen.insert(byte), "{text} is a second spelling of {byte:?}");
                }
            }
        }
        assert_eq!(seen.len(), 256);
    }

    #[test]
    fn refuses_padding_white_space_and_the_other_alphabet() {
        for text in ["AA==", "AA=", "AA ", " AA", "A\nA", "A", "+/8", "AAé", "AB"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
        assert_eq!(decode("-_8"), Some(vec![0xfb, 0xff]));
        assert_eq!(decode(""), Some(vec![]));
    }

    #[test]
    fn fixed_means_exactly_that_many_bytes() {
        assert_eq!(decode_fixed::<2>("AAA"), Some([0, 0]));
        assert_eq!(decode_fixed::<2>("AA"), None);
        assert_eq!(decode_fixed::<2>("AAAA"), None);
    }
}
