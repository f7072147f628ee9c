//! Takes the place of `prepared.rs` in a build without prepared keys.

use core::{convert::Infallible, marker::PhantomData};

use crate::crypto::{Crypto, InvalidSignature, thumbprint::Thumbprint};

/// A prepared key. No value of this type exists.
#[derive(Clone, Copy)]
pub(in crate::keys) struct Prepared<'k>(Infallible, PhantomData<&'k ()>);

impl Prepared<'_> {
    pub(super) fn verify(
        self,
        _crypto: &mut (impl Crypto + ?Sized),
        _signing_input: &[u8],
        _signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        match self.0 {}
    }

    pub(in crate::keys) fn thumbprint(self) -> Thumbprint {
        match self.0 {}
    }
}
