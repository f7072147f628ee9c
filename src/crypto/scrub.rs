//! Overwrites the stack that work with a secret has used.
//!
//! Values move, registers are spilled, and what others compute leaves copies where no destructor comes by. All of them lie
//! in the frames of functions that have returned. So the work runs in a frame of its own, and a second function, called
//! from the same depth, overwrites what those frames were.

use core::hint::black_box;

/// A block of what is written. Not zeros, for which a compiler calls `memset`: on a Cortex-M it takes four instructions for each
/// word.
const BLOCK: [u32; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// The blocks that cover `bytes` of the stack.
pub(super) const fn blocks(bytes: usize) -> usize {
    bytes.div_ceil(size_of_val(&BLOCK))
}

/// Runs `work`, and then overwrites `BLOCKS` blocks of the stack that it used.
///
/// `BLOCKS` is what the work reaches, as measured: no more than it needs, so that the deepest use of the stack hardly grows.
/// That nothing is left is seen on a painted stack, on a host and on a board, since `black_box` promises nothing.
///
/// What `work` returns must be public, or be scrubbed by the caller: it is in the caller's frame.
pub(super) fn scrubbed<const BLOCKS: usize, T>(work: impl FnOnce() -> T) -> T {
    let outcome = apart(work);
    overwrite::<BLOCKS>();
    outcome
}

#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn overwrite<const BLOCKS: usize>() {
    black_box(&mut [BLOCK; BLOCKS]);
}
