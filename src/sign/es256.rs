//! The material of ES256 signing keys.

use crate::{crypto::sign, error::Error};

/// A private key, as the material of a [`SigningKey`](super::SigningKey).
#[derive(Clone, Copy)]
pub(super) struct PrivateKey<'k>(&'k [u8; 32]);

impl<'k> PrivateKey<'k> {
    pub(super) fn new(private_key: &'k [u8; 32]) -> Result<Self, Error> {
        if sign::is_private_key(private_key) {
            Ok(Self(private_key))
        } else {
            Err(Error::PrivateKeyOutOfRange)
        }
    }

    /// Returns the uncompressed point of the public key.
    pub(super) fn public_key(self) -> Option<[u8; 65]> {
        sign::public_key(self.0)
    }

    pub(super) fn signature(self, signing_input: &[u8]) -> Result<[u8; 64], Error> {
        sign::es256(self.0, signing_input).ok_or(Error::PrivateKeyOutOfRange)
    }

    pub(super) fn signature_with(
        self,
        random: &mut (impl rand_core::TryCryptoRng + ?Sized),
        signing_input: &[u8],
    ) -> Result<[u8; 64], Error> {
        sign::es256_with(random, self.0, signing_input).ok_or(Error::NoRandomness)
    }
}
