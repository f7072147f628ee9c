//! `cargo xtask nightly`: what `cargo xtask test` leaves out, for a machine that has the time.

use std::path::Path;

use crate::{
    boards::Board,
    c_firmware, firmware,
    steps::{Steps, xtask},
};

/// Runs it. `vectors` is the folder of the public test corpora.
pub(crate) fn run(vectors: &Path) -> bool {
    let mut steps = Steps::default();
    // Once, before several steps need them at the same time.
    steps.run("compilers and emulators for the boards", || {
        c_firmware::set_up()?;
        firmware::set_up(&Board::ALL).map(|_| ())
    });
    let mut conformance = xtask("conformance --board microbit --vectors");
    conformance.arg(vectors);
    // The poorest board, and the one that most figures are about.
    let boards = vec![
        xtask("budget --board microbit"),
        xtask("budget --board an386"),
        conformance,
    ];
    // The last two need a network: for npm, for PyPI and for crates.io.
    let host = vec![
        xtask("differential --cases 20000"),
        xtask("fuzz --seconds 10"),
        xtask("interop"),
        xtask("deny"),
    ];
    steps.side_by_side(vec![boards, host]);
    steps.summary()
}
