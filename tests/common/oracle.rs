//! Our JSON values as those of `serde_json`, the oracle for both.

use embedded_jwt::json::{Text, Value};

fn value_of(text: Text<'_>) -> String {
    text.as_str().to_owned()
}

pub(crate) fn to_serde_json(value: Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => value.into(),
        Value::Number(number) => serde_json::from_str(number).unwrap(),
        Value::String(text) => value_of(text).into(),
        Value::Array(array) => array.elements().map(to_serde_json).collect(),
        Value::Object(object) => object
            .members()
            .map(|(name, value)| (value_of(name), to_serde_json(value)))
            .collect(),
    }
}
