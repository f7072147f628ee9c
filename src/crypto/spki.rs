//! The `SubjectPublicKeyInfo` of a P-256 key (RFC 5480 section 2). Its DER encoding is unique.

use crate::error::Error;

/// SEQUENCE { SEQUENCE { OID ecPublicKey, OID prime256v1 }, BIT STRING of 65 bytes, no unused bits.
const PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

const SEQUENCE: u8 = 0x30;
/// OID rsaEncryption (RFC 8017 appendix A.1), after its tag.
const RSA: &[u8] = &[0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// OID ecPublicKey, after its tag, and the tag of the OID of a curve.
const NAMED_CURVE: &[u8] = &[0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06];
/// OID prime256v1, after its tag.
const P256: &[u8] = &[0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// The common first bytes of the OIDs of X25519, X448, Ed25519 and Ed448 (RFC 8410 section 3),
/// after the tag. Only the last byte differs.
const EDWARDS: &[u8] = &[0x03, 0x2b, 0x65];

/// Returns the point in the key: SEC 1, uncompressed.
pub(super) const fn point(der: &[u8]) -> Result<&[u8], Error> {
    match after(der, &PREFIX) {
        Some(point) if point.len() == 65 => Ok(point),
        _ => Err(fault(der)),
    }
}

/// Returns the error that names what the DER holds instead of such a key, as far as its beginning
/// tells.
pub(super) const fn fault(der: &[u8]) -> Error {
    if after(der.trim_ascii_start(), b"-----BEGIN ").is_some() {
        return Error::KeyPemNotDer;
    }
    let Some(content) = within(der, SEQUENCE) else {
        return Error::KeyNotSpki;
    };
    match content {
        // PKCS #8, SEC 1 and PKCS #1 begin a private key with a version. A public key of PKCS #1
        // begins with the modulus.
        [0x02, 0x01, 0 | 1, ..] => return Error::KeyPrivate,
        [0x02, 0x81..=0x82, ..] => return Error::KeyRsa,
        _ => {}
    }
    match within(content, SEQUENCE) {
        // The version of a certificate (RFC 5280 section 4.1.2.1).
        Some([0xa0, ..]) => Error::KeyCertificate,
        Some([0x06, algorithm @ ..]) => of_algorithm(algorithm),
        _ => Error::KeyNotSpki,
    }
}

/// Returns the error for a key with this algorithm identifier that is not an uncompressed P-256
/// key.
const fn of_algorithm(algorithm: &[u8]) -> Error {
    if after(algorithm, RSA).is_some() {
        return Error::KeyRsa;
    }
    if after(algorithm, EDWARDS).is_some() {
        return Error::KeyOtherCurve;
    }
    let Some(curve) = after(algorithm, NAMED_CURVE) else {
        return Error::KeyNotSpki;
    };
    match after(curve, P256) {
        // BIT STRING of 33 bytes.
        Some([0x03, 0x22, 0x00, 2 | 3, ..]) => Error::KeyNotUncompressed,
        Some(_) => Error::KeyNotSpki,
        None => match curve {
            // The OIDs of other curves have 5, 8, 9 or 10 bytes. A BIT STRING follows.
            [5, _, _, _, _, _, 0x03, ..]
            | [8, _, _, _, _, _, _, _, _, 0x03, ..]
            | [9, _, _, _, _, _, _, _, _, _, 0x03, ..]
            | [10, _, _, _, _, _, _, _, _, _, _, 0x03, ..] => Error::KeyOtherCurve,
            _ => Error::KeyNotSpki,
        },
    }
}

/// Returns the bytes after `start`.
// `==` on slices is not `const`.
pub(super) const fn after<'t>(text: &'t [u8], start: &[u8]) -> Option<&'t [u8]> {
    let (mut rest, mut start) = (text, start);
    while let [expected, others @ ..] = start {
        match rest {
            [byte, after @ ..] if *byte == *expected => rest = after,
            _ => return None,
        }
        start = others;
    }
    Some(rest)
}

/// Returns the bytes after the tag and the length of a DER value.
const fn within(der: &[u8], tag: u8) -> Option<&[u8]> {
    match after(der, &[tag]) {
        Some([0x81, _, content @ ..] | [0x82, _, _, content @ ..] | [0..=0x7f, content @ ..]) => {
            Some(content)
        }
        _ => None,
    }
}
