//! `cargo xtask budget`: what the smallest devices take of flash, RAM, stack and instructions, on each
//! board at "s" and 3. The figures are in `xtask/budget.json`, under the compiler that they were made
//! with. One that grows is a fault, and one that shrinks is news that belongs into the file.

mod compare;
mod measure;
mod show;

pub(crate) use show::grouped;

use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::{
    boards::Board,
    c_firmware, firmware,
    steps::{Steps, xtask},
    toolchain::{Toolchain, root},
};

/// Where the figures are.
const FILE: &str = "xtask/budget.json";

/// Measures `boards` and holds the figures against the file.
pub(crate) fn run(boards: &[Board]) -> Result<bool> {
    let mut steps = Steps::default();
    c_firmware::set_up()?;
    let toolchain = firmware::set_up(boards)?;
    if let [board] = boards {
        steps.run(
            &format!("the budget on {} ({})", board.name(), board.core()),
            || hold(&toolchain, *board, &measure::board(&toolchain, *board)?),
        );
    } else {
        steps.side_by_side(
            boards
                .iter()
                .map(|board| vec![xtask(&format!("budget --board {}", board.name()))])
                .collect(),
        );
        steps.run(SHOWN, is_shown);
    }
    Ok(steps.summary())
}

/// Measures `boards` and writes the figures down.
pub(crate) fn update(boards: &[Board]) -> Result<bool> {
    c_firmware::set_up()?;
    let toolchain = firmware::set_up(boards)?;
    let mut measured = Vec::new();
    for board in boards {
        measured.push((board.name(), measure::board(&toolchain, *board)?));
    }
    // Read only now: another board may have been written down in the meantime.
    let mut figures = stored()?;
    figures["compiler"] = toolchain.compiler()?.into();
    for (board, of_board) in measured {
        figures["boards"][board] = of_board;
    }
    fs::write(root().join(FILE), format!("{figures:#}\n"))?;
    for (file, text) in show::files(&figures)? {
        fs::write(root().join(file), text)?;
    }
    Ok(true)
}

/// The name of the step for what a reader sees.
pub(crate) const SHOWN: &str = "README.md, the pages and the chart show the budget";

/// That the pages and the chart are those of the figures.
pub(crate) fn is_shown() -> Result<()> {
    for (file, text) in show::files(&stored()?)? {
        let now = fs::read_to_string(root().join(file))?;
        ensure!(
            now == text,
            "{file} shows other figures; `cargo xtask budget --update` writes them"
        );
    }
    Ok(())
}

fn hold(toolchain: &Toolchain, board: Board, measured: &Value) -> Result<()> {
    let stored = stored()?;
    let compiler = toolchain.compiler()?;
    // Another compiler makes other code: there is nothing to hold it against.
    ensure!(
        stored["compiler"] == compiler.as_str(),
        "the figures of {FILE} were made with another compiler, {}; with that one (EMBEDDED_JWT_TOOLCHAIN) \
         they can be held against it, and `--update` writes those of this one",
        stored["compiler"]
    );
    compare::hold(measured, &stored["boards"][board.name()])?;
    compare::goals(board, measured)
}

fn stored() -> Result<Value> {
    let text = fs::read_to_string(root().join(FILE)).with_context(|| format!("reading {FILE}"))?;
    Ok(serde_json::from_str(&text)?)
}
