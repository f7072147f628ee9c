//! Takes the place of `es256/` in a build without ES256.

use core::{convert::Infallible, marker::PhantomData};

use crate::{
    crypto::{Crypto, InvalidSignature},
    error::Error,
};

/// A public key. No value of this type exists.
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
        _signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        match self.0 {}
    }
}

/// A withdrawal. No value of this type exists, because a build without ES256 has no key ring.
pub(super) type Withdrawn<'k> = Material<'k>;

impl Withdrawn<'_> {
    pub(super) fn allows(self, _iat: Option<u64>, _time: u64) -> bool {
        match self.0 {}
    }
}

/// Rejects the coordinates of a JWK.
pub(super) const fn checked<'k>(_x: &'k [u8; 32], _y: &'k [u8; 32]) -> Result<Material<'k>, Error> {
    Err(Error::JwkUnsupportedKty)
}
