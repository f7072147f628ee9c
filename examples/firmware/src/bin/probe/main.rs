#![no_std]
#![no_main]
//! Answers questions on the UART: whether this board accepts an input of the host, and how long
//! that takes.
//!
//! It first sends the largest length of a question in bytes. A question is its length in four
//! bytes, least significant first, and its bytes. The answer is one line, such as
//! `refuse Expired 12345`: the verdict, and the ticks of the board's timer.

mod question;

use core::fmt::Write as _;

use firmware::{Board, Timer, entry};

/// The longest question, in bytes. On the smallest board, the rest of the RAM is for the stack.
const MAX_LEN: usize = if cfg!(feature = "microbit") {
    4 * 1024
} else {
    24 * 1024
};

#[entry]
#[allow(
    clippy::large_stack_arrays,
    reason = "it exists once, at the bottom of the stack, and the host subtracts it from the depth"
)]
fn main() -> ! {
    let mut board = Board::start();
    let mut room = [0; MAX_LEN];
    // Writing to this UART cannot fail.
    _ = writeln!(board.uart, "ready {MAX_LEN} {}", Timer::TICK_PS);
    loop {
        let mut length = [0; 4];
        length.fill_with(|| receive(&mut board));
        let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
        let Some(question) = room.get_mut(..length) else {
            for _ in 0..length {
                receive(&mut board);
            }
            _ = writeln!(board.uart, "too long 0");
            continue;
        };
        question.fill_with(|| receive(&mut board));
        let (verdict, ticks) = question::check(question, || board.timer.ticks());
        _ = writeln!(board.uart, "{verdict} {ticks}");
    }
}

fn receive(board: &mut Board) -> u8 {
    loop {
        if let Some(byte) = board.uart.receive() {
            return byte;
        }
    }
}
