//! The material of HS256 signing keys.

use crate::{
    crypto::hs256::{check_secret, mac},
    error::Error,
};

/// A secret, as the material of a [`SigningKey`](super::SigningKey).
#[derive(Clone, Copy)]
pub(super) struct Secret<'k>(&'k [u8]);

impl<'k> Secret<'k> {
    pub(super) const fn new(secret: &'k [u8]) -> Result<Self, Error> {
        match check_secret(secret) {
            Ok(()) => Ok(Self(secret)),
            Err(error) => Err(error),
        }
    }

    /// Returns the MAC, at the start of the array.
    pub(super) fn signature(self, signing_input: &[u8]) -> Result<[u8; 64], Error> {
        let mut signature = [0; 64];
        let mac = mac(self.0, signing_input).ok_or(Error::KeyTooShort)?;
        signature
            .iter_mut()
            .zip(mac)
            .for_each(|(to, byte)| *to = byte);
        Ok(signature)
    }
}
