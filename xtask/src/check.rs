//! `cargo xtask check`: what a change has to pass before it is committed, the fastest steps first.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{
    budget, c_header, imports,
    steps::{Steps, execute},
    toolchain::{host, root},
};

/// The folders with a workspace of their own.
const WORKSPACES: [&str; 6] = [
    ".",
    "benches",
    "capi",
    "examples/firmware",
    "fuzz",
    "xtask/timing",
];

pub(crate) fn run() -> bool {
    let mut steps = Steps::default();
    in_seconds(&mut steps);
    for mut command in in_minutes() {
        steps.command(&mut command);
    }
    steps.summary()
}

/// Runs the steps that take seconds.
pub(crate) fn in_seconds(steps: &mut Steps) {
    steps.run("formatting", formatting);
    steps.run(imports::TITLE, imports::check);
    steps.run(budget::SHOWN, budget::is_shown);
    steps.run(c_header::TITLE, || c_header::run(true));
}

/// The steps that compile.
pub(crate) fn in_minutes() -> Vec<Command> {
    let mut documentation =
        host("doc --locked -p embedded-jwt -p embedded-jwt-store --no-deps --all-features");
    documentation.env("RUSTDOCFLAGS", "-D warnings");
    vec![
        clippy("--workspace --all-features"),
        clippy("--package embedded-jwt"),
        documentation,
        // Unit tests, `tests/` and doctests run; the examples are compiled.
        host("test --locked --package embedded-jwt"),
        host("test --locked --package embedded-jwt --all-features"),
        host("test --locked --package embedded-jwt-store"),
    ]
}

/// Goes through all of them: who formats one wants to know of the others.
fn formatting() -> Result<()> {
    let mut unformatted = Vec::new();
    for workspace in WORKSPACES {
        // `--all` goes through the dependencies too: once is enough.
        let all = if workspace == "." { " --all" } else { "" };
        let mut command = host(&format!("fmt --check{all}"));
        if execute(command.current_dir(root().join(workspace))).is_err() {
            unformatted.push(workspace);
        }
    }
    if !unformatted.is_empty() {
        bail!("`cargo fmt` has work in {}", unformatted.join(", "));
    }
    Ok(())
}

fn clippy(packages: &str) -> Command {
    host(&format!(
        "clippy --locked {packages} --all-targets -- -D warnings"
    ))
}
