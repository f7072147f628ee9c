//! A public key by itself, for when what it was read from goes away.

use core::fmt;

use super::public_key::PublicKey;

/// An ES256 public key that borrows from nothing, 64 bytes.
///
/// ```
/// # #[cfg(feature = "es256")]
/// # {
/// use embedded_jwt::{Key, jwk::OwnedPublicKey};
/// let jwk = br#"{"kty":"EC","crv":"P-256",
///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
/// let owned = {
///     let mut buffer = [0; 512];
///     Key::from_jwk(jwk, &mut buffer)?.public_key().map(OwnedPublicKey::from)
/// };
/// let keys = owned.as_ref().map(|owned| Key::from(owned.as_public_key()));
/// assert!(keys.is_some());
/// # }
/// # Ok::<(), embedded_jwt::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OwnedPublicKey {
    x: [u8; 32],
    y: [u8; 32],
}

/// Not the coordinates.
impl fmt::Debug for OwnedPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPublicKey").finish_non_exhaustive()
    }
}

/// Not the coordinates.
#[cfg(feature = "defmt")]
impl defmt::Format for OwnedPublicKey {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(fmt, "OwnedPublicKey {{ .. }}");
    }
}

impl From<PublicKey<'_>> for OwnedPublicKey {
    fn from(key: PublicKey<'_>) -> Self {
        Self {
            x: *key.x(),
            y: *key.y(),
        }
    }
}

impl OwnedPublicKey {
    /// Returns the key, which is not checked again.
    #[must_use]
    pub const fn as_public_key(&self) -> PublicKey<'_> {
        PublicKey::trusted(&self.x, &self.y)
    }
}
