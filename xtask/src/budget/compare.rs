//! What was measured against what is written down, and against the goals.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::boards::Board;

/// A board, a figure there, and what it may be at most, whatever it was before.
const GOALS: &str = "\
an386    17408    /s/hs256/flash
an386     1536    /s/hs256/HS256 accepted/stack
an386    39000    /3/hs256/HS256 accepted/instructions
an386    34000    /3/prepared-secret/HS256 accepted/instructions
an386    40960    /s/es256/flash
an386    26112    /s/any-key/flash
an386     2765    /s/any-key/ES256 accepted/stack
an386  1600000    /s/any-key/ES256 accepted/instructions
an386  1400000    /3/any-key/ES256 accepted/instructions
microbit 8500000  /s/any-key/ES256 accepted/instructions
microbit 8500000  /3/any-key/ES256 accepted/instructions
an386    26624    /s/prepare/flash
an386     2048    /s/prepare/ES256 accepted/stack
an386     2048    /s/prepare/key preparation/stack
an386    26624    /s/table-16/flash
an386     2048    /s/table-16/ES256 accepted/stack
an386  1000000    /s/table-16/ES256 accepted/instructions
an386  1000000    /s/prepare/ES256 accepted/instructions
an386   760000    /3/table-16/ES256 accepted/instructions
an386   760000    /3/prepare/ES256 accepted/instructions
an386   570000    /3/table-64/ES256 accepted/instructions
microbit 5300000  /3/table-16/ES256 accepted/instructions
microbit 5300000  /3/prepare/ES256 accepted/instructions
microbit 1792     /s/hs256/HS256 accepted/stack";

/// A whole HS256 verification, with a buffer, may be so many per mille of its MAC alone, on a Cortex-M4
/// at 3.
const OF_MAC_ALONE: u64 = 1_700;

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

/// Fails where a goal is missed.
pub(super) fn goals(board: Board, measured: &Value) -> Result<()> {
    let figures = figures(measured);
    let figure = |path: &str| {
        figures
            .get(path)
            .copied()
            .with_context(|| format!("{path} was not measured"))
    };
    let mut goals = Vec::new();
    for line in GOALS.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, limit, path @ ..] = &words[..] else {
            bail!("no goal: {line}")
        };
        if *name == board.name() {
            goals.push((path.join(" "), figure(&path.join(" "))?, limit.parse()?));
        }
    }
    if board == Board::An386 {
        let whole = figure("/3/buffer/HS256 accepted/instructions")?;
        let mac = figure("/3/mac/MAC alone/instructions")?;
        let ratio = whole * 1_000 / mac.max(1);
        goals.push((
            "HS256 accepted, per mille of its MAC alone, at 3".into(),
            ratio,
            OF_MAC_ALONE,
        ));
    }
    let mut missed = Vec::new();
    for (what, found, limit) in goals {
        let verdict = if found <= limit { "met   " } else { "MISSED" };
        println!("goal {verdict} {found:>9} <= {limit:<9} {what}");
        missed.extend((found > limit).then_some(what));
    }
    ensure!(missed.is_empty(), "goals missed: {}", missed.join("; "));
    Ok(())
}

/// Every figure by its path.
fn figures(value: &Value) -> BTreeMap<String, u64> {
    let mut figures = BTreeMap::new();
    let mut left = vec![(String::new(), value)];
    while let Some((path, value)) = left.pop() {
        if let Some(number) = value.as_u64() {
            figures.insert(path, number);
            continue;
        }
        for (name, value) in value.as_object().into_iter().flatten() {
            left.push((format!("{path}/{name}"), value));
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
        let stored = json!({ "s": { "flash": 10_000 } });
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

    #[test]
    fn goals_are_held() {
        let with_stack = |stack: u64| {
            let key = json!({ "ES256 accepted": { "instructions": 1 } });
            let s = json!({ "hs256": { "HS256 accepted": { "stack": stack } }, "any-key": key });
            goals(
                Board::Microbit,
                &json!({ "s": s, "3": { "table-16": key, "prepare": key, "any-key": key } }),
            )
        };
        assert!(with_stack(1_792).is_ok() && with_stack(1_793).is_err());
        assert!(goals(Board::Microbit, &json!({})).is_err());
        assert!(goals(Board::RvVirt, &json!({})).is_ok());
    }
}
