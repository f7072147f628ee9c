//! Keys. Each key has exactly one algorithm, and its constructor rejects bad material.

use core::fmt;

use super::{es256, hs256};
use crate::{
    crypto::{Algorithm, Crypto},
    error::Error,
};

/// A key for one algorithm. It can have a `kid`, and can be bound to one issuer.
///
/// The key borrows its material. So key material in flash stays there, and no copy of a secret is
/// left behind. The owner of a secret in RAM has to wipe it. All constructors except the one for a
/// JWK are `const`. With [`const_key!`](crate::const_key), a rejected key does not compile:
///
/// ```
/// use embedded_jwt::{Key, const_key};
///
/// static SECRET: [u8; 32] = *b"32 bytes or more, kept in flash.";
/// static KEYS: [Key<'static>; 1] = [const_key!(Key::hs256(&SECRET)).with_kid("pump-2026")];
/// ```
#[derive(Clone, Copy)]
pub struct Key<'k> {
    pub(super) material: Material<'k>,
    kid: Option<&'k str>,
    issuer: Option<&'k str>,
    #[cfg(feature = "device")]
    is_time_source: bool,
    /// The withdrawal by the issuer, or `None`. Only keys of a ring can be withdrawn.
    pub(super) withdrawal: Option<es256::Withdrawn<'k>>,
}

#[derive(Clone, Copy)]
#[allow(dead_code, reason = "a variant that is not built in is never created")]
pub(super) enum Material<'k> {
    Hs256(hs256::Material<'k>),
    Es256(es256::Material<'k>),
    Slot(Algorithm, u32),
}

impl<'k> Key<'k> {
    /// Creates a key whose material never leaves the back-end. `slot` is its number there. The key
    /// verifies only with a [`Crypto`] that implements [`Crypto::slot`].
    #[must_use]
    pub const fn slot(algorithm: Algorithm, slot: u32) -> Self {
        Self::new(Material::Slot(algorithm, slot))
    }

    pub(super) const fn new(material: Material<'k>) -> Self {
        Self {
            material,
            kid: None,
            issuer: None,
            #[cfg(feature = "device")]
            is_time_source: false,
            withdrawal: None,
        }
    }

    /// Returns the same key with a `kid` (RFC 7515 section 4.1.4).
    #[must_use]
    pub const fn with_kid(mut self, kid: &'k str) -> Self {
        self.kid = Some(kid);
        self
    }

    /// Returns the `kid` of the key, if it has one.
    #[must_use]
    pub const fn kid(&self) -> Option<&'k str> {
        self.kid
    }

    /// Returns the same key, bound to an issuer. [`Verifier::verify`](crate::Verifier::verify),
    /// [`Verified::check`](crate::Verified::check) and [`Policy::check`](crate::Policy::check)
    /// accept it only for tokens with this `iss` (RFC 8725 section 3.8).
    ///
    /// Bind the keys if one slice holds keys of several issuers. Otherwise each issuer could sign
    /// in the name of the others. [`Policy::issuers`](crate::Policy::issuers) accepts only bound
    /// keys. A key is bound to at most one issuer. If two issuers share a key, use a
    /// [`Verifier`](crate::Verifier) for each.
    ///
    /// ```
    /// # use embedded_jwt::{Key, const_key};
    /// # static ONE: [u8; 32] = *b"32 bytes or more, kept in flash.";
    /// # static TWO: [u8; 32] = *b"another 32 bytes, kept in flash.";
    /// static KEYS: [Key<'static>; 2] = [
    ///     const_key!(Key::hs256(&ONE)).with_kid("2026").with_issuer("https://auth.example"),
    ///     const_key!(Key::hs256(&TWO)).with_kid("1").with_issuer("https://auth2.example"),
    /// ];
    /// assert_eq!(KEYS[0].issuer(), Some("https://auth.example"));
    /// ```
    #[must_use]
    pub const fn with_issuer(mut self, issuer: &'k str) -> Self {
        self.issuer = Some(issuer);
        self
    }

    /// Returns the issuer that the key is bound to, or `None` if it is not bound.
    #[must_use]
    pub const fn issuer(&self) -> Option<&'k str> {
        self.issuer
    }

    /// Returns the same key, marked as a source of time: the `iat` of its tokens raises the time
    /// floor of a [`ReplayGuard`](crate::device::ReplayGuard). Mark a key only if the clock of its
    /// owner is right.
    #[cfg(feature = "device")]
    #[must_use]
    pub const fn as_time_source(mut self) -> Self {
        self.is_time_source = true;
        self
    }

    /// Returns whether the key is marked as a source of time.
    #[cfg(feature = "device")]
    #[must_use]
    pub const fn is_time_source(&self) -> bool {
        self.is_time_source
    }

    /// Returns whether the issuer no longer lists the key.
    pub(crate) const fn is_withdrawn(&self) -> bool {
        self.withdrawal.is_some()
    }

    /// Returns whether the key may verify a token with this `iat` at this time. A key that is not
    /// withdrawn always may.
    pub(crate) fn allows(&self, iat: Option<u64>, time: u64) -> bool {
        self.withdrawal
            .is_none_or(|withdrawal| withdrawal.allows(iat, time))
    }

    /// Returns the algorithm of the key.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Hs256(_) => Algorithm::Hs256,
            Material::Es256(_) => Algorithm::Es256,
            Material::Slot(algorithm, _) => algorithm,
        }
    }

    /// Returns whether both are the same key with the same `kid`.
    pub(crate) fn is(&self, other: &Key<'_>) -> bool {
        let has_same_material = match (self.material, other.material) {
            (Material::Hs256(one), Material::Hs256(other)) => one.is(other),
            (Material::Es256(one), Material::Es256(other)) => one.is(other),
            _ => false,
        };
        self.kid == other.kid && has_same_material
    }

    /// Returns whether a token could refer to either key: both have the same `kid` and algorithm.
    pub(crate) fn has_name_of(&self, other: &Key<'_>) -> bool {
        self.kid.is_some() && self.kid == other.kid && self.algorithm() == other.algorithm()
    }

    /// Verifies `signature` with this key. The key, never the signature's length, selects the
    /// algorithm.
    pub(crate) fn verify(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        if signature.len() != self.algorithm().signature_len() {
            return Err(Error::SignatureLength);
        }
        if self.algorithm() == Algorithm::Es256 && !signature.chunks(32).all(is_in_range) {
            return Err(Error::InvalidSignature);
        }
        let verdict = match self.material {
            Material::Hs256(secret) => {
                let mac = signature.try_into().map_err(|_| Error::SignatureLength)?;
                secret.verify(crypto, signing_input, mac)
            }
            Material::Es256(key) => {
                let signature = signature.try_into().map_err(|_| Error::SignatureLength)?;
                key.verify(crypto, signing_input, signature)
            }
            Material::Slot(algorithm, slot) => {
                crypto.slot(slot, algorithm, signing_input, signature)
            }
        };
        verdict.map_err(|_| Error::InvalidSignature)
    }
}

/// The order n of the group of P-256, big-endian.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// Returns whether r or s, big-endian, is between 1 and n - 1 (FIPS 186-5 section 6.4.2). Broken
/// back-ends have accepted other values for any message, so these values never reach a back-end.
fn is_in_range(number: &[u8]) -> bool {
    number < ORDER.as_slice() && number.iter().any(|byte| *byte != 0)
}

/// Shows the algorithm and the `kid`, never the material.
impl fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("algorithm", &self.algorithm())
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// Unwraps a key in a `const`: a rejected key is a compile error, not an error on the device.
///
/// ```
/// use embedded_jwt::{Key, const_key};
/// static KEY: Key<'static> = const_key!(Key::hs256(b"32 bytes or more, kept in flash."));
/// ```
///
/// ```compile_fail
/// # use embedded_jwt::{Key, const_key};
/// static KEY: Key<'static> = const_key!(Key::hs256(b"too short"));
/// ```
#[macro_export]
macro_rules! const_key {
    ($key:expr) => {
        const {
            match $key {
                ::core::result::Result::Ok(key) => key,
                ::core::result::Result::Err(error) => ::core::panic!("{}", error.text()),
            }
        }
    };
}
