//! What a policy expects of header and claims: an expectation that is set is a requirement.

mod model;
mod order;
mod structs;

use embedded_jwt::{Compact, Error, Error::*, Freshness, Policy, Time};

use crate::common::{self, HEADER, NOW, alg, mint, verify};

fn check_at(
    policy: &Policy<'_>,
    time: Time,
    header: &str,
    payload: &str,
) -> Result<Freshness, Error> {
    let token = mint(alg(), header, payload);
    verify(&[alg().key()], policy, time, &token).map(|accepted| accepted.freshness)
}

/// The verdict on a token with these members behind a good `exp`.
fn check(policy: &Policy<'_>, members: &str) -> Result<(), Error> {
    let comma = if members.is_empty() { "" } else { "," };
    let payload = format!(r#"{{"exp":1790000060{comma}{members}}}"#);
    check_at(policy, Time::Trusted(NOW), HEADER, &payload).map(|_| ())
}

/// The same, under a key that is bound to the one of two issuers that is named first in the members.
fn check_bound(policy: &Policy<'_>, members: &str) -> Result<(), Error> {
    let issuers = ["https://a.example", "https://b.example"];
    let named = issuers
        .into_iter()
        .filter(|issuer| members.contains(issuer));
    let key = alg().key().with_issuer(
        named
            .min_by_key(|issuer| members.find(issuer))
            .unwrap_or(issuers[0]),
    );
    let token = mint(
        alg(),
        HEADER,
        format!(
            r#"{{"exp":1790000060{}{members}}}"#,
            if members.is_empty() { "" } else { "," }
        ),
    );
    verify(&[key], policy, Time::Trusted(NOW), &token).map(drop)
}

/// The verdict on a token with these members in its header.
fn check_header(policy: &Policy<'_>, members: &str) -> Result<(), Error> {
    let comma = if members.is_empty() { "" } else { "," };
    let header = format!(r#"{{"alg":"<alg>"{comma}{members}}}"#);
    check_at(policy, Time::Trusted(NOW), &header, common::GOOD).map(|_| ())
}

/// One test for each row: the members, and the verdict of this policy.
macro_rules! rows {
    ($judge:ident, $policy:expr; $($(#[$attribute:meta])* $name:ident: $members:expr => $verdict:expr;)*) => {$(
        $(#[$attribute])*
        #[test]
        fn $name() {
            let policy: Policy<'_> = $policy;
            assert_eq!($judge(&policy, $members), $verdict);
        }
    )*};
}

rows! { check, Policy::new().issuer("https://auth.example");
    iss_expected: r#""iss":"https://auth.example""# => Ok(());
    iss_expected_with_escaped_slashes: r#""iss":"https:\/\/auth.example""# => Ok(());
    iss_expected_in_escapes: r#""\u0069ss":"\u0068ttps://auth\u002Eexample""# => Ok(());
    iss_missing: "" => Err(MissingIss);
    iss_null: r#""iss":null"# => Err(InvalidIss);
    iss_number: r#""iss":1"# => Err(InvalidIss);
    iss_true: r#""iss":true"# => Err(InvalidIss);
    iss_array: r#""iss":["https://auth.example"]"# => Err(InvalidIss);
    iss_object: r#""iss":{"https://auth.example":1}"# => Err(InvalidIss);
    iss_empty: r#""iss":"""# => Err(IssMismatch);
    iss_other: r#""iss":"https://evil.example""# => Err(IssMismatch);
    iss_shorter: r#""iss":"https://auth.exampl""# => Err(IssMismatch);
    iss_longer: r#""iss":"https://auth.example.evil""# => Err(IssMismatch);
    iss_behind_more: r#""iss":"x-https://auth.example""# => Err(IssMismatch);
    iss_with_a_slash: r#""iss":"https://auth.example/""# => Err(IssMismatch);
    iss_with_its_port: r#""iss":"https://auth.example:443""# => Err(IssMismatch);
    iss_by_another_scheme: r#""iss":"http://auth.example""# => Err(IssMismatch);
    iss_in_capitals: r#""iss":"HTTPS://AUTH.EXAMPLE""# => Err(IssMismatch);
    iss_with_a_space: r#""iss":"https://auth.example ""# => Err(IssMismatch);
    iss_with_a_nul: r#""iss":"https://auth.example\u0000""# => Err(IssMismatch);
    iss_with_a_backslash: r#""iss":"https:\\/\\/auth.example""# => Err(IssMismatch);
    iss_nested: r#""act":{"iss":"https://auth.example"}"# => Err(MissingIss);
    iss_under_a_name_in_capitals: r#""ISS":"https://auth.example""# => Err(MissingIss);
}

rows! { check_bound, Policy::new().issuers(&["https://a.example", "https://b.example"]);
    issuers_first: r#""iss":"https://a.example""# => Ok(());
    issuers_second: r#""iss":"https://b.example""# => Ok(());
    issuers_other: r#""iss":"https://c.example""# => Err(IssMismatch);
    issuers_both: r#""iss":"https://a.example https://b.example""# => Err(IssMismatch);
    issuers_missing: "" => Err(MissingIss);
    issuers_null: r#""iss":null"# => Err(InvalidIss);
    issuers_array: r#""iss":["https://a.example"]"# => Err(InvalidIss);
    issuers_empty_string: r#""iss":"""# => Err(IssMismatch);
}

rows! { check_bound, Policy::new().issuers(&[]);
    no_issuers: r#""iss":"https://a.example""# => Err(IssMismatch);
    no_issuers_empty_string: r#""iss":"""# => Err(IssMismatch);
    no_issuers_missing: "" => Err(MissingIss);
}

/// RFC 8725 section 3.8: the key has to belong to the issuer. Tokens of two issuers, by the keys of both.
#[test]
fn keys_of_two_issuers() {
    const ISSUERS: [&str; 2] = ["https://a.example", "https://b.example"];
    let [a, b] = ISSUERS;
    let (own, other) = (alg().key(), alg().other_key());
    let both = [
        own.with_kid("a").with_issuer(a),
        other.with_kid("b").with_issuer(b),
    ];
    let unbound = [own.with_kid("a"), other.with_kid("b")];
    let one_bound = [own.with_kid("a"), other.with_kid("b").with_issuer(b)];
    let several = Policy::new().issuers(&ISSUERS);
    let only_a = Policy::new().issuer(a);
    let (open, time) = (Policy::new(), Time::Trusted(NOW));
    for (keys, policy, iss, expected) in [
        (&both, several, a, Ok(())),
        // The key of one issuer says nothing for the other.
        (&both, several, b, Err(KeyIssuerMismatch)),
        (&both, open, a, Ok(())),
        (&both, open, b, Err(KeyIssuerMismatch)),
        (&both, only_a, a, Ok(())),
        (&both, only_a, b, Err(IssMismatch)),
        (&both, several, "https://c.example", Err(IssMismatch)),
        (&both, open, "https://c.example", Err(KeyIssuerMismatch)),
        (&both, open, "https://a.example/", Err(KeyIssuerMismatch)),
        // Without a binding nothing would tell them apart.
        (&unbound, several, a, Err(KeyIssuerUnbound)),
        (&unbound, several, b, Err(KeyIssuerUnbound)),
        (&unbound, only_a, a, Ok(())),
        (&one_bound, several, a, Err(KeyIssuerUnbound)),
    ] {
        for kid in [r#","kid":"a""#, ""] {
            let header = format!(r#"{{"alg":"<alg>"{kid}}}"#);
            let token = mint(
                alg(),
                header,
                format!(r#"{{"exp":1790000060,"iss":"{iss}"}}"#),
            );
            assert_eq!(
                verify(keys, &policy, time, &token).map(drop),
                expected,
                "{keys:?} {policy:?} {iss}"
            );
        }
    }
    let without = mint(alg(), HEADER, common::GOOD);
    for (keys, policy, expected) in [
        (&both, several, MissingIss),
        (&both, open, MissingIss),
        (&unbound, several, KeyIssuerUnbound),
    ] {
        assert_eq!(
            verify(keys, &policy, time, &without).map(drop),
            Err(expected)
        );
    }
    assert_eq!(own.issuer(), None);
    assert_eq!(own.with_issuer(a).with_issuer(b).issuer(), Some(b));
}

rows! { check, Policy::new().subject("device-7");
    sub_expected: r#""sub":"device-7""# => Ok(());
    sub_missing: "" => Err(MissingSub);
    sub_null: r#""sub":null"# => Err(InvalidSub);
    sub_number: r#""sub":7"# => Err(InvalidSub);
    sub_array: r#""sub":["device-7"]"# => Err(InvalidSub);
    sub_object: r#""sub":{}"# => Err(InvalidSub);
    sub_empty: r#""sub":"""# => Err(SubMismatch);
    sub_longer: r#""sub":"device-77""# => Err(SubMismatch);
    sub_shorter: r#""sub":"device-""# => Err(SubMismatch);
    sub_in_capitals: r#""sub":"Device-7""# => Err(SubMismatch);
}

rows! { check, Policy::new().audience("pump-7");
    aud_expected: r#""aud":"pump-7""# => Ok(());
    aud_expected_alone_in_a_list: r#""aud":["pump-7"]"# => Ok(());
    aud_expected_first: r#""aud":["pump-7","pump-8"]"# => Ok(());
    aud_expected_last: r#""aud":["pump-8","pump-9","pump-7"]"# => Ok(());
    aud_expected_twice: r#""aud":["pump-7","pump-7"]"# => Ok(());
    aud_expected_in_escapes: r#""aud":["\u0070ump\u002d7"]"# => Ok(());
    aud_missing: "" => Err(MissingAud);
    aud_null: r#""aud":null"# => Err(InvalidAud);
    aud_number: r#""aud":7"# => Err(InvalidAud);
    aud_true: r#""aud":true"# => Err(InvalidAud);
    aud_object: r#""aud":{"pump-7":1}"# => Err(InvalidAud);
    aud_nested_list: r#""aud":[["pump-7"]]"# => Err(InvalidAud);
    aud_expected_and_a_number: r#""aud":["pump-7",7]"# => Err(InvalidAud);
    aud_expected_and_null: r#""aud":["pump-7",null]"# => Err(InvalidAud);
    aud_empty: r#""aud":"""# => Err(AudMismatch);
    aud_empty_list: r#""aud":[]"# => Err(AudMismatch);
    aud_list_of_empty: r#""aud":[""]"# => Err(AudMismatch);
    aud_other: r#""aud":"pump-8""# => Err(AudMismatch);
    aud_others: r#""aud":["pump-8","pump-9"]"# => Err(AudMismatch);
    aud_longer: r#""aud":"pump-77""# => Err(AudMismatch);
    aud_shorter: r#""aud":["pump-","pump"]"# => Err(AudMismatch);
    aud_in_capitals: r#""aud":"PUMP-7""# => Err(AudMismatch);
    aud_by_spaces: r#""aud":"pump-8 pump-7""# => Err(AudMismatch);
    aud_by_comma: r#""aud":"pump-8,pump-7""# => Err(AudMismatch);
    aud_with_a_list_in_its_text: r#""aud":"[\"pump-7\"]""# => Err(AudMismatch);
    aud_closing_its_string: r#""aud":["x\",\"pump-7"]"# => Err(AudMismatch);
    aud_behind_a_backslash: r#""aud":["x\\","pump-7"]"# => Ok(());
    aud_in_a_text_behind_a_backslash: r#""aud":["x\\\",\"pump-7"]"# => Err(AudMismatch);
    aud_of_brackets: r#""aud":["]","[","}","{",",",":","pump-7"]"# => Ok(());
}

rows! { check, Policy::new().audiences(&["pump-7", "https://pump-7.example"]);
    audiences_first: r#""aud":"pump-7""# => Ok(());
    audiences_second_in_a_list: r#""aud":["x","https://pump-7.example"]"# => Ok(());
    audiences_both: r#""aud":["https://pump-7.example","pump-7"]"# => Ok(());
    audiences_other: r#""aud":["pump-8","PUMP-7"]"# => Err(AudMismatch);
    audiences_in_one_string: r#""aud":"pump-7 https://pump-7.example""# => Err(AudMismatch);
    audiences_empty_string: r#""aud":"""# => Err(AudMismatch);
    audiences_empty_list: r#""aud":[]"# => Err(AudMismatch);
    audiences_missing: "" => Err(MissingAud);
    audiences_null: r#""aud":null"# => Err(InvalidAud);
}

rows! { check, Policy::new().audiences(&[]);
    no_audiences: r#""aud":"pump-7""# => Err(AudMismatch);
    no_audiences_empty_string: r#""aud":"""# => Err(AudMismatch);
    no_audiences_empty_list: r#""aud":[]"# => Err(AudMismatch);
    no_audiences_missing: "" => Err(MissingAud);
}

rows! { check, Policy::new();
    aud_of_nobody_missing: "" => Ok(());
    aud_of_nobody: r#""aud":"pump-7""# => Err(UnexpectedAud);
    aud_of_nobody_in_a_list: r#""aud":["pump-7"]"# => Err(UnexpectedAud);
    aud_of_nobody_empty: r#""aud":"""# => Err(UnexpectedAud);
    aud_of_nobody_null: r#""aud":null"# => Err(InvalidAud);
    iss_unasked: r#""iss":"anybody""# => Ok(());
    sub_unasked: r#""sub":"anybody""# => Ok(());
    iss_unasked_null: r#""iss":null"# => Err(InvalidIss);
    sub_unasked_number: r#""sub":1"# => Err(InvalidSub);
}

rows! { check, Policy::new().ignore_audience();
    aud_ignored_missing: "" => Ok(());
    aud_ignored: r#""aud":"pump-7""# => Ok(());
    aud_ignored_list: r#""aud":["a","b"]"# => Ok(());
    aud_ignored_empty_list: r#""aud":[]"# => Ok(());
    aud_ignored_null: r#""aud":null"# => Err(InvalidAud);
    aud_ignored_number: r#""aud":1"# => Err(InvalidAud);
}

rows! { check_header, Policy::new().typ("at+jwt");
    typ_expected: r#""typ":"at+jwt""# => Ok(());
    typ_in_capitals: r#""typ":"AT+JWT""# => Ok(());
    typ_in_full: r#""typ":"application/at+jwt""# => Ok(());
    typ_in_full_and_capitals: r#""typ":"Application/At+Jwt""# => Ok(());
    typ_with_an_escaped_slash: r#""typ":"application\/at+jwt""# => Ok(());
    typ_missing: "" => Err(MissingTyp);
    typ_null: r#""typ":null"# => Err(InvalidTyp);
    typ_number: r#""typ":1"# => Err(InvalidTyp);
    typ_array: r#""typ":["at+jwt"]"# => Err(InvalidTyp);
    typ_object: r#""typ":{}"# => Err(InvalidTyp);
    typ_empty: r#""typ":"""# => Err(TypMismatch);
    typ_jwt: r#""typ":"JWT""# => Err(TypMismatch);
    typ_shorter: r#""typ":"at+jw""# => Err(TypMismatch);
    typ_longer: r#""typ":"at+jwts""# => Err(TypMismatch);
    typ_with_a_space: r#""typ":"at+jwt ""# => Err(TypMismatch);
    typ_with_a_nul: r#""typ":"at+jwt\u0000""# => Err(TypMismatch);
    typ_with_a_parameter: r#""typ":"at+jwt;v=1""# => Err(TypMismatch);
    typ_of_another_family: r#""typ":"text/at+jwt""# => Err(TypMismatch);
    typ_in_full_twice: r#""typ":"application/application/at+jwt""# => Err(TypMismatch);
    typ_in_full_with_a_second_slash: r#""typ":"application//at+jwt""# => Err(TypMismatch);
    typ_of_the_prefix_alone: r#""typ":"application/""# => Err(TypMismatch);
    typ_with_a_leading_slash: r#""typ":"/at+jwt""# => Err(TypMismatch);
    // A full-width j, which Unicode folds and a media type does not.
    typ_beyond_ascii: "\"typ\":\"at+\u{ff4a}wt\"" => Err(TypMismatch);
}

rows! { check_header, Policy::new().typ("APPLICATION/dpop+jwt");
    typ_wanted_in_full_and_short: r#""typ":"dpop+jwt""# => Ok(());
    typ_wanted_in_full: r#""typ":"application/DPoP+jwt""# => Ok(());
    typ_wanted_in_full_missing: "" => Err(MissingTyp);
}

// What has a slash of its own is not shortened, nor completed.
rows! { check_header, Policy::new().typ("text/plain");
    typ_of_text: r#""typ":"text/plain""# => Ok(());
    typ_of_text_in_capitals: r#""typ":"TEXT/Plain""# => Ok(());
    typ_of_text_completed: r#""typ":"application/text/plain""# => Err(TypMismatch);
    typ_of_text_shortened: r#""typ":"plain""# => Err(TypMismatch);
}

// The example of RFC 7515 section 4.1.9: a parameter whose quotes JSON has to escape.
rows! { check_header, Policy::new().typ(r#"application/example;part="1/2""#);
    typ_with_quotes: r#""typ":"application/example;part=\"1/2\"""# => Ok(());
    typ_with_other_case: r#""typ":"Application/EXAMPLE;part=\"1/2\"""# => Ok(());
    typ_with_parameter_in_other_case: r#""typ":"application/example;PART=\"1/2\"""# => Err(TypMismatch);
    typ_with_other_quotes: r#""typ":"application/example;part=\"2/2\"""# => Err(TypMismatch);
    typ_with_quotes_not_shortened: r#""typ":"example;part=\"1/2\"""# => Err(TypMismatch);
}

rows! { check_header, Policy::new();
    typ_unasked: r#""typ":"anything""# => Ok(());
    typ_unasked_null: r#""typ":null"# => Err(InvalidTyp);
}

rows! { check, Policy::new().require_claims(&["jti", "scope", "a/b"]);
    required_all: r#""jti":"1","scope":"x","a/b":1"# => Ok(());
    required_in_escapes: r#""\u006ati":"1","sc\u006fpe":"x","a\/b":1"# => Ok(());
    required_of_any_type: r#""jti":"","scope":[],"a/b":false"# => Ok(());
    required_of_falsy_values: r#""jti":"1","scope":0,"a/b":{}"# => Ok(());
    required_first_missing: r#""scope":"x","a/b":1"# => Err(MissingClaim { index: 0 });
    required_second_missing: r#""jti":"1","a/b":1"# => Err(MissingClaim { index: 1 });
    required_last_missing: r#""jti":"1","scope":"x""# => Err(MissingClaim { index: 2 });
    required_all_missing: "" => Err(MissingClaim { index: 0 });
    required_null: r#""jti":"1","scope":null,"a/b":1"# => Err(MissingClaim { index: 1 });
    required_registered_null: r#""jti":null,"scope":"x","a/b":1"# => Err(InvalidJti);
    required_nested: r#""jti":"1","scope":"x","a":{"a/b":1}"# => Err(MissingClaim { index: 2 });
    required_as_a_value: r#""jti":"scope","x":["scope","a/b"],"a/b":1"# => Err(MissingClaim { index: 1 });
    required_in_capitals: r#""jti":"1","Scope":"x","a/b":1"# => Err(MissingClaim { index: 1 });
    required_as_a_pointer: r#""jti":"1","scope":"x","a":{"b":1}"# => Err(MissingClaim { index: 2 });
}

rows! { check, Policy::new().require_claims(&["exp", "say \"hi\"", "\\", "\u{1f}"]);
    required_names_with_escapes: r#""say \"hi\"":1,"\\":2,"\u001f":3"# => Ok(());
    required_names_with_other_escapes: r#""say \u0022hi\u0022":1,"\u005c":2,"\u001F":3"# => Ok(());
    required_names_missing: r#""say hi":1,"\\":2,"\u001f":3"# => Err(MissingClaim { index: 1 });
}

/// A string of a claim is compared by what it means, however it is spelled.
#[test]
fn values_with_escapes() {
    for (subject, spellings) in [
        (
            r"DOMAIN\user",
            &[
                r"DOMAIN\\user",
                r"DOMAIN\u005cuser",
                r"\u0044OMAIN\u005Cuser",
            ][..],
        ),
        (r#"say "hi""#, &[r#"say \"hi\""#, r"say \u0022hi\u0022"]),
        (
            "https://a/b",
            &["https://a/b", r"https:\/\/a\/b", r"https:\u002f\u002Fa/b"],
        ),
        ("a\nb", &[r"a\nb", r"a\u000ab", r"a\u000Ab"]),
        (
            "\u{8}\u{c}\r\t",
            &[r"\b\f\r\t", r"\u0008\u000c\u000d\u0009"],
        ),
        (
            "\0\u{1}\u{1f}",
            &[r"\u0000\u0001\u001f", r"\u0000\u0001\u001F"],
        ),
        ("\u{7f}\u{80}", &["\u{7f}\u{80}", r"\u007f\u0080"]),
        ("𝄞", &["𝄞", r"\ud834\udd1e", r"\uD834\uDD1E"]),
        (
            "\u{ffff}\u{10ffff}",
            &[r"\uffff\udbff\udfff", "\u{ffff}\u{10ffff}"],
        ),
        ("é", &["é", r"\u00e9", r"\u00E9"]),
        ("\u{d7ff}\u{e000}", &[r"\ud7ff\ue000"]),
        (r"\", &[r"\\", r"\u005c"]),
        (r"\n", &[r"\\n"]),
        (r"\u0041", &[r"\\u0041"]),
    ] {
        for spelling in spellings {
            let members = format!(r#""sub":"{spelling}""#);
            assert_eq!(
                check(&Policy::new().subject(subject), &members),
                Ok(()),
                "{spelling}"
            );
            let members = format!(r#""aud":["x","{spelling}"]"#);
            assert_eq!(
                check(&Policy::new().audience(subject), &members),
                Ok(()),
                "{spelling}"
            );
            for other in [
                subject.to_owned() + "x",
                subject[..0].to_owned(),
                subject.replace('\\', r"\\") + "\\",
            ] {
                let policy = Policy::new().subject(&other);
                let members = format!(r#""sub":"{spelling}""#);
                assert_eq!(
                    check(&policy, &members),
                    Err(SubMismatch),
                    "{spelling} as {other:?}"
                );
            }
        }
    }
}

/// The text of a JSON escape is not the character that it stands for.
#[test]
fn raw_escapes_are_other_values() {
    for (subject, spelling) in [
        (r"a\nb", r"a\nb"),
        (r"\u0041", r"\u0041"),
        (r"DOMAIN\\user", r"DOMAIN\\user"),
        (r#"a\"b"#, r#"a\"b"#),
        (r"https:\/\/a", r"https:\/\/a"),
        (r"\u001f", r"\u001f"),
    ] {
        let members = format!(r#""sub":"{spelling}""#);
        assert_eq!(
            check(&Policy::new().subject(subject), &members),
            Err(SubMismatch),
            "{spelling}"
        );
    }
}

#[test]
fn later_settings_replace_earlier_ones() {
    let policy = Policy::new()
        .issuer("a")
        .issuers(&["c"])
        .issuer("b")
        .audience("a")
        .ignore_audience();
    assert_eq!(check(&policy, r#""iss":"a""#), Err(IssMismatch));
    assert_eq!(check(&policy, r#""iss":"b","aud":"c""#), Ok(()));
    assert_eq!(check(&policy.issuers(&["b"]), ""), Err(KeyIssuerUnbound));
    assert_eq!(
        check(&policy.audience("d"), r#""iss":"b","aud":"c""#),
        Err(AudMismatch)
    );
    assert_eq!(Policy::default(), Policy::new());
}

/// Each accessor gives its own claim, and none where there is none.
#[test]
fn accessors() {
    let read = |payload: &str| {
        let keys = [alg().key()];
        let token = mint(alg(), HEADER, payload);
        let mut buffer = [0; 512];
        let verified = Compact::parse(&token).unwrap();
        let claims = verified
            .verify(&keys, &mut buffer)
            .unwrap()
            .claims()
            .unwrap();
        let texts = [claims.iss(), claims.sub(), claims.jti()];
        let audience = claims
            .aud()
            .map(|aud| aud.iter().map(|text| text.as_str().to_owned()).collect());
        (
            texts.map(|text| text.map(|text| text.as_str().to_owned())),
            audience,
            [claims.exp(), claims.nbf(), claims.iat()],
        )
    };
    let all = r#"{"iss":"a","sub":"b","jti":"c","aud":["d","e"],"exp":5,"nbf":3,"iat":4}"#;
    let texts = ["a", "b", "c"].map(|text| Some(text.to_owned()));
    let audience: Vec<String> = vec!["d".to_owned(), "e".to_owned()];
    assert_eq!(
        read(all),
        (texts, Some(audience), [Some(5), Some(3), Some(4)])
    );
    assert_eq!(read("{}"), ([const { None }; 3], None, [None; 3]));
}

#[test]
fn accessors_of_the_header() {
    let read = |header: &str| {
        let token = mint(alg(), header, "{}");
        let mut buffer = [0; 512];
        let compact = Compact::parse(&token).unwrap();
        let header = compact.peek_header(&mut buffer).unwrap();
        assert_eq!(header.get("cty").is_some(), header.cty().is_some());
        assert_eq!(header.get("x"), None);
        let texts = [header.typ(), header.cty(), header.kid()];
        texts.map(|text| text.map(|text| text.as_str().to_owned()))
    };
    let all = r#"{"alg":"<alg>","typ":"a","cty":"b","kid":"c"}"#;
    assert_eq!(read(all), ["a", "b", "c"].map(|text| Some(text.to_owned())));
    assert_eq!(read(HEADER), [const { None }; 3]);
}
