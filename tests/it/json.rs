//! The JSON scanner, against `serde_json`: same verdict, same values.

use embedded_jwt::{
    json::{JsonError, Value},
    limits::{MAX_JSON_DEPTH, MAX_JSON_LEN, MAX_JSON_NAMES},
};
use proptest::prelude::*;

use crate::common::oracle::to_serde_json;

fn parse(text: &str) -> Result<serde_json::Value, JsonError> {
    Value::parse(&mut text.as_bytes().to_vec()).map(to_serde_json)
}

fn displayed(text: &str) -> String {
    let mut text = text.as_bytes().to_vec();
    Value::parse(&mut text).unwrap().to_string()
}

/// `Display` writes JSON of the same value, each in one spelling.
#[test]
fn display_has_one_spelling_for_each_value() {
    for (text, normal) in [
        (r#""\u0063rit""#, r#""crit""#),
        (r#""https:\/\/a.example\/b""#, r#""https://a.example/b""#),
        (r#""\u0022\u005c\u002F""#, r#""\"\\/""#),
        (
            r#""\b\f\n\r\t\u0008\u000C\u000a\u000D\u0009""#,
            r#""\b\f\n\r\t\b\f\n\r\t""#,
        ),
        (
            r#""\u0000\u0019\u001a\u001F\u001f\u007f\u0020""#,
            "\"\\u0000\\u0019\\u001a\\u001f\\u001f\\u007f \"",
        ),
        (r#""\u00e9\u20AC\uD83D\ude00""#, "\"é€😀\""),
        (r#""é€😀""#, "\"é€😀\""),
        (
            " \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n",
            r#"{"a":[1,2],"b":{}}"#,
        ),
        (
            r#"[true, false, null, -1.50E+3, "", [], {}, {"\"":"\\"}]"#,
            r#"[true,false,null,-1.50E+3,"",[],{},{"\"":"\\"}]"#,
        ),
    ] {
        assert_eq!(displayed(text), normal, "{text}");
    }
}

#[test]
fn strings_read_and_compare_by_their_true_value() {
    let mut text = br#"["a\"b", "\\", "\u0000\u001f\n", "plain"]"#.to_vec();
    let Value::Array(array) = Value::parse(&mut text).unwrap() else {
        unreachable!()
    };
    let strings: Vec<_> = array.elements().collect();
    for (value, truth) in [
        (strings[0], "a\"b"),
        (strings[1], "\\"),
        (strings[2], "\0\u{1f}\n"),
        (strings[3], "plain"),
    ] {
        let Value::String(text) = value else {
            unreachable!()
        };
        assert!(text == *truth && text == truth, "{text:?}");
        assert_eq!(text.as_str(), truth);
        assert_eq!(text.as_bytes(), truth.as_bytes());
        assert_eq!(value.as_str(), Some(truth));
        assert!(text != *"other");
    }
    // The spelling of the second string is not its value.
    let Value::String(backslash) = strings[1] else {
        unreachable!()
    };
    assert!(backslash != *"\\\\");
}

/// Each value is read as its own type and as no other.
#[test]
fn typed_readers() {
    let mut text = br#"[null, true, false, 7, "x", [1], {"a": 2}]"#.to_vec();
    let values = Value::parse(&mut text).unwrap().as_array().unwrap();
    let read: Vec<_> = values
        .elements()
        .map(|value| {
            (
                value.as_bool(),
                value.as_u64(),
                value.as_str(),
                value.as_array().map(|array| array.to_string()),
                value.as_object().map(|object| object.to_string()),
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            (None, None, None, None, None),
            (Some(true), None, None, None, None),
            (Some(false), None, None, None, None),
            (None, Some(7), None, None, None),
            (None, None, Some("x"), None, None),
            (None, None, None, Some("[1]".to_owned()), None),
            (None, None, None, None, Some(r#"{"a":2}"#.to_owned())),
        ]
    );
}

#[test]
fn refusals() {
    let deep = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let object = |names| {
        let members: Vec<_> = (0..names).map(|name| format!("\"{name}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    let long = |len: usize| format!("\"{}\"", "a".repeat(len - 2));
    let nested = format!(
        "{{\"a\":{},\"b\":[{},{}]}}",
        object(MAX_JSON_NAMES - 4),
        object(MAX_JSON_NAMES - 4),
        object(MAX_JSON_NAMES - 4)
    );
    for (text, verdict) in [
        (deep(MAX_JSON_DEPTH), Ok(())),
        (deep(MAX_JSON_DEPTH + 1), Err(JsonError::TooDeep)),
        (deep(32_000), Err(JsonError::TooDeep)),
        (deep(100_000), Err(JsonError::TooLong)),
        (object(MAX_JSON_NAMES), Ok(())),
        (object(MAX_JSON_NAMES + 1), Err(JsonError::TooManyNames)),
        // A closed object gives its names back.
        (nested, Ok(())),
        (long(MAX_JSON_LEN), Ok(())),
        (long(MAX_JSON_LEN + 1), Err(JsonError::TooLong)),
        (
            r#"{"a":1,"b":2,"\u0061":3}"#.into(),
            Err(JsonError::DuplicateName),
        ),
        (
            r#"[{"x":{"a":1,"a":1}}]"#.into(),
            Err(JsonError::DuplicateName),
        ),
        (r#"{"":1,"":2}"#.into(), Err(JsonError::DuplicateName)),
        (r#"{"a":{"a":{"a":1}},"b":{"a":1}}"#.into(), Ok(())),
        (r#""\ud800""#.into(), Err(JsonError::LoneSurrogate)),
        (r#""\ud800\ud800""#.into(), Err(JsonError::LoneSurrogate)),
        (r#""\udc00\ud800""#.into(), Err(JsonError::LoneSurrogate)),
        (r#""\ud800x""#.into(), Err(JsonError::LoneSurrogate)),
        (r#""\u+041""#.into(), Err(JsonError::Syntax)),
        ("\"\u{1f}\"".into(), Err(JsonError::Syntax)),
        (
            r#"{"alg":"HS256","x":1 "crit":1}"#.into(),
            Err(JsonError::Syntax),
        ),
        ("\u{feff}{}".into(), Err(JsonError::Syntax)),
        (String::new(), Err(JsonError::Syntax)),
    ] {
        let shown: String = text.chars().take(60).collect();
        assert_eq!(parse(&text).map(drop), verdict, "{shown}");
    }
    for broken in [
        &b"\"\xff\""[..],
        b"\xffabc\xff",
        b"[\xff\xff]",
        b"{\xffa\xff:1}",
        b"\"\xc0\xaf\"",
        b"\"\xed\xa0\x80\"",
        b"\"\xc3\"",
        b"\"\xc3\\u0041\"",
    ] {
        assert_eq!(
            Value::parse(&mut broken.to_vec()).unwrap_err(),
            JsonError::NotUtf8,
            "{broken:?}"
        );
    }
}

/// Digits stand where the grammar has some (RFC 8259 section 6), alone and with more behind them.
#[test]
fn numbers_without_their_digits() {
    for number in [
        "-", "1.", "-1.", "0.", "1e", "1E", "1e+", "1e-", "1.e1", "1.5e", "1.5e+", ".5", "-.5",
        "e1", "-e1", "+1", "01", "-01", "00", "1.5.5", "1e5e5", "1e5.5", "--1", "0x1", "1_0",
    ] {
        for text in [
            number.to_owned(),
            format!("[{number}]"),
            format!("[{number},1]"),
            format!("{{\"a\":{number}}}"),
            format!("{{\"a\":{number},\"b\":1}}"),
        ] {
            assert_eq!(parse(&text).map(drop), Err(JsonError::Syntax), "{text}");
        }
    }
    for number in [
        "0", "-0", "10", "-10", "0.5", "-0.05", "1e5", "1E+05", "1.5e-5", "0e0",
    ] {
        assert_eq!(displayed(number), number);
    }
}

/// Names of one object are told apart by every one of their bytes, however much of them is alike.
#[test]
fn names_that_differ_in_one_byte_are_two() {
    for len in [1, 2, 3, 4, 39, 40, 41, 42, 63, 64, 65, 255, 256, 257, 300] {
        let name = "a".repeat(len);
        let object = |other: &str| format!("{{\"{name}\":1,\"x\":2,\"{other}\":3}}");
        assert_eq!(
            parse(&object(&name)).map(drop),
            Err(JsonError::DuplicateName),
            "{len}"
        );
        for at in 0..len {
            for byte in ["A", "b"] {
                let mut other = name.clone();
                other.replace_range(at..=at, byte);
                assert_eq!(parse(&object(&other)).map(drop), Ok(()), "{len} {at}");
            }
        }
        // One is the start of the other, and its end.
        for other in [len - 1, len + 1, 2 * len] {
            let other = "a".repeat(other);
            let is_same = other == name;
            assert_eq!(parse(&object(&other)).is_ok(), !is_same, "{len}");
        }
    }
}

/// A JSON text as `serde_json` writes it, with whitespace and escapes that it would not write.
fn json_text() -> impl Strategy<Value = String> {
    let space = prop_oneof![4 => Just(""), 1 => Just(" "), 1 => Just("\n\t\r")];
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (-1e9..1e9f64).prop_map(|number| number.to_string()),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
    ];
    let character = prop_oneof![
        4 => "[ !#-\\[\\]-~]",
        1 => any::<char>().prop_filter("raw in JSON", |c| !matches!(c, '\0'..=' ' | '"' | '\\')).prop_map(String::from),
        1 => r#"\\["\\/bfnrt]"#,
        1 => "\\\\u(00|20|d7|e0)[0-9a-fA-F]{2}",
        1 => "\\\\ud8[0-9a-f]{2}\\\\udC[0-9A-F]{2}",
    ];
    let string =
        prop::collection::vec(character, 0..8).prop_map(|parts| format!("\"{}\"", parts.concat()));
    let leaf = prop_oneof![
        Just("null".into()),
        Just("true".into()),
        Just("false".into()),
        number,
        string.clone()
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        let element = (space.clone(), inner, space.clone())
            .prop_map(|(a, value, b)| format!("{a}{value}{b}"));
        let elements = prop::collection::vec(element.clone(), 0..6);
        let member = (string.clone(), element).prop_map(|(name, value)| format!("{name}:{value}"));
        let members = prop::collection::vec(member, 0..6);
        prop_oneof![
            elements.prop_map(|elements| format!("[{}]", elements.join(","))),
            members.prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

/// What `serde_json` accepts and we do not, by design.
fn is_own_refusal(error: JsonError) -> bool {
    matches!(
        error,
        JsonError::DuplicateName | JsonError::TooDeep | JsonError::TooManyNames
    )
}

fn compare(text: &[u8]) -> Result<(), TestCaseError> {
    let oracle = serde_json::from_slice::<serde_json::Value>(text);
    let mut text = text.to_vec();
    match (Value::parse(&mut text), oracle) {
        (Ok(value), Ok(expected)) => prop_assert_eq!(to_serde_json(value), expected),
        (Ok(_), Err(error)) => {
            // Its numbers have to fit an f64; ours are text.
            prop_assert!(
                error.to_string().contains("number out of range"),
                "only we accept: {error}"
            );
        }
        (Err(error), Ok(_)) => prop_assert!(is_own_refusal(error), "only we refuse: {error}"),
        (Err(_), Err(_)) => {}
    }
    Ok(())
}

proptest! {
    #[test]
    fn well_formed_texts_read_as_by_serde_json(text in json_text()) {
        compare(text.as_bytes())?;
    }

    #[test]
    fn broken_texts_are_refused_as_by_serde_json(
        text in json_text(),
        at in any::<prop::sample::Index>(),
        with in prop::collection::vec(any::<u8>(), 0..3),
        cut in 0..3usize,
    ) {
        let mut text = text.into_bytes();
        let at = at.index(text.len());
        text.splice(at..(at + cut).min(text.len()), with);
        compare(&text)?;
    }

    /// By values: the spelling of neither one counts. Few characters, so that many pairs are equal, or are where one is escaped.
    #[test]
    fn texts_compare_as_what_they_decode_to(
        value in "[a\\\\\"n\n\u{1}\u{e9}]{0,4}",
        other in "[a\\\\\"n\n\u{1}\u{e9}]{0,4}",
        more in "[a\\\\n]{0,6}",
    ) {
        let mut spelled = serde_json::to_vec(&value).unwrap();
        let Value::String(text) = Value::parse(&mut spelled).unwrap() else { unreachable!() };
        let normal = format!("{text:?}");
        prop_assert!(text == *value);
        for other in [&*other, &*format!("{value}{more}"), &*format!("{more}{value}"), normal.trim_matches('"')] {
            prop_assert_eq!(text == *other, value == other, "{:?} {:?}", value, other);
        }
    }

    #[test]
    fn display_is_json_of_the_same_value(text in json_text()) {
        let mut once = text.into_bytes();
        if let Ok(value) = Value::parse(&mut once) {
            let shown = value.to_string();
            let mut again = shown.clone().into_bytes();
            let again = Value::parse(&mut again).unwrap();
            prop_assert!(again == value && again.to_string() == shown);
            let oracle: serde_json::Value = serde_json::from_str(&shown).unwrap();
            prop_assert_eq!(to_serde_json(value), oracle);
        }
    }
}

/// Each fault has its own words.
#[test]
fn errors_say_what_is_wrong() {
    for (error, word) in [
        (JsonError::Syntax, "JSON"),
        (JsonError::NotUtf8, "UTF-8"),
        (JsonError::LoneSurrogate, "surrogate"),
        (JsonError::DuplicateName, "name"),
        (JsonError::TooDeep, "nested"),
        (JsonError::TooManyNames, "members"),
        (JsonError::TooLong, "longer"),
    ] {
        assert!(error.to_string().contains(word), "{error:?}");
    }
}
