//! ES256 keys with a precomputed table.

use crate::crypto::{
    Crypto, InvalidSignature, fast_es256::key_table::PreparedKey, thumbprint::Thumbprint,
};

/// A prepared key, as the material of a key.
#[derive(Clone, Copy)]
pub(in crate::keys) struct Prepared<'k>(pub(in crate::keys) PreparedKey<'k>);

impl Prepared<'_> {
    pub(super) fn verify(
        self,
        crypto: &mut (impl Crypto + ?Sized),
        signing_input: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        crypto.es256_prepared(self.0, signing_input, signature)
    }

    pub(in crate::keys) fn thumbprint(self) -> Thumbprint {
        let (x, y) = self.0.coordinates();
        Thumbprint::of_coordinates(&x, &y)
    }
}
