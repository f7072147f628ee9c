//! ES256 under any public key.

use super::{
    Element, MULTIPLES_OF_GENERATOR, field::Field as _, point::Affine, verify, word::words,
};
use crate::crypto::invalid_signature::InvalidSignature;

/// Verifies a signature of the message with this `digest`. JWS accepts both s and n - s: many
/// issuers send the larger one.
// Not inlined: its stack is free again before the claims are read.
#[inline(never)]
pub(crate) fn verify(
    [x, y]: [&[u8; 32]; 2],
    digest: &[u8; 32],
    signature: &[u8; 64],
) -> Result<(), InvalidSignature> {
    let (Some(r), Some(s)) = (signature.first_chunk(), signature.last_chunk()) else {
        return Err(InvalidSignature);
    };
    let generator = &MULTIPLES_OF_GENERATOR;
    if verify::is_signature::<Element>(&affine(x, y), generator, digest, r, s) {
        Ok(())
    } else {
        Err(InvalidSignature)
    }
}

/// Returns the point with these coordinates.
pub(super) fn affine(x: &[u8; 32], y: &[u8; 32]) -> Affine<Element> {
    let element = |number| Element::from_number(words(number));
    Affine {
        x: element(x),
        y: element(y),
    }
}
