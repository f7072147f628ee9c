//! A key ring as bytes: what is saved comes back, and nothing else is taken.

use embedded_jwt::{Error, Error::*, Policy, Time, jwk::KeyRing};
use sha2::{Digest as _, Sha256};

use super::ring::{A, LIFETIME, Ring, issued, jwk_as, set, set_of, take, update, verdict_by};
use crate::common::NOW;

const LEN: usize = KeyRing::<'_, 3>::max_saved_len();

/// A ring with a listed, a withdrawn and a published key.
fn ring() -> Ring {
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &set("abc"), NOW);
    let private = jwk_as('c', "c").replace("\"kty\"", "\"d\":\"AA\",\"kty\"");
    let jwks = [jwk_as('a', "a"), private];
    assert_eq!(
        update(&mut ring, &set_of(&jwks), NOW + 10),
        Err(KeyRingKeyPublished)
    );
    assert_eq!(ring.len(), 3);
    ring
}

fn saved<const N: usize>(ring: &KeyRing<'_, N>) -> Vec<u8> {
    let mut buffer = vec![0xff; KeyRing::<'_, N>::max_saved_len()];
    ring.save(&mut buffer).unwrap().to_vec()
}

/// The same bytes with a check that is right.
fn checked(mut bytes: Vec<u8>) -> Vec<u8> {
    let at = bytes.len() - 16;
    let check = Sha256::digest(&bytes[..at]);
    bytes[at..].copy_from_slice(&check[..16]);
    bytes
}

#[test]
fn comes_back() {
    let before = ring();
    let bytes = saved(&before);
    assert!(bytes.len() <= LEN);
    for more in [0, 100] {
        let mut after = Ring::new(A, LIFETIME);
        after.load([&*bytes, &vec![0xff; more]].concat()).unwrap();
        assert_eq!(saved(&after), bytes);
        assert_eq!(after.updated_at(), Some(NOW + 10));
        for ring in [&before, &after] {
            let verdict = |name: char, iat: u64| {
                let header = format!(r#"{{"alg":"ES256","kid":"{name}"}}"#);
                let claims = format!(r#"{{"iss":"{A}","iat":{iat},"exp":{}}}"#, NOW + 60);
                let token = issued(name, &header, &claims);
                verdict_by(ring, &Policy::new(), &token, Time::Trusted(NOW + 20))
            };
            assert_eq!(verdict('a', NOW + 15), Ok(()));
            assert_eq!(verdict('b', NOW + 5), Ok(()));
            assert_eq!(verdict('b', NOW + 15), Err(KeyWithdrawn));
            assert_eq!(verdict('c', NOW + 5), Err(KeyNotFound));
        }
        // The published key stays out, and an old set is still old.
        assert_eq!(update(&mut after, &set("ab"), NOW + 10), Err(KeyRingStale));
        let update = update(&mut after, &set("abc"), NOW + 30).unwrap();
        assert_eq!(update.rejected.unwrap().reason, JwkNotPublic);
    }
}

#[test]
fn empty_and_full() {
    let empty = Ring::new(A, LIFETIME);
    let mut other = Ring::new(A, LIFETIME);
    other.load(saved(&empty)).unwrap();
    assert_eq!((other.len(), other.updated_at()), (0, None));

    // The longest state that there is.
    let long = |name: char| {
        jwk_as(
            name,
            &name.to_string().repeat(embedded_jwt::limits::MAX_KID_LEN),
        )
    };
    let mut full = Ring::new(A, LIFETIME);
    take(&mut full, &set_of(&['a', 'b', 'c'].map(long)), NOW);
    assert_eq!(
        update(&mut full, &set_of(&[]), NOW + 1),
        Err(KeyRingNoKeys { skipped: 0 })
    );
    assert_eq!(saved(&full).len(), LEN);
}

#[test]
fn buffer() {
    let ring = ring();
    let needed = saved(&ring).len();
    for len in 0..needed {
        assert_eq!(ring.save(&mut vec![0; len]), Err(BufferTooSmall { needed }));
    }
    assert!(ring.save(&mut vec![0; needed]).is_ok());
}

/// The ring that rejects is left as it was.
fn rejects(name: &str, bytes: &[u8], error: Error) {
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &set("x"), NOW - 50);
    let before = saved(&ring);
    assert_eq!(ring.load(bytes), Err(error), "{name}");
    assert_eq!(saved(&ring), before, "{name}");
}

#[test]
fn damage() {
    let bytes = saved(&ring());
    for at in 0..bytes.len() {
        rejects("cut", &bytes[..at], KeyRingStateInvalid);
        for bit in 0..8 {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << bit;
            rejects(&format!("bit {bit} of {at}"), &bytes, KeyRingStateInvalid);
        }
    }
    rejects("erased flash", &[0xff; LEN], KeyRingStateInvalid);
    rejects("zeros", &[0; LEN], KeyRingStateInvalid);
}

/// Bytes that no ring writes, with a check that is right.
#[test]
fn forms() {
    let bytes = saved(&ring());
    let with = |at: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        checked(bytes)
    };
    // The first slot begins at 36: its `kid` "a", x, y, state.
    assert_eq!(bytes[35..38], [3, 2, b'a']);
    for (name, bytes, error) in [
        ("another version", with(0, 2), KeyRingStateInvalid),
        ("another issuer", with(1, bytes[1] ^ 1), KeyRingStateForeign),
        ("a date that is none", with(17, 0), KeyRingStateInvalid),
        ("a date of a third kind", with(17, 2), KeyRingStateInvalid),
        (
            "a number where there is none",
            with(34, 1),
            KeyRingStateInvalid,
        ),
        ("a number of a third kind", with(26, 2), KeyRingStateInvalid),
        ("fewer slots", with(35, 2), KeyRingStateInvalid),
        ("more slots", with(35, 4), KeyRingStateInvalid),
        ("a `kid` beyond the end", with(36, 255), KeyRingStateInvalid),
        (
            "a `kid` that is not UTF-8",
            with(37, 0xff),
            KeyRingStateInvalid,
        ),
        (
            "a point off the curve",
            with(38, bytes[38] ^ 1),
            KeyRingStateInvalid,
        ),
        (
            "a state of a fourth kind",
            with(102, 3),
            KeyRingStateInvalid,
        ),
    ] {
        rejects(name, &bytes, error);
    }
    rejects(
        "older than the last set",
        &{
            let mut old = Ring::new(A, LIFETIME);
            take(&mut old, &set("a"), NOW - 51);
            saved(&old)
        },
        KeyRingStale,
    );
    rejects(
        "without a date",
        &saved(&Ring::new(A, LIFETIME)),
        KeyRingStale,
    );
    rejects(
        "more keys than there is room for",
        &{
            let mut large: KeyRing<'_, 4> = KeyRing::new(A, LIFETIME);
            take(&mut large, &set("abcd"), NOW);
            saved(&large)
        },
        KeyRingFull,
    );
}
