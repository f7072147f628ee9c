//! `cargo xtask proof`: what the linker leaves in a firmware with HS256 alone. A panic that can be reached is a call of
//! `core::panicking`, and with link-time optimization one that cannot be is gone: where no such symbol is left, nothing
//! panics.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use object::{Object as _, ObjectSymbol as _};

use crate::{
    boards::Board,
    firmware,
    steps::{Steps, execute},
    toolchain::Toolchain,
};

/// The name of the step.
pub(crate) const TITLE: &str = "no panic and no allocator in a firmware with HS256 alone";

/// The board that the firmware is linked for.
const BOARD: Board = Board::An386;

/// Parts of the names of functions that must not be left, as rustc mangles them.
const FORBIDDEN: [&str; 4] = ["9panicking", "unwrap_failed", "expect_failed", "rust_alloc"];

pub(crate) fn run() -> Result<bool> {
    let toolchain = Toolchain::set_up(&[BOARD])?;
    let mut steps = Steps::default();
    steps.run(TITLE, || check(&toolchain));
    Ok(steps.summary())
}

/// Links the firmware as a product does, and looks at its symbols.
pub(crate) fn check(toolchain: &Toolchain) -> Result<()> {
    for opt_level in ["s", "3"] {
        let left = forbidden_symbols(toolchain, opt_level, &[])?;
        ensure!(
            left.is_empty(),
            "at opt-level {opt_level} there is left: {left:?}"
        );
        println!("opt-level {opt_level}: no panic, no allocator");
    }
    let planted = forbidden_symbols(toolchain, "s", &["--features", "planted-panic"])?;
    ensure!(!planted.is_empty(), "a planted panic was not noticed");
    println!("a planted panic leaves {planted:?}");
    Ok(())
}

fn forbidden_symbols(toolchain: &Toolchain, opt_level: &str, more: &[&str]) -> Result<Vec<String>> {
    let mut build = firmware::cargo(toolchain, "build", BOARD);
    build
        .args("--release --no-default-features --bin hs256".split(' '))
        .args(more)
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level);
    execute(&mut build)?;
    symbols(
        &toolchain
            .target_directory()
            .join(BOARD.target())
            .join("release/hs256"),
    )
}

/// The forbidden ones of the symbols in `elf_file`.
fn symbols(elf_file: &Path) -> Result<Vec<String>> {
    let bytes = fs::read(elf_file).with_context(|| format!("reading {}", elf_file.display()))?;
    let file =
        object::File::parse(&*bytes).with_context(|| format!("parsing {}", elf_file.display()))?;
    let names: Vec<&str> = file
        .symbols()
        .filter_map(|symbol| symbol.name().ok())
        .collect();
    // A file without names would pass for the wrong reason.
    ensure!(
        names.contains(&"main"),
        "{} has no symbol main",
        elf_file.display()
    );
    let forbidden = names
        .into_iter()
        .filter(|name| FORBIDDEN.iter().any(|part| name.contains(part)));
    Ok(forbidden.map(str::to_owned).collect())
}
