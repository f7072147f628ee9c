//! What the figures have to be, whatever they were before.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::boards::Board;

/// A board, the path of a figure there, and what it may be at most.
const GOALS: [(Board, &str, u64); 22] = [
    (Board::An386, "/s/hs256/flash", 17 * 1024),
    (Board::An386, "/s/hs256/HS256 accepted/stack", 1536),
    (Board::An386, "/s/es256/flash", 40 * 1024),
    (
        Board::An386,
        "/s/any-key/ES256 accepted/instructions",
        1_600_000,
    ),
    (
        Board::An386,
        "/3/any-key/ES256 accepted/instructions",
        1_400_000,
    ),
    (Board::An386, "/s/any-key/ES256 accepted/stack", 2_765),
    (Board::An386, "/s/any-key/flash", 26_112),
    (
        Board::Microbit,
        "/s/any-key/ES256 accepted/instructions",
        8_500_000,
    ),
    (
        Board::Microbit,
        "/3/any-key/ES256 accepted/instructions",
        8_500_000,
    ),
    (Board::An386, "/s/prepare/flash", 26 * 1024),
    (Board::An386, "/s/prepare/ES256 accepted/stack", 2048),
    (Board::An386, "/s/prepare/key preparation/stack", 2048),
    (Board::An386, "/s/table-16/flash", 26 * 1024),
    (Board::An386, "/s/table-16/ES256 accepted/stack", 2048),
    (
        Board::An386,
        "/s/table-16/ES256 accepted/instructions",
        1_000_000,
    ),
    (
        Board::An386,
        "/s/prepare/ES256 accepted/instructions",
        1_000_000,
    ),
    (
        Board::An386,
        "/3/table-16/ES256 accepted/instructions",
        900_000,
    ),
    (
        Board::An386,
        "/3/prepare/ES256 accepted/instructions",
        900_000,
    ),
    (
        Board::An386,
        "/3/table-64/ES256 accepted/instructions",
        650_000,
    ),
    (
        Board::Microbit,
        "/3/table-16/ES256 accepted/instructions",
        5_300_000,
    ),
    (
        Board::Microbit,
        "/3/prepare/ES256 accepted/instructions",
        5_300_000,
    ),
    (Board::Microbit, "/s/hs256/HS256 accepted/stack", 1_792),
];

/// A whole HS256 verification, with a buffer, may be so many per mille of its MAC alone, on a Cortex-M4 at 3.
const OF_MAC_ALONE: u64 = 1_700;

pub(super) fn hold(board: Board, figures: &Value) -> Result<()> {
    let figure = |path: &str| {
        let figure = figures.pointer(path).and_then(Value::as_u64);
        figure.with_context(|| format!("{path} was not measured"))
    };
    let mut missed = Vec::new();
    let mut hold = |what: &str, found: u64, limit: u64| {
        println!(
            "goal {} {found:>9} <= {limit:<9} {what}",
            if found <= limit { "met   " } else { "MISSED" }
        );
        if found > limit {
            missed.push(what.to_owned());
        }
    };
    for (_, path, limit) in GOALS.iter().filter(|(of, ..)| *of == board) {
        hold(path, figure(path)?, *limit);
    }
    if board == Board::An386 {
        let whole = figure("/3/buffer/HS256 accepted/instructions")?;
        let mac = figure("/3/mac/MAC alone/instructions")?;
        hold(
            "HS256 accepted, of its MAC alone, per mille, at 3",
            whole * 1_000 / mac.max(1),
            OF_MAC_ALONE,
        );
    }
    ensure!(missed.is_empty(), "goals missed: {}", missed.join("; "));
    Ok(())
}
