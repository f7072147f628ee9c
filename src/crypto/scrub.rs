//! Overwrites the stack that work with a secret has used.
//!
//! Moved values, spilled registers and the dependencies leave copies of a secret that no destructor
//! reaches. All of these copies are in the frames of functions that have returned. So the work runs
//! in a frame of its own. Then a second function, called from the same depth, overwrites that part
//! of the stack.

use core::hint::black_box;

/// The bytes that are written to the stack. They are not zeros, because for zeros the compiler
/// calls `memset`, which takes four instructions for each word on a Cortex-M.
const BLOCK: [u32; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// Returns the number of blocks that cover `bytes` bytes of the stack.
pub(super) const fn blocks(bytes: usize) -> usize {
    bytes.div_ceil(size_of_val(&BLOCK))
}

/// Runs `work`, and then overwrites `BLOCKS` blocks of the stack that it used.
///
/// `BLOCKS` covers the measured depth that the work reaches. It is not larger, so that the deepest
/// use of the stack hardly grows. `black_box` promises nothing, so `cargo xtask residue` looks for
/// remains of the secret on a painted stack, on the host and on a board.
///
/// The result of `work` is in the caller's frame. It must be public, or the caller must scrub it.
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
