//! HS256 keys: constructors.

use super::{
    hs256,
    key::{Key, Material},
};
use crate::{crypto::hs256::prepared_secret::PreparedSecret, error::Error};

impl<'k> Key<'k> {
    /// Creates an HS256 key from a secret of at least 32 bytes (RFC 7518 section 3.2).
    ///
    /// A secret whose bytes are all equal is rejected. HMAC pads a secret with zeros, so a secret
    /// of zeros is the same key as the empty secret. Erased flash reads as all `0xff`, so a device
    /// that was not provisioned gets no key.
    ///
    /// ```
    /// # use embedded_jwt::{Error, Key};
    /// assert_eq!(Key::hs256(&[7; 31]).unwrap_err(), Error::KeyTooShort);
    /// assert_eq!(Key::hs256(&[0xff; 32]).unwrap_err(), Error::WeakSecret);
    /// ```
    ///
    /// # Errors
    /// [`Error::KeyTooShort`], [`Error::WeakSecret`]
    pub const fn hs256(secret: &'k [u8]) -> Result<Self, Error> {
        match hs256::checked(secret) {
            Ok(material) => Ok(Self::new(Material::Hs256(material))),
            Err(error) => Err(error),
        }
    }

    /// Creates an HS256 key that may be shorter than RFC 7518 section 3.2 allows, for deployed
    /// systems that have one. All bytes of the secret may be equal.
    ///
    /// An attacker who captures one token of a short key can search for the secret offline.
    ///
    /// # Errors
    /// [`Error::KeyTooShort`] for an empty secret.
    pub const fn hs256_short_legacy(secret: &'k [u8]) -> Result<Self, Error> {
        if secret.is_empty() {
            return Err(Error::KeyTooShort);
        }
        Ok(Self::new(Material::Hs256(hs256::Material::Plain(secret))))
    }

    /// Creates an HS256 key from a prepared secret, with the HMAC key blocks precomputed. Each
    /// token takes two blocks of SHA-256 less.
    #[must_use]
    pub const fn hs256_prepared(secret: &'k PreparedSecret) -> Self {
        Self::new(Material::Hs256(hs256::Material::Prepared(secret)))
    }
}
