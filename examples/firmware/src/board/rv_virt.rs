//! QEMU's RISC-V `virt` board. Its only pins are the auxiliary outputs OUT1 and OUT2 of its 16550
//! UART. Register names are those of the 16550's data sheet.
#![allow(
    unsafe_code,
    reason = "the addresses of the peripherals are facts of the board"
)]

use super::peripheral::Peripheral;

/// The word of the modem control register.
pub(super) type Word = u8;

/// OUT1 of the UART.
pub(super) const PUMP: Word = 1 << 2;
/// OUT2 of the UART.
pub(super) const LAMP: Word = 1 << 3;

// SAFETY: the UART of the board, with registers of one byte and no DMA.
const UART: Peripheral<u8> = unsafe { Peripheral::at(0x1000_0000) };
/// The receiver buffer on a read, the transmitter holding register on a write.
const DATA: usize = 0;
const FIFO_CONTROL: usize = 2;
const LINE_CONTROL: usize = 3;
const MODEM_CONTROL: usize = 4;
const LINE_STATUS: usize = 5;

const FIFO_ENABLE: u8 = 1 << 0;
const EIGHT_BITS: u8 = 0b11;
const DATA_READY: u8 = 1 << 0;
const TRANSMITTER_EMPTY: u8 = 1 << 5;

/// Picoseconds of a cycle in the emulator, when its clock counts instructions.
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
    // Only the low half is used: the clock wraps around.
    u32::try_from(riscv::register::mcycle::read()).unwrap_or_default()
}
