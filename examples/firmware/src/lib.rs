#![no_std]
//! Board support for the example firmware on each emulated board: one UART, two output pins, a
//! timer, a log, and an exit code after a failure.
//!
//! This library knows nothing about tokens. For another board, add one file to `board/`.

mod board;
mod failure;
#[cfg(feature = "remember")]
mod flash;
mod line;

#[cfg(all(feature = "embassy", feature = "an386"))]
pub use board::Ticker;
pub use board::{Board, Pin, Timer, Uart};
#[cfg(feature = "remember")]
pub use flash::Flash;
pub use line::{Line, LineReader};

/// Marks the function that runs after start-up.
#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
/// Marks the function that runs after start-up.
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;

// Linked because they register the logger, and the critical section that the logger uses.
#[cfg(all(target_arch = "arm", feature = "command"))]
use cortex_m as _;
#[cfg(feature = "command")]
use defmt_semihosting as _;
#[cfg(all(target_arch = "riscv32", feature = "command"))]
use riscv as _;
