//! `cargo xtask firmware`: builds the example firmware and talks to it on emulated boards.

use std::{path::PathBuf, process::Command};

use anyhow::{Result, ensure};

use crate::{
    boards::Board,
    conversation, packages,
    qemu::Machine,
    script, size,
    steps::{Steps, execute},
    toolchain::{Toolchain, root},
};

/// The feature with ES256 in assembly, for the Cortex-M4F alone.
pub(crate) const ASSEMBLY: &str = "p256-cm4";

/// Where the firmware's package is.
pub(crate) fn directory() -> PathBuf {
    root().join("examples/firmware")
}

/// Runs the whole conversation on `boards`.
pub(crate) fn run(boards: &[Board]) -> Result<bool> {
    packages::need_emulators(boards)?;
    let toolchain = Toolchain::set_up(boards)?;
    let mut steps = Steps::default();
    for board in boards {
        steps.run(&title(*board), || check(&toolchain, *board));
    }
    Ok(steps.summary())
}

/// The name of the step for `board`.
pub(crate) fn title(board: Board) -> String {
    format!(
        "firmware on {} ({}, {})",
        board.name(),
        board.core(),
        board.target()
    )
}

/// Builds the firmware for `board`, and sees that it stands the whole conversation.
pub(crate) fn check(toolchain: &Toolchain, board: Board) -> Result<()> {
    let elf_file = build(toolchain, board, "command")?;
    let size = size::measure(board, &elf_file)?;
    let script = script::full()?;
    let mut machine = Machine::boot(board, &elf_file, &size)?;
    let as_expected = conversation::hold(&mut machine, &script, false)?;
    let stack = machine.stack_used()?;
    println!(
        "{}: {as_expected} of {} exchanges as expected; flash {} bytes, RAM {} bytes ({} static, {stack} stack at most)",
        board.name(),
        script.len(),
        size.flash,
        size.ram + stack,
        size.ram,
    );
    ensure!(
        as_expected == script.len(),
        "{} exchanges went wrong",
        script.len() - as_expected
    );
    Ok(())
}

/// Builds the program whose ES256 is assembly, which no emulator here runs.
pub(crate) fn check_assembly(toolchain: &Toolchain) -> Result<()> {
    let (board, binary) = (Board::An386, "p256_cm4");
    let mut command = cargo(toolchain, "build", board);
    execute(command.args(["--release", "--features", ASSEMBLY, "--bin", binary]))?;
    let size = size::measure(board, &elf_file(toolchain, board, binary))?;
    println!("{binary}: flash {} bytes", size.flash);
    Ok(())
}

/// Builds the program `binary` of the firmware for `board`; gives its ELF file.
pub(crate) fn build(toolchain: &Toolchain, board: Board, binary: &str) -> Result<PathBuf> {
    execute(cargo(toolchain, "build", board).args(["--release", "--bin", binary]))?;
    Ok(elf_file(toolchain, board, binary))
}

pub(crate) fn elf_file(toolchain: &Toolchain, board: Board, binary: &str) -> PathBuf {
    toolchain
        .target_directory()
        .join(board.target())
        .join("release")
        .join(binary)
}

/// A cargo command on the firmware for `board`.
pub(crate) fn cargo(toolchain: &Toolchain, subcommand: &str, board: Board) -> Command {
    let mut command = toolchain.cargo(subcommand, board.target());
    // From its own directory, whose `.cargo/config.toml` counts.
    command
        .current_dir(directory())
        .args(["--locked", "--features", board.name()]);
    command
}
