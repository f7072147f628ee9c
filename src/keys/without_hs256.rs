//! Takes the place of `hs256.rs` in a build without HS256.

use core::{convert::Infallible, marker::PhantomData};

use crate::{
    crypto::{Crypto, InvalidSignature},
    error::Error,
};

/// A secret. No value of this type exists.
#[derive(Clone, Copy)]
pub(super) struct Material<'k>(Infallible, PhantomData<&'k ()>);

impl Material<'_> {
    pub(super) fn is(self, _other: Material<'_>) -> bool {
        match self.0 {}
    }

    pub(super) fn verify(
        self,
        _crypto: &mut (impl Crypto + ?Sized),
        _signing_input: &[u8],
        _mac: &[u8; 32],
    ) -> Result<(), InvalidSignature> {
        match self.0 {}
    }
}

/// Rejects the secret of a JWK.
pub(super) const fn checked(_secret: &[u8]) -> Result<Material<'_>, Error> {
    Err(Error::JwkUnsupportedKty)
}
