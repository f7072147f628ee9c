//! A block of memory-mapped device registers.
#![allow(unsafe_code, reason = "a device register is reached by its address")]

use core::{marker::PhantomData, ptr};

/// The size of a block of registers, the same for every peripheral used here.
const BLOCK: usize = 0x1000;

/// The registers of a device, each of the width `W`.
pub(super) struct Peripheral<W> {
    base: usize,
    width: PhantomData<W>,
}

impl<W: Copy> Peripheral<W> {
    /// Creates the block of registers at `base`.
    ///
    /// # Safety
    ///
    /// `base` must be a multiple of 4 KiB. The 4 KiB from `base` must be registers of a device that
    /// has no access to memory (no DMA). They must not overlap anything that the compiler knows of.
    /// Any bits must be a valid `W`.
    pub(super) const unsafe fn at(base: usize) -> Self {
        Self {
            base,
            width: PhantomData,
        }
    }

    /// Reads the register at `OFFSET` bytes.
    pub(super) fn read<const OFFSET: usize>(&self) -> W {
        // SAFETY: `register` returns an aligned address in a block of registers, as the caller of
        // `at` promised.
        unsafe { self.register::<OFFSET>().read_volatile() }
    }

    /// Writes the register at `OFFSET` bytes.
    pub(super) fn write<const OFFSET: usize>(&self, value: W) {
        // SAFETY: as in `read`; the device has no way to change memory.
        unsafe { self.register::<OFFSET>().write_volatile(value) }
    }

    fn register<const OFFSET: usize>(&self) -> *mut W {
        const {
            assert!(OFFSET < BLOCK, "the register lies outside of its block");
            assert!(
                OFFSET.is_multiple_of(size_of::<W>()),
                "the register is not aligned"
            );
        }
        ptr::with_exposed_provenance_mut(self.base.wrapping_add(OFFSET))
    }
}
