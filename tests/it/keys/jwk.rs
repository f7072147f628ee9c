//! JSON Web Keys: every member that counts, and every one that does not.

use embedded_jwt::{Error, Error::*, Key, limits};

use super::opens;
use crate::common::Alg;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
use crate::common::{ISSUER_D, ISSUER_X, ISSUER_Y};
#[cfg(feature = "hs256")]
use crate::common::{SECRET, encode};

/// A key's algorithm and `kid`.
type Read = (&'static str, Option<String>);

fn read(jwk: &[u8]) -> Result<Read, Error> {
    let mut buffer = vec![0; jwk.len()];
    Key::from_jwk(jwk, &mut buffer)
        .map(|key| (key.algorithm().as_str(), key.kid().map(str::to_owned)))
}

/// The coordinates or the secret of the issuer, behind `kty`.
fn good(alg: Alg) -> String {
    match alg {
        #[cfg(feature = "hs256")]
        Alg::Hs256 => format!(r#""kty":"oct","k":"{}""#, encode(SECRET)),
        #[cfg(any(feature = "es256", feature = "fast-es256"))]
        Alg::Es256 => format!(r#""kty":"EC","crv":"P-256","x":"{ISSUER_X}","y":"{ISSUER_Y}""#),
        #[cfg(not(all(feature = "hs256", any(feature = "es256", feature = "fast-es256"))))]
        _ => panic!("not in this build"),
    }
}

/// One test for each member that is set beside a good key: `<alg>` is the algorithm of the key.
macro_rules! members {
    ($($name:ident: $members:expr => $verdict:expr;)*) => {$(
        #[test]
        fn $name() {
            for alg in Alg::ALL {
                let members = $members.replace("<alg>", alg.name());
                for jwk in [format!("{{{},{members}}}", good(*alg)), format!("{{{members},{}}}", good(*alg))] {
                    let verdict: Result<Option<&str>, Error> = $verdict;
                    let expected = verdict.map(|kid| (alg.name(), kid.map(str::to_owned)));
                    assert_eq!(read(jwk.as_bytes()), expected, "{alg:?}");
                }
            }
        }
    )*};
}
members! {
    kid: r#""kid":"a""# => Ok(Some("a"));
    kid_empty: r#""kid":"""# => Ok(Some(""));
    kid_in_escapes: r#""\u006bid":"\u0061\/𝄞""# => Ok(Some("a/𝄞"));
    kid_with_a_quote: r#""kid":"a\"b\\""# => Ok(Some("a\"b\\"));
    kid_null: r#""kid":null"# => Err(JwkInvalidMember);
    kid_number: r#""kid":1"# => Err(JwkInvalidMember);
    kid_array: r#""kid":["a"]"# => Err(JwkInvalidMember);
    kid_duplicate: r#""kid":"a","kid":"a""# => Err(JwkNotJson);
    kid_duplicate_escaped: r#""kid":"a","ki\u0064":"b""# => Err(JwkNotJson);
    alg: r#""alg":"<alg>""# => Ok(None);
    alg_in_escapes: r#""\u0061lg":"<alg>""# => Ok(None);
    alg_lower_case: r#""alg":"hs256""# => Err(JwkAlgMismatch);
    alg_none: r#""alg":"none""# => Err(JwkAlgMismatch);
    alg_of_the_family: r#""alg":"HS512""# => Err(JwkAlgMismatch);
    alg_es384: r#""alg":"ES384""# => Err(JwkAlgMismatch);
    alg_ecdh: r#""alg":"ECDH-ES""# => Err(JwkAlgMismatch);
    alg_empty: r#""alg":"""# => Err(JwkAlgMismatch);
    alg_null: r#""alg":null"# => Err(JwkInvalidMember);
    alg_array: r#""alg":["<alg>"]"# => Err(JwkInvalidMember);
    use_sig: r#""use":"sig""# => Ok(None);
    use_in_a_spiffe_bundle: r#""use":"jwt-svid""# => Ok(None);
    use_for_certificates: r#""use":"x509-svid""# => Err(JwkNotForVerifying);
    use_jwt_svid_in_capitals: r#""use":"JWT-SVID""# => Err(JwkNotForVerifying);
    use_enc: r#""use":"enc""# => Err(JwkNotForVerifying);
    use_in_capitals: r#""use":"SIG""# => Err(JwkNotForVerifying);
    use_empty: r#""use":"""# => Err(JwkNotForVerifying);
    use_null: r#""use":null"# => Err(JwkInvalidMember);
    use_array: r#""use":["sig"]"# => Err(JwkInvalidMember);
    key_ops_verify: r#""key_ops":["verify"]"# => Ok(None);
    key_ops_sign_and_verify: r#""key_ops":["sign","verify"]"# => Ok(None);
    key_ops_unknown_and_verify: r#""key_ops":["x","verify"]"# => Ok(None);
    key_ops_sign: r#""key_ops":["sign"]"# => Err(JwkNotForVerifying);
    key_ops_encrypt: r#""key_ops":["encrypt","decrypt"]"# => Err(JwkNotForVerifying);
    key_ops_in_capitals: r#""key_ops":["VERIFY"]"# => Err(JwkNotForVerifying);
    key_ops_empty: r#""key_ops":[]"# => Err(JwkNotForVerifying);
    key_ops_nested: r#""key_ops":[["verify"]]"# => Err(JwkInvalidMember);
    key_ops_number: r#""key_ops":["verify",1]"# => Err(JwkInvalidMember);
    key_ops_verify_twice: r#""key_ops":["verify","sign","verify"]"# => Err(JwkInvalidMember);
    key_ops_string: r#""key_ops":"verify""# => Err(JwkInvalidMember);
    key_ops_null: r#""key_ops":null"# => Err(JwkInvalidMember);
    key_ops_object: r#""key_ops":{"verify":true}"# => Err(JwkInvalidMember);
    use_and_key_ops: r#""use":"sig","key_ops":["verify"]"# => Ok(None);
    use_against_key_ops: r#""use":"sig","key_ops":["encrypt"]"# => Err(JwkNotForVerifying);
    key_ops_against_use: r#""use":"enc","key_ops":["verify"]"# => Err(JwkNotForVerifying);
    all_members: r#""kid":"a","alg":"<alg>","use":"sig","key_ops":["verify"]"# => Ok(Some("a"));
    certificates: r#""x5c":["MIIB"],"x5t":"x","x5u":"https://a.example"}"#.trim_end_matches('}') => Ok(None);
    unknown_members: r#""x-a":null,"nbf":1,"ext":true,"oth":[{"r":1}]"# => Ok(None);
    duplicate_of_an_unknown_member: r#""x-a":1,"x-a":1"# => Err(JwkNotJson);
    kty_duplicate: r#""kty":"RSA""# => Err(JwkNotJson);
    kty_duplicate_escaped: r#""\u006bty":"RSA""# => Err(JwkNotJson);
}

#[test]
fn opens_the_issuers_tokens() {
    for alg in Alg::ALL {
        let jwk = format!(" {{ {} }} ", good(*alg).replace(',', " ,\n\t"));
        let mut buffer = vec![0; jwk.len()];
        assert!(opens(
            Key::from_jwk(jwk.as_bytes(), &mut buffer).unwrap(),
            *alg
        ));
    }
}

/// Not a JWK for this crate, whatever else it is.
#[test]
fn kinds() {
    for (jwk, error) in [
        ("", JwkNotJson),
        ("x", JwkNotJson),
        ("null", JwkNotJson),
        ("[]", JwkNotJson),
        (r#""kty""#, JwkNotJson),
        (r#"{"kty":"oct""#, JwkNotJson),
        (r#"{"kty":"oct"}x"#, JwkNotJson),
        ("{}", JwkUnsupportedKty),
        (r#"{"k":"AA"}"#, JwkUnsupportedKty),
        (r#"{"kty":null}"#, JwkUnsupportedKty),
        (r#"{"kty":"OCT"}"#, JwkUnsupportedKty),
        (r#"{"kty":"ec"}"#, JwkUnsupportedKty),
        (r#"{"kty":["EC"]}"#, JwkUnsupportedKty),
        (r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, JwkUnsupportedKty),
        (
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            JwkUnsupportedKty,
        ),
        (r#"{"keys":[]}"#, JwkUnsupportedKty),
    ] {
        assert_eq!(read(jwk.as_bytes()), Err(error), "{jwk}");
    }
    assert_eq!(read(b"{\"kty\":\"\xff\"}"), Err(JwkNotJson));
    assert_eq!(read("[".repeat(10_000).as_bytes()), Err(JwkNotJson));
    assert_eq!(read(&vec![b' '; limits::MAX_JSON_LEN + 1]), Err(JwkNotJson));
}

/// A key type whose algorithm is not in this build is as unknown as any other.
#[cfg(not(all(feature = "hs256", any(feature = "es256", feature = "fast-es256"))))]
#[test]
fn kty_of_the_other_algorithm() {
    for jwk in [
        r#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
        r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
    ] {
        let known = jwk.contains("oct") == cfg!(feature = "hs256");
        assert_eq!(read(jwk.as_bytes()) == Err(JwkUnsupportedKty), !known);
    }
}

/// A buffer as long as the text suffices. A shorter one is refused with that number.
#[test]
fn buffers() {
    for alg in Alg::ALL {
        for members in ["", r#","kid":"a""#, r#","kid":"""#] {
            let jwk = format!("{{{}{members}}}", good(*alg));
            let needed = jwk.len();
            for len in 0..needed + 8 {
                let mut buffer = vec![0; len];
                let verdict = Key::from_jwk(jwk.as_bytes(), &mut buffer).map(|_| ());
                let expected = if len < needed {
                    Err(BufferTooSmall { needed })
                } else {
                    Ok(())
                };
                assert_eq!(verdict, expected, "{alg:?} in {len}");
            }
        }
    }
}

#[cfg(feature = "hs256")]
#[test]
fn secrets() {
    let jwk = |secret: Vec<u8>| format!(r#"{{"kty":"oct","k":"{}"}}"#, encode(secret));
    // All sevens but the first byte.
    let of = |len: usize| jwk((0..len).map(|at| if at == 0 { 8 } else { 7 }).collect());
    for (jwk, expected) in [
        (jwk(vec![7; 32]), Err(WeakSecret)),
        (jwk(vec![0; 64]), Err(WeakSecret)),
        (of(0), Err(KeyTooShort)),
        (of(31), Err(KeyTooShort)),
        (of(32), Ok(())),
        (of(1000), Ok(())),
        (r#"{"kty":"oct"}"#.to_owned(), Err(JwkInvalidMember)),
        (
            r#"{"kty":"oct","k":null}"#.to_owned(),
            Err(JwkInvalidMember),
        ),
        (r#"{"kty":"oct","k":[1]}"#.to_owned(), Err(JwkInvalidMember)),
        (of(32).replace("\"}", "=\"}"), Err(JwkInvalidMember)),
        (of(32).replace("\"}", "\\n\"}"), Err(JwkInvalidMember)),
        (of(32).replace("\"}", " \"}"), Err(JwkInvalidMember)),
        (of(32).replace("BwcH", "Bw+H"), Err(JwkInvalidMember)),
        (of(32).replace("BwcH", "Bw/H"), Err(JwkInvalidMember)),
        // The last symbol in a spelling that is not its canonical one, and a symbol too many.
        (of(32).replace("wc\"}", "wd\"}"), Err(JwkInvalidMember)),
        (of(33).replace("\"}", "A\"}"), Err(JwkInvalidMember)),
        (of(32).replace("BwcH", r"\u0042wcH"), Ok(())),
    ] {
        assert_eq!(read(jwk.as_bytes()).map(|_| ()), expected, "{jwk}");
    }
}

#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod ec {
    use super::*;
    use crate::common::{decode, encode};

    fn ec(crv: &str, x: &str, y: &str) -> Result<(), Error> {
        let jwk = format!(r#"{{"kty":"EC","crv":{crv},"x":{x},"y":{y}}}"#);
        read(jwk.as_bytes()).map(|_| ())
    }

    fn quoted(text: &str) -> String {
        format!("\"{text}\"")
    }

    #[test]
    fn curves() {
        let (x, y) = (quoted(ISSUER_X), quoted(ISSUER_Y));
        assert_eq!(ec(r#""P-256""#, &x, &y), Ok(()));
        for crv in [
            "P-384",
            "P-521",
            "secp256k1",
            "p-256",
            "P256",
            "prime256v1",
            "",
        ] {
            assert_eq!(ec(&quoted(crv), &x, &y), Err(JwkUnsupportedCrv), "{crv}");
        }
        for crv in ["null", "256", r#"["P-256"]"#] {
            assert_eq!(ec(crv, &x, &y), Err(JwkUnsupportedCrv), "{crv}");
        }
        let jwk = format!(r#"{{"kty":"EC","x":{x},"y":{y}}}"#);
        assert_eq!(read(jwk.as_bytes()), Err(JwkUnsupportedCrv));
    }

    #[test]
    fn coordinates() {
        let crv = r#""P-256""#;
        let (x, y) = (quoted(ISSUER_X), quoted(ISSUER_Y));
        let resized = |len: usize| {
            let mut bytes = decode(ISSUER_X);
            bytes.resize(len, 0);
            quoted(&encode(bytes))
        };
        for bad in [
            "null".to_owned(),
            "1".to_owned(),
            format!("[{x}]"),
            quoted(""),
            resized(31),
            resized(33),
            resized(64),
            quoted(&format!("{ISSUER_X}=")),
            quoted(&format!("{ISSUER_X}A")),
            quoted(&format!("{ISSUER_X}\\n")),
            quoted(&format!(" {ISSUER_X}")),
            quoted(&ISSUER_X.replace('8', "+")),
            // U and V differ in the bits that are part of no byte.
            quoted(&ISSUER_X.replace("VEU", "VEV")),
        ] {
            assert_eq!(ec(crv, &bad, &y), Err(JwkInvalidMember), "x {bad}");
            assert_eq!(ec(crv, &x, &bad), Err(JwkInvalidMember), "y {bad}");
        }
        for jwk in [
            format!(r#"{{"kty":"EC","crv":"P-256","y":{y}}}"#),
            format!(r#"{{"kty":"EC","crv":"P-256","x":{x}}}"#),
        ] {
            assert_eq!(read(jwk.as_bytes()), Err(JwkInvalidMember));
        }
        let zero = quoted(&encode([0; 32]));
        for (x, y) in [(&y, &x), (&x, &x), (&zero, &zero), (&x, &zero)] {
            assert_eq!(ec(crv, x, y), Err(KeyNotOnCurve));
        }
    }

    /// A private key verifies as its public half does, and is not looked at.
    #[test]
    fn private_members_are_ignored() {
        for d in [quoted(ISSUER_D), "null".to_owned(), "\"?\"".to_owned()] {
            let jwk = format!("{{{},\"d\":{d}}}", good(Alg::Es256));
            let mut buffer = vec![0; jwk.len()];
            assert!(opens(
                Key::from_jwk(jwk.as_bytes(), &mut buffer).unwrap(),
                Alg::Es256
            ));
        }
        // A secret beside a public key makes no HS256 key, and a public key beside a secret no ES256 key.
        let jwk = format!(r#"{{{},"k":"AAAA"}}"#, good(Alg::Es256));
        assert_eq!(read(jwk.as_bytes()), Ok(("ES256", None)));
    }
}
