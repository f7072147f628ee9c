//! Precomputed tables for the keys of a ring.

use core::fmt;

use super::{KeyRing, RingKeys, slot::Slot};
use crate::{
    crypto::{
        fast_es256::key_table::{KeyTable, TableRoom},
        owned_public_key::OwnedPublicKey,
    },
    keys::Key,
    policy::Policy,
};

/// Memory for the precomputed tables of up to `N` keys of a [`KeyRing`]. Each table has 16, 64 or
/// 256 points of 64 bytes each. A key without a table verifies too, with the same result, but more
/// slowly.
///
/// ```
/// use embedded_jwt::{Error, Policy, Time, jwk::{KeyRing, RingTables}};
/// static POLICY: Policy<'static> = Policy::new().audience("pump-7");
/// # let set = br#"{"keys":[{"kty":"EC","crv":"P-256","kid":"2026",
/// #     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
/// #     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// let mut ring: KeyRing<'_, 8> = KeyRing::new("https://auth.example", 3600);
/// let mut tables: RingTables<4, 16> = RingTables::new();
///
/// let update = ring.update(set, 1_790_000_000, &mut [0; 512])?;
/// // After each update. A table is computed once for each key.
/// assert_eq!(tables.prepare(&ring), update.added);
///
/// let (time, mut buffer) = (Time::Trusted(1_790_000_060), [0; 512]);
/// let verdict = tables.keys(&ring, &POLICY).verify(b"garbage", time, &mut buffer).map(drop);
/// assert_eq!(verdict, Err(Error::NotThreeSegments));
/// # Ok::<(), Error>(())
/// ```
pub struct RingTables<const N: usize, const POINTS: usize> {
    tables: [(Option<OwnedPublicKey>, TableRoom<POINTS>); N],
}

impl<const N: usize, const POINTS: usize> RingTables<N, POINTS> {
    /// Returns memory that holds no table yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            tables: [const { (None, KeyTable::room()) }; N],
        }
    }

    /// Computes a table for each key of the ring that has none, while there is room. Returns the
    /// number of tables that were computed. Tables of keys that the ring no longer holds are
    /// dropped first.
    ///
    /// Computing a table takes somewhat longer than a verification.
    pub fn prepare<const M: usize>(&mut self, ring: &KeyRing<'_, M>) -> usize {
        for (key, _) in &mut self.tables {
            let is_needed = |slot: &Slot| slot.is_used() && Some(slot.key) == *key;
            if !ring.slots.iter().any(is_needed) {
                *key = None;
            }
        }
        let mut computed = 0_usize;
        for slot in ring.slots.iter().filter(|slot| slot.is_used()) {
            if self.table_of(slot).is_some() {
                continue;
            }
            let Some((key, room)) = self.tables.iter_mut().find(|(key, _)| key.is_none()) else {
                break;
            };
            room.prepare(slot.key.as_public_key());
            *key = Some(slot.key);
            computed = computed.saturating_add(1);
        }
        computed
    }

    /// Returns the keys of the ring as [`KeyRing::keys`] does, each with its table if it has one.
    #[must_use]
    pub fn keys<'r, const M: usize>(
        &'r self,
        ring: &'r KeyRing<'_, M>,
        policy: &Policy<'r>,
    ) -> RingKeys<'r, M> {
        ring.keys_by(policy, |slot| match self.table_of(slot) {
            Some(table) => slot.named(Key::es256_prepared(table.key())),
            None => slot.key(),
        })
    }

    fn table_of(&self, slot: &Slot) -> Option<&KeyTable<POINTS>> {
        let mut tables = self.tables.iter();
        let (_, room) = tables.find(|(key, _)| *key == Some(slot.key))?;
        Some(room.table())
    }
}

impl<const N: usize, const POINTS: usize> Default for RingTables<N, POINTS> {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows the number of tables.
impl<const N: usize, const POINTS: usize> fmt::Debug for RingTables<N, POINTS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RingTables({N} x {POINTS} points)")
    }
}
