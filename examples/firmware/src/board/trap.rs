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
    #[exception]
    unsafe fn DefaultHandler(_interrupt: i16) -> ! {
        failure::stop(failure::STRAY_INTERRUPT)
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
