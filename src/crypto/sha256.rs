//! SHA-256 (FIPS 180-4).

use sha2::{Digest as _, Sha256};

/// Returns the digest of a message.
// Not inlined: its stack is free again before a signature is verified.
#[inline(never)]
pub(crate) fn digest(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}

/// Returns the digest of a message that is given in parts.
#[cfg(feature = "device")]
#[inline(never)]
pub(crate) fn digest_of<const N: usize>(parts: [&[u8]; N]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}
