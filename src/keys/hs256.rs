//! The material of HS256 keys.

use subtle::ConstantTimeEq as _;

use crate::{
    crypto::{
        Crypto, InvalidSignature,
        hs256::{check_secret, prepared_secret::PreparedSecret},
    },
    error::Error,
};

/// A secret, as the material of a key.
#[derive(Clone, Copy)]
pub(super) enum Material<'k> {
    Plain(&'k [u8]),
    Prepared(&'k PreparedSecret),
}

impl Material<'_> {
    /// Returns whether both are the same plain secret, in constant time.
    pub(super) fn is(self, other: Material<'_>) -> bool {
        match (self, other) {
            (Material::Plain(one), Material::Plain(other)) => one.ct_eq(other).into(),
            _ => false,
        }
    }

    pub(super) fn verify(
        self,
        crypto: &mut (impl Crypto + ?Sized),
        signing_input: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), InvalidSignature> {
        match self {
            Self::Plain(secret) => crypto.hs256(secret, signing_input, mac),
            Self::Prepared(secret) => crypto.hs256_prepared(secret, signing_input, mac),
        }
    }
}

/// Returns the material of the key with this secret, after checking it.
pub(super) const fn checked(secret: &[u8]) -> Result<Material<'_>, Error> {
    match check_secret(secret) {
        Ok(()) => Ok(Material::Plain(secret)),
        Err(error) => Err(error),
    }
}
