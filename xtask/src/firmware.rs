//! `cargo xtask firmware` and `demo`: builds the example firmware and talks to it on emulated boards.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};

use crate::{
    boards::Board,
    conversation,
    device::Device,
    packages, size,
    steps::{Steps, execute},
    toolchain::{OptLevel, Toolchain, root},
};

/// The feature of the programs `command` and `probe`.
pub(crate) const COMMAND: &str = "command";

/// The feature with ES256 in assembly, for the Cortex-M4F alone.
pub(crate) const ASSEMBLY: &str = "p256-cm4";

/// The board of the demo.
pub(crate) const DEMO: Board = Board::An386;

/// The compiler and the emulators for `boards`; what is missing is installed.
pub(crate) fn set_up(boards: &[Board]) -> Result<Toolchain> {
    packages::need_emulators(boards)?;
    Toolchain::set_up(boards)
}

/// Runs the whole conversation on `boards`; with `bless`, writes down the answers of the first one.
pub(crate) fn run(boards: &[Board], bless: bool) -> Result<bool> {
    let toolchain = set_up(boards)?;
    let mut steps = Steps::default();
    for (number, board) in boards.iter().enumerate() {
        steps.run(&title(*board), || {
            if bless && number == 0 {
                conversation::bless(&mut Device::boot(&toolchain, *board)?)?;
            }
            check(&toolchain, *board, false)
        });
    }
    Ok(steps.summary())
}

/// Shows the part of the conversation that everyone asks about.
pub(crate) fn demo() -> Result<bool> {
    let toolchain = set_up(&[DEMO])?;
    println!(
        "`host` sends a token over the UART, `device` answers, `log` is what it logs by defmt."
    );
    let passed = check(&toolchain, DEMO, true);
    println!("demo {}", if passed.is_ok() { "PASSED" } else { "FAILED" });
    passed.map(|()| true)
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

/// Builds the firmware for `board`, and checks that its answers are the expected ones.
pub(crate) fn check(toolchain: &Toolchain, board: Board, demo: bool) -> Result<()> {
    let script = conversation::script(demo)?;
    let mut device = Device::boot(toolchain, board)?;
    let as_expected = conversation::hold(&mut device, &script, demo)?;
    let machine = &mut device.machine;
    let (stack, size) = (machine.stack_used()?, &machine.size);
    println!(
        "\n{}: {as_expected} of {} exchanges as expected; flash {} bytes, RAM {} bytes ({} static, {stack} stack at most)",
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
    let features = format!("{COMMAND},{ASSEMBLY}");
    let elf_file = build(toolchain, board, binary, &features, OptLevel::Small)?;
    println!(
        "{binary}: flash {} bytes",
        size::measure(board, &elf_file)?.flash
    );
    Ok(())
}

pub(crate) fn announce(board: Board, elf_file: &Path) {
    println!(
        "Booting {} on an emulated {} ({})",
        elf_file.display(),
        board.core(),
        board.name()
    );
}

/// Builds the program `binary` of the firmware for `board`, with only these features. Gives its ELF file,
/// which the next build replaces.
pub(crate) fn build(
    toolchain: &Toolchain,
    board: Board,
    binary: &str,
    features: &str,
    opt_level: OptLevel,
) -> Result<PathBuf> {
    build_with(toolchain, board, (binary, features), opt_level, &[])
}

/// The same, with more arguments of cargo.
pub(crate) fn build_with(
    toolchain: &Toolchain,
    board: Board,
    (binary, features): (&str, &str),
    opt_level: OptLevel,
    arguments: &[&str],
) -> Result<PathBuf> {
    let mut build = cargo(toolchain, "build", board);
    build.args("--release --no-default-features --bin".split(' '));
    build.args([binary, "--features", features]);
    execute(opt_level.set(&mut build).args(arguments))?;
    Ok(toolchain.images(board.target()).join(binary))
}

/// A cargo command on the firmware for `board`.
pub(crate) fn cargo(toolchain: &Toolchain, subcommand: &str, board: Board) -> Command {
    let mut command = toolchain.cargo(subcommand, board.target());
    // From its own directory, whose `.cargo/config.toml` counts.
    command.current_dir(root().join("examples/firmware")).args([
        "--locked",
        "--features",
        board.name(),
    ]);
    command
}
