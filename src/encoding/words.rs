//! Operations on all bytes of a machine word at once. Only [`run_len`] branches on them.

/// A mask of the top bit of each byte.
pub(crate) const TOPS: usize = each(0x80);

/// Returns a word with `byte` in every place.
pub(crate) const fn each(byte: u8) -> usize {
    usize::from_le_bytes([byte; size_of::<usize>()])
}

/// Sets the top bit of every byte that is at least `bound`. Input bytes must be below 128. The
/// lower seven bits of each byte are left over from the sum and mean nothing.
pub(crate) const fn at_least(word: usize, bound: u8) -> usize {
    // With bytes below 128, no sum carries into the next byte.
    word.wrapping_add(each(128u8.wrapping_sub(bound)))
}

/// Sets the top bit of every byte that differs from `byte`. Input bytes must be below 128. The
/// lower seven bits of each byte are left over from the sum and mean nothing.
pub(crate) const fn differs(word: usize, byte: u8) -> usize {
    at_least(word ^ each(byte), 1)
}

/// Returns how many bytes at the start of `text` have their top bit set after `marks` was applied
/// to their word.
#[inline]
pub(crate) fn run_len(text: &[u8], marks: impl Fn(usize) -> usize) -> usize {
    let (words, tail) = text.as_chunks::<{ size_of::<usize>() }>();
    let mut len = 0usize;
    for word in words {
        let ends = !marks(usize::from_le_bytes(*word)) & TOPS;
        if ends != 0 {
            return len.wrapping_add(before_first(ends));
        }
        len = len.wrapping_add(size_of::<usize>());
    }
    let ends = |byte: &u8| marks(usize::from(*byte)) & 0x80 == 0;
    len.wrapping_add(tail.iter().position(ends).unwrap_or(tail.len()))
}

/// Returns how many bytes precede the first byte whose top bit is set in `marks`. At least one must
/// be set.
fn before_first(marks: usize) -> usize {
    usize::try_from(marks.trailing_zeros() / u8::BITS).unwrap_or_default()
}
