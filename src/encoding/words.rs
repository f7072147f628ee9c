//! The bytes of a word of the processor, looked at side by side: by sums alone, without a branch on any of them but in [`run_len`].

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

/// How many bytes at the start of `text` keep or get their top bit in what `marks` makes of a word of them.
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

/// How many bytes stand before the first whose top bit is set in `marks`, one of which is.
fn before_first(marks: usize) -> usize {
    usize::try_from(marks.trailing_zeros() / u8::BITS).unwrap_or_default()
}
