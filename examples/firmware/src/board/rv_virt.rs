//! QEMU's RISC-V `virt` board. Its only pins are those of its 16550 UART: the auxiliary outputs OUT1 and OUT2.
//! Register names as in the 16550's data sheet.
#![allow(
    unsafe_code,
    reason = "the addresses of the peripherals are facts of the board"
)]

use super::peripheral::Peripheral;

/// What the modem control register holds.
pub(super) type Word = u8;

/// OUT1 of the UART.
pub(super) const PUMP: Word = 1 << 2;
/// OUT2 of the UART.
pub(super) const LAMP: Word = 1 << 3;

// SAFETY: the UART of the board, with registers of one byte and no DMA.
const UART: Peripheral<u8> = unsafe { Peripheral::at(0x1000_0000) };
/// Receiver buffer when read, transmitter holding register when written.
const DATA: usize = 0;
const FIFO_CONTROL: usize = 2;
const LINE_CONTROL: usize = 3;
const MODEM_CONTROL: usize = 4;
const LINE_STATUS: usize = 5;

const FIFO_ENABLE: u8 = 1 << 0;
const EIGHT_BITS: u8 = 0b11;
const DATA_READY: u8 = 1 << 0;
const TRANSMITTER_EMPTY: u8 = 1 << 5;

/// What the emulator makes of a cycle, when its clock counts instructions.
pub(super) const TICK_PS: u32 = 1_000;

pub(super) fn start() {
    UART.write::<LINE_CONTROL>(EIGHT_BITS);
    UART.write::<FIFO_CONTROL>(FIFO_ENABLE);
}

pub(super) fn receive() -> Option<u8> {
    if UART.read::<LINE_STATUS>() & DATA_READY == 0 {
        return None;
    }
    Some(UART.read::<DATA>())
}

pub(super) fn send(byte: u8) {
    while UART.read::<LINE_STATUS>() & TRANSMITTER_EMPTY == 0 {}
    UART.write::<DATA>(byte);
}

pub(super) fn drive(pin: Word, on: bool) {
    let others = UART.read::<MODEM_CONTROL>() & !pin;
    UART.write::<MODEM_CONTROL>(if on { others | pin } else { others });
}

pub(super) fn driven() -> Word {
    UART.read::<MODEM_CONTROL>()
}

pub(super) fn ticks() -> u32 {
    // The low half; the clock wraps around.
    u32::try_from(riscv::register::mcycle::read()).unwrap_or_default()
}
