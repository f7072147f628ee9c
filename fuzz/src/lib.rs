//! What each fuzz target checks: that nothing panics, and that oracles which nobody here wrote agree.
//!
//! There is a function for each target, with its name. The targets call them under the fuzzer;
//! `tests/it/fuzz_replay.rs` includes this file and calls them on every stored input, so that what was once
//! found stays found.

mod ecdsa;
mod jwk_set;
// The tests' own: one reading of our values for one oracle.
#[path = "../../tests/common/oracle.rs"]
mod oracle;

mod signed;

pub use ecdsa::{fast_es256, field};
pub use jwk_set::jwk_set;

use std::sync::LazyLock;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::{
    Compact, Error, Key, Policy, Time, Token, Verifier,
    json::{JsonError, Value},
    limits,
};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use oracle::to_serde_json;
use sha2::Sha256;
#[allow(
    unused_imports,
    reason = "only some of those who include this file use all"
)]
pub use signed::{es256, token, tokens};

const SECRET: [u8; 32] = *b"a secret for fuzzing, of 32 byte";
/// RFC 7515 appendix A.3.
const PUBLIC_JWK: &str = r#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
const X_Y: [&str; 2] = [
    "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
];
/// One key for each algorithm, read once.
static KEYS: LazyLock<[Key<'static>; 2]> = LazyLock::new(|| {
    let for_jwk = Vec::leak(vec![0; 512]);
    [
        Key::hs256(&SECRET).expect("long enough"),
        Key::from_jwk(PUBLIC_JWK.as_bytes(), for_jwk).expect("RFC 7515"),
    ]
});
const NOW: u64 = 1_790_000_000;

#[derive(serde::Deserialize)]
#[allow(dead_code, reason = "only read by serde")]
struct Shape<'a> {
    scope: Option<&'a str>,
    seq: Option<u32>,
    on: Option<bool>,
    list: Option<[i16; 2]>,
}

/// Any bytes as a token: the same verdict with a buffer and in place, and no acceptance that
/// `jsonwebtoken` does not share.
pub fn verify(token: &[u8]) {
    for time in [Time::Trusted(NOW), Time::AtLeast(NOW), Time::Unknown] {
        compare_ways(token, time);
    }
    compare_acceptance(token);
}

fn compare_ways(token: &[u8], time: Time) {
    let policy = Policy::new().issuer("joe").ignore_audience();
    let verifier = Verifier::new(&*KEYS, &policy);
    let mut buffer = vec![0; embedded_jwt::buffer_len(token.len())];
    let mut in_place = token.to_vec();
    let one = verifier.verify(token, time, &mut buffer);
    let other = verifier.verify_in_place(&mut in_place, time);
    let header_fits = Compact::parse(token)
        .is_ok_and(|compact| compact.header_segment().len() <= limits::MAX_IN_PLACE_HEADER_LEN);
    match (one, other) {
        (Ok(one), Ok(other)) => assert_eq!(one.claims(), other.claims()),
        (Err(one), Err(other)) if header_fits => assert_eq!(one, other),
        (_, Err(Error::HeaderTooLong)) | (Err(_), Err(_)) => {}
        (one, other) => panic!("{one:?} with a buffer, {other:?} in place"),
    }
}

fn compare_acceptance(token: &[u8]) {
    let mut buffer = vec![0; embedded_jwt::buffer_len(token.len())];
    let Ok(compact) = Compact::parse(token) else {
        return;
    };
    let Ok(verified) = compact.verify(&*KEYS, &mut buffer) else {
        return;
    };
    let header = *verified.header();
    let Ok(claims) = verified.claims() else {
        return;
    };
    assert!(
        jsonwebtoken_accepts(token, header.alg().as_str())
            || accepted_for_its_header_only_by_us(&header.object().to_string())
            || has_huge_number(&claims.object().to_string()),
        "only we accept"
    );
}

fn jsonwebtoken_accepts(token: &[u8], alg: &str) -> bool {
    let (algorithm, key) = match alg {
        "HS256" => (
            Algorithm::HS256,
            DecodingKey::from_secret(&SECRET).expect("not empty"),
        ),
        _ => (
            Algorithm::ES256,
            DecodingKey::from_ec_components(X_Y[0], X_Y[1]).expect("RFC 7515"),
        ),
    };
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_aud) = (false, false);
    jsonwebtoken::decode::<serde_json::Value>(token, &key, &validation).is_ok()
}

/// Header members that `jsonwebtoken` wants to be of a type though it does not use them. We do not look at
/// them, as RFC 7515 section 4 has it for members that are not understood.
fn accepted_for_its_header_only_by_us(header: &str) -> bool {
    let typed = [
        "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "enc", "zip", "url", "nonce",
    ];
    has_huge_number(header)
        || serde_json::from_str::<serde_json::Map<_, _>>(header).is_ok_and(|header| {
            header
                .iter()
                .any(|(name, _): (_, &serde_json::Value)| typed.contains(&name.as_str()))
        })
}

/// Numbers beyond f64 are JSON, and stay text here; `serde_json` refuses them.
fn has_huge_number(json: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(json)
        .is_err_and(|error| error.to_string().contains("number out of range"))
}

/// Any bytes as a decoded header.
pub fn header(header: &[u8]) {
    let token = format!("{}..c2ln", BASE64_URL_SAFE_NO_PAD.encode(header));
    let mut buffer = vec![0; header.len()];
    let Ok(compact) = Compact::parse(token.as_bytes()) else {
        return;
    };
    let Ok(ours) = compact.peek_header(&mut buffer) else {
        return;
    };
    if has_huge_number(core::str::from_utf8(header).expect("accepted")) {
        return;
    }
    let oracle: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(header).expect("accepted");
    assert_eq!(oracle["alg"], ours.alg().as_str());
    for (name, value) in [
        ("typ", ours.typ()),
        ("kid", ours.kid()),
        ("cty", ours.cty()),
    ] {
        assert_eq!(
            oracle.get(name),
            value.map(|value| value.as_str().into()).as_ref(),
            "{name}"
        );
    }
    assert!(oracle.get("b64").is_none_or(|b64| *b64 == true));
    assert!(
        oracle
            .get("crit")
            .is_none_or(|crit| *crit == serde_json::json!(["b64"]) && oracle.contains_key("b64"))
    );
}

/// Any bytes as a payload with a good signature: the claims are those that `serde_json` reads.
pub fn claims(payload: &[u8]) {
    let token = sign_hs256(br#"{"alg":"HS256"}"#, payload);
    let keys = [Key::hs256(&SECRET).expect("long enough")];
    let policy = Policy::new()
        .allow_missing_exp()
        .ignore_audience()
        .accept_unproved_freshness();
    let mut buffer = vec![0; embedded_jwt::buffer_len(token.len())];
    let ours = Verifier::new(&keys, &policy).verify(token.as_bytes(), Time::Unknown, &mut buffer);
    let Ok(ours) = ours else { return };
    let _ = ours.claims().deserialize::<Shape<'_>>();
    compare_claims(&ours, payload);
}

fn compare_claims(ours: &Token<'_, '_>, payload: &[u8]) {
    let Ok(oracle) = serde_json::from_slice::<serde_json::Value>(payload) else {
        assert!(
            has_huge_number(core::str::from_utf8(payload).expect("accepted")),
            "only we accept"
        );
        return;
    };
    let claims = ours.claims();
    assert_eq!(to_serde_json(Value::Object(claims.object())), oracle);
    for (name, value) in [
        ("iss", claims.iss()),
        ("sub", claims.sub()),
        ("jti", claims.jti()),
    ] {
        assert_eq!(
            oracle.get(name),
            value.map(|value| value.as_str().into()).as_ref(),
            "{name}"
        );
    }
    for (name, date) in [
        ("exp", claims.exp()),
        ("nbf", claims.nbf()),
        ("iat", claims.iat()),
    ] {
        let Some(number) = oracle.get(name) else {
            continue;
        };
        if let Some(expected) = number.as_u64() {
            assert_eq!(date, Some(expected), "{name}");
        } else {
            // An f64 is good for 15 digits.
            let expected = number.as_f64().expect("a number");
            let date = date.expect("accepted") as f64;
            assert!(
                expected >= 0.0 && (date - expected.trunc()).abs() <= expected * 1e-15 + 1.0,
                "{name}"
            );
        }
    }
}

/// Any bytes as JSON: the verdict and the values of `serde_json`, but for our bounds and duplicates.
pub fn json(text: &[u8]) {
    let oracle = serde_json::from_slice::<serde_json::Value>(text);
    let mut ours = text.to_vec();
    match (Value::parse(&mut ours), oracle) {
        (Ok(ours), Ok(oracle)) => assert_eq!(to_serde_json(ours), oracle),
        (Ok(_), Err(error)) => assert!(
            error.to_string().contains("number out of range"),
            "only we accept: {error}"
        ),
        (
            Err(
                JsonError::DuplicateName
                | JsonError::TooDeep
                | JsonError::TooManyNames
                | JsonError::TooLong,
            ),
            _,
        )
        | (Err(_), Err(_)) => {}
        (Err(error), Ok(_)) => panic!("only we refuse: {error}"),
    }
}

/// Any text as a segment: the verdict of the crate `base64`, and its bytes.
pub fn base64url(text: &[u8]) {
    let oracle = BASE64_URL_SAFE_NO_PAD.decode(text);
    let header = b"eyJhbGciOiJIUzI1NiJ9";
    let signing_input = [header, text].join(&b'.');
    let mac = BASE64_URL_SAFE_NO_PAD.encode(hmac(&signing_input));
    let token = [&signing_input, mac.as_bytes()].join(&b'.');
    let keys = [Key::hs256(&SECRET).expect("long enough")];
    let mut buffer = vec![0; embedded_jwt::buffer_len(token.len())];
    let ours = Compact::parse(&token).and_then(|compact| compact.verify(&keys, &mut buffer));
    match (ours, oracle) {
        (Ok(ours), Ok(oracle)) => assert_eq!(ours.payload(), oracle),
        (Err(Error::TokenTooLong), _) | (Err(_), Err(_)) => {}
        (ours, oracle) => panic!("{ours:?}, oracle {oracle:?}"),
    }
}

/// Any bytes as a JWK: what we accept is an object that `serde_json` reads, for a key type of ours.
pub fn jwk(jwk: &[u8]) {
    let mut buffer = vec![0; jwk.len()];
    let Ok(key) = Key::from_jwk(jwk, &mut buffer) else {
        return;
    };
    let Ok(oracle) = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(jwk)
    else {
        assert!(
            has_huge_number(core::str::from_utf8(jwk).expect("accepted")),
            "only we accept"
        );
        return;
    };
    assert_eq!(oracle.get("kid").and_then(|kid| kid.as_str()), key.kid());
    let kty = if key.algorithm() == embedded_jwt::crypto::Algorithm::Hs256 {
        "oct"
    } else {
        "EC"
    };
    assert_eq!(oracle["kty"], kty);
    assert!(oracle.get("use").is_none_or(|usage| usage == "sig"));
    if kty == "EC" {
        let member = |name| oracle[name].as_str().expect("accepted");
        assert!(DecodingKey::from_ec_components(member("x"), member("y")).is_ok());
    }
}

fn sign_hs256(header: &[u8], payload: &[u8]) -> String {
    let signing_input = format!(
        "{}.{}",
        BASE64_URL_SAFE_NO_PAD.encode(header),
        BASE64_URL_SAFE_NO_PAD.encode(payload)
    );
    format!(
        "{signing_input}.{}",
        BASE64_URL_SAFE_NO_PAD.encode(hmac(signing_input.as_bytes()))
    )
}

fn hmac(message: &[u8]) -> [u8; 32] {
    let mut hmac = Hmac::<Sha256>::new_from_slice(&SECRET).expect("any length");
    hmac.update(message);
    hmac.finalize().into_bytes().into()
}
