//! `cargo xtask test`: the whole suite.

use anyhow::{Result, ensure};

use crate::{
    bare_metal::{ALGORITHMS, alone, sets},
    boards::Board,
    check, firmware,
    steps::{Steps, execute, xtask},
    timing,
    toolchain::{PROVE, host},
};

pub(crate) fn run() -> bool {
    let mut steps = Steps::default();
    check::all(&mut steps);
    on_the_host(&mut steps);
    // Once, before several steps need them at the same time.
    steps.run("compiler and emulators for the boards", || {
        firmware::set_up(&Board::ALL).map(|_| ())
    });
    side_by_side(&mut steps);
    steps.summary()
}

fn on_the_host(steps: &mut Steps) {
    // `check` has the features that are on by default, and all of them.
    steps.run("lints, each algorithm alone", || {
        for set in sets(1)? {
            let command = &mut host("clippy --all-targets");
            execute(command.args(alone(&set)).args(["--", "-D", "warnings"]))?;
        }
        Ok(())
    });
    steps.run("lints of the timing check", timing::lint);
    for algorithm in ALGORITHMS {
        // The code in the documentation needs the features that are on by default. Without it, the
        // example that the tests run is not built with them.
        steps.run(&format!("tests, {algorithm} alone"), || {
            for target in ["build --example verify", "test --tests"] {
                execute(host(target).args(alone(algorithm)))?;
            }
            Ok(())
        });
    }
    steps.run("a build without any algorithm is refused", no_algorithm);
    steps.command(
        "proof of the field arithmetic of `fast-es256`",
        &mut host(PROVE),
    );
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

/// What is left: a build keeps all cores busy only for a part of its time, and an emulator one core.
/// Neighbours in the list should build in different folders, because cargo locks the folder of a build.
fn side_by_side(steps: &mut Steps) {
    let boards = |task| Board::ALL.map(|board| xtask(&[task, "--board", board.name()]));
    let all = [xtask(&["c-host"])]
        .into_iter()
        .chain(boards("bare-metal"))
        .chain([xtask(&["timing"])])
        .chain(boards("attacks"))
        .chain([
            xtask(&["residue"]),
            // `cargo xtask glitch` alone has the other opt-level too.
            xtask(&["glitch", "--opt-level", "s"]),
            host("test --locked --package xtask --package thumb"),
            host("test --locked --package http-examples"),
            host("run --locked --package http-examples --example oauth2"),
            xtask(&["proof"]),
            xtask(&["demo", "--oauth"]),
            xtask(&["starters"]),
            xtask(&["demo", "--c"]),
            xtask(&["firmware", "--embassy"]),
        ])
        .chain(boards("firmware"));
    steps.side_by_side(all);
}
