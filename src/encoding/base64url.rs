//! Base64url without padding, in its one canonical spelling (RFC 4648 section 5, RFC 7515 section 2).
//!
//! As many characters as a word of the processor has bytes are looked at side by side in it, by sums alone: no branch and no
//! address depends on them, since the `k` of a JWK is a secret. On a microcontroller that is also several times as fast as
//! one after the other.

use core::cell::Cell;

use super::words::{TOPS, at_least, differs, each};

/// Length in bytes of what `encoded` characters decode to.
pub(crate) const fn decoded_len(encoded: usize) -> usize {
    encoded.saturating_sub(encoded.div_ceil(4))
}

/// Whether `text` is the one spelling of some bytes: characters of the alphabet only, a possible length, and no bits left over
/// in the last character.
pub(crate) fn is_canonical(text: &[u8]) -> bool {
    let (groups, tail) = text.as_chunks::<GROUP>();
    let last = symbols(word(tail.iter().copied()));
    // To the end, whatever it meets: so a processor with vectors takes several groups at once.
    let all = groups.iter().fold(last, |all, group| {
        all & symbols(usize::from_le_bytes(*group))
    });
    all & TOPS == TOPS && has_no_spare_bits(text.as_chunks::<QUAD>().1)
}

/// Decodes `text` to the start of `out`; `None` where it is not canonical or `out` too short.
pub(crate) fn decode<'b>(text: &[u8], out: &'b mut [u8]) -> Option<&'b mut [u8]> {
    if is_canonical(text) {
        decode_canonical(text, out)
    } else {
        None
    }
}

/// Decodes `text`, which is canonical, to the start of `out`; `None` where that is too short.
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
pub(crate) fn decode_in_place(text: &mut [u8]) -> &mut [u8] {
    let len = decoded_len(text.len());
    // A group is read before it is written over, and what is written never overtakes it.
    let cells = Cell::from_mut(&mut *text).as_slice_of_cells();
    let (groups, tail) = cells.as_chunks::<GROUP>();
    let (places, _) = cells.as_chunks::<BYTES>();
    for (group, places) in groups.iter().zip(places) {
        let decoded = bytes(usize::from_le_bytes(group.each_ref().map(Cell::get)));
        for (place, byte) in places.iter().zip(decoded) {
            place.set(byte);
        }
    }
    let place_of_tail = cells.iter().skip(groups.len().wrapping_mul(BYTES));
    for (place, byte) in place_of_tail.zip(bytes(word(tail.iter().map(Cell::get)))) {
        place.set(byte);
    }
    text.get_mut(..len).unwrap_or_default()
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

/// What a group of characters of the alphabet stands for.
fn bytes(word: usize) -> [u8; BYTES] {
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
    joined
        .to_be_bytes()
        .last_chunk()
        .copied()
        .unwrap_or_default()
}

/// Whether the last characters, fewer than four, are a possible end: the bits that fill no byte are zero.
fn has_no_spare_bits(tail: &[u8]) -> bool {
    // They stand in the byte behind those that are filled.
    matches!(
        (tail.len(), bytes(word(tail.iter().copied()))),
        (0, _) | (2, [_, 0, ..]) | (3, [_, _, 0, ..])
    )
}

/// Characters of 32 bytes: a SHA-256 digest, a coordinate.
pub(crate) const LEN_OF_32_BYTES: usize = 43;

/// Encodes 32 bytes, which always have just that many characters.
pub(crate) fn encode_32_bytes<'t>(
    bytes: &[u8; 32],
    text: &'t mut [u8; LEN_OF_32_BYTES],
) -> &'t str {
    encode(bytes, text)
        .and_then(|()| core::str::from_utf8(text).ok())
        .unwrap_or_default()
}

/// Length in characters of `decoded` bytes.
pub(crate) const fn encoded_len(decoded: usize) -> usize {
    decoded.saturating_mul(4).div_ceil(3)
}

/// Encodes `bytes` over all of `out`, which has to have just the length that they need.
pub(crate) fn encode(bytes: &[u8], out: &mut [u8]) -> Option<()> {
    if out.len() != encoded_len(bytes.len()) {
        return None;
    }
    for (place, group) in out.chunks_mut(QUAD).zip(bytes.chunks(TRIPLE)) {
        for (place, character) in place.iter_mut().zip(characters(group)) {
            *place = character;
        }
    }
    Some(())
}

/// The characters of up to three bytes, filled up with zeros.
fn characters(group: &[u8]) -> [u8; GROUP] {
    let byte = |at| group.get(at).copied().map_or(0, usize::from);
    let joined = byte(0) << 16 | byte(1) << 8 | byte(2);
    let number = |shift: u32| joined >> shift & 0x3f;
    let numbers = number(18) | number(12) << 8 | number(6) << 16 | number(0) << 24;
    // As in `bytes`, the other way round.
    let reached = |bound| (at_least(numbers, bound) & TOPS) >> 7;
    numbers
        .wrapping_add(each(b'A'))
        .wrapping_add(reached(26).wrapping_mul(6))
        .wrapping_sub(reached(52).wrapping_mul(75))
        .wrapping_sub(reached(62).wrapping_mul(13))
        .wrapping_add(reached(63).wrapping_mul(49))
        .to_le_bytes()
}

/// Encodes the last `len` bytes of `text` over all of it, which has to have just the length that they need.
#[cfg(feature = "sign")]
pub(crate) fn encode_tail(text: &mut [u8], len: usize) -> Option<()> {
    let mut write = 0usize;
    let mut read = text.len().checked_sub(len)?;
    // What is ahead of the reading position is as much as the groups that are left need: it is never overtaken.
    while let Some(group) = text.get(read..).filter(|rest| !rest.is_empty()) {
        let group = group.get(..TRIPLE).unwrap_or(group);
        let (taken, characters) = (group.len(), characters(group));
        let end = write.saturating_add(encoded_len(taken));
        for (place, character) in text.get_mut(write..end)?.iter_mut().zip(characters) {
            *place = character;
        }
        (read, write) = (read.saturating_add(taken), end);
    }
    (write == text.len()).then_some(())
}
