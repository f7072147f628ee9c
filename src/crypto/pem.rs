//! A public key in PEM (RFC 7468 section 13): what `openssl pkey -pubout` writes.
//!
//! `const`, so that the compiler reads a key file; `base64ct` cannot do that. Only public data goes through here.

use crate::error::Error;

/// Bytes of the `SubjectPublicKeyInfo` of a P-256 key with an uncompressed point.
const SPKI_LEN: usize = 91;

/// Reads the one public key in `pem`. Whitespace may stand around the encapsulation boundaries and between the lines.
pub(super) const fn spki(pem: &[u8]) -> Result<[u8; SPKI_LEN], Error> {
    let Some(text) = strip(pem, b"-----BEGIN PUBLIC KEY-----") else {
        return Err(Error::KeyNotPem);
    };
    let mut der = [0; SPKI_LEN];
    let mut place: &mut [u8] = &mut der;
    let mut rest = text;
    // The bits of the symbols that do not make a byte yet, in the top bits, and how many they are.
    let (mut bits, mut len) = (0u8, 0u32);
    while let [byte, after @ ..] = rest {
        if let Some(symbol) = symbol(*byte) {
            if len == 0 {
                (bits, len) = (symbol << 2, 6);
            } else {
                let free = 8u32.wrapping_sub(len);
                let Some((first, others)) = { place }.split_first_mut() else {
                    return Err(Error::KeyNotPem);
                };
                *first = bits | symbol >> 6u32.wrapping_sub(free);
                place = others;
                len = 6u32.wrapping_sub(free);
                bits = match 8u32.wrapping_sub(len) {
                    8 => 0,
                    up => symbol << up,
                };
            }
        } else if !byte.is_ascii_whitespace() {
            break;
        }
        rest = after;
    }
    // 91 bytes end with two characters of padding, and without a bit beyond them.
    if !place.is_empty() || bits != 0 {
        return Err(Error::KeyNotPem);
    }
    let Some(rest) = strip(rest, b"==") else {
        return Err(Error::KeyNotPem);
    };
    match strip(rest, b"-----END PUBLIC KEY-----") {
        Some(rest) if rest.trim_ascii().is_empty() => Ok(der),
        _ => Err(Error::KeyNotPem),
    }
}

/// The text after `start`, which whitespace may precede.
const fn strip<'t>(text: &'t [u8], start: &[u8]) -> Option<&'t [u8]> {
    let (mut rest, mut start) = (text.trim_ascii_start(), start);
    while let [expected, others @ ..] = start {
        match rest {
            [byte, after @ ..] if *byte == *expected => rest = after,
            _ => return None,
        }
        start = others;
    }
    Some(rest)
}

/// The value of a character of base64 (RFC 4648 section 4).
const fn symbol(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte.wrapping_sub(b'A'),
        b'a'..=b'z' => byte.wrapping_sub(b'a').wrapping_add(26),
        b'0'..=b'9' => byte.wrapping_sub(b'0').wrapping_add(52),
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}
