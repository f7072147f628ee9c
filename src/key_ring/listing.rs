//! Compares one JWK Set with the keys of a ring.

use heapless::Vec;

use super::slot::Slot;
use crate::{
    error::Error,
    keys::{JwkSet, Unusable},
};

/// The keys that a set lists, compared with the slots of a ring.
pub(super) struct Listing<const N: usize> {
    /// Tells for each slot whether the set lists its key.
    pub(super) is_listed: [bool; N],
    /// The keys that are in no slot, or the reason why they cannot be added.
    pub(super) fresh: Result<Vec<Slot, N>, Error>,
}

impl<const N: usize> Listing<N> {
    pub(super) fn read(set: JwkSet<'_>, slots: &[Slot]) -> (Self, Unusable) {
        let mut is_listed = [false; N];
        let mut fresh: Vec<Slot, N> = Vec::new();
        let (mut refusal, mut unusable, mut is_empty) = (None, Unusable::default(), true);
        for (index, jwk) in set.enumerate() {
            let key = match jwk {
                Ok(key) if slots.iter().any(|slot| slot.is_published(&key)) => {
                    unusable.add(index, Error::JwkNotPublic);
                    continue;
                }
                Ok(key) => key,
                Err(reason) => {
                    unusable.add(index, reason);
                    continue;
                }
            };
            is_empty = false;
            let listed = slots.iter().zip(&is_listed);
            let listed = listed.filter_map(|(slot, is_listed)| is_listed.then_some(slot));
            let could_be_meant = |slot: &Slot| slot.key().has_name_of(&key) && !slot.is(&key);
            if listed.chain(&fresh).any(could_be_meant) {
                refusal = refusal.or(Some(Error::JwkSetDuplicateKid));
            }
            let mut is_known = fresh.iter().any(|slot| slot.is(&key));
            for (slot, is_listed) in slots.iter().zip(&mut is_listed) {
                if slot.is(&key) {
                    (*is_listed, is_known) = (true, true);
                }
            }
            if is_known {
                continue;
            }
            let added =
                Slot::new(&key).and_then(|slot| fresh.push(slot).map_err(|_| Error::KeyRingFull));
            refusal = refusal.or(added.err());
        }
        if is_empty {
            // The set has no usable key.
            let skipped = unusable.skipped;
            let no_keys = Error::KeyRingNoKeys { skipped };
            refusal = Some(unusable.rejected.map_or(no_keys, |jwk| jwk.reason));
        }
        let fresh = refusal.map_or(Ok(fresh), Err);
        (Self { is_listed, fresh }, unusable)
    }
}
