//! HMAC with SHA-256 (RFC 2104, RFC 7518 section 3.2).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::InvalidSignature;

pub(super) fn verify(
    secret: &[u8],
    signing_input: &[u8],
    mac: &[u8; 32],
) -> Result<(), InvalidSignature> {
    let computed = mac_of(secret, signing_input).ok_or(InvalidSignature)?;
    // Compares in constant time.
    computed.verify(mac.into()).map_err(|_| InvalidSignature)
}

/// The MAC, not finished.
pub(super) fn mac_of(secret: &[u8], signing_input: &[u8]) -> Option<Hmac<Sha256>> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    hmac.update(signing_input);
    Some(hmac)
}
