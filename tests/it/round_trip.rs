//! Whatever is put into a token comes out of it, and nothing that differs from it by a byte.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::{Compact, Policy, Time, Verifier, buffer_len, json::Value};
use proptest::prelude::*;

use crate::common::{Alg, NOW, encode, join, keys, mint, oracle::to_serde_json};

fn bytes(len: core::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), len)
}

/// An algorithm of this build, `<alg>` and members that mean nothing to a verifier.
fn alg_and_header() -> impl Strategy<Value = (Alg, serde_json::Map<String, serde_json::Value>)> {
    let value = prop_oneof![
        Just(serde_json::Value::Null),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        prop::collection::vec(any::<String>(), 0..3).prop_map(Into::into),
    ];
    let members = prop::collection::btree_map("x-\\PC{0,8}", value, 0..6);
    (prop::sample::select(Alg::ALL), members).prop_map(|(alg, members)| {
        let mut header: serde_json::Map<_, _> = members.into_iter().collect();
        header.insert("alg".into(), alg.name().into());
        (alg, header)
    })
}

proptest! {
    #[test]
    fn split_is_the_inverse_of_join(header in bytes(1..200), payload in bytes(0..400), signature in bytes(1..100)) {
        let [header, payload, signature_segment] = [&header, &payload, &signature].map(encode);
        let signing_input = format!("{header}.{payload}");
        let token = join(signing_input.as_bytes(), &signature);
        let compact = Compact::parse(&token).unwrap();
        prop_assert_eq!(compact.signing_input(), signing_input.as_bytes());
        prop_assert_eq!(compact.header_segment(), header.as_bytes());
        prop_assert_eq!(compact.payload_segment(), payload.as_bytes());
        prop_assert_eq!(compact.signature_segment(), signature_segment.as_bytes());
    }

    /// Short texts, of the alphabet and of anything, in each of the three places.
    #[test]
    fn a_segment_is_accepted_iff_base64_decodes_it(
        segment in prop_oneof![
            "[-_A-Za-z0-9]{1,9}".prop_map(String::into_bytes),
            "[ -~]{1,5}".prop_map(String::into_bytes),
            bytes(1..6),
        ],
    ) {
        // A dot makes another segment.
        prop_assume!(!segment.contains(&b'.'));
        let decodes = BASE64_URL_SAFE_NO_PAD.decode(&segment).is_ok();
        for place in 0..3 {
            let mut segments = [&b"e30"[..]; 3];
            segments[place] = &segment;
            prop_assert_eq!(Compact::parse(&segments.join(&b'.')).is_ok(), decodes);
        }
    }
}

proptest! {
    // A verification without optimization takes milliseconds.
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_verified_payload_is_what_was_signed((alg, header) in alg_and_header(), payload in bytes(0..600)) {
        let token = mint(alg, serde_json::to_vec(&header).unwrap(), &payload);
        let mut buffer = vec![0; buffer_len(token.len())];
        let keys = keys();
        let verified = Compact::parse(&token).unwrap().verify(&keys, &mut buffer).unwrap();
        prop_assert_eq!(verified.payload(), &payload);
        let members = to_serde_json(Value::Object(verified.header().object()));
        prop_assert_eq!(members, serde_json::Value::Object(header));
    }

    #[test]
    fn a_token_with_one_other_byte_is_refused(
        (alg, header) in alg_and_header(),
        jti in any::<String>(),
        at in any::<prop::sample::Index>(),
        flip in 1..=u8::MAX,
    ) {
        let claims = serde_json::json!({ "exp": NOW + 60, "jti": jti });
        let mut token = mint(alg, serde_json::to_vec(&header).unwrap(), claims.to_string());
        let at = at.index(token.len());
        let accepts = |token: &[u8]| {
            let (keys, policy) = (keys(), Policy::new());
            let mut buffer = vec![0; buffer_len(token.len())];
            Verifier::new(&keys, &policy).verify(token, Time::Trusted(NOW), &mut buffer).is_ok()
        };
        prop_assert!(accepts(&token));
        token[at] ^= flip;
        prop_assert!(!accepts(&token), "byte {at}");
    }
}
