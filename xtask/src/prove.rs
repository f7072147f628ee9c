//! `cargo xtask prove`: the field arithmetic of `fast-es256` is right for all inputs, and faults that are planted in it
//! are noticed. The package `prove` is the proof; this builds it and runs it.

use anyhow::Result;

use crate::{
    steps::{Steps, execute},
    toolchain::host,
};

/// The name of the step.
pub(crate) const TITLE: &str = "proof of the field arithmetic of `fast-es256`";

pub(crate) fn run() -> bool {
    let mut steps = Steps::default();
    steps.run(TITLE, check);
    steps.summary()
}

/// Proves it.
pub(crate) fn check() -> Result<()> {
    execute(&mut host("run --quiet --locked --release --package prove"))
}
