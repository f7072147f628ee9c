//! `cargo xtask differential`: the random tests of `tests/it/fast_es256`, with as many cases as one likes.

use anyhow::{Context as _, Result};

use crate::{steps::execute, toolchain::host_cargo};

/// What the tests have in common that print how many cases they took: the others go through a fixed list.
const TESTS: [&str; 7] = [
    "long_numbers",
    "pairs",
    "reductions",
    "factors::any",
    "points_that_meet",
    "verdicts_under_plain_keys",
    "verdicts_under_tables",
];

/// What takes the time of a case, with the packages that are optimized anyway. Cargo takes the other packages
/// as they are for the other tests: to optimize all of them takes longer than 20,000 cases.
const OPTIMIZED: [&str; 2] = ["embedded-jwt", "fiat-crypto"];

pub(crate) fn run(cases: u32) -> Result<()> {
    let mut command = host_cargo();
    for package in OPTIMIZED {
        let setting = format!("profile.dev.package.{package}.opt-level=2");
        command.args(["--config", &setting]);
    }
    command
        .args("test --locked --package embedded-jwt --test it".split(' '))
        .args("--no-default-features --features fast-es256 --".split(' '))
        .args(TESTS)
        // One test after the other: that of whole signatures keeps all cores busy by itself.
        .args(["--nocapture", "--test-threads", "1"])
        .env("EMBEDDED_JWT_CASES", cases.to_string());
    execute(&mut command).context("two verdicts or numbers differ")
}
