//! An emulated NOR flash, in RAM that a reset does not change. These emulated boards have no flash
//! that a program can write. A product uses the driver of its HAL, which has the same traits.
#![allow(
    unsafe_code,
    reason = "memory that survives a reset is accessed by its address"
)]

use core::{cell::UnsafeCell, mem::MaybeUninit, ops::Range};

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

const PAGE: usize = 512;
const WORD: usize = 4;
const PAGES: usize = 4;
const WORDS: usize = PAGES * PAGE / WORD;

/// The cells. They hold the inverted bits of the flash, because the RAM of an emulator starts with
/// zeros, and erased flash is all ones.
#[repr(transparent)]
struct Cells(UnsafeCell<MaybeUninit<[u32; WORDS]>>);

// SAFETY: there are no references to the cells. `Flash` uses volatile accesses, on boards with one
// core, and not in an interrupt.
unsafe impl Sync for Cells {}

// The factory writes the first content with a debugger, which finds the place by this name.
#[unsafe(no_mangle)]
// SAFETY: `.uninit` is a section of the RAM that the start-up code does not initialize.
#[unsafe(link_section = ".uninit.FLASH")]
static FLASH: Cells = Cells(UnsafeCell::new(MaybeUninit::uninit()));

/// A part of the flash.
#[derive(Debug)]
pub struct Flash {
    words: Range<usize>,
}

impl Flash {
    /// The length of each of the two parts, in bytes.
    pub const LEN: u32 = 1024;

    /// Returns the two parts of the flash.
    #[must_use]
    pub const fn parts() -> [Self; 2] {
        let half = WORDS / 2;
        [Self { words: 0..half }, Self { words: half..WORDS }]
    }

    /// Returns the cell of a byte offset.
    fn cell(&self, offset: usize) -> *mut u32 {
        let index = self.words.start.saturating_add(offset / WORD);
        FLASH
            .0
            .get()
            .cast::<u32>()
            .wrapping_add(index.min(WORDS.saturating_sub(1)))
    }

    fn word(&self, offset: usize) -> u32 {
        // SAFETY: the cell is one of `FLASH`, and any bits are a valid `u32`. The section is not
        // initialized, but the memory holds bits that survived the reset, like the registers of a
        // device.
        let bits = unsafe { self.cell(offset).read_volatile() };
        !bits
    }
}

/// Writes one word. The tests let the power fail at this function.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn flash_write(cell: *mut u32, bits: u32) {
    // SAFETY: `cell` is one of `FLASH`, which no other code accesses.
    unsafe { cell.write_volatile(bits) }
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        check_read(self, offset, bytes.len())?;
        let offset = usize::try_from(offset).map_err(|_| NorFlashErrorKind::OutOfBounds)?;
        for (place, at) in bytes.iter_mut().zip(offset..) {
            let word = self.word(at).to_le_bytes();
            *place = word.get(at % WORD).copied().unwrap_or_default();
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.words.len().saturating_mul(WORD)
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        check_erase(self, from, to)?;
        for at in (from..to).step_by(WORD) {
            let at = usize::try_from(at).map_err(|_| NorFlashErrorKind::OutOfBounds)?;
            flash_write(self.cell(at), 0);
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        check_write(self, offset, bytes.len())?;
        let offset = usize::try_from(offset).map_err(|_| NorFlashErrorKind::OutOfBounds)?;
        let words = bytes.chunks_exact(WORD).filter_map(<[u8]>::first_chunk);
        for (word, at) in words.zip((offset..).step_by(WORD)) {
            // A write can only clear bits.
            let after = self.word(at) & u32::from_le_bytes(*word);
            flash_write(self.cell(at), !after);
        }
        Ok(())
    }
}
