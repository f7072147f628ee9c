//! A factor as a sum of few signed odd digits, from the top digit down (Okeya, Schmidt-Samoa, Spahn
//! and Takagi, "Signed binary representations revisited", CRYPTO 2004).
//!
//! Twice the factor minus the factor, subtracted bit by bit, is the factor in digits -1, 0 and 1.
//! The digits in a window of w places are replaced by one odd digit below 2^(w - 1), at one of
//! these places. On average, one place in w + 1 has a digit. Non-adjacent forms have as few digits,
//! but are computed from the bottom up. The walk begins at the top, so their digits would have to
//! be stored.

use super::{point::Stored, walk::Entries};

/// The highest place of a digit.
const TOP: usize = 256;

/// The number of zero bits below place 0. A window that begins near place 0 extends into them.
const ROOM: usize = 8;

/// The digits of a factor, with the multiples of a point that they select.
pub(crate) struct Digits<'m> {
    multiples: &'m [Stored],
    /// The factor, least significant byte first, with a byte of zeros on each side.
    bytes: [u8; 34],
    /// The number of places in a window, at most [`ROOM`].
    width: usize,
    /// This place and all above it belong to windows that were read.
    end: usize,
    /// The place of the digit that was read last.
    place: usize,
    /// The index of the multiple for that digit.
    index: usize,
    is_negative: bool,
}

impl Digits<'_> {
    /// Reads the window that begins at `place`, if one does. A window begins where a bit differs
    /// from the bit below it.
    #[inline]
    fn read(&mut self, place: usize) {
        // The bits from `place` down to `place - width`: at most nine, in two bytes.
        let lowest = place.wrapping_add(ROOM).wrapping_sub(self.width);
        let bytes = self.bytes.get(lowest / 8..).unwrap_or_default();
        let Some(bytes) = bytes.first_chunk() else {
            return;
        };
        let bits = u32::from(u16::from_le_bytes(*bytes)) >> (lowest % 8);
        let (width, one) = (self.width, 1u32);
        if matches!(bits >> width.wrapping_sub(1) & 3, 0 | 3) {
            return;
        }
        // In this window, twice the factor has the lower bits, and the factor has the upper ones.
        let mask = (one << width).wrapping_sub(1);
        let value = (bits & mask).wrapping_sub(bits >> 1 & mask).cast_signed();
        // An even digit is replaced by an odd one at a higher place.
        let zeros = value.trailing_zeros();
        self.end = place.wrapping_add(1).saturating_sub(width);
        self.place = place
            .wrapping_add(1)
            .wrapping_sub(width)
            .wrapping_add(usize::try_from(zeros).unwrap_or(0));
        self.index = usize::try_from(value.unsigned_abs() >> zeros >> 1).unwrap_or(0);
        self.is_negative = value < 0;
    }
}

impl<'m> Entries<'m> for Digits<'m> {
    /// `multiples` are 1, 3, 5, ... times the point. The number of multiples is a power of two, at
    /// most 64.
    fn new(multiples: &'m [Stored], factor: &[u8; 32]) -> Self {
        let mut bytes = [0; 34];
        let [_, within @ .., _] = &mut bytes;
        *within = *factor;
        let width = multiples.len().trailing_zeros().saturating_add(2);
        Self {
            multiples,
            bytes,
            width: usize::try_from(width).map_or(ROOM, |width| width.min(ROOM)),
            end: TOP.wrapping_add(1),
            place: usize::MAX,
            index: 0,
            is_negative: false,
        }
    }

    fn places(&self) -> usize {
        TOP.wrapping_add(1)
    }

    #[inline]
    fn at(&mut self, place: usize) -> Option<(&Stored, bool)> {
        if place < self.end {
            self.read(place);
        }
        if place != self.place {
            return None;
        }
        Some((self.multiples.get(self.index)?, self.is_negative))
    }
}
