//! Time: what a token says of it, what the caller knows of it, and what follows.

use embedded_jwt::{Compact, Error, Error::*, Freshness, Freshness::*, Policy, Time, Time::*};
use proptest::prelude::*;

use crate::common::{HEADER, alg, mint, verify};

const MAX: u64 = u64::MAX;
/// The last second that a signed 32-bit clock can tell.
const Y2038: u64 = 0x7fff_ffff;

fn check(policy: &Policy<'_>, time: Time, payload: &str) -> Result<Freshness, Error> {
    let token = mint(alg(), HEADER, payload);
    verify(&[alg().key()], policy, time, &token).map(|accepted| accepted.freshness)
}

/// One test for each table: what the token says, what the caller knows, the verdict without and with
/// `accept_unproved_freshness`.
macro_rules! tables {
    ($($(#[$attribute:meta])* $name:ident, $policy:expr; {
        $($claims:expr, $time:expr => $strict:expr, $lax:expr;)*
    })*) => {$(
        $(#[$attribute])*
        #[test]
        fn $name() {
            let policy: Policy<'_> = $policy;
            $({
                let row = concat!(stringify!($claims), " at ", stringify!($time));
                assert_eq!(check(&policy, $time, &format!("{{{}}}", $claims)), $strict, "{row}");
                let lax = policy.accept_unproved_freshness();
                assert_eq!(check(&lax, $time, &format!("{{{}}}", $claims)), $lax, "{row}, lax");
            })*
        }
    )*};
}

tables! {
    exp, Policy::new(); {
        r#""exp":1000"#, Trusted(0) => Ok(Proved), Ok(Proved);
        r#""exp":1000"#, Trusted(999) => Ok(Proved), Ok(Proved);
        r#""exp":1000"#, Trusted(1000) => Err(Expired), Err(Expired);
        r#""exp":1000"#, Trusted(1001) => Err(Expired), Err(Expired);
        r#""exp":1000"#, Trusted(MAX) => Err(Expired), Err(Expired);
        r#""exp":1000"#, AtLeast(0) => Err(FreshnessUnproved), Ok(Unproved);
        r#""exp":1000"#, AtLeast(999) => Err(FreshnessUnproved), Ok(Unproved);
        r#""exp":1000"#, AtLeast(1000) => Err(Expired), Err(Expired);
        r#""exp":1000"#, AtLeast(MAX) => Err(Expired), Err(Expired);
        r#""exp":1000"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
        // No present is earlier than the year 1970.
        r#""exp":0"#, Trusted(0) => Err(Expired), Err(Expired);
        r#""exp":0"#, AtLeast(0) => Err(Expired), Err(Expired);
        r#""exp":0"#, Unknown => Err(Expired), Err(Expired);
        r#""exp":1"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
        r#""exp":0.99"#, Trusted(0) => Err(Expired), Err(Expired);
        r#""exp":18446744073709551615"#, Trusted(MAX - 1) => Ok(Proved), Ok(Proved);
        r#""exp":18446744073709551615"#, Trusted(MAX) => Err(Expired), Err(Expired);
        r#""exp":18446744073709551615"#, AtLeast(0) => Err(FreshnessUnproved), Ok(Unproved);
        r#""exp":18446744073709551615"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
    }
    exp_with_leeway, Policy::new().leeway(30); {
        r#""exp":1000"#, Trusted(1029) => Ok(Proved), Ok(Proved);
        r#""exp":1000"#, Trusted(1030) => Err(Expired), Err(Expired);
        r#""exp":1000"#, AtLeast(1029) => Err(FreshnessUnproved), Ok(Unproved);
        r#""exp":1000"#, AtLeast(1030) => Err(Expired), Err(Expired);
        r#""exp":0"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
        r#""exp":18446744073709551600"#, Trusted(MAX - 1) => Ok(Proved), Ok(Proved);
    }
    /// The sums saturate: a large leeway prolongs to the end of time, and never wraps to its beginning.
    exp_with_endless_leeway, Policy::new().leeway(MAX); {
        r#""exp":0"#, Trusted(MAX - 1) => Ok(Proved), Ok(Proved);
        r#""exp":1000"#, Trusted(2000) => Ok(Proved), Ok(Proved);
        r#""exp":18446744073709551615"#, Trusted(2000) => Ok(Proved), Ok(Proved);
        r#""exp":1000"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
    }
    exp_missing, Policy::new(); {
        "", Trusted(0) => Err(MissingExp), Err(MissingExp);
        "", AtLeast(0) => Err(MissingExp), Err(MissingExp);
        "", Unknown => Err(MissingExp), Err(MissingExp);
        r#""nbf":1,"iat":1"#, Trusted(1) => Err(MissingExp), Err(MissingExp);
    }
    exp_allowed_to_be_missing, Policy::new().allow_missing_exp(); {
        "", Trusted(0) => Ok(Proved), Ok(Proved);
        "", AtLeast(0) => Ok(Proved), Ok(Proved);
        "", Unknown => Ok(Proved), Ok(Proved);
        r#""nbf":1000"#, AtLeast(1000) => Ok(Proved), Ok(Proved);
        r#""nbf":1000"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
        r#""iat":1000"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
        // One that is there counts.
        r#""exp":1000"#, Trusted(1000) => Err(Expired), Err(Expired);
        r#""exp":1000"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
        r#""exp":null"#, Trusted(0) => Err(InvalidExp), Err(InvalidExp);
    }
    nbf, Policy::new().allow_missing_exp(); {
        r#""nbf":1000"#, Trusted(999) => Err(NotYetValid), Err(NotYetValid);
        r#""nbf":1000"#, Trusted(1000) => Ok(Proved), Ok(Proved);
        r#""nbf":1000"#, Trusted(MAX) => Ok(Proved), Ok(Proved);
        // The fraction of `nbf` is rounded up: at 1000 the token is not valid yet.
        r#""nbf":1000.01"#, Trusted(1000) => Err(NotYetValid), Err(NotYetValid);
        r#""nbf":1000.01"#, Trusted(1001) => Ok(Proved), Ok(Proved);
        r#""nbf":1000.00"#, Trusted(1000) => Ok(Proved), Ok(Proved);
        r#""nbf":0.5"#, Trusted(0) => Err(NotYetValid), Err(NotYetValid);
        r#""nbf":18446744073709551615.5"#, Trusted(MAX) => Ok(Proved), Ok(Proved);
        r#""nbf":1000"#, AtLeast(999) => Err(FreshnessUnproved), Ok(Unproved);
        r#""nbf":1000"#, AtLeast(1000) => Ok(Proved), Ok(Proved);
        r#""nbf":0"#, Unknown => Ok(Proved), Ok(Proved);
        r#""nbf":1"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
        r#""nbf":18446744073709551615"#, Trusted(MAX - 1) => Err(NotYetValid), Err(NotYetValid);
        r#""nbf":18446744073709551615"#, Trusted(MAX) => Ok(Proved), Ok(Proved);
        r#""nbf":18446744073709551615"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
    }
    nbf_with_leeway, Policy::new().allow_missing_exp().leeway(30); {
        r#""nbf":1000"#, Trusted(969) => Err(NotYetValid), Err(NotYetValid);
        r#""nbf":1000"#, Trusted(970) => Ok(Proved), Ok(Proved);
        r#""nbf":1000"#, AtLeast(969) => Err(FreshnessUnproved), Ok(Unproved);
        r#""nbf":1000"#, AtLeast(970) => Ok(Proved), Ok(Proved);
        r#""nbf":30"#, Unknown => Ok(Proved), Ok(Proved);
        r#""nbf":31"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
        r#""nbf":18446744073709551615"#, Trusted(MAX - 30) => Ok(Proved), Ok(Proved);
        r#""nbf":18446744073709551615"#, Trusted(MAX - 31) => Err(NotYetValid), Err(NotYetValid);
    }
    nbf_with_endless_leeway, Policy::new().allow_missing_exp().leeway(MAX); {
        r#""nbf":18446744073709551615"#, Trusted(0) => Ok(Proved), Ok(Proved);
        r#""nbf":18446744073709551615"#, Trusted(MAX) => Ok(Proved), Ok(Proved);
        r#""nbf":18446744073709551615"#, Unknown => Ok(Proved), Ok(Proved);
    }
    nbf_and_exp, Policy::new(); {
        r#""nbf":1000,"exp":1001"#, Trusted(1000) => Ok(Proved), Ok(Proved);
        r#""nbf":1000,"exp":1001"#, Trusted(999) => Err(NotYetValid), Err(NotYetValid);
        r#""nbf":1000,"exp":1001"#, Trusted(1001) => Err(Expired), Err(Expired);
        r#""nbf":1000,"exp":1001"#, AtLeast(1000) => Err(FreshnessUnproved), Ok(Unproved);
        // Never valid.
        r#""nbf":1000,"exp":1000"#, Trusted(999) => Err(NotYetValid), Err(NotYetValid);
        r#""nbf":1000,"exp":1000"#, Trusted(1000) => Err(Expired), Err(Expired);
        r#""nbf":2000,"exp":1000"#, Trusted(1500) => Err(Expired), Err(Expired);
    }
    iat, Policy::new().allow_missing_exp(); {
        r#""iat":1000"#, Trusted(999) => Err(IssuedInFuture), Err(IssuedInFuture);
        r#""iat":1000"#, Trusted(1000) => Ok(Proved), Ok(Proved);
        r#""iat":1000"#, Trusted(MAX) => Ok(Proved), Ok(Proved);
        r#""iat":1000"#, AtLeast(999) => Err(FreshnessUnproved), Ok(Unproved);
        r#""iat":1000"#, AtLeast(1000) => Ok(Proved), Ok(Proved);
        r#""iat":1000.99"#, Trusted(1000) => Ok(Proved), Ok(Proved);
        r#""iat":0"#, Unknown => Ok(Proved), Ok(Proved);
        r#""iat":1"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
    }
    iat_with_leeway, Policy::new().allow_missing_exp().leeway(30); {
        r#""iat":1000"#, Trusted(969) => Err(IssuedInFuture), Err(IssuedInFuture);
        r#""iat":1000"#, Trusted(970) => Ok(Proved), Ok(Proved);
        r#""iat":1000"#, AtLeast(970) => Ok(Proved), Ok(Proved);
    }
    max_age, Policy::new().allow_missing_exp().max_age(60); {
        "", Trusted(1000) => Err(MissingIat), Err(MissingIat);
        "", Unknown => Err(MissingIat), Err(MissingIat);
        r#""iat":1000"#, Trusted(999) => Err(IssuedInFuture), Err(IssuedInFuture);
        r#""iat":1000"#, Trusted(1000) => Ok(Proved), Ok(Proved);
        r#""iat":1000"#, Trusted(1060) => Ok(Proved), Ok(Proved);
        r#""iat":1000"#, Trusted(1061) => Err(TooOld), Err(TooOld);
        r#""iat":1000"#, AtLeast(1060) => Err(FreshnessUnproved), Ok(Unproved);
        r#""iat":1000"#, AtLeast(1061) => Err(TooOld), Err(TooOld);
        r#""iat":1000"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
        r#""iat":18446744073709551615"#, Trusted(MAX) => Ok(Proved), Ok(Proved);
        r#""iat":0"#, Trusted(MAX) => Err(TooOld), Err(TooOld);
    }
    max_age_with_leeway, Policy::new().allow_missing_exp().max_age(60).leeway(30); {
        r#""iat":1000"#, Trusted(970) => Ok(Proved), Ok(Proved);
        r#""iat":1000"#, Trusted(1090) => Ok(Proved), Ok(Proved);
        r#""iat":1000"#, Trusted(1091) => Err(TooOld), Err(TooOld);
    }
    max_age_of_zero, Policy::new().allow_missing_exp().max_age(0); {
        r#""iat":1000"#, Trusted(1000) => Ok(Proved), Ok(Proved);
        r#""iat":1000"#, Trusted(1001) => Err(TooOld), Err(TooOld);
    }
    max_age_without_end, Policy::new().allow_missing_exp().max_age(MAX).leeway(MAX); {
        "", Trusted(1000) => Err(MissingIat), Err(MissingIat);
        r#""iat":0"#, Trusted(MAX) => Ok(Proved), Ok(Proved);
        r#""iat":18446744073709551615"#, Trusted(0) => Ok(Proved), Ok(Proved);
    }
    max_lifetime, Policy::new().max_lifetime(60); {
        r#""iat":1000,"exp":1060"#, Trusted(1000) => Ok(Proved), Ok(Proved);
        r#""iat":1000,"exp":1061"#, Trusted(1000) => Err(LifetimeTooLong), Err(LifetimeTooLong);
        r#""iat":1000,"exp":1060"#, Unknown => Err(FreshnessUnproved), Ok(Unproved);
        // What an issuer may hand out needs no clock.
        r#""iat":1000,"exp":1061"#, AtLeast(0) => Err(LifetimeTooLong), Err(LifetimeTooLong);
        r#""iat":1000,"exp":1061"#, Unknown => Err(LifetimeTooLong), Err(LifetimeTooLong);
        r#""iat":0,"exp":18446744073709551615"#, Unknown => Err(LifetimeTooLong), Err(LifetimeTooLong);
        r#""iat":1000"#, Trusted(1000) => Err(MissingExp), Err(MissingExp);
        r#""exp":1060"#, Trusted(1000) => Err(MissingIat), Err(MissingIat);
        // nbf is no substitute for iat.
        r#""nbf":1000,"exp":1060"#, Trusted(1000) => Err(MissingIat), Err(MissingIat);
    }
    /// The leeway is for clocks that differ; both moments here are the issuer's.
    max_lifetime_with_leeway, Policy::new().max_lifetime(60).leeway(30); {
        r#""iat":1000,"exp":1060"#, Trusted(1000) => Ok(Proved), Ok(Proved);
        r#""iat":1000,"exp":1061"#, Trusted(1000) => Err(LifetimeTooLong), Err(LifetimeTooLong);
    }
    max_lifetime_with_exp_allowed_to_be_missing, Policy::new().allow_missing_exp().max_lifetime(60); {
        r#""iat":1000"#, Trusted(1000) => Err(MissingExp), Err(MissingExp);
    }
    year_2038, Policy::new(); {
        r#""exp":2147483647"#, Trusted(Y2038 - 1) => Ok(Proved), Ok(Proved);
        r#""exp":2147483647"#, Trusted(Y2038) => Err(Expired), Err(Expired);
        r#""exp":2147483648"#, Trusted(Y2038) => Ok(Proved), Ok(Proved);
        r#""exp":2147483648"#, Trusted(Y2038 + 1) => Err(Expired), Err(Expired);
        r#""exp":4294967295"#, Trusted(0xffff_fffe) => Ok(Proved), Ok(Proved);
        r#""exp":4294967295"#, Trusted(0xffff_ffff) => Err(Expired), Err(Expired);
        r#""exp":4294967296"#, Trusted(0xffff_ffff) => Ok(Proved), Ok(Proved);
        r#""exp":4294967296"#, Trusted(0) => Ok(Proved), Ok(Proved);
        r#""exp":4294967296"#, Trusted(0x1_0000_0000) => Err(Expired), Err(Expired);
        r#""exp":9223372036854775808"#, Trusted(0x7fff_ffff_ffff_ffff) => Ok(Proved), Ok(Proved);
        r#""nbf":2147483648,"exp":4294967296"#, Trusted(Y2038) => Err(NotYetValid), Err(NotYetValid);
        r#""nbf":2147483648,"exp":4294967296"#, Trusted(Y2038 + 1) => Ok(Proved), Ok(Proved);
    }
}

/// A token whose moments contradict each other is valid at none, so that no clock is needed to refuse it.
#[test]
fn contradictions_are_refused_without_a_clock() {
    let lenient = Policy::new().accept_unproved_freshness();
    for (claims, error) in [
        (r#"{"nbf":2000,"exp":1000}"#, NotYetValid),
        (r#"{"nbf":1000,"exp":1000}"#, NotYetValid),
        (r#"{"iat":2000,"exp":1000}"#, IssuedInFuture),
    ] {
        for policy in [Policy::new(), lenient] {
            assert_eq!(check(&policy, AtLeast(0), claims), Err(error));
            assert_eq!(check(&policy, Unknown, claims), Err(error));
            for now in [0, 999, 1000, 1500, 2000, MAX] {
                assert!(check(&policy, Trusted(now), claims).is_err());
            }
        }
    }
    // With leeway there is a moment again: at 1000, by two clocks that differ by one.
    let claims = r#"{"nbf":1001,"exp":1000}"#;
    assert_eq!(check(&lenient.leeway(1), Unknown, claims), Ok(Unproved));
    assert_eq!(check(&lenient, Unknown, claims), Err(NotYetValid));
}

/// What a device without a clock may accept is never called proved.
#[test]
fn freshness_is_reported() {
    let policy = Policy::new().accept_unproved_freshness();
    let claims = r#"{"exp":1000}"#;
    assert_eq!(check(&policy, Trusted(0), claims), Ok(Proved));
    assert_eq!(check(&policy, AtLeast(0), claims), Ok(Unproved));
    assert_eq!(check(&policy, Unknown, claims), Ok(Unproved));
}

/// A clock that shows a time from before the firmware was built is wrong: it proves nothing fresh.
#[test]
fn clocks_that_were_never_set() {
    const BUILT: u64 = 1_790_000_000;
    const IN_FLASH: Time = Time::from_clock(0, BUILT);
    assert_eq!(IN_FLASH, AtLeast(BUILT));
    for (now, time) in [
        (0, AtLeast(BUILT)),
        (86_400, AtLeast(BUILT)),
        (BUILT - 1, AtLeast(BUILT)),
        (BUILT, Trusted(BUILT)),
        (BUILT + 1, Trusted(BUILT + 1)),
        (MAX, Trusted(MAX)),
    ] {
        assert_eq!(Time::from_clock(now, BUILT), time, "{now}");
    }
    // A firmware that does not know when it was built trusts its clock.
    assert_eq!(Time::from_clock(0, 0), Trusted(0));

    let unset = Time::from_clock(17, BUILT);
    let long_expired = r#"{"exp":1000}"#;
    assert_eq!(check(&Policy::new(), Trusted(17), long_expired), Ok(Proved));
    assert_eq!(check(&Policy::new(), unset, long_expired), Err(Expired));
    assert_eq!(
        check(&Policy::new(), unset, r#"{"exp":1790000060}"#),
        Err(FreshnessUnproved)
    );
}

/// What a number is as a date.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Date {
    /// As `exp` and `iat`: without its fraction.
    down: u64,
    /// As `nbf`: the next whole second.
    up: u64,
}

/// What `exp`, `nbf` and `iat` read a number as; a value that is none of these is named after its claim.
fn read(number: &str) -> Option<Date> {
    let payload = format!(r#"{{"exp":{number},"nbf":{number},"iat":{number}}}"#);
    let token = mint(alg(), HEADER, &payload);
    let (keys, mut buffer) = ([alg().key()], vec![0; token.len()]);
    let verified = Compact::parse(&token)
        .unwrap()
        .verify(&keys, &mut buffer)
        .unwrap();
    match verified.claims() {
        Ok(claims) => {
            assert_eq!(claims.exp(), claims.iat());
            Some(Date {
                down: claims.exp()?,
                up: claims.nbf()?,
            })
        }
        Err(InvalidExp) => {
            for (name, error) in [("nbf", InvalidNbf), ("iat", InvalidIat)] {
                let payload = format!(r#"{{"exp":0,"{name}":{number}}}"#);
                assert_eq!(check(&Policy::new(), Unknown, &payload), Err(error));
            }
            None
        }
        Err(other) => panic!("{number}: {other:?}"),
    }
}

#[test]
fn numeric_dates() {
    for (spelling, value) in [
        ("0", Some(0)),
        ("-0", Some(0)),
        ("0.0", Some(0)),
        ("-0.0e0", Some(0)),
        ("1", Some(1)),
        ("1731109279", Some(1_731_109_279)),
        ("1731109279.42", Some(1_731_109_279)),
        ("1731109279.999999999999999999999999", Some(1_731_109_279)),
        ("1e10", Some(10_000_000_000)),
        ("1E+2", Some(100)),
        ("1e-0", Some(1)),
        ("1e+00", Some(1)),
        ("17e8", Some(1_700_000_000)),
        ("1.7e9", Some(1_700_000_000)),
        ("1700000000000e-3", Some(1_700_000_000)),
        ("1731109279.42e1", Some(17_311_092_794)),
        ("1731109279.42e2", Some(173_110_927_942)),
        ("1731109279.42e3", Some(1_731_109_279_420)),
        ("1731109279.42e-9", Some(1)),
        ("1731109279.42e-10", Some(0)),
        ("0.99", Some(0)),
        ("0.1e1", Some(1)),
        ("0.01e1", Some(0)),
        ("0.00000000017e19", Some(1_700_000_000)),
        ("0.5e0", Some(0)),
        ("10e-1", Some(1)),
        ("19e-1", Some(1)),
        // Doubles end at 2^53: these are exact.
        ("9007199254740993", Some(9_007_199_254_740_993)),
        ("18446744073709551614", Some(MAX - 1)),
        ("18446744073709551615", Some(MAX)),
        ("18446744073709551615.9", Some(MAX)),
        ("1.8446744073709551615e19", Some(MAX)),
        ("184467440737095516150e-1", Some(MAX)),
        ("18446744073709551616", None),
        ("1.8446744073709551616e19", None),
        ("18446744073709551620", None),
        ("99999999999999999999", None),
        ("1e19", Some(10_000_000_000_000_000_000)),
        ("1e20", None),
        ("2e19", None),
        ("1e400", None),
        ("1e9223372036854775807", None),
        ("1e9223372036854775808", None),
        ("1e99999999999999999999", None),
        ("1e+99999999999999999999", None),
        ("1e-400", Some(0)),
        // At once: no zero is counted.
        ("0e2147483647", Some(0)),
        ("1e-9223372036854775808", Some(0)),
        ("1e-9223372036854775809", Some(0)),
        ("1e-99999999999999999999", Some(0)),
        ("0e99999999999", Some(0)),
        ("0e99999999999999999999", Some(0)),
        ("0.000e99999999999999999999", Some(0)),
        ("-0e99999999999999999999", Some(0)),
        ("-1", None),
        ("-0.5", None),
        ("-1e-400", None),
        ("-0.1e1", None),
        ("-1731109279", None),
        ("-18446744073709551616", None),
        ("1e000000000000000000000000000001", Some(10)),
        ("1e-00000000000000000000000000001", Some(0)),
    ] {
        assert_eq!(read(spelling).map(|date| date.down), value, "{spelling}");
    }
}

/// The fraction of `nbf` is rounded up, whatever its spelling: what is left of the point once the exponent has moved it
/// counts, and so does the smallest part of a second.
#[test]
fn fractions_of_nbf() {
    for (spelling, value) in [
        ("0", 0),
        ("-0", 0),
        ("-0.0", 0),
        ("-0.0e-5", 0),
        ("0.0", 0),
        ("0e-400", 0),
        ("0.1", 1),
        ("0.99", 1),
        ("1e-400", 1),
        ("1e-99999999999999999999", 1),
        ("50", 50),
        ("50.0", 50),
        ("50.9", 51),
        ("50.09", 51),
        ("5.09e1", 51),
        ("5.00e1", 50),
        ("5.0e1", 50),
        ("500e-1", 50),
        ("501e-1", 51),
        ("5000e-2", 50),
        ("5001e-2", 51),
        ("50000000001e-9", 51),
        ("0.509e2", 51),
        ("0.50e2", 50),
        ("0.500000001e2", 51),
        ("1731109279.42", 1_731_109_280),
        ("1731109279.000", 1_731_109_279),
        ("1731109279.42e2", 173_110_927_942),
        ("18446744073709551614.5", MAX),
        ("18446744073709551615.0", MAX),
        // There is no later second to round up to.
        ("18446744073709551615.5", MAX),
        ("184467440737095516155e-1", MAX),
    ] {
        assert_eq!(
            read(spelling).map(|date| date.up),
            Some(value),
            "{spelling}"
        );
    }
    // Rounding up makes no date of what is none.
    for spelling in ["-0.5", "-0.1", "-1e-400", "18446744073709551616.0", "1e20"] {
        assert_eq!(read(spelling), None, "{spelling}");
    }
}

/// As long as a token can be.
#[test]
fn long_numeric_dates() {
    let zeros = "0".repeat(1500);
    for (spelling, value) in [
        (format!("1{zeros}e-1500"), Some(1)),
        (format!("17{zeros}.{zeros}e-1492"), Some(1_700_000_000)),
        (format!("0.{zeros}17e1510"), Some(1_700_000_000)),
        (format!("1.{zeros}1"), Some(1)),
        (format!("1.{zeros}0"), Some(1)),
        (format!("1{zeros}"), None),
        (format!("1{zeros}e-1480"), None),
        (format!("1{zeros}e-1481"), Some(10_000_000_000_000_000_000)),
        (format!("0.{zeros}"), Some(0)),
        (format!("1e{zeros}2"), Some(100)),
        (format!("1e{}", "9".repeat(1500)), None),
        (format!("1e-{}", "9".repeat(1500)), Some(0)),
    ] {
        assert_eq!(
            read(&spelling).map(|date| date.down),
            value,
            "{}...",
            &spelling[..8]
        );
    }
}

/// A number as a date by moving the point in its text.
fn model(negative: bool, whole: &str, fraction: &str, exponent: i32) -> Option<Date> {
    let digits = format!("{whole}{fraction}");
    if digits.bytes().all(|digit| digit == b'0') {
        return Some(Date { down: 0, up: 0 });
    }
    if negative {
        return None;
    }
    let point = i32::try_from(whole.len()).unwrap() + exponent;
    let point = usize::try_from(point).unwrap_or(0);
    let before: String = (0..point)
        .map(|at| digits.as_bytes().get(at).copied().unwrap_or(b'0'))
        .map(char::from)
        .collect();
    let before = before.trim_start_matches('0');
    let down: u64 = if before.is_empty() {
        0
    } else {
        before.parse().ok()?
    };
    let behind = digits.bytes().skip(point);
    let is_whole = behind.into_iter().all(|digit| digit == b'0');
    let up = if is_whole {
        down
    } else {
        down.saturating_add(1)
    };
    Some(Date { down, up })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(feature = "hs256") { 2048 } else { 128 }))]

    #[test]
    fn any_numeric_date(
        negative in prop::bool::weighted(0.1),
        whole in "0|[1-9][0-9]{0,24}",
        fraction in prop::option::of("[0-9]{1,24}"),
        exponent in prop::option::of((-40i32..40, "[eE]", any::<bool>())),
    ) {
        let mut text = if negative { "-".to_owned() } else { String::new() };
        text += &whole;
        if let Some(fraction) = &fraction {
            text += ".";
            text += fraction;
        }
        if let Some((exponent, e, sign)) = &exponent {
            text += e;
            text += if *sign && *exponent >= 0 { "+" } else { "" };
            text += &exponent.to_string();
        }
        let exponent = exponent.map_or(0, |(exponent, ..)| exponent);
        let fraction = fraction.unwrap_or_default();
        prop_assert_eq!(read(&text), model(negative, &whole, &fraction, exponent), "{}", text);
    }

    /// Every sum saturates: no two numbers make a check that fails pass.
    #[test]
    fn leeway_only_widens(exp: u64, nbf: u64, iat: u64, now: u64, leeway: u64, more: u64, max_age: u64) {
        let payload = format!(r#"{{"exp":{exp},"nbf":{nbf},"iat":{iat}}}"#);
        let policy = Policy::new().max_age(max_age);
        let narrow = check(&policy.leeway(leeway), Trusted(now), &payload);
        let wide = check(&policy.leeway(leeway.saturating_add(more)), Trusted(now), &payload);
        prop_assert!(narrow.is_err() || wide.is_ok(), "{:?} {:?}", narrow, wide);
    }
}
