//! `cargo xtask differential`: the random tests of `tests/it/comb`, with as many cases as one likes.

use anyhow::{Context as _, Result};

use crate::{steps::execute, toolchain::host_cargo};

/// What the tests have in common that print how many cases they took: the others go through a fixed list.
const TESTS: [&str; 5] = [
    "long_numbers",
    "pairs",
    "reductions",
    "factors::any",
    "verdicts_are_those_of_p256",
];

pub(crate) fn run(cases: u32) -> Result<()> {
    let mut command = host_cargo();
    command
        .args("test --release --locked --package embedded-jwt --test it".split(' '))
        .args("--no-default-features --features prepared --".split(' '))
        .args(TESTS)
        // One test after the other: that of whole signatures keeps all cores busy by itself.
        .args(["--nocapture", "--test-threads", "1"])
        .env("EMBEDDED_JWT_CASES", cases.to_string());
    execute(&mut command).context("two verdicts or numbers differ")
}
