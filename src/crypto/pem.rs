//! A public key in PEM (RFC 7468 section 13), as `openssl pkey -pubout` writes it.
//!
//! The parser is `const`, so that the compiler can read a key file; `base64ct` is not `const`. The
//! parser handles only public data.

use super::spki;
use crate::error::Error;

/// The length in bytes of the `SubjectPublicKeyInfo` of a P-256 key with an uncompressed point.
const SPKI_LEN: usize = 91;

/// Parses the only public key in `pem`. Whitespace is allowed around the encapsulation boundaries
/// and between the lines.
pub(super) const fn spki(pem: &[u8]) -> Result<[u8; SPKI_LEN], Error> {
    let Some(text) = strip(pem, b"-----BEGIN PUBLIC KEY-----") else {
        return Err(of_label(pem));
    };
    let mut der = [0; SPKI_LEN];
    let mut place: &mut [u8] = &mut der;
    let mut rest = text;
    // The bits that do not fill a byte yet, as the top bits, and their number.
    let (mut bits, mut len) = (0u8, 0u32);
    while let [byte, after @ ..] = rest {
        if let Some(symbol) = symbol(*byte, *b"+/") {
            if len == 0 {
                (bits, len) = (symbol << 2, 6);
            } else {
                let free = 8u32.wrapping_sub(len);
                let Some((first, others)) = { place }.split_first_mut() else {
                    return Err(of_content(&der));
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
    let missing = place.len();
    if missing > 0 {
        return match der.split_at_checked(SPKI_LEN.saturating_sub(missing)) {
            Some((der, _)) => Err(of_content(der)),
            None => Err(Error::KeyNotPem),
        };
    }
    // 91 bytes end with two padding characters, and leave no other bits.
    if bits != 0 {
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

/// Returns the error that names what the text holds instead of a public key, according to its label
/// (RFC 7468 section 4).
const fn of_label(pem: &[u8]) -> Error {
    if contains(pem, b"PRIVATE KEY-----") {
        Error::KeyPrivate
    } else if contains(pem, b"CERTIFICATE-----") {
        Error::KeyCertificate
    } else if contains(pem, b"RSA PUBLIC KEY-----") {
        Error::KeyRsa
    } else {
        Error::KeyNotPem
    }
}

/// Returns the error that names what the text holds instead of a public key, according to its first
/// bytes.
const fn of_content(der: &[u8]) -> Error {
    match spki::fault(der) {
        Error::KeyNotSpki => Error::KeyNotPem,
        error => error,
    }
}

/// Returns the text after `start`. Whitespace may precede `start`.
const fn strip<'t>(text: &'t [u8], start: &[u8]) -> Option<&'t [u8]> {
    spki::after(text.trim_ascii_start(), start)
}

const fn contains(mut text: &[u8], part: &[u8]) -> bool {
    while let [_, rest @ ..] = text {
        if spki::after(text, part).is_some() {
            return true;
        }
        text = rest;
    }
    false
}

/// Returns the value of a base64 character (RFC 4648 sections 4 and 5). `last` has the characters
/// 62 and 63, which differ between the two alphabets.
pub(super) const fn symbol(byte: u8, last: [u8; 2]) -> Option<u8> {
    let [last_but_one, last] = last;
    Some(match byte {
        b'A'..=b'Z' => byte.wrapping_sub(b'A'),
        b'a'..=b'z' => byte.wrapping_sub(b'a').wrapping_add(26),
        b'0'..=b'9' => byte.wrapping_sub(b'0').wrapping_add(52),
        _ if byte == last_but_one => 62,
        _ if byte == last => 63,
        _ => return None,
    })
}
