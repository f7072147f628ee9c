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

/// Bytes of a block of SHA-256.
const BLOCK_LEN: usize = 64;

/// Blocks of the stack that a MAC reaches,
const REACH: usize = blocks(if cfg!(target_pointer_width = "64") {
    1248
} else {
    1024
});
/// and the hash of a long secret.
const REACH_OF_HASH: usize = blocks(if cfg!(target_pointer_width = "64") {
    800
} else {
    576
});

/// The states of both hashes after their first blocks, which depend on the secret alone (RFC 2104 section 4). They are wiped
/// when they are dropped.
pub(crate) struct Hmac(hmac::Hmac<Sha256>);

impl Hmac {
    /// Prepares a secret, and hands it to `keep`, which puts it where it stays.
    pub(crate) fn prepare(secret: &[u8], keep: impl FnOnce(Option<Self>)) {
        scrubbed::<REACH, _>(|| keep(Self::new(secret)));
    }

    /// Verifies `mac` over `message`.
    pub(crate) fn verify(&self, message: &[u8], mac: &[u8; 32]) -> Result<(), InvalidSignature> {
        scrubbed::<REACH, _>(|| compare(self.0.clone(), message, mac))
    }

    /// Never `None`: HMAC takes secrets of every length.
    fn new(secret: &[u8]) -> Option<Self> {
        // A long secret is hashed first (RFC 2104 section 3). `hmac` would do that too, by another copy of the code.
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

/// Verifies `mac` over `message` under `secret`.
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

/// The MAC of `message` under `secret`.
#[cfg(feature = "sign")]
pub(crate) fn mac(secret: &[u8], message: &[u8]) -> Option<[u8; 32]> {
    scrubbed::<REACH, _>(|| {
        let Hmac(hmac) = Hmac::new(secret)?;
        Some(hmac.chain_update(message).finalize().into_bytes().into())
    })
}

/// Compares in constant time.
// Once in the image, for secrets and for prepared ones.
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

/// Returns whether all bytes are equal. The loop reads every byte and branches on none: only the verdict depends on the secret.
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
