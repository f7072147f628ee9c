//! JWK thumbprints, as RFCs and other people's code have them.

use embedded_jwt::{
    Error, Key,
    crypto::{Algorithm, PublicKey},
    jwk::Thumbprint,
};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use p256::ecdsa::SigningKey;
use proptest::prelude::*;

use crate::common::{Alg, ISSUER_X, ISSUER_Y, OTHER_X, OTHER_Y, decode, encode, sec1};

/// RFC 9449 section 6.1: the key of the `DPoP` proofs in that document, and its `jkt`.
const DPOP_X: &str = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs";
const DPOP_Y: &str = "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA";
const DPOP_JKT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

#[test]
fn published() {
    for (x, y, text) in [
        (DPOP_X, DPOP_Y, DPOP_JKT),
        // By sha256sum.
        (
            ISSUER_X,
            ISSUER_Y,
            "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U",
        ),
        (
            OTHER_X,
            OTHER_Y,
            "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s",
        ),
    ] {
        let point = sec1(x, y);
        let thumbprint = PublicKey::from_sec1(&point).unwrap().thumbprint();
        assert_eq!(thumbprint, *text);
        assert_eq!(thumbprint, text);
        assert_eq!(thumbprint.to_string(), text);
        assert_eq!(format!("{thumbprint:?}"), text);
        assert_eq!(thumbprint.as_bytes(), &*decode(text));
        for other in [
            "",
            &text.to_lowercase(),
            text.trim_end_matches(char::is_alphabetic),
            &format!("{text}A"),
            &format!("{text}="),
        ] {
            assert_ne!(thumbprint, *other);
            assert_ne!(thumbprint, other);
        }
    }
}

/// Only what makes the key counts, in one spelling.
#[test]
fn other_members_do_not_count() {
    for members in [
        r#""kid":"a""#,
        r#""use":"sig","alg":"ES256""#,
        r#""key_ops":["verify"],"x5t":"AA""#,
        r#""d":"AA""#,
    ] {
        let jwk = format!(
            r#"{{"y":"{DPOP_Y}",{members}, "\u0078":"{DPOP_X}","kty":"EC","crv":"P-256"}}"#
        );
        let mut buffer = vec![0; 2 * jwk.len()];
        let key = Key::from_jwk(jwk.as_bytes(), &mut buffer).unwrap();
        assert!(key.thumbprint().unwrap() == DPOP_JKT, "{members}");
    }
}

/// The hash of a secret is nothing to hand around, and a slot shows no key.
#[test]
fn none() {
    #[cfg(feature = "hs256")]
    assert_eq!(Alg::Hs256.key().thumbprint(), None);
    assert_eq!(Key::slot(Algorithm::Es256, 0).thumbprint(), None);
    assert!(Alg::Es256.key().thumbprint().is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn as_jsonwebtoken_has_it(scalar: [u8; 32]) {
        let key = SigningKey::from_slice(&scalar);
        prop_assume!(key.is_ok());
        let point = key.unwrap().verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        let jwk = format!(r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#, encode(x), encode(y));
        let oracle: Jwk = serde_json::from_str(&jwk).unwrap();
        let ours = PublicKey::from_sec1(point.as_bytes()).unwrap().thumbprint();
        prop_assert_eq!(ours.to_string(), oracle.thumbprint(ThumbprintHash::SHA256).unwrap());
    }
}

/// What is shown is read, and nothing else is.
#[test]
fn from_its_text() {
    let read = |text: &str| text.parse::<Thumbprint>();
    assert_eq!(read(DPOP_JKT).unwrap().to_string(), DPOP_JKT);
    assert_eq!(read(DPOP_JKT).unwrap().as_ref(), decode(DPOP_JKT));
    for text in [
        String::new(),
        "A".to_owned(),
        encode([7; 31]),
        encode([7; 33]),
        encode([7; 64]),
        format!("{DPOP_JKT}="),
        format!("{DPOP_JKT}\n"),
        format!(" {DPOP_JKT}"),
        DPOP_JKT.replace('-', "+"),
        // Bits that no byte has.
        DPOP_JKT.replace("uA4I", "uA4J"),
    ] {
        assert_eq!(read(&text), Err(Error::InvalidThumbprint), "{text:?}");
    }
}
