//! What was measured against what is written down.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::measure::BY_CRATE;

/// How many times what is written down a figure may be. A compiler lays out the same code a little differently from one
/// folder to another.
const AT_MOST: f64 = 1.02;
const AT_LEAST: f64 = 0.98;

/// Fails where a figure has grown, where one has shrunk, and where there is one too many or too few.
pub(super) fn hold(measured: &Value, stored: &Value) -> Result<()> {
    let (measured, stored) = (figures(measured), figures(stored));
    let mut faults = Vec::new();
    for (name, now) in &measured {
        let Some(before) = stored.get(name) else {
            faults.push(format!("{name} is new: {now}"));
            continue;
        };
        #[allow(clippy::cast_precision_loss, reason = "some millions are exact")]
        let ratio = *now as f64 / (*before).max(1) as f64;
        if ratio > AT_MOST {
            faults.push(format!("{name} has grown from {before} to {now}"));
        } else if ratio < AT_LEAST && before != now {
            faults.push(format!(
                "{name} has shrunk from {before} to {now}: `cargo xtask budget --update` writes that down"
            ));
        }
    }
    let gone = stored.keys().filter(|name| !measured.contains_key(*name));
    faults.extend(gone.map(|name| format!("{name} is gone")));
    ensure!(!measured.is_empty(), "nothing was measured");
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    println!(
        "{} figures are within 2 % of xtask/budget.json",
        measured.len()
    );
    Ok(())
}

/// Every figure by its path. Flash by crate is told, but not held: the sum of it is.
fn figures(value: &Value) -> BTreeMap<String, u64> {
    let mut figures = BTreeMap::new();
    let mut left = vec![(String::new(), value)];
    while let Some((path, value)) = left.pop() {
        if let Some(number) = value.as_u64() {
            figures.insert(path, number);
            continue;
        }
        for (name, value) in value.as_object().into_iter().flatten() {
            if name != BY_CRATE {
                left.push((format!("{path}/{name}"), value));
            }
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What is said of `measured` where this is written down.
    fn fault(measured: &Value) -> String {
        let stored = json!({ "s": { "flash": 10_000, "by crate": { "x": 1 } } });
        hold(measured, &stored).map_or_else(|error| error.to_string(), |()| "none".to_owned())
    }

    #[test]
    fn figures_are_held() {
        for (flash, expected) in [
            (10_000, "none"),
            (10_200, "none"),
            (9_800, "none"),
            (10_201, "/s/flash has grown from 10000 to 10201"),
            (9_799, "/s/flash has shrunk from 10000 to 9799"),
        ] {
            let found = fault(&json!({ "s": { "flash": flash } }));
            assert!(found.starts_with(expected), "{flash}: {found}");
        }
    }

    #[test]
    fn none_is_lost_or_new() {
        assert_eq!(
            fault(&json!({ "s": { "flash": 10_000, "stack": 5 } })),
            "/s/stack is new: 5"
        );
        assert_eq!(
            fault(&json!({ "s": { "stack": 5 } })),
            "/s/stack is new: 5\n/s/flash is gone"
        );
        assert_eq!(fault(&json!({})), "nothing was measured");
    }
}
