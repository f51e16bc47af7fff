//! `FORMAT.md` says what the code does: its tables of refusals and limits are compared.

#![allow(clippy::unwrap_used)]

use envelope::{Layer, Refusal, limits};

const FORMAT: &str = include_str!("../FORMAT.md");

#[test]
fn the_table_of_refusals_is_the_one_of_the_code() {
    let row = |refusal: &Refusal| {
        let layer = match refusal.layer() {
            Layer::Envelope => "envelope",
            Layer::Relay => "relay",
        };
        let (code, status, vi, en) = (refusal.code(), refusal.status(), refusal.vi(), refusal.en());
        format!("| `{code}` | {status} | {layer} | {vi} | {en} |\n")
    };
    let rows: String = Refusal::ALL.iter().map(row).collect();
    let table = format!("| code | status | given by | vi | en |\n|---|---|---|---|---|\n{rows}\n");
    assert!(
        FORMAT.contains(&table),
        "section 8 of FORMAT.md should hold:\n{table}"
    );
}

#[test]
fn the_table_of_limits_is_the_one_of_the_code() {
    let kib = |bytes: usize| format!("{} KiB", bytes / 1024);
    let days = |seconds: i64| format!("{} days", seconds / (24 * 3600));
    for (what, limit) in [
        (
            "body of `POST /v1/submissions`",
            kib(limits::BODY_BYTES_MAX),
        ),
        ("manifest", kib(limits::MANIFEST_BYTES_MAX)),
        ("receipt, acknowledgement", kib(limits::STATEMENT_BYTES_MAX)),
        (
            "catalogue, key file, release",
            format!("{} MiB", limits::CATALOGUE_BYTES_MAX / 1024 / 1024),
        ),
        (
            "checkpoint",
            format!(
                "{}, {} signature lines",
                kib(limits::NOTE_BYTES_MAX),
                limits::NOTE_SIGNATURES_MAX
            ),
        ),
        ("steps of a proof", limits::PROOF_STEPS_MAX.to_string()),
        ("parts in a manifest", limits::PARTS_MAX.to_string()),
        (
            "attachments of a submission together, sealed",
            format!(
                "{} MiB; a form's `attachments_bytes_max` is its papers' own bound where that is less",
                limits::ATTACHMENTS_BYTES_MAX / 1024 / 1024
            ),
        ),
        ("nesting of JSON", limits::JSON_DEPTH_MAX.to_string()),
        (
            "life of a manifest (`exp` − `iat`)",
            format!("{} hours", limits::LIFETIME_S_MAX / 3600),
        ),
        (
            "skew of clocks",
            format!("{} minutes", limits::CLOCK_SKEW_S / 60),
        ),
        (
            "sealing grace after `not_after`",
            days(limits::SEALING_GRACE_S),
        ),
        ("age of answers at receipt", days(limits::ANSWERS_AGE_S_MAX)),
    ] {
        let row = format!("\n| {what} | {limit} |\n");
        assert!(
            FORMAT.contains(&row),
            "section 13 of FORMAT.md should hold:{row}"
        );
    }
    assert_eq!(limits::JSON_INTEGER_MAX, 2_u64.pow(53) - 1);
    assert!(FORMAT.contains("exactly 1,024, 4,096, 16,384 or 65,536 bytes"));
    assert_eq!(limits::PART_PLAINTEXT_BYTES, [1_024, 4_096, 16_384, 65_536]);
    assert!(FORMAT.contains("the smallest has 38"));
    assert_eq!(limits::ATTACHMENT_BYTES_MIN, 38);
}
