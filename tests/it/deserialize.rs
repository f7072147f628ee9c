//! Values read by serde: what fits which type, and `serde_json` as the oracle for all of it.

use core::{
    fmt::{Debug, Write as _},
    num::{NonZeroU8, Saturating},
};
use std::collections::BTreeMap;

use embedded_jwt::{Error, json::Value};
use proptest::prelude::*;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor},
};

/// The code of `ClaimsShape`, whatever the reason: `misfits.rs` has the reasons.
const CLAIMS_SHAPE: u16 = 74;

fn read<T: DeserializeOwned>(json: &str) -> Result<T, u16> {
    let mut text = json.as_bytes().to_vec();
    let value = Value::parse(&mut text).unwrap();
    value.deserialize().map_err(Error::code)
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
enum Kind {
    Unit,
    Newtype(i8),
    Tuple(u8, String),
    Struct {
        n: u64,
        s: Option<String>,
        a: Option<Box<Kind>>,
        t: Option<(bool, char)>,
        v: Option<Vec<u8>>,
    },
}

#[derive(Debug, PartialEq, Deserialize)]
struct Fields {
    n: Option<i64>,
    s: Option<String>,
    a: Option<Box<Fields>>,
    t: Option<(bool, char)>,
    v: Option<Vec<u8>>,
    f: Option<f64>,
    e: Option<Kind>,
    m: Option<BTreeMap<u32, String>>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    n: u8,
    s: Option<char>,
    a: Option<IgnoredAny>,
    t: Option<Pair>,
    v: Option<[i16; 2]>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Pair(i8, Option<String>);

#[derive(Debug, PartialEq, Deserialize)]
struct Unit;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Newtype<T>(T);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Pair(u8, u8),
    List(Vec<Untagged>),
    Struct { n: u8 },
    Map(BTreeMap<String, Untagged>),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "s")]
enum Tagged {
    #[serde(rename = "a")]
    Fields(Box<Fields>),
    #[serde(rename = "n")]
    Unit,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Flat {
    n: Option<i64>,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

/// `json` is read as this.
fn fits<T: DeserializeOwned + Debug + PartialEq>(json: &str, expected: T) {
    assert_eq!(read::<T>(json), Ok(expected), "{json}");
}

/// Nothing of this is read as a `T`.
fn misfits<T: DeserializeOwned + Debug + PartialEq>(texts: &[&str]) {
    for json in texts {
        assert_eq!(read::<T>(json), Err(CLAIMS_SHAPE), "{json}");
    }
}

#[test]
fn integers() {
    fits("0", 0_u8);
    fits("255", 255_u8);
    fits("-128", -128_i8);
    fits("18446744073709551615", u64::MAX);
    fits("-9223372036854775808", i64::MIN);
    fits("340282366920938463463374607431768211455", u128::MAX);
    fits("-170141183460469231731687303715884105728", i128::MIN);
    fits("300", Saturating(u8::MAX));
    let other = [
        "-0", "7.0", "7e0", "7E-0", "0.5", "null", "true", "\"7\"", "[7]", "{}",
    ];
    misfits::<u8>(&other);
    misfits::<i64>(&other);
    misfits::<i128>(&other);
    misfits::<u8>(&["256", "-1", "18446744073709551616"]);
    misfits::<i8>(&["128", "-129"]);
    misfits::<u64>(&["18446744073709551616", "-1"]);
    misfits::<i64>(&["9223372036854775808", "-9223372036854775809"]);
    misfits::<u128>(&["340282366920938463463374607431768211456", "-1"]);
    misfits::<NonZeroU8>(&["0", "256"]);
}

/// Where the type of a number is left to the reader: an integer of 64 bits as what it is, and any other as a float.
#[test]
fn numbers_of_any_type() {
    for json in [
        "0",
        "-0",
        "-1",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "1.0",
        "1e3",
    ] {
        let expected: serde_json::Value = serde_json::from_str(json).unwrap();
        fits(json, expected);
    }
}

#[test]
fn floats() {
    fits("0.1", 0.1_f64);
    fits("7", 7.0_f64);
    fits("-1.5E+2", -150.0_f64);
    fits("1.7976931348623157e308", f64::MAX);
    fits("1e-400", 0.0_f64);
    fits("18446744073709551616", 18_446_744_073_709_551_616.0_f64);
    // Rounded to f64 first, it would lie half way and go to the even 1.0.
    fits("1.00000005960464477540", 1.000_000_1_f32);
    assert!(read::<f64>("-0").unwrap().is_sign_negative());
    let none = [
        "1e400", "-1e400", "1e999999", "null", "\"1\"", "\"NaN\"", "[1]",
    ];
    misfits::<f64>(&none);
    misfits::<f32>(&none);
    misfits::<f32>(&["1e39", "3.5e38"]);
    misfits::<serde_json::Value>(&["1e400", "[1e400]"]);
}

#[test]
fn scalars() {
    fits("true", true);
    fits("null", ());
    fits("null", Unit);
    fits("\"x\"", 'x');
    fits(r#""\ud834\udd1e""#, '𝄞');
    fits(r#""\"""#, '"');
    fits("null", None::<u8>);
    fits("7", Some(7_u8));
    fits("7", Newtype(7_u8));
    fits("null", Newtype(None::<u8>));
    misfits::<bool>(&["1", "null", "\"true\"", "[true]"]);
    misfits::<char>(&["\"\"", "\"xy\"", "1", "null"]);
    misfits::<()>(&["false", "0", "\"\"", "[]", "{}", "\"null\""]);
    misfits::<Unit>(&["[]", "{}", "\"Unit\""]);
    misfits::<Option<u8>>(&["false", "\"\"", "[]", "256"]);
    misfits::<String>(&["1", "null", "[\"x\"]", "true"]);
}

#[test]
fn borrowed_strings() {
    let mut text = r#"["\/\u0041é", "b"]"#.as_bytes().to_vec();
    let value = Value::parse(&mut text).unwrap();
    assert_eq!(value.deserialize(), Ok(["/Aé", "b"]));
    for (spelled, strings) in [
        (r#"["\"", ""]"#, ["\"", ""]),
        (r#"["a\\b", ""]"#, ["a\\b", ""]),
        (r#"["", "\n"]"#, ["", "\n"]),
        (r#"["\u0000", "\ud834\udd1e"]"#, ["\0", "𝄞"]),
    ] {
        let mut text = spelled.as_bytes().to_vec();
        let value = Value::parse(&mut text).unwrap();
        assert_eq!(value.deserialize::<[&str; 2]>(), Ok(strings));
        assert_eq!(value.deserialize(), Ok(strings.map(str::to_owned)));
    }
    // Not even as bytes.
    let mut text = *br#""abc""#;
    let value = Value::parse(&mut text).unwrap();
    let bytes = value.deserialize::<&[u8]>();
    assert_eq!(bytes.map_err(Error::code), Err(CLAIMS_SHAPE));
}

/// Strings with escapes have no limit of their own: as a value, as a name, and where serde collects
/// values before it reads them.
#[test]
fn long_strings_with_escapes() {
    for len in [1, 32, 33, 129, 4_000] {
        let value = "\n\"\\é".repeat(len);
        let spelled = serde_json::to_string(&value).unwrap();
        fits(&spelled, value.clone());
        fits(&spelled, serde_json::Value::from(&*value));
        fits(&spelled, Untagged::Text(value.clone()));
        fits(&spelled, IgnoredAny);
        fits(
            &format!("{{{spelled}:7}}"),
            BTreeMap::from([(value.clone(), 7_u8)]),
        );
        fits(
            &format!(r#"{{{spelled}:{{"x":{spelled}}},"n":1}}"#),
            Flat {
                n: Some(1),
                rest: [(value.clone(), serde_json::json!({ "x": value }))].into(),
            },
        );
        // A name without a field, and a value that is skipped.
        fits(
            &format!(r#"{{"n":7,"a":[{spelled},{{{spelled}:1}}]}}"#),
            Strict {
                n: 7,
                s: None,
                a: Some(IgnoredAny),
                t: None,
                v: None,
            },
        );
    }
}

#[test]
fn sequences() {
    fits("[]", Vec::<u8>::new());
    fits("[1,2,3]", heapless::Vec::<u8, 3>::from_array([1, 2, 3]));
    fits("[[1],[]]", vec![vec![1_u8], vec![]]);
    fits("[-1,2]", [-1_i16, 2]);
    fits("[1,\"]\"]", (1_u8, "]".to_owned()));
    fits("[1,null]", Pair(1, None));
    misfits::<heapless::Vec<u8, 3>>(&["[1,2,3,4]", "{}", "null", "1", "\"abc\""]);
    misfits::<[i16; 2]>(&["[]", "[1]", "[1,2,3]", "[1,2,[]]", "[1,null]", "{}"]);
    misfits::<Pair>(&["[]", "[1]", "[1,null,null]", r#"{"0":1,"1":null}"#]);
    misfits::<[u8; 0]>(&["[1]", "[null]", "{}"]);
}

/// A visitor that stops early leaves something over, and that does not fit.
#[test]
fn leftovers() {
    #[derive(Debug, PartialEq)]
    struct First(u8);
    impl<'de> Deserialize<'de> for First {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct OfSequence;
            impl<'de> Visitor<'de> for OfSequence {
                type Value = First;
                fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                    f.write_str("a sequence")
                }
                fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<First, A::Error> {
                    Ok(First(seq.next_element()?.unwrap_or_default()))
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> Result<First, A::Error> {
                    let entry: Option<(IgnoredAny, u8)> = map.next_entry()?;
                    Ok(First(entry.unwrap_or((IgnoredAny, 0)).1))
                }
            }
            deserializer.deserialize_any(OfSequence)
        }
    }
    fits("[]", First(0));
    fits("[7]", First(7));
    fits(r#"{"a":7}"#, First(7));
    misfits::<First>(&["[7,8]", r#"{"a":7,"b":8}"#, "7"]);
}

#[test]
fn maps() {
    fn one<K: Ord>(key: K) -> BTreeMap<K, u8> {
        [(key, 1)].into()
    }
    fits(r#"{"a\nb":1}"#, one("a\nb".to_owned()));
    fits(
        r#"{"a":1}"#,
        one(heapless::String::<4>::try_from("a").unwrap()),
    );
    fits(r#"{"\"":1}"#, one('"'));
    fits(r#"{"0":1}"#, one(0_u32));
    fits(r#"{"4294967295":1}"#, one(u32::MAX));
    fits(r#"{"-128":1}"#, one(-128_i8));
    fits(
        r#"{"18446744073709551616":1}"#,
        one(18_446_744_073_709_551_616_u128),
    );
    fits(r#"{"true":1}"#, one(true));
    fits(r#"{"Unit":1}"#, one(Kind::Unit));
    fits(r#"{"7":1}"#, one(Newtype(7_u8)));
    fits(r#"{"7":1}"#, one(Some(7_u8)));
    fits(
        r#"{"false":1,"true":2}"#,
        BTreeMap::from([(false, 1_u8), (true, 2)]),
    );
    misfits::<BTreeMap<u32, u8>>(&[
        r#"{"":1}"#,
        r#"{"-1":1}"#,
        r#"{"-0":1}"#,
        r#"{"+1":1}"#,
        r#"{"01":1}"#,
        r#"{"00":1}"#,
        r#"{" 1":1}"#,
        r#"{"1.0":1}"#,
        r#"{"1e0":1}"#,
        r#"{"1\n":1}"#,
        r#"{"4294967296":1}"#,
        r#"{"x":1}"#,
        r#"{"1":null}"#,
        "[]",
        "null",
    ]);
    misfits::<BTreeMap<i8, u8>>(&[r#"{"-01":1}"#, r#"{"-+1":1}"#, r#"{"--1":1}"#, r#"{"-":1}"#]);
    misfits::<BTreeMap<bool, u8>>(&[r#"{"1":1}"#, r#"{"True":1}"#, r#"{"tru\u0000":1}"#]);
    misfits::<BTreeMap<char, u8>>(&[r#"{"":1}"#, r#"{"ab":1}"#]);
    misfits::<BTreeMap<Kind, u8>>(&[r#"{"Newtype":1}"#, r#"{"x":1}"#]);
    misfits::<BTreeMap<(), u8>>(&[r#"{"null":1}"#, r#"{"":1}"#]);
    misfits::<BTreeMap<Vec<u8>, u8>>(&[r#"{"[]":1}"#]);
    fits("{}", BTreeMap::<(), u8>::new());
}

#[test]
fn structs() {
    let strict = Strict {
        n: 1,
        s: None,
        a: None,
        t: None,
        v: None,
    };
    fits(r#"{"n":1,"s":null}"#, strict);
    misfits::<Strict>(&[
        "{}",
        r#"{"n":null}"#,
        r#"{"n":1,"x":2}"#,
        r#"{"N":1}"#,
        r#"{"n":1,"v":[1,2,3]}"#,
        // By the order of the fields.
        "[1,null,null,null,null]",
        "[]",
        "null",
        "\"n\"",
    ]);
}

#[test]
fn enums() {
    fits("\"Unit\"", Kind::Unit);
    fits(r#"{"Newtype":-1}"#, Kind::Newtype(-1));
    fits(r#"{"Tuple":[1,"x"]}"#, Kind::Tuple(1, "x".to_owned()));
    let with_n = Kind::Struct {
        n: 1,
        s: None,
        a: None,
        t: None,
        v: None,
    };
    fits(r#"{"Struct":{"x":[],"n":1}}"#, with_n);
    misfits::<Kind>(&[
        "\"Newtype\"",
        "\"Tuple\"",
        "\"Struct\"",
        "\"unit\"",
        "\"\"",
        "null",
        "0",
        "[]",
        "[\"Unit\"]",
        "{}",
        r#"{"Unit":null}"#,
        r#"{"Unit":[]}"#,
        r#"{"Newtype":null}"#,
        r#"{"Newtype":1,"Unit":null}"#,
        r#"{"x":1}"#,
        r#"{"Tuple":[1]}"#,
        r#"{"Tuple":[1,"x",2]}"#,
        r#"{"Tuple":{"0":1,"1":"x"}}"#,
        r#"{"Struct":[1,null,null,null,null]}"#,
        r#"{"Struct":{}}"#,
        r#"{"Struct":null}"#,
    ]);
}

/// JSON of few names and strings, so that it often fits one of the types here. Never a unit variant written as an
/// object, nor an array of as many elements as a struct has fields: `serde_json` reads these.
fn json() -> impl Strategy<Value = String> {
    // The last one is empty.
    let names = r#"n s a t v f e m x Newtype Tuple Struct 0 1 -7 01 -0 1.0 4294967296 true false é \n \"x\" \\ "#;
    let name = prop::sample::select(names.split(' ').collect::<Vec<_>>());
    let number = prop_oneof![
        4 => prop::sample::select(vec![
            "0", "-0", "1", "-1", "127", "128", "-128", "-129", "255", "256", "65536", "1.0", "1e3", "0.1",
            "4294967296", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e39", "1e400",
        ])
        .prop_map(str::to_owned),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        2 => "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,24})?([eE][+-]?[0-9]{1,2})?",
    ];
    let string = prop_oneof![
        3 => name.clone().prop_map(|name| format!("\"{name}\"")),
        1 => Just("\"Unit\"".to_owned()),
        1 => any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
    ];
    let members = [
        r#""n":7"#,
        r#""s":"x""#,
        r#""a":null"#,
        r#""t":[true,"x"]"#,
        r#""v":[1,255]"#,
        r#""f":1e-3"#,
        r#""e":"Unit""#,
        r#""m":{"1":"x","20":"\n"}"#,
    ];
    let fields = prop::sample::subsequence(members.to_vec(), 0..=members.len())
        .prop_map(|members| format!("{{{}}}", members.join(",")));
    let leaf = prop_oneof![
        1 => Just("null".to_owned()),
        1 => Just("true".to_owned()),
        1 => Just("false".to_owned()),
        4 => number,
        4 => string,
        2 => fields.clone(),
        1 => fields.prop_map(|fields| format!(r#"{{"Struct":{fields}}}"#)),
        1 => Just(r#"{"Newtype":-7}"#.to_owned()),
        1 => Just(r#"{"Tuple":[7,"x"]}"#.to_owned()),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        let elements = prop::collection::vec(inner.clone(), 0..5);
        let members = prop::collection::btree_map(name.clone(), inner, 0..5);
        prop_oneof![
            elements.prop_map(|elements| format!("[{}]", elements.join(","))),
            members.prop_map(|members| {
                let members: Vec<_> = members
                    .iter()
                    .map(|(name, value)| format!("\"{name}\":{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn agree<T: DeserializeOwned + Debug + PartialEq>(json: &str) -> Result<(), TestCaseError> {
    // Not `from_str`: serde_json 1.0.154 cuts a name that is no boolean behind its first byte, and panics where that is
    // half a character.
    let theirs = serde_json::from_slice::<T>(json.as_bytes()).map_err(|_| CLAIMS_SHAPE);
    prop_assert_eq!(
        read::<T>(json),
        theirs,
        "{} as {}",
        json,
        core::any::type_name::<T>()
    );
    Ok(())
}

macro_rules! agree_on {
    ($json:expr; $($type:ty,)*) => {
        $(agree::<$type>($json)?;)*
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    #[test]
    fn as_serde_json(json in json()) {
        agree_on! { &json;
            bool, u8, u16, u32, u64, i8, i16, i32, i64, u128, f32, f64, char, (), String,
            NonZeroU8, Saturating<i8>, heapless::String<4>, Option<i8>, Option<String>,
            Vec<i64>, Vec<Option<bool>>, heapless::Vec<f32, 2>, [i16; 2], [u8; 0], (bool, String), Vec<(u8, f64)>,
            Unit, Newtype<u16>, Pair, Fields, Strict, Kind, Vec<Kind>, Untagged, Tagged, Flat,
            BTreeMap<String, u8>, BTreeMap<u32, serde_json::Value>, BTreeMap<i8, serde_json::Value>, BTreeMap<u128, serde_json::Value>,
            BTreeMap<char, serde_json::Value>, BTreeMap<bool, serde_json::Value>, BTreeMap<Kind, serde_json::Value>,
            BTreeMap<Newtype<Option<i64>>, serde_json::Value>, BTreeMap<String, Fields>,
            IgnoredAny, serde_json::Value, Vec<serde_json::Value>,
        }
    }
}

/// Of the types that `serde-json-core` reads as well. It also reads `null` in a float (NaN), a float that is too large
/// (infinity) and a string with an escape (as it is written): the values below have none of these.
#[derive(Debug, PartialEq, Deserialize)]
struct Command<'a> {
    exp: u64,
    level: Option<i16>,
    open: bool,
    valve: &'a str,
    by: Option<&'a str>,
    steps: heapless::Vec<u8, 3>,
    at: (i8, f64),
    mode: Mode,
    pump: Option<Pump<'a>>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Slow,
    Fast,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Pump<'a> {
    id: &'a str,
    power: f32,
}

/// Members of a [`Command`] in any order, now and then missing or of another type, beside unknown members.
fn command() -> impl Strategy<Value = String> {
    // Spaces, and escapes that the normal form resolves.
    let text = prop_oneof![
        "[a-z /é漢😀]{0,8}",
        Just(r"a\/b".to_owned()),
        Just(r"\u00e9".to_owned())
    ]
    .prop_map(|text| format!("\"{text}\""))
    .boxed();
    let float = "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,9})?([eE][+-]?[0-9])?".boxed();
    let pump = (text.clone(), float.clone())
        .prop_map(|(id, power)| format!(r#"{{ "id": {id}, "power": {power} }}"#));
    let fields = [
        ("exp", any::<u64>().prop_map(|exp| exp.to_string()).boxed()),
        (
            "level",
            any::<i16>().prop_map(|level| level.to_string()).boxed(),
        ),
        (
            "open",
            any::<bool>().prop_map(|open| open.to_string()).boxed(),
        ),
        ("valve", text.clone()),
        ("by", text),
        (
            "steps",
            prop::collection::vec(any::<u8>(), 0..5)
                .prop_map(|steps| format!("{steps:?}"))
                .boxed(),
        ),
        (
            "at",
            (any::<i8>(), float)
                .prop_map(|(at, float)| format!("[{at},{float}]"))
                .boxed(),
        ),
        (
            "mode",
            prop::sample::select(vec![r#""slow""#, r#""fast""#, r#""off""#])
                .prop_map_into()
                .boxed(),
        ),
        ("pump", pump.boxed()),
        (
            "other",
            Just(r#"{"exp":[null,{"":[]}]}"#.to_owned()).boxed(),
        ),
    ];
    let other = prop::sample::select(vec![
        "null",
        "true",
        "-1",
        "256",
        "1.5",
        "18446744073709551616",
        r#""x""#,
        "[]",
        "[1]",
        "{}",
    ]);
    fields
        .map(|(name, value)| {
            let value = prop_oneof![30 => value, 1 => other.clone().prop_map_into()];
            let member = value.prop_map(move |value| format!("\"{name}\": {value}"));
            prop::option::weighted(0.97, member).boxed()
        })
        .to_vec()
        .prop_shuffle()
        .prop_map(|members| {
            let members: Vec<_> = members.into_iter().flatten().collect();
            format!("{{{}}}", members.join(","))
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    #[test]
    fn as_serde_json_core(json in command()) {
        let mut json = json.into_bytes();
        let value = Value::parse(&mut json).unwrap();
        let Value::Object(object) = value else { panic!("{value:?}") };
        let mut text = heapless::String::<1024>::new();
        write!(text, "{object}").unwrap();
        let theirs = serde_json_core::from_str::<Command<'_>>(&text);
        let theirs = theirs.map(|(command, _)| command).map_err(|_| CLAIMS_SHAPE);
        prop_assert_eq!(value.deserialize().map_err(Error::code), theirs, "{}", object);
    }
}
