//! Claims read into a struct of the caller's.

use embedded_jwt::{
    Claims, Compact,
    Error::{self, ClaimsShape},
    Key,
    json::Misfit,
};
use serde::Deserialize;

use crate::common::{HEADER, alg, mint};

/// Reads the claims of a token with this payload.
fn read<T: for<'de> Deserialize<'de>>(payload: &str) -> Result<T, Error> {
    with_claims(payload, |claims| claims.deserialize())
}

fn with_claims<T>(
    payload: &str,
    read: impl FnOnce(Claims<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let keys: [Key<'_>; 1] = [alg().key()];
    let token = mint(alg(), HEADER, payload);
    let mut buffer = [0; 2048];
    read(
        Compact::parse(&token)?
            .verify(&keys, &mut buffer)?
            .claims()?,
    )
}

#[derive(Debug, PartialEq, Deserialize)]
struct Borrowed<'a> {
    valve: &'a str,
}

fn valve(payload: &str) -> Result<String, Error> {
    with_claims(payload, |claims| {
        let read: Borrowed<'_> = claims.deserialize()?;
        Ok(read.valve.to_owned())
    })
}

#[derive(Debug, PartialEq, Deserialize)]
struct Owned {
    valve: heapless::String<128>,
}

fn owned(payload: &str) -> Result<String, Error> {
    read::<Owned>(payload).map(|read| read.valve.as_str().to_owned())
}

#[test]
fn borrowed_string() {
    assert_eq!(
        valve(r#"{"x":[{"y":null}],"valve":"north"}"#),
        Ok("north".to_owned())
    );
    assert_eq!(
        valve(r#"{"\u0076alve":"nor\u0074h\/1 \ud834\udd1e"}"#),
        Ok("north/1 𝄞".to_owned())
    );
    // Borrowed where another string of the token has escapes.
    assert_eq!(
        valve(r#"{"x":"a\nb","valve":"north"}"#),
        Ok("north".to_owned())
    );
}

/// Never the raw text of an escape.
#[test]
fn escaped_string() {
    for (spelling, value) in [
        (r"a\\b", r"a\b"),
        (r#"a\"b"#, r#"a"b"#),
        (r"a\nb", "a\nb"),
        (r"\u0000\u001F\b\f\r\t", "\0\u{1f}\u{8}\u{c}\r\t"),
        (r"\\u0041", r"\u0041"),
        (r"\ud834\udd1e\n", "𝄞\n"),
        (r"\\\\\\", r"\\\"),
    ] {
        let payload = format!(r#"{{"valve":"{spelling}"}}"#);
        assert_eq!(owned(&payload).as_deref(), Ok(value));
        assert_eq!(valve(&payload).as_deref(), Ok(value));
    }
    assert_eq!(owned(r#"{"valve":"north"}"#).as_deref(), Ok("north"));
}

/// Names of fields are values too.
#[test]
fn escaped_name() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Quoted {
        #[serde(rename = "a\"b")]
        value: u8,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Backslash {
        #[serde(rename = r"a\nb")]
        value: u8,
    }
    assert_eq!(read(r#"{"a\"b":1}"#), Ok(Quoted { value: 1 }));
    assert_eq!(read(r#"{"a\\nb":1}"#), Ok(Backslash { value: 1 }));
    assert_eq!(
        read::<Backslash>(r#"{"a\nb":1}"#),
        Err(ClaimsShape {
            reason: Misfit::Missing,
            field: Some(r"a\nb")
        })
    );
}

#[test]
fn long_escaped_string() {
    let payload = |len: usize| format!(r#"{{"valve":"{}\n"}}"#, "x".repeat(len - 1));
    assert_eq!(owned(&payload(128)).map(|value| value.len()), Ok(128));
    // The caller's own type is full.
    assert!(matches!(owned(&payload(129)), Err(ClaimsShape { .. })));
    assert_eq!(valve(&payload(1000)).map(|value| value.len()), Ok(1000));
}

#[test]
fn misfits() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Command {
        count: u8,
        open: bool,
        list: [i16; 2],
        note: Option<u8>,
    }
    let good = r#"{"count":7,"open":true,"list":[-1,2],"note":null}"#;
    let command = Command {
        count: 7,
        open: true,
        list: [-1, 2],
        note: None,
    };
    assert_eq!(read(good), Ok(command));
    for (of, with, field, reason) in [
        ("7", "256", "count", Misfit::Value),
        ("7", "-1", "count", Misfit::Value),
        ("7", "7.0", "count", Misfit::Value),
        ("7", "7e0", "count", Misfit::Value),
        ("7", "null", "count", Misfit::Type),
        ("7", r#""7""#, "count", Misfit::Type),
        ("true", "1", "open", Misfit::Type),
        ("true", "null", "open", Misfit::Type),
        ("true", r#""true""#, "open", Misfit::Type),
        ("[-1,2]", "[-1]", "list", Misfit::Length),
        ("[-1,2]", "[-1,2,3]", "list", Misfit::Length),
        ("[-1,2]", "[]", "list", Misfit::Length),
        ("[-1,2]", "{}", "list", Misfit::Type),
        ("[-1,2]", "-1", "list", Misfit::Type),
        ("[-1,2]", "[null,2]", "list", Misfit::Type),
        ("\"note\":null", "\"note\":[]", "note", Misfit::Type),
        ("\"count\":7,", "", "count", Misfit::Missing),
    ] {
        let field = Some(field);
        assert_eq!(
            read::<Command>(&good.replace(of, with)),
            Err(ClaimsShape { reason, field }),
            "{with}"
        );
    }
}

/// What a struct leaves out is skipped, whatever it is.
#[test]
fn ignored_members() {
    for ignored in [
        "null",
        "-1.5e-3",
        r#""x""#,
        r#""a\"b\\""#,
        "[]",
        "{}",
        r#"{"a":{"b\n":[1,"]}"]}}"#,
        r#"[[["{"]]]"#,
        r#"{"":{"":""}}"#,
        "[true,false,null,0]",
    ] {
        for payload in [
            format!(r#"{{"x":{ignored},"valve":"north"}}"#),
            format!(r#"{{"valve":"north","x":{ignored}}}"#),
        ] {
            assert_eq!(valve(&payload), Ok("north".to_owned()), "{payload}");
        }
    }
}
