//! `cargo xtask bare-metal`: the crate with sets of features, and the lints of the firmware, for the
//! targets of the boards.

use anyhow::{Result, ensure};

use crate::{
    boards::Board,
    embassy, firmware, glitch, packages, residue,
    steps::{Steps, execute},
    toolchain::{Toolchain, output},
};

const CARGO_HACK_VERSION: &str = "0.6.37";

/// No algorithm is no verifier: such a build is refused. `default` is made of others.
pub(crate) const ALGORITHMS: [&str; 3] = ["hs256", "es256", "fast-es256"];

pub(crate) fn run(boards: &[Board]) -> Result<bool> {
    let toolchain = firmware::set_up(boards)?;
    let mut steps = Steps::default();
    for &board in boards {
        on(&mut steps, &toolchain, board);
    }
    Ok(steps.summary())
}

fn on(steps: &mut Steps, toolchain: &Toolchain, board: Board) {
    let target = board.target();
    // The first is the poorest: no compare-and-swap, no unaligned access. The next two have what
    // the fourth has, and the firmware is built for each of them by other steps.
    let (depth, sets) = match board {
        Board::Microbit => (2, "sets of 2 features, and all"),
        Board::An386 | Board::RvVirt => (1, "each feature alone, and all"),
        Board::An385 | Board::An505 => (0, "all features"),
    };
    steps.run(&format!("bare metal, {target}, {sets}"), || {
        features(toolchain, target, depth)
    });
    // One board for each file of board support: the three MPS2 boards share one.
    if matches!(board, Board::Microbit | Board::An386 | Board::RvVirt) {
        steps.run(
            &format!("lints of the firmware for {}", board.name()),
            || lint(toolchain, board),
        );
    }
    if board == Board::An386 {
        steps.run("firmware with ES256 in assembly, built", || {
            firmware::check_assembly(toolchain)
        });
    }
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
        let mut check = toolchain.cargo("check", target);
        execute(check.arg("--release").args(alone(&set)))?;
    }
    Ok(())
}

fn lint(toolchain: &Toolchain, board: Board) -> Result<()> {
    let mut command = firmware::cargo(toolchain, "clippy", board);
    if board == Board::An386 {
        let features = [
            firmware::ASSEMBLY,
            residue::BINARY,
            glitch::TWICE,
            embassy::BINARY,
        ];
        command.args(["--features", &features.join(",")]);
    }
    execute(command.args("--release -- -D warnings".split(' ')))
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
pub(crate) fn alone(features: &str) -> [&str; 6] {
    [
        "--locked",
        "--package",
        "embedded-jwt",
        "--no-default-features",
        "--features",
        features,
    ]
}
