//! SHA-256 (FIPS 180-4).

use sha2::{Digest as _, Sha256};

/// The digest of a message.
// In a frame of its own: what it takes of the stack is free again before a signature is verified.
#[inline(never)]
pub(crate) fn digest(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}
