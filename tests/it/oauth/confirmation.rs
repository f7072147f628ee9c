//! The key that a token is bound to (RFC 7800 `cnf`).

use embedded_jwt::{Claims, Compact, Error, oauth::Confirmation};

use Error::{InvalidCnf, UnsupportedCnf};

use crate::common::{Alg, ISSUER_X, ISSUER_Y, mint};

/// RFC 9449 section 6.1.
const RFC_JKT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

/// What `look` sees in the verified claims of a token.
fn of_token<T>(claims: &str, look: impl FnOnce(&Claims<'_>) -> T) -> T {
    let keys = [Alg::Es256.key()];
    let token = mint(Alg::Es256, r#"{"alg":"ES256"}"#, claims);
    let mut buffer = [0; 2048];
    let compact = Compact::parse(&token).unwrap();
    let verified = compact.verify(&keys, &mut buffer).unwrap();
    look(&verified.claims().unwrap())
}

fn jwk(x: &str, y: &str, more: &str) -> String {
    format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"{more}}}"#)
}

/// The RFC's own members, one of them alone.
#[test]
fn each_way_to_name_a_key() {
    let own = jwk(ISSUER_X, ISSUER_Y, r#","use":"sig","alg":"ES256""#);
    of_token(&format!(r#"{{"cnf":{{"jwk":{own}}}}}"#), |claims| {
        let Ok(Some(Confirmation::Jwk(key))) = claims.confirmation() else {
            panic!("{:?}", claims.confirmation());
        };
        assert_eq!(
            Some(key.as_public_key().thumbprint()),
            Alg::Es256.key().thumbprint()
        );
    });
    of_token(&format!(r#"{{"cnf":{{"jkt":"{RFC_JKT}"}}}}"#), |claims| {
        let Ok(Some(Confirmation::Jkt(jkt))) = claims.confirmation() else {
            panic!("{:?}", claims.confirmation());
        };
        assert_eq!(jkt.to_string(), RFC_JKT);
    });
    // RFC 7800 section 3.4
    let kid = "dfd1aa97-6d8d-4575-a0fe-34b96de2bfad";
    of_token(&format!(r#"{{"cnf":{{"kid":"{kid}"}}}}"#), |claims| {
        let Ok(Some(Confirmation::Kid(named))) = claims.confirmation() else {
            panic!("{:?}", claims.confirmation());
        };
        assert_eq!(named, *kid);
    });
    of_token("{}", |claims| {
        assert_eq!(claims.confirmation(), Ok(None));
    });
}

/// RFC 7800 section 3.1: what is not understood is ignored, beside what is.
#[test]
fn an_unknown_member_beside_a_known_one() {
    let cnf = format!(r#"{{"x5t#S256":"AAAA","jkt":"{RFC_JKT}","x":[1]}}"#);
    of_token(&format!(r#"{{"cnf":{cnf}}}"#), |claims| {
        assert!(matches!(
            claims.confirmation(),
            Ok(Some(Confirmation::Jkt(_)))
        ));
    });
}

/// Each `cnf`, and how it is refused.
fn refused(table: &[(&str, &str, Error)]) {
    for (title, cnf, error) in table {
        of_token(&format!(r#"{{"cnf":{cnf}}}"#), |claims| {
            assert_eq!(claims.confirmation(), Err(*error), "{title}");
        });
    }
}

#[test]
#[rustfmt::skip]
fn no_key_or_no_single_one() {
    let good = jwk(ISSUER_X, ISSUER_Y, "");
    refused(&[
        ("null", "null", InvalidCnf),
        ("a string", r#""kid""#, InvalidCnf),
        ("an array", "[]", InvalidCnf),
        ("empty", "{}", InvalidCnf),
        ("kid null", r#"{"kid":null}"#, InvalidCnf),
        ("kid empty", r#"{"kid":""}"#, InvalidCnf),
        ("kid a number", r#"{"kid":7}"#, InvalidCnf),
        ("jkt and kid", &format!(r#"{{"jkt":"{RFC_JKT}","kid":"a"}}"#), InvalidCnf),
        ("jkt and jwk", &format!(r#"{{"jkt":"{RFC_JKT}","jwk":{good}}}"#), InvalidCnf),
        ("jwk and kid", &format!(r#"{{"jwk":{good},"kid":"a"}}"#), InvalidCnf),
        ("jkt and a null kid", &format!(r#"{{"jkt":"{RFC_JKT}","kid":null}}"#), InvalidCnf),
        ("a certificate", r#"{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}"#, UnsupportedCnf),
        ("an encrypted key", r#"{"jwe":"a.b.c.d.e"}"#, UnsupportedCnf),
        ("a URL of keys", r#"{"jku":"https://keys.example"}"#, UnsupportedCnf),
    ]);
}

#[test]
#[rustfmt::skip]
fn thumbprints_that_are_none() {
    let short = &RFC_JKT[..42];
    refused(&[
        ("null", r#"{"jkt":null}"#, InvalidCnf),
        ("empty", r#"{"jkt":""}"#, InvalidCnf),
        ("a number", r#"{"jkt":1}"#, InvalidCnf),
        ("in an array", &format!(r#"{{"jkt":["{RFC_JKT}"]}}"#), InvalidCnf),
        ("short", &format!(r#"{{"jkt":"{short}"}}"#), InvalidCnf),
        ("long", &format!(r#"{{"jkt":"{RFC_JKT}A"}}"#), InvalidCnf),
        ("padded", &format!(r#"{{"jkt":"{RFC_JKT}="}}"#), InvalidCnf),
        ("with spare bits", &format!(r#"{{"jkt":"{short}J"}}"#), InvalidCnf),
    ]);
}

#[test]
#[rustfmt::skip]
fn keys_that_are_none() {
    let in_cnf = |jwk: &str| format!(r#"{{"jwk":{jwk}}}"#);
    let private = r#","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI""#;
    let secret = r#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;
    refused(&[
        ("null", r#"{"jwk":null}"#, InvalidCnf),
        ("empty", r#"{"jwk":{}}"#, InvalidCnf),
        ("a string", r#"{"jwk":"EC"}"#, InvalidCnf),
        ("off the curve", &in_cnf(&jwk(ISSUER_Y, ISSUER_X, "")), InvalidCnf),
        ("private", &in_cnf(&jwk(ISSUER_X, ISSUER_Y, private)), InvalidCnf),
        ("for encryption", &in_cnf(&jwk(ISSUER_X, ISSUER_Y, r#","use":"enc""#)), InvalidCnf),
        ("with a short x", &in_cnf(&jwk(&ISSUER_X[..42], ISSUER_Y, "")), InvalidCnf),
        ("a secret", &in_cnf(secret), InvalidCnf),
    ]);
}
