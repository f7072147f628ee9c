//! ES256 keys with a precomputed table.

use core::{fmt, panic::RefUnwindSafe};

use super::{
    Element,
    any_key::affine,
    field::Field as _,
    generator, generator8,
    point::{Affine, Stored},
    table, verify,
};
use crate::crypto::{invalid_signature::InvalidSignature, public_key::PublicKey};

/// A precomputed table with 4 teeth: 15 points, 960 bytes. For microcontrollers.
pub type KeyTable4 = KeyTable<15>;
/// A precomputed table with 6 teeth: 63 points, 4,032 bytes. Faster by a quarter than 4 teeth.
pub type KeyTable6 = KeyTable<63>;
/// A precomputed table with 8 teeth: 255 points, 16,320 bytes. For hosts.
pub type KeyTable8 = KeyTable<255>;

/// The precomputed table of a public key: sums of its multiples. With a table, ES256 verification
/// is several times as fast.
///
/// Compute the table once per key, in a [`TableRoom`] or on another machine.
/// `cargo xtask prepare-key` prints it as a constant for flash. For each signature, the result is
/// the same as with the plain key.
///
/// A table has 15, 63 or 255 points. Another size does not compile:
///
/// ```
/// use embedded_jwt::prepared::KeyTable;
/// static ROOM: usize = size_of_val(&KeyTable::<15>::room());
/// static TABLE: KeyTable<63> = KeyTable::from_trusted([[0; 16]; 63]);
/// # _ = (ROOM, &TABLE);
/// ```
///
/// ```compile_fail
/// use embedded_jwt::prepared::KeyTable;
/// static ROOM: usize = size_of_val(&KeyTable::<16>::room());
/// # _ = ROOM;
/// ```
///
/// ```compile_fail
/// use embedded_jwt::prepared::KeyTable;
/// static TABLE: KeyTable<64> = KeyTable::from_trusted([[0; 16]; 64]);
/// # _ = &TABLE;
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct KeyTable<const POINTS: usize>([Stored; POINTS]);

impl<const POINTS: usize> KeyTable<POINTS> {
    /// Creates a table from its words, **which are trusted**: an attacker who can choose them can
    /// choose the key. Use it for constants in flash. [`KeyTable::matches`] checks a table.
    ///
    /// Each point is its coordinates x and y in Montgomery's form, 8 words of 32 bits each, least
    /// significant first.
    #[must_use]
    pub const fn from_trusted(points: [[u32; 16]; POINTS]) -> Self {
        const { assert_supported(POINTS) };
        Self(points)
    }

    /// Returns memory for a table of this size.
    #[must_use]
    pub const fn room() -> TableRoom<POINTS> {
        const { assert_supported(POINTS) };
        TableRoom(Self([[0; 16]; POINTS]))
    }

    /// Returns the words of the table, for [`KeyTable::from_trusted`].
    #[must_use]
    pub const fn points(&self) -> &[[u32; 16]; POINTS] {
        &self.0
    }

    /// Returns whether this is the table of `key`. It recomputes each point, which takes about as
    /// long as [`TableRoom::prepare`].
    #[must_use]
    pub fn matches(&self, key: PublicKey<'_>) -> bool {
        table::is_of(&self.0, &affine(key))
    }

    /// Returns the prepared key, for [`Key::es256_prepared`](crate::Key::es256_prepared).
    #[must_use]
    pub const fn key(&self) -> PreparedKey<'_> {
        PreparedKey(self)
    }
}

/// Shows only the number of points. The key is not secret, but long.
impl<const POINTS: usize> fmt::Debug for KeyTable<POINTS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyTable({POINTS} points)")
    }
}

/// Shows only the number of points. The key is not secret, but long.
#[cfg(feature = "defmt")]
impl<const POINTS: usize> defmt::Format for KeyTable<POINTS> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(fmt, "KeyTable({} points)", POINTS);
    }
}

const fn assert_supported(points: usize) {
    assert!(
        matches!(points, 15 | 63 | 255),
        "a key table has 15, 63 or 255 points"
    );
}

/// Memory for the precomputed table of a key, created by [`KeyTable::room`]. Put it into a static
/// variable, or into a long-lived one on the stack.
///
/// ```
/// use embedded_jwt::{Error, Key, crypto::PublicKey, prepared::KeyTable4};
/// # const X: [u8; 32] = [
/// #     0x60, 0xfe, 0xd4, 0xba, 0x25, 0x5a, 0x9d, 0x31, 0xc9, 0x61, 0xeb, 0x74, 0xc6, 0x35, 0x6d, 0x68,
/// #     0xc0, 0x49, 0xb8, 0x92, 0x3b, 0x61, 0xfa, 0x6c, 0xe6, 0x69, 0x62, 0x2e, 0x60, 0xf2, 0x9f, 0xb6,
/// # ];
/// # const Y: [u8; 32] = [
/// #     0x79, 0x03, 0xfe, 0x10, 0x08, 0xb8, 0xbc, 0x99, 0xa4, 0x1a, 0xe9, 0xe9, 0x56, 0x28, 0xbc, 0x64,
/// #     0xf2, 0xf1, 0xb2, 0x0c, 0x2d, 0x7e, 0x9f, 0x51, 0x77, 0xa3, 0xc2, 0x94, 0xd4, 0x46, 0x22, 0x99,
/// # ];
///
/// let public_key = PublicKey::from_coordinates(&X, &Y)?;
/// let mut room = KeyTable4::room();
/// let keys = [Key::es256_prepared(room.prepare(public_key).key()).with_kid("gateway-2026")];
/// # let _ = keys;
/// # Ok::<(), Error>(())
/// ```
pub struct TableRoom<const POINTS: usize>(KeyTable<POINTS>);

impl<const POINTS: usize> TableRoom<POINTS> {
    /// Computes the table of `key` in place. Done once, it takes somewhat longer than one
    /// verification with the table.
    // Not inlined: its stack frame is needed only once.
    #[inline(never)]
    pub fn prepare(&mut self, key: PublicKey<'_>) -> &KeyTable<POINTS> {
        table::fill(&mut self.0.0, &affine(key));
        &self.0
    }
}

impl<const POINTS: usize> fmt::Debug for TableRoom<POINTS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TableRoom({POINTS} points)")
    }
}

#[cfg(feature = "defmt")]
impl<const POINTS: usize> defmt::Format for TableRoom<POINTS> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(fmt, "TableRoom({} points)", POINTS);
    }
}

/// An ES256 key with a precomputed table, as a [`Crypto`](crate::crypto::Crypto) back-end receives
/// it.
#[derive(Clone, Copy)]
pub struct PreparedKey<'k>(&'k dyn Tables);

impl PreparedKey<'_> {
    /// Verifies `signature`, r and s, with this key over the message with this SHA-256 `digest`.
    ///
    /// # Errors
    /// [`InvalidSignature`]
    // Not inlined: its stack is free again before the claims are read.
    #[inline(never)]
    pub fn verify_digest(
        &self,
        digest: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        let (key, generator) = self.0.tables();
        let (Some(r), Some(s)) = (signature.first_chunk(), signature.last_chunk()) else {
            return Err(InvalidSignature);
        };
        if verify::is_signature_by_table::<Element>(key, generator, digest, r, s) {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }

    /// Returns the coordinates of the key, big-endian.
    #[must_use]
    pub fn coordinates(&self) -> ([u8; 32], [u8; 32]) {
        let (key, _) = self.0.tables();
        let point = key.first().map(Affine::<Element>::load);
        point.map_or(([0; 32], [0; 32]), |point| (bytes(point.x), bytes(point.y)))
    }
}

fn bytes(element: Element) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.rchunks_mut(4).zip(element.number()) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

impl fmt::Debug for PreparedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedKey").finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for PreparedKey<'_> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(fmt, "PreparedKey {{ .. }}");
    }
}

/// The table of a key, and the table of the base point that goes with it.
///
/// As a trait object, only the table sizes that are used get linked, and the code that walks over
/// them only once.
// `RefUnwindSafe` and `Sync`: a feature must not remove an auto trait from `Key`.
trait Tables: Sync + RefUnwindSafe {
    fn tables(&self) -> (&[Stored], &'static [Stored]);
}

impl<const POINTS: usize> Tables for KeyTable<POINTS> {
    fn tables(&self) -> (&[Stored], &'static [Stored]) {
        // The larger table needs fewer additions. It is used where flash does not matter.
        let generator: &[Stored] = match POINTS {
            _ if cfg!(target_pointer_width = "64") => &generator8::EIGHT,
            15 => &generator::FOUR,
            63 => &generator::SIX,
            _ => &generator8::EIGHT,
        };
        (&self.0, generator)
    }
}
