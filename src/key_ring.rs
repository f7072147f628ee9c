//! The keys of one issuer over time, updated from its JWK Sets.

mod listing;
mod ring_keys;
mod saved;
mod signed;
mod slot;
#[cfg(feature = "fast-es256")]
mod tables;

use core::fmt;

use heapless::Vec;

#[cfg(feature = "fast-es256")]
pub use self::tables::RingTables;
use self::{
    listing::Listing,
    slot::{Slot, State, drop_published},
};
pub use self::{ring_keys::RingKeys, signed::SetKeys};
use crate::{
    error::Error,
    keys::{JwkSet, Key, RejectedJwk, Withdrawal},
    policy::Policy,
    time::Time,
};

/// The ES256 keys of one issuer, at most `N`, updated from its JWK Sets.
///
/// A ring belongs to one issuer. Its keys are used only for tokens with this `iss`, and the set of
/// another issuer cannot displace them. A gateway has one ring for each issuer.
///
/// A key that a newer set no longer lists is **withdrawn**. It is used only for tokens with an
/// `iat` before the withdrawal. When the last of them has expired, the key is dropped.
/// [`KeyRing::forget_withdrawn`] drops it at once. An error in the rest of a set does not delay a
/// withdrawal. Only adding keys is all or nothing.
///
/// `N` must be large enough for the listed keys and for the keys withdrawn within the lifetime of a
/// token. Twice the number of keys that the issuer lists is enough for one rotation in that time. A
/// ring that is too small accepts the new keys after the withdrawn ones have ended.
///
/// Tokens never change a ring, however many arrive.
///
/// ```
/// use embedded_jwt::{Error, Policy, Time, jwk::KeyRing};
/// static POLICY: Policy<'static> = Policy::new().audience("pump-7");
/// const NOW: u64 = 1_790_000_000;
///
/// // Tokens of this issuer live for an hour at most. After a day without a set, no key is trusted.
/// let mut ring: KeyRing<'_, 8> = KeyRing::new("https://auth.example", 3600).stale_after(86_400);
///
/// // The body of the issuer's `jwks_uri`, fetched over a channel that authenticates the issuer.
/// let set = br#"{"keys":[{"kty":"EC","crv":"P-256","kid":"2026",
///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// let update = ring.update(set, NOW, &mut [0; 512])?;
/// assert_eq!((update.added, update.withdrawn, update.rejected), (1, 0, None));
///
/// let (time, mut buffer) = (Time::Trusted(NOW + 60), [0; 512]);
/// let verdict = ring.keys(&POLICY).verify(b"garbage", time, &mut buffer).map(drop);
/// assert_eq!(verdict, Err(Error::NotThreeSegments));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct KeyRing<'i, const N: usize> {
    issuer: &'i str,
    max_token_lifetime: u64,
    stale_after: Option<u64>,
    kid_required: bool,
    /// The claim of a signed set that numbers the sets.
    number_claim: Option<&'i str>,
    #[cfg(feature = "device")]
    is_time_source: bool,
    updated_at: Option<u64>,
    /// The number of the last set.
    number: Option<u64>,
    slots: Vec<Slot, N>,
}

/// The result of [`KeyRing::update`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
#[must_use = "a rejected JWK is worth a line in a log"]
pub struct RingUpdate {
    /// The number of keys that were added.
    pub added: usize,
    /// The number of keys that were withdrawn.
    pub withdrawn: usize,
    /// The first JWK that publishes a secret. Otherwise, the first JWK that looks like a key for
    /// this crate but is broken. `None` if the set has neither. The other JWKs were used.
    pub rejected: Option<RejectedJwk>,
    /// The number of JWKs that were skipped, because they are for another algorithm or use.
    pub skipped: usize,
}

impl<'i, const N: usize> KeyRing<'i, N> {
    /// Creates an empty ring for the issuer with this `iss`.
    ///
    /// `max_token_lifetime` is the time in seconds for which a token of this issuer may be
    /// accepted, including the leeway of the policy. For this time, a withdrawn key still verifies
    /// the tokens that were issued before its withdrawal.
    #[must_use]
    pub const fn new(issuer: &'i str, max_token_lifetime: u64) -> Self {
        Self {
            issuer,
            max_token_lifetime,
            stale_after: None,
            kid_required: false,
            number_claim: None,
            #[cfg(feature = "device")]
            is_time_source: false,
            updated_at: None,
            number: None,
            slots: Vec::new(),
        }
    }

    /// Trusts a set for this many seconds. After that, tokens are rejected with
    /// [`Error::KeyRingOutdated`] until a newer set arrives.
    ///
    /// Without this limit, an attacker who blocks the fetching of sets can keep a stolen key alive.
    ///
    /// The limit applies when the time is known to be that late, under
    /// [`Time::Trusted`](crate::Time::Trusted) and [`Time::AtLeast`](crate::Time::AtLeast). It also
    /// applies when a trusted time is this many seconds earlier than the last set. Then a clock was
    /// wrong or is wrong, and a set fetched now would be rejected ([`KeyRing::reset`]).
    #[must_use]
    pub const fn stale_after(mut self, seconds: u64) -> Self {
        self.stale_after = Some(seconds);
        self
    }

    /// Rejects tokens without a `kid`, as [`Verifier::require_kid`](crate::Verifier::require_kid) does.
    #[must_use]
    pub const fn require_kid(mut self) -> Self {
        self.kid_required = true;
        self
    }

    /// Orders the sets by the number in this claim, for an issuer that numbers its sets. Then every
    /// set must be signed ([`KeyRing::update_signed`]) and have a higher number than the last one.
    #[must_use]
    pub const fn numbered_by(mut self, claim: &'i str) -> Self {
        self.number_claim = Some(claim);
        self
    }

    /// Marks the keys of the ring as sources of time, as [`Key::as_time_source`] does.
    #[cfg(feature = "device")]
    #[must_use]
    pub const fn as_time_source(mut self) -> Self {
        self.is_time_source = true;
        self
    }

    /// Returns the `iss` of the tokens that this ring verifies.
    #[must_use]
    pub const fn issuer(&self) -> &'i str {
        self.issuer
    }

    /// Returns the date of the last set that was read, in seconds since 1970.
    #[must_use]
    pub const fn updated_at(&self) -> Option<u64> {
        self.updated_at
    }

    /// Returns the number of keys that the ring holds, withdrawn keys included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Returns whether the ring holds no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Updates the ring from a JWK Set of the issuer.
    ///
    /// A set that can be read and is newer than the last one withdraws every key that it does not
    /// list. This also happens when an error is returned. A key whose private half the set
    /// publishes is dropped at once. It is not accepted again while the ring has room to remember
    /// it. New keys, and withdrawn keys that are listed again, are accepted all together. After an
    /// error, none of them is accepted.
    ///
    /// `fetched_at`, in seconds since 1970, is the date of the set. It is the time of the fetch,
    /// less the time that the set spent in caches (`Age` in HTTP). The date must come from a trusted
    /// clock, because it orders the sets. A signed set has its own date
    /// ([`KeyRing::update_signed`]). A set that is not newer than the last one is rejected, so an old
    /// set cannot restore a withdrawn key.
    ///
    /// `buffer` has to be as long as the set, as for [`JwkSet::parse`].
    ///
    /// After a token is rejected with [`Error::KeyNotFound`], [`Error::KeyWithdrawn`] or
    /// [`Error::KeyRingOutdated`], fetch the set again. Any client can send such a token, so the
    /// caller must limit how often it fetches.
    ///
    /// # Errors
    /// [`Error::KeyRingStale`], [`Error::KeyRingMissingNumber`] and the errors of
    /// [`JwkSet::parse`]: nothing has changed.
    ///
    /// [`Error::KeyRingFull`], [`Error::KeyRingKidTooLong`] and [`Error::JwkSetDuplicateKid`]: keys
    /// were withdrawn, and none was added or restored. The same holds if the set has no usable key.
    /// Then the error names the defect of a rejected JWK, if the set has one (see
    /// [`RingUpdate::rejected`]).
    /// Otherwise it is [`Error::KeyRingNoKeys`], with the number of keys that were skipped.
    ///
    /// [`Error::KeyRingKeyPublished`]: the ring dropped a key whose private half the set publishes.
    /// The rest of the set was used, unless one of the errors above also applies.
    pub fn update(
        &mut self,
        set: impl AsRef<[u8]>,
        fetched_at: u64,
        buffer: &mut [u8],
    ) -> Result<RingUpdate, Error> {
        if self.number_claim.is_some() {
            return Err(Error::KeyRingMissingNumber);
        }
        if self.updated_at.is_some_and(|last| fetched_at <= last) {
            return Err(Error::KeyRingStale);
        }
        let (slots, mut has_dropped) = (&mut self.slots, false);
        let set = JwkSet::parse_and_inspect(set.as_ref(), buffer, &mut |jwk| {
            has_dropped |= drop_published(slots, jwk);
        })?;
        self.take_over(set, fetched_at, has_dropped)
    }

    /// Withdraws the keys that a newer set does not list, and adds those that it lists.
    fn take_over(
        &mut self,
        set: JwkSet<'_>,
        fetched_at: u64,
        has_dropped: bool,
    ) -> Result<RingUpdate, Error> {
        self.updated_at = Some(fetched_at);
        let (listing, unusable) = Listing::<N>::read(set, &self.slots);

        let withdrawal = Withdrawal {
            at: fetched_at,
            end: fetched_at.saturating_add(self.max_token_lifetime),
        };
        let mut withdrawn = 0usize;
        for (slot, is_listed) in self.slots.iter_mut().zip(listing.is_listed) {
            // A withdrawn key that is still missing keeps its dates, so its time is not extended.
            if matches!(slot.state, State::Listed) && !is_listed {
                slot.state = State::Withdrawn(withdrawal);
                withdrawn = withdrawn.saturating_add(1);
            }
        }
        let added = self.add(&listing, fetched_at);
        if has_dropped {
            return Err(Error::KeyRingKeyPublished);
        }
        Ok(RingUpdate {
            added: added?,
            withdrawn,
            rejected: unusable.rejected,
            skipped: unusable.skipped,
        })
    }

    /// Adds all keys that a set lists, or none. Returns the number of keys that were not in the
    /// ring before.
    fn add(&mut self, listing: &Listing<N>, fetched_at: u64) -> Result<usize, Error> {
        let fresh = listing.fresh.as_ref().map_err(|error| *error)?;
        let is_listed = |index| listing.is_listed.get(index).copied().unwrap_or_default();
        let is_needed = |(index, slot): (usize, &Slot)| match slot.state {
            State::Withdrawn(withdrawal) => is_listed(index) || fetched_at < withdrawal.end,
            State::Listed => true,
            // A published key is remembered only while there is room.
            State::Published => false,
        };
        let needed = self
            .slots
            .iter()
            .enumerate()
            .filter(|slot| is_needed(*slot))
            .count();
        if needed.saturating_add(fresh.len()) > N {
            return Err(Error::KeyRingFull);
        }
        let mut index = 0usize;
        let mut spare = N.saturating_sub(needed).saturating_sub(fresh.len());
        self.slots.retain_mut(|slot| {
            let is_needed = is_needed((index, slot));
            if is_listed(index) && matches!(slot.state, State::Withdrawn(_)) {
                slot.state = State::Listed;
            }
            index = index.saturating_add(1);
            let is_kept = is_needed || (matches!(slot.state, State::Published) && spare > 0);
            if is_kept && !is_needed {
                spare = spare.saturating_sub(1);
            }
            is_kept
        });
        for slot in fresh {
            // There is room, as counted above, so this cannot fail.
            _ = self.slots.push(slot.clone());
        }
        Ok(fresh.len())
    }

    /// Drops every withdrawn key at once. Tokens signed with these keys are rejected from then on.
    /// Use it when the issuer reports that a key was stolen, or to make room after
    /// [`Error::KeyRingFull`]. A newer set that lists such a key restores it.
    pub fn forget_withdrawn(&mut self) {
        self.slots
            .retain(|slot| !matches!(slot.state, State::Withdrawn(_)));
    }

    /// Drops every key and the date of the last set, as a restart does. Use it when a clock that
    /// ran ahead has set a date that no new set will reach for a long time.
    ///
    /// After that, any set is accepted, even an old one. So fetch the next set from the issuer, not
    /// from a cache.
    pub fn reset(&mut self) {
        self.slots.clear();
        (self.updated_at, self.number) = (None, None);
    }

    /// Drops every key, and rejects each set that is not dated after `time`.
    ///
    /// Use it if the saved ring is lost ([`Error::KeyRingStateInvalid`]), with the latest time that
    /// the device knows, such as the time floor of its replay guard. Then an old set cannot restore
    /// a withdrawn key. The issuer has to date a set anew.
    pub fn reset_at(&mut self, time: Time) {
        self.reset();
        self.updated_at = Some(time.lower_bound());
    }

    /// Returns the keys, with a policy that also requires the issuer of the ring.
    #[must_use]
    pub fn keys<'r>(&'r self, policy: &Policy<'r>) -> RingKeys<'r, N> {
        self.keys_by(policy, Slot::key)
    }

    /// Returns the keys. `key_of` makes a key from a slot.
    fn keys_by<'r>(
        &'r self,
        policy: &Policy<'r>,
        key_of: impl Fn(&'r Slot) -> Key<'r>,
    ) -> RingKeys<'r, N> {
        let is_listed = |slot: &&Slot| matches!(slot.state, State::Listed);
        let is_withdrawn = |slot: &&Slot| matches!(slot.state, State::Withdrawn(_));
        // Withdrawn keys come last, the most recently added first.
        let listed = self.slots.iter().filter(is_listed);
        let withdrawn = self.slots.iter().rev().filter(is_withdrawn);
        let mut keys = Vec::new();
        for slot in listed.chain(withdrawn) {
            // The list has room for every slot, so this cannot fail.
            let key = key_of(slot).with_issuer(self.issuer);
            #[cfg(feature = "device")]
            let key = if self.is_time_source {
                key.as_time_source()
            } else {
                key
            };
            _ = keys.push(key);
        }
        RingKeys {
            keys,
            policy: policy.issuer(self.issuer),
            kid_required: self.kid_required,
            trusted: self.updated_at.zip(self.stale_after),
        }
    }
}

/// Shows the issuer, the number of keys and the date. The keys themselves are too long for a log.
impl<const N: usize> fmt::Debug for KeyRing<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("issuer", &self.issuer)
            .field("keys", &self.slots.len())
            .field("updated_at", &self.updated_at)
            .finish_non_exhaustive()
    }
}
