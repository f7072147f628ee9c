//! Signatures in software, for issuing tokens.

#[cfg(feature = "es256")]
use p256::ecdsa::{Signature, SigningKey};

#[cfg(feature = "hs256")]
pub(crate) fn hs256(secret: &[u8], signing_input: &[u8]) -> [u8; 32] {
    super::sha256::bytes(&super::hs256::Hmac::new(secret).mac(signing_input))
}

/// Whether it is an integer of 1 to n - 1 (FIPS 186-5 section 6.2). In constant time, which the check of r and s is not.
#[cfg(feature = "es256")]
pub(crate) fn is_private_key(private_key: &[u8; 32]) -> bool {
    p256::NonZeroScalar::from_repr((*private_key).into())
        .is_some()
        .into()
}

#[cfg(feature = "es256")]
pub(crate) fn public_key(private_key: &[u8; 32]) -> Option<[u8; 65]> {
    let key = SigningKey::from_slice(private_key).ok()?;
    let point = key.verifying_key().to_sec1_point(false);
    point.as_bytes().try_into().ok()
}

/// With the nonce of RFC 6979 section 3.2.
#[cfg(feature = "es256")]
pub(crate) fn es256(private_key: &[u8; 32], signing_input: &[u8]) -> Option<[u8; 64]> {
    use p256::ecdsa::signature::hazmat::PrehashSigner;
    sign(private_key, signing_input, |key, digest| {
        key.sign_prehash(digest)
    })
}

/// With 32 random bytes mixed into the nonce (RFC 6979 section 3.6).
#[cfg(feature = "es256")]
pub(crate) fn es256_with(
    random: &mut (impl rand_core::TryCryptoRng + ?Sized),
    private_key: &[u8; 32],
    signing_input: &[u8],
) -> Option<[u8; 64]> {
    use p256::ecdsa::signature::hazmat::RandomizedPrehashSigner;
    sign(private_key, signing_input, |key, digest| {
        key.sign_prehash_with_rng(random, digest)
    })
}

#[cfg(feature = "es256")]
fn sign(
    private_key: &[u8; 32],
    signing_input: &[u8],
    sign: impl FnOnce(&SigningKey, &[u8]) -> Result<Signature, p256::ecdsa::Error>,
) -> Option<[u8; 64]> {
    let key = SigningKey::from_slice(private_key).ok()?;
    let signature = sign(&key, &super::sha256::digest(signing_input)).ok()?;
    Some(signature.to_bytes().into())
}
