//! ES256 signatures in software, for issuing tokens. The stack that work with the private key has
//! used is overwritten.

use p256::{
    NonZeroScalar,
    ecdsa::{
        Error, Signature, SigningKey,
        signature::hazmat::{PrehashSigner as _, RandomizedPrehashSigner as _},
    },
};

use crate::crypto::{
    scrub::{blocks, scrubbed},
    sha256,
};

/// The blocks of stack that the check of a private key reaches.
const REACH_OF_CHECK: usize = blocks(if cfg!(target_pointer_width = "64") {
    272
} else {
    240
});
/// The blocks of stack that computing the public key reaches.
const REACH_OF_PUBLIC_KEY: usize = blocks(if cfg!(target_pointer_width = "64") {
    3072
} else {
    2816
});
/// The blocks of stack that signing reaches.
const REACH_OF_SIGNING: usize = blocks(if cfg!(target_pointer_width = "64") {
    3904
} else {
    3072
});

/// Returns whether the private key is between 1 and n - 1 (FIPS 186-5 section 6.2), in constant
/// time. The check of r and s is not constant time, so it cannot be used here.
pub(crate) fn is_private_key(private_key: &[u8; 32]) -> bool {
    scrubbed::<REACH_OF_CHECK, _>(|| {
        NonZeroScalar::from_repr((*private_key).into())
            .is_some()
            .into()
    })
}

/// Returns the uncompressed point of the public key.
pub(crate) fn public_key(private_key: &[u8; 32]) -> Option<[u8; 65]> {
    scrubbed::<REACH_OF_PUBLIC_KEY, _>(|| {
        let key = SigningKey::from_slice(private_key).ok()?;
        let point = key.verifying_key().to_sec1_point(false);
        point.as_bytes().try_into().ok()
    })
}

/// Signs with the deterministic nonce of RFC 6979 section 3.2.
pub(crate) fn es256(private_key: &[u8; 32], signing_input: &[u8]) -> Option<[u8; 64]> {
    sign(private_key, signing_input, |key, digest| {
        key.sign_prehash(digest)
    })
}

/// Signs with 32 random bytes mixed into the nonce (RFC 6979 section 3.6).
pub(crate) fn es256_with(
    random: &mut (impl rand_core::TryCryptoRng + ?Sized),
    private_key: &[u8; 32],
    signing_input: &[u8],
) -> Option<[u8; 64]> {
    sign(private_key, signing_input, |key, digest| {
        key.sign_prehash_with_rng(random, digest)
    })
}

fn sign(
    private_key: &[u8; 32],
    signing_input: &[u8],
    sign: impl FnOnce(&SigningKey, &[u8]) -> Result<Signature, Error>,
) -> Option<[u8; 64]> {
    scrubbed::<REACH_OF_SIGNING, _>(|| {
        let key = SigningKey::from_slice(private_key).ok()?;
        let signature = sign(&key, &sha256::digest(signing_input)).ok()?;
        Some(signature.to_bytes().into())
    })
}
