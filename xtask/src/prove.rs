//! `cargo xtask prove`: the arithmetic of P-256 under prepared keys is right for all inputs, and faults that are planted in it
//! are noticed. The package `prove` is the proof; this builds it and runs it.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::{
    steps::{Steps, execute},
    toolchain::{host_cargo, root},
};

/// The name of the step.
pub(crate) const TITLE: &str = "proof of the arithmetic of prepared keys";

pub(crate) fn run() -> bool {
    let mut steps = Steps::default();
    steps.run(TITLE, check);
    steps.summary()
}

/// Where the package is.
pub(crate) fn directory() -> PathBuf {
    root().join("xtask/prove")
}

/// Proves it.
pub(crate) fn check() -> Result<()> {
    execute(cargo("run").arg("--quiet"))
}

/// Lints the package, and with it the fields of both widths, of which the host's own build has one.
pub(crate) fn lint() -> Result<()> {
    execute(cargo("clippy").args(["--", "-D", "warnings"]))
}

/// A cargo command on the package.
fn cargo(subcommand: &str) -> Command {
    let mut command = host_cargo();
    command
        .current_dir(directory())
        .args([subcommand, "--locked", "--release"])
        .env("CARGO_TARGET_DIR", root().join("target/prove"));
    command
}
