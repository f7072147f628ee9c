//! Handles failures after which the firmware cannot continue. Under emulation, it ends with an exit
//! code for the reason.
//!
//! A product drives its outputs to their safe state here and resets.

use core::panic::PanicInfo;
#[cfg(feature = "command")]
use core::sync::atomic::{AtomicBool, Ordering};

/// Exit code after a panic.
const PANIC: i32 = 101;
/// Exit code after a processor exception (a fault).
pub(crate) const FAULT: i32 = 102;
/// Exit code after an unexpected interrupt.
pub(crate) const STRAY_INTERRUPT: i32 = 103;

/// Ends the emulation. Logs nothing, because the failure may have occurred inside the logger.
pub(crate) fn stop(exit_code: i32) -> ! {
    semihosting::process::exit(exit_code)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    log(info);
    stop(PANIC)
}

#[cfg(feature = "command")]
fn log(info: &PanicInfo<'_>) {
    // The logger panics if it is entered twice. So a panic inside the logger would recurse without
    // end.
    static LOGGING: AtomicBool = AtomicBool::new(false);

    if !LOGGING.load(Ordering::Relaxed) {
        LOGGING.store(true, Ordering::Relaxed);
        if let Some(place) = info.location() {
            defmt::error!("panic at {=str}:{=u32}", place.file(), place.line());
        }
    }
}

/// Does nothing in a firmware without a log.
#[cfg(not(feature = "command"))]
fn log(_: &PanicInfo<'_>) {}
