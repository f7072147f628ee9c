//! ES256 keys, and their withdrawal by an issuer.

use super::{
    key::{Key, Material},
    withdrawal::Withdrawal,
};
use crate::{
    crypto::{PublicKey, Thumbprint},
    error::Error,
};

impl<'k> Key<'k> {
    /// An ES256 key from a point in the uncompressed form: 65 bytes, `04`, x, y (SEC 1 section 2.3.4).
    ///
    /// ```
    /// # use embedded_jwt::{Error, Key};
    /// assert_eq!(Key::es256(&[2; 33]).unwrap_err(), Error::KeyNotUncompressed);
    /// assert_eq!(Key::es256(&[4; 65]).unwrap_err(), Error::KeyNotOnCurve);
    /// ```
    ///
    /// # Errors
    /// [`Error::KeyNotUncompressed`], [`Error::KeyLength`], [`Error::KeyNotOnCurve`]
    pub const fn es256(point: &'k [u8]) -> Result<Self, Error> {
        match PublicKey::from_sec1(point) {
            Ok(key) => Ok(Self::from_public_key(key)),
            Err(error) => Err(error),
        }
    }

    /// Returns the ES256 key of a public key, which is not checked again.
    #[must_use]
    pub const fn from_public_key(key: PublicKey<'k>) -> Self {
        Self::new(Material::Es256(key))
    }

    /// An ES256 key from a `SubjectPublicKeyInfo` in DER with a named curve and an uncompressed point
    /// (RFC 5480 section 2): the content of a PEM file that begins with `BEGIN PUBLIC KEY`.
    ///
    /// # Errors
    /// [`Error::KeyNotSpki`], [`Error::KeyNotUncompressed`], [`Error::KeyNotOnCurve`]
    pub const fn es256_spki(der: &'k [u8]) -> Result<Self, Error> {
        match PublicKey::from_spki(der) {
            Ok(key) => Ok(Self::from_public_key(key)),
            Err(error) => Err(error),
        }
    }

    /// The thumbprint of its public key; `None` for a secret, whose hash is nothing to hand around, and for a slot.
    #[must_use]
    pub fn thumbprint(&self) -> Option<Thumbprint> {
        match self.material {
            #[cfg(feature = "prepared")]
            Material::Es256Prepared(key) => {
                let (x, y) = key.coordinates();
                Some(Thumbprint::of_coordinates(&x, &y))
            }
            _ => self.public_key().map(|key| key.thumbprint()),
        }
    }

    /// The public key of an ES256 key that is not prepared.
    #[must_use]
    pub const fn public_key(&self) -> Option<PublicKey<'k>> {
        let Material::Es256(key) = self.material else {
            return None;
        };
        Some(key)
    }

    /// The same key, withdrawn by its issuer.
    pub(crate) const fn withdrawn(mut self, withdrawal: &'k Withdrawal) -> Self {
        self.withdrawal = Some(withdrawal);
        self
    }

    /// When its issuer stopped listing it; only the keys of a ring are ever withdrawn.
    pub(crate) const fn withdrawal(&self) -> Option<&'k Withdrawal> {
        self.withdrawal
    }
}

impl<'k> From<PublicKey<'k>> for Key<'k> {
    fn from(key: PublicKey<'k>) -> Self {
        Self::from_public_key(key)
    }
}
