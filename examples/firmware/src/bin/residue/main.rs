#![no_std]
#![no_main]
//! Receives numbers on the UART. For each, it does a piece of work with a secret and answers with
//! the name of the work and `ok` or `failed`. For an unknown number the answer is an empty line.
//! `cargo xtask residue` then searches the RAM for the secret.

#[allow(dead_code, reason = "only the search for remains uses the nonce")]
mod material;
mod work;

use core::{fmt::Write as _, hint::black_box};

use firmware::{Board, entry};

#[entry]
fn main() -> ! {
    let mut board = Board::start();
    loop {
        let Some(number) = board.uart.receive() else {
            continue;
        };
        // Writing to this UART cannot fail.
        _ = match work::ALL.get(usize::from(number)) {
            Some((name, work)) if deeper(*work) => writeln!(board.uart, "{name}: ok"),
            Some((name, _)) => writeln!(board.uart, "{name}: failed"),
            None => writeln!(board.uart),
        };
    }
}

/// Does the work at a deeper place of the stack. The answer uses only the part above it, and so
/// does not overwrite the traces of the work.
#[inline(never)]
fn deeper(work: fn() -> bool) -> bool {
    let unused = black_box([0_u8; 1024]);
    let done = black_box(work)();
    black_box(&unused);
    done
}
