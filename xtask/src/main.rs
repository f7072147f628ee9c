//! `cargo xtask`: everything that the README tells a person to run.
#![allow(
    clippy::indexing_slicing,
    reason = "a panic ends the task and says where"
)]

mod attacks;
mod bare_metal;
mod bench;
mod boards;
mod budget;
mod c_firmware;
mod c_header;
mod c_host;
mod check;
mod conformance;
mod conversation;
mod demo_c;
mod demo_oauth;
mod device;
mod differential;
mod embassy;
mod firmware;
mod fuzz;
mod gdb;
mod glitch;
mod imports;
mod interop;
mod issuer;
mod many_keys;
mod nightly;
mod packages;
mod prepare_key;
mod probe;
mod proof;
mod qemu;
mod residue;
mod size;
mod starters;
mod steps;
mod test;
mod timing;
mod toolchain;

use std::{path::PathBuf, process::ExitCode};

use boards::Board;
use clap::{Args, Parser, Subcommand};
use prepare_key::Points;
use steps::execute;
use toolchain::{OptLevel, PROVE, host};

const CARGO_DENY_VERSION: &str = "0.20.2";

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Runs embedded-jwt: on emulated microcontrollers, and through its whole test suite",
    after_help = toolchain::HELP
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Boots the example firmware on an emulated Cortex-M4 and sends it genuine and forged commands
    Demo {
        /// Runs OAuth 2.0 instead: an authorization server, a client, and a gateway that sends commands to the device
        #[arg(long)]
        oauth: bool,
        /// Runs the C program of `examples/c` instead, and measures it
        #[arg(long, conflicts_with = "oauth")]
        c: bool,
    },
    /// Runs the example firmware on emulated boards, with genuine and hostile input
    Firmware {
        #[command(flatten)]
        boards: Boards,
        /// Writes the answers of the first board to `examples/firmware/src/bin/command/conversation.txt`
        #[arg(long)]
        bless: bool,
        /// Runs the async firmware `embassy` instead, on the only board that it supports
        #[arg(long, conflicts_with_all = ["boards", "bless"])]
        embassy: bool,
    },
    /// Sends the tests' attack table to emulated boards. Each verdict must be the host's, and cost no more than a good token
    Attacks {
        #[command(flatten)]
        boards: Boards,
    },
    /// Checks the crate with sets of features for the targets of the boards, and lints the firmware
    BareMetal {
        #[command(flatten)]
        boards: Boards,
    },
    /// Times the crate and other Rust libraries on the same tokens. Prints a table, and whether the goals are met
    Bench {
        /// Fail if a goal is missed
        #[arg(long)]
        check: bool,
    },
    /// Makes the header of the C API, `capi/include/embedded_jwt.h`, from the source of `capi`
    CHeader {
        /// Only checks that the stored header matches the source
        #[arg(long)]
        check: bool,
    },
    /// Tests the C API on the host: its tests, a C program under sanitizers and valgrind, C++, `CMake`
    CHost,
    /// Runs public test corpora against the crate, and prints a table
    Conformance {
        /// The folder with the corpora; without it, this explains where to get them
        #[arg(long, value_name = "DIR")]
        vectors: Option<PathBuf>,
        /// An emulated board to test too; may be given more than once [default: none]
        #[arg(long = "board", value_enum)]
        boards: Vec<Board>,
    },
    /// Compares prepared keys with p256 and fiat-crypto on random numbers and edge cases, and prints the counts
    Differential {
        /// The number of cases of each kind: signatures, pairs of elements, pairs of factors
        #[arg(long, default_value_t = 1_000_000)]
        cases: u32,
    },
    /// Fuzzes every entry point, with oracles if there are any, and prints a table
    Fuzz {
        /// The time for each target
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// A target to fuzz; may be given more than once [default: every target]
        #[arg(long = "target")]
        targets: Vec<String>,
    },
    /// Skips each instruction, and each two in a row, of a firmware that judges a bad token
    ///
    /// A device that judges twice must never act. The same device with one judgement must act, which shows that the search works.
    Glitch {
        /// Writes the counts into `xtask/glitch.json` and `docs/glitches.md`
        #[arg(long, conflicts_with = "opt_level")]
        update: bool,
        /// Only this opt-level [default: both]
        #[arg(long, value_enum)]
        opt_level: Option<OptLevel>,
    },
    /// Prints the table of an ES256 key as a constant in Rust or in C, for the flash of a device
    PrepareKey {
        /// A public key: a JWK, or PEM ("PUBLIC KEY")
        #[arg(value_name = "KEY")]
        file: PathBuf,
        /// The number of points in the table: more points need more memory and are faster
        #[arg(long, value_enum, default_value = "16")]
        points: Points,
        /// Prints a constant in C
        #[arg(long)]
        c: bool,
    },
    /// Builds the smallest devices and compares their flash, RAM, stack and instructions with `xtask/budget.json`
    Budget {
        /// Writes the measured figures to `xtask/budget.json`, to README.md, to the pages and to the chart
        #[arg(long)]
        update: bool,
        #[command(flatten)]
        boards: Boards,
    },
    /// Builds the programs of `examples/starters` from the packaged crate, and runs them
    Starters,
    /// Checks that the imports in `src` have no circle
    Imports,
    /// Exchanges tokens with libraries in Python and JavaScript, and with an authorization server over HTTP
    Interop,
    /// Checks that a firmware with only HS256 links no panic and no allocator, and lists the panics with ES256
    Proof,
    /// Proves the field arithmetic of `fast-es256` for all inputs, from the code that runs, and checks that planted faults are found
    Prove,
    /// Checks on a painted stack, on the host and on an emulated board, that work with a secret leaves no part of it
    Residue,
    /// Checks under valgrind that only the verdict of HS256 depends on the secret, and that leaky variants are found
    Timing,
    /// Checks the licences and the sources of the dependencies against `deny.toml`; needs a network
    Deny,
    /// Runs the checks before a commit: formatting, imports, lints, documentation, host tests
    Check,
    /// Runs the whole suite: `check`, every set of features, proofs, bare-metal builds, firmware, package
    Test,
    /// Runs what `test` leaves out: budget, fuzzing, public corpora, other libraries, licences
    ///
    /// The last steps need a network.
    Nightly {
        /// The folder with the corpora, as for `conformance`
        #[arg(long, value_name = "DIR")]
        vectors: PathBuf,
    },
}

#[derive(Args)]
struct Boards {
    /// An emulated board; may be given more than once [default: every board]
    #[arg(long = "board", value_enum)]
    boards: Vec<Board>,
}

impl Boards {
    fn list(&self) -> &[Board] {
        if self.boards.is_empty() {
            &Board::ALL
        } else {
            &self.boards
        }
    }
}

fn deny() -> anyhow::Result<()> {
    let mut command = packages::cargo_tool("deny", CARGO_DENY_VERSION)?;
    execute(command.args("--locked check licenses bans sources".split(' ')))
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Demo { c: true, .. } => demo_c::run(),
        Task::Demo { oauth: true, .. } => demo_oauth::run(),
        Task::Demo { .. } => firmware::demo(),
        Task::Firmware { embassy: true, .. } => firmware::set_up(&[embassy::BOARD])
            .and_then(|toolchain| embassy::check(&toolchain))
            .map(|()| true),
        Task::Firmware { boards, bless, .. } => firmware::run(boards.list(), bless),
        Task::Attacks { boards } => attacks::run(boards.list()),
        Task::BareMetal { boards } => bare_metal::run(boards.list()),
        Task::Bench { check } => bench::run(check),
        Task::CHeader { check } => c_header::run(check).map(|()| true),
        Task::CHost => c_host::run(),
        Task::Conformance { vectors, boards } => conformance::run(vectors.as_deref(), &boards),
        Task::Differential { cases } => differential::run(cases).map(|()| true),
        Task::Fuzz { seconds, targets } => fuzz::run(seconds, &targets),
        Task::Glitch { update, opt_level } => glitch::run(update, opt_level).map(|()| true),
        Task::PrepareKey { file, points, c } => prepare_key::run(&file, points, c).map(|()| true),
        Task::Budget {
            update: true,
            boards,
        } => budget::update(boards.list()),
        Task::Budget { boards, .. } => budget::run(boards.list()),
        Task::Starters => firmware::set_up(&[Board::An386])
            .and_then(|toolchain| starters::check(&toolchain))
            .map(|()| true),
        Task::Imports => imports::check().map(|()| true),
        Task::Interop => interop::run().map(|()| true),
        Task::Proof => proof::run(),
        Task::Prove => execute(&mut host(PROVE)).map(|()| true),
        Task::Residue => residue::run(),
        Task::Timing => timing::check().map(|()| true),
        Task::Deny => deny().map(|()| true),
        Task::Check => Ok(check::run()),
        Task::Test => Ok(test::run()),
        Task::Nightly { vectors } => Ok(nightly::run(&vectors)),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
