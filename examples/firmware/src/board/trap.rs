//! Ends the program on a fault or an unexpected interrupt, each with its own exit code.
#![allow(
    unsafe_code,
    reason = "the start-up code finds these handlers by their symbols"
)]

use crate::failure;

#[cfg(target_arch = "arm")]
mod arm {
    use super::failure;
    use cortex_m_rt::{ExceptionFrame, exception};

    // SAFETY: it never returns to the code that faulted, and touches no memory of the program.
    #[exception]
    unsafe fn HardFault(_frame: &ExceptionFrame) -> ! {
        failure::stop(failure::FAULT)
    }

    // SAFETY: it never returns to the code that was interrupted, and touches no memory of the
    // program.
    #[cfg(not(all(feature = "embassy", feature = "an386")))]
    #[exception]
    unsafe fn DefaultHandler(_interrupt: i16) -> ! {
        failure::stop(failure::STRAY_INTERRUPT)
    }

    // SAFETY: it shares only signals and an executor with the code that was interrupted, and both
    // are made for that.
    #[cfg(all(feature = "embassy", feature = "an386"))]
    #[exception]
    unsafe fn DefaultHandler(interrupt: i16) {
        // SAFETY: the start-up code calls this with the number of the interrupt that it handles.
        let handled = unsafe { crate::board::chip::interrupts::handle(interrupt) };
        if handled.is_none() {
            failure::stop(failure::STRAY_INTERRUPT)
        }
    }
}

#[cfg(target_arch = "riscv32")]
mod riscv32 {
    use super::failure;
    use riscv_rt::TrapFrame;

    // SAFETY: riscv-rt calls this symbol with this signature, and nothing else in the program has
    // this name.
    #[unsafe(export_name = "ExceptionHandler")]
    extern "C" fn exception(_frame: &TrapFrame) -> ! {
        failure::stop(failure::FAULT)
    }

    // SAFETY: as above.
    #[unsafe(export_name = "DefaultHandler")]
    extern "C" fn stray_interrupt() -> ! {
        failure::stop(failure::STRAY_INTERRUPT)
    }
}
