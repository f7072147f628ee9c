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
    check::in_seconds(&mut steps);
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
/// have a queue of their own. The last three build for the host too.
fn with_an386() -> Vec<Command> {
    [
        "bare-metal --board an386",
        // The opt-level with fewer instructions to skip. `cargo xtask glitch` has the other one too.
        "glitch --opt-level 3",
        "timing",
        "residue",
        "proof",
        "demo --c",
        "firmware --embassy",
        "firmware --board an386",
        "attacks --board an386",
        "demo --oauth",
        "starters",
    ]
    .map(xtask)
    .into()
}

/// The steps that build for the host or for another board.
fn with_the_rest() -> Vec<Command> {
    let mut queue = check::in_minutes();
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
        xtask("c-host"),
        host("test --locked --package xtask --package thumb"),
        host("test --locked --package http-examples"),
        host("run --locked --package http-examples --example oauth2"),
    ]);
    for board in [Board::An505, Board::An385, Board::RvVirt, Board::Microbit] {
        let tasks = ["bare-metal", "attacks", "firmware"];
        queue.extend(tasks.map(|task| xtask(&format!("{task} --board {}", board.name()))));
    }
    queue
}
