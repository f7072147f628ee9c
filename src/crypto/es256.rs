//! ECDSA on P-256 with SHA-256 (FIPS 186-5 section 6.4, RFC 7518 section 3.4). All data here is
//! public.

use super::invalid_signature::InvalidSignature;
use p256::{
    Sec1Point,
    ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier},
};

/// Verifies a signature of the message with this `digest`. JWS accepts both s and n - s: many
/// issuers send the larger one.
pub(super) fn verify(
    [x, y]: [&[u8; 32]; 2],
    digest: &[u8; 32],
    signature: &[u8; 64],
) -> Result<(), InvalidSignature> {
    let point = Sec1Point::from_affine_coordinates(x.into(), y.into(), false);
    let key = VerifyingKey::from_sec1_point(&point).map_err(|_| InvalidSignature)?;
    let signature = Signature::from_slice(signature).map_err(|_| InvalidSignature)?;
    key.verify_prehash(digest, &signature)
        .map_err(|_| InvalidSignature)
}
