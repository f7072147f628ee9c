//! The JWK that the compiler reads: the verdict of the reader at run time, or a refusal.

use embedded_jwt::{Error, Error::*, Key, const_key, jwk::OwnedPublicKey};
use proptest::{prelude::*, sample::select};

/// RFC 7515 appendix A.3
const JWK: &str = r#"{"kty":"EC","crv":"P-256","kid":"2026","use":"sig","alg":"ES256",
    "key_ops":["verify"],"x5c":["MIIB","MIIC"],
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

fn at_run_time(text: &str) -> Result<OwnedPublicKey, Error> {
    let mut buffer = vec![0; 2 * text.len()];
    let key = Key::from_jwk(text, &mut buffer)?;
    Ok(key.public_key().ok_or(JwkUnsupportedKty)?.into())
}

#[test]
fn in_flash() {
    static KEY: OwnedPublicKey = const_key!(OwnedPublicKey::from_jwk(JWK.as_bytes()));
    assert_eq!(Ok(KEY), at_run_time(JWK));
}

/// The JWK with one part replaced.
fn with(from: &str, to: &str) -> String {
    assert!(JWK.contains(from));
    JWK.replacen(from, to, 1)
}

#[test]
fn verdicts() {
    for (name, text, verdict) in [
        (
            "whitespace",
            format!(" \r\n{}\t\n", with(":", " :\t")),
            Ok(()),
        ),
        ("a SPIFFE bundle", with("sig", "jwt-svid"), Ok(())),
        ("nothing", String::new(), Err(JwkNotJson)),
        ("an empty object", "{}".to_owned(), Err(JwkNotJson)),
        ("a text after it", format!("{JWK}x"), Err(JwkNotJson)),
        ("no end", with("}", ""), Err(JwkNotJson)),
        ("a comma at the end", with("}", ",}"), Err(JwkNotJson)),
        ("no comma", with(",", " "), Err(JwkNotJson)),
        ("no colon", with(":", " "), Err(JwkNotJson)),
        ("an open string", with("2026\"", "2026"), Err(JwkNotJson)),
        (
            "a control character",
            with("2026", "20\n26"),
            Err(JwkNotJson),
        ),
        ("an escape", with("2026", "\\u0032"), Err(JwkNotJson)),
        ("a number", with("\"2026\"", "2026"), Err(JwkNotJson)),
        (
            "an empty list",
            with("\"MIIB\",\"MIIC\"", ""),
            Err(JwkNotJson),
        ),
        (
            "an open list",
            with("\"MIIC\"]", "\"MIIC\""),
            Err(JwkNotJson),
        ),
        ("a name twice", with("kid", "crv"), Err(JwkNotJson)),
        ("a list twice", with("x5c", "key_ops"), Err(JwkNotJson)),
    ] {
        let read = OwnedPublicKey::from_jwk(text.as_bytes());
        assert_eq!(read.map(drop), verdict, "{name}");
        if verdict.is_ok() {
            assert_eq!(read, at_run_time(&text), "{name}");
        }
    }
}

/// Members that say that the key is not for this.
#[test]
fn members() {
    for (name, text, verdict) in [
        ("a private key", with("kid", "d"), Err(JwkNotPublic)),
        ("a secret", with("kid", "k"), Err(JwkNotPublic)),
        ("RSA", with("EC", "RSA"), Err(JwkUnsupportedKty)),
        ("no kty", with("kty", "kti"), Err(JwkUnsupportedKty)),
        (
            "another curve",
            with("P-256", "P-384"),
            Err(JwkUnsupportedCrv),
        ),
        (
            "a longer name",
            with("P-256", "P-2560"),
            Err(JwkUnsupportedCrv),
        ),
        ("encryption", with("sig", "enc"), Err(JwkNotForVerifying)),
        ("signing", with("verify", "sign"), Err(JwkNotForVerifying)),
        (
            "x twice, once as a list",
            with("x5c", "x"),
            Err(JwkInvalidMember),
        ),
        (
            "kid twice",
            with("\"use\"", "\"kid\":\"b\",\"use\""),
            Err(JwkNotJson),
        ),
        (
            "x5c twice",
            with("\"x5c\"", "\"x5c\":[\"A\"],\"x5c\""),
            Err(JwkNotJson),
        ),
        (
            "kid as a list",
            with("\"2026\"", "[\"2026\"]"),
            Err(JwkInvalidMember),
        ),
        (
            "key_ops as a string",
            with("[\"verify\"]", "\"verify\""),
            Err(JwkInvalidMember),
        ),
        (
            "another algorithm",
            with("ES256", "ES384"),
            Err(JwkAlgMismatch),
        ),
        ("no x", with("\"x\"", "\"z\""), Err(JwkInvalidMember)),
        ("x too short", with("VEU", "VE"), Err(JwkInvalidMember)),
        ("x too long", with("VEU", "VEUA"), Err(JwkInvalidMember)),
        ("x with padding", with("VEU", "VEU="), Err(JwkInvalidMember)),
        ("x in base64", with("x_F", "x/F"), Err(JwkInvalidMember)),
        (
            "bits that no byte has",
            with("VEU", "VEV"),
            Err(JwkInvalidMember),
        ),
        (
            "a point off the curve",
            with("VEU", "VEQ"),
            Err(KeyNotOnCurve),
        ),
    ] {
        let read = OwnedPublicKey::from_jwk(text.as_bytes());
        assert_eq!(read.map(drop), verdict, "{name}");
        if verdict.is_ok() {
            assert_eq!(read, at_run_time(&text), "{name}");
        }
    }
}

proptest! {
    /// What the compiler accepts is the key that is read at run time.
    #[test]
    fn accepts_no_more_than_the_other_reader(
        at in 0..JWK.len(),
        len in 0..3_usize,
        part in select(&["", "\"", "{", "}", "[", "]", ",", ":", "\\", "\"d\":\"\",", "\"k", " ", "A", "\u{e9}"][..]),
    ) {
        let mut text = JWK.to_owned();
        let end = (at + len).min(text.len());
        text.replace_range(at..end, part);
        if let Ok(key) = OwnedPublicKey::from_jwk(text.as_bytes()) {
            prop_assert_eq!(Ok(key), at_run_time(&text), "{}", text);
        }
    }
}
