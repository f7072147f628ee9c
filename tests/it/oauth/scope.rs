//! RFC 8693 section 4.2, RFC 6749 section 3.3.

use embedded_jwt::{
    Error,
    Error::*,
    Policy,
    json::Value,
    oauth::{Scope, ScopeMap},
};
use proptest::prelude::*;

use super::read;
use crate::common::{HEADER, NOW};

/// The scopes in a JSON text.
fn scopes(json: &str) -> Result<Vec<String>, Error> {
    let mut text = json.as_bytes().to_vec();
    let scope = Scope::from_value(Value::parse(&mut text).unwrap())?;
    assert!(!scope.is_empty());
    Ok(scope.iter().map(str::to_owned).collect())
}

/// One test for each row: the claim, and its scopes.
macro_rules! rows {
    ($($name:ident: $json:expr => $verdict:expr;)*) => {$(
        #[test]
        fn $name() {
            let found = scopes($json);
            let found = found.as_ref().map(|scopes| scopes.iter().map(String::as_str).collect());
            let expected: Result<Vec<&str>, &Error> = $verdict;
            assert_eq!(found, expected);
        }
    )*};
}

rows! {
    example_of_rfc_8693: r#""email profile phone address""# => Ok(vec!["email", "profile", "phone", "address"]);
    examples_of_rfc_6750: r#""urn:example:channel=HBO&urn:example:rating=G,PG-13""#
        => Ok(vec!["urn:example:channel=HBO&urn:example:rating=G,PG-13"]);
    one: r#""a""# => Ok(vec!["a"]);
    twice: r#""a a""# => Ok(vec!["a", "a"]);
    of_the_outermost_characters: r#""! # [ ] ~""# => Ok(vec!["!", "#", "[", "]", "~"]);
    in_escapes: r#""\u0061\u0020b\/c""# => Ok(vec!["a", "b/c"]);
    array: r#"["a","b"]"# => Ok(vec!["a", "b"]);
    array_of_one: r#"["a"]"# => Ok(vec!["a"]);

    empty: r#""""# => Err(&InvalidScope);
    space: r#"" ""# => Err(&InvalidScope);
    leading_space: r#"" a""# => Err(&InvalidScope);
    trailing_space: r#""a ""# => Err(&InvalidScope);
    two_spaces: r#""a  b""# => Err(&InvalidScope);
    tab: r#""a\tb""# => Err(&InvalidScope);
    line_break: r#""a\nb""# => Err(&InvalidScope);
    carriage_return: r#""a\r\nb""# => Err(&InvalidScope);
    nul: r#""a\u0000""# => Err(&InvalidScope);
    quote: r#""a \"b\"""# => Err(&InvalidScope);
    quote_in_an_escape: r#""a \u0022""# => Err(&InvalidScope);
    backslash: r#""a\\b""# => Err(&InvalidScope);
    delete: "\"a\u{7f}\"" => Err(&InvalidScope);
    no_break_space: "\"a\u{a0}b\"" => Err(&InvalidScope);
    beyond_ascii: "\"caf\u{e9} a\"" => Err(&InvalidScope);
    full_width: "\"\u{ff41}\"" => Err(&InvalidScope);
    null: "null" => Err(&InvalidScope);
    number: "1" => Err(&InvalidScope);
    boolean: "true" => Err(&InvalidScope);
    object: r#"{"a":true}"# => Err(&InvalidScope);

    empty_array: "[]" => Err(&InvalidScope);
    array_of_empty: r#"[""]"# => Err(&InvalidScope);
    array_with_empty: r#"["a",""]"# => Err(&InvalidScope);
    array_with_a_space_in_an_element: r#"["a","b c"]"# => Err(&InvalidScope);
    array_with_a_quote: r#"["a","\""]"# => Err(&InvalidScope);
    array_with_a_number: r#"["a",1]"# => Err(&InvalidScope);
    array_with_null: r#"["a",null]"# => Err(&InvalidScope);
    array_in_an_array: r#"[["a"]]"# => Err(&InvalidScope);
    array_beyond_ascii: "[\"caf\u{e9}\"]" => Err(&InvalidScope);
}

/// The verdict of a policy that requires `required` on a token with these members.
fn check(required: &str, members: &str) -> Result<(), Error> {
    let payload = format!(r#"{{"exp":1790000060{members}}}"#);
    let by_policy = read(
        &Policy::new().scope(required),
        NOW,
        HEADER,
        &payload,
        |_| (),
    );
    let by_claims = read(&Policy::new(), NOW, HEADER, &payload, |token| {
        token.claims().require_scope(required)
    });
    assert_eq!(by_claims.unwrap(), by_policy);
    by_policy
}

#[test]
fn required_by_a_policy() {
    for (required, members, verdict) in [
        ("pump:write", r#","scope":"pump:write""#, Ok(())),
        (
            "pump:write",
            r#","scope":"pump:read pump:write lamp""#,
            Ok(()),
        ),
        (
            "pump:write",
            r#","scope":["pump:read","pump:write"]"#,
            Ok(()),
        ),
        ("pump:write", "", Err(MissingScope)),
        ("pump:write", r#","scp":"pump:write""#, Err(MissingScope)),
        ("pump:write", r#","Scope":"pump:write""#, Err(MissingScope)),
        (
            "pump:write",
            r#","act":{"scope":"pump:write"}"#,
            Err(MissingScope),
        ),
        ("pump:write", r#","scope":null"#, Err(InvalidScope)),
        ("pump:write", r#","scope":"""#, Err(InvalidScope)),
        ("pump:write", r#","scope":[]"#, Err(InvalidScope)),
        (
            "pump:write",
            r#","scope":"pump:write  a""#,
            Err(InvalidScope),
        ),
        (
            "pump:write",
            r#","scope":["pump:write","a b"]"#,
            Err(InvalidScope),
        ),
        (
            "pump:write",
            r#","scope":"pump:read""#,
            Err(InsufficientScope),
        ),
        ("pump:write", r#","scope":"pump""#, Err(InsufficientScope)),
        (
            "pump:write",
            r#","scope":"pump:writer""#,
            Err(InsufficientScope),
        ),
        (
            "pump:write",
            r#","scope":"xpump:write""#,
            Err(InsufficientScope),
        ),
        (
            "pump:write",
            r#","scope":"PUMP:WRITE""#,
            Err(InsufficientScope),
        ),
        (
            "pump:write",
            r#","scope":"pump:write,a""#,
            Err(InsufficientScope),
        ),
        ("pump:write", r#","scope":"pump:*""#, Err(InsufficientScope)),
        ("a b", r#","scope":"b c a""#, Ok(())),
        ("a b", r#","scope":"a c""#, Err(InsufficientScope)),
        ("a b", r#","scope":"b""#, Err(InsufficientScope)),
        ("a b", r#","scope":["a","b"]"#, Ok(())),
        // What is no scope is no token's.
        ("", r#","scope":"a""#, Err(InsufficientScope)),
        (" ", r#","scope":"a""#, Err(InsufficientScope)),
        ("a ", r#","scope":"a""#, Err(InsufficientScope)),
        ("a  a", r#","scope":"a""#, Err(InsufficientScope)),
        ("a\tb", r#","scope":"a b""#, Err(InsufficientScope)),
        ("", "", Err(MissingScope)),
    ] {
        assert_eq!(
            check(required, members),
            verdict,
            "{required:?} of {members}"
        );
    }
}

/// The policy names the claim that counts. No other one does.
#[test]
fn in_another_claim() {
    let both = r#","scp":"b","scope":"a""#;
    let nested = r#","act":{"scp":"a"}"#;
    for (claim, members, verdict) in [
        ("scp", r#","scp":"a""#, Ok(())),
        ("scp", r#","scp":"b a""#, Ok(())),
        ("scp", r#","scp":["a","b"]"#, Ok(())),
        ("scp", r#","\u0073cp":"a""#, Ok(())),
        ("scp", "", Err(MissingScope)),
        ("scp", r#","scope":"a""#, Err(MissingScope)),
        ("scp", r#","SCP":"a""#, Err(MissingScope)),
        ("scp", nested, Err(MissingScope)),
        ("scp", r#","scp":null"#, Err(InvalidScope)),
        ("scp", r#","scp":1"#, Err(InvalidScope)),
        ("scp", r#","scp":true"#, Err(InvalidScope)),
        ("scp", r#","scp":{"a":1}"#, Err(InvalidScope)),
        ("scp", r#","scp":"""#, Err(InvalidScope)),
        ("scp", r#","scp":" ""#, Err(InvalidScope)),
        ("scp", r#","scp":[]"#, Err(InvalidScope)),
        ("scp", r#","scp":["a",null]"#, Err(InvalidScope)),
        ("scp", r#","scp":["a b"]"#, Err(InvalidScope)),
        ("scp", r#","scp":"a  b""#, Err(InvalidScope)),
        ("scp", r#","scp":"b""#, Err(InsufficientScope)),
        ("scp", r#","scp":"aa""#, Err(InsufficientScope)),
        ("scp", both, Err(InsufficientScope)),
        ("scope", both, Ok(())),
        ("scope", r#","scp":"a""#, Err(MissingScope)),
        ("", r#","scope":"a""#, Err(MissingScope)),
        ("permissions", r#","permissions":["a"]"#, Ok(())),
        (
            "https://api.example/scopes",
            r#","https:\/\/api.example/scopes":["a"]"#,
            Ok(()),
        ),
    ] {
        let policy = Policy::new().scope("a").scope_claim(claim);
        let payload = format!(r#"{{"exp":1790000060{members}}}"#);
        let by_policy = read(&policy, NOW, HEADER, &payload, |_| ());
        assert_eq!(by_policy, verdict, "{claim} of {members}");
        // Alone, the setter requires nothing.
        let policy = Policy::new().scope_claim(claim);
        assert_eq!(read(&policy, NOW, HEADER, &payload, |_| ()), Ok(()));
    }
}

/// Where nobody asks for it, a scope of any form does not matter; absent, it grants nothing.
#[test]
fn unasked() {
    let read = |members: &str| {
        let payload = format!(r#"{{"exp":1790000060{members}}}"#);
        read(&Policy::new(), NOW, HEADER, &payload, |token| {
            let scope = token.claims().scope()?;
            Ok((
                scope.is_empty(),
                scope.contains("a"),
                scope.contains(""),
                scope.iter().count(),
            ))
        })
        .unwrap()
    };
    assert_eq!(read(""), Ok((true, false, false, 0)));
    assert_eq!(read(r#","scope":"a""#), Ok((false, true, false, 1)));
    assert_eq!(read(r#","scope":null"#), Err(InvalidScope));
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Capability {
    Watch,
    Pump,
    Lamp,
    Nothing,
}
use Capability::{Lamp, Nothing, Pump, Watch};

static SCOPES: ScopeMap<'static, Capability> = ScopeMap::new(&[
    ("pump:read", Watch),
    ("pump:write", Pump),
    ("pump:write", Watch),
    ("lamp", Lamp),
    ("admin", Pump),
    ("two words", Lamp),
    ("", Lamp),
]);

#[test]
fn capabilities() {
    for (json, granted) in [
        (r#""pump:read""#, &[Watch][..]),
        (r#""pump:write""#, &[Pump, Watch]),
        (r#""lamp pump:read""#, &[Watch, Lamp]),
        (r#"["admin","other"]"#, &[Pump]),
        (r#""two words""#, &[]),
        (r#""pump lam PUMP:READ""#, &[]),
    ] {
        let mut text = json.as_bytes().to_vec();
        let scope = Scope::from_value(Value::parse(&mut text).unwrap()).unwrap();
        let found: Vec<Capability> = SCOPES.granted(scope).copied().collect();
        assert_eq!(found, granted, "{json}");
        for (capability, required) in [
            (Watch, Some("pump:read")),
            (Pump, Some("pump:write")),
            (Lamp, Some("lamp")),
            (Nothing, None),
        ] {
            let verdict = if granted.contains(&capability) {
                Ok(())
            } else {
                Err(required)
            };
            let answer = SCOPES.require(scope, &capability);
            assert_eq!(
                answer.map_err(|it| it.required),
                verdict,
                "{json} {capability:?}"
            );
            let as_error = verdict.map_err(|_| InsufficientScope);
            assert_eq!(answer.map_err(Error::from), as_error);
        }
    }
}

proptest! {
    #[test]
    fn words_come_back(words in prop::collection::vec("[!#-\\[\\]-~]{1,10}", 1..8), other in "[!#-\\[\\]-~ ]{0,3}") {
        let joined = words.join(" ");
        let string = serde_json::to_string(&joined).unwrap();
        let array = serde_json::to_string(&words).unwrap();
        for json in [string, array] {
            prop_assert_eq!(scopes(&json), Ok(words.clone()));
            let mut text = json.into_bytes();
            let scope = Scope::from_value(Value::parse(&mut text).unwrap()).unwrap();
            for asked in words.iter().chain([&other]) {
                prop_assert_eq!(scope.contains(asked), joined.split(' ').any(|word| word == asked));
            }
            prop_assert_eq!(scope.require(&joined), Ok(()));
        }
    }

    #[test]
    fn any_string(string in "[a-c \"\\\\\t\u{e9}]{0,8}|\\PC{0,8}") {
        let allowed = |character: char| character.is_ascii_graphic() && !matches!(character, '"' | '\\');
        let well_formed = string.split(' ').all(|word| !word.is_empty() && word.chars().all(allowed));
        let json = serde_json::to_string(&string).unwrap();
        prop_assert_eq!(scopes(&json).is_ok(), well_formed);
        let alone = well_formed && !string.contains(' ');
        let json = serde_json::to_string(&[&string]).unwrap();
        prop_assert_eq!(scopes(&json).is_ok(), alone);
    }
}
