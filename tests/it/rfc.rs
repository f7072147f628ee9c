//! The examples of the RFCs themselves.

use embedded_jwt::{Compact, Error, Key, Policy, Time, Verifier, json::Value};

use crate::common::rfc7515::BEFORE_EXP;
#[cfg(feature = "hs256")]
use crate::common::rfc7515::{A1, A1_JWK};

/// RFC 7515 appendix A.3, with the private half.
#[cfg(any(feature = "es256", feature = "fast-es256"))]
const A3_JWK: &[u8] = br#"{"kty":"EC", "crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

const EXP: u64 = 1_300_819_380;
const JOE: Policy<'static> = Policy::new().issuer("joe");

fn verify_claims_of_joe(jwk: &[u8], token: &[u8]) {
    let (mut for_key, mut buffer) = ([0; 512], [0; 512]);
    let keys = [Key::from_jwk(jwk, &mut for_key).unwrap()];
    let verifier = Verifier::new(&keys, &JOE);

    let token_of_joe = verifier.verify(token, BEFORE_EXP, &mut buffer).unwrap();
    let claims = token_of_joe.claims();
    assert_eq!(claims.iss().unwrap(), "joe");
    assert_eq!(claims.exp(), Some(EXP));
    assert_eq!(
        claims.get("http://example.com/is_root"),
        Some(Value::Bool(true))
    );
    assert_eq!(claims.object().members().count(), 3);

    assert_eq!(
        verifier
            .verify(token, Time::Trusted(EXP), &mut buffer)
            .unwrap_err(),
        Error::Expired
    );

    let mut in_place = token.to_vec();
    let token_of_joe = verifier.verify_in_place(&mut in_place, BEFORE_EXP).unwrap();
    assert_eq!(token_of_joe.claims().iss().unwrap(), "joe");
}

#[test]
#[cfg(feature = "hs256")]
fn rfc_7515_a_1_hs256() {
    verify_claims_of_joe(A1_JWK, A1);
}

#[test]
#[cfg(any(feature = "es256", feature = "fast-es256"))]
fn rfc_7515_a_3_es256() {
    verify_claims_of_joe(A3_JWK, crate::common::rfc7515::A3);
}

/// RFC 7520 section 4.4: the payload is prose, with an apostrophe beyond ASCII.
#[test]
#[cfg(feature = "hs256")]
fn rfc_7520_4_4_payload_that_is_no_json() {
    let jwk =
        br#"{"kty":"oct","kid":"018c0ae5-4d9b-471b-bfd6-eef314bc7037","use":"sig","alg":"HS256",
        "k":"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"}"#;
    let token = b"eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9\
        .SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUg\
        cm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0\
        IGJlIHN3ZXB0IG9mZiB0by4.s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0";
    let (mut for_key, mut buffer) = ([0; 512], [0; 512]);
    let keys = [Key::from_jwk(jwk, &mut for_key).unwrap()];

    let verified = Compact::parse(token)
        .unwrap()
        .verify(&keys, &mut buffer)
        .unwrap();
    assert_eq!(
        verified.header().kid().unwrap(),
        "018c0ae5-4d9b-471b-bfd6-eef314bc7037"
    );
    let prose = str::from_utf8(verified.payload()).unwrap();
    assert!(
        prose.starts_with("It\u{2019}s a dangerous business, Frodo,"),
        "{prose}"
    );
    assert!(
        prose.ends_with("where you might be swept off to."),
        "{prose}"
    );
    assert_eq!(verified.claims().unwrap_err(), Error::PayloadNotJson);

    // Section 4.5: the same signature, the payload detached.
    let detached =
        b"eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9\
        ..s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0";
    let detached = Compact::parse(detached).unwrap();
    assert_eq!(
        detached.verify(&keys, &mut buffer).unwrap_err(),
        Error::InvalidSignature
    );
}

/// RFC 7797 section 4.1 encodes the payload, section 4.2 leaves it as it is and out of the token.
#[test]
#[cfg(feature = "hs256")]
fn rfc_7797_unencoded_payload_is_refused() {
    let (mut for_key, mut buffer) = ([0; 512], [0; 512]);
    let keys = [Key::from_jwk(A1_JWK, &mut for_key).unwrap()];
    let encoded =
        Compact::parse(b"eyJhbGciOiJIUzI1NiJ9.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ");
    assert_eq!(
        encoded
            .unwrap()
            .verify(&keys, &mut buffer)
            .unwrap()
            .payload(),
        b"$.02"
    );
    let unencoded = Compact::parse(
        b"eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY",
    );
    assert_eq!(
        unencoded.unwrap().verify(&keys, &mut buffer).unwrap_err(),
        Error::UnsupportedB64
    );
    // With the payload in its place: a dollar sign is not base64url, and a dot makes a fourth segment.
    let attached = Compact::parse(
        b"eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19.$.02.A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY",
    );
    assert_eq!(attached.unwrap_err(), Error::UnsupportedB64);
}

/// RFC 7515 appendix A.5 and RFC 7519 section 6.1, and the negative test case of RFC 7515 appendix E.
#[test]
fn unsecured_and_unknown_critical_are_refused() {
    let unsecured = b"eyJhbGciOiJub25lIn0\
        .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
    assert_eq!(
        Compact::parse(unsecured).unwrap_err(),
        Error::EmptySignature
    );

    let mut buffer = [0; 512];
    let critical = b"eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6Ly9l\
        eGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA.";
    assert_eq!(Compact::parse(critical).unwrap_err(), Error::EmptySignature);
    let signed = [critical, &b"c2ln"[..]].concat();
    let refused = Compact::parse(&signed)
        .unwrap()
        .peek_header(&mut buffer)
        .unwrap_err();
    assert_eq!(refused, Error::UnsupportedCrit);
}
