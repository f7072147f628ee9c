//! The figures as a reader sees them, and as they are compared.

use std::{fmt::Write as _, fs};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{ONCE, SCENARIOS, TWICE, WIDTHS};
use crate::{
    budget::grouped,
    toolchain::{OptLevel, root},
};

/// The page, and where the table is on it.
const PAGE: &str = "docs/glitches.md";
const BEGIN: &str = "<!-- written by `cargo xtask glitch --update` -->\n";
const END: &str = "<!-- end of the table -->\n";

const COSTS: [(&str, &str); 4] = [
    ("flash", "flash, bytes"),
    ("RAM", "static RAM, bytes"),
    ("stack", "stack, bytes"),
    (
        "instructions",
        "instructions from the last byte to the action",
    ),
];

/// The paths of the figures that are compared.
pub(super) fn paths(opt_levels: &[OptLevel]) -> Vec<String> {
    let mut paths = Vec::new();
    for opt_level in opt_levels.iter().map(|opt_level| opt_level.name()) {
        for name in [ONCE, TWICE] {
            let costs = COSTS
                .iter()
                .map(|(cost, _)| format!("/{opt_level}/{name}/{cost}"));
            paths.extend(costs);
            for (scenario, _) in SCENARIOS {
                let tried = |width| format!("/{opt_level}/{name}/{scenario}/{width}/tried");
                paths.extend(WIDTHS.map(tried));
            }
        }
    }
    paths
}

fn table(figures: &Value) -> String {
    let mut text = String::from("| opt-level | token | skipped in a row |");
    for name in [ONCE, TWICE] {
        _ = write!(text, " {name}: runs | acted |");
    }
    text.push_str("\n| --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
    for opt_level in OptLevel::ALL.map(OptLevel::name) {
        for (scenario, _) in SCENARIOS {
            for width in WIDTHS {
                _ = write!(text, "| {opt_level} | {scenario} | {width} |");
                for name in [ONCE, TWICE] {
                    let counts = &figures[opt_level][name][scenario][width.to_string()];
                    for count in ["tried", "acted"] {
                        _ = write!(text, " {} |", number(&counts[count]));
                    }
                }
                text.push('\n');
            }
        }
    }
    text.push_str("\n| cost |");
    for opt_level in OptLevel::ALL.map(OptLevel::name) {
        for name in [ONCE, TWICE] {
            _ = write!(text, " {name}, {opt_level} |");
        }
    }
    text.push_str("\n| --- | ---: | ---: | ---: | ---: |\n");
    for (cost, title) in COSTS {
        _ = write!(text, "| {title} |");
        for opt_level in OptLevel::ALL.map(OptLevel::name) {
            for name in [ONCE, TWICE] {
                _ = write!(text, " {} |", number(&figures[opt_level][name][cost]));
            }
        }
        text.push('\n');
    }
    text
}

fn number(value: &Value) -> String {
    value.as_u64().map_or("?".to_owned(), grouped)
}

/// Writes the table of `figures` onto the page.
pub(super) fn write(figures: &Value) -> Result<()> {
    let (_, wanted) = pages(figures)?;
    Ok(fs::write(root().join(PAGE), wanted)?)
}

/// That the page shows `figures`.
pub(super) fn check(figures: &Value) -> Result<()> {
    let (now, wanted) = pages(figures)?;
    ensure!(
        now == wanted,
        "{PAGE} shows other figures; `cargo xtask glitch --update` writes them"
    );
    Ok(())
}

/// The page as it is, and with the table of `figures`.
fn pages(figures: &Value) -> Result<(String, String)> {
    let page = fs::read_to_string(root().join(PAGE)).context(PAGE)?;
    let (before, rest) = page.split_once(BEGIN).context("no place for the table")?;
    let (_, after) = rest.split_once(END).context("no end of the table")?;
    let wanted = format!("{before}{BEGIN}\n{}\n{END}{after}", table(figures));
    Ok((page, wanted))
}
