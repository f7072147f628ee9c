//! Signing keys for ES256: constructors, and what only they can do.

use serde::Serialize;

use super::{Material, SigningKey, es256::PrivateKey};
use crate::error::Error;

impl<'k> SigningKey<'k> {
    /// An ES256 private key: the integer `d` (RFC 7518 section 6.2.2.1), 32 bytes, big-endian.
    ///
    /// # Errors
    /// [`Error::PrivateKeyOutOfRange`] where it is 0 or not below the order of the curve.
    pub fn es256(private_key: &'k [u8; 32]) -> Result<Self, Error> {
        match PrivateKey::new(private_key) {
            Ok(key) => Ok(Self::new(Material::Es256(key))),
            Err(error) => Err(error),
        }
    }

    /// The public half of an ES256 key as an uncompressed point (SEC 1 section 2.3.3), for
    /// [`Key::es256`](crate::Key::es256); `None` for a secret.
    #[must_use]
    pub fn public_key(&self) -> Option<[u8; 65]> {
        match self.material {
            Material::Hs256(_) => None,
            Material::Es256(private_key) => private_key.public_key(),
        }
    }

    /// As [`SigningKey::sign`], with randomness of the caller's mixed into the nonce of ES256 (RFC 6979 section 3.6): a
    /// fault injected into one of two signatures of the same claims no longer gives the key away.
    ///
    /// HS256 has no use for it.
    ///
    /// # Errors
    /// As [`SigningKey::sign`]; [`Error::NoRandomness`] where `random` fails.
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
