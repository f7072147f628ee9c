//! HMAC with SHA-256 (RFC 2104, RFC 7518 section 3.2).

pub(crate) mod prepared_secret;

use hmac::{KeyInit as _, Mac as _};
use sha2::Sha256;

use super::{
    invalid_signature::InvalidSignature,
    scrub::{blocks, scrubbed},
    sha256,
};
use crate::{error::Error, limits::MIN_HMAC_SECRET_LEN};

/// The length of a SHA-256 block in bytes.
const BLOCK_LEN: usize = 64;

/// The blocks of stack that a MAC reaches.
const REACH: usize = blocks(if cfg!(target_pointer_width = "64") {
    1248
} else {
    1024
});
/// The blocks of stack that the hash of a long secret reaches.
const REACH_OF_HASH: usize = blocks(if cfg!(target_pointer_width = "64") {
    800
} else {
    576
});

/// HMAC with both hashes computed over their first blocks, which depend only on the secret (RFC
/// 2104 section 4). The states are wiped when they are dropped.
pub(crate) struct Hmac(hmac::Hmac<Sha256>);

impl Hmac {
    /// Prepares a secret, and passes the result to `keep`, which stores it in its final place. A
    /// result that is returned would be copied.
    pub(crate) fn prepare(secret: &[u8], keep: impl FnOnce(Option<Self>)) {
        scrubbed::<REACH, _>(|| keep(Self::new(secret)));
    }

    /// Verifies that `mac` is the MAC of `message`.
    pub(crate) fn verify(&self, message: &[u8], mac: &[u8; 32]) -> Result<(), InvalidSignature> {
        scrubbed::<REACH, _>(|| compare(self.0.clone(), message, mac))
    }

    /// Computes the first block of both hashes. Never returns `None`, because HMAC accepts secrets
    /// of every length.
    fn new(secret: &[u8]) -> Option<Self> {
        // A long secret is hashed first (RFC 2104 section 3). `hmac` would hash it too, with
        // another copy of the code.
        let hash;
        let secret = if secret.len() > BLOCK_LEN {
            hash = scrubbed::<REACH_OF_HASH, _>(|| sha256::digest(secret));
            &hash
        } else {
            secret
        };
        hmac::Hmac::new_from_slice(secret).ok().map(Self)
    }
}

/// Verifies that `mac` is the MAC of `message` under `secret`.
pub(super) fn verify(
    secret: &[u8],
    message: &[u8],
    mac: &[u8; 32],
) -> Result<(), InvalidSignature> {
    scrubbed::<REACH, _>(|| {
        let Hmac(hmac) = Hmac::new(secret).ok_or(InvalidSignature)?;
        compare(hmac, message, mac)
    })
}

/// Returns the MAC of `message` under `secret`.
#[cfg(feature = "sign")]
pub(crate) fn mac(secret: &[u8], message: &[u8]) -> Option<[u8; 32]> {
    scrubbed::<REACH, _>(|| {
        let Hmac(hmac) = Hmac::new(secret)?;
        Some(hmac.chain_update(message).finalize().into_bytes().into())
    })
}

/// Computes the MAC of `message` and compares it with `mac` in constant time.
// Not inlined: plain and prepared secrets share one copy of the code.
#[inline(never)]
fn compare(
    hmac: hmac::Hmac<Sha256>,
    message: &[u8],
    mac: &[u8; 32],
) -> Result<(), InvalidSignature> {
    hmac.chain_update(message)
        .verify_slice(mac)
        .map_err(|_| InvalidSignature)
}

/// Checks that a secret has at least 32 bytes, not all equal (RFC 7518 section 3.2).
pub(crate) const fn check_secret(secret: &[u8]) -> Result<(), Error> {
    if secret.len() < MIN_HMAC_SECRET_LEN {
        return Err(Error::KeyTooShort);
    }
    if is_uniform(secret) {
        return Err(Error::WeakSecret);
    }
    Ok(())
}

/// Returns whether all bytes are equal. The loop reads every byte and branches on none, so that
/// only the result depends on the secret.
const fn is_uniform(secret: &[u8]) -> bool {
    let Some((first, mut rest)) = secret.split_first() else {
        return true;
    };
    let mut difference = 0;
    while let Some((byte, others)) = rest.split_first() {
        difference |= *byte ^ *first;
        rest = others;
    }
    difference == 0
}
