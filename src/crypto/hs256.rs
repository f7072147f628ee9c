//! HMAC with SHA-256 (RFC 2104, RFC 7518 section 3.2).

use sha2::block_api::compress256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

use super::{
    invalid_signature::InvalidSignature,
    scrub::scrubbed,
    sha256::{BLOCK_LEN, INITIAL, State, bytes, finish},
};
use crate::{error::Error, limits::MIN_HMAC_SECRET_LEN};

/// Bytes of the stack that a MAC reaches, the hash of a long secret included.
const REACH: usize = if cfg!(target_pointer_width = "64") {
    816
} else {
    672
};

/// A secret as what its block makes of the inner and of the outer hash (RFC 2104 section 4).
///
/// Its temporaries are scrubbed from the stack; whoever keeps one wipes it.
pub(crate) struct Hmac {
    inner: State,
    outer: State,
}

impl Hmac {
    /// Prepares a secret, and hands it to `keep`, which puts it where it stays.
    pub(crate) fn prepare(secret: &[u8], keep: impl FnOnce(Self)) {
        scrubbed::<REACH, _>(|| keep(Self::new(secret)));
    }

    /// Verifies `mac` over `message`.
    pub(crate) fn verify(&self, message: &[u8], mac: &[u8; 32]) -> Result<(), InvalidSignature> {
        scrubbed::<REACH, _>(|| self.compare(message, mac))
    }

    pub(crate) fn wipe(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }

    fn new(secret: &[u8]) -> Self {
        let mut block = [0; BLOCK_LEN];
        if secret.len() > BLOCK_LEN {
            let mut state = INITIAL;
            finish(&mut state, 0, secret);
            fill(&mut block, &bytes(&state));
        } else {
            fill(&mut block, secret);
        }
        let with_pad = |block: &[u8; BLOCK_LEN]| {
            let mut state = INITIAL;
            compress256(&mut state, core::slice::from_ref(block));
            state
        };
        for byte in &mut block {
            *byte ^= 0x36;
        }
        let inner = with_pad(&block);
        // From one pad to the other.
        for byte in &mut block {
            *byte ^= 0x36 ^ 0x5c;
        }
        let outer = with_pad(&block);
        Self { inner, outer }
    }

    /// The MAC of a message, in words.
    fn mac(&self, message: &[u8]) -> State {
        let mut inner = self.inner;
        finish(&mut inner, 1, message);
        let mut outer = self.outer;
        finish(&mut outer, 1, &bytes(&inner));
        outer
    }

    fn compare(&self, message: &[u8], mac: &[u8; 32]) -> Result<(), InvalidSignature> {
        // By words: a comparison in constant time is a call for each.
        let mut words = [0; 8];
        for (word, bytes) in words.iter_mut().zip(mac.as_chunks().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        if self.mac(message).ct_eq(&words).into() {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}

/// Verifies `mac` over `message` under `secret`.
pub(super) fn verify(
    secret: &[u8],
    message: &[u8],
    mac: &[u8; 32],
) -> Result<(), InvalidSignature> {
    scrubbed::<REACH, _>(|| Hmac::new(secret).compare(message, mac))
}

/// The MAC of `message` under `secret`.
#[cfg(feature = "sign")]
pub(crate) fn mac(secret: &[u8], message: &[u8]) -> [u8; 32] {
    scrubbed::<REACH, _>(|| bytes(&Hmac::new(secret).mac(message)))
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

fn fill(block: &mut [u8; BLOCK_LEN], start: &[u8]) {
    for (place, byte) in block.iter_mut().zip(start) {
        *place = *byte;
    }
}
