//! Tokens with random claims, issued by the crate `jsonwebtoken`: accepted, and equal.

use embedded_jwt::{Compact, Key, Policy, Time, Verifier, buffer_len, json::Value};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use proptest::prelude::*;

use crate::common::{NOW, oracle::to_serde_json};

/// A key pair for these tests, made by `openssl genpkey`.
#[cfg(any(feature = "es256", feature = "fast-es256"))]
const PRIVATE_PEM: &[u8] = b"-----BEGIN PRIVATE KEY-----\n\
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg+hQGcZlW2oXL9sQW\n\
S43oCASSeT24JQpAAIQUcRM5PjmhRANCAAQ3cuXvRmcSQoORmtG2r/xaRiEPuXZ0\n\
D1NVwSBXPuOVmpfAH4UK89Z6SSq7V+x94/hx2YEt/fbIty1C5TQVuMNM\n\
-----END PRIVATE KEY-----";
#[cfg(any(feature = "es256", feature = "fast-es256"))]
const PUBLIC_SPKI_BASE64: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEN3Ll70ZnEkKDkZrRtq/8WkYhD7l2dA9TVcEgVz7jlZqXwB+FCvPWekkqu1fsfeP4cdmBLf32yLctQuU0FbjDTA==";

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>()
            .prop_filter("JSON has no infinities", |number| number.is_finite())
            .prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        "[ -~]{0,20}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..5)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Random claims, among them registered ones of the right type.
fn claims() -> impl Strategy<Value = serde_json::Map<String, serde_json::Value>> {
    let registered = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
    let other = ("[a-z_:/.]{1,12}|\\PC{1,6}", json())
        .prop_filter("registered", move |(name, _)| {
            !registered.contains(&name.as_str())
        });
    let audience = prop_oneof![
        any::<String>().prop_map(Into::into),
        prop::collection::vec(any::<String>(), 1..4).prop_map(Into::into),
    ];
    (
        prop::collection::vec(other, 0..12),
        any::<String>(),
        any::<Option<String>>(),
        prop::option::of(audience),
        NOW + 1..=u64::MAX,
        prop::option::of(0..=NOW),
    )
        .prop_map(|(others, iss, sub, aud, exp, iat)| {
            let mut claims: serde_json::Map<_, serde_json::Value> = others.into_iter().collect();
            claims.insert("iss".into(), iss.into());
            claims.insert("exp".into(), exp.into());
            for (name, value) in [
                ("sub", sub.map(Into::into)),
                ("aud", aud),
                ("iat", iat.map(Into::into)),
                ("nbf", iat.map(Into::into)),
            ] {
                if let Some(value) = value {
                    claims.insert(name.into(), value);
                }
            }
            claims
        })
}

fn accepted_and_equal(
    header: &Header,
    claims: &serde_json::Map<String, serde_json::Value>,
    issuer_key: &EncodingKey,
    key: Key<'_>,
) -> Result<(), TestCaseError> {
    let token = encode(header, claims, issuer_key).unwrap();
    let issuer = claims.get("iss").and_then(|iss| iss.as_str()).unwrap();
    let policy = Policy::new().issuer(issuer).ignore_audience();
    let keys = [key];
    let verifier = Verifier::new(&keys, &policy);

    let needed = Compact::parse(token.as_bytes()).unwrap().buffer_len();
    prop_assert!(needed <= buffer_len(token.len()));
    let mut buffer = vec![0; needed];
    let accepted = verifier
        .verify(token.as_bytes(), Time::Trusted(NOW), &mut buffer)
        .unwrap();
    let expected = serde_json::Value::Object(claims.clone());
    prop_assert_eq!(
        to_serde_json(Value::Object(accepted.claims().object())),
        expected.clone()
    );
    prop_assert_eq!(
        accepted.claims().exp(),
        claims.get("exp").and_then(serde_json::Value::as_u64)
    );
    prop_assert_eq!(
        accepted.header().typ().map(|typ| typ.as_str().to_owned()),
        header.typ.clone()
    );
    prop_assert_eq!(
        accepted.header().kid().map(|kid| kid.as_str().to_owned()),
        header.kid.clone()
    );

    let mut token = token.into_bytes();
    let in_place = verifier
        .verify_in_place(&mut token, Time::Trusted(NOW))
        .unwrap();
    prop_assert_eq!(
        to_serde_json(Value::Object(in_place.claims().object())),
        expected
    );
    Ok(())
}

#[cfg(feature = "hs256")]
proptest! {
    #[test]
    fn hs256(
        claims in claims(),
        secret in prop::collection::vec(any::<u8>(), 32..200),
        kid in prop::option::of("\\PC{1,20}"),
    ) {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = kid.clone();
        let key = Key::hs256(&secret).unwrap();
        let key = kid.as_deref().map_or(key, |kid| key.with_kid(kid));
        accepted_and_equal(&header, &claims, &EncodingKey::from_secret(&secret).unwrap(), key)?;
    }
}

#[cfg(any(feature = "es256", feature = "fast-es256"))]
proptest! {
    // A verification without optimization takes tens of milliseconds.
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn es256(claims in claims(), kid in prop::option::of("\\PC{1,20}")) {
        use base64::Engine as _;
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("at+jwt".into());
        header.kid = kid.clone();
        let spki = base64::prelude::BASE64_STANDARD.decode(PUBLIC_SPKI_BASE64).unwrap();
        let key = Key::es256_spki(&spki).unwrap();
        let key = kid.as_deref().map_or(key, |kid| key.with_kid(kid));
        accepted_and_equal(&header, &claims, &EncodingKey::from_ec_pem(PRIVATE_PEM).unwrap(), key)?;
    }
}
