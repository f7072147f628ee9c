//! The material of ES256 keys, and their withdrawal by an issuer.

#[cfg_attr(not(feature = "fast-es256"), path = "without_prepared.rs")]
mod prepared;

pub(super) use self::prepared::Prepared;
use crate::{
    crypto::{Crypto, InvalidSignature, PublicKey},
    error::Error,
};

/// A public key, as the material of a key.
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

/// The withdrawal of a key. The key ring holds it.
pub(super) type Withdrawn<'k> = &'k Withdrawal;

impl Withdrawal {
    pub(super) fn allows(&self, iat: Option<u64>, time: u64) -> bool {
        time < self.end && iat.is_some_and(|iat| iat < self.at)
    }
}

/// Returns the material of the key with these coordinates, after checking them.
pub(super) const fn checked<'k>(x: &'k [u8; 32], y: &'k [u8; 32]) -> Result<Material<'k>, Error> {
    match PublicKey::from_coordinates(x, y) {
        Ok(key) => Ok(Material::Plain(key)),
        Err(error) => Err(error),
    }
}
