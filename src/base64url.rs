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

/// Characters of 32 bytes: a SHA-256 digest, a coordinate.
#[cfg(feature = "es256")]
pub(crate) const LEN_OF_32_BYTES: usize = 43;

/// Encodes 32 bytes, which always have just that many characters.
#[cfg(feature = "es256")]
pub(crate) fn encode_32_bytes<'t>(
    bytes: &[u8; 32],
    text: &'t mut [u8; LEN_OF_32_BYTES],
) -> &'t str {
    Base64UrlUnpadded::encode(bytes, text).unwrap_or_default()
}

/// Length in characters of `decoded` bytes.
#[cfg(feature = "sign")]
pub(crate) const fn encoded_len(decoded: usize) -> usize {
    decoded.saturating_mul(4).div_ceil(3)
}

/// Encodes `bytes` over all of `out`, which has to have just the length that they need.
#[cfg(feature = "sign")]
pub(crate) fn encode(bytes: &[u8], out: &mut [u8]) -> Option<()> {
    let text = Base64UrlUnpadded::encode(bytes, out).ok()?;
    (text.len() == encoded_len(bytes.len())).then_some(())
}

/// Encodes the last `len` bytes of `text` over all of it, which has to have just the length that they need.
#[cfg(feature = "sign")]
pub(crate) fn encode_tail(text: &mut [u8], len: usize) -> Option<()> {
    const GROUP: usize = 3;
    let mut write = 0usize;
    let mut read = text.len().checked_sub(len)?;
    // What is ahead of the reading position is as much as the groups that are left need: it is never overtaken.
    while let Some(group) = text.get(read..).filter(|rest| !rest.is_empty()) {
        let mut bytes = [0; GROUP];
        let taken = group.len().min(GROUP);
        let bytes = bytes.get_mut(..taken)?;
        bytes.copy_from_slice(group.get(..taken)?);
        let end = write.saturating_add(encoded_len(taken));
        encode(bytes, text.get_mut(write..end)?)?;
        (read, write) = (read.saturating_add(taken), end);
    }
    (write == text.len()).then_some(())
}
