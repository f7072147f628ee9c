//! ES256 keys, and their withdrawal by an issuer.

#[cfg_attr(not(feature = "fast-es256"), path = "without_prepared.rs")]
mod prepared;

use base64ct::{Base64UrlUnpadded, Encoding as _};

use self::prepared::Prepared;
use super::{
    jwk::{Jwk, Secrets, has_secret_of, named},
    key::{self, Key},
};
use crate::{
    crypto::{Crypto, InvalidSignature, PublicKey, thumbprint::Thumbprint},
    encoding::LEN_OF_32_BYTES,
    error::Error,
    json::Object,
};

/// A public key, as the material of a [`Key`].
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "a variant that is not built in is never created")]
pub(super) enum Material<'k> {
    Plain(PublicKey<'k>),
    Prepared(Prepared<'k>),
}

impl Material<'_> {
    /// Returns whether both are the same plain key.
    pub(super) fn is(self, other: Material<'_>) -> bool {
        matches!((self, other), (Material::Plain(one), Material::Plain(other)) if one == other)
    }

    pub(super) fn verify(
        self,
        crypto: &mut (impl Crypto + ?Sized),
        signing_input: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        match self {
            Self::Plain(key) => crypto.es256(key, signing_input, signature),
            Self::Prepared(key) => key.verify(crypto, signing_input, signature),
        }
    }
}

/// The time when an issuer stopped listing a key, in seconds since 1970.
#[derive(Clone, Copy)]
pub(crate) struct Withdrawal {
    /// Tokens of the key that were issued at or after this time are rejected.
    pub(crate) at: u64,
    /// From this time on, every token of the key is rejected.
    pub(crate) end: u64,
}

/// The withdrawal of a key, which lies in its ring.
pub(super) type Withdrawn<'k> = &'k Withdrawal;

impl Withdrawal {
    pub(super) fn allows(&self, iat: Option<u64>, time: u64) -> bool {
        time < self.end && iat.is_some_and(|iat| iat < self.at)
    }
}

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
        Self::of_es256(Material::Plain(key))
    }

    pub(super) const fn of_es256(material: Material<'k>) -> Self {
        Self::new(key::Material::Es256(material))
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

    /// Returns the thumbprint of the public key. `None` for an HS256 key, because the hash of a
    /// secret must not be published, and for a slot.
    #[must_use]
    pub fn thumbprint(&self) -> Option<Thumbprint> {
        match self.material {
            key::Material::Es256(Material::Plain(key)) => Some(key.thumbprint()),
            key::Material::Es256(Material::Prepared(key)) => Some(key.thumbprint()),
            _ => None,
        }
    }

    /// Returns the public key. `None` for a prepared key, a slot or an HS256 key.
    #[must_use]
    pub const fn public_key(&self) -> Option<PublicKey<'k>> {
        let key::Material::Es256(Material::Plain(key)) = self.material else {
            return None;
        };
        Some(key)
    }

    /// Returns the same key, withdrawn by its issuer.
    pub(crate) const fn withdrawn(mut self, withdrawal: &'k Withdrawal) -> Self {
        self.withdrawal = Some(withdrawal);
        self
    }
}

/// Reads the key of a published JWK that is part of a larger text. `room` takes its 64 bytes.
pub(crate) fn published_jwk<'k>(jwk: Object<'k>, room: &'k mut [u8; 64]) -> Result<Key<'k>, Error> {
    let jwk = Jwk::read(jwk, Secrets::Refused)?;
    let [x_text, y_text] = jwk.coordinates().ok_or(Error::JwkUnsupportedKty)?;
    let (x, rest) = room
        .split_first_chunk_mut()
        .ok_or(Error::JwkInvalidMember)?;
    let (y, _) = rest
        .split_first_chunk_mut()
        .ok_or(Error::JwkInvalidMember)?;
    let key = from_jwk(coordinate(x_text, x)?, coordinate(y_text, y)?)?;
    Ok(named(key, jwk.kid))
}

fn coordinate<'k>(text: &str, out: &'k mut [u8; 32]) -> Result<&'k [u8; 32], Error> {
    Base64UrlUnpadded::decode(text, out).map_err(|_| Error::JwkInvalidMember)?;
    Ok(out)
}

/// Returns whether a published JWK gives away the secret of `key`.
pub(crate) fn gives_away(jwk: Object<'_>, key: &Key<'_>) -> bool {
    let mut x = [0; LEN_OF_32_BYTES];
    let x = key
        .public_key()
        .and_then(|key| Base64UrlUnpadded::encode(key.x(), &mut x).ok());
    x.is_some_and(|x| has_secret_of(jwk, key.kid(), x))
}

/// Creates a key from the coordinates in a JWK.
pub(super) const fn from_jwk<'k>(x: &'k [u8; 32], y: &'k [u8; 32]) -> Result<Key<'k>, Error> {
    match PublicKey::from_coordinates(x, y) {
        Ok(key) => Ok(Key::from_public_key(key)),
        Err(error) => Err(error),
    }
}

impl<'k> From<PublicKey<'k>> for Key<'k> {
    fn from(key: PublicKey<'k>) -> Self {
        Self::from_public_key(key)
    }
}
