//! A value that does not fit its type: the reason, the field and the text.

use core::fmt::Debug;
use std::collections::BTreeMap;

use embedded_jwt::{
    Error,
    json::{Misfit, Value},
};
use serde::{Deserialize, de::DeserializeOwned};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only read by serde")]
struct Command {
    #[serde(alias = "output")]
    valve: String,
    #[serde(default)]
    level: u8,
    #[serde(default)]
    list: Vec<[i16; 2]>,
    #[serde(default)]
    mode: Option<Mode>,
    #[serde(default)]
    pump: Option<Box<Pump>>,
    #[serde(default)]
    names: BTreeMap<String, Pump>,
    #[serde(default, rename = "at rest")]
    at_rest: Even,
    #[serde(default)]
    any: Option<Untagged>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only read by serde")]
struct Pump {
    id: char,
    power: Option<f32>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only read by serde")]
enum Mode {
    Off,
    Speed(u8),
    Ramp { from: u8 },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "only read by serde")]
enum Untagged {
    Flag(bool),
    Name(String),
}

/// A type with code of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(try_from = "u8")]
struct Even;

impl TryFrom<u8> for Even {
    type Error = &'static str;

    fn try_from(value: u8) -> Result<Self, &'static str> {
        match value % 2 {
            0 => Ok(Self),
            _ => Err("odd"),
        }
    }
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only read by serde")]
struct Flat {
    n: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, u8>,
}

fn misfit<T: DeserializeOwned + Debug>(json: &str) -> Error {
    let mut text = json.as_bytes().to_vec();
    let value = Value::parse(&mut text).unwrap();
    value.deserialize::<T>().unwrap_err()
}

#[test]
fn every_reason_in_its_field() {
    for (members, reason, field) in [
        (r#""level":1"#, Misfit::Missing, Some("valve")),
        (r#""valve":null"#, Misfit::Type, Some("valve")),
        (r#""valve":"a","level":"1""#, Misfit::Type, Some("level")),
        (r#""valve":"a","level":256"#, Misfit::Value, Some("level")),
        (r#""valve":"a","level":1.0"#, Misfit::Value, Some("level")),
        (r#""valve":"a","level":-1"#, Misfit::Value, Some("level")),
        // An element has no field of its own.
        (
            r#""valve":"a","list":[[1,2],[3]]"#,
            Misfit::Length,
            Some("list"),
        ),
        (
            r#""valve":"a","list":[[1,2,3]]"#,
            Misfit::Length,
            Some("list"),
        ),
        (r#""valve":"a","list":[[1,""]]"#, Misfit::Type, Some("list")),
        (
            r#""valve":"a","mode":"On""#,
            Misfit::UnknownVariant,
            Some("mode"),
        ),
        (
            r#""valve":"a","mode":{"On":1}"#,
            Misfit::UnknownVariant,
            Some("mode"),
        ),
        (r#""valve":"a","mode":"Speed""#, Misfit::Type, Some("mode")),
        (r#""valve":"a","mode":{}"#, Misfit::Length, Some("mode")),
        (
            r#""valve":"a","mode":{"Speed":1,"Off":1}"#,
            Misfit::Length,
            Some("mode"),
        ),
        // The struct variant has fields.
        (
            r#""valve":"a","mode":{"Ramp":{"from":300}}"#,
            Misfit::Value,
            Some("from"),
        ),
        // The innermost field.
        (
            r#""valve":"a","pump":{"id":"a","power":1e39}"#,
            Misfit::Value,
            Some("power"),
        ),
        (r#""valve":"a","pump":{}"#, Misfit::Missing, Some("id")),
        (
            r#""valve":"a","pump":{"id":"ab"}"#,
            Misfit::Value,
            Some("id"),
        ),
        // The field of a struct around the unknown member, whose own name is not the program's.
        (
            r#""valve":"a","pump":{"id":"a","x":1}"#,
            Misfit::UnknownField,
            Some("pump"),
        ),
        (r#""valve":"a","x":1"#, Misfit::UnknownField, None),
        // Nor is a name in a map.
        (
            r#""valve":"a","names":{"x":1}"#,
            Misfit::Type,
            Some("names"),
        ),
        (
            r#""valve":"a","names":{"x":{}}"#,
            Misfit::Missing,
            Some("id"),
        ),
        (
            r#""valve":"a","output":"b""#,
            Misfit::Duplicate,
            Some("valve"),
        ),
        (r#""output":7"#, Misfit::Type, Some("output")),
        (r#""valve":"a","at rest":1"#, Misfit::Other, Some("at rest")),
        (r#""valve":"a","any":1"#, Misfit::Other, Some("any")),
    ] {
        let json = format!("{{{members}}}");
        assert_eq!(
            misfit::<Command>(&json),
            Error::ClaimsShape { reason, field },
            "{json}"
        );
    }
}

#[test]
fn without_a_struct() {
    for (error, reason) in [
        (misfit::<u8>("true"), Misfit::Type),
        (misfit::<u8>("256"), Misfit::Value),
        (misfit::<[u8; 2]>("[1]"), Misfit::Length),
        (misfit::<Mode>("\"on\""), Misfit::UnknownVariant),
        (misfit::<Even>("1"), Misfit::Other),
        (misfit::<Command>("[]"), Misfit::Type),
        (
            misfit::<BTreeMap<String, u8>>(r#"{"a":null}"#),
            Misfit::Type,
        ),
    ] {
        let field = None;
        assert_eq!(error, Error::ClaimsShape { reason, field });
    }
    // serde does not tell the fields of such a struct, except for one that is missing.
    let field = Some("n");
    let reason = Misfit::Missing;
    assert_eq!(misfit::<Flat>("{}"), Error::ClaimsShape { reason, field });
    let (reason, field) = (Misfit::Type, None);
    assert_eq!(
        misfit::<Flat>(r#"{"n":true}"#),
        Error::ClaimsShape { reason, field }
    );
}

#[test]
fn texts() {
    for (reason, end) in [
        (Misfit::Missing, "is missing"),
        (Misfit::Type, "has another JSON type"),
        (Misfit::Value, "is out of range or invalid"),
        (Misfit::Length, "has another length"),
        (Misfit::UnknownField, "has a member without a field"),
        (Misfit::UnknownVariant, "is not a known variant"),
        (Misfit::Duplicate, "is there twice"),
        (Misfit::Other, "is rejected by its type"),
    ] {
        let shown = |field| Error::ClaimsShape { reason, field }.to_string();
        let start = "the claims do not match the type that they are read into";
        assert_eq!(
            shown(Some("valve")),
            format!("{start}: the field `valve` {end}")
        );
        if reason == Misfit::Other {
            assert_eq!(shown(None), start);
        } else {
            assert_eq!(shown(None), format!("{start}: a value {end}"));
        }
    }
}
