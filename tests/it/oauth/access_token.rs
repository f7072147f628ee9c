//! RFC 9068.

use embedded_jwt::{Error, Error::*, Policy, Time, oauth::AccessToken};

use super::read;
use crate::common::{HEADER, NOW, alg, mint, verify};

const POLICY: Policy<'static> = Policy::access_token("https://auth.example", "https://rs.example");
const AT: &str = r#"{"typ":"at+jwt","alg":"<alg>"}"#;
/// The required claims, in the order of RFC 9068 section 2.2.
const REQUIRED: [(&str, &str); 7] = [
    ("iss", r#""https://auth.example""#),
    ("exp", "1790000060"),
    ("aud", r#""https://rs.example""#),
    ("sub", r#""5ba552d67""#),
    ("client_id", r#""s6BhdRkqt3""#),
    ("iat", "1789999990"),
    ("jti", r#""dbe39bf3""#),
];

/// A whole payload, but that this claim has this value, or is not there.
fn payload(claim: &str, value: Option<&str>) -> String {
    let others = REQUIRED.iter().filter(|(name, _)| *name != claim);
    let members = others
        .copied()
        .chain(value.map(|value| (claim, value)))
        .map(|(name, value)| format!(r#""{name}":{value}"#));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn check(policy: &Policy<'_>, header: &str, payload: &str) -> Result<(), Error> {
    let token = mint(alg(), header, payload);
    verify(&[alg().key()], policy, Time::Trusted(NOW), &token).map(|_| ())
}

/// A token that is bound to a key is no bearer token (RFC 9449 section 7.2), whatever is in `cnf`.
#[test]
fn bound_to_a_key() {
    for cnf in [
        r#"{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}"#,
        "{}",
        "null",
        "1",
    ] {
        let payload = payload("cnf", Some(cnf));
        assert_eq!(check(&POLICY, AT, &payload), Err(PossessionUnproved));
        assert_eq!(
            check(&POLICY.accept_unproved_possession(), AT, &payload),
            Ok(())
        );
        let plain = Policy::new().audience("https://rs.example");
        assert_eq!(check(&plain, AT, &payload), Err(PossessionUnproved));
        let unproved = plain.accept_unproved_possession();
        assert_eq!(check(&unproved, AT, &payload), Ok(()));
    }
    // It opens nothing else.
    let payload = payload("client_id", None);
    let policy = POLICY.accept_unproved_possession();
    assert_eq!(check(&policy, AT, &payload), Err(MissingClientId));
    let policy = Policy::new()
        .audience("https://rs.example")
        .accept_unproved_possession();
    assert_eq!(check(&policy, AT, &payload), Ok(()));
}

/// RFC 9068 section 3.
const RFC_HEADER: &str = r#"{"typ":"at+JWT","alg":"<alg>","kid":"RjEwOwOA"}"#;
const RFC_CLAIMS: &str = r#"{
    "iss": "https://authorization-server.example.com/",
    "sub": "5ba552d67",
    "aud":   "https://rs.example.com/",
    "exp": 1639528912,
    "iat": 1618354090,
    "jti" : "dbe39bf3a3ba4238a513f51d6e1691c4",
    "client_id": "s6BhdRkqt3",
    "scope": "openid profile reademail"
}"#;
const RFC_POLICY: Policy<'static> = Policy::access_token(
    "https://authorization-server.example.com/",
    "https://rs.example.com/",
);

#[test]
fn example_of_rfc_9068() {
    read(
        &RFC_POLICY,
        1_618_354_090,
        RFC_HEADER,
        RFC_CLAIMS,
        |token| {
            let access = token.access_token().unwrap();
            assert!(access.client_id() == "s6BhdRkqt3");
            assert!(access.sub() == "5ba552d67");
            assert!(access.jti() == "dbe39bf3a3ba4238a513f51d6e1691c4");
            let scopes: Vec<&str> = access.scope().unwrap().iter().collect();
            assert_eq!(scopes, ["openid", "profile", "reademail"]);
            assert_eq!(access.auth_time(), Ok(None));
            assert_eq!(access.acr(), Ok(None));
            assert_eq!(access.amr().unwrap().count(), 0);
            assert_eq!(access.roles().unwrap().count(), 0);
            assert_eq!(access.groups().unwrap().count(), 0);
            assert_eq!(access.entitlements().unwrap().count(), 0);
        },
    )
    .unwrap();
}

#[test]
fn example_of_rfc_9068_for_others() {
    let verdict = |policy: &Policy<'_>, now| read(policy, now, RFC_HEADER, RFC_CLAIMS, |_| ());
    let now = 1_618_354_090;
    let auth = "https://authorization-server.example.com/";
    let rs = "https://rs.example.com/";
    assert_eq!(verdict(&RFC_POLICY, 1_639_528_912), Err(Expired));
    assert_eq!(verdict(&RFC_POLICY, now - 1), Err(IssuedInFuture));
    assert_eq!(
        verdict(&Policy::access_token(rs, rs), now),
        Err(IssMismatch)
    );
    assert_eq!(
        verdict(&Policy::access_token(auth, auth), now),
        Err(AudMismatch)
    );
    assert_eq!(verdict(&RFC_POLICY.scope("profile openid"), now), Ok(()));
    assert_eq!(
        verdict(&RFC_POLICY.scope("email"), now),
        Err(InsufficientScope)
    );
}

#[test]
fn required_claims() {
    assert_eq!(check(&POLICY, AT, &payload("", None)), Ok(()));
    for (claim, missing, invalid, empty) in [
        ("iss", MissingIss, InvalidIss, IssMismatch),
        ("exp", MissingExp, InvalidExp, InvalidExp),
        ("aud", MissingAud, InvalidAud, AudMismatch),
        ("sub", MissingSub, InvalidSub, InvalidSub),
        (
            "client_id",
            MissingClientId,
            InvalidClientId,
            InvalidClientId,
        ),
        ("iat", MissingIat, InvalidIat, InvalidIat),
        ("jti", MissingJti, InvalidJti, InvalidJti),
    ] {
        let verdict = |value| check(&POLICY, AT, &payload(claim, value));
        assert_eq!(verdict(None), Err(missing), "{claim} missing");
        assert_eq!(verdict(Some(r#""""#)), Err(empty), "{claim} empty");
        for wrong in [
            "null",
            "true",
            "false",
            "{}",
            r#"{"x":1}"#,
            "[1]",
            "[null]",
            "-1",
        ] {
            assert_eq!(verdict(Some(wrong)), Err(invalid), "{claim} {wrong}");
        }
        // Elsewhere it is no claim of the token's.
        let nested = format!(r#"{{"{claim}":"x"}}"#);
        let elsewhere = payload(claim, None).replacen('{', &format!(r#"{{"act":{nested},"#), 1);
        assert_eq!(
            check(&POLICY, AT, &elsewhere),
            Err(missing),
            "{claim} elsewhere"
        );
        // What else the policy is told does not make it optional.
        let lax = POLICY.allow_missing_exp().ignore_audience().typ("JWT");
        let verdict = check(
            &lax,
            r#"{"typ":"JWT","alg":"<alg>"}"#,
            &payload(claim, None),
        );
        assert_eq!(verdict, Err(missing), "{claim} missing for a lax policy");
    }
    for client in [r#"["s6BhdRkqt3"]"#, "7"] {
        let payload = payload("client_id", Some(client));
        assert_eq!(
            check(&POLICY, AT, &payload),
            Err(InvalidClientId),
            "{client}"
        );
    }
    let list = payload(
        "aud",
        Some(r#"["https://other.example","https://rs.example"]"#),
    );
    assert_eq!(check(&POLICY, AT, &list), Ok(()));
}

#[test]
fn types() {
    for (typ, verdict) in [
        (r#""typ":"at+jwt","#, Ok(())),
        (r#""typ":"application/at+jwt","#, Ok(())),
        (r#""typ":"at+JWT","#, Ok(())),
        ("", Err(MissingTyp)),
        (r#""typ":null,"#, Err(InvalidTyp)),
        (r#""typ":1,"#, Err(InvalidTyp)),
        (r#""typ":"","#, Err(TypMismatch)),
        (r#""typ":"JWT","#, Err(TypMismatch)),
        (r#""typ":"dpop+jwt","#, Err(TypMismatch)),
    ] {
        let header = format!(r#"{{{typ}"alg":"<alg>"}}"#);
        assert_eq!(
            check(&POLICY, &header, &payload("", None)),
            verdict,
            "{typ}"
        );
    }
}

/// The claims of an access token are there before what the caller asks for besides.
#[test]
fn order() {
    let policy = POLICY.require_claims(&["seq"]).scope("a");
    assert_eq!(check(&policy, AT, &payload("jti", None)), Err(MissingJti));
    assert_eq!(
        check(&policy, AT, &payload("", None)),
        Err(MissingClaim { index: 0 })
    );
    assert_eq!(
        check(&policy, AT, &payload("seq", Some("1"))),
        Err(MissingScope)
    );
    assert_eq!(check(&POLICY, HEADER, "{}"), Err(MissingTyp));
}

/// Of a token that was judged by another policy.
#[test]
fn view_without_the_policy() {
    let view = |claim: &str, value: Option<&str>| {
        let policy = Policy::new().allow_missing_exp().ignore_audience();
        let payload = payload(claim, value);
        read(&policy, NOW, HEADER, &payload, |token| {
            assert_eq!(token.access_token(), AccessToken::new(token.claims()));
            token.access_token().map(|_| ())
        })
        .unwrap()
    };
    assert_eq!(view("", None), Ok(()));
    assert_eq!(view("iss", None), Err(MissingIss));
    assert_eq!(view("exp", None), Err(MissingExp));
    assert_eq!(view("aud", None), Err(MissingAud));
    assert_eq!(view("sub", None), Err(MissingSub));
    assert_eq!(view("sub", Some(r#""""#)), Err(InvalidSub));
    assert_eq!(view("client_id", None), Err(MissingClientId));
    assert_eq!(view("client_id", Some("null")), Err(InvalidClientId));
    assert_eq!(view("iat", None), Err(MissingIat));
    assert_eq!(view("jti", None), Err(MissingJti));
    assert_eq!(view("jti", Some(r#""""#)), Err(InvalidJti));
}

/// What a claim says, as text, by the accessor of its name.
fn optional(claim: &str, value: Option<&str>) -> Result<String, Error> {
    let payload = payload(claim, value);
    read(&POLICY, NOW, AT, &payload, |token| {
        let access = token.access_token()?;
        let names: Vec<String> = match claim {
            "auth_time" => return Ok(format!("{:?}", access.auth_time()?)),
            "acr" => return Ok(format!("{:?}", access.acr()?)),
            "amr" => access.amr()?.map(|name| name.as_str().to_owned()).collect(),
            "roles" => access
                .roles()?
                .map(|name| name.as_str().to_owned())
                .collect(),
            "groups" => access
                .groups()?
                .map(|name| name.as_str().to_owned())
                .collect(),
            _ => access
                .entitlements()?
                .map(|name| name.as_str().to_owned())
                .collect(),
        };
        Ok(names.join("|"))
    })
    .unwrap()
}

#[test]
fn optional_claims() {
    for (claim, value, expected) in [
        ("auth_time", None, Ok("None")),
        ("auth_time", Some("1618354090"), Ok("Some(1618354090)")),
        ("auth_time", Some("1618354090.5"), Ok("Some(1618354090)")),
        ("auth_time", Some("null"), Err(InvalidAuthTime)),
        ("auth_time", Some(r#""1618354090""#), Err(InvalidAuthTime)),
        ("auth_time", Some("-1"), Err(InvalidAuthTime)),
        ("acr", None, Ok("None")),
        (
            "acr",
            Some(r#""urn:mace:incommon:iap:silver""#),
            Ok(r#"Some("urn:mace:incommon:iap:silver")"#),
        ),
        ("acr", Some("null"), Err(InvalidAcr)),
        ("acr", Some("1"), Err(InvalidAcr)),
        ("acr", Some(r#"["1"]"#), Err(InvalidAcr)),
        ("amr", None, Ok("")),
        ("amr", Some("[]"), Ok("")),
        ("amr", Some(r#"["pwd","otp"]"#), Ok("pwd|otp")),
        ("amr", Some(r#"["a\"b\\"]"#), Ok(r#"a"b\"#)),
        ("amr", Some("null"), Err(InvalidAmr)),
        ("amr", Some(r#""pwd""#), Err(InvalidAmr)),
        ("amr", Some(r#"["pwd",1]"#), Err(InvalidAmr)),
        ("amr", Some(r#"["pwd",null]"#), Err(InvalidAmr)),
        ("amr", Some(r#"[{"value":"pwd"}]"#), Err(InvalidAmr)),
    ] {
        assert_eq!(
            optional(claim, value).as_deref(),
            expected.as_ref().copied(),
            "{claim} {value:?}"
        );
    }
    for claim in ["roles", "groups", "entitlements"] {
        for (value, expected) in [
            (None, Ok("")),
            (Some("[]"), Ok("")),
            (Some(r#"["admin","a b"]"#), Ok("admin|a b")),
            (
                Some(r#"[{"value":"admin","primary":true},"guest"]"#),
                Ok("admin|guest"),
            ),
            (Some("null"), Err(InvalidEntitlements)),
            (Some(r#""admin""#), Err(InvalidEntitlements)),
            (Some(r#"{"value":"admin"}"#), Err(InvalidEntitlements)),
            (Some(r#"["admin",1]"#), Err(InvalidEntitlements)),
            (Some(r#"["admin",null]"#), Err(InvalidEntitlements)),
            (Some(r#"["admin",["guest"]]"#), Err(InvalidEntitlements)),
            (Some(r#"[{"display":"admin"}]"#), Err(InvalidEntitlements)),
            (Some(r#"[{"value":null}]"#), Err(InvalidEntitlements)),
            (
                Some(r#"[{"value":{"value":"admin"}}]"#),
                Err(InvalidEntitlements),
            ),
        ] {
            assert_eq!(
                optional(claim, value).as_deref(),
                expected.as_ref().copied(),
                "{claim} {value:?}"
            );
        }
    }
}
