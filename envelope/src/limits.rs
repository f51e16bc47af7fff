//! Every limit of the format, in one place. The unit stands last in the name.

/// Largest body of `POST /v1/submissions`.
pub const BODY_BYTES_MAX: usize = 384 * 1024;

/// Largest manifest (the compact JWS, as sent).
pub const MANIFEST_BYTES_MAX: usize = 8 * 1024;

/// Largest receipt or acknowledgement (the compact JWS, as sent).
pub const STATEMENT_BYTES_MAX: usize = 4 * 1024;

/// Largest catalogue or key file (the compact JWS, as published).
pub const CATALOGUE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Largest file of a published portal that is asked for whole: the release of as many services as a portal may have.
pub const PORTAL_FILE_BYTES_MAX: u64 = 32 << 20;

/// Largest signed note, and so the largest checkpoint of a log.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;

/// Most signature lines of a note.
pub const NOTE_SIGNATURES_MAX: usize = 16;

/// Longest way from a leaf to a root: a tree has at most 2⁶⁴ − 1 leaves.
pub const PROOF_STEPS_MAX: usize = 64;

/// Most parts that one manifest names.
pub const PARTS_MAX: usize = 32;

/// Deepest nesting of any JSON text: an array or object inside another counts one.
pub const JSON_DEPTH_MAX: usize = 16;

/// Largest absolute value of any JSON integer: 2⁵³ − 1, which every language holds exactly.
pub const JSON_INTEGER_MAX: u64 = (1 << 53) - 1;

/// Longest life of a manifest: `exp` − `iat`.
pub const LIFETIME_S_MAX: i64 = 24 * 3600;

/// How far the sender's clock (`iat`), or a publisher's, may be from ours.
pub const CLOCK_SKEW_S: i64 = 10 * 60;

/// How long after `not_after` a relay still takes what was sealed to a key: pages lie in caches, citizens fill forms
/// in over weeks.
pub const SEALING_GRACE_S: i64 = 30 * 24 * 3600;

/// The intake wants `at` (when the page last checked the answers) no earlier than this before the receipt.
pub const ANSWERS_AGE_S_MAX: i64 = 30 * 24 * 3600;

/// The sizes of a sealed part's plaintext; `pad` fills up to the next.
pub const PART_PLAINTEXT_BYTES: [usize; 4] = [1024, 4 * 1024, 16 * 1024, 64 * 1024];

/// What the header of RFC 8188 weighs with an empty key id.
pub const ATTACHMENT_HEADER_BYTES: u64 = 21;

/// What a record of RFC 8188 holds besides content: the delimiter and the tag.
pub const RECORD_EXTRA_BYTES: u64 = 1 + 16;

/// A record of a sealed attachment, the last one apart, which may be shorter.
pub const RECORD_BYTES: u64 = 262_144;

/// An attachment's digest is made over the digests of its pieces of so many bytes; the last one may be shorter.
pub const PIECE_BYTES: u64 = 262_144;

/// The smallest sealed attachment: the header and an empty last record.
pub const ATTACHMENT_BYTES_MIN: u64 = sealed_attachment_bytes(0);

/// What the sealed attachments of one submission may weigh together, whatever its form.
pub const ATTACHMENTS_BYTES_MAX: u64 = 50 << 20;

/// What a file of so many bytes weighs as a sealed attachment: the `len` of its `ece` part.
pub const fn sealed_attachment_bytes(bytes: u64) -> u64 {
    let full = bytes.div_ceil(RECORD_BYTES - RECORD_EXTRA_BYTES);
    let records = if full == 0 { 1 } else { full };
    ATTACHMENT_HEADER_BYTES + bytes + records * RECORD_EXTRA_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8188: a header of 21 bytes without a key id; a tag of 16 bytes and a delimiter in each record.
    #[test]
    fn a_file_grows_by_its_header_and_its_records() {
        let full = 262_144 - 17;
        for (bytes, sealed) in [
            (0, 21 + 17),
            (1, 21 + 1 + 17),
            (full, 21 + full + 17),
            (full + 1, 21 + full + 1 + 2 * 17),
            (3 * full, 21 + 3 * full + 3 * 17),
        ] {
            assert_eq!(sealed_attachment_bytes(bytes), sealed, "{bytes} bytes");
        }
    }
}
