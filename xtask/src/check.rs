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
    all(&mut steps);
    steps.summary()
}

/// Runs every step of it.
pub(crate) fn all(steps: &mut Steps) {
    steps.run("formatting", formatting);
    steps.run(imports::TITLE, imports::check);
    steps.run(budget::SHOWN, budget::is_shown);
    steps.run(c_header::TITLE, || c_header::run(true));
    steps.command(
        "lints, all features, and those of the other packages",
        &mut clippy("--workspace --all-features"),
    );
    steps.command("lints", &mut clippy("--package embedded-jwt"));
    steps.command(
        "documentation",
        host("doc --locked -p embedded-jwt -p embedded-jwt-store --no-deps --all-features")
            .env("RUSTDOCFLAGS", "-D warnings"),
    );
    // Unit tests, `tests/` and doctests run; the examples are compiled.
    for features in ["", " --all-features"] {
        steps.command(
            &format!("tests{features}"),
            &mut host(&format!("test --locked --package embedded-jwt{features}")),
        );
    }
    steps.command(
        "tests of the store",
        &mut host("test --locked --package embedded-jwt-store"),
    );
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
