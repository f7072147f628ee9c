//! Private keys that sign.

use serde::Serialize;

use super::{Material, SigningKey};
use crate::{crypto::sign, error::Error};

/// A private key, as the material of a [`SigningKey`].
#[derive(Clone, Copy)]
pub(super) struct PrivateKey<'k>(&'k [u8; 32]);

impl PrivateKey<'_> {
    pub(super) fn signature(self, signing_input: &[u8]) -> Result<[u8; 64], Error> {
        sign::es256(self.0, signing_input).ok_or(Error::PrivateKeyOutOfRange)
    }
}

impl<'k> SigningKey<'k> {
    /// An ES256 private key: the integer `d` (RFC 7518 section 6.2.2.1), 32 bytes, big-endian.
    ///
    /// # Errors
    /// [`Error::PrivateKeyOutOfRange`] where it is 0 or not below the order of the curve.
    pub fn es256(private_key: &'k [u8; 32]) -> Result<Self, Error> {
        if sign::is_private_key(private_key) {
            Ok(Self::new(Material::Es256(PrivateKey(private_key))))
        } else {
            Err(Error::PrivateKeyOutOfRange)
        }
    }

    /// The public half of an ES256 key as an uncompressed point (SEC 1 section 2.3.3), for
    /// [`Key::es256`](crate::Key::es256); `None` for a secret.
    #[must_use]
    pub fn public_key(&self) -> Option<[u8; 65]> {
        match self.material {
            Material::Hs256(_) => None,
            Material::Es256(private_key) => sign::public_key(private_key.0),
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
            Material::Es256(private_key) => {
                sign::es256_with(random, private_key.0, input).ok_or(Error::NoRandomness)
            }
        })
    }
}
