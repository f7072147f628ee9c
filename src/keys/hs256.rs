//! HS256 keys.

use super::key::{Key, Material};
use crate::{
    crypto::{PreparedSecret, hs256::check_secret},
    error::Error,
};

impl<'k> Key<'k> {
    /// An HS256 key of at least 32 bytes (RFC 7518 section 3.2).
    ///
    /// A secret whose bytes are all equal is rejected. HMAC pads a secret with zeros, so one of zeros is the same key as the
    /// empty secret. Erased flash reads as `0xff`, so a device that was not provisioned makes no key.
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
        match check_secret(secret) {
            Ok(()) => Ok(Self::new(Material::Hs256(secret))),
            Err(error) => Err(error),
        }
    }

    /// An HS256 key shorter than RFC 7518 section 3.2 allows, for systems in the field that have one. Its bytes may be equal.
    ///
    /// Who catches one token of a short key can try secrets until one fits, unseen and at leisure.
    ///
    /// # Errors
    /// [`Error::KeyTooShort`] for an empty secret.
    pub const fn hs256_short_legacy(secret: &'k [u8]) -> Result<Self, Error> {
        if secret.is_empty() {
            return Err(Error::KeyTooShort);
        }
        Ok(Self::new(Material::Hs256(secret)))
    }

    /// An HS256 key whose share of every MAC is computed: two blocks of SHA-256 less for each token.
    #[must_use]
    pub const fn hs256_prepared(secret: &'k PreparedSecret) -> Self {
        Self::new(Material::Hs256Prepared(secret))
    }
}
