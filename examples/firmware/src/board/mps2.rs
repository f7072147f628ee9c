//! Arm MPS2 with the images AN385 (Cortex-M3), AN386 (Cortex-M4F) and AN505 (Cortex-M33, secure
//! state). Register names are those of the Cortex-M System Design Kit's manual and the boards'
//! application notes.
#![allow(
    unsafe_code,
    reason = "the addresses of the peripherals are facts of the board"
)]

use super::peripheral::Peripheral;

#[cfg(all(feature = "embassy", feature = "an386"))]
#[path = "mps2_interrupts.rs"]
pub(super) mod interrupts;

/// The word of the LED register.
pub(super) type Word = u32;

/// User LED 0.
pub(super) const PUMP: Word = 1 << 0;
/// User LED 1.
pub(super) const LAMP: Word = 1 << 1;

#[cfg(not(feature = "an505"))]
const TIMER0: usize = 0x4000_0000;
#[cfg(not(feature = "an505"))]
const UART0: usize = 0x4000_4000;
#[cfg(not(feature = "an505"))]
const FPGAIO: usize = 0x4002_8000;
// The secure aliases of the peripherals.
#[cfg(feature = "an505")]
const TIMER0: usize = 0x5000_0000;
#[cfg(feature = "an505")]
const UART0: usize = 0x5020_0000;
#[cfg(feature = "an505")]
const FPGAIO: usize = 0x5030_2000;

// SAFETY: UART 0 of the board, which has no DMA.
const UART: Peripheral<u32> = unsafe { Peripheral::at(UART0) };
const DATA: usize = 0x00;
const STATE: usize = 0x04;
const CTRL: usize = 0x08;
const BAUDDIV: usize = 0x10;

const TX_FULL: u32 = 1 << 0;
const RX_FULL: u32 = 1 << 1;
const TX_ENABLE: u32 = 1 << 0;
const RX_ENABLE: u32 = 1 << 1;

/// The clock of UART and timer in Hz.
const CLOCK: u32 = if cfg!(feature = "an505") {
    20_000_000
} else {
    25_000_000
};
const BAUD: u32 = 115_200;

// SAFETY: the board's LEDs and buttons, which have no DMA.
const IO: Peripheral<u32> = unsafe { Peripheral::at(FPGAIO) };
const LED0: usize = 0x00;

// SAFETY: timer 0 of the board.
const TIMER: Peripheral<u32> = unsafe { Peripheral::at(TIMER0) };
const TIMER_CTRL: usize = 0x0;
const TIMER_VALUE: usize = 0x4;
const TIMER_RELOAD: usize = 0x8;
const TIMER_ENABLE: u32 = 1 << 0;

pub(super) const TICK_PS: u32 = 1_000_000_000 / (CLOCK / 1_000);

pub(super) fn start() {
    UART.write::<BAUDDIV>(CLOCK / BAUD);
    UART.write::<CTRL>(TX_ENABLE | RX_ENABLE);

    TIMER.write::<TIMER_RELOAD>(u32::MAX);
    TIMER.write::<TIMER_VALUE>(u32::MAX);
    TIMER.write::<TIMER_CTRL>(TIMER_ENABLE);
}

pub(super) fn ticks() -> u32 {
    // The timer counts down.
    !TIMER.read::<TIMER_VALUE>()
}

pub(super) fn receive() -> Option<u8> {
    if UART.read::<STATE>() & RX_FULL == 0 {
        return None;
    }
    let [byte, ..] = UART.read::<DATA>().to_le_bytes();
    Some(byte)
}

pub(super) fn send(byte: u8) {
    while UART.read::<STATE>() & TX_FULL != 0 {}
    UART.write::<DATA>(byte.into());
}

pub(super) fn drive(pin: Word, on: bool) {
    let others = IO.read::<LED0>() & !pin;
    IO.write::<LED0>(if on { others | pin } else { others });
}

pub(super) fn driven() -> Word {
    IO.read::<LED0>()
}
