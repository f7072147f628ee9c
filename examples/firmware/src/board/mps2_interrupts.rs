//! The interrupts of the MPS2 board with image AN386, for a firmware on embassy's executor.
//!
//! In a product, the embassy HAL of the chip replaces this file, with its UART driver,
//! `embassy_time::Ticker` and `bind_interrupts!`. Keep the priorities:
//!
//! | priority | what runs there |
//! | --- | --- |
//! | highest | the interrupts of the devices, which only wake tasks |
//! | middle | the urgent executor, in an interrupt that no device uses |
//! | lowest | the executor in thread mode, which verifies tokens |

use cortex_m::{Peripherals, interrupt::InterruptNumber};
use embassy_executor::{InterruptExecutor, SendSpawner};
use embassy_sync::{blocking_mutex::raw::CriticalSectionRawMutex, signal::Signal};

use super::{CLOCK, CTRL, Peripheral, RX_ENABLE, TX_ENABLE, UART};

const UART_INTCLEAR: usize = 0x0c;
const RX_INTERRUPT: u32 = 1 << 1;
const RX_INTERRUPT_ENABLE: u32 = 1 << 3;

// SAFETY: timer 1 of the board.
const TICKER: Peripheral<u32> = unsafe { Peripheral::at(0x4000_1000) };
const TICKER_CTRL: usize = 0x0;
const TICKER_RELOAD: usize = 0x8;
const TICKER_INTCLEAR: usize = 0xc;
const TICKER_INTERRUPT: u32 = 1 << 0;
const TICKER_ENABLE: u32 = 1 << 0 | 1 << 3;
const TICKS_PER_SECOND: u32 = 1_000;

/// The interrupts in use, by their numbers in the board's application note.
#[derive(Clone, Copy)]
enum Interrupt {
    UartReceive,
    Ticker,
    /// The interrupt of the urgent executor. No device raises it.
    Executor,
}

impl Interrupt {
    const ALL: [Self; 3] = [Self::UartReceive, Self::Ticker, Self::Executor];
}

// SAFETY: each variant has a number of its own, which never changes.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        match self {
            Self::UartReceive => 0,
            Self::Ticker => 9,
            Self::Executor => 31,
        }
    }
}

/// The priority of the urgent executor. The devices keep 0, the highest, which is set at reset.
const URGENT_PRIORITY: u8 = 0x80;

static URGENT: InterruptExecutor = InterruptExecutor::new();

/// A byte has arrived.
pub(in crate::board) static RECEIVED: Signal<CriticalSectionRawMutex, ()> = Signal::new();
/// A millisecond has passed.
pub(in crate::board) static TICKED: Signal<CriticalSectionRawMutex, ()> = Signal::new();

/// Starts the interrupts and the urgent executor. Returns `None` the second time.
pub(in crate::board) fn start() -> Option<SendSpawner> {
    let mut core = Peripherals::take()?;
    // SAFETY: the program's critical sections mask all interrupts, whatever their priority.
    unsafe {
        core.NVIC.set_priority(Interrupt::Executor, URGENT_PRIORITY);
    }
    let urgent = URGENT.start(Interrupt::Executor);

    UART.write::<CTRL>(TX_ENABLE | RX_ENABLE | RX_INTERRUPT_ENABLE);
    TICKER.write::<TICKER_RELOAD>(CLOCK / TICKS_PER_SECOND - 1);
    TICKER.write::<TICKER_CTRL>(TICKER_ENABLE);
    for interrupt in [Interrupt::UartReceive, Interrupt::Ticker] {
        // SAFETY: no critical section is open, and `handle` knows this interrupt.
        unsafe { cortex_m::peripheral::NVIC::unmask(interrupt) };
    }
    Some(urgent)
}

/// Handles the interrupt with this number. Returns `None` for an interrupt that is not in use.
///
/// # Safety
///
/// It must be called only by the handler of that interrupt.
pub(in crate::board) unsafe fn handle(number: i16) -> Option<()> {
    let number = u16::try_from(number).ok()?;
    let is_it = |interrupt: &Interrupt| interrupt.number() == number;
    match Interrupt::ALL.into_iter().find(is_it)? {
        Interrupt::UartReceive => {
            UART.write::<UART_INTCLEAR>(RX_INTERRUPT);
            RECEIVED.signal(());
        }
        Interrupt::Ticker => {
            TICKER.write::<TICKER_INTCLEAR>(TICKER_INTERRUPT);
            TICKED.signal(());
        }
        // SAFETY: this is the executor's interrupt, as the caller promises. `start` unmasked it
        // after the executor was ready.
        Interrupt::Executor => unsafe { URGENT.on_interrupt() },
    }
    Some(())
}
