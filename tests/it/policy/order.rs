//! The order of the checks: of two defects the earlier one is told.

use embedded_jwt::{Error, Error::*, Freshness, Policy, Time};

use super::check_at;
use crate::common::{self, HEADER, NOW, alg, join, mint, signing_input, verify};

/// Every defect that a policy can find, in the documented order: name, the member that has it, its value (`None`
/// leaves the member out) and its error.
const DEFECTS: &[(&str, Option<&str>, Error)] = &[
    ("typ", None, MissingTyp),
    ("typ", Some(r#""JWT""#), TypMismatch),
    ("iss", None, MissingIss),
    ("iss", Some(r#""other""#), IssMismatch),
    ("sub", None, MissingSub),
    ("sub", Some(r#""other""#), SubMismatch),
    ("aud", None, MissingAud),
    ("aud", Some(r#""other""#), AudMismatch),
    ("exp", None, MissingExp),
    ("exp", Some("1790000000"), Expired),
    ("nbf", Some("1790000001"), NotYetValid),
    ("iat", None, MissingIat),
    ("iat", Some("1790000001"), IssuedInFuture),
    ("iat", Some("1789999899"), TooOld),
    ("exp", Some("1790001000"), LifetimeTooLong),
    ("jti", None, MissingClaim { index: 0 }),
    ("scope", Some(r#""""#), InvalidScope),
    ("scope", None, MissingScope),
    ("scope", Some(r#""b""#), InsufficientScope),
];
/// A token with none of them.
const WHOLE: &[(&str, &str)] = &[
    ("typ", r#""at+jwt""#),
    ("iss", r#""issuer""#),
    ("sub", r#""subject""#),
    ("aud", r#""audience""#),
    ("exp", "1790000060"),
    ("nbf", "1789999990"),
    ("iat", "1789999990"),
    ("jti", r#""1""#),
    ("scope", r#""a b""#),
];
const STRICT: Policy<'static> = Policy::new()
    .typ("at+jwt")
    .issuer("issuer")
    .subject("subject")
    .audience("audience")
    .max_age(100)
    .max_lifetime(600)
    .require_claims(&["jti"])
    .scope("a");

/// Header and payload of the whole token, with these defects.
fn defective(defects: &[&(&str, Option<&str>, Error)]) -> (String, String) {
    let member = |(name, value): &(&str, &str)| {
        let value = match defects.iter().find(|(defect, ..)| defect == name) {
            Some((_, value, _)) => *value,
            None => Some(*value),
        };
        value.map(|value| format!(r#""{name}":{value}"#))
    };
    let (typ, claims) = WHOLE.split_first().unwrap();
    let header: Vec<String> = [Some(r#""alg":"<alg>""#.to_owned()), member(typ)]
        .into_iter()
        .flatten()
        .collect();
    let claims: Vec<String> = claims.iter().filter_map(member).collect();
    (
        format!("{{{}}}", header.join(",")),
        format!("{{{}}}", claims.join(",")),
    )
}

fn strict(defects: &[&(&str, Option<&str>, Error)], time: Time) -> Result<Freshness, Error> {
    let (header, payload) = defective(defects);
    check_at(&STRICT, time, &header, &payload)
}

#[test]
fn no_defect() {
    assert_eq!(strict(&[], Time::Trusted(NOW)), Ok(Freshness::Proved));
}

#[test]
fn one_defect() {
    for defect in DEFECTS {
        assert_eq!(strict(&[defect], Time::Trusted(NOW)), Err(defect.2));
    }
}

#[test]
fn of_two_defects_the_earlier_is_told() {
    for (at, first) in DEFECTS.iter().enumerate() {
        for second in DEFECTS[at..].iter().filter(|second| second.0 != first.0) {
            for pair in [[first, second], [second, first]] {
                assert_eq!(
                    strict(&pair, Time::Trusted(NOW)),
                    Err(first.2),
                    "and {:?}",
                    second.2
                );
            }
        }
    }
}

/// That the time is not known is told last, and a defect that does not depend on it all the same.
#[test]
fn unproved_freshness_is_told_last() {
    assert_eq!(strict(&[], Time::AtLeast(NOW)), Err(FreshnessUnproved));
    for defect in DEFECTS {
        let at_least = strict(&[defect], Time::AtLeast(NOW));
        let depends_on_time = matches!(defect.2, NotYetValid | IssuedInFuture);
        let expected = if depends_on_time {
            FreshnessUnproved
        } else {
            defect.2
        };
        assert_eq!(at_least, Err(expected));
        let unknown = strict(&[defect], Time::Unknown);
        let depends_on_time = depends_on_time || matches!(defect.2, Expired | TooOld);
        let expected = if depends_on_time {
            FreshnessUnproved
        } else {
            defect.2
        };
        assert_eq!(unknown, Err(expected));
    }
}

/// Signature, then the form of the claims, then the policy.
#[test]
fn policy_comes_last() {
    let claims = r#"{"exp":1,"iss":"other","jti":null}"#;
    let policy = Policy::new().typ("x").issuer("issuer");
    let key = [alg().key()];
    let verdict = |token: &[u8]| verify(&key, &policy, Time::Trusted(NOW), token).map(|_| ());
    assert_eq!(verdict(&mint(alg(), HEADER, claims)), Err(InvalidJti));
    assert_eq!(
        verdict(&common::forge(alg(), HEADER, claims)),
        Err(InvalidSignature)
    );
    let input = signing_input(alg(), r#"{"alg":"<alg>","typ":1}"#, claims);
    assert_eq!(verdict(&join(&input, [0; 64])), Err(InvalidTyp));
}
