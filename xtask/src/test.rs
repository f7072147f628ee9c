//! `cargo xtask test`: the whole suite.

use anyhow::{Result, ensure};

use crate::{
    boards::Board,
    check, embassy, firmware, glitch, packages, residue, starters,
    steps::{Steps, execute, xtask},
    timing,
    toolchain::{PROVE, Toolchain, host, output},
};

const CARGO_HACK_VERSION: &str = "0.6.37";

/// No algorithm is no verifier: such a build is refused. `default` is made of others.
const ALGORITHMS: [&str; 3] = ["hs256", "es256", "fast-es256"];

pub(crate) fn run() -> bool {
    let mut steps = Steps::default();
    check::all(&mut steps);
    on_the_host(&mut steps);
    match firmware::set_up(&Board::ALL) {
        Ok(toolchain) => on_the_boards(&mut steps, &toolchain),
        // What did not run has not passed.
        Err(error) => steps.run("compiler and emulators for the boards", || Err(error)),
    }
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
    steps.run("a build without any algorithm is refused", || {
        let answer = host("check --quiet").args(alone("")).output()?;
        let story = String::from_utf8_lossy(&answer.stderr);
        let is_refused = !answer.status.success() && story.contains("without an algorithm");
        ensure!(
            is_refused,
            "it compiles, or fails for another reason:\n{story}"
        );
        Ok(())
    });
    steps.command(
        "proof of the field arithmetic of `fast-es256`",
        &mut host(PROVE),
    );
    steps.command("the C API on the host", &mut xtask(&["c-host"]));
    steps.run(timing::TITLE, timing::check);
    steps.run(residue::TITLE, residue::on_the_host);
    for command in [
        "test --locked --package xtask --package thumb",
        "test --locked --package http-examples",
        "run --locked --package http-examples --example oauth2",
    ] {
        steps.command(command, &mut host(command));
    }
}

fn on_the_boards(steps: &mut Steps, toolchain: &Toolchain) {
    for board in Board::ALL {
        let target = board.target();
        // The first is the poorest: no compare-and-swap, no unaligned access. The next two have what
        // the fourth has, and the firmware is built for each of them below.
        let depth = match board {
            Board::Microbit => 2,
            Board::An386 | Board::RvVirt => 1,
            Board::An385 | Board::An505 => 0,
        };
        let sets = [
            "all features",
            "each feature alone, and all",
            "sets of 2 features, and all",
        ];
        let title = sets.get(depth).copied().unwrap_or_default();
        steps.run(&format!("bare metal, {target}, {title}"), || {
            features(toolchain, target, depth)
        });
    }
    // One board for each file of board support: the three MPS2 boards share one.
    for board in [Board::Microbit, Board::An386, Board::RvVirt] {
        steps.run(
            &format!("lints of the firmware for {}", board.name()),
            || {
                let mut command = firmware::cargo(toolchain, "clippy", board);
                if board == Board::An386 {
                    command.args([
                        "--features",
                        firmware::ASSEMBLY,
                        "--features",
                        residue::BINARY,
                        "--features",
                        glitch::TWICE,
                        "--features",
                        embassy::BINARY,
                    ]);
                }
                execute(command.args("--release -- -D warnings".split(' ')))
            },
        );
    }
    steps.run("starters, built from the packaged crate", || {
        starters::check(toolchain)
    });
    steps.run("firmware with ES256 in assembly, built", || {
        firmware::check_assembly(toolchain)
    });
    // A build keeps all cores busy, an emulator one: so one builds while another runs. The slowest first.
    let boards = |task| Board::ALL.map(|board| vec![task, "--board", board.name()]);
    let tasks = [
        // `cargo xtask glitch` alone has the other opt-level too.
        vec!["glitch", "--opt-level", "s"],
        vec!["proof"],
        vec!["residue", "--board"],
        vec!["demo", "--oauth"],
        vec!["demo", "--c"],
        vec!["firmware", "--embassy"],
    ];
    let all = boards("attacks")
        .into_iter()
        .chain(tasks)
        .chain(boards("firmware"));
    steps.side_by_side(all.map(|arguments| xtask(&arguments)));
}

/// Checks the crate with sets of features, up to `depth` each, and with all that need no host.
fn features(toolchain: &Toolchain, target: &str, depth: usize) -> Result<()> {
    let all = [&ALGORITHMS[..], &["sign", "device", "defmt"]]
        .concat()
        .join(",");
    let mut sets = if depth > 0 { sets(depth)? } else { Vec::new() };
    sets.push(all);
    for set in sets {
        println!("{set}");
        execute(toolchain.cargo("check", target).args(alone(&set)))?;
    }
    Ok(())
}

/// The sets of up to `depth` features that have an algorithm, from `cargo hack`. It names them only: it runs
/// cargo without `--package`, which here would build the default members and unite their features.
fn sets(depth: usize) -> Result<Vec<String>> {
    let mut hack = packages::cargo_tool("hack", CARGO_HACK_VERSION)?;
    hack.args("check --package embedded-jwt --exclude-features default,std".split(' '));
    hack.args("--print-command-list --feature-powerset --depth".split(' '))
        .arg(depth.to_string());
    // To sign takes HS256 or ES256 by p256; the set of all features has both.
    hack.args(["--mutually-exclusive-features", "fast-es256,sign"]);
    let list = output(hack.arg("--at-least-one-of").arg(ALGORITHMS.join(",")))?;
    let sets = list
        .lines()
        .filter_map(|line| line.split_once("--features "));
    let sets: Vec<String> = sets.map(|(_, set)| set.trim().to_owned()).collect();
    ensure!(
        sets.len() >= ALGORITHMS.len(),
        "cargo hack names no sets:\n{list}"
    );
    Ok(sets)
}

/// Arguments of cargo: the crate with these features and no other.
fn alone(features: &str) -> [&str; 6] {
    [
        "--locked",
        "--package",
        "embedded-jwt",
        "--no-default-features",
        "--features",
        features,
    ]
}
