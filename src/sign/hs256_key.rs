//! Signing keys for HS256: the constructor.

use super::{Material, SigningKey, hs256::Secret};
use crate::error::Error;

impl<'k> SigningKey<'k> {
    /// Creates an HS256 signing key from a secret of at least 32 bytes (RFC 7518 section 3.2).
    ///
    /// # Errors
    /// [`Error::KeyTooShort`], and [`Error::WeakSecret`] if all bytes are equal.
    pub const fn hs256(secret: &'k [u8]) -> Result<Self, Error> {
        match Secret::new(secret) {
            Ok(secret) => Ok(Self::new(Material::Hs256(secret))),
            Err(error) => Err(error),
        }
    }
}
