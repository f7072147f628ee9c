//! The JWK Sets of providers: which keys come out, what is rejected, and how many are skipped.

use embedded_jwt::{
    Error, Key,
    jwk::{JwkSet, KeyRing},
    limits::MAX_JWK_SET_KEYS,
};
use p256::ecdsa::SigningKey;
use serde_json::{Map, Value, json};

use super::generate::generate;
use crate::common::{NOW, encode};

/// Puts the public key that belongs to the number in `$key` in its place: `kty`, `crv`, `x`, `y`.
fn with_keys(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(with_keys).collect(),
        Value::Object(object) => {
            let mut members: Map<String, Value> = object
                .iter()
                .map(|(name, value)| (name.clone(), with_keys(value)))
                .collect();
            let Some(number) = members.remove("$key") else {
                return members.into();
            };
            let number: u8 = number.as_str().unwrap().parse().unwrap();
            let key = SigningKey::from_slice(&[number + 1; 32]).unwrap();
            let point = key.verifying_key().to_sec1_point(false);
            let (x, y) = point.as_bytes()[1..].split_at(32);
            for (name, value) in [
                ("kty", "EC"),
                ("crv", "P-256"),
                ("x", &encode(x)),
                ("y", &encode(y)),
            ] {
                // What the data says itself stays: it is the defect.
                members.entry(name).or_insert_with(|| value.into());
            }
            members.into()
        }
        other => other.clone(),
    }
}

/// What becomes of a set, as the data say it.
fn read(text: &str, buffer: &mut [u8]) -> Result<Value, Error> {
    let keys = JwkSet::parse(text, buffer)?.keys::<MAX_JWK_SET_KEYS>()?;
    let rejected = keys
        .rejected()
        .map(|jwk| json!([jwk.index, jwk.reason.name()]));
    Ok(json!({
        "kids": keys.iter().map(Key::kid).collect::<Vec<_>>(),
        "rejected": rejected,
        "skipped": keys.skipped(),
    }))
}

fn update(text: &str, buffer: &mut [u8]) -> Result<Value, Error> {
    let mut ring = KeyRing::<16>::new("https://auth.example", 3600);
    let update = ring.update(text, NOW, buffer)?;
    let rejected = update
        .rejected
        .map(|jwk| json!([jwk.index, jwk.reason.name()]));
    Ok(json!([update.added, rejected, update.skipped]))
}

fn shown(verdict: Result<Value, Error>) -> Value {
    verdict.unwrap_or_else(|error| match error {
        Error::KeyRingNoKeys { skipped } => json!([error.name(), skipped]),
        _ => error.name().into(),
    })
}

#[test]
fn sets() {
    let rows: Vec<Value> = serde_json::from_str(include_str!("sets.json")).unwrap();
    assert!(rows.len() >= 31, "{}", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        let set = with_keys(&generate(&row["set"], 0));
        for text in [set.to_string(), serde_json::to_string_pretty(&set).unwrap()] {
            let needed = text.len();
            let mut buffer = vec![0; needed];
            let found = shown(read(&text, &mut buffer));
            let ring = shown(update(&text, &mut buffer));
            if (&found, &ring) != (&row["found"], &row["ring"]) {
                let name = &row["name"];
                wrong.push(format!("{name}: \"found\": {found}, \"ring\": {ring}"));
            }
            // The text is all that the buffer has to hold.
            let short = &mut buffer[1..];
            assert_eq!(read(&text, short), Err(Error::BufferTooSmall { needed }));
            assert_eq!(update(&text, short), Err(Error::BufferTooSmall { needed }));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The lengths of real `kid`s that once were too long.
#[test]
fn long_kids() {
    let text = include_str!("sets.json");
    for (start, len) in [("https://plant-vault", 86), ("did:key:", 105)] {
        let kid = text.split('"').find(|text| text.starts_with(start));
        assert_eq!(kid.map(str::len), Some(len));
    }
}
