#![no_std]
#![no_main]
//! Answers questions on the UART: how this board judges an input that the host sends, and how long that takes.
//!
//! It begins with the number of bytes that a question may have. A question is its length in four bytes, the lowest one
//! first, and its bytes; the answer is one line, such as `refuse Expired 12345`: the verdict, and ticks of the board's timer.

mod question;

use core::fmt::Write as _;

use firmware::{Board, Timer, entry};

/// The longest question. On the smallest board the rest of the RAM is for the stack.
const MAX_LEN: usize = if cfg!(feature = "microbit") {
    4 * 1024
} else {
    24 * 1024
};

#[entry]
#[allow(
    clippy::large_stack_arrays,
    reason = "once, at the bottom of the stack, where the host takes it off the measured depth"
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
