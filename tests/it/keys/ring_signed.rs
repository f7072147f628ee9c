//! Signed JWK Sets: which are taken over, and that an older one never is.

use embedded_jwt::{
    Error,
    Error::*,
    Key, Time,
    jwk::{KeyRing, RingUpdate, SetKeys},
};
use serde_json::{Value, json};

use super::ring::{A, LIFETIME, Ring, issued, jwk_as, set, take, update, verifying};
use crate::common::NOW;

const HEADER: &str = r#"{"alg":"ES256","typ":"jwk-set+jwt","kid":"sets"}"#;
const TIMES: [Time; 3] = [Time::Unknown, Time::AtLeast(NOW), Time::Trusted(NOW)];

/// The claims of a set that lists the keys of these letters.
fn claims(names: &str, iat: u64) -> Value {
    let mut claims: Value = serde_json::from_str(&set(names)).unwrap();
    for name in ["iss", "sub"] {
        claims[name] = A.into();
    }
    claims["iat"] = iat.into();
    claims
}

/// The same claims with one more or another one; `null` takes it away.
fn with(mut claims: Value, name: &str, value: Value) -> Value {
    match value {
        Value::Null => _ = claims.as_object_mut().unwrap().remove(name),
        value => claims[name] = value,
    }
    claims
}

fn signed(claims: &Value) -> Vec<u8> {
    issued('s', HEADER, &claims.to_string())
}

fn update_signed<const N: usize>(
    ring: &mut KeyRing<'_, N>,
    set: &[u8],
    time: Time,
) -> Result<RingUpdate, Error> {
    let public = jwk_as('s', "sets");
    let mut buffer = [0; 512];
    let keys = [Key::from_jwk(&public, &mut buffer).unwrap()];
    ring.update_signed(set, SetKeys::new(&keys), time, &mut vec![0; set.len()])
}

fn take_signed<const N: usize>(ring: &mut KeyRing<'_, N>, claims: &Value) {
    let update = update_signed(ring, &signed(claims), Time::Unknown).unwrap();
    assert_eq!(update.rejected, None);
}

fn saved<const N: usize>(ring: &KeyRing<'_, N>) -> Vec<u8> {
    let mut buffer = vec![0; KeyRing::<'_, N>::max_saved_len()];
    ring.save(&mut buffer).unwrap().to_vec()
}

#[test]
fn rotates_keys() {
    let mut ring = Ring::new(A, LIFETIME);
    let rsa = json!({"kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB", "use": "sig"});
    let mut first = claims("ab", NOW);
    first["keys"].as_array_mut().unwrap().push(rsa);
    let first = update_signed(&mut ring, &signed(&first), Time::Trusted(NOW + 5)).unwrap();
    assert_eq!((first.added, first.withdrawn, first.skipped), (2, 0, 1));
    assert_eq!(ring.updated_at(), Some(NOW));
    assert_eq!(verifying(&ring, Time::Trusted(NOW + 5)), "ab");

    let second = signed(&claims("bc", NOW + 10));
    let second = update_signed(&mut ring, &second, Time::Trusted(NOW + 15)).unwrap();
    assert_eq!((second.added, second.withdrawn), (1, 1));
    let late = NOW + 10 + LIFETIME;
    assert_eq!(verifying(&ring, Time::Trusted(late)), "bc");
    // A set that was fetched is ordered by the same dates.
    assert_eq!(update(&mut ring, &set("a"), NOW + 10), Err(KeyRingStale));
    take(&mut ring, &set("ab"), NOW + 11);
    assert_eq!(verifying(&ring, Time::Trusted(late + 1)), "ab");
}

#[test]
fn takes_the_token_of_another_library() {
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    // The private key of `openssl genpkey`, and its public half.
    const PRIVATE: &[u8] = b"-----BEGIN PRIVATE KEY-----\n\
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg+hQGcZlW2oXL9sQW\n\
        S43oCASSeT24JQpAAIQUcRM5PjmhRANCAAQ3cuXvRmcSQoORmtG2r/xaRiEPuXZ0\n\
        D1NVwSBXPuOVmpfAH4UK89Z6SSq7V+x94/hx2YEt/fbIty1C5TQVuMNM\n\
        -----END PRIVATE KEY-----";
    const PUBLIC: &[u8] = b"-----BEGIN PUBLIC KEY-----\n\
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEN3Ll70ZnEkKDkZrRtq/8WkYhD7l2\n\
        dA9TVcEgVz7jlZqXwB+FCvPWekkqu1fsfeP4cdmBLf32yLctQuU0FbjDTA==\n\
        -----END PUBLIC KEY-----\n";
    let header = Header {
        typ: Some("jwk-set+jwt".to_owned()),
        kid: Some("sets".to_owned()),
        ..Header::new(Algorithm::ES256)
    };
    let key = EncodingKey::from_ec_pem(PRIVATE).unwrap();
    let set = encode(&header, &claims("ab", NOW), &key).unwrap();
    let public = embedded_jwt::jwk::OwnedPublicKey::from_pem(PUBLIC).unwrap();
    let keys = [Key::from(public.as_public_key()).with_kid("sets")];
    let mut ring = Ring::new(A, LIFETIME);
    let time = Time::Trusted(NOW);
    let update = ring.update_signed(&set, SetKeys::new(&keys), time, &mut [0; 1024]);
    assert_eq!(update.unwrap().added, 2);
}

#[test]
fn older_set() {
    for is_numbered in [false, true] {
        let new_ring = || {
            let ring = Ring::new(A, LIFETIME);
            if is_numbered {
                ring.numbered_by("version")
            } else {
                ring
            }
        };
        // A set of the order 5 has the number 5 and the date `NOW + 5`, or the number alone.
        let set_of = |names: &str, order: u64| {
            let claims = claims(names, if is_numbered { NOW } else { NOW + order });
            with(claims, "version", order.into())
        };
        let mut ring = new_ring();
        take_signed(&mut ring, &set_of("ab", 5));
        let before = saved(&ring);
        let mut restarted = new_ring();
        restarted.load(&before).unwrap();
        for ring in [&mut ring, &mut restarted] {
            for order in [0, 4, 5] {
                for time in TIMES {
                    let set = signed(&set_of("c", order));
                    assert_eq!(update_signed(ring, &set, time), Err(KeyRingStale));
                    assert_eq!(saved(ring), before);
                }
            }
            take_signed(ring, &set_of("bc", 6));
            // The state from before does not bring the older set back.
            assert_eq!(ring.load(&before), Err(KeyRingStale));
            assert_eq!(verifying(ring, Time::Trusted(NOW + 6 + LIFETIME)), "bc");
        }
    }
}

#[test]
fn number() {
    let mut ring = Ring::new(A, LIFETIME).numbered_by("version");
    let set_of = |number: Value, iat| signed(&with(claims("a", iat), "version", number));
    for number in [json!(null), json!("5"), json!(5.5), json!(-1), json!([5])] {
        let set = set_of(number, NOW);
        let verdict = update_signed(&mut ring, &set, Time::Trusted(NOW));
        assert_eq!(verdict, Err(KeyRingMissingNumber));
    }
    // What has no signature has no number either.
    assert_eq!(update(&mut ring, &set("a"), NOW), Err(KeyRingMissingNumber));
    assert!(ring.is_empty());

    let time = Time::Unknown;
    assert!(update_signed(&mut ring, &set_of(json!(u64::MAX - 1), NOW), time).is_ok());
    assert!(!ring.is_empty());
    // An earlier date with a higher number: newer, but no date of the ring falls.
    assert!(update_signed(&mut ring, &set_of(json!(u64::MAX), NOW - 50), time).is_ok());
    assert_eq!(ring.updated_at(), Some(NOW));
    let set = set_of(json!(u64::MAX), NOW + 1);
    assert_eq!(update_signed(&mut ring, &set, time), Err(KeyRingStale));
    ring.reset();
    assert!(update_signed(&mut ring, &set_of(json!(0), NOW), time).is_ok());
}

/// A ring that is lost takes no set from before.
#[test]
fn after_a_loss() {
    for is_numbered in [false, true] {
        let mut ring = Ring::new(A, LIFETIME);
        if is_numbered {
            ring = ring.numbered_by("version");
        }
        let set_of = |names: &str, iat| signed(&with(claims(names, iat), "version", 7.into()));
        assert!(update_signed(&mut ring, &set_of("ab", NOW), Time::Unknown).is_ok());
        let before = saved(&ring);
        ring.reset_at(Time::AtLeast(NOW + 50));
        assert!(ring.is_empty());
        assert_eq!(ring.load(&before), Err(KeyRingStale));
        for iat in [NOW, NOW + 50] {
            let verdict = update_signed(&mut ring, &set_of("ab", iat), Time::Unknown);
            assert_eq!(verdict, Err(KeyRingStale), "{iat}");
            assert!(ring.is_empty());
        }
        assert!(update_signed(&mut ring, &set_of("b", NOW + 51), Time::Unknown).is_ok());
        assert_eq!(verifying(&ring, Time::Trusted(NOW + 52)), "b");
    }
}

#[test]
fn refused() {
    let good = || claims("ab", NOW);
    let header = |header: &str| issued('s', header, &good().to_string());
    let claim = |name: &str, value: Value| signed(&with(good(), name, value));
    let expired = json!(NOW - 61);
    let cases = [
        (
            "no typ",
            header(r#"{"alg":"ES256","kid":"sets"}"#),
            MissingTyp,
        ),
        (
            "typ of an access token",
            header(r#"{"alg":"ES256","typ":"at+jwt","kid":"sets"}"#),
            TypMismatch,
        ),
        (
            "no kid",
            header(r#"{"alg":"ES256","typ":"jwk-set+jwt"}"#),
            MissingKid,
        ),
        (
            "unknown kid",
            header(r#"{"alg":"ES256","typ":"jwk-set+jwt","kid":"a"}"#),
            KeyNotFound,
        ),
        (
            "by a key that signs tokens",
            issued('a', HEADER, &good().to_string()),
            InvalidSignature,
        ),
        (
            "alg none",
            header(r#"{"alg":"none","typ":"jwk-set+jwt","kid":"sets"}"#),
            AlgMismatch,
        ),
        ("no iss", claim("iss", json!(null)), MissingIss),
        ("iss", claim("iss", json!("https://b.example")), IssMismatch),
        ("no sub", claim("sub", json!(null)), MissingSub),
        ("sub", claim("sub", json!("https://b.example")), SubMismatch),
        ("aud", claim("aud", json!("pump-7")), UnexpectedAud),
        ("no iat", claim("iat", json!(null)), MissingIat),
        ("iat", claim("iat", json!("today")), InvalidIat),
        ("exp", claim("exp", expired), Expired),
        ("no keys", claim("keys", json!(null)), JwkSetMissingKeys),
        ("keys", claim("keys", json!({})), JwkSetInvalidKeys),
        ("no JSON", issued('s', HEADER, "{"), PayloadNotJson),
        ("nothing", Vec::new(), NotThreeSegments),
    ];
    for (name, set, error) in cases {
        let mut ring = Ring::new(A, LIFETIME);
        take(&mut ring, &super::ring::set("c"), NOW - 50);
        let before = saved(&ring);
        let verdict = update_signed(&mut ring, &set, Time::AtLeast(NOW));
        assert_eq!(verdict, Err(error), "{name}");
        assert_eq!(saved(&ring), before, "{name}");
    }
}

#[test]
fn date_ahead() {
    let set = |ahead: u64| signed(&claims("a", NOW + ahead));
    let verdict = |ahead, time| {
        let mut ring = Ring::new(A, LIFETIME);
        update_signed(&mut ring, &set(ahead), time).map(|update| update.added)
    };
    assert_eq!(verdict(60, Time::Trusted(NOW)), Ok(1));
    assert_eq!(verdict(61, Time::Trusted(NOW)), Err(IssuedInFuture));
    assert_eq!(verdict(1_000_000_000, Time::AtLeast(NOW)), Ok(1));
}

#[test]
fn published_key() {
    let mut ring = Ring::new(A, LIFETIME);
    take_signed(&mut ring, &claims("ab", NOW));
    let mut set = claims("ab", NOW + 1);
    set["keys"][0]["d"] = json!("AA");
    let verdict = update_signed(&mut ring, &signed(&set), Time::Unknown);
    assert_eq!(verdict, Err(KeyRingKeyPublished));
    assert_eq!(verifying(&ring, Time::Trusted(NOW + 2)), "b");
}

/// No bit of a signed set can be changed, and no prefix of it does anything.
#[test]
fn damage() {
    let set = signed(&claims("a", NOW));
    for at in 0..set.len() {
        for bit in [0, 3, 6] {
            let mut set = set.clone();
            set[at] ^= 1 << bit;
            let mut ring = Ring::new(A, LIFETIME);
            let verdict = update_signed(&mut ring, &set, Time::Unknown);
            assert!(verdict.is_err(), "bit {bit} of byte {at}: {verdict:?}");
            assert!(ring.is_empty() && ring.updated_at().is_none());
        }
    }
}
