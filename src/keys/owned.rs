//! A public key by itself, for when what it was read from goes away.

use core::fmt;

use super::{Key, Material, PublicKey};

/// The public key of an ES256 [`Key`], 64 bytes, which borrows from nothing.
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

impl OwnedPublicKey {
    /// A copy; `None` for an HS256 key and for a slot.
    #[must_use]
    pub fn of(key: &Key<'_>) -> Option<Self> {
        key.public_key()
            .map(|PublicKey { x, y }| Self { x: *x, y: *y })
    }

    /// The key, without a `kid`.
    #[must_use]
    pub const fn key(&self) -> Key<'_> {
        // It was checked when it was made.
        Key::new(Material::Es256(PublicKey {
            x: &self.x,
            y: &self.y,
        }))
    }
}
