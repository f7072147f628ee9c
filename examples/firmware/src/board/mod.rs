//! The parts of a board that the firmware uses, with the same interface on every board.

#[cfg(all(feature = "embassy", feature = "an386"))]
mod asynchronous;
mod peripheral;
mod trap;

#[cfg(feature = "microbit")]
#[path = "microbit.rs"]
mod chip;
#[cfg(any(feature = "an385", feature = "an386", feature = "an505"))]
#[path = "mps2.rs"]
mod chip;
#[cfg(feature = "rv-virt")]
#[path = "rv_virt.rs"]
mod chip;

use core::fmt;

#[cfg(all(feature = "embassy", feature = "an386"))]
pub use asynchronous::Ticker;

/// The board's hardware, ready to use.
#[derive(Debug)]
pub struct Board {
    /// The serial line to the host.
    pub uart: Uart,
    /// The output that runs the pump.
    pub pump: Pin,
    /// The output that lights the lamp.
    pub lamp: Pin,
    /// A clock that starts with the board.
    pub timer: Timer,
}

impl Board {
    /// Switches the peripherals on, with both outputs off.
    #[must_use]
    pub fn start() -> Self {
        chip::start();
        let mut board = Self {
            uart: Uart { private: () },
            pump: Pin { mask: chip::PUMP },
            lamp: Pin { mask: chip::LAMP },
            timer: Timer { private: () },
        };
        board.pump.set(false);
        board.lamp.set(false);
        board
    }
}

/// The serial line to the host.
#[derive(Debug)]
pub struct Uart {
    private: (),
}

impl Uart {
    /// Returns the next byte that has arrived, if there is one. Never waits.
    pub fn receive(&mut self) -> Option<u8> {
        let () = self.private;
        chip::receive()
    }

    /// Sends one byte, as soon as there is room for it.
    pub fn send(&mut self, byte: u8) {
        let () = self.private;
        chip::send(byte);
    }
}

impl fmt::Write for Uart {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(|byte| self.send(byte));
        Ok(())
    }
}

/// An output pin.
#[derive(Debug)]
pub struct Pin {
    mask: chip::Word,
}

impl Pin {
    /// Drives the pin high (`true`) or low.
    pub fn set(&mut self, on: bool) {
        chip::drive(self.mask, on);
    }

    /// Returns whether the hardware reports that the pin is driven high.
    #[must_use]
    pub fn is_on(&self) -> bool {
        chip::driven() & self.mask != 0
    }
}

/// A clock that starts with the board, and wraps around.
#[derive(Debug)]
pub struct Timer {
    private: (),
}

impl Timer {
    /// The length of a tick, in picoseconds.
    pub const TICK_PS: u32 = chip::TICK_PS;

    /// Returns the ticks since the start.
    #[must_use]
    pub fn ticks(&self) -> u32 {
        let () = self.private;
        chip::ticks()
    }
}
