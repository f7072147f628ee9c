#![no_std]
#![no_main]
//! Does a piece of work with a secret for each number that comes on the UART, and answers with its name and `ok`, or
//! `failed`; with an empty line where there is no such work. `cargo xtask residue` then looks for the secret in the RAM.

#[allow(
    dead_code,
    reason = "the nonce is of interest to those who look for it"
)]
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

/// Works below some unused stack, over which the frames of the answer come to lie.
#[inline(never)]
fn deeper(work: fn() -> bool) -> bool {
    let unused = black_box([0_u8; 1024]);
    let done = black_box(work)();
    black_box(&unused);
    done
}
