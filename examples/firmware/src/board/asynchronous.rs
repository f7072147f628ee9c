//! The board for an async firmware: interrupts wake its tasks.

use embassy_executor::SendSpawner;

use super::{Board, Uart, chip::interrupts};

impl Board {
    /// Switches the interrupts on. Returns the spawner of the urgent executor, which interrupts
    /// the one in thread mode, and a ticker. Returns `None` the second time.
    pub fn start_interrupts(&mut self) -> Option<(SendSpawner, Ticker)> {
        Some((interrupts::start()?, Ticker { private: () }))
    }
}

impl Uart {
    /// Waits for the next byte, while other tasks run.
    pub async fn next_byte(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.receive() {
                return byte;
            }
            // The signal is kept if the byte arrives before this line.
            interrupts::RECEIVED.wait().await;
        }
    }
}

/// Marks the milliseconds.
#[derive(Debug)]
pub struct Ticker {
    private: (),
}

impl Ticker {
    /// Waits for the next millisecond, while other tasks run.
    pub async fn next(&mut self) {
        let () = self.private;
        interrupts::TICKED.wait().await;
    }
}
