//! Emulates the board AN386 (Cortex-M4) far enough to run the example firmware, and skips
//! instructions of it. Instruction names and numbers of sections are those of the Armv7-M
//! Architecture Reference Manual.
//!
//! An emulator of its own, because millions of runs have to start in the middle of another one:
//! [`Machine::follow`] copies only what differs, and a run takes no process and no snapshot file. No
//! code is translated, so a skipped instruction cannot survive in a cache.
//!
//! `cargo xtask glitch` compares what it does with QEMU.
//!
//! - Without: the FPU, exclusive accesses, interrupts, privileges, time.
//! - A fault ends a run, where a device would enter its handler.
//! - Flash ignores writes. On the board it is RAM, which a product's is not.
#![allow(
    clippy::indexing_slicing,
    reason = "a panic ends the task and says where"
)]

mod arithmetic;
mod bits;
mod bus;
mod decode;
mod execute;
mod image;
mod machine;
mod narrow;
mod operation;
#[cfg(test)]
mod tests;
mod wide;

pub use bus::End;
pub use image::Image;
pub use machine::Machine;
