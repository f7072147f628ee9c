//! HS256 tokens of every length up to the longest that is allowed, with claims of each shape that could cost more than
//! its length says.

use std::fmt::Write as _;

use embedded_jwt::limits::MAX_TOKEN_LEN;

use crate::{
    Case, Cases, Result, ours,
    tokens::{AUDIENCE, ISSUER, hs256},
};

/// Fills a claim of at most so many bytes.
type Shape = fn(usize) -> String;

const SHAPES: [(&str, Shape); 7] = [
    ("one long string", one_string),
    ("a string full of escapes", escapes),
    ("an array of numbers", numbers),
    ("56 members, longer ones", members),
    ("records of 50 short members", records),
    ("nested objects", nested),
    ("nested objects, indented", indented),
];

/// A case for each shape and each length, which its name ends with.
pub fn cases_of_length() -> Result<Vec<Case>> {
    let mut cases = Cases(Vec::new());
    for (name, shape) in SHAPES {
        for length in [512, 1024, 2048, 4096, 8192, MAX_TOKEN_LEN] {
            let token: &'static str = token(shape, length)?.leak();
            let name = format!("{name}\t{}", token.len());
            cases.push("length", &name, ours::verify_long(token)?);
        }
    }
    cases.tried()
}

/// A token of `length` bytes, or a few less: base64 does not make every length, and padding is no part of the shape.
fn token(shape: Shape, length: usize) -> Result<String> {
    let claims = |filling: &str| {
        format!(
            r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","exp":4102444800,"client_id":"console-7",{filling}"scope":"status:read pump:write","jti":"8Xc2NwbFQ0e4s1vYhJ3kZA"}}"#
        )
    };
    let empty = hs256(&claims(""))?.len();
    let room = length.checked_sub(empty).ok_or("too short a token")? * 3 / 4;
    let token = hs256(&claims(&shape(room)))?;
    if token.len() > length {
        return Err(format!(
            "a token of {} bytes where {length} were asked for",
            token.len()
        )
        .into());
    }
    Ok(token)
}

/// `"data":` and an array of as many of `elements` as there is room for.
fn array(room: usize, mut element: impl FnMut(usize) -> String) -> String {
    let mut text = r#""data":["#.to_owned();
    for index in 0.. {
        let comma = if index == 0 { "" } else { "," };
        let element = element(index);
        if text.len() + comma.len() + element.len() + "],".len() > room {
            break;
        }
        text += comma;
        text += &element;
    }
    text + "],"
}

fn one_string(room: usize) -> String {
    let room = room - r#""data":"","#.len();
    format!(r#""data":"{}","#, "x".repeat(room))
}

/// As issuers in PHP and Java write URLs and names.
fn escapes(room: usize) -> String {
    let room = room - r#""data":"","#.len();
    let piece = r"\/caf\u00e9\n\uD83D\uDE00";
    format!(r#""data":"{}","#, piece.repeat(room / piece.len()))
}

fn numbers(room: usize) -> String {
    array(room, |index| format!("{}.25", index * 37 % 1000))
}

/// As many members as an object may have beside the others, and then longer ones.
fn members(room: usize) -> String {
    let count = (room / 16).min(56);
    let value = "v".repeat(room / count - r#""name_00":"","#.len());
    (0..count).fold(String::new(), |mut text, index| {
        _ = write!(text, r#""name_{index:02}":"{value}","#);
        text
    })
}

/// Each name is compared with the others of its object.
fn records(room: usize) -> String {
    array(room, |_| {
        let members: Vec<_> = (0..50).map(|index| format!(r#""{index:02}":1"#)).collect();
        format!("{{{}}}", members.join(","))
    })
}

fn nested(room: usize) -> String {
    array(room, |index| {
        format!(
            r#"{{"id":{index},"at":{{"site":{{"name":"north","position":{{"x":1,"y":[2,{{"z":3}}]}}}}}}}}"#
        )
    })
}

fn indented(room: usize) -> String {
    array(room, |index| {
        format!(
            "\n    {{\n        \"id\": {index},\n        \"at\": {{\n            \"position\": {{ \"x\": 1, \"y\": [2] }}\n        }}\n    }}"
        )
    })
}
