//! HMAC with SHA-256 (RFC 2104, RFC 7518 section 3.2).

use sha2::block_api::compress256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{
    InvalidSignature,
    sha256::{BLOCK_LEN, INITIAL, State, bytes, finish},
};

/// A secret as what its block makes of the inner and of the outer hash (RFC 2104 section 4). All that comes of a secret is
/// wiped, here and on the way.
pub(crate) struct Hmac {
    inner: Zeroizing<State>,
    outer: Zeroizing<State>,
}

impl Hmac {
    pub(crate) fn new(secret: &[u8]) -> Self {
        let mut block = Zeroizing::new([0; BLOCK_LEN]);
        if secret.len() > BLOCK_LEN {
            let mut state = Zeroizing::new(INITIAL);
            finish(&mut state, 0, secret);
            fill(&mut block, &*Zeroizing::new(bytes(&state)));
        } else {
            fill(&mut block, secret);
        }
        let with_pad = |block: &[u8; BLOCK_LEN]| {
            let mut state = Zeroizing::new(INITIAL);
            compress256(&mut state, core::slice::from_ref(block));
            state
        };
        block.iter_mut().for_each(|byte| *byte ^= 0x36);
        let inner = with_pad(&block);
        // From one pad to the other.
        block.iter_mut().for_each(|byte| *byte ^= 0x36 ^ 0x5c);
        let outer = with_pad(&block);
        Self { inner, outer }
    }

    /// The MAC of a message, in words.
    pub(crate) fn mac(&self, message: &[u8]) -> Zeroizing<State> {
        let mut inner = self.inner.clone();
        finish(&mut inner, 1, message);
        let digest = Zeroizing::new(bytes(&inner));
        let mut outer = self.outer.clone();
        finish(&mut outer, 1, &*digest);
        outer
    }

    // In a frame of its own: what it takes of the stack is free again before the claims are read.
    #[inline(never)]
    pub(crate) fn verify(&self, message: &[u8], mac: &[u8; 32]) -> Result<(), InvalidSignature> {
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

/// Whether `mac` is that of `message` under `secret`.
// In a frame of its own, as above.
#[inline(never)]
pub(super) fn verify(
    secret: &[u8],
    message: &[u8],
    mac: &[u8; 32],
) -> Result<(), InvalidSignature> {
    Hmac::new(secret).verify(message, mac)
}

fn fill(block: &mut [u8; BLOCK_LEN], start: &[u8]) {
    for (place, byte) in block.iter_mut().zip(start) {
        *place = *byte;
    }
}
