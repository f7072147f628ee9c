//! Nonces, and how a device that has lost its memory finds back.

use embedded_jwt::{
    Error,
    Error::*,
    Time,
    device::{Nonce, ReplayGuard},
};
use rand_core::{TryCryptoRng, TryRng};

use super::{Kept, command, timed, token};
use crate::common::NOW;

/// A source that counts.
struct Counting(u8);

impl TryRng for Counting {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}
impl TryCryptoRng for Counting {}

/// A source that returns one byte, or fails.
struct Stuck(Option<u8>);

impl TryRng for Stuck {
    type Error = core::fmt::Error;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Err(core::fmt::Error)
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Err(core::fmt::Error)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(self.0.ok_or(core::fmt::Error)?);
        Ok(())
    }
}
impl TryCryptoRng for Stuck {}

fn with_nonce(nonce: &str, jti: &str, iat: u64) -> embedded_jwt::Token<'static, 'static> {
    let iat = NOW + iat;
    timed(&format!(
        r#"{{"iss":"a","jti":"{jti}","iat":{iat},"exp":{},"nonce":"{nonce}"}}"#,
        iat + 60
    ))
}

#[test]
fn values() {
    let mut random = Counting(0);
    let mut nonce = Nonce::new();
    let first = nonce.issue(&mut random, 0).unwrap().to_owned();
    // 1, 2 ... 32 in base64url.
    assert_eq!(first, "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA");
    let second = nonce.issue(&mut random, 10).unwrap().to_owned();
    assert_ne!(first, second);
    for (name, claims, now, verdict) in [
        ("at once", with_nonce(&second, "x", 0), 10, Ok(())),
        (
            "at the last moment",
            with_nonce(&second, "x", 0),
            69,
            Ok(()),
        ),
        (
            "too late",
            with_nonce(&second, "x", 0),
            70,
            Err(NonceExpired),
        ),
        (
            "a clock that was reset",
            with_nonce(&second, "x", 0),
            9,
            Err(NonceExpired),
        ),
        (
            "the one before",
            with_nonce(&first, "x", 0),
            10,
            Err(NonceMismatch),
        ),
        (
            "a longer one",
            with_nonce(&format!("{second}A"), "x", 0),
            10,
            Err(NonceMismatch),
        ),
        ("nothing", with_nonce("", "x", 0), 10, Err(NonceMismatch)),
        ("none", command("x", 0, 60), 10, Err(NonceMismatch)),
        (
            "of another type",
            token(r#"{"nonce":[]}"#),
            10,
            Err(NonceMismatch),
        ),
    ] {
        let redeemed = nonce.redeem(claims, now, 60);
        assert_eq!(redeemed.map(drop), verdict, "{name}");
    }
    nonce.cancel();
    let redeemed = nonce.redeem(with_nonce(&second, "x", 0), 10, 60);
    assert_eq!(redeemed.map(drop), Err(NonceExpired));
    assert_eq!(format!("{nonce:?}"), "Nonce { is_given_out: false, .. }");
}

#[test]
fn a_source_that_fails() {
    let mut nonce = Nonce::new();
    let good = nonce.issue(&mut Counting(0), 0).unwrap().to_owned();
    for byte in [None, Some(0), Some(0xff)] {
        assert_eq!(nonce.issue(&mut Stuck(byte), 0), Err(NoRandomness));
        // The one before is gone too.
        let redeemed = nonce.redeem(with_nonce(&good, "x", 0), 0, 60);
        assert_eq!(redeemed.map(drop), Err(NonceExpired));
    }
}

/// After a loss of memory: everything is rejected, then one token with the nonce is accepted, then what
/// was issued later.
#[test]
fn reopened() {
    let (mut guard, mut store) = (ReplayGuard::<4>::new(NOW), Kept::default());
    let mut nonce = Nonce::new();
    let text = nonce.issue(&mut Counting(0), 0).unwrap().to_owned();
    let answer = with_nonce(&text, "answer", 100_000_000);
    let time = guard.time();

    // A permit that is dropped uses up nothing.
    _ = guard
        .check(nonce.redeem(answer, 0, 60).unwrap(), time)
        .unwrap();
    assert!(!guard.is_open());
    let candidate = nonce.redeem(answer, 0, 60).unwrap();
    _ = guard
        .check(candidate, time)
        .unwrap()
        .commit(&mut store)
        .unwrap();
    // The nonce is used up, and the floor is the date of the answer, however far that is.
    assert_eq!(nonce.redeem(answer, 0, 60).map(drop), Err(NonceExpired));
    let after = 100_000_000;
    assert_eq!(guard.time(), Time::AtLeast(NOW + after));

    let check = |guard: &mut ReplayGuard<4>, token| {
        let time = guard.time();
        guard.check(token, time).map(drop)
    };
    let mut restarted = ReplayGuard::<4>::new(NOW);
    let restored = restarted.restore(&mut store);
    assert_eq!(restored, Ok(embedded_jwt::device::Restored::Open));
    for guard in [&mut guard, &mut restarted] {
        for (name, token, verdict) in [
            ("the answer again", answer, Err(IssuedBeforeReset)),
            (
                "issued before",
                command("b", after - 1, 100),
                Err(IssuedBeforeReset),
            ),
            (
                "in the same second",
                command("c", after, 100),
                Err(IssuedBeforeReset),
            ),
            (
                "without a date",
                token(&format!(r#"{{"jti":"d","exp":{}}}"#, u64::MAX)),
                Err(MissingIat),
            ),
            ("issued later", command("e", after + 1, 100), Ok(())),
        ] {
            assert_eq!(check(guard, token), verdict, "{name}");
        }
        // The first number of an issuer needs a date too.
        let time = guard.time();
        let old = command("f", after - 1, 100);
        assert_eq!(
            guard.check_counter(old, 5, time).map(drop),
            Err(IssuedBeforeReset)
        );
        let new = command("f", after + 1, 100);
        assert!(guard.check_counter(new, 5, time).is_ok());
    }
}

#[test]
fn reopened_by_a_counter() {
    let (mut guard, mut store) = (ReplayGuard::<0>::new(NOW), Kept::default());
    let mut nonce = Nonce::new();
    let text = nonce.issue(&mut Counting(0), 0).unwrap().to_owned();
    let time = guard.time();
    // Without a date, nothing tells what was issued before.
    let undated = token(&format!(r#"{{"iss":"a","nonce":"{text}"}}"#));
    let candidate = nonce.redeem(undated, 0, 60).unwrap();
    assert_eq!(
        guard.check_counter(candidate, 7, time).map(drop),
        Err(MissingIat)
    );
    let candidate = nonce.redeem(with_nonce(&text, "x", 5), 0, 60).unwrap();
    let permit = guard.check_counter(candidate, 7, time).unwrap();
    _ = permit.commit(&mut store).unwrap();
    let mut number = |number| -> Result<(), Error> {
        let permit = guard.check_counter(token(r#"{"iss":"a"}"#), number, time)?;
        _ = permit.commit(&mut store).unwrap();
        Ok(())
    };
    assert_eq!(number(7), Err(Replayed));
    assert_eq!(number(8), Ok(()));
}

/// After a loss, the window of a counter is empty, but the numbers below the first one were used.
#[test]
fn reopened_by_a_counter_with_a_window() {
    let new = || ReplayGuard::<0>::new(NOW).accept_reordered();
    let (mut guard, mut store) = (new(), Kept::default());
    let mut nonce = Nonce::new();
    let text = nonce.issue(&mut Counting(0), 0).unwrap().to_owned();
    let time = guard.time();
    let candidate = nonce.redeem(with_nonce(&text, "x", 50), 0, 60).unwrap();
    let permit = guard.check_counter(candidate, 100, time).unwrap();
    _ = permit.commit(&mut store).unwrap();
    let mut restarted = new();
    _ = restarted.restore(&mut store).unwrap();

    for guard in [&mut guard, &mut restarted] {
        let mut check = |number, claims| {
            let time = guard.time();
            guard.check_counter(claims, number, time).map(drop)
        };
        for number in [36, 90, 99] {
            assert_eq!(
                check(number, command("x", 49, 60)),
                Err(IssuedBeforeReset),
                "{number} was used before the loss"
            );
            assert_eq!(check(number, token(r#"{"iss":"a"}"#)), Err(MissingIat));
            assert_eq!(check(number, command("x", 51, 60)), Ok(()), "{number}");
        }
        assert_eq!(check(35, command("x", 51, 60)), Err(Replayed));
        assert_eq!(check(101, token(r#"{"iss":"a"}"#)), Ok(()));
    }
}

/// A nonce moves the floor of an open guard by one step, as every other token does: only a guard that has
/// lost its memory takes the date of the answer as it is.
#[test]
fn an_open_guard() {
    const STEP: u64 = 30 * 24 * 60 * 60;
    let (mut guard, mut store) = (ReplayGuard::<4>::new(NOW), Kept::default());
    guard.provision(&mut store).unwrap();
    let mut nonce = Nonce::new();
    let text = nonce.issue(&mut Counting(0), 0).unwrap().to_owned();
    let time = guard.time();
    let answer = with_nonce(&text, "answer", 100_000_000);
    let candidate = nonce.redeem(answer, 0, 60).unwrap();
    let permit = guard.check(candidate, time).unwrap();
    _ = permit.commit(&mut store).unwrap();
    assert_eq!(guard.time(), Time::AtLeast(NOW + STEP));
    // What was issued before the answer is still accepted: the guard knows what it used.
    let time = guard.time();
    let earlier = command("b", STEP, 100);
    assert_eq!(guard.check(earlier, time).map(drop), Ok(()));
}
