//! Builds the program of `examples/c` for an emulated board: the library by cargo, the program by Arm's gcc.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};

use crate::{
    boards::Board,
    packages,
    steps::execute,
    toolchain::{Toolchain, root},
};

const GCC: &str = "arm-none-eabi-gcc";

/// What a program is built with: the features of the library, and the macro that selects its key.
#[derive(Clone, Copy)]
pub(crate) struct Variant {
    pub(crate) features: &'static str,
    pub(crate) define: Option<&'static str>,
}

/// HS256 alone.
pub(crate) const HS256: Variant = Variant {
    features: "hs256",
    define: None,
};

/// HS256, and ES256 with a table in flash.
pub(crate) const WITH_TABLE: Variant = Variant {
    features: "hs256,fast-es256",
    define: Some("WITH_TABLE"),
};

/// HS256, and ES256 with a plain key, by `fast-es256`.
pub(crate) const ANY_KEY: Variant = Variant {
    features: "hs256,fast-es256",
    define: Some("WITH_ES256"),
};

/// The same, by `p256`.
pub(crate) const P256: Variant = Variant {
    features: "hs256,es256",
    define: Some("WITH_ES256"),
};

/// The boards that `examples/c` supports.
pub(crate) const BOARDS: [Board; 2] = [Board::An386, Board::Microbit];

/// Installs the compiler for C where it is missing.
pub(crate) fn set_up() -> Result<()> {
    packages::need(&["gcc-arm-none-eabi"], "to compile C for the boards")
}

/// Builds the program at "s", and gives its ELF file.
pub(crate) fn build(toolchain: &Toolchain, board: Board, variant: Variant) -> Result<PathBuf> {
    let target = board.target();
    let mut library = toolchain.cargo("rustc", target);
    library
        .current_dir(root().join("capi"))
        // Of this type alone: cargo optimizes across crates only where no Rust library is made beside it.
        .args(
            "--quiet --locked --release --crate-type staticlib --no-default-features --features"
                .split(' '),
        )
        .arg(variant.features);
    execute(&mut library)?;
    let folder = toolchain.images(target);
    let elf_file = folder.join("c-device");
    let sources = root().join("examples/c");
    execute(
        gcc(board)?
            .args("-std=c99 -Os -g -ffreestanding -ffunction-sections -fdata-sections".split(' '))
            .args("-Wall -Wextra -Wpedantic -Werror".split(' '))
            .args(variant.define.map(|name| format!("-D{name}")))
            .arg(include(&root().join("capi/include")))
            .args(
                ["main.c", "board/start.c"]
                    .map(str::to_owned)
                    .into_iter()
                    .chain([format!("board/{}.c", board.name())]),
            )
            .args(
                "-nostdlib -Wl,--gc-sections -Wl,-z,noexecstack -Wl,--emit-relocs -Lboard -T"
                    .split(' '),
            )
            .arg(format!("board/{}.ld", board.name()))
            .arg(folder.join("libembedded_jwt_c.a"))
            .arg("-lgcc")
            .arg("-o")
            .arg(&elf_file)
            .current_dir(sources),
    )?;
    Ok(elf_file)
}

fn include(folder: &Path) -> String {
    format!("-I{}", folder.display())
}

/// The compiler with the options of the core. They have to be those of rustc's target.
fn gcc(board: Board) -> Result<Command> {
    let core = match board {
        Board::Microbit => "-mcpu=cortex-m0 -mthumb -mfloat-abi=soft -DBOARD_MICROBIT",
        Board::An386 => "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16",
        _ => bail!("examples/c has no support for {}", board.name()),
    };
    let mut command = Command::new(GCC);
    command.args(core.split(' '));
    Ok(command)
}
