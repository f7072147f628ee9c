//! Secrets that sign.

use super::{Material, SigningKey};
use crate::{
    crypto::hs256::{check_secret, mac},
    error::Error,
};

/// A secret, as the material of a [`SigningKey`].
#[derive(Clone, Copy)]
pub(super) struct Secret<'k>(&'k [u8]);

impl Secret<'_> {
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

impl<'k> SigningKey<'k> {
    /// An HS256 secret.
    ///
    /// # Errors
    /// [`Error::KeyTooShort`] under 32 bytes (RFC 7518 section 3.2), [`Error::WeakSecret`] where all bytes are equal.
    pub const fn hs256(secret: &'k [u8]) -> Result<Self, Error> {
        match check_secret(secret) {
            Ok(()) => Ok(Self::new(Material::Hs256(Secret(secret)))),
            Err(error) => Err(error),
        }
    }
}
