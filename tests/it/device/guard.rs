//! Single cases of the replay guard.

use embedded_jwt::{
    Error,
    Error::*,
    Time, Token,
    device::{Fact, ReplayGuard, Restored, Store},
};

use sha2::{Digest as _, Sha256};

use super::{Kept, command, timed, token};
use crate::common::NOW;

type Guard = ReplayGuard<2>;

fn open() -> Guard {
    let mut guard = Guard::new(NOW);
    guard.provision(&mut Kept::default()).unwrap();
    assert!(guard.is_open());
    guard
}

/// Uses the token.
fn obey(guard: &mut Guard, token: Token<'static, 'static>) -> Result<(), Error> {
    let time = guard.time();
    let permit = guard.check(token, time)?;
    let accepted = permit.commit(&mut Kept::default()).unwrap();
    assert_eq!(accepted.token().claims().jti(), token.claims().jti());
    Ok(())
}

fn obey_number(guard: &mut Guard, issuer: &str, number: u64) -> Result<(), Error> {
    let token = token(&format!(r#"{{"iss":"{issuer}"}}"#));
    let time = guard.time();
    _ = guard
        .check_counter(token, number, time)?
        .commit(&mut Kept::default())
        .unwrap();
    Ok(())
}

#[test]
fn once() {
    let mut guard = open();
    let token = command("x", 0, 60);
    assert_eq!(obey(&mut guard, token), Ok(()));
    assert_eq!(obey(&mut guard, token), Err(Replayed));
    // The same claims under another signature, another date or with other members are the same token.
    assert_eq!(obey(&mut guard, command("x", 1, 60)), Err(Replayed));
    assert_eq!(obey(&mut guard, command("y", 0, 60)), Ok(()));
}

/// A permit that is dropped leaves no trace, neither an identifier nor the time.
#[test]
fn a_dropped_permit() {
    let mut guard = open();
    let time = guard.time();
    for _ in 0..5 {
        drop(guard.check(command("x", 50, 60), time).unwrap());
    }
    drop(guard.check_counter(command("x", 50, 60), 7, time).unwrap());
    assert_eq!(guard.time(), Time::AtLeast(NOW));
    assert_eq!(obey(&mut guard, command("x", 50, 60)), Ok(()));
    assert_eq!(guard.time(), Time::AtLeast(NOW + 50));
    assert_eq!(obey_number(&mut guard, "a", 7), Ok(()));
}

/// Two pairs of texts that would be one without their lengths, and texts with escapes.
#[test]
fn identifiers() {
    let claims = |iss: &str, jti: &str| {
        let iss = if iss.is_empty() {
            String::new()
        } else {
            format!(r#""iss":{iss},"#)
        };
        format!(r#"{{{iss}"jti":{jti},"exp":{}}}"#, NOW + 60)
    };
    let tokens = [
        claims(r#""ab""#, r#""c""#),
        claims(r#""a""#, r#""bc""#),
        claims("", r#""abc""#),
        claims(r#""""#, r#""abc""#),
        claims(r#""a""#, r#""b\"c""#),
        claims(r#""a""#, r#""b\\\"c""#),
        claims(r#""a""#, r#""b\u0000c""#),
    ];
    let mut guard = ReplayGuard::<7>::new(NOW);
    guard.provision(&mut Kept::default()).unwrap();
    for turn in [Ok(()), Err(Replayed)] {
        for claims in &tokens {
            let time = guard.time();
            let permit = guard.check(token(claims), time);
            let done = permit.map(|permit| _ = permit.commit(&mut Kept::default()).unwrap());
            assert_eq!(done, turn, "{claims}");
        }
    }
    // Another spelling of the same text.
    let time = guard.time();
    let again = token(&claims(r#""a""#, r#""b\u0022c""#));
    assert_eq!(guard.check(again, time).map(drop), Err(Replayed));
}

#[test]
fn what_a_token_needs() {
    for (claims, error) in [
        (r#"{"exp":1790000060}"#.to_owned(), MissingJti),
        (r#"{"jti":"","exp":1790000060}"#.to_owned(), InvalidJti),
        (r#"{"jti":"x"}"#.to_owned(), MissingExp),
        (format!(r#"{{"jti":"x","exp":{NOW}}}"#), Expired),
    ] {
        assert_eq!(obey(&mut open(), token(&claims)), Err(error), "{claims}");
    }
}

/// Nothing that is alive is forgotten, and what has surely expired makes room.
#[test]
fn full() {
    let mut guard = open();
    assert_eq!(obey(&mut guard, command("1", 0, 10)), Ok(()));
    assert_eq!(obey(&mut guard, command("2", 0, 20)), Ok(()));
    for iat in [0, 9, 9] {
        // The floor does not rise for a token that is not accepted.
        assert_eq!(
            obey(&mut guard, command("3", iat, 500)),
            Err(ReplayGuardFull)
        );
    }
    // A counter has its own room, and its token shows the time.
    let time = guard.time();
    let permit = guard.check_counter(command("x", 10, 1), 1, time).unwrap();
    _ = permit.commit(&mut Kept::default()).unwrap();
    assert_eq!(guard.time(), Time::AtLeast(NOW + 10));
    assert_eq!(obey(&mut guard, command("3", 11, 500)), Ok(()));
    assert_eq!(obey(&mut guard, command("1", 0, 10)), Err(Expired));
    assert_eq!(obey(&mut guard, command("2", 0, 20)), Err(Replayed));
}

/// The leeway of the policy counts: the token is accepted, and remembered, for so long.
#[test]
fn leeway() {
    use crate::common::{SECRET, encode, hs256, join};
    use embedded_jwt::{Policy, Verifier};
    let claims = format!(r#"{{"jti":"x","exp":{NOW}}}"#);
    let input = format!("{}.{}", encode(r#"{"alg":"HS256"}"#), encode(claims)).into_bytes();
    let bytes = join(&input, hs256(&SECRET, &input));
    let (keys, policy) = ([super::key()], Policy::new().leeway(5));
    let mut buffer = [0; 256];
    let time = Time::Trusted(NOW + 4);
    let token = Verifier::new(&keys, &policy)
        .verify(bytes, time, &mut buffer)
        .unwrap();
    assert_eq!(token.remember_until(), Some(NOW + 5));
    let mut guard = open();
    _ = guard
        .check(token, time)
        .unwrap()
        .commit(&mut Kept::default())
        .unwrap();
    assert_eq!(guard.check(token, time).map(drop), Err(Replayed));
}

#[test]
fn floor() {
    const STEP: u64 = 30 * 24 * 60 * 60;
    let jti = |iat: u64| format!(r#"{{"jti":"{iat}","iat":{iat},"exp":{}}}"#, u64::MAX);
    for (name, token, time, floor) in [
        (
            "a source of time",
            timed(&jti(NOW + 5)),
            Time::Unknown,
            NOW + 5,
        ),
        (
            "at the limit",
            timed(&jti(NOW + STEP)),
            Time::Unknown,
            NOW + STEP,
        ),
        (
            "beyond the limit",
            timed(&jti(NOW + STEP + 1)),
            Time::Unknown,
            NOW + STEP,
        ),
        (
            "years ahead",
            timed(&jti(u64::MAX - 1)),
            Time::Unknown,
            NOW + STEP,
        ),
        ("the past", timed(&jti(NOW - 5)), Time::Unknown, NOW),
        ("another key", token(&jti(NOW + 5)), Time::Unknown, NOW),
        (
            "a trusted clock",
            token(&jti(NOW)),
            Time::Trusted(NOW + 7),
            NOW + 7,
        ),
        (
            "a wrong clock",
            token(&jti(NOW)),
            Time::Trusted(u64::MAX),
            NOW + STEP,
        ),
        (
            "a clock that stands",
            timed(&jti(NOW + 5)),
            Time::Trusted(0),
            NOW + 5,
        ),
        ("a bound", token(&jti(NOW)), Time::AtLeast(NOW + 9), NOW),
    ] {
        let mut guard = open();
        _ = guard
            .check(token, time)
            .unwrap()
            .commit(&mut Kept::default())
            .unwrap();
        assert_eq!(guard.time(), Time::AtLeast(floor), "{name}");
    }
    let mut guard = open().largest_step(3);
    assert_eq!(obey(&mut guard, command("x", 100, 60)), Ok(()));
    assert_eq!(guard.time(), Time::AtLeast(NOW + 3));
}

/// The documented RAM of each identifier and of each counter, in bytes.
#[test]
fn ram() {
    let none = size_of::<ReplayGuard<0, 0>>();
    assert_eq!(size_of::<ReplayGuard<1, 0>>() - none, 24);
    assert_eq!(size_of::<ReplayGuard<0, 1>>() - none, 40);
}

#[test]
fn counter() {
    let mut guard = open();
    for (number, verdict) in [
        (5, Ok(())),
        (5, Err(Replayed)),
        (4, Err(Replayed)),
        (0, Err(Replayed)),
        (6, Ok(())),
        (1000, Ok(())),
        (999, Err(Replayed)),
        (u64::MAX, Ok(())),
        (u64::MAX, Err(Replayed)),
        (0, Err(Replayed)),
    ] {
        assert_eq!(obey_number(&mut guard, "a", number), verdict, "{number}");
    }
    // Another issuer finds the only place taken.
    assert_eq!(obey_number(&mut guard, "b", 1), Err(ReplayGuardFull));
}

#[test]
fn counter_for_each_issuer() {
    let mut guard = ReplayGuard::<0, 2>::new(NOW);
    guard.provision(&mut Kept::default()).unwrap();
    for (issuer, number, verdict) in [
        (r#"{"iss":"a"}"#, 9, Ok(())),
        (r#"{"iss":"b"}"#, 1, Ok(())),
        (r#"{"iss":"a"}"#, 9, Err(Replayed)),
        (r#"{"iss":"b"}"#, 2, Ok(())),
        ("{}", 1, Err(ReplayGuardFull)),
    ] {
        let time = guard.time();
        let permit = guard.check_counter(token(issuer), number, time);
        let done = permit.map(|permit| _ = permit.commit(&mut Kept::default()).unwrap());
        assert_eq!(done, verdict, "{issuer} {number}");
    }
}

#[test]
fn counter_over_a_link_that_reorders() {
    let mut guard = open().accept_reordered();
    for (number, verdict) in [
        (100, Ok(())),
        (99, Ok(())),
        (99, Err(Replayed)),
        (100, Err(Replayed)),
        (36, Ok(())),
        (35, Err(Replayed)),
        (0, Err(Replayed)),
        (102, Ok(())),
        (101, Ok(())),
        (99, Err(Replayed)),
        (38, Ok(())),
        (37, Err(Replayed)),
        (36, Err(Replayed)),
        (166, Ok(())),
        (102, Err(Replayed)),
        (103, Ok(())),
        (231, Ok(())),
        (230, Ok(())),
        (167, Ok(())),
        (166, Err(Replayed)),
        (u64::MAX, Ok(())),
        (u64::MAX - 64, Ok(())),
        (u64::MAX - 64, Err(Replayed)),
        (u64::MAX - 65, Err(Replayed)),
    ] {
        assert_eq!(obey_number(&mut guard, "a", number), verdict, "{number}");
    }
}

#[test]
fn closed() {
    let mut guard = Guard::new(NOW);
    assert!(!guard.is_open());
    assert_eq!(
        obey(&mut guard, command("x", 0, 60)),
        Err(ReplayGuardClosed)
    );
    assert_eq!(obey_number(&mut guard, "a", 1), Err(ReplayGuardClosed));
    assert_eq!(guard.restore(&mut Kept::default()), Ok(Restored::Nothing));
    assert_eq!(
        obey(&mut guard, command("x", 0, 60)),
        Err(ReplayGuardClosed)
    );
}

/// Facts in any order, and more than once, give the same guard.
#[test]
fn restored() {
    let (mut guard, mut store) = (Guard::new(NOW).accept_reordered(), Kept::default());
    guard.provision(&mut store).unwrap();
    for number in [7, 9, 8] {
        let time = guard.time();
        let permit = guard
            .check_counter(token(r#"{"iss":"a"}"#), number, time)
            .unwrap();
        _ = permit.commit(&mut store).unwrap();
    }
    for (jti, iat) in [("1", 0), ("2", 5), ("3", 12), ("4", 20)] {
        let time = guard.time();
        let permit = guard.check(command(jti, iat, 10), time).unwrap();
        _ = permit.commit(&mut store).unwrap();
    }
    let facts = store.0;
    for order in [0, 1, 2, 3] {
        let mut facts = facts.clone();
        match order {
            1 => facts.reverse(),
            2 => facts.rotate_left(3),
            3 => facts.extend(facts.clone()),
            _ => {}
        }
        let mut guard = Guard::new(NOW - 1000).accept_reordered();
        assert_eq!(guard.restore(&mut Kept(facts)), Ok(Restored::Open));
        assert_eq!(guard.time(), Time::AtLeast(NOW + 20));
        assert_eq!(obey(&mut guard, command("4", 20, 10)), Err(Replayed));
        assert_eq!(obey(&mut guard, command("3", 12, 10)), Err(Replayed));
        assert_eq!(obey(&mut guard, command("2", 5, 10)), Err(Expired));
        for (number, verdict) in [
            (6, Ok(())),
            (7, Err(Replayed)),
            (8, Err(Replayed)),
            (9, Err(Replayed)),
            (10, Ok(())),
        ] {
            assert_eq!(obey_number(&mut guard, "a", number), verdict, "{number}");
        }
    }
    let mut small = ReplayGuard::<1>::new(NOW);
    assert_eq!(small.restore(&mut Kept(facts)), Ok(Restored::Full));
    assert!(!small.is_open());
}

/// Facts that are read in part do not open the guard, whichever reading fails.
#[test]
fn a_store_that_fails_halfway() {
    struct Halfway(Kept, usize);
    impl Store for Halfway {
        type Error = &'static str;
        fn append(&mut self, _: &Fact) -> Result<(), &'static str> {
            Ok(())
        }
        fn facts(&mut self, each: impl FnMut(&Fact)) -> Result<(), &'static str> {
            let Some(left) = self.1.checked_sub(1) else {
                self.0.0[..1].iter().for_each(each);
                return Err("broken");
            };
            self.1 = left;
            self.0.facts(each).map_err(|never| match never {})
        }
    }
    for (readings, is_open) in [(0, false), (1, false), (2, true)] {
        let (mut guard, mut store) = (open(), Kept::default());
        for jti in ["1", "2"] {
            let time = guard.time();
            let permit = guard.check(command(jti, 0, 60), time).unwrap();
            _ = permit.commit(&mut store).unwrap();
        }
        let mut restarted = Guard::new(NOW);
        let restored = restarted.restore(&mut Halfway(store, readings));
        assert_eq!(restored.is_ok(), is_open, "{readings}");
        assert_eq!(restarted.is_open(), is_open, "{readings}");
    }
}

/// A store that fails accepts nothing and changes nothing.
#[test]
fn a_store_that_fails() {
    struct Broken;
    impl Store for Broken {
        type Error = &'static str;
        fn append(&mut self, _: &Fact) -> Result<(), &'static str> {
            Err("broken")
        }
        fn facts(&mut self, _: impl FnMut(&Fact)) -> Result<(), &'static str> {
            Err("broken")
        }
    }
    let mut guard = Guard::new(NOW);
    assert_eq!(guard.provision(&mut Broken), Err("broken"));
    assert!(!guard.is_open());
    let mut guard = open();
    let time = guard.time();
    let permit = guard.check(command("x", 50, 60), time).unwrap();
    assert_eq!(permit.commit(&mut Broken).map(drop), Err("broken"));
    assert_eq!(guard.time(), Time::AtLeast(NOW));
    assert_eq!(obey(&mut guard, command("x", 50, 60)), Ok(()));
    assert_eq!(guard.restore(&mut Broken), Err("broken"));
    assert!(!guard.is_open());
}

#[test]
fn facts_as_bytes() {
    let mut store = Kept::default();
    let mut guard = open();
    let time = guard.time();
    _ = guard
        .check(command("x", 50, 60), time)
        .unwrap()
        .commit(&mut store)
        .unwrap();
    let bytes = store.0[0].to_bytes();
    // A device that is updated reads what an older version wrote.
    let texts = [
        &b"T"[..],
        &1_u64.to_be_bytes(),
        b"a",
        &1_u64.to_be_bytes(),
        b"x",
    ];
    let id = &Sha256::digest(texts.concat())[..16];
    let numbers = [NOW + 110, 0, NOW + 50, 0].map(u64::to_be_bytes);
    assert_eq!(bytes[..], [&[1], id, numbers.as_flattened()].concat());
    assert_eq!(Fact::from_bytes(&bytes), Some(store.0[0]));
    assert_eq!(store.0[0].floor(), NOW + 50);
    for kind in 3..=255 {
        let mut bytes = bytes;
        bytes[0] = kind;
        assert_eq!(Fact::from_bytes(&bytes), None);
    }
}
