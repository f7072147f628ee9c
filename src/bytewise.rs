//! The bytes of a word of the processor, looked at side by side: by sums alone, without a branch on any of them.

/// The top bit of each byte.
pub(crate) const TOPS: usize = each(0x80);

/// That byte as each byte.
pub(crate) const fn each(byte: u8) -> usize {
    usize::from_le_bytes([byte; size_of::<usize>()])
}

/// The top bit of each byte that is at least `bound`, where all bytes are below 128; below it are remains of the sum.
pub(crate) const fn at_least(word: usize, bound: u8) -> usize {
    // Of bytes below 128 no sum carries into the next.
    word.wrapping_add(each(128u8.wrapping_sub(bound)))
}

/// The top bit of each byte that is another one than `byte`, where all bytes are below 128; below it are remains of the sum.
pub(crate) const fn differs(word: usize, byte: u8) -> usize {
    at_least(word ^ each(byte), 1)
}

/// How many bytes stand before the first whose top bit is set in `marks`, one of which is.
pub(crate) fn before_first(marks: usize) -> usize {
    usize::try_from(marks.trailing_zeros() / u8::BITS).unwrap_or_default()
}
