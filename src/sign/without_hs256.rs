//! HS256 in a build that cannot sign with it: there is no such key.

use core::{convert::Infallible, marker::PhantomData};

use crate::error::Error;

/// A key, of which there is none.
#[derive(Clone, Copy)]
pub(super) struct Secret<'k>(Infallible, PhantomData<&'k ()>);

impl Secret<'_> {
    pub(super) fn signature(self, _signing_input: &[u8]) -> Result<[u8; 64], Error> {
        match self.0 {}
    }
}
