//! JWK Sets: what rejects a set, what is skipped in one, and which keys come out.

use embedded_jwt::{
    Error,
    Error::*,
    Key,
    jwk::JwkSet,
    limits::{MAX_JSON_DEPTH, MAX_JSON_LEN, MAX_JWK_SET_KEYS},
};

use crate::common::{ISSUER_D, ISSUER_X, ISSUER_Y, SECRET, encode};
#[cfg(any(feature = "es256", feature = "fast-es256"))]
use crate::common::{OTHER_X, OTHER_Y, decode};

/// What a set gives for each of its JWKs: the `kid` of a key, or the reason why it is none.
type Read = Result<Vec<Result<Option<String>, Error>>, Error>;

fn list(set: Result<JwkSet<'_>, Error>) -> Read {
    Ok(set?
        .map(|jwk| jwk.map(|key| key.kid().map(str::to_owned)))
        .collect())
}

fn read(text: impl AsRef<[u8]>) -> Read {
    let text = text.as_ref();
    list(JwkSet::parse(text, &mut vec![0; text.len()]))
}

fn read_with_secrets(text: &str) -> Read {
    list(JwkSet::parse_with_secrets(
        text.as_bytes(),
        &mut vec![0; text.len()],
    ))
}

fn set(jwks: &[impl AsRef<str>]) -> String {
    let jwks: Vec<&str> = jwks.iter().map(AsRef::as_ref).collect();
    format!(r#"{{"keys":[{}]}}"#, jwks.join(","))
}

/// The issuer's public key with more members, such as `,"kid":"a"`.
fn ec(members: &str) -> String {
    format!(r#"{{"kty":"EC","crv":"P-256","x":"{ISSUER_X}","y":"{ISSUER_Y}"{members}}}"#)
}

#[cfg(feature = "es256")]
fn es256_key() -> embedded_jwt::crypto::PublicKey<'static> {
    embedded_jwt::crypto::PublicKey::from_sec1(&crate::common::ISSUER_POINT).unwrap()
}

fn oct(members: &str) -> String {
    format!(r#"{{"kty":"oct","k":"{}"{members}}}"#, encode(SECRET))
}

fn rsa(members: &str) -> String {
    format!(r#"{{"kty":"RSA","n":"AQAB","e":"AQAB"{members}}}"#)
}

/// What makes no set at all.
#[test]
fn form() {
    let nested = |depth: usize| format!(r#"{{"keys":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    for (text, error) in [
        ("", JwkSetNotJson),
        ("x", JwkSetNotJson),
        ("null", JwkSetNotJson),
        ("[]", JwkSetNotJson),
        (r#"[{"keys":[]}]"#, JwkSetNotJson),
        (r#""keys""#, JwkSetNotJson),
        (r#"{"keys":[]}{"keys":[]}"#, JwkSetNotJson),
        (r#"{"keys":[],}"#, JwkSetNotJson),
        (r#"{"keys":[{"kty":"EC",}]}"#, JwkSetNotJson),
        (r#"{"keys":[],"keys":[]}"#, JwkSetNotJson),
        (r#"{"keys":[],"\u006beys":[]}"#, JwkSetNotJson),
        (r#"{"keys":[{"kty":"EC","kty":"EC"}]}"#, JwkSetNotJson),
        (r#"{"keys":[{"kid":"a","kid":"b"}]}"#, JwkSetNotJson),
        (&nested(MAX_JSON_DEPTH), JwkSetNotJson),
        (&nested(10_000), JwkSetNotJson),
        ("{}", JwkSetMissingKeys),
        (r#"{"Keys":[]}"#, JwkSetMissingKeys),
        (r#"{"kty":"EC"}"#, JwkSetMissingKeys),
        (r#"{"set":{"keys":[]}}"#, JwkSetMissingKeys),
        (r#"{"keys":null}"#, JwkSetInvalidKeys),
        (r#"{"keys":{}}"#, JwkSetInvalidKeys),
        (r#"{"keys":"[]"}"#, JwkSetInvalidKeys),
    ] {
        assert_eq!(read(text), Err(error), "{text:.60}");
    }
    assert_eq!(read(b"{\"keys\":[{\"kty\":\"\xff\"}]}"), Err(JwkSetNotJson));
    let huge = vec![b' '; MAX_JSON_LEN + 1];
    assert_eq!(read(&huge), Err(JwkSetNotJson));
    for (text, count) in [
        (r#"{"keys":[null]}"#, 1),
        (r#"{"keys":[1,"{}",true,[]]}"#, 4),
        (&nested(MAX_JSON_DEPTH - 1), 1),
    ] {
        assert_eq!(read(text), Ok(vec![Err(JwkNotJson); count]), "{text:.60}");
    }
    assert_eq!(read(r#"{"keys":[]}"#), Ok(vec![]));
    assert_eq!(read(r#" { "x" : 1 , "keys" : [ ] } "#), Ok(vec![]));
}

#[test]
fn truncated() {
    let text = set(&[ec(r#","kid":"a""#), rsa(""), ec(r#","kid":"b""#)]);
    for len in 0..text.len() {
        assert_eq!(
            read(&text.as_bytes()[..len]),
            Err(JwkSetNotJson),
            "the first {len}"
        );
    }
}

/// One JWK in a set: everything that a JWK alone is judged by counts, and more.
#[test]
fn left_out() {
    let es256 = |verdict| {
        if cfg!(any(feature = "es256", feature = "fast-es256")) {
            verdict
        } else {
            JwkUnsupportedKty
        }
    };
    for (jwk, reason) in [
        ("{}".to_owned(), JwkUnsupportedKty),
        (r#"{"kty":1}"#.to_owned(), JwkUnsupportedKty),
        (rsa(""), JwkUnsupportedKty),
        (rsa(r#","alg":"ES256","d":"AQ""#), JwkUnsupportedKty),
        (
            r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#.to_owned(),
            JwkUnsupportedKty,
        ),
        (ec("").replace("P-256", "P-384"), es256(JwkUnsupportedCrv)),
        (ec(r#","alg":"ES384""#), es256(JwkAlgMismatch)),
        (ec(r#","alg":"HS256""#), es256(JwkAlgMismatch)),
        (ec(r#","alg":"none""#), es256(JwkAlgMismatch)),
        (ec(r#","use":"enc""#), es256(JwkNotForVerifying)),
        (ec(r#","key_ops":["sign"]"#), es256(JwkNotForVerifying)),
        (ec(r#","key_ops":[]"#), es256(JwkNotForVerifying)),
        (ec(r#","kid":1"#), es256(JwkInvalidMember)),
        (ec(r#","kid":null"#), es256(JwkInvalidMember)),
        (ec(r#","kid":["a"]"#), es256(JwkInvalidMember)),
        // Who reads the set could sign.
        (ec(&format!(r#","d":"{ISSUER_D}""#)), es256(JwkNotPublic)),
        (ec(r#","\u0064":null"#), es256(JwkInvalidMember)),
        (ec(r#","d":1,"use":"enc","alg":"x""#), es256(JwkNotPublic)),
        (oct(r#","use":"enc""#), JwkNotPublic),
        (oct(""), JwkNotPublic),
        (oct(r#","alg":"HS256","use":"sig""#), JwkNotPublic),
        (r#"{"kty":"oct"}"#.to_owned(), JwkNotPublic),
    ] {
        assert_eq!(read(set(&[&jwk])), Ok(vec![Err(reason)]), "{jwk}");
        let with_others = set(&[&rsa(r#","kid":"r""#), &jwk, &jwk]);
        let reasons = vec![Err(JwkUnsupportedKty), Err(reason), Err(reason)];
        assert_eq!(read(with_others), Ok(reasons), "{jwk}");
    }
}

#[cfg(any(feature = "es256", feature = "fast-es256"))]
#[test]
fn coordinates() {
    let resized = |len: usize| {
        let mut bytes = decode(ISSUER_X);
        bytes.resize(len, 0);
        encode(bytes)
    };
    for (x, y, reason) in [
        (resized(0), ISSUER_Y.to_owned(), JwkInvalidMember),
        (resized(31), ISSUER_Y.to_owned(), JwkInvalidMember),
        (resized(33), ISSUER_Y.to_owned(), JwkInvalidMember),
        (ISSUER_X.to_owned(), resized(31), JwkInvalidMember),
        (ISSUER_X.to_owned(), resized(33), JwkInvalidMember),
        (
            format!("{ISSUER_X}="),
            ISSUER_Y.to_owned(),
            JwkInvalidMember,
        ),
        // U and V differ in bits that are part of no byte.
        (
            ISSUER_X.replace("VEU", "VEV"),
            ISSUER_Y.to_owned(),
            JwkInvalidMember,
        ),
        (
            ISSUER_X.replace('8', "+"),
            ISSUER_Y.to_owned(),
            JwkInvalidMember,
        ),
        (ISSUER_Y.to_owned(), ISSUER_X.to_owned(), KeyNotOnCurve),
        (ISSUER_X.to_owned(), OTHER_Y.to_owned(), KeyNotOnCurve),
        (encode([0; 32]), encode([0; 32]), KeyNotOnCurve),
        (encode([0xff; 32]), ISSUER_Y.to_owned(), KeyNotOnCurve),
    ] {
        let bad = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#);
        // What is left out takes nothing from the ones behind it.
        let verdicts = vec![Err(reason), Ok(Some("good".to_owned()))];
        assert_eq!(
            read(set(&[bad, ec(r#","kid":"good""#)])),
            Ok(verdicts),
            "{x} {y}"
        );
    }
}

/// What the keys of a set are, and the first JWK that should be one of them.
fn keys(text: &str, with_secrets: bool) -> Result<(usize, Option<(usize, Error)>), Error> {
    let mut buffer = vec![0; text.len()];
    let set = if with_secrets {
        JwkSet::parse_with_secrets(text.as_bytes(), &mut buffer)
    } else {
        JwkSet::parse(text.as_bytes(), &mut buffer)
    };
    let keys = set?.keys::<8>()?;
    let rejected = keys.rejected().map(|jwk| (jwk.index, jwk.reason));
    Ok((keys.len(), rejected))
}

/// Two usable keys of one `kid`: a token that names it could mean either.
#[cfg(any(feature = "es256", feature = "fast-es256"))]
#[test]
fn duplicate_kid() {
    let other = |members: &str| {
        format!(r#"{{"kty":"EC","crv":"P-256","x":"{OTHER_X}","y":"{OTHER_Y}"{members}}}"#)
    };
    let a = r#","kid":"a""#;
    for jwks in [
        [ec(a), other(a)],
        [ec(a), other(r#","\u006bid":"\u0061""#)],
        [ec(r#","kid":"""#), other(r#","kid":"""#)],
    ] {
        let [one, two] = &jwks;
        for text in [
            set(&jwks),
            set(&[two, one]),
            set(&[one, &rsa(""), two]),
            set(&[one, two, one]),
        ] {
            assert_eq!(keys(&text, false), Err(JwkSetDuplicateKid), "{text}");
            assert_eq!(keys(&text, true), Err(JwkSetDuplicateKid), "{text}");
        }
    }
    let broken = ec(a).replace(ISSUER_X, ISSUER_Y);
    for (jwks, expected) in [
        // Keys for others may be called as they like,
        (vec![rsa(a), rsa(a), ec("")], (1, None)),
        (vec![ec(a), other(r#","kid":"a","use":"enc""#)], (1, None)),
        (vec![ec(a), other(a).replace("P-256", "P-384")], (1, None)),
        (vec![rsa(a), ec(a), rsa(a)], (1, None)),
        // and so may those that no signature can be verified with.
        (vec![ec(a), broken], (1, Some((1, KeyNotOnCurve)))),
        (
            vec![ec(r#","kid":1"#), ec(r#","kid":1"#)],
            (0, Some((0, JwkInvalidMember))),
        ),
        // A key that is listed twice is one.
        (vec![ec(a), ec(a)], (1, None)),
        (
            vec![ec(a), ec(r#","\u006bid":"\u0061","use":"sig""#)],
            (1, None),
        ),
        (vec![ec(""), ec(""), ec(a)], (2, None)),
        // Of two kids it is two, and so are two keys without.
        (
            vec![ec(a), ec(r#","kid":"A""#), ec(r#","kid":"""#)],
            (3, None),
        ),
        (vec![ec(""), other("")], (2, None)),
    ] {
        assert_eq!(keys(&set(&jwks), false), Ok(expected), "{jwks:?}");
    }
}

/// Secrets too: told apart by their bytes, and by `kid` from secrets alone.
#[cfg(feature = "hs256")]
#[test]
fn duplicate_kid_of_secrets() {
    let a = r#","kid":"a""#;
    let other = oct(a).replace(&encode(SECRET), &encode(crate::common::OTHER_SECRET));
    let longer = oct(a).replace(&encode(SECRET), &encode([SECRET, [0; 32]].concat()));
    for two in [&other, &longer] {
        assert_eq!(keys(&set(&[&oct(a), two]), true), Err(JwkSetDuplicateKid));
    }
    assert_eq!(keys(&set(&[oct(a), oct(a)]), true), Ok((1, None)));
    let es256 = usize::from(cfg!(any(feature = "es256", feature = "fast-es256")));
    let both = set(&[oct(a), ec(a), rsa(a)]);
    assert_eq!(keys(&both, true), Ok((1 + es256, None)));
    // In a published set, a secret of one kid with a key gives that key away.
    assert_eq!(keys(&both, false), Ok((0, Some((0, JwkNotPublic)))));
    let apart = set(&[oct(r#","kid":"b""#), ec(a), rsa(a)]);
    assert_eq!(keys(&apart, false), Ok((es256, Some((0, JwkNotPublic)))));
}

/// What looks like a key for this crate and is none is told of; a key for others is not.
#[cfg(any(feature = "es256", feature = "fast-es256"))]
#[test]
fn rejected() {
    let short = ec("").replace(ISSUER_X, &encode(&decode(ISSUER_X)[1..]));
    for (jwk, reason) in [
        ("null".to_owned(), None),
        ("{}".to_owned(), None),
        (rsa(r#","kid":1"#), None),
        (ec("").replace("P-256", "P-521"), None),
        (ec(r#","use":"enc""#), None),
        (ec(r#","key_ops":["deriveKey"]"#), None),
        (ec(r#","alg":"ECDH-ES""#), None),
        (short, Some(JwkInvalidMember)),
        (ec(r#","kid":null"#), Some(JwkInvalidMember)),
        (ec(r#","use":1"#), Some(JwkInvalidMember)),
        (ec("").replace(ISSUER_X, ISSUER_Y), Some(KeyNotOnCurve)),
        (oct(""), Some(JwkNotPublic)),
    ] {
        let text = set(&[&rsa(""), &jwk, &ec("")]);
        let reported = reason.map(|reason| (1, reason));
        assert_eq!(keys(&text, false), Ok((1, reported)), "{jwk}");
        // A secret that everybody has is worth more than what is broken before it.
        let text = set(&[&rsa(""), &jwk, &ec(""), &oct("")]);
        let place = if reason == Some(JwkNotPublic) { 1 } else { 3 };
        assert_eq!(
            keys(&text, false),
            Ok((1, Some((place, JwkNotPublic)))),
            "{jwk}"
        );
    }
    // Nor is the public key beside its private half of any use, whichever comes first.
    let private = ec(r#","d":"AQ""#);
    for jwks in [[ec(""), private.clone()], [private, ec("")]] {
        let verdicts = Ok(vec![Err(JwkNotPublic), Err(JwkNotPublic)]);
        assert_eq!(read(set(&jwks)), verdicts);
        assert_eq!(keys(&set(&jwks), false), Ok((0, Some((0, JwkNotPublic)))));
        assert_eq!(keys(&set(&jwks), true), Ok((1, None)));
    }
    let shown = |text: &str| {
        let mut buffer = vec![0; text.len()];
        let set = JwkSet::parse(text.as_bytes(), &mut buffer).unwrap();
        set.keys::<1>().unwrap().rejected().unwrap().to_string()
    };
    assert_eq!(
        shown(&set(&[&rsa(""), &oct("")])),
        "JWK 1 of the set: the JWK publishes a secret or the private half of a key"
    );
}

/// The bound is on all of them; what the caller has room for, on the usable ones.
#[test]
fn many_keys() {
    let named = |n: usize| ec(&format!(r#","kid":"{n}""#));
    for (count, expected) in [
        (MAX_JWK_SET_KEYS, Ok(MAX_JWK_SET_KEYS)),
        (MAX_JWK_SET_KEYS + 1, Err(JwkSetTooManyKeys)),
        (300, Err(JwkSetTooManyKeys)),
        (1000, Err(JwkSetNotJson)),
    ] {
        let jwks: Vec<String> = (0..count).map(named).collect();
        let verdict = read(set(&jwks)).map(|jwks| jwks.len());
        assert_eq!(verdict, expected, "{count} keys");
    }
    for jwk in [r#"{"kty":"EC"}"#, "{}", r#"{"kid":"a"}"#, "1"] {
        let verdict = read(set(&vec![jwk; 1000]));
        assert_eq!(verdict, Err(JwkSetTooManyKeys), "{jwk}");
    }
}

#[cfg(any(feature = "es256", feature = "fast-es256"))]
#[test]
fn keys_and_room_for_them() {
    fn keys<const N: usize>(text: &str) -> Result<usize, Error> {
        let mut buffer = vec![0; text.len()];
        let keys = JwkSet::parse(text.as_bytes(), &mut buffer)?.keys::<N>()?;
        Ok(keys.len())
    }
    let [one, two] = [r#","kid":"1""#, r#","kid":"2""#].map(ec);
    for (jwks, in_none, in_one, in_two) in [
        (vec![], Ok(0), Ok(0), Ok(0)),
        (vec![rsa(""), oct("")], Ok(0), Ok(0), Ok(0)),
        (vec![one.clone()], Err(JwkSetNoRoom), Ok(1), Ok(1)),
        (
            vec![rsa(""), one.clone(), oct("")],
            Err(JwkSetNoRoom),
            Ok(1),
            Ok(1),
        ),
        (
            vec![one, rsa(""), two],
            Err(JwkSetNoRoom),
            Err(JwkSetNoRoom),
            Ok(2),
        ),
    ] {
        let text = set(&jwks);
        assert_eq!(keys::<0>(&text), in_none);
        assert_eq!(keys::<1>(&text), in_one);
        assert_eq!(keys::<2>(&text), in_two);
    }
}

/// A buffer as long as the text, and not one byte less, whatever the set holds.
#[cfg(any(feature = "es256", feature = "fast-es256"))]
#[test]
fn buffers() {
    let spaced = set(&[ec(r#","kid":"a""#)]).replace(',', " ,\n ");
    let all = set(&[
        &ec(r#","kid":"\u0061""#),
        &rsa(""),
        &oct(r#","kid":"o""#),
        &ec("").replace("P-256", "P-384"),
        &ec(r#","use":"enc""#),
        &ec(""),
    ]);
    for text in [&set(&[""; 0]), &set(&[ec("")]), &spaced, &all] {
        let needed = text.len();
        let whole = read(text);
        assert!(whole.is_ok());
        for len in [0, 1, needed / 2, needed - 1] {
            let mut buffer = vec![0; len];
            let verdict = list(JwkSet::parse(text, &mut buffer));
            assert_eq!(verdict, Err(BufferTooSmall { needed }), "{len}");
            let verdict = list(JwkSet::parse_with_secrets(text, &mut buffer));
            assert_eq!(verdict, Err(BufferTooSmall { needed }), "{len}");
        }
        let mut buffer = vec![0; needed];
        assert_eq!(list(JwkSet::parse(text, &mut buffer)), whole);
        let own = list(JwkSet::parse_with_secrets(text, &mut buffer));
        assert_eq!(own, read_with_secrets(text));
    }
}

/// The members of a JWK may have any order: kid and material are decoded over their own text.
#[cfg(feature = "es256")]
#[test]
fn members_in_any_order() {
    let members = [
        r#""kid":"a""#.to_owned(),
        format!(r#""x":"{ISSUER_X}""#),
        format!(r#""y":"{ISSUER_Y}""#),
        r#""kty":"EC","crv":"P-256""#.to_owned(),
    ];
    let good = Key::from_public_key(es256_key());
    for turn in 0..members.len() {
        for is_reversed in [false, true] {
            let mut members = members.clone();
            members.rotate_left(turn);
            if is_reversed {
                members.reverse();
            }
            let jwk = format!("{{{}}}", members.join(","));
            let named = jwk.replace(r#""kid":"a""#, r#""kid":"b""#);
            let text = set(&[&jwk, &rsa(""), &jwk.replace(r#""a""#, r#""""#), &named]);
            let mut buffer = vec![0; text.len()];
            let keys = JwkSet::parse(&text, &mut buffer)
                .and_then(JwkSet::keys::<4>)
                .unwrap();
            let kids: Vec<_> = keys.iter().map(Key::kid).collect();
            assert_eq!(kids, [Some("a"), Some(""), Some("b")], "{text}");
            for key in &keys {
                assert_eq!(key.public_key(), good.public_key(), "{text}");
            }
        }
    }
}

/// A set without a key for this crate tells how many it has.
#[cfg(feature = "es256")]
#[test]
fn skipped() {
    let skipped = |jwks: &[String]| {
        let text = set(jwks);
        let mut buffer = vec![0; text.len()];
        let keys = JwkSet::parse(&text, &mut buffer)
            .and_then(JwkSet::keys::<4>)
            .unwrap();
        (keys.len(), keys.skipped(), keys.rejected().is_some())
    };
    let p384 = ec("").replace("P-256", "P-384");
    for (jwks, expected) in [
        (vec![], (0, 0, false)),
        (vec![ec("")], (1, 0, false)),
        (vec![ec(""), ec("")], (1, 0, false)),
        (vec![rsa(""), p384, rsa("")], (0, 3, false)),
        (vec![rsa(""), ec(""), "null".to_owned()], (1, 2, false)),
        (vec![ec(r#","use":"enc""#), oct("")], (0, 1, true)),
        (vec![ec(r#","kid":1"#), rsa("")], (0, 1, true)),
    ] {
        assert_eq!(skipped(&jwks), expected, "{jwks:?}");
    }
}

/// Each key has its own material and verifies what it should.
#[cfg(any(feature = "es256", feature = "fast-es256"))]
#[test]
fn opens_the_issuers_tokens() {
    use super::opens;
    use crate::common::Alg;
    let other =
        format!(r#"{{"kty":"EC","crv":"P-256","x":"{OTHER_X}","y":"{OTHER_Y}","kid":"other"}}"#);
    let text = set(&[other, ec(r#","kid":"issuer""#), rsa("")]).replace(',', " ,\n ");
    let mut buffer = vec![0; text.len()];
    let keys = JwkSet::parse(text.as_bytes(), &mut buffer)
        .and_then(JwkSet::keys::<2>)
        .unwrap();
    assert_eq!(keys.rejected(), None);
    let opened: Vec<bool> = (&keys)
        .into_iter()
        .map(|key| opens(*key, Alg::Es256))
        .collect();
    assert_eq!(opened, [false, true]);
}

/// Secrets are keys only in a set that is asked for them by name.
#[test]
fn with_secrets() {
    let private = ec(&format!(r#","kid":"e","d":"{ISSUER_D}""#));
    let text = set(&[
        oct(r#","kid":"o""#),
        private,
        oct("").replace(r#""k":""#, r#""k":"?"#),
    ]);
    let of = |is_known: bool, verdict| {
        if is_known {
            verdict
        } else {
            Err(JwkUnsupportedKty)
        }
    };
    let verdicts = vec![
        of(cfg!(feature = "hs256"), Ok(Some("o".to_owned()))),
        of(
            cfg!(any(feature = "es256", feature = "fast-es256")),
            Ok(Some("e".to_owned())),
        ),
        of(cfg!(feature = "hs256"), Err(JwkInvalidMember)),
    ];
    assert_eq!(read_with_secrets(&text), Ok(verdicts));
    let public = read(&text).unwrap();
    assert!(public.iter().all(Result::is_err));
    let short = set(&[oct("").replace(&encode(SECRET), &encode([7; 31]))]);
    assert_eq!(
        read_with_secrets(&short),
        Ok(vec![of(cfg!(feature = "hs256"), Err(KeyTooShort))])
    );
}

#[test]
fn debug_shows_no_material() {
    let text = set(&[oct("")]);
    let mut buffer = vec![0; text.len()];
    let set = JwkSet::parse_with_secrets(text.as_bytes(), &mut buffer).unwrap();
    assert_eq!(format!("{set:?}"), "JwkSet { .. }");
}

/// A set in a set's place only: one JWK is none, and a set is no JWK.
#[test]
fn one_jwk_is_no_set() {
    assert_eq!(read(ec("")), Err(JwkSetMissingKeys));
    let text = set(&[ec("")]);
    let mut buffer = vec![0; text.len()];
    let verdict = Key::from_jwk(text.as_bytes(), &mut buffer).map(|_| ());
    assert_eq!(verdict, Err(JwkUnsupportedKty));
}
