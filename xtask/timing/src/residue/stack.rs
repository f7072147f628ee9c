//! The stack below the caller: painted, and read after others have used it.
#![allow(
    unsafe_code,
    reason = "the dead stack is no value of the language; it can only be read as memory"
)]

use std::{hint::black_box, ptr};

/// Bytes that are read: more than any work here uses.
pub(crate) const DEPTH: usize = 64 * 1024;

/// Bytes that are painted, so that all that is read was, wherever in its frame an array lies.
const PAINTED: usize = DEPTH + 4 * 1024;

const PAINT: u8 = 0xC5;

#[inline(never)]
#[allow(clippy::large_stack_arrays, reason = "it is the stack that is painted")]
pub(crate) fn paint() {
    black_box(&mut [PAINT; PAINTED]);
}

/// Copies what lies below, to the heap. Without an array for it, since the prologue of a function with a large frame writes
/// into each of its pages.
#[inline(never)]
pub(crate) fn copy(dead: &mut [u8]) {
    let here = 0_u8;
    let top = black_box(&raw const here).expose_provenance();
    for (depth, byte) in (1..=DEPTH).rev().zip(dead) {
        let address = ptr::with_exposed_provenance(top.wrapping_sub(depth));
        // SAFETY: `paint` has written there, to this thread's stack, which is mapped as far as it was used. Every bit
        // pattern is a `u8`. No value of the language is there, and the read is volatile: what is there is loaded.
        *byte = unsafe { ptr::read_volatile::<u8>(address) };
    }
}
