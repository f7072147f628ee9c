//! Key rings: what an issuer, a network or a sender of tokens may try, and what becomes of the keys.

use embedded_jwt::{
    Error,
    Error::*,
    Policy, Time,
    jwk::{KeyRing, RingUpdate},
};
use p256::ecdsa::SigningKey;

use crate::common::{NOW, encode, es256, join, on_small_stack};

pub(super) const A: &str = "https://a.example";
const B: &str = "https://b.example";
/// How long tokens live here.
pub(super) const LIFETIME: u64 = 100;

pub(super) type Ring = KeyRing<'static, 3>;

/// The scalar of a key that is known by one letter.
fn scalar(name: char) -> [u8; 32] {
    [u8::try_from(name).unwrap(); 32]
}

/// Its JWK under this `kid`.
pub(super) fn jwk_as(name: char, kid: &str) -> String {
    let key = SigningKey::from_slice(&scalar(name)).unwrap();
    let point = key.verifying_key().to_sec1_point(false);
    let (x, y) = point.as_bytes()[1..].split_at(32);
    let (x, y) = (encode(x), encode(y));
    format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}","kid":"{kid}"}}"#)
}

pub(super) fn set_of(jwks: &[String]) -> String {
    format!(r#"{{"keys":[{}]}}"#, jwks.join(","))
}

/// The set of these keys, each with its letter for a `kid`.
pub(super) fn set(names: &str) -> String {
    let jwks: Vec<String> = names
        .chars()
        .map(|name| jwk_as(name, &name.to_string()))
        .collect();
    set_of(&jwks)
}

pub(super) fn update<const N: usize>(
    ring: &mut KeyRing<'_, N>,
    set: &str,
    at: u64,
) -> Result<RingUpdate, Error> {
    ring.update(set.as_bytes(), at, &mut vec![0; 2 * set.len()])
}

/// Updates with a set that has nothing wrong.
pub(super) fn take<const N: usize>(ring: &mut KeyRing<'_, N>, set: &str, at: u64) {
    assert_eq!(update(ring, set, at).unwrap().rejected, None);
    assert_eq!(ring.updated_at(), Some(at));
}

fn token(name: char, header: &str, iss: &str) -> Vec<u8> {
    let payload = format!(r#"{{"iss":"{iss}","iat":0}}"#);
    issued(name, header, &payload)
}

pub(super) fn issued(name: char, header: &str, payload: &str) -> Vec<u8> {
    let input = format!("{}.{}", encode(header), encode(payload)).into_bytes();
    join(&input, es256(&encode(scalar(name)), &input))
}

/// A token by the key of this letter, which is its `kid`.
fn named(name: char, iss: &str) -> Vec<u8> {
    token(name, &format!(r#"{{"alg":"ES256","kid":"{name}"}}"#), iss)
}

fn verdict<const N: usize>(ring: &KeyRing<'_, N>, token: &[u8], time: Time) -> Result<(), Error> {
    let policy = Policy::new().allow_missing_exp();
    verdict_by(ring, &policy, token, time)
}

/// By both ways to verify, with a buffer and in place.
pub(super) fn verdict_by<const N: usize>(
    ring: &KeyRing<'_, N>,
    policy: &Policy<'_>,
    token: &[u8],
    time: Time,
) -> Result<(), Error> {
    let keys = ring.keys(policy);
    let verdict = keys.verify(token, time, &mut [0; 256]).map(drop);
    let in_place = keys.verify_in_place(&mut token.to_vec(), time).map(drop);
    assert_eq!(verdict, in_place, "in place");
    verdict
}

/// The letters of those of `a` to `e` whose tokens are good at this time.
pub(super) fn verifying<const N: usize>(ring: &KeyRing<'_, N>, time: Time) -> String {
    let is_good = |name: &char| match verdict(ring, &named(*name, A), time) {
        Ok(()) => true,
        Err(error) => {
            assert!(
                matches!(error, KeyNotFound | KeyWithdrawn),
                "{name}: {error:?}"
            );
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
    Reset,
}
use Step::{Forget, Reset, Update, Verify};

/// One test for each story of a ring with three slots, whose tokens live for 100 seconds. All tokens were issued at 0.
macro_rules! stories {
    ($($name:ident: $($step:expr),* $(,)?;)*) => {$(
        #[test]
        fn $name() {
            let mut ring = Ring::new(A, LIFETIME);
            for (index, step) in [$($step),*].into_iter().enumerate() {
                match step {
                    Update(names, at, expected) => {
                        let verdict = update(&mut ring, &set(names), at).map(drop);
                        assert_eq!(verdict, expected, "step {index}");
                    }
                    Verify(at, names) => {
                        assert_eq!(verifying(&ring, Time::Trusted(at)), names, "step {index}");
                    }
                    Forget => ring.forget_withdrawn(),
                    Reset => ring.reset(),
                }
            }
        }
    )*};
}
stories! {
    no_set_yet: Verify(0, ""), Verify(1000, "");
    first_set: Update("ab", 1000, Ok(())), Verify(1000, "ab"), Verify(u64::MAX, "ab"), Verify(500, "ab");
    first_set_at_zero: Update("a", 0, Ok(())), Verify(500, "a"), Update("a", 0, Err(KeyRingStale));
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

    // An issuer that lists nothing of use ends its service.
    empty_set:
        Update("", 1000, Err(KeyRingNoKeys { skipped: 0 })), Update("a", 1000, Err(KeyRingStale)), Update("a", 1001, Ok(())),
        Update("", 2000, Err(KeyRingNoKeys { skipped: 0 })), Verify(2099, "a"), Verify(2100, ""),
        Update("a", 2200, Ok(())), Verify(9000, "a");

    // Sets that would fill it: what is missing in them is withdrawn all the same.
    as_many_as_fit: Update("abc", 1000, Ok(())), Verify(1000, "abc");
    more_than_fit:
        Update("abcd", 1000, Err(KeyRingFull)), Verify(1000, ""), Update("a", 1001, Ok(())),
        Update("abcde", 2000, Err(KeyRingFull)), Verify(9000, "a"),
        Update("bcde", 3000, Err(KeyRingFull)), Verify(3099, "a"), Verify(3100, "");
    withdrawn_ones_need_room:
        Update("ab", 1000, Ok(())), Update("cd", 2000, Err(KeyRingFull)), Verify(2099, "ab"), Verify(2100, ""),
        Update("cd", 2099, Err(KeyRingFull)), Update("cd", 2100, Ok(())), Verify(2100, "cd"), Verify(u64::MAX, "cd");
    one_after_the_other:
        Update("ab", 1000, Ok(())), Update("bc", 2000, Ok(())), Verify(2000, "abc"),
        // b is withdrawn here and now, and not only when c and d fit.
        Update("cd", 2099, Err(KeyRingFull)), Verify(2099, "abc"), Verify(2198, "bc"), Verify(2199, "c"),
        Update("cd", 2100, Ok(())), Verify(2100, "bcd"), Verify(2199, "cd");
    all_at_once:
        Update("abc", 1000, Ok(())), Update("d", 2000, Err(KeyRingFull)), Verify(2099, "abc"), Verify(2100, ""),
        Update("d", 2050, Err(KeyRingFull)), Update("d", 2100, Ok(())), Verify(2100, "d");
    all_at_once_and_forgotten:
        Update("abc", 1000, Ok(())), Update("d", 2000, Err(KeyRingFull)), Forget, Verify(2000, ""),
        Update("d", 2001, Ok(())), Verify(2001, "d");
    forgotten: Update("abc", 1000, Ok(())), Update("a", 2000, Ok(())), Verify(2000, "abc"), Forget, Verify(2000, "a"),
        Update("de", 2001, Ok(())), Verify(2001, "ade"), Forget, Verify(2001, "de");

    // A clock that ran ahead keeps later sets out; beginning anew lets them in.
    reset:
        Update("a", 1_000_000, Ok(())), Update("b", 2000, Err(KeyRingStale)), Verify(2000, "a"),
        Reset, Verify(2000, ""), Update("b", 2000, Ok(())), Verify(2000, "b");
}

/// A withdrawn key verifies what was issued before its withdrawal, and nothing else.
#[test]
fn issued_before_the_withdrawal() {
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &set("ab"), 1000);
    take(&mut ring, &set("b"), 2000);
    let named = |name: char, payload: &str| {
        let header = format!(r#"{{"alg":"ES256","kid":"{name}"}}"#);
        issued(
            name,
            &header,
            &payload.replace('}', &format!(r#","iss":"{A}"}}"#)),
        )
    };
    let policy = Policy::new().allow_missing_exp();
    for (payload, at, leeway, by_withdrawn) in [
        (r#"{"iat":1999}"#, 2050, 0, Ok(())),
        (r#"{"iat":1999.9}"#, 2050, 0, Ok(())),
        (r#"{"iat":2000}"#, 2050, 0, Err(KeyWithdrawn)),
        (r#"{"iat":2050}"#, 2050, 0, Err(KeyWithdrawn)),
        (r#"{"exp":2080}"#, 2050, 0, Err(KeyWithdrawn)),
        // The leeway is no extension: the lifetime of the ring includes it.
        (r#"{"iat":1999}"#, 2050, 10, Ok(())),
        (r#"{"iat":2000}"#, 2050, u64::MAX, Err(KeyWithdrawn)),
    ] {
        let (policy, time) = (policy.leeway(leeway), Time::Trusted(at));
        let verdict = |name| verdict_by(&ring, &policy, &named(name, payload), time);
        assert_eq!(verdict('a'), by_withdrawn, "{payload} {leeway}");
        assert_eq!(verdict('b'), Ok(()), "{payload} {leeway}");
    }
    // Listed again, it is a key as any other.
    take(&mut ring, &set("ab"), 2060);
    let token = named('a', r#"{"iat":2050}"#);
    assert_eq!(verdict(&ring, &token, Time::Trusted(2070)), Ok(()));
}

/// Without a set for long, no key is trusted.
#[test]
fn stale_after() {
    let mut ring = Ring::new(A, LIFETIME).stale_after(300);
    let token = named('a', A);
    let at = |ring: &Ring, time| verdict(ring, &token, time);
    assert_eq!(at(&ring, Time::Trusted(u64::MAX)), Err(KeyNotFound));
    take(&mut ring, &set("a"), 1000);
    for (time, expected) in [
        (Time::Trusted(999), Ok(())),
        (Time::Trusted(1299), Ok(())),
        (Time::Trusted(1300), Err(KeyRingOutdated)),
        (Time::Trusted(u64::MAX), Err(KeyRingOutdated)),
        (Time::AtLeast(1299), Ok(())),
        (Time::AtLeast(1300), Err(KeyRingOutdated)),
        (Time::Unknown, Ok(())),
    ] {
        assert_eq!(at(&ring, time), expected, "{time:?}");
    }
    // A set that adds nothing has been read as well; one that cannot be read has not.
    assert_eq!(update(&mut ring, "", 1250), Err(JwkSetNotJson));
    assert_eq!(at(&ring, Time::Trusted(1300)), Err(KeyRingOutdated));
    assert_eq!(update(&mut ring, &set("abcd"), 1250), Err(KeyRingFull));
    assert_eq!(at(&ring, Time::Trusted(1300)), Ok(()));
    assert_eq!(at(&ring, Time::Trusted(1550)), Err(KeyRingOutdated));
    let mut ring = Ring::new(A, LIFETIME).stale_after(u64::MAX);
    take(&mut ring, &set("a"), 1000);
    assert_eq!(at(&ring, Time::Trusted(u64::MAX - 1)), Ok(()));
}

/// What is kept of a ring keeps no key alive: the time of each verification counts.
#[test]
fn keys_that_are_held() {
    let mut ring = Ring::new(A, LIFETIME).stale_after(1000);
    take(&mut ring, &set("a"), 1000);
    take(&mut ring, &set("b"), 2000);
    let policy = Policy::new();
    let held = ring.keys(&policy);
    let at = |exp: u64, time| {
        let payload = format!(r#"{{"iss":"{A}","iat":0,"exp":{exp}}}"#);
        let token = issued('a', r#"{"alg":"ES256","kid":"a"}"#, &payload);
        held.verify(&token, Time::Trusted(time), &mut [0; 256])
            .map(drop)
    };
    assert_eq!(at(2051, 2050), Ok(()));
    assert_eq!(at(2051, 2051), Err(Expired));
    assert_eq!(at(9000, 2099), Ok(()));
    assert_eq!(at(9000, 2100), Err(KeyWithdrawn));
    assert_eq!(at(9000, 3000), Err(KeyRingOutdated));
}

/// A date that is far ahead of the time is no date to trust.
#[test]
fn set_from_the_future() {
    let mut ring = Ring::new(A, LIFETIME).stale_after(300);
    let token = named('a', A);
    take(&mut ring, &set("a"), 1_000_000);
    for (time, expected) in [
        (Time::Trusted(1_000_000 - 299), Ok(())),
        (Time::Trusted(1_000_000 - 300), Err(KeyRingOutdated)),
        (Time::Trusted(2000), Err(KeyRingOutdated)),
        (Time::AtLeast(2000), Ok(())),
    ] {
        assert_eq!(verdict(&ring, &token, time), expected, "{time:?}");
    }
    ring.reset();
    take(&mut ring, &set("a"), 2000);
    assert_eq!(verdict(&ring, &token, Time::Trusted(2000)), Ok(()));
}

/// A set that cannot be taken as a whole brings no withdrawn key back.
#[test]
fn listed_again_in_a_set_that_is_not_taken() {
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &set("ab"), 1000);
    take(&mut ring, &set("b"), 2000);
    for (names, at) in [("abcde", 2001), ("acde", 2002)] {
        assert_eq!(update(&mut ring, &set(names), at), Err(KeyRingFull));
    }
    assert_eq!(verifying(&ring, Time::Trusted(2099)), "ab");
    // a from 2000, b from 2002.
    assert_eq!(verifying(&ring, Time::Trusted(2100)), "b");
    assert_eq!(verifying(&ring, Time::Trusted(2102)), "");
    take(&mut ring, &set("ab"), 2103);
    assert_eq!(verifying(&ring, Time::Trusted(9000)), "ab");
}

/// A key that the issuer lists without its `kid` now: tokens under the old name and under none.
#[test]
fn kid_is_taken_away() {
    let mut ring = Ring::new(A, LIFETIME);
    let nameless = jwk_as('a', "").replace(r#","kid":"""#, "");
    take(&mut ring, &set("a"), 1000);
    take(&mut ring, &set_of(&[nameless]), 2000);
    let payload = format!(r#"{{"iss":"{A}","iat":2050}}"#);
    let token = issued('a', r#"{"alg":"ES256","kid":"a"}"#, &payload);
    assert_eq!(verdict(&ring, &token, Time::Trusted(2050)), Ok(()));
    let stranger = issued('b', r#"{"alg":"ES256","kid":"a"}"#, &payload);
    let verdict = verdict(&ring, &stranger, Time::Trusted(2050));
    assert_eq!(verdict, Err(InvalidSignature));
}

/// Tokens without a `kid`: a rotation never locks out those under a listed key, and a ring may want a `kid`.
#[test]
fn tokens_without_kid() {
    let mut ring = KeyRing::<'_, 8>::new(A, LIFETIME);
    let header = r#"{"alg":"ES256"}"#;
    let time = Time::Trusted(2050);
    take(&mut ring, &set("abc"), 1000);
    take(&mut ring, &set("cde"), 2000);
    for name in 'c'..='e' {
        assert_eq!(verdict(&ring, &token(name, header, A), time), Ok(()));
    }
    // There is room for one withdrawn key, the newer one.
    assert_eq!(verdict(&ring, &token('b', header, A), time), Ok(()));
    assert_eq!(
        verdict(&ring, &token('a', header, A), time),
        Err(InvalidSignature)
    );
    assert_eq!(verdict(&ring, &named('a', A), time), Ok(()));
    // More listed ones than are tried: the issuer has to name its keys.
    take(&mut ring, &set("abcde"), 2001);
    assert_eq!(
        verdict(&ring, &token('a', header, A), time),
        Err(TooManyKeys)
    );
    let mut ring = KeyRing::<'_, 8>::new(A, LIFETIME).require_kid();
    take(&mut ring, &set("a"), 1000);
    assert_eq!(
        verdict(&ring, &token('a', header, A), time),
        Err(MissingKid)
    );
    assert_eq!(verdict(&ring, &named('a', A), time), Ok(()));
}

/// After a rotation, a key without a `kid` does not hide that a `kid` is new.
#[test]
fn unknown_kid_beside_a_key_without() {
    let nameless = jwk_as('a', "").replace(r#","kid":"""#, "");
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &set_of(&[nameless]), 1000);
    let time = Time::Trusted(1000);
    assert_eq!(verdict(&ring, &named('b', A), time), Err(KeyNotFound));
    assert_eq!(verdict(&ring, &named('a', A), time), Ok(()));
}

/// A key of one issuer is no key of another, whatever its tokens say and whatever both call their keys.
#[test]
fn issuers() {
    let mut a = Ring::new(A, LIFETIME);
    let mut b = KeyRing::<1>::new(B, LIFETIME);
    take(&mut a, &set_of(&[jwk_as('a', "1"), jwk_as('c', "2")]), 1);
    take(&mut b, &set_of(&[jwk_as('b', "1")]), 1);
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
    let verdict = verdict_by(&a, &policy, &token('a', one, A), time);
    assert_eq!(verdict, Err(MissingSub));
    // One that fills its ring takes nothing from another.
    assert_eq!(update(&mut b, &set("bc"), 2), Err(KeyRingFull));
    take(&mut a, &set_of(&[jwk_as('a', "1")]), 2);
}

/// A new point under an old `kid`: tokens of both verify until the old one has reached its end.
#[test]
fn kid_is_used_again() {
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &set_of(&[jwk_as('a', "1")]), 1000);
    take(&mut ring, &set_of(&[jwk_as('b', "1")]), 2000);
    let header = r#"{"alg":"ES256","kid":"1"}"#;
    for (name, at, expected) in [
        ('a', 2099, Ok(())),
        ('b', 2099, Ok(())),
        ('a', 2100, Err(KeyWithdrawn)),
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
    take(&mut ring, &twice, 1);
    take(&mut ring, &twice, 2);
    let token = token('a', r#"{"alg":"ES256"}"#, A);
    assert_eq!(verdict(&ring, &token, Time::Trusted(3)), Ok(()));
    take(&mut ring, &set("b"), 3);
    assert_eq!(verdict(&ring, &token, Time::Trusted(3)), Ok(()));
    assert_eq!(
        verdict(&ring, &token, Time::Trusted(103)),
        Err(KeyWithdrawn)
    );
}

/// Without a clock a withdrawn key may be past its end.
#[test]
fn without_a_clock() {
    let mut ring = Ring::new(A, LIFETIME);
    take(&mut ring, &set("ab"), 1000);
    assert_eq!(verifying(&ring, Time::Unknown), "ab");
    take(&mut ring, &set("b"), 2000);
    for time in [Time::Unknown, Time::AtLeast(0), Time::AtLeast(2050)] {
        assert_eq!(verifying(&ring, time), "b", "{time:?}");
    }
}

/// An issuer that allows no token to outlive its key.
#[test]
fn no_lifetime() {
    let mut ring = Ring::new(A, 0);
    take(&mut ring, &set("a"), 1000);
    take(&mut ring, &set("b"), 2000);
    assert_eq!(verifying(&ring, Time::Trusted(2000)), "b");
    // b ends with its withdrawal, and leaves its place.
    take(&mut ring, &set("cde"), 2001);
    assert_eq!(verifying(&ring, Time::Trusted(2001)), "cde");
}

/// A thousand rotations leave what one leaves.
#[test]
fn many_rotations() {
    on_small_stack(256 * 1024, || {
        let sets = [set("ab"), set("bc"), set("ca")];
        let mut ring = Ring::new(A, LIFETIME);
        for round in 0..1000 {
            let set = &sets[round % 3];
            take(&mut ring, set, 1000 * u64::try_from(round).unwrap());
        }
        assert_eq!(verifying(&ring, Time::Trusted(999_000)), "abc");
        assert_eq!(verifying(&ring, Time::Trusted(999_100)), "ab");
    });
}
