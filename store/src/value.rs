//! A value of varying length, in two copies. The newer complete copy counts.

use core::{fmt, ops::Range};

use embedded_storage::nor_flash::NorFlash;

use crate::{
    error::Error,
    layout::{LONGEST_WORD, word_len, word_of},
    record::{CRC, ERASED},
};

/// The length of the header before the value: the number of the copy, the length of the value, and a
/// checksum of both and the value.
const HEADER_LEN: usize = 12;

/// One value in NOR flash, such as a saved [`KeyRing`](embedded_jwt::jwk::KeyRing).
///
/// The region has two halves. A new value goes to one half, while the other keeps the old value. So
/// after a power cut, either the old or the new value is read.
///
/// ```
/// # use embedded_jwt::jwk::KeyRing;
/// # use embedded_jwt_store::{Error, FlashValue};
/// # use embedded_storage::nor_flash::NorFlash;
/// type Ring = KeyRing<'static, 8>;
///
/// /// At the start.
/// fn load<F: NorFlash>(ring: &mut Ring, keys: &mut FlashValue<F>) -> Result<(), Error<F::Error>> {
///     let mut buffer = [0; Ring::max_saved_len()];
///     if let Some(saved) = keys.load(&mut buffer)? {
///         // A ring that cannot be loaded stays empty.
///         _ = ring.load(saved);
///     }
///     Ok(())
/// }
///
/// /// After each update.
/// fn store<F: NorFlash>(ring: &Ring, keys: &mut FlashValue<F>) -> Result<(), Error<F::Error>> {
///     let mut buffer = [0; Ring::max_saved_len()];
///     match ring.save(&mut buffer) {
///         Ok(saved) => keys.store(saved),
///         Err(_) => Err(Error::TooLong),
///     }
/// }
/// ```
pub struct FlashValue<F> {
    flash: F,
    halves: [Range<u32>; 2],
}

/// Does not show the value.
impl<F> fmt::Debug for FlashValue<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlashValue")
            .field("halves", &self.halves)
            .finish_non_exhaustive()
    }
}

/// A complete copy.
#[derive(Clone, Copy)]
struct Newest {
    half: usize,
    number: u32,
    len: usize,
}

impl<F: NorFlash> FlashValue<F> {
    /// The number of bytes that are written and read at one time. It is a constant, so that the compiler
    /// removes every check for a division by zero.
    const WORD: usize = word_len::<F>();

    /// Creates the value in `region`, a range of byte offsets in `flash`. It consists of two halves, each
    /// of one or more pages. Each half has room for the value after a header of 12 bytes, which is rounded
    /// up to whole words. The call reads and writes nothing.
    ///
    /// # Errors
    /// [`Error::Misaligned`], [`Error::UnsupportedWords`], [`Error::TooSmall`]
    pub fn new(flash: F, region: Range<u32>) -> Result<Self, Error<F::Error>> {
        word_of::<F>().ok_or(Error::UnsupportedWords)?;
        let page = u32::try_from(F::ERASE_SIZE).map_err(|_| Error::TooSmall)?;
        let len = region.end.checked_sub(region.start);
        let half = len.ok_or(Error::TooSmall)? / 2;
        let middle = region.start.wrapping_add(half);
        let is_inside = usize::try_from(region.end).is_ok_and(|end| end <= flash.capacity());
        let places = [region.start, middle, region.end];
        if !is_inside || !places.iter().all(|place| place.is_multiple_of(page)) {
            return Err(Error::Misaligned);
        }
        if half == 0 {
            return Err(Error::TooSmall);
        }
        Ok(Self {
            flash,
            halves: [region.start..middle, middle..region.end],
        })
    }

    /// Reads the value into `buffer`. Returns `None` if nothing was stored, or if both copies are
    /// damaged.
    ///
    /// # Errors
    /// [`Error::TooLong`] for a value that is longer than the buffer, [`Error::Flash`]
    pub fn load<'b>(&mut self, buffer: &'b mut [u8]) -> Result<Option<&'b [u8]>, Error<F::Error>> {
        let Some(newest) = self.newest()? else {
            return Ok(None);
        };
        let value = buffer.get_mut(..newest.len).ok_or(Error::TooLong)?;
        self.fill(value, self.value_at(newest.half))?;
        Ok(Some(value))
    }

    /// Stores a new value, and reads it back.
    ///
    /// # Errors
    /// [`Error::TooLong`]: nothing was written. [`Error::Flash`] and [`Error::ReadBack`]: the value is
    /// the old one or the new one. [`Error::Damaged`]: the numbers of the copies are used up.
    pub fn store(&mut self, value: &[u8]) -> Result<(), Error<F::Error>> {
        let newest = self.newest()?;
        let number = newest.map_or(0, |newest| newest.number);
        let number = number.checked_add(1).ok_or(Error::Damaged)?;
        let half = usize::from(newest.is_some_and(|newest| newest.half == 0));
        let len = u32::try_from(value.len()).map_err(|_| Error::TooLong)?;
        if value.len() > self.room(half) {
            return Err(Error::TooLong);
        }
        let mut sum = CRC.digest();
        let [number, len] = [number, len].map(u32::to_be_bytes);
        for part in [&number, &len, value] {
            sum.update(part);
        }
        let sum = sum.finalize().to_be_bytes();
        let mut header = [0; HEADER_LEN];
        let parts = [number, len, sum].into_iter().flatten();
        header
            .iter_mut()
            .zip(parts)
            .for_each(|(to, byte)| *to = byte);

        let Range { start, end } = self.half(half);
        self.flash.erase(start, end)?;
        let mut is_erased = true;
        let len = usize::try_from(end.wrapping_sub(start)).unwrap_or_default();
        self.read(start, len, |bytes| {
            is_erased &= bytes.iter().all(|byte| *byte == ERASED);
        })?;
        if !is_erased {
            return Err(Error::ReadBack);
        }
        self.write(self.value_at(half), value)?;
        // The header is written last, so that a copy with a header is complete.
        self.write(start, &header)?;
        let is_it = |now: &Newest| (now.half, now.len) == (half, value.len());
        if self.newest()?.is_some_and(|now| is_it(&now)) {
            Ok(())
        } else {
            Err(Error::ReadBack)
        }
    }

    /// Returns the flash.
    pub fn into_flash(self) -> F {
        self.flash
    }

    fn newest(&mut self) -> Result<Option<Newest>, Error<F::Error>> {
        let copies = [self.copy(0)?, self.copy(1)?];
        let copies = copies.into_iter().flatten();
        Ok(copies.max_by_key(|copy| copy.number))
    }

    /// Returns the copy in a half, if it is complete.
    fn copy(&mut self, half: usize) -> Result<Option<Newest>, Error<F::Error>> {
        let mut header = [0; HEADER_LEN];
        self.fill(&mut header, self.half(half).start)?;
        let mut numbers = header.chunks_exact(4).filter_map(|four| four.first_chunk());
        let mut number = || numbers.next().copied().map_or(0, u32::from_be_bytes);
        let (number, len, sum) = (number(), number(), number());
        let Ok(len) = usize::try_from(len) else {
            return Ok(None);
        };
        // The length is arbitrary in a copy that is torn or was never written.
        if len > self.room(half) {
            return Ok(None);
        }
        let mut found = CRC.digest();
        found.update(header.split_at(8).0);
        self.read(self.value_at(half), len, |bytes| found.update(bytes))?;
        let is_complete = found.finalize() == sum;
        Ok(is_complete.then_some(Newest { half, number, len }))
    }

    fn half(&self, half: usize) -> Range<u32> {
        self.halves.get(half).cloned().unwrap_or_default()
    }

    /// Returns the offset of the value in a half: the first word after the header.
    fn value_at(&self, half: usize) -> u32 {
        let header = HEADER_LEN.next_multiple_of(Self::WORD);
        let header = u32::try_from(header).unwrap_or_default();
        self.half(half).start.wrapping_add(header)
    }

    /// Returns the maximum length of a value in a half.
    fn room(&self, half: usize) -> usize {
        let len = self.half(half).end.saturating_sub(self.value_at(half));
        usize::try_from(len).unwrap_or_default()
    }

    fn write(&mut self, mut at: u32, bytes: &[u8]) -> Result<(), Error<F::Error>> {
        for part in bytes.chunks(Self::WORD) {
            let mut buffer = [ERASED; LONGEST_WORD];
            let word = buffer.get_mut(..Self::WORD).unwrap_or_default();
            word.iter_mut().zip(part).for_each(|(to, byte)| *to = *byte);
            self.flash.write(at, word)?;
            at = at.wrapping_add(u32::try_from(word.len()).unwrap_or_default());
        }
        Ok(())
    }

    /// Fills `room` from the flash.
    fn fill(&mut self, room: &mut [u8], at: u32) -> Result<(), Error<F::Error>> {
        let len = room.len();
        let mut places = room.iter_mut();
        self.read(at, len, |bytes| {
            for (byte, place) in bytes.iter().zip(places.by_ref()) {
                *place = *byte;
            }
        })
    }

    /// Reads `len` bytes, in parts.
    fn read(
        &mut self,
        mut at: u32,
        len: usize,
        mut each: impl FnMut(&[u8]),
    ) -> Result<(), Error<F::Error>> {
        let mut left = len;
        while left > 0 {
            let mut buffer = [0; LONGEST_WORD];
            let word = buffer.get_mut(..Self::WORD).unwrap_or_default();
            self.flash.read(at, word)?;
            at = at.wrapping_add(u32::try_from(word.len()).unwrap_or_default());
            let part = word.get(..left).unwrap_or(word);
            left = left.saturating_sub(part.len());
            each(part);
        }
        Ok(())
    }
}
