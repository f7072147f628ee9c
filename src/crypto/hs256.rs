//! HMAC with SHA-256 (RFC 2104, RFC 7518 section 3.2).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::InvalidSignature;

pub(super) fn verify(
    secret: &[u8],
    signing_input: &[u8],
    mac: &[u8; 32],
) -> Result<(), InvalidSignature> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| InvalidSignature)?;
    hmac.update(signing_input);
    // Compares in constant time.
    hmac.verify(mac.into()).map_err(|_| InvalidSignature)
}
