//! A policy of C means what the core's policy means, and a policy set to zero is the core's default.

use core::ptr;

use embedded_jwt::Error;
use embedded_jwt_c::{
    policy::{
        EJWT_POLICY_ACCEPT_UNPROVED_FRESHNESS, EJWT_POLICY_ACCEPT_UNPROVED_POSSESSION,
        EJWT_POLICY_ACCESS_TOKEN, EJWT_POLICY_ALLOW_MISSING_EXP, EJWT_POLICY_IGNORE_AUDIENCE,
        ejwt_policy,
    },
    verifier::{
        EJWT_TIME_AT_LEAST, EJWT_TIME_TRUSTED, EJWT_TIME_UNKNOWN, EJWT_VERIFIER_REQUIRE_KID,
        ejwt_time, ejwt_token_is_fresh, ejwt_token_key,
    },
};

use crate::{
    core_common::{Alg, NOW, SECRET, mint},
    support::{TRUSTED, hs256_key, in_place, keys, verifier, zeroed},
};

const HEADER: &str = r#"{"alg":"<alg>","typ":"at+jwt"}"#;
const CLAIMS: &str = r#"{"exp":1790000060,"iat":1789999990,"iss":"a","sub":"s","aud":["x","y"],
    "scope":"r w","scp":"z","client_id":"c","jti":"1"}"#;

fn verdict(policy: &ejwt_policy, claims: &str) -> Result<(), u32> {
    verdict_at(policy, claims, TRUSTED)
}

fn verdict_at(policy: &ejwt_policy, claims: &str, time: ejwt_time) -> Result<(), u32> {
    let keys = keys();
    let mut token = mint(Alg::Hs256, HEADER, claims);
    in_place(&verifier(&keys, policy), time, &mut token).map(|_| ())
}

fn refused(error: Error) -> Result<(), u32> {
    Err(error.code().into())
}

/// Each setting alone, once as the token has it and once as it does not.
#[test]
fn each_setting_is_required() {
    let aud = |policy: ejwt_policy| ejwt_policy {
        audience: c"y".as_ptr(),
        ..policy
    };
    let names = [c"q".as_ptr(), c"y".as_ptr()];
    let others = [c"q".as_ptr()];
    let claim = [c"client_id".as_ptr()];
    let missing = [c"client_id".as_ptr(), c"nonce".as_ptr()];
    let rows: Vec<(&str, ejwt_policy, Result<(), u32>)> = vec![
        ("zero", zeroed(), refused(Error::UnexpectedAud)),
        ("audience", aud(zeroed()), Ok(())),
        (
            "another audience",
            ejwt_policy {
                audience: c"q".as_ptr(),
                ..zeroed()
            },
            refused(Error::AudMismatch),
        ),
        (
            "audiences",
            ejwt_policy {
                audiences: names.as_ptr(),
                audiences_len: 2,
                ..zeroed()
            },
            Ok(()),
        ),
        (
            "other audiences",
            ejwt_policy {
                audiences: others.as_ptr(),
                audiences_len: 1,
                ..zeroed()
            },
            refused(Error::AudMismatch),
        ),
        (
            "an empty list of audiences",
            ejwt_policy {
                audiences: names.as_ptr(),
                ..zeroed()
            },
            refused(Error::AudMismatch),
        ),
        (
            "ignore audience",
            ejwt_policy {
                flags: EJWT_POLICY_IGNORE_AUDIENCE,
                ..zeroed()
            },
            Ok(()),
        ),
        (
            "issuer",
            aud(ejwt_policy {
                issuer: c"a".as_ptr(),
                ..zeroed()
            }),
            Ok(()),
        ),
        (
            "another issuer",
            aud(ejwt_policy {
                issuer: c"b".as_ptr(),
                ..zeroed()
            }),
            refused(Error::IssMismatch),
        ),
        (
            "issuers, with a key that is bound to none",
            aud(ejwt_policy {
                issuers: names.as_ptr(),
                issuers_len: 2,
                ..zeroed()
            }),
            refused(Error::KeyIssuerUnbound),
        ),
        (
            "subject",
            aud(ejwt_policy {
                subject: c"s".as_ptr(),
                ..zeroed()
            }),
            Ok(()),
        ),
        (
            "another subject",
            aud(ejwt_policy {
                subject: c"t".as_ptr(),
                ..zeroed()
            }),
            refused(Error::SubMismatch),
        ),
        (
            "typ",
            aud(ejwt_policy {
                typ: c"AT+JWT".as_ptr(),
                ..zeroed()
            }),
            Ok(()),
        ),
        (
            "another typ",
            aud(ejwt_policy {
                typ: c"JWT".as_ptr(),
                ..zeroed()
            }),
            refused(Error::TypMismatch),
        ),
        (
            "required claim",
            aud(ejwt_policy {
                required_claims: claim.as_ptr(),
                required_claims_len: 1,
                ..zeroed()
            }),
            Ok(()),
        ),
        (
            "required claim that is missing",
            aud(ejwt_policy {
                required_claims: missing.as_ptr(),
                required_claims_len: 2,
                ..zeroed()
            }),
            refused(Error::MissingClaim { index: 1 }),
        ),
        (
            "scope",
            aud(ejwt_policy {
                scope: c"w".as_ptr(),
                ..zeroed()
            }),
            Ok(()),
        ),
        (
            "another scope",
            aud(ejwt_policy {
                scope: c"z".as_ptr(),
                ..zeroed()
            }),
            refused(Error::InsufficientScope),
        ),
        (
            "scope in another claim",
            aud(ejwt_policy {
                scope: c"z".as_ptr(),
                scope_claim: c"scp".as_ptr(),
                ..zeroed()
            }),
            Ok(()),
        ),
        (
            "age",
            aud(ejwt_policy {
                max_age: 10,
                ..zeroed()
            }),
            Ok(()),
        ),
        (
            "too old",
            aud(ejwt_policy {
                max_age: 9,
                ..zeroed()
            }),
            refused(Error::TooOld),
        ),
        (
            "too old, with leeway",
            aud(ejwt_policy {
                max_age: 9,
                leeway: 1,
                ..zeroed()
            }),
            Ok(()),
        ),
        (
            "lifetime",
            aud(ejwt_policy {
                max_lifetime: 70,
                ..zeroed()
            }),
            Ok(()),
        ),
        (
            "lifetime too long",
            aud(ejwt_policy {
                max_lifetime: 69,
                ..zeroed()
            }),
            refused(Error::LifetimeTooLong),
        ),
        (
            "access token",
            aud(ejwt_policy {
                issuer: c"a".as_ptr(),
                flags: EJWT_POLICY_ACCESS_TOKEN,
                ..zeroed()
            }),
            Ok(()),
        ),
        (
            "access token of another issuer",
            aud(ejwt_policy {
                issuer: c"".as_ptr(),
                flags: EJWT_POLICY_ACCESS_TOKEN,
                ..zeroed()
            }),
            refused(Error::IssMismatch),
        ),
    ];
    for (name, policy, expected) in rows {
        assert_eq!(verdict(&policy, CLAIMS), expected, "{name}");
    }
}

#[test]
fn zero_is_the_strict_policy() {
    let zero: ejwt_policy = zeroed();
    let rows = [
        (r#"{"exp":1790000060}"#, Ok(())),
        ("{}", refused(Error::MissingExp)),
        (
            r#"{"exp":1790000060,"aud":"x"}"#,
            refused(Error::UnexpectedAud),
        ),
        (r#"{"exp":1790000000}"#, refused(Error::Expired)),
        (
            r#"{"exp":1790000060,"iat":1790000001}"#,
            refused(Error::IssuedInFuture),
        ),
        (
            r#"{"exp":1790000060,"nbf":1790000001}"#,
            refused(Error::NotYetValid),
        ),
        (
            r#"{"exp":1790000060,"cnf":{"jkt":"x"}}"#,
            refused(Error::PossessionUnproved),
        ),
    ];
    for (claims, expected) in rows {
        assert_eq!(verdict(&zero, claims), expected, "{claims}");
    }
    let unknown: ejwt_time = zeroed();
    assert_eq!(unknown.kind, EJWT_TIME_UNKNOWN);
    let claims = r#"{"exp":1790000060}"#;
    assert_eq!(
        verdict_at(&zero, claims, unknown),
        refused(Error::FreshnessUnproved)
    );
}

#[test]
fn a_flag_accepts_what_it_says() {
    let rows = [
        ("{}", EJWT_POLICY_ALLOW_MISSING_EXP),
        (
            r#"{"exp":1790000060,"aud":"x"}"#,
            EJWT_POLICY_IGNORE_AUDIENCE,
        ),
        (
            r#"{"exp":1790000060,"cnf":{"jkt":"x"}}"#,
            EJWT_POLICY_ACCEPT_UNPROVED_POSSESSION,
        ),
    ];
    for (claims, flags) in rows {
        assert_eq!(
            verdict(&ejwt_policy { flags, ..zeroed() }, claims),
            Ok(()),
            "{claims}"
        );
    }
}

#[test]
fn time_is_what_the_core_makes_of_it() {
    let accepting = ejwt_policy {
        flags: EJWT_POLICY_ACCEPT_UNPROVED_FRESHNESS,
        ..zeroed()
    };
    let keys = keys();
    for (kind, seconds, is_fresh) in [
        (EJWT_TIME_TRUSTED, NOW, true),
        (EJWT_TIME_AT_LEAST, NOW, false),
        (EJWT_TIME_UNKNOWN, u64::MAX, false),
    ] {
        let mut bytes = mint(Alg::Hs256, HEADER, r#"{"exp":1790000060}"#);
        let time = ejwt_time { kind, seconds };
        let token = in_place(&verifier(&keys, &accepting), time, &mut bytes).unwrap();
        assert_eq!(unsafe { ejwt_token_is_fresh(&raw const token) }, is_fresh);
    }
    let expired = ejwt_time {
        kind: EJWT_TIME_AT_LEAST,
        seconds: 1_790_000_060,
    };
    let claims = r#"{"exp":1790000060}"#;
    assert_eq!(
        verdict_at(&accepting, claims, expired),
        refused(Error::Expired)
    );
    assert!(!unsafe { ejwt_token_is_fresh(ptr::null()) });
}

#[test]
fn a_kid_and_an_issuer_bind_a_key() {
    let mut two = [
        hs256_key(b"another secret that has 32 bytes", Some(c"1")),
        hs256_key(&SECRET, Some(c"2")),
    ];
    two[1].issuer = c"a".as_ptr();
    let issuers = [c"a".as_ptr(), c"b".as_ptr()];
    let policy = ejwt_policy {
        issuers: issuers.as_ptr(),
        issuers_len: 2,
        ..zeroed()
    };
    let judge = |kid: &str, iss: &str| {
        let header = format!(r#"{{"alg":"<alg>"{kid}}}"#);
        let claims = format!(r#"{{"exp":1790000060,"iss":"{iss}"}}"#);
        let mut bytes = mint(Alg::Hs256, header, claims);
        let mut strict = verifier(&two, &policy);
        strict.flags = EJWT_VERIFIER_REQUIRE_KID;
        in_place(&strict, TRUSTED, &mut bytes).map(|token| {
            let mut index = 0;
            assert_eq!(
                unsafe { ejwt_token_key(&raw const token, &raw mut index) },
                0
            );
            index
        })
    };
    let code = |error: Error| u32::from(error.code());
    assert_eq!(judge(r#","kid":"2""#, "a"), Ok(1));
    assert_eq!(
        judge(r#","kid":"2""#, "b"),
        Err(code(Error::KeyIssuerMismatch))
    );
    assert_eq!(
        judge(r#","kid":"1""#, "a"),
        Err(code(Error::InvalidSignature))
    );
    assert_eq!(judge(r#","kid":"3""#, "a"), Err(code(Error::KeyNotFound)));
    assert_eq!(judge("", "a"), Err(code(Error::MissingKid)));
}
