//! A value of varying length, in one of two halves. The new value is complete before the old one is
//! erased.

use core::{fmt, ops::Range};

use embedded_storage::nor_flash::NorFlash;

use crate::{
    error::Error,
    layout::{LONGEST_WORD, pages_of, word_len},
    record::{CRC, ERASED},
};

/// The length of the header before the mark and the value: the number of the copy, the length of the
/// value, and a checksum of both and the value.
const HEADER_LEN: usize = 12;

/// Behind the header, once the copy was read back. A pattern, because an interrupted erase may leave
/// zeros.
const MARK: [u8; 4] = [0x5a, 0xa6, 0x3c, 0x93];

/// One value in NOR flash, such as a saved [`KeyRing`](embedded_jwt::jwk::KeyRing).
///
/// The region has two halves. A new value goes to one half, while the other keeps the old value. So
/// after a power cut, either the old or the new value is read. A value that is damaged later does not
/// bring an older value back: [`FlashValue::load`] returns [`Error::Damaged`]. Each new value erases
/// each half once.
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
///     match keys.load(&mut buffer) {
///         // Nothing was stored yet: here the firmware takes the keys of its release.
///         Ok(None) => Ok(()),
///         Ok(Some(saved)) => ring.load(saved).map_err(|_| Error::UnknownFact),
///         // Damaged: the ring stays empty, and `KeyRing::reset_to` keeps old sets out.
///         Err(error) => Err(error),
///     }
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

/// The content of a half.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stored {
    /// Nothing, or what a power cut left.
    None,
    /// A copy that was good once: it has the mark.
    Damaged,
    Complete {
        is_marked: bool,
        number: u32,
        len: usize,
    },
}

impl Stored {
    /// What decides between two copies. One without the mark was never reported as stored, and the power
    /// may have failed while its last word was written.
    const fn rank(self) -> Option<(bool, u32)> {
        match self {
            Self::None | Self::Damaged => None,
            Self::Complete {
                is_marked, number, ..
            } => Some((is_marked, number)),
        }
    }
}

impl<F: NorFlash> FlashValue<F> {
    /// The number of bytes that are written and read at one time. It is a constant, so that the compiler
    /// removes every check for a division by zero.
    const WORD: usize = word_len::<F>();

    /// Creates the value in `region`, a range of byte offsets in `flash`. It consists of two halves, each
    /// of one or more pages. Each half has room for the value after a header of 12 bytes and a mark of 4
    /// bytes, each rounded up to whole words. The call reads and writes nothing.
    ///
    /// # Errors
    /// [`Error::Misaligned`], [`Error::UnsupportedWords`], [`Error::TooSmall`]
    pub fn new(flash: F, region: Range<u32>) -> Result<Self, Error<F::Error>> {
        let (_, page, pages) = pages_of(&flash, &region)?;
        if pages == 0 {
            return Err(Error::TooSmall);
        }
        if !pages.is_multiple_of(2) {
            return Err(Error::Misaligned);
        }
        let half = page.wrapping_mul(pages / 2);
        if half < Self::in_words(HEADER_LEN).saturating_add(Self::in_words(MARK.len())) {
            return Err(Error::TooSmall);
        }
        let middle = region.start.wrapping_add(half);
        Ok(Self {
            flash,
            halves: [region.start..middle, middle..region.end],
        })
    }

    /// Reads the value into `buffer`. Returns `None` if nothing was stored.
    ///
    /// # Errors
    /// [`Error::Damaged`] for a value that was stored and can no longer be read. The way back is
    /// [`FlashValue::store`] with a new value. [`Error::TooLong`] for a value that is longer than the
    /// buffer, [`Error::Flash`], [`Error::ReadBack`]
    pub fn load<'b>(&mut self, buffer: &'b mut [u8]) -> Result<Option<&'b [u8]>, Error<F::Error>> {
        let copies = self.copies()?;
        let Some((half, len)) = newest(copies) else {
            return if copies.contains(&Stored::Damaged) {
                Err(Error::Damaged)
            } else {
                Ok(None)
            };
        };
        // The power failed before the old value was erased. If it stayed, it could come back.
        let [first, second] = copies;
        let is_marked = |copy: Stored| copy.rank().is_some_and(|(is_marked, _)| is_marked);
        if is_marked(first) && is_marked(second) {
            self.erase(other(half))?;
        }
        let value = buffer.get_mut(..len).ok_or(Error::TooLong)?;
        self.fill(value, self.value_at(half))?;
        Ok(Some(value))
    }

    /// Stores a new value, and reads it back. Then it erases the last one.
    ///
    /// # Errors
    /// [`Error::TooLong`]: nothing was written. [`Error::Flash`] and [`Error::ReadBack`]: the value is
    /// the old one or the new one. [`Error::Damaged`]: the numbers of the copies are used up.
    pub fn store(&mut self, value: &[u8]) -> Result<(), Error<F::Error>> {
        let copies = self.copies()?;
        let numbers = copies.into_iter().filter_map(Stored::rank);
        let number = numbers.map(|(_, number)| number).max().unwrap_or_default();
        let number = number.checked_add(1).ok_or(Error::Damaged)?;
        let half = match newest(copies) {
            Some((half, _)) => other(half),
            // A copy that is damaged stays until the new one is complete: without it, an interrupted
            // attempt would look like a region where nothing was stored.
            None => usize::from(copies.first() == Some(&Stored::Damaged)),
        };
        let len = u32::try_from(value.len()).map_err(|_| Error::TooLong)?;
        if value.len() > self.room(half) {
            return Err(Error::TooLong);
        }
        let mut sum = CRC.digest();
        let numbers = [number, len].map(u32::to_be_bytes);
        for part in [numbers.as_flattened(), value] {
            sum.update(part);
        }
        let sum = sum.finalize().to_be_bytes();
        let mut header = [0; HEADER_LEN];
        let parts = numbers.into_iter().chain([sum]).flatten();
        header
            .iter_mut()
            .zip(parts)
            .for_each(|(to, byte)| *to = byte);

        self.erase(half)?;
        self.write(self.value_at(half), value)?;
        // The header is written last, so that a copy with a header is complete.
        self.write(self.half(half).start, &header)?;
        let complete = |is_marked| Stored::Complete {
            is_marked,
            number,
            len: value.len(),
        };
        if self.copy(half)? != complete(false) {
            return Err(Error::ReadBack);
        }
        self.write(self.mark_at(half), &MARK)?;
        if self.copy(half)? != complete(true) {
            return Err(Error::ReadBack);
        }
        let is_empty = copies.get(other(half)) == Some(&Stored::None);
        if is_empty {
            Ok(())
        } else {
            self.erase(other(half))
        }
    }

    /// Returns the flash.
    pub fn into_flash(self) -> F {
        self.flash
    }

    fn copies(&mut self) -> Result<[Stored; 2], Error<F::Error>> {
        Ok([self.copy(0)?, self.copy(1)?])
    }

    fn copy(&mut self, half: usize) -> Result<Stored, Error<F::Error>> {
        let mut header = [0; HEADER_LEN];
        self.fill(&mut header, self.half(half).start)?;
        let mut numbers = header.chunks_exact(4).filter_map(|four| four.first_chunk());
        let mut number = || numbers.next().copied().map_or(0, u32::from_be_bytes);
        let (number, len, sum) = (number(), number(), number());
        let mut mark = [ERASED; MARK.len()];
        self.fill(&mut mark, self.mark_at(half))?;
        let is_marked = mark == MARK;
        // The length is arbitrary in a copy that is torn or was never written.
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        if len <= self.room(half) {
            let mut found = CRC.digest();
            found.update(header.split_at(8).0);
            self.read(self.value_at(half), len, |bytes| found.update(bytes))?;
            if found.finalize() == sum {
                return Ok(Stored::Complete {
                    is_marked,
                    number,
                    len,
                });
            }
        }
        Ok(if is_marked {
            Stored::Damaged
        } else {
            Stored::None
        })
    }

    fn erase(&mut self, half: usize) -> Result<(), Error<F::Error>> {
        let Range { start, end } = self.half(half);
        self.flash.erase(start, end)?;
        let mut is_erased = true;
        let len = usize::try_from(end.wrapping_sub(start)).unwrap_or_default();
        self.read(start, len, |bytes| {
            is_erased &= bytes.iter().all(|byte| *byte == ERASED);
        })?;
        if is_erased {
            Ok(())
        } else {
            Err(Error::ReadBack)
        }
    }

    fn half(&self, half: usize) -> Range<u32> {
        self.halves.get(half).cloned().unwrap_or_default()
    }

    /// Returns the offset of the mark in a half: the first word after the header.
    fn mark_at(&self, half: usize) -> u32 {
        let start = self.half(half).start;
        start.wrapping_add(Self::in_words(HEADER_LEN))
    }

    /// Returns the offset of the value in a half: the first word after the mark.
    fn value_at(&self, half: usize) -> u32 {
        let mark = Self::in_words(MARK.len());
        self.mark_at(half).wrapping_add(mark)
    }

    /// Returns the length of the words that so many bytes fill.
    fn in_words(len: usize) -> u32 {
        let len = len.next_multiple_of(Self::WORD);
        u32::try_from(len).unwrap_or_default()
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

/// Returns the half of the copy that counts, and the length of its value.
fn newest(copies: [Stored; 2]) -> Option<(usize, usize)> {
    let copies = copies.into_iter().enumerate();
    let (half, copy) = copies.max_by_key(|(_, copy)| copy.rank())?;
    match copy {
        Stored::None | Stored::Damaged => None,
        Stored::Complete { len, .. } => Some((half, len)),
    }
}

const fn other(half: usize) -> usize {
    if half == 0 { 1 } else { 0 }
}
