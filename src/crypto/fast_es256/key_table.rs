//! ES256 keys with a precomputed table.

use core::{fmt, panic::RefUnwindSafe};

use super::{
    Element,
    any_key::affine,
    comb, comb16, comb64, comb256,
    field::Field as _,
    point::{Affine, Stored},
    verify,
};
use crate::crypto::{invalid_signature::InvalidSignature, public_key::PublicKey};

/// A precomputed table of 16 points, 1,024 bytes. For microcontrollers.
pub type KeyTable16 = KeyTable<16>;
/// A precomputed table of 64 points, 4,096 bytes. Verification takes about three quarters of the
/// instructions that a table of 16 points takes.
pub type KeyTable64 = KeyTable<64>;
/// A precomputed table of 256 points, 16,384 bytes. For hosts.
pub type KeyTable256 = KeyTable<256>;

/// The precomputed table of a public key: sums of its multiples. With a table, ES256 verification
/// is several times as fast.
///
/// Compute the table once per key, in a [`TableRoom`] or on another machine. `cargo xtask
/// prepare-key` prints a table as a constant for flash. For each signature, the result is the same
/// as with the plain key.
///
/// A table has 16, 64 or 256 points. Another size does not compile:
///
/// ```
/// use embedded_jwt::prepared::KeyTable;
/// static ROOM: usize = size_of_val(&KeyTable::<16>::room());
/// static TABLE: KeyTable<64> = KeyTable::from_trusted([[0; 16]; 64]);
/// # _ = (ROOM, &TABLE);
/// ```
///
/// ```compile_fail
/// use embedded_jwt::prepared::KeyTable;
/// static ROOM: usize = size_of_val(&KeyTable::<15>::room());
/// # _ = ROOM;
/// ```
///
/// ```compile_fail
/// use embedded_jwt::prepared::KeyTable;
/// static TABLE: KeyTable<63> = KeyTable::from_trusted([[0; 16]; 63]);
/// # _ = &TABLE;
/// ```
#[derive(Clone, PartialEq, Eq)]
// Has the layout of its words, because `capi/` borrows a table in the flash of a C program.
#[repr(transparent)]
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
        comb::is_of(&self.0, &affine(key.x(), key.y()))
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

const fn assert_supported(points: usize) {
    assert!(
        matches!(points, 16 | 64 | 256),
        "a key table has 16, 64 or 256 points"
    );
}

/// Memory for the precomputed table of a key, created by [`KeyTable::room`]. Put it into a static
/// variable, or into a long-lived one on the stack.
///
/// ```
/// use embedded_jwt::{Error, Key, crypto::PublicKey, prepared::KeyTable16};
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
/// let mut room = KeyTable16::room();
/// let keys = [Key::es256_prepared(room.prepare(public_key).key()).with_kid("gateway-2026")];
/// # let _ = keys;
/// # Ok::<(), Error>(())
/// ```
pub struct TableRoom<const POINTS: usize>(KeyTable<POINTS>);

impl<const POINTS: usize> TableRoom<POINTS> {
    /// Computes the table of `key` in place. This takes somewhat longer than one verification with
    /// the table.
    // Inlined until only the coordinates are left: the pointer in the key would link the software
    // for plain keys.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "see above")]
    pub fn prepare(&mut self, key: PublicKey<'_>) -> &KeyTable<POINTS> {
        fill(&mut self.0.0, key.x(), key.y());
        &self.0
    }

    /// Returns the table that was computed last.
    pub(crate) const fn table(&self) -> &KeyTable<POINTS> {
        &self.0
    }
}

impl<const POINTS: usize> fmt::Debug for TableRoom<POINTS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TableRoom({POINTS} points)")
    }
}

// Not inlined: its stack frame is needed only once.
#[inline(never)]
fn fill(table: &mut [Stored], x: &[u8; 32], y: &[u8; 32]) {
    comb::fill(table, &affine(x, y));
}

/// An ES256 key with a precomputed table, as a [`Crypto`](crate::crypto::Crypto) back-end receives
/// it.
#[derive(Clone, Copy)]
pub struct PreparedKey<'k>(&'k dyn Table);

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
        let (Some(r), Some(s)) = (signature.first_chunk(), signature.last_chunk()) else {
            return Err(InvalidSignature);
        };
        if self.0.is_signature(digest, r, s) {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }

    /// Returns the coordinates of the key, big-endian.
    #[must_use]
    pub fn coordinates(&self) -> ([u8; 32], [u8; 32]) {
        let point = Affine::<Element>::load(self.0.point());
        (bytes(point.x), bytes(point.y))
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

/// The table of a key, which verifies signatures of the key.
///
/// It is used as a trait object. So only the table sizes that a program uses get linked. The code
/// that walks over a table is linked once, and only if there is a table.
// `RefUnwindSafe` and `Sync`: a feature must not remove an auto trait from `Key`.
trait Table: Sync + RefUnwindSafe {
    /// Returns whether r and s are a valid signature of the message with this `digest`.
    fn is_signature(&self, digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> bool;
    /// Returns the point of the key.
    fn point(&self) -> &Stored;
}

impl<const POINTS: usize> Table for KeyTable<POINTS> {
    fn is_signature(&self, digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> bool {
        // The larger table needs fewer additions. It is used where flash does not matter.
        let generator: &[Stored] = match POINTS {
            _ if cfg!(target_pointer_width = "64") => &comb256::TABLE,
            16 => &comb16::TABLE,
            64 => &comb64::TABLE,
            _ => &comb256::TABLE,
        };
        verify::is_signature_by_table::<Element>(&self.0, generator, digest, r, s)
    }

    fn point(&self) -> &Stored {
        const NONE: Stored = [0; 16];
        // Each supported table has points.
        self.0.first().unwrap_or(&NONE)
    }
}
