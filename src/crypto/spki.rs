//! `SubjectPublicKeyInfo` of a P-256 key (RFC 5480 section 2), which has one DER encoding.

use crate::error::Error;

/// SEQUENCE { SEQUENCE { OID ecPublicKey, OID prime256v1 }, BIT STRING of 65 bytes, none unused.
const PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The point in the key: SEC 1, uncompressed.
pub(super) const fn point(der: &[u8]) -> Result<&[u8], Error> {
    let Some((prefix, point)) = der.split_first_chunk::<26>() else {
        return Err(Error::KeyNotSpki);
    };
    // `==` on slices is not `const`.
    let (mut found, mut expected): (&[u8], &[u8]) = (prefix, &PREFIX);
    while let ([a, rest @ ..], [b, more @ ..]) = (found, expected) {
        if *a != *b {
            return Err(Error::KeyNotSpki);
        }
        (found, expected) = (rest, more);
    }
    if point.len() == 65 {
        Ok(point)
    } else {
        Err(Error::KeyNotSpki)
    }
}
