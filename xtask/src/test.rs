//! `cargo xtask test`: the whole suite.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::{
    bare_metal::{ALGORITHMS, alone},
    boards::Board,
    check, firmware,
    steps::{Steps, xtask},
    toolchain::{PROVE, host},
};

pub(crate) fn run() -> bool {
    let mut steps = Steps::default();
    check::all(&mut steps);
    steps.run("a build without any algorithm is refused", no_algorithm);
    // Once, before several steps need them at the same time.
    steps.run("compiler and emulators for the boards", || {
        firmware::set_up(&Board::ALL).map(|_| ())
    });
    // A build keeps all cores busy only for a part of its time, and an emulator one core.
    steps.side_by_side(vec![with_an386(), with_the_rest()]);
    steps.summary()
}

fn no_algorithm() -> Result<()> {
    let answer = host("check --quiet").args(alone("")).output()?;
    let story = String::from_utf8_lossy(&answer.stderr);
    ensure!(
        !answer.status.success() && story.contains("without an algorithm"),
        "it compiles, or fails for another reason:\n{story}"
    );
    Ok(())
}

/// The steps that build for the board with the most images. Cargo locks the folder of a build, so they
/// have a queue of their own.
fn with_an386() -> Vec<Command> {
    let mut queue = on(Board::An386);
    queue.extend([
        // `cargo xtask glitch` alone has the other opt-level too.
        xtask(&["glitch", "--opt-level", "s"]),
        xtask(&["timing"]),
        xtask(&["residue"]),
        xtask(&["proof"]),
        xtask(&["demo", "--oauth"]),
        xtask(&["starters"]),
        xtask(&["demo", "--c"]),
        xtask(&["firmware", "--embassy"]),
    ]);
    queue
}

/// The steps that build for the host or for another board.
fn with_the_rest() -> Vec<Command> {
    let mut queue = Vec::new();
    for algorithm in ALGORITHMS {
        // `check` has the features that are on by default, and all of them. The code in the documentation
        // needs the default ones. Without it, the example that the tests run is not built with them.
        for task in [
            "clippy --all-targets",
            "build --example verify",
            "test --tests",
        ] {
            let mut command = host(task);
            command.args(alone(algorithm));
            if task.starts_with("clippy") {
                command.args(["--", "-D", "warnings"]);
            }
            queue.push(command);
        }
    }
    queue.extend([
        host(PROVE),
        xtask(&["c-host"]),
        host("test --locked --package xtask --package thumb"),
        host("test --locked --package http-examples"),
        host("run --locked --package http-examples --example oauth2"),
    ]);
    let others = [Board::An505, Board::An385, Board::RvVirt, Board::Microbit];
    queue.extend(others.into_iter().flat_map(on));
    queue
}

/// The steps on one board.
fn on(board: Board) -> Vec<Command> {
    ["bare-metal", "attacks", "firmware"]
        .map(|task| xtask(&[task, "--board", board.name()]))
        .into()
}
