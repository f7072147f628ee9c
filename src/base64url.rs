//! Base64url without padding, in its one canonical spelling (RFC 4648 section 5, RFC 7515 section 2).

use base64ct::{Base64UrlUnpadded, Encoding};

/// Length in bytes of what `encoded` characters decode to.
pub(crate) const fn decoded_len(encoded: usize) -> usize {
    encoded.saturating_sub(encoded.div_ceil(4))
}

/// Whether `text` is the one spelling of some bytes: the alphabet, a possible length, and no bits left
/// over in the last character.
pub(crate) fn is_canonical(text: &[u8]) -> bool {
    let spare_bits_are_zero = match (text.len() % 4, text.last()) {
        (0, _) => true,
        (2, Some(last)) => matches!(last, b'A' | b'Q' | b'g' | b'w'),
        (3, Some(last)) => b"AEIMQUYcgkosw048".contains(last),
        _ => false,
    };
    spare_bits_are_zero && text.iter().all(|byte| is_symbol(*byte))
}

/// Whether `byte` is in the base64url alphabet.
const fn is_symbol(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_')
}

/// Decodes canonical `text` to the start of `out`; `None` where it is not canonical or `out` too short.
pub(crate) fn decode<'b>(text: &[u8], out: &'b mut [u8]) -> Option<&'b mut [u8]> {
    let out = out.get_mut(..decoded_len(text.len()))?;
    Base64UrlUnpadded::decode(text, out).ok()?;
    Some(out)
}

/// Decodes canonical `text` over itself; the bytes behind the result keep what they held.
pub(crate) fn decode_in_place(text: &mut [u8]) -> Option<&mut [u8]> {
    // base64ct does not look at the spare bits here.
    if !is_canonical(text) {
        return None;
    }
    let len = Base64UrlUnpadded::decode_in_place(text).ok()?.len();
    text.get_mut(..len)
}
