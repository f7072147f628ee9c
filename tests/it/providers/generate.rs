//! Long lists, large objects and long strings, from what stands for them in the data.

use serde_json::{Map, Value};

/// Replaces what stands for something long:
/// - a list of one object with `$repeat` and `$item` becomes a list of that many items
/// - an object with `$repeat`, `$name` and `$value` becomes an object of that many members
/// - an object with `$text` becomes a string of about that length
///
/// `{n}` in a string is the number of the item or member.
pub(super) fn generate(value: &Value, number: u64) -> Value {
    match value {
        Value::String(text) => text.replace("{n}", &format!("{number:03}")).into(),
        Value::Array(list) => match list.as_slice() {
            [one] if one.get("$repeat").is_some() => (0..one["$repeat"].as_u64().unwrap())
                .map(|number| generate(&one["$item"], number))
                .collect(),
            _ => list.iter().map(|item| generate(item, number)).collect(),
        },
        Value::Object(object) if object.contains_key("$text") => {
            let len = usize::try_from(object["$text"].as_u64().unwrap()).unwrap();
            "MIICdGVz".repeat(len / 8).into()
        }
        Value::Object(object) if object.contains_key("$repeat") => {
            let name = object["$name"].as_str().unwrap();
            (0..object["$repeat"].as_u64().unwrap())
                .map(|number| {
                    let name = name.replace("{n}", &format!("{number:03}"));
                    (name, generate(&object["$value"], number))
                })
                .collect::<Map<String, Value>>()
                .into()
        }
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| (name.clone(), generate(value, number)))
            .collect::<Map<String, Value>>()
            .into(),
        other => other.clone(),
    }
}
