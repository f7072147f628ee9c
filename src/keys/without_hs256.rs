//! HS256 in a build without it: there is no such key.

use core::{convert::Infallible, marker::PhantomData};

use crate::{
    crypto::{Crypto, InvalidSignature},
    error::Error,
};

/// A secret, of which there is none.
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
