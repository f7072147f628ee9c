//! BBC micro:bit v1: nRF51822, Cortex-M0. Register names as in the nRF51 Series Reference Manual.
#![allow(
    unsafe_code,
    reason = "the addresses of the peripherals are facts of the chip"
)]

use super::peripheral::Peripheral;

/// The word of a pin register.
pub(super) type Word = u32;

/// P0.03, ring 0 of the edge connector.
pub(super) const PUMP: Word = 1 << 3;
/// P0.02, ring 1 of the edge connector.
pub(super) const LAMP: Word = 1 << 2;

// SAFETY: the UART of the nRF51, which has no DMA.
const UART: Peripheral<u32> = unsafe { Peripheral::at(0x4000_2000) };
const STARTRX: usize = 0x000;
const STARTTX: usize = 0x008;
const RXDRDY: usize = 0x108;
const TXDRDY: usize = 0x11C;
const ENABLE: usize = 0x500;
const PSELTXD: usize = 0x50C;
const PSELRXD: usize = 0x514;
const RXD: usize = 0x518;
const TXD: usize = 0x51C;
const BAUDRATE: usize = 0x524;

const ENABLED: u32 = 4;
const BAUD_115200: u32 = 0x01D7_E000;
/// These two pins are wired to the board's USB interface chip.
const TXD_PIN: u32 = 24;
const RXD_PIN: u32 = 25;

// SAFETY: the GPIO port of the nRF51, which has no DMA.
const GPIO: Peripheral<u32> = unsafe { Peripheral::at(0x5000_0000) };
const OUT: usize = 0x504;
const OUTSET: usize = 0x508;
const OUTCLR: usize = 0x50C;
const DIRSET: usize = 0x518;

// SAFETY: timer 0 of the nRF51.
const TIMER: Peripheral<u32> = unsafe { Peripheral::at(0x4000_8000) };
const TIMER_START: usize = 0x000;
const CAPTURE0: usize = 0x040;
const BITMODE: usize = 0x508;
const PRESCALER: usize = 0x510;
const CC0: usize = 0x540;

const BITMODE_32: u32 = 3;

/// Picoseconds of a tick at 16 MHz.
pub(super) const TICK_PS: u32 = 62_500;

pub(super) fn start() {
    // Set the pins low before they become outputs, so that nothing switches on for an instant. The
    // idle level of TXD is high.
    GPIO.write::<OUTCLR>(PUMP | LAMP);
    GPIO.write::<OUTSET>(1 << TXD_PIN);
    GPIO.write::<DIRSET>(PUMP | LAMP | 1 << TXD_PIN);

    UART.write::<PSELTXD>(TXD_PIN);
    UART.write::<PSELRXD>(RXD_PIN);
    UART.write::<BAUDRATE>(BAUD_115200);
    UART.write::<ENABLE>(ENABLED);
    UART.write::<STARTRX>(1);
    UART.write::<STARTTX>(1);

    TIMER.write::<BITMODE>(BITMODE_32);
    TIMER.write::<PRESCALER>(0);
    TIMER.write::<TIMER_START>(1);
}

pub(super) fn ticks() -> u32 {
    TIMER.write::<CAPTURE0>(1);
    TIMER.read::<CC0>()
}

pub(super) fn receive() -> Option<u8> {
    if UART.read::<RXDRDY>() == 0 {
        return None;
    }
    // Clear the event before taking the byte: the next byte sets it again, so none is missed.
    UART.write::<RXDRDY>(0);
    let [byte, ..] = UART.read::<RXD>().to_le_bytes();
    Some(byte)
}

pub(super) fn send(byte: u8) {
    UART.write::<TXDRDY>(0);
    UART.write::<TXD>(byte.into());
    while UART.read::<TXDRDY>() == 0 {}
}

pub(super) fn drive(pin: Word, on: bool) {
    if on {
        GPIO.write::<OUTSET>(pin);
    } else {
        GPIO.write::<OUTCLR>(pin);
    }
}

pub(super) fn driven() -> Word {
    GPIO.read::<OUT>()
}
