//! `cargo xtask budget`: what the smallest devices take of flash, RAM, stack and instructions, on each board at "s" and 3. The
//! figures stand in `xtask/budget.json`, under the compiler that they were made with; one that grows is a fault, and one that shrinks
//! is news that belongs into the file.

mod compare;
mod goals;
mod measure;
mod show;

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::{
    boards::Board,
    packages,
    steps::Steps,
    toolchain::{Toolchain, root},
};

/// Measures `boards`, and holds the figures against the file; or, with `update`, puts them there.
pub(crate) fn run(update: bool, boards: &[Board]) -> Result<bool> {
    packages::need_emulators(boards)?;
    let toolchain = Toolchain::set_up(boards)?;
    let mut steps = Steps::default();
    let mut figures = json!({ "compiler": toolchain.compiler()? });
    for board in boards {
        steps.run(&title(*board), || {
            let measured = measure::board(&toolchain, *board)?;
            figures["boards"][board.name()] = measured;
            if update {
                return Ok(());
            }
            hold(&toolchain, *board, &figures["boards"][board.name()])
        });
    }
    if update {
        steps.run("the file, docs/performance.md and the chart", || {
            write_down(&figures)
        });
    } else {
        steps.run(SHOWN, is_shown);
    }
    Ok(steps.summary())
}

fn title(board: Board) -> String {
    format!("the budget on {} ({})", board.name(), board.core())
}

/// The name of the step for what a reader sees.
pub(crate) const SHOWN: &str = "docs/performance.md and the chart show the budget";

/// That the page and the chart are those of the file.
pub(crate) fn is_shown() -> Result<()> {
    let figures = stored()?;
    let page = fs::read_to_string(page())?;
    ensure!(
        show::on_page(&page, &figures)? == page
            && fs::read_to_string(chart())? == show::chart(&figures)?,
        "they do not; `cargo xtask budget --update` writes them"
    );
    Ok(())
}

fn hold(toolchain: &Toolchain, board: Board, measured: &Value) -> Result<()> {
    let stored = stored()?;
    let compiler = toolchain.compiler()?;
    // Another compiler makes other code: there is nothing to hold it against.
    ensure!(
        stored["compiler"] == compiler.as_str(),
        "the figures of xtask/budget.json were made with another compiler, {}; with that one (EMBEDDED_JWT_TOOLCHAIN) they can be \
         held against it, and `--update` writes those of this one",
        stored["compiler"]
    );
    compare::hold(measured, &stored["boards"][board.name()])?;
    goals::hold(board, measured)
}

fn write_down(figures: &Value) -> Result<()> {
    fs::write(file(), format!("{figures:#}\n"))?;
    let page_now = fs::read_to_string(page())?;
    fs::write(page(), show::on_page(&page_now, figures)?)?;
    fs::write(chart(), show::chart(figures)?)?;
    Ok(())
}

fn stored() -> Result<Value> {
    let text = fs::read_to_string(file()).context("reading xtask/budget.json")?;
    Ok(serde_json::from_str(&text)?)
}

fn file() -> PathBuf {
    root().join("xtask/budget.json")
}

fn page() -> PathBuf {
    root().join("docs/performance.md")
}

fn chart() -> PathBuf {
    root().join("docs/budget.svg")
}
