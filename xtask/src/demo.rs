//! `cargo xtask demo`: the example firmware on an emulated Cortex-M4, genuine and forged commands, a verdict.

use anyhow::Result;

use crate::{
    boards::Board,
    conversation, firmware, packages,
    qemu::Machine,
    script,
    size::{self, Size},
    toolchain::Toolchain,
};

const BOARD: Board = Board::An386;

/// What the board is emulated with, and compiled for.
pub(crate) fn set_up() -> Result<Toolchain> {
    packages::need_emulators(&[BOARD])?;
    Toolchain::set_up(&[BOARD])
}

/// The board with the example firmware, and its size.
pub(crate) fn boot(toolchain: &Toolchain) -> Result<(Machine, Size)> {
    let elf_file = firmware::build(toolchain, BOARD, "command")?;
    let size = size::measure(BOARD, &elf_file)?;
    println!(
        "\nBooting {} on an emulated {} ({})",
        elf_file.display(),
        BOARD.core(),
        BOARD.name()
    );
    let machine = Machine::boot(BOARD, &elf_file, &size)?;
    Ok((machine, size))
}

pub(crate) fn run() -> Result<bool> {
    let script = script::demo()?;
    let (mut machine, size) = boot(&set_up()?)?;
    println!(
        "`host` sends a token over the UART, `device` answers, `log` is what the firmware logs by defmt."
    );
    let as_expected = conversation::hold(&mut machine, &script, true)?;
    let stack = machine.stack_used()?;

    println!(
        "\nflash {} bytes, RAM {} bytes ({} static, {stack} stack at most)",
        size.flash,
        size.ram + stack,
        size.ram
    );
    let passed = as_expected == script.len();
    let verdict = if passed { "PASSED" } else { "FAILED" };
    println!(
        "demo {verdict}: {as_expected} of {} answers were the expected ones",
        script.len()
    );
    Ok(passed)
}
