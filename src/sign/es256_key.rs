//! Signing keys for ES256: the constructor, and the methods that only these keys need.

use serde::Serialize;

use super::{Material, SigningKey, es256::PrivateKey};
use crate::error::Error;

impl<'k> SigningKey<'k> {
    /// Creates an ES256 signing key from the private key: the integer `d` (RFC 7518 section
    /// 6.2.2.1), 32 bytes, big-endian.
    ///
    /// # Errors
    /// [`Error::PrivateKeyOutOfRange`] if it is 0 or not below the order of the curve.
    pub fn es256(private_key: &'k [u8; 32]) -> Result<Self, Error> {
        match PrivateKey::new(private_key) {
            Ok(key) => Ok(Self::new(Material::Es256(key))),
            Err(error) => Err(error),
        }
    }

    /// Returns the public key as an uncompressed point (SEC 1 section 2.3.3), for
    /// [`Key::es256`](crate::Key::es256). Returns `None` for an HS256 key.
    #[must_use]
    pub fn public_key(&self) -> Option<[u8; 65]> {
        match self.material {
            Material::Hs256(_) => None,
            Material::Es256(private_key) => private_key.public_key(),
        }
    }

    /// Signs as [`SigningKey::sign`] does, with random bytes mixed into the nonce of ES256 (RFC
    /// 6979 section 3.6).
    ///
    /// Without them, two signatures of the same claims have the same nonce. An attacker who injects
    /// a fault into one of the two can then compute the private key. HS256 has no nonce and ignores
    /// `random`.
    ///
    /// # Errors
    /// The errors of [`SigningKey::sign`], and [`Error::NoRandomness`] if `random` fails.
    pub fn sign_with<'b>(
        &self,
        random: &mut (impl rand_core::TryCryptoRng + ?Sized),
        typ: &str,
        claims: &(impl Serialize + ?Sized),
        buffer: &'b mut [u8],
    ) -> Result<&'b str, Error> {
        self.issue(typ, claims, buffer, |input| match self.material {
            Material::Hs256(secret) => secret.signature(input),
            Material::Es256(private_key) => private_key.signature_with(random, input),
        })
    }
}
