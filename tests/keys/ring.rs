//! Key rings: what an issuer, a network or a sender of tokens may try, and what becomes of the keys.

use embedded_jwt::{Error, Error::*, KeyRing, Policy, Time, limits::MAX_KID_LEN};
use p256::ecdsa::SigningKey;

use crate::common::{NOW, encode, es256, join, on_small_stack};

const A: &str = "https://a.example";
const B: &str = "https://b.example";
/// How long tokens live here.
const LIFETIME: u64 = 100;

type Ring = KeyRing<'static, 3>;

/// The scalar of a key that is known by one letter.
fn scalar(name: char) -> [u8; 32] {
    [u8::try_from(name).unwrap(); 32]
}

/// Its JWK under this `kid`.
fn jwk_as(name: char, kid: &str) -> String {
    let key = SigningKey::from_slice(&scalar(name)).unwrap();
    let point = key.verifying_key().to_sec1_point(false);
    let (x, y) = point.as_bytes()[1..].split_at(32);
    let (x, y) = (encode(x), encode(y));
    format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}","kid":"{kid}"}}"#)
}

fn set_of(jwks: &[String]) -> String {
    format!(r#"{{"keys":[{}]}}"#, jwks.join(","))
}

/// The set of these keys, each with its letter for a `kid`.
fn set(names: &str) -> String {
    let jwks: Vec<String> = names
        .chars()
        .map(|name| jwk_as(name, &name.to_string()))
        .collect();
    set_of(&jwks)
}

#[allow(
    clippy::panic_in_result_fn,
    reason = "a verdict is a result, and a change is a failure"
)]
fn update<const N: usize>(ring: &mut KeyRing<'_, N>, set: &str, at: u64) -> Result<(), Error> {
    let before = format!("{ring:?}");
    let verdict = ring.update(set.as_bytes(), at, &mut vec![0; 2 * set.len()]);
    if verdict.is_err() {
        assert_eq!(
            format!("{ring:?}"),
            before,
            "a refused update changed something"
        );
    } else {
        assert_eq!(ring.updated_at(), Some(at));
    }
    verdict
}

fn token(name: char, header: &str, iss: &str) -> Vec<u8> {
    let payload = format!(r#"{{"iss":"{iss}"}}"#);
    let input = format!("{}.{}", encode(header), encode(payload)).into_bytes();
    join(&input, es256(&encode(scalar(name)), &input))
}

/// A token by the key of this letter, which is its `kid`.
fn named(name: char, iss: &str) -> Vec<u8> {
    token(name, &format!(r#"{{"alg":"ES256","kid":"{name}"}}"#), iss)
}

fn verdict<const N: usize>(ring: &KeyRing<'_, N>, token: &[u8], time: Time) -> Result<(), Error> {
    let policy = Policy::new().allow_missing_exp();
    let keys = ring.keys(&policy, time);
    keys.verifier().verify(token, time, &mut [0; 256]).map(drop)
}

/// The letters of those of `a` to `e` whose tokens are good at this time.
fn verifying<const N: usize>(ring: &KeyRing<'_, N>, time: Time) -> String {
    let is_good = |name: &char| match verdict(ring, &named(*name, A), time) {
        Ok(()) => true,
        Err(error) => {
            assert_eq!(error, KeyNotFound, "{name}");
            false
        }
    };
    ('a'..='e').filter(is_good).collect()
}

enum Step {
    /// A set of these keys from this moment.
    Update(&'static str, u64, Result<(), Error>),
    /// Which keys verify at this moment.
    Verify(u64, &'static str),
    Forget,
}
use Step::{Forget, Update, Verify};

/// One test for each story of a ring with three slots, whose tokens live for 100 seconds.
macro_rules! stories {
    ($($name:ident: $($step:expr),* $(,)?;)*) => {$(
        #[test]
        fn $name() {
            let mut ring = Ring::new(A, LIFETIME);
            for (index, step) in [$($step),*].into_iter().enumerate() {
                match step {
                    Update(names, at, expected) => {
                        assert_eq!(update(&mut ring, &set(names), at), expected, "step {index}");
                    }
                    Verify(at, names) => {
                        assert_eq!(verifying(&ring, Time::Trusted(at)), names, "step {index}");
                    }
                    Forget => ring.forget_retired(),
                }
            }
        }
    )*};
}
stories! {
    no_set_yet: Verify(0, ""), Verify(1000, "");
    first_set: Update("ab", 1000, Ok(())), Verify(1000, "ab"), Verify(u64::MAX, "ab"), Verify(0, "ab");
    first_set_at_zero: Update("a", 0, Ok(())), Verify(0, "a"), Update("a", 0, Err(KeyRingStale));
    same_keys_later: Update("ab", 1000, Ok(())), Update("ba", 2000, Ok(())), Verify(9000, "ab");

    // A key that is gone lives as long as the last token that it may have signed.
    rotation:
        Update("a", 1000, Ok(())), Update("ab", 2000, Ok(())), Update("b", 3000, Ok(())),
        Verify(3000, "ab"), Verify(3099, "ab"), Verify(3100, "b"), Verify(u64::MAX, "b");
    missing_again_is_no_longer_life:
        Update("ab", 1000, Ok(())), Update("b", 2000, Ok(())), Update("b", 2050, Ok(())),
        Verify(2099, "ab"), Verify(2100, "b"),
        Update("b", 2099, Ok(())), Verify(2099, "ab"), Verify(2100, "b");
    clock_set_back_between: Update("a", 1000, Ok(())), Update("b", 2000, Ok(())), Verify(500, "ab"), Verify(2100, "b");
    end_beyond_the_last_second:
        Update("a", 1000, Ok(())), Update("b", u64::MAX - 1, Ok(())), Verify(u64::MAX - 1, "ab"), Verify(u64::MAX, "b");

    // Replayed sets.
    same_set_again: Update("a", 1000, Ok(())), Update("a", 1000, Err(KeyRingStale)), Verify(1000, "a");
    old_set_again:
        Update("a", 1000, Ok(())), Update("b", 2000, Ok(())),
        Update("a", 1000, Err(KeyRingStale)), Update("a", 1999, Err(KeyRingStale)), Update("a", 2000, Err(KeyRingStale)),
        Verify(2099, "ab"), Verify(2100, "b");
    old_set_after_the_end_of_its_key:
        Update("a", 1000, Ok(())), Update("b", 2000, Ok(())), Update("b", 3000, Ok(())),
        Update("a", 1000, Err(KeyRingStale)), Verify(2000, "b"), Verify(3000, "b");
    old_set_brings_no_forgotten_key:
        Update("a", 1000, Ok(())), Update("b", 2000, Ok(())), Forget,
        Update("ab", 2000, Err(KeyRingStale)), Verify(2000, "b");
    // What a newer set says is what the issuer says now: its servers need not agree for a while.
    listed_again:
        Update("ab", 1000, Ok(())), Update("b", 2000, Ok(())), Update("ab", 2010, Ok(())),
        Verify(9000, "ab"), Update("b", 3000, Ok(())), Verify(3099, "ab"), Verify(3100, "b");

    // Sets that would empty the ring.
    empty_set: Update("", 1000, Err(KeyRingNoKeys)), Update("a", 1000, Ok(())), Update("", 2000, Err(KeyRingNoKeys)), Verify(9000, "a");

    // Sets that would fill it.
    as_many_as_fit: Update("abc", 1000, Ok(())), Verify(1000, "abc");
    more_than_fit: Update("abcd", 1000, Err(JwkSetNoRoom)), Update("a", 1000, Ok(())), Update("abcde", 2000, Err(JwkSetNoRoom)), Verify(9000, "a");
    retired_ones_need_room:
        Update("ab", 1000, Ok(())), Update("cd", 2000, Err(KeyRingFull)), Verify(2000, "ab"),
        Update("bc", 2000, Ok(())), Verify(2000, "abc"), Update("cd", 2099, Err(KeyRingFull)),
        // The end of a has come.
        Update("cd", 2100, Ok(())), Verify(2100, "bcd"), Verify(2200, "cd");
    all_at_once:
        Update("abc", 1000, Ok(())), Update("d", 2000, Err(KeyRingFull)), Update("d", 9000, Err(KeyRingFull)),
        Update("a", 9000, Ok(())), Update("d", 9050, Err(KeyRingFull)), Update("d", 9100, Ok(())),
        Verify(9100, "ad"), Verify(9200, "d");
    forgotten: Update("abc", 1000, Ok(())), Update("a", 2000, Ok(())), Verify(2000, "abc"), Forget, Verify(2000, "a"),
        Update("de", 2001, Ok(())), Verify(2001, "ade"), Forget, Verify(2001, "de");
}

/// Sets that are none, or hold nothing of use, leave everything as it is.
#[test]
fn refused_sets() {
    let good = set("b");
    let private = jwk_as('b', "b").replace("\"kid\"", "\"d\":\"AQ\",\"kid\"");
    let long = |len: usize| set_of(&[jwk_as('b', &"k".repeat(len))]);
    for (set, error) in [
        (String::new(), JwkSetNotJson),
        (good.replace("]}", "]"), JwkSetNotJson),
        ("{}".to_owned(), JwkSetMissingKeys),
        (r#"{"keys":{}}"#.to_owned(), JwkSetInvalidKeys),
        (jwk_as('b', "b"), JwkSetMissingKeys),
        (r#"{"keys":[]}"#.to_owned(), KeyRingNoKeys),
        (set_of(&[private]), KeyRingNoKeys),
        (set("b").replace("P-256", "P-384"), KeyRingNoKeys),
        (
            format!(r#"{{"keys":[{{"kty":"oct","k":"{}"}}]}}"#, encode([7; 32])),
            KeyRingNoKeys,
        ),
        (set("bb"), JwkSetDuplicateKid),
        (long(MAX_KID_LEN + 1), KeyRingKidTooLong),
        (set_of(&vec!["{}".to_owned(); 1000]), JwkSetTooManyKeys),
    ] {
        let mut ring = Ring::new(A, LIFETIME);
        assert_eq!(update(&mut ring, &set, 900), Err(error), "{set:.80}");
        assert_eq!(ring.updated_at(), None);
        update(&mut ring, &self::set("a"), 1000).unwrap();
        assert_eq!(update(&mut ring, &set, 2000), Err(error), "{set:.80}");
        // Nor does a refused set keep a good one out.
        update(&mut ring, &good, 1500).unwrap();
    }
    let mut ring = Ring::new(A, LIFETIME);
    update(&mut ring, &long(MAX_KID_LEN), 1).unwrap();
    let verdict = ring.update(good.as_bytes(), 2, &mut [0; 8]);
    assert_eq!(
        verdict,
        Err(BufferTooSmall {
            needed: 2 * good.len()
        })
    );
    assert_eq!(ring.updated_at(), Some(1));
}

/// A key of one issuer is no key of another, whatever its tokens say and whatever both call their keys.
#[test]
fn issuers() {
    let mut a = Ring::new(A, LIFETIME);
    let mut b = KeyRing::<1>::new(B, LIFETIME);
    update(&mut a, &set_of(&[jwk_as('a', "1"), jwk_as('c', "2")]), 1).unwrap();
    update(&mut b, &set_of(&[jwk_as('b', "1")]), 1).unwrap();
    assert_eq!((a.issuer(), b.issuer()), (A, B));
    let (one, none) = (r#"{"alg":"ES256","kid":"1"}"#, r#"{"alg":"ES256"}"#);
    let time = Time::Trusted(NOW);
    for header in [one, none] {
        for (by, iss, at_a, at_b) in [
            ('a', A, Ok(()), Err(InvalidSignature)),
            ('b', B, Err(InvalidSignature), Ok(())),
            ('a', B, Err(IssMismatch), Err(InvalidSignature)),
            ('b', A, Err(InvalidSignature), Err(IssMismatch)),
            ('e', A, Err(InvalidSignature), Err(InvalidSignature)),
        ] {
            let token = token(by, header, iss);
            assert_eq!(verdict(&a, &token, time), at_a, "{by} as {iss} at a");
            assert_eq!(verdict(&b, &token, time), at_b, "{by} as {iss} at b");
        }
    }
    // The policy of the caller counts as well, but for the issuer.
    let policy = Policy::new()
        .issuer(B)
        .allow_missing_exp()
        .subject("somebody");
    let verdict = a
        .keys(&policy, time)
        .verifier()
        .verify(&token('a', one, A), time, &mut [0; 256])
        .map(drop);
    assert_eq!(verdict, Err(MissingSub));
    // One that fills its ring takes nothing from another.
    assert_eq!(update(&mut b, &set("bc"), 2), Err(JwkSetNoRoom));
    update(&mut a, &set_of(&[jwk_as('a', "1")]), 2).unwrap();
}

/// A new point under an old `kid`: tokens of both verify until the old one has reached its end.
#[test]
fn kid_is_used_again() {
    let mut ring = Ring::new(A, LIFETIME);
    update(&mut ring, &set_of(&[jwk_as('a', "1")]), 1000).unwrap();
    update(&mut ring, &set_of(&[jwk_as('b', "1")]), 2000).unwrap();
    let header = r#"{"alg":"ES256","kid":"1"}"#;
    for (name, at, expected) in [
        ('a', 2099, Ok(())),
        ('b', 2099, Ok(())),
        ('a', 2100, Err(InvalidSignature)),
        ('b', 2100, Ok(())),
    ] {
        let time = Time::Trusted(at);
        assert_eq!(verdict(&ring, &token(name, header, A), time), expected);
    }
}

/// Keys without a `kid`, twice the same one among them.
#[test]
fn without_kid() {
    let nameless = |name| jwk_as(name, "").replace(r#","kid":"""#, "");
    let mut ring = KeyRing::<2>::new(A, LIFETIME);
    let twice = set_of(&[nameless('a'), nameless('a')]);
    update(&mut ring, &twice, 1).unwrap();
    update(&mut ring, &twice, 2).unwrap();
    let token = token('a', r#"{"alg":"ES256"}"#, A);
    assert_eq!(verdict(&ring, &token, Time::Trusted(3)), Ok(()));
    update(&mut ring, &set("b"), 3).unwrap();
    assert_eq!(verdict(&ring, &token, Time::Trusted(3)), Ok(()));
    assert_eq!(
        verdict(&ring, &token, Time::Trusted(103)),
        Err(InvalidSignature)
    );
}

/// Without a clock a retired key may be past its end.
#[test]
fn without_a_clock() {
    let mut ring = Ring::new(A, LIFETIME);
    update(&mut ring, &set("ab"), 1000).unwrap();
    assert_eq!(verifying(&ring, Time::Unknown), "ab");
    update(&mut ring, &set("b"), 2000).unwrap();
    for time in [Time::Unknown, Time::AtLeast(0), Time::AtLeast(2050)] {
        assert_eq!(verifying(&ring, time), "b", "{time:?}");
    }
}

/// An issuer that allows no token to outlive its key.
#[test]
fn no_lifetime() {
    let mut ring = Ring::new(A, 0);
    update(&mut ring, &set("a"), 1000).unwrap();
    update(&mut ring, &set("b"), 2000).unwrap();
    assert_eq!(verifying(&ring, Time::Trusted(2000)), "b");
    update(&mut ring, &set("cde"), 2001).unwrap_err();
    update(&mut ring, &set("cd"), 2001).unwrap();
    assert_eq!(verifying(&ring, Time::Trusted(2001)), "cd");
}

/// A thousand rotations leave what one leaves.
#[test]
fn many_rotations() {
    on_small_stack(256 * 1024, || {
        let sets = [set("ab"), set("bc"), set("ca")];
        let mut ring = Ring::new(A, LIFETIME);
        for round in 0..1000 {
            let set = &sets[round % 3];
            update(&mut ring, set, 1000 * u64::try_from(round).unwrap()).unwrap();
        }
        assert_eq!(verifying(&ring, Time::Trusted(999_000)), "abc");
        assert_eq!(verifying(&ring, Time::Trusted(999_100)), "ab");
    });
}
