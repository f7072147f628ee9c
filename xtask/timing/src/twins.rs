//! Back-ends that compute the MAC as the library does, and compare it in ways of their own: one fair, the others leaking.

use std::hint::black_box;

use embedded_jwt::crypto::{Crypto, InvalidSignature};
use hmac::{Hmac, KeyInit as _, Mac as _, digest::InvalidLength};
use sha2::Sha256;

/// HMAC with SHA-256, and this comparison.
#[derive(Clone, Copy)]
pub(crate) struct Twin(pub(crate) fn(&[u8], &[u8]) -> bool);

impl Crypto for Twin {
    fn hs256(
        &mut self,
        secret: &[u8],
        signing_input: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), InvalidSignature> {
        let computed = self::mac(secret, signing_input).map_err(|_| InvalidSignature)?;
        // The compiler must not know the length: it has better ways to compare 32 bytes than what is written here.
        let (computed, mac) = (black_box(computed.as_slice()), black_box(mac.as_slice()));
        if black_box(self.0)(computed, mac) {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}

/// HMAC-SHA-256 (RFC 2104).
pub(crate) fn mac(secret: &[u8], signing_input: &[u8]) -> Result<[u8; 32], InvalidLength> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret)?;
    hmac.update(signing_input);
    Ok(hmac.finalize().into_bytes().into())
}

/// Fair: looks at every byte and branches on none.
pub(crate) fn fold(left: &[u8], right: &[u8]) -> bool {
    let pairs = left.iter().zip(right);
    pairs.fold(0, |difference, (left, right)| {
        black_box(difference | (left ^ right))
    }) == 0
}

/// Leaks where the first difference is.
pub(crate) fn early_exit(left: &[u8], right: &[u8]) -> bool {
    for (left, right) in left.iter().zip(right) {
        if left != right {
            return false;
        }
    }
    true
}

/// What one writes who has not heard of timing; `memcmp` stops at the first difference, too.
pub(crate) fn slices(left: &[u8], right: &[u8]) -> bool {
    left == right
}

/// Without a branch, but what it reads, and so what it finds in the cache, depends on the MAC.
pub(crate) fn lookup(left: &[u8], right: &[u8]) -> bool {
    static IS_DIFFERENT: [bool; 256] = {
        let mut table = [true; 256];
        table[0] = false;
        table
    };
    let table = black_box(&IS_DIFFERENT);
    let pairs = left.iter().zip(right);
    !pairs.fold(false, |different, (left, right)| {
        different | table.get(usize::from(left ^ right)).unwrap_or(&true)
    })
}
