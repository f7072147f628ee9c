//! Signing keys for HS256: the constructor.

use super::{Material, SigningKey, hs256::Secret};
use crate::error::Error;

impl<'k> SigningKey<'k> {
    /// An HS256 secret.
    ///
    /// # Errors
    /// [`Error::KeyTooShort`] under 32 bytes (RFC 7518 section 3.2), [`Error::WeakSecret`] where all bytes are equal.
    pub const fn hs256(secret: &'k [u8]) -> Result<Self, Error> {
        match Secret::new(secret) {
            Ok(secret) => Ok(Self::new(Material::Hs256(secret))),
            Err(error) => Err(error),
        }
    }
}
