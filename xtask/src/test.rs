//! `cargo xtask test`: the whole suite.

use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::{
    attacks,
    boards::Board,
    check, demo_oauth, firmware, packages, proof, prove, residue,
    steps::{Steps, execute},
    timing,
    toolchain::{Toolchain, host},
};

/// The features that are on by default, and all of them, go through `cargo xtask check`. These sets go through the lints
/// of every target of the crate, and build for every board:
const FEATURES: [&[&str]; 7] = [
    &["hs256"],
    &["es256"],
    &["fast-es256"],
    &["hs256", "fast-es256"],
    &["hs256", "es256", "fast-es256"],
    &["hs256", "sign", "defmt"],
    &["hs256", "es256", "fast-es256", "sign", "defmt"],
];
/// their tests run for each algorithm alone.
const ALGORITHMS: [&str; 3] = ["hs256", "es256", "fast-es256"];

pub(crate) fn run() -> bool {
    let mut steps = Steps::default();
    check::all(&mut steps);
    lints_of_the_host(&mut steps);
    tests(&mut steps);
    bare_metal(&mut steps);
    // `--allow-dirty`: a developer packages what is there, committed or not.
    steps.command(
        "package",
        &mut host("package --locked --package embedded-jwt --allow-dirty"),
    );
    steps.summary()
}

fn lints_of_the_host(steps: &mut Steps) {
    for features in FEATURES {
        steps.command(
            &format!("lints, {}", named(features)),
            with_features(&mut host("clippy"), features)
                .args("--all-targets -- -D warnings".split(' ')),
        );
    }
    steps.run("lints of the timing check", timing::lint);
}

fn tests(steps: &mut Steps) {
    for algorithm in ALGORITHMS {
        // The code in the documentation needs the features that are on by default. Without it, the example that the
        // tests run is not built with them.
        steps.run(&format!("tests, {}", named(&[algorithm])), || {
            let mut example = host("build --example verify");
            execute(with_features(&mut example, &[algorithm]))?;
            execute(with_features(&mut host("test --tests"), &[algorithm]))
        });
    }
    steps.run("a build without any algorithm is refused", || {
        let answer = with_features(&mut host("check --quiet"), &[]).output()?;
        let story = String::from_utf8_lossy(&answer.stderr);
        ensure!(!answer.status.success(), "it compiles");
        ensure!(
            story.contains("without an algorithm"),
            "it fails for another reason:\n{story}"
        );
        Ok(())
    });
    steps.run(prove::TITLE, prove::check);
    steps.run(timing::TITLE, timing::check);
    steps.run(residue::TITLE, residue::on_the_host);
    steps.command("tests of xtask", &mut host("test --locked --package xtask"));
    steps.command(
        "tests of the examples that speak HTTP",
        &mut host("test --locked --package http-examples"),
    );
    steps.command(
        "example oauth2",
        &mut host("run --locked --package http-examples --example oauth2"),
    );
}

fn bare_metal(steps: &mut Steps) {
    let mut set_up = None;
    steps.run("compiler and emulators for the boards", || {
        packages::need_emulators(&Board::ALL)?;
        let toolchain = Toolchain::set_up(&Board::ALL)?;
        toolchain.need_clippy()?;
        set_up = Some(toolchain);
        Ok(())
    });
    // Without them these steps fail all the same: what did not run has not passed.
    let toolchain = || set_up.as_ref().context("no compiler for the boards");

    for board in Board::ALL {
        let target = board.target();
        steps.run(&format!("bare metal, {target}"), || {
            for features in FEATURES {
                println!("{}", named(features));
                let mut command = toolchain()?.cargo("check", target);
                execute(with_features(&mut command, features))?;
            }
            Ok(())
        });
    }
    // One board for each file of board support: the three MPS2 boards share one.
    for board in [Board::Microbit, Board::An386, Board::RvVirt] {
        steps.run(
            &format!("lints of the firmware for {}", board.name()),
            || {
                let mut command = firmware::cargo(toolchain()?, "clippy", board);
                if board == Board::An386 {
                    command.args([
                        "--features",
                        firmware::ASSEMBLY,
                        "--features",
                        residue::BINARY,
                    ]);
                }
                execute(command.args("--release -- -D warnings".split(' ')))
            },
        );
    }
    steps.run("firmware with ES256 in assembly, built", || {
        firmware::check_assembly(toolchain()?)
    });
    steps.run(proof::TITLE, || proof::hs256(toolchain()?));
    steps.run(proof::TITLE_ES256, || proof::es256(toolchain()?));
    for board in Board::ALL {
        steps.run(&firmware::title(board), || {
            firmware::check(toolchain()?, board)
        });
    }
    steps.run(residue::TITLE_BOARD, || residue::on_the_board(toolchain()?));
    steps.run(
        "from the authorization server's token to the device's pump",
        || {
            let passed = demo_oauth::hold(toolchain()?)?;
            ensure!(passed, "an answer was not the expected one");
            Ok(())
        },
    );
    let mut table = Vec::new();
    steps.run("the attack table for the boards", || {
        table = attacks::collect()?;
        Ok(())
    });
    for board in Board::ALL {
        steps.run(&attacks::title(board), || {
            ensure!(!table.is_empty(), "no attack table");
            attacks::check(toolchain()?, board, &table)
        });
    }
}

fn named(features: &[&str]) -> String {
    format!("features {}", features.join(" "))
}

fn with_features<'a>(command: &'a mut Command, features: &[&str]) -> &'a mut Command {
    command.args("--locked --package embedded-jwt --no-default-features --features".split(' '));
    command.arg(features.join(","))
}
