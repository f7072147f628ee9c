//! Tokens that want to be verified by another algorithm or another key than the verifier's.

use embedded_jwt::Error::*;

use crate::common::{
    Alg, GOOD, HEADER, OTHER_SECRET, OTHER_X, OTHER_Y, encode, forge, join, signing_input,
};

/// A token with this header, by somebody who has no key of the issuer.
fn forged(alg: Alg, header: &str) -> Vec<u8> {
    forge(alg, header, GOOD)
}

/// Header and payload with nothing behind the second dot.
fn unsigned(alg: Alg, header: &str) -> Vec<u8> {
    join(&signing_input(alg, header, GOOD), "")
}

/// Header and payload without the second dot.
fn two_segments(alg: Alg, header: &str) -> Vec<u8> {
    signing_input(alg, header, GOOD)
}

/// Header and payload, and one byte for a signature.
fn one_byte(alg: Alg, header: &str) -> Vec<u8> {
    join(&signing_input(alg, header, GOOD), "x")
}

rows! { unsigned;
    unsigned_none: r#"{"alg":"none"}"# => Err(EmptySignature);
    unsigned_none_capital: r#"{"alg":"None"}"# => Err(EmptySignature);
    unsigned_none_capitals: r#"{"alg":"NONE"}"# => Err(EmptySignature);
    unsigned_none_mixed: r#"{"alg":"nOnE"}"# => Err(EmptySignature);
    unsigned_alg_empty: r#"{"alg":""}"# => Err(EmptySignature);
    unsigned_alg_missing: "{}" => Err(EmptySignature);
    unsigned_alg_null: r#"{"alg":null}"# => Err(EmptySignature);
    unsigned_alg_of_the_key: HEADER => Err(EmptySignature);
}

rows! { two_segments;
    two_segments_none: r#"{"alg":"none"}"# => Err(NotThreeSegments);
    two_segments_alg_of_the_key: HEADER => Err(NotThreeSegments);
}

rows! { one_byte;
    one_byte_none: r#"{"alg":"none"}"# => Err(AlgMismatch);
    one_byte_none_capital: r#"{"alg":"None"}"# => Err(AlgMismatch);
    one_byte_none_capitals: r#"{"alg":"NONE"}"# => Err(AlgMismatch);
    one_byte_none_mixed: r#"{"alg":"nOnE"}"# => Err(AlgMismatch);
    one_byte_alg_empty: r#"{"alg":""}"# => Err(AlgMismatch);
    one_byte_alg_of_the_key: HEADER => Err(SignatureLength);
}

rows! { forged;
    forged_plainly: HEADER => Err(InvalidSignature);
    forged_with_none: r#"{"alg":"none"}"# => Err(AlgMismatch);
    forged_with_jku: r#"{"alg":"<alg>","jku":"https://attacker.example/keys"}"# => Err(InvalidSignature);
    forged_with_x5u: r#"{"alg":"<alg>","x5u":"https://attacker.example/chain"}"# => Err(InvalidSignature);
    forged_with_x5c: r#"{"alg":"<alg>","x5c":["MIIB"]}"# => Err(InvalidSignature);
    forged_with_x5t: r#"{"alg":"<alg>","x5t":"MIIB","x5t#S256":"MIIB"}"# => Err(InvalidSignature);
    forged_with_null_jwk: r#"{"alg":"<alg>","jwk":null}"# => Err(InvalidSignature);
    forged_with_its_secret: &format!(
        r#"{{"alg":"<alg>","jwk":{{"kty":"oct","k":"{}"}}}}"#, encode(OTHER_SECRET)
    ) => Err(InvalidSignature);
    forged_with_its_public_key: &format!(
        r#"{{"alg":"<alg>","jwk":{{"kty":"EC","crv":"P-256","x":"{OTHER_X}","y":"{OTHER_Y}"}}}}"#
    ) => Err(InvalidSignature);
    forged_with_its_key_and_kid: &format!(
        r#"{{"alg":"<alg>","kid":"x","jwk":{{"kid":"x","kty":"EC","crv":"P-256","x":"{OTHER_X}","y":"{OTHER_Y}"}}}}"#
    ) => Err(KeyNotFound);
}

/// A MAC under what everybody has of an ES256 key, in each form that a library was once fooled with.
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod public_key_as_secret {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use embedded_jwt::{Policy, Time};

    use super::*;
    use crate::common::{ISSUER_POINT, ISSUER_X, ISSUER_Y, NOW, decode, hs256, verify};

    fn spki() -> Vec<u8> {
        [
            decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"),
            ISSUER_POINT[1..].to_vec(),
        ]
        .concat()
    }

    fn pem(line_end: &str, last: &str) -> Vec<u8> {
        let text = STANDARD.encode(spki());
        let (first, second) = text.split_at(64);
        let lines = [
            "-----BEGIN PUBLIC KEY-----",
            first,
            second,
            "-----END PUBLIC KEY-----",
        ];
        (lines.join(line_end) + last).into_bytes()
    }

    fn refused(secret: &[u8]) {
        let input = signing_input(Alg::Hs256, HEADER, GOOD);
        let token = join(&input, hs256(secret, &input));
        let es256_only = [Alg::Es256.key()];
        let named = [Alg::Es256.key().with_kid("a")];
        let policy = Policy::new();
        let verdict =
            |keys, token: &[u8]| verify(keys, &policy, Time::Trusted(NOW), token).map(|_| ());
        assert_eq!(verdict(&es256_only, &token), Err(AlgMismatch));
        assert_eq!(verdict(&named, &token), Err(AlgMismatch));
        // A token that names the algorithm of the key, and brings the MAC all the same.
        let input = signing_input(Alg::Es256, HEADER, GOOD);
        let mac = hs256(secret, &input);
        assert_eq!(
            verdict(&es256_only, &join(&input, &mac)),
            Err(SignatureLength)
        );
        let twice = [mac.clone(), mac].concat();
        assert_eq!(
            verdict(&es256_only, &join(&input, twice)),
            Err(InvalidSignature)
        );
        #[cfg(feature = "hs256")]
        {
            let both = [
                Alg::Es256.key().with_kid("a"),
                Alg::Hs256.key().with_kid("b"),
            ];
            assert_eq!(verdict(&both, &token), Err(InvalidSignature));
            let input = signing_input(Alg::Hs256, r#"{"alg":"<alg>","kid":"a"}"#, GOOD);
            let named = join(&input, hs256(secret, &input));
            assert_eq!(verdict(&both, &named), Err(AlgMismatch));
        }
    }

    macro_rules! secrets {
        ($($name:ident: $secret:expr;)*) => {$(
            #[test]
            fn $name() {
                refused(&$secret);
            }
        )*};
    }
    secrets! {
        point: *ISSUER_POINT;
        point_without_its_tag: ISSUER_POINT[1..];
        compressed_point: [&[2 | ISSUER_POINT[64] & 1], &ISSUER_POINT[1..33]].concat();
        x_coordinate: decode(ISSUER_X);
        y_coordinate: decode(ISSUER_Y);
        x_coordinate_as_text: *ISSUER_X.as_bytes();
        der: spki();
        pem_unix: pem("\n", "\n");
        pem_unix_unended: pem("\n", "");
        pem_dos: pem("\r\n", "\r\n");
        pem_without_its_frame: STANDARD.encode(spki()).into_bytes();
        jwk: format!(r#"{{"kty":"EC","crv":"P-256","x":"{ISSUER_X}","y":"{ISSUER_Y}"}}"#).into_bytes();
    }
}

/// A good signature under one algorithm, with the name of the other.
#[cfg(all(feature = "hs256", any(feature = "es256", feature = "fast-es256")))]
#[test]
fn alg_of_the_other_key() {
    for (named, signed_by) in [(Alg::Hs256, Alg::Es256), (Alg::Es256, Alg::Hs256)] {
        let input = signing_input(named, HEADER, GOOD);
        let token = join(&input, signed_by.sign(&input));
        assert_eq!(crate::common::verdict(&token), Err(SignatureLength));
    }
}
