//! Decodes the segments of a token: base64url without padding, in its one canonical spelling (RFC
//! 4648 section 5, RFC 7515 section 2). `base64ct` decodes all other base64url.
//!
//! A machine word holds several characters, and sums on the word decode all of them at once. On a
//! microcontroller, this is several times as fast as `base64ct`.

use core::cell::Cell;

use super::words::{TOPS, at_least, differs, each};

/// Returns the number of bytes that `encoded` characters decode to.
pub(crate) const fn decoded_len(encoded: usize) -> usize {
    encoded.saturating_sub(encoded.div_ceil(4))
}

/// Returns whether `text` is canonical: it has only characters of the alphabet and a possible
/// length, and the spare bits of the last character are zero.
#[inline(never)]
pub(crate) fn is_canonical(text: &[u8]) -> bool {
    // Of the last group, some characters may be checked for a second time.
    let last = symbols(last_group(text));
    // No early exit: so a processor with vector instructions checks several groups at once.
    let all = text.as_chunks().0.iter().fold(last, |all, group| {
        all & symbols(usize::from_le_bytes(*group))
    });
    all & TOPS == TOPS && has_no_spare_bits(text)
}

/// Decodes `text`, which must be canonical, to the start of `out`. Returns `None` if `out` is too
/// short.
#[inline(never)]
pub(crate) fn decode_canonical<'b>(text: &[u8], out: &'b mut [u8]) -> Option<&'b mut [u8]> {
    let out = out.get_mut(..decoded_len(text.len()))?;
    let (groups, tail) = text.as_chunks::<GROUP>();
    let (places, place_of_tail) = out.as_chunks_mut::<BYTES>();
    for (place, group) in places.iter_mut().zip(groups) {
        *place = bytes(usize::from_le_bytes(*group));
    }
    // The tail moves to the start of the word.
    let last = bytes(last_group(text).unbounded_shr(bits(GROUP.wrapping_sub(tail.len()))));
    for (place, byte) in place_of_tail.iter_mut().zip(last) {
        *place = byte;
    }
    Some(out)
}

/// Decodes `text`, which must be canonical, over itself.
#[inline(never)]
pub(crate) fn decode_in_place(text: &mut [u8]) -> &mut [u8] {
    let len = decoded_len(text.len());
    let (groups, _) = text.as_chunks_mut();
    // A block of four words is read before its place is overwritten. The write position never
    // passes the read position, because each block becomes three words.
    let groups = Cell::from_mut(groups).as_slice_of_cells();
    let (blocks, places) = (groups.as_chunks().0, groups.as_chunks::<3>().0);
    for (block, place) in blocks.iter().zip(places) {
        let decoded = decode(block.each_ref().map(Cell::get));
        for (place, word) in place.iter().zip(decoded) {
            place.set(word);
        }
    }
    let bytes = blocks.len().wrapping_mul(GROUP);
    let (read, written) = (bytes.wrapping_mul(4), bytes.wrapping_mul(3));
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

/// Copies as many bytes as both slices have.
fn copy(from: &[u8], to: &mut [u8]) {
    let len = from.len().min(to.len());
    if let (Some(from), Some(to)) = (from.get(..len), to.get_mut(..len)) {
        to.copy_from_slice(from);
    }
}

/// The number of characters in one base64 group.
const QUAD: usize = 4;
/// The number of bytes that one base64 group decodes to.
const TRIPLE: usize = 3;

/// The number of characters that are decoded at once.
const GROUP: usize = size_of::<usize>();
/// The number of bytes that are decoded at once.
const BYTES: usize = GROUP / QUAD * TRIPLE;

/// A mask of every second byte, the lowest included.
const SINGLES: usize = usize::MAX / 0xffff * 0xff;
/// A mask of the lowest three bytes.
const LOW_TRIPLE: usize = 0x00ff_ffff;

/// Returns a word with `lane` in every four bytes.
const fn lanes(lane: usize) -> usize {
    (usize::MAX / 0xffff_ffff).wrapping_mul(lane)
}

/// Returns the last [`GROUP`] characters of `text` as a word. Those that a shorter text does not
/// have are replaced by `A`.
fn last_group(text: &[u8]) -> usize {
    let mut group = [b'A'; GROUP];
    match text.last_chunk() {
        Some(last) => group = *last,
        None => {
            for (place, character) in group.iter_mut().rev().zip(text.iter().rev()) {
                *place = *character;
            }
        }
    }
    usize::from_le_bytes(group)
}

/// Returns the number of bits of so many characters.
fn bits(characters: usize) -> u32 {
    u8::BITS.wrapping_mul(u32::try_from(characters).unwrap_or_default())
}

/// Sets the top bit of every byte that is in the alphabet. The lower seven bits of each byte are
/// left over from the sums and mean nothing.
const fn symbols(word: usize) -> usize {
    let ascii = word & !TOPS;
    // Upper-case letters become lower-case ones. No other character becomes a letter.
    let folded = ascii | each(0x20);
    let letters = at_least(folded, b'a') ^ at_least(folded, b'z' + 1);
    let digits = at_least(ascii, b'0') ^ at_least(ascii, b'9' + 1);
    let inside = letters | digits | !(differs(ascii, b'-') & differs(ascii, b'_'));
    inside & !word
}

/// Decodes four words of characters to three words of bytes. All characters must be in the
/// alphabet.
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

/// Decodes a group of characters. All must be in the alphabet.
fn bytes(word: usize) -> [u8; BYTES] {
    let number = number(word).to_le_bytes();
    number.first_chunk().copied().unwrap_or_default()
}

/// Returns the value of each character of a word. All must be in the alphabet.
fn values(word: usize) -> usize {
    // `number`, which is below 128, in each byte that is at least `bound`, and 0 in the others.
    // A mask is used in place of a product: vector units multiply whole words only in halves.
    let given = |bound, number| {
        let reached = at_least(word, bound) & TOPS;
        reached.wrapping_sub(reached >> 7) & each(number)
    };
    // The value of a character is the character plus an offset, which changes at each bound. The
    // values are 62 for '-', 52 to 61 for digits, 0 to 25 for upper-case letters, 63 for '_' and 26
    // to 51 for lower-case letters. No step of the sum carries or borrows between bytes.
    word.wrapping_add(each(62 - 0x2d))
        .wrapping_sub(given(b'0', 13))
        .wrapping_sub(given(b'A', 69))
        .wrapping_add(given(b'_', 33))
        .wrapping_sub(given(b'a', 39))
}

/// Decodes a group of characters to a number of three quarters of a word, whose lowest byte is the
/// first. All characters must be in the alphabet.
fn number(word: usize) -> usize {
    let numbers = values(word);
    let pairs = (numbers & SINGLES) << 6 | numbers >> 8 & SINGLES;
    // Each pair has 12 bits, so the second byte of a triple has bits of both.
    let triples = pairs >> 4 & lanes(0x0000_00ff)
        | pairs << 12 & lanes(0x0000_f000)
        | pairs >> 16 & lanes(0x0000_0f00)
        | pairs & lanes(0x00ff_0000);
    // In a word of 64 bits, the second triple moves next to the first.
    triples & LOW_TRIPLE | triples >> 8 & !LOW_TRIPLE
}

/// Returns whether `text` has a possible length, and the spare bits of its last character are zero.
/// All characters must be in the alphabet.
fn has_no_spare_bits(text: &[u8]) -> bool {
    let (last, spare_bits) = match text.as_chunks::<QUAD>().1 {
        [] => return true,
        [_, last] => (last, 4),
        [_, _, last] => (last, 2),
        _ => return false,
    };
    values(usize::from(*last)).trailing_zeros() >= spare_bits
}
