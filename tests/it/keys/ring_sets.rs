//! What a key ring makes of sets with something wrong in them: keys are withdrawn all the same.

use embedded_jwt::{Error::*, Time, limits::MAX_KID_LEN};

use super::ring::{A, LIFETIME, Ring, jwk_as, set, set_of, take, update, verifying};
use crate::common::encode;

/// Sets that cannot be read leave everything as it is.
#[test]
fn unreadable_sets() {
    let good = set("b");
    for (set, error) in [
        (String::new(), JwkSetNotJson),
        (good.replace("]}", "]"), JwkSetNotJson),
        ("{}".to_owned(), JwkSetMissingKeys),
        (r#"{"keys":{}}"#.to_owned(), JwkSetInvalidKeys),
        (jwk_as('b', "b"), JwkSetMissingKeys),
        (set_of(&vec!["{}".to_owned(); 1000]), JwkSetTooManyKeys),
    ] {
        let mut ring = Ring::new(A, LIFETIME);
        assert_eq!(update(&mut ring, &set, 900), Err(error), "{set:.80}");
        assert_eq!(ring.updated_at(), None);
        take(&mut ring, &self::set("a"), 1000);
        assert_eq!(update(&mut ring, &set, 2000), Err(error), "{set:.80}");
        assert_eq!(verifying(&ring, Time::Trusted(9000)), "a");
        // Nor does it keep a good one out.
        take(&mut ring, &good, 1500);
    }
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &set("a"), 1);
    let verdict = ring.update(good.as_bytes(), 2, &mut [0; 8]);
    let needed = good.len();
    assert_eq!(verdict, Err(BufferTooSmall { needed }));
    assert_eq!(ring.updated_at(), Some(1));
}

/// Sets of which no key can be added still withdraw what they do not list.
#[test]
fn sets_that_add_nothing() {
    let private = jwk_as('b', "b").replace("\"kid\"", "\"d\":\"AQ\",\"kid\"");
    let long = |len: usize| set_of(&[jwk_as('b', &"k".repeat(len))]);
    let secret = format!(r#"{{"keys":[{{"kty":"oct","k":"{}"}}]}}"#, encode([7; 32]));
    let rsa = r#"{"kty":"RSA","kid":"r","n":"AQAB","e":"AQAB"}"#.to_owned();
    for (set, error) in [
        (r#"{"keys":[]}"#.to_owned(), KeyRingNoKeys { skipped: 0 }),
        (
            set("b").replace("P-256", "P-384"),
            KeyRingNoKeys { skipped: 1 },
        ),
        (
            set_of(&[rsa.clone(), rsa.clone(), rsa]),
            KeyRingNoKeys { skipped: 3 },
        ),
        // The reason why there is no usable key is worth more than that there is none.
        (set_of(&[private]), JwkNotPublic),
        (secret, JwkNotPublic),
        (set("b").replace("\"b\"", "null"), JwkInvalidMember),
        (long(MAX_KID_LEN + 1), KeyRingKidTooLong),
        (
            set_of(&[jwk_as('b', "1"), jwk_as('c', "1")]),
            JwkSetDuplicateKid,
        ),
        (set("bcde"), KeyRingFull),
    ] {
        let mut ring = Ring::new(A, LIFETIME);
        take(&mut ring, &self::set("a"), 1000);
        assert_eq!(update(&mut ring, &set, 2000), Err(error), "{set:.80}");
        assert_eq!(ring.updated_at(), Some(2000));
        assert_eq!(verifying(&ring, Time::Trusted(2099)), "a", "{set:.80}");
        assert_eq!(verifying(&ring, Time::Trusted(2100)), "", "{set:.80}");
        // A withdrawal does not need a set that lists something to come.
        assert_eq!(update(&mut ring, &set, 2050), Err(error), "{set:.80}");
        assert_eq!(verifying(&ring, Time::Trusted(2100)), "", "{set:.80}");
    }
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &long(MAX_KID_LEN), 1);
}

/// What is in a set for others, or twice, is no reason to refuse it.
#[test]
fn keys_for_others() {
    let with = |kid: &str, more: &str| jwk_as('d', kid).replacen('{', &format!("{{{more},"), 1);
    let rsa =
        |usage: &str| format!(r#"{{"kty":"RSA","kid":"r","use":"{usage}","n":"AQAB","e":"AQAB"}}"#);
    for (others, skipped) in [
        (vec![rsa("sig"), rsa("enc")], 2),
        (vec![with("b", r#""use":"enc""#)], 1),
        (
            vec![with("b", r#""crv":"P-384""#).replace(r#","crv":"P-256""#, "")],
            1,
        ),
        // The same key once more is no other key.
        (vec![jwk_as('b', "b")], 0),
        (vec!["null".to_owned(), "1".to_owned(), "[]".to_owned()], 3),
    ] {
        let mut ring = Ring::new(A, LIFETIME);
        take(&mut ring, &set("a"), 1000);
        let set = set_of(&[vec![jwk_as('b', "b")], others].concat());
        let update = update(&mut ring, &set, 2000).unwrap();
        assert_eq!((update.added, update.withdrawn), (1, 1), "{set}");
        assert_eq!((update.rejected, update.skipped), (None, skipped), "{set}");
        assert_eq!(verifying(&ring, Time::Trusted(2000)), "ab", "{set}");
    }
}

/// A JWK that should be a key of the ring and is broken is told of, and the others are taken.
#[test]
fn broken_keys_are_told_of() {
    let jwk = jwk_as('b', "b");
    let x = jwk.split('"').nth(11).unwrap();
    let short = encode(&crate::common::decode(x)[1..]);
    for (broken, reason) in [
        (jwk.replace(x, &short), JwkInvalidMember),
        (jwk.replace(x, &format!("AA{x}")), JwkInvalidMember),
        (jwk.replace(x, &format!("{x}=")), JwkInvalidMember),
        (jwk.replace("\"b\"", "null"), JwkInvalidMember),
        (jwk.replace(x, &encode([0; 32])), KeyNotOnCurve),
        (jwk.replace("\"kid\"", "\"d\":1,\"kid\""), JwkNotPublic),
        (
            jwk.replace("\"kid\"", "\"d\":null,\"kid\""),
            JwkInvalidMember,
        ),
    ] {
        let mut ring = Ring::new(A, LIFETIME);
        let set = set_of(&[jwk_as('a', "a"), "null".to_owned(), broken, "{}".to_owned()]);
        let update = update(&mut ring, &set, 1000).unwrap();
        let rejected = update.rejected.unwrap();
        assert_eq!((rejected.index, rejected.reason), (2, reason), "{set}");
        assert_eq!((update.added, update.withdrawn), (1, 0), "{set}");
        assert_eq!(verifying(&ring, Time::Trusted(1000)), "a", "{set}");
    }
}

/// A key whose private half everybody has verifies nothing any more, whatever else the set says.
#[test]
fn published_keys() {
    let with = |jwk: &str, more: &str| jwk.replacen('{', &format!("{{{more},"), 1);
    let private = |jwk: &str| with(jwk, r#""d":"AQ""#);
    let (a, b, c) = (jwk_as('a', "a"), jwk_as('b', "b"), jwk_as('c', "c"));
    let as_secret = format!(r#"{{"kty":"oct","kid":"a","k":"{}"}}"#, encode([7; 32]));
    let bare = r#"{"kty":"EC","crv":"P-256","kid":"a","d":"AQ"}"#.to_owned();
    for (published, left) in [
        (vec![private(&a)], "b"),
        (vec![private(&a), b.clone()], "b"),
        (vec![b.clone(), private(&a)], "b"),
        (vec![private(&jwk_as('a', "another"))], "b"),
        (
            vec![private(&a).replace(r#""kid":"a""#, r#""kid":null"#)],
            "b",
        ),
        (vec![with(&private(&a), r#""use":"enc""#)], "b"),
        (vec![private(&a).replace("EC", "oct")], "b"),
        // The point is known by its x, and the key by its kid where that is all there is.
        (vec![private(&a).replace("\"y\"", "\"z\"")], "b"),
        (
            vec![
                private(&a)
                    .replace("\",\"y\"", "=\",\"y\"")
                    .replace(r#""kid":"a""#, r#""kid":null"#),
            ],
            "b",
        ),
        (vec![private(&a).replace("\"crv\":\"P-256\",", "")], "b"),
        (vec![r#"{"kid":"a","d":"AQ"}"#.to_owned(), b.clone()], "b"),
        (vec![as_secret, b.clone()], "b"),
        (vec![bare, b.clone()], "b"),
        // Public beside private: published is published.
        (vec![a.clone(), private(&a), b.clone()], "b"),
        (vec![private(&a), a.clone(), b.clone()], "b"),
        (vec![private(&a), private(&b)], ""),
        // Where nothing else is wrong, what is new comes in.
        (vec![private(&a), b.clone(), c.clone()], "bc"),
        (
            vec![
                private(&a),
                b.clone(),
                c,
                jwk_as('d', "d"),
                jwk_as('e', "e"),
            ],
            "b",
        ),
    ] {
        let mut ring = Ring::new(A, LIFETIME);
        take(&mut ring, &set("ab"), 1000);
        let published = set_of(&published);
        let verdict = update(&mut ring, &published, 2000);
        assert_eq!(verdict, Err(KeyRingKeyPublished), "{published}");
        assert_eq!(verifying(&ring, Time::Trusted(2000)), left, "{published}");
        // The same set later: the key is not there to be dropped.
        assert_ne!(update(&mut ring, &published, 2001), verdict, "{published}");
        assert!(!verifying(&ring, Time::Trusted(2001)).contains('a'));
        // Nor does it come back by a set that lists it as if nothing had been, under whatever name.
        for (set, at) in [(set("ab"), 2002), (set_of(&[jwk_as('a', "x")]), 2003)] {
            let reason = update(&mut ring, &set, at).map(|update| update.rejected.unwrap().reason);
            assert_eq!(reason.unwrap_or_else(|error| error), JwkNotPublic);
            assert!(!verifying(&ring, Time::Trusted(at)).contains('a'));
        }
    }
    // A withdrawn key is dropped as well; the private half of a stranger's key drops nothing.
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &set("ab"), 1000);
    take(&mut ring, &set("b"), 2000);
    let stranger = set_of(&[private(&jwk_as('d', "d")), b.clone()]);
    let rejected = update(&mut ring, &stranger, 2001).unwrap().rejected;
    assert_eq!(rejected.map(|jwk| jwk.reason), Some(JwkNotPublic));
    assert_eq!(verifying(&ring, Time::Trusted(2001)), "ab");
    let verdict = update(&mut ring, &set_of(&[private(&a), b]), 2002);
    assert_eq!(verdict, Err(KeyRingKeyPublished));
    assert_eq!(verifying(&ring, Time::Trusted(2002)), "b");
}

/// The private half of another key under one kid, an RSA key of that kid: no reason to drop a key.
#[test]
fn what_gives_no_key_away() {
    let a = jwk_as('a', "a");
    for other in [
        r#"{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB","d":"AQAB"}"#.to_owned(),
        r#"{"kty":"EC","crv":"P-384","kid":"a","x":"AQ","y":"AQ","d":"AQ"}"#.to_owned(),
        r#"{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AQ","d":"AQ"}"#.to_owned(),
        a.replacen('{', r#"{"d":null,"#, 1),
    ] {
        let mut ring = Ring::new(A, LIFETIME);
        take(&mut ring, &set("ab"), 1000);
        let set = set_of(&[a.clone(), jwk_as('b', "b"), other]);
        assert!(update(&mut ring, &set, 2000).is_ok(), "{set}");
        assert_eq!(verifying(&ring, Time::Trusted(9000)), "ab", "{set}");
    }
}

/// What is remembered of a published key takes no room that a key needs.
#[test]
fn published_keys_give_way() {
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &set("abc"), 1000);
    let private = jwk_as('a', "a").replacen('{', r#"{"d":"AQ","#, 1);
    let published = set_of(&[private, jwk_as('b', "b"), jwk_as('c', "c")]);
    assert_eq!(
        update(&mut ring, &published, 2000),
        Err(KeyRingKeyPublished)
    );
    take(&mut ring, &set("bcd"), 2001);
    assert_eq!(verifying(&ring, Time::Trusted(2001)), "bcd");
}

/// As many published keys are remembered as there is room for, and no more.
#[test]
fn several_published_keys() {
    let published = |names: &str, listed: char| {
        let private = names
            .chars()
            .map(|name| jwk_as(name, &name.to_string()).replacen('{', r#"{"d":"AQ","#, 1));
        let jwks: Vec<String> = private
            .chain([jwk_as(listed, &listed.to_string())])
            .collect();
        set_of(&jwks)
    };
    // Both are remembered beside the key that is listed before them.
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &set("cab"), 1000);
    let verdict = update(&mut ring, &published("ab", 'c'), 2000);
    assert_eq!(verdict, Err(KeyRingKeyPublished));
    assert!(update(&mut ring, &set("abc"), 2001).is_ok());
    assert_eq!(verifying(&ring, Time::Trusted(2001)), "c");
    // One of them makes room for a key that joins.
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &set("abc"), 1000);
    let verdict = update(&mut ring, &published("ab", 'c'), 2000);
    assert_eq!(verdict, Err(KeyRingKeyPublished));
    take(&mut ring, &set("cd"), 2001);
    assert_eq!(verifying(&ring, Time::Trusted(2001)), "cd");
}
