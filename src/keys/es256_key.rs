//! ES256 keys: constructors, and access to the public key.

use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::{
    es256,
    jwk::{Jwk, Secrets, has_secret_of, named},
    key::{Key, Material},
};
use crate::{
    crypto::{PublicKey, thumbprint::Thumbprint},
    encoding::LEN_OF_32_BYTES,
    error::Error,
    json::Object,
};

impl<'k> Key<'k> {
    /// Creates an ES256 key from an uncompressed point: 65 bytes, `04`, x, y (SEC 1 section 2.3.4).
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

    /// Creates an ES256 key from a public key. The public key is not checked again.
    #[must_use]
    pub const fn from_public_key(key: PublicKey<'k>) -> Self {
        Self::new(Material::Es256(es256::Material::Plain(key)))
    }

    /// Creates an ES256 key from a `SubjectPublicKeyInfo` in DER with a named curve and an
    /// uncompressed point (RFC 5480 section 2). This is the content of a PEM file that begins with
    /// `BEGIN PUBLIC KEY`.
    ///
    /// # Errors
    /// [`Error::KeyNotSpki`], [`Error::KeyNotUncompressed`], [`Error::KeyNotOnCurve`]
    pub const fn es256_spki(der: &'k [u8]) -> Result<Self, Error> {
        match PublicKey::from_spki(der) {
            Ok(key) => Ok(Self::from_public_key(key)),
            Err(error) => Err(error),
        }
    }

    /// Returns the thumbprint of the public key. `None` for a slot, and for an HS256 key, because
    /// the hash of a secret must not be published.
    #[must_use]
    pub fn thumbprint(&self) -> Option<Thumbprint> {
        match self.material {
            Material::Es256(es256::Material::Plain(key)) => Some(key.thumbprint()),
            Material::Es256(es256::Material::Prepared(key)) => Some(key.thumbprint()),
            _ => None,
        }
    }

    /// Returns the public key. `None` for a prepared key, a slot or an HS256 key.
    #[must_use]
    pub const fn public_key(&self) -> Option<PublicKey<'k>> {
        let Material::Es256(es256::Material::Plain(key)) = self.material else {
            return None;
        };
        Some(key)
    }

    /// Returns the same key, withdrawn by its issuer.
    pub(crate) const fn withdrawn(mut self, withdrawal: &'k es256::Withdrawal) -> Self {
        self.withdrawal = Some(withdrawal);
        self
    }
}

#[cfg(feature = "fast-es256")]
impl<'k> Key<'k> {
    /// Creates an ES256 key with a precomputed table. Verification is faster than with the plain
    /// key, with the same result.
    #[must_use]
    pub const fn es256_prepared(key: crate::prepared::PreparedKey<'k>) -> Self {
        Self::new(Material::Es256(es256::Material::Prepared(es256::Prepared(
            key,
        ))))
    }
}

/// Reads the key of a published JWK that is part of a larger text. `room` receives the 64 bytes of
/// the coordinates.
pub(crate) fn published_jwk<'k>(jwk: Object<'k>, room: &'k mut [u8; 64]) -> Result<Key<'k>, Error> {
    let jwk = Jwk::read(jwk, Secrets::Refused)?;
    let [x_text, y_text] = jwk.coordinates().ok_or(Error::JwkUnsupportedKty)?;
    let (x, rest) = room
        .split_first_chunk_mut()
        .ok_or(Error::JwkInvalidMember)?;
    let (y, _) = rest
        .split_first_chunk_mut()
        .ok_or(Error::JwkInvalidMember)?;
    let key = es256::checked(coordinate(x_text, x)?, coordinate(y_text, y)?)?;
    Ok(named(Key::new(Material::Es256(key)), jwk.kid))
}

fn coordinate<'k>(text: &str, out: &'k mut [u8; 32]) -> Result<&'k [u8; 32], Error> {
    Base64UrlUnpadded::decode(text, out).map_err(|_| Error::JwkInvalidMember)?;
    Ok(out)
}

/// Returns whether a published JWK contains the secret of `key`.
pub(crate) fn gives_away(jwk: Object<'_>, key: &Key<'_>) -> bool {
    let mut x = [0; LEN_OF_32_BYTES];
    let x = key
        .public_key()
        .and_then(|key| Base64UrlUnpadded::encode(key.x(), &mut x).ok());
    x.is_some_and(|x| has_secret_of(jwk, key.kid(), x))
}

impl<'k> From<PublicKey<'k>> for Key<'k> {
    fn from(key: PublicKey<'k>) -> Self {
        Self::from_public_key(key)
    }
}
