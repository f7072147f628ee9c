//! Decodes the segments of a token: base64url without padding, in its one canonical spelling (RFC 4648 section 5, RFC 7515
//! section 2). All other base64url is left to `base64ct`.
//!
//! A word of the processor holds several characters, and sums on the word decode all of them at once: several times as fast
//! as `base64ct` on a microcontroller.

use core::cell::Cell;

use super::words::{TOPS, at_least, differs, each};

/// Length in bytes of what `encoded` characters decode to.
pub(crate) const fn decoded_len(encoded: usize) -> usize {
    encoded.saturating_sub(encoded.div_ceil(4))
}

/// Whether `text` is the one spelling of some bytes: characters of the alphabet only, a possible length, and no bits left over
/// in the last character.
#[inline(never)]
pub(crate) fn is_canonical(text: &[u8]) -> bool {
    let (groups, tail) = text.as_chunks::<GROUP>();
    let last = symbols(word(tail.iter().copied()));
    // To the end, whatever it meets: so a processor with vectors takes several groups at once.
    let all = groups.iter().fold(last, |all, group| {
        all & symbols(usize::from_le_bytes(*group))
    });
    all & TOPS == TOPS && has_no_spare_bits(text.as_chunks::<QUAD>().1)
}

/// Decodes `text`, which is canonical, to the start of `out`; `None` where that is too short.
#[inline(never)]
pub(crate) fn decode_canonical<'b>(text: &[u8], out: &'b mut [u8]) -> Option<&'b mut [u8]> {
    let out = out.get_mut(..decoded_len(text.len()))?;
    let (groups, tail) = text.as_chunks::<GROUP>();
    let (places, place_of_tail) = out.as_chunks_mut::<BYTES>();
    for (place, group) in places.iter_mut().zip(groups) {
        *place = bytes(usize::from_le_bytes(*group));
    }
    let last = bytes(word(tail.iter().copied()));
    for (place, byte) in place_of_tail.iter_mut().zip(last) {
        *place = byte;
    }
    Some(out)
}

/// Decodes `text`, which is canonical, over itself.
#[inline(never)]
pub(crate) fn decode_in_place(text: &mut [u8]) -> &mut [u8] {
    let len = decoded_len(text.len());
    let (groups, _) = text.as_chunks_mut();
    // A block of four words is read before it is written over, and the three that are written never overtake it.
    let groups = Cell::from_mut(groups).as_slice_of_cells();
    let (blocks, places) = (groups.as_chunks().0, groups.as_chunks::<3>().0);
    for (block, place) in blocks.iter().zip(places) {
        let decoded = decode(block.each_ref().map(Cell::get));
        for (place, word) in place.iter().zip(decoded) {
            place.set(word);
        }
    }
    let [read, written] = [4, 3].map(|words| blocks.len().wrapping_mul(words * GROUP));
    let mut last = [[b'A'; GROUP]; 4];
    copy(
        text.get(read..).unwrap_or_default(),
        last.as_flattened_mut(),
    );
    let out = text.get_mut(..len).unwrap_or_default();
    if let Some(place) = out.get_mut(written..) {
        copy(decode(last).as_flattened(), place);
    }
    out
}

/// Copies as many bytes as fit.
fn copy(from: &[u8], to: &mut [u8]) {
    let len = from.len().min(to.len());
    if let (Some(from), Some(to)) = (from.get(..len), to.get_mut(..len)) {
        to.copy_from_slice(from);
    }
}

/// Characters that are whole bytes together,
const QUAD: usize = 4;
/// and those bytes.
const TRIPLE: usize = 3;

/// Characters that are decoded together,
const GROUP: usize = size_of::<usize>();
/// and the bytes that come of them.
const BYTES: usize = GROUP / QUAD * TRIPLE;

/// All bits of every second byte,
const SINGLES: usize = usize::MAX / 0xffff * 0xff;
/// and of every second pair of them.
const PAIRS: usize = usize::MAX / 0xffff_ffff * 0xffff;

/// Up to a group of characters as a word, filled up with what stands for zeros.
fn word(characters: impl Iterator<Item = u8>) -> usize {
    let mut group = [b'A'; GROUP];
    for (place, character) in group.iter_mut().zip(characters) {
        *place = character;
    }
    usize::from_le_bytes(group)
}

/// The top bit of each byte that is in the alphabet; below it are remains of sums.
const fn symbols(word: usize) -> usize {
    let ascii = word & !TOPS;
    // Capitals become the other letters, and nothing else does.
    let folded = ascii | each(0x20);
    let letters = at_least(folded, b'a') ^ at_least(folded, b'z' + 1);
    let digits = at_least(ascii, b'0') ^ at_least(ascii, b'9' + 1);
    let inside = letters | digits | !(differs(ascii, b'-') & differs(ascii, b'_'));
    inside & !word
}

/// Decodes a block: four words of characters become three of bytes.
fn decode(block: [[u8; GROUP]; 4]) -> [[u8; GROUP]; 3] {
    const QUARTER: u32 = usize::BITS / 4;
    let [first, second, third, fourth] = block.map(|group| number(usize::from_le_bytes(group)));
    let joined = [
        first | second << (3 * QUARTER),
        second >> QUARTER | third << (2 * QUARTER),
        third >> (2 * QUARTER) | fourth << QUARTER,
    ];
    joined.map(usize::to_le_bytes)
}

/// What a group of characters of the alphabet stands for.
fn bytes(word: usize) -> [u8; BYTES] {
    let number = number(word).to_le_bytes();
    number.first_chunk().copied().unwrap_or_default()
}

/// The bytes that a group of characters of the alphabet stands for, the first the least significant: three quarters of a word.
fn number(word: usize) -> usize {
    // What each byte that has reached a bound is given, which is below 128. By masks, since where bytes are multiplied side by
    // side in vectors, words are multiplied by halves.
    let given = |bound, number| {
        let reached = at_least(word, bound) & TOPS;
        reached.wrapping_sub(reached >> 7) & each(number)
    };
    // A character less this is its number: 62 for '-', from 52 on for digits, from 0 on for capitals, 63 for '_', and from 26
    // on for the others. It changes at a bound; that a byte is negative on the way cancels out.
    let numbers = word
        .wrapping_add(each(62 - 0x2d))
        .wrapping_sub(given(b'0', 13))
        .wrapping_sub(given(b'A', 69))
        .wrapping_add(given(b'_', 33))
        .wrapping_sub(given(b'a', 39));
    let pairs = (numbers & SINGLES) << 6 | numbers >> 8 & SINGLES;
    let quads = (pairs & PAIRS) << 12 | pairs >> 16 & PAIRS;
    let mut joined = 0usize;
    for quad in quads.to_le_bytes().as_chunks::<QUAD>().0 {
        let quad = u32::from_le_bytes(*quad);
        joined = joined << 24 | usize::try_from(quad).unwrap_or_default();
    }
    joined.swap_bytes() >> (usize::BITS / 4)
}

/// Whether the last characters, fewer than four, are a possible end: the bits that fill no byte are zero.
fn has_no_spare_bits(tail: &[u8]) -> bool {
    // They stand in the byte behind those that are filled.
    matches!(
        (tail.len(), bytes(word(tail.iter().copied()))),
        (0, _) | (2, [_, 0, ..]) | (3, [_, _, 0, ..])
    )
}
