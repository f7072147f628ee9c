//! The keys of one issuer over time: what its JWK Sets listed, for as long as tokens need it.

use heapless::{String, Vec};

use super::{JwkSet, Key, OwnedPublicKey};
use crate::{error::Error, limits::MAX_KID_LEN, policy::Policy, time::Time, verifier::Verifier};

/// The ES256 keys of one issuer, up to `N`, kept while its JWK Sets come and go.
///
/// A ring belongs to one issuer, and its keys come out only together with a policy that requires this issuer. So
/// no key verifies a token of another issuer, and none pushes out the keys of another: a gateway has a ring for
/// each.
///
/// A key that is no longer listed is retired: it verifies until the last token that it may have signed has
/// expired, and is dropped then. [`KeyRing::forget_retired`] drops it at once.
///
/// Every update is all or nothing. Tokens change nothing here, however many come.
///
/// ```
/// use embedded_jwt::{Error, KeyRing, Policy, Time};
/// static POLICY: Policy<'static> = Policy::new().audience("pump-7");
/// const NOW: u64 = 1_790_000_000;
///
/// // Tokens of this issuer live for an hour at most.
/// let mut ring: KeyRing<'_, 8> = KeyRing::new("https://auth.example", 3600);
///
/// // What the issuer serves as `jwks_uri`, fetched over a channel that shows that it is the issuer.
/// let set = br#"{"keys":[{"kty":"EC","crv":"P-256","kid":"2026",
///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// ring.update(set, NOW, &mut [0; 512])?;
///
/// let time = Time::Trusted(NOW + 60);
/// let mut buffer = [0; 512];
/// let verdict = ring.keys(&POLICY, time).verifier().verify(b"garbage", time, &mut buffer).map(drop);
/// assert_eq!(verdict, Err(Error::NotThreeSegments));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeyRing<'i, const N: usize> {
    issuer: &'i str,
    max_token_lifetime: u64,
    updated_at: Option<u64>,
    slots: Vec<Slot, N>,
}

/// A key and what is left of its life.
#[derive(Clone, Debug)]
struct Slot {
    kid: Option<String<MAX_KID_LEN>>,
    key: OwnedPublicKey,
    /// When the last token that it may have signed expires; `None` while it is listed.
    retired_until: Option<u64>,
}

impl Slot {
    fn new(key: &Key<'_>) -> Result<Self, Error> {
        let kid = key.kid.map(String::try_from).transpose();
        Ok(Self {
            kid: kid.map_err(|_| Error::KeyRingKidTooLong)?,
            key: OwnedPublicKey::of(key).ok_or(Error::KeyRingNoKeys)?,
            retired_until: None,
        })
    }

    fn key(&self) -> Key<'_> {
        Key {
            kid: self.kid.as_deref(),
            ..self.key.key()
        }
    }

    /// Another `kid` makes it another key, and so does another point under one `kid`.
    fn is(&self, key: &Key<'_>) -> bool {
        self.kid.as_deref() == key.kid && key.public_key() == self.key.key().public_key()
    }

    /// Whether the present is surely before the end of its life.
    fn verifies_at(&self, time: Time) -> bool {
        self.retired_until
            .is_none_or(|end| time.upper_bound() < end)
    }
}

impl<'i, const N: usize> KeyRing<'i, N> {
    /// An empty ring for the issuer with this `iss`.
    ///
    /// `max_token_lifetime` is for how many seconds a token of this issuer may be accepted, with the leeway of the
    /// policy: as long, a key goes on to verify after the issuer has stopped to list it.
    #[must_use]
    pub const fn new(issuer: &'i str, max_token_lifetime: u64) -> Self {
        Self {
            issuer,
            max_token_lifetime,
            updated_at: None,
            slots: Vec::new(),
        }
    }

    /// The `iss` of its tokens.
    #[must_use]
    pub const fn issuer(&self) -> &'i str {
        self.issuer
    }

    /// When the set that it was last updated with was fetched.
    #[must_use]
    pub const fn updated_at(&self) -> Option<u64> {
        self.updated_at
    }

    /// Takes what a JWK Set of the issuer lists: adds the keys that are new, and retires those that are missing.
    ///
    /// `fetched_at`, in seconds since 1970, says from when the set is: when it was fetched, less the time that it
    /// spent in caches (`Age` in HTTP), or when it was issued, where it says so and is signed. It has to come from a
    /// clock that can be trusted, because sets are ordered by it: one that is not newer than the last is refused, so
    /// an old set brings no retired key back. A retired key that a newer set lists is a key again.
    ///
    /// `buffer` is as for [`JwkSet::parse`]. An unknown `kid` in a token is a reason to fetch the set anew, but
    /// everybody can send one: the caller limits how often.
    ///
    /// # Errors
    /// The ring is as it was after [`Error::KeyRingStale`], [`Error::KeyRingNoKeys`], [`Error::KeyRingKidTooLong`],
    /// [`Error::KeyRingFull`], [`Error::JwkSetNoRoom`] and the errors of [`JwkSet::parse`].
    pub fn update(&mut self, set: &[u8], fetched_at: u64, buffer: &mut [u8]) -> Result<(), Error> {
        if self.updated_at.is_some_and(|last| fetched_at <= last) {
            return Err(Error::KeyRingStale);
        }
        let listed: Vec<Key<'_>, N> = JwkSet::parse(set, buffer)?.keys()?;
        // An issuer that lists nothing of use is misread or mistaken; it does not mean to end its service.
        if listed.is_empty() {
            return Err(Error::KeyRingNoKeys);
        }
        let is_listed = |slot: &Slot| listed.iter().any(|key| slot.is(key));
        let is_needed =
            |slot: &Slot| is_listed(slot) || slot.retired_until.is_none_or(|end| fetched_at < end);

        // Nothing is changed before everything is known to fit.
        let mut fresh: Vec<Slot, N> = Vec::new();
        for key in &listed {
            let is_known = self.slots.iter().chain(&fresh).any(|slot| slot.is(key));
            if !is_known {
                let slot = Slot::new(key)?;
                fresh.push(slot).map_err(|_| Error::KeyRingFull)?;
            }
        }
        let needed = self.slots.iter().filter(|slot| is_needed(slot)).count();
        if needed.saturating_add(fresh.len()) > N {
            return Err(Error::KeyRingFull);
        }

        self.slots.retain(is_needed);
        let end = fetched_at.saturating_add(self.max_token_lifetime);
        for slot in &mut self.slots {
            slot.retired_until = if is_listed(slot) {
                None
            } else {
                // The end that it has stays: being missing again is no reason to live longer.
                slot.retired_until.or(Some(end))
            };
        }
        for slot in fresh {
            // There is room, as counted above.
            _ = self.slots.push(slot);
        }
        self.updated_at = Some(fetched_at);
        Ok(())
    }

    /// Drops every retired key at once, and the tokens that it signed with it: for when the issuer says that one is
    /// in the wrong hands.
    pub fn forget_retired(&mut self) {
        self.slots.retain(|slot| slot.retired_until.is_none());
    }

    /// The keys that verify at `time`, with `policy` and the issuer as what is expected of a token.
    ///
    /// Without a clock nobody knows whether a retired key has reached its end: it counts only at a
    /// [`Time::Trusted`].
    #[must_use]
    pub fn keys<'r>(&'r self, policy: &Policy<'r>, time: Time) -> RingKeys<'r, N> {
        let mut keys = Vec::new();
        for slot in self.slots.iter().filter(|slot| slot.verifies_at(time)) {
            // As many as there are slots.
            _ = keys.push(slot.key());
        }
        RingKeys {
            keys,
            policy: policy.issuer(self.issuer),
        }
    }
}

/// Issuer, number of keys and date: keys are public, and too long for a log.
#[cfg(feature = "defmt")]
impl<const N: usize> defmt::Format for KeyRing<'_, N> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(
            fmt,
            "KeyRing {{ issuer: {=str}, keys: {=usize}, updated_at: {}, .. }}",
            self.issuer,
            self.slots.len(),
            self.updated_at
        );
    }
}

/// The keys of a [`KeyRing`] at one time, and a policy that requires their issuer.
#[derive(Clone, Debug)]
pub struct RingKeys<'r, const N: usize> {
    keys: Vec<Key<'r>, N>,
    policy: Policy<'r>,
}

impl<const N: usize> RingKeys<'_, N> {
    /// The verifier with these keys and this policy.
    #[must_use]
    pub fn verifier(&self) -> Verifier<'_> {
        Verifier::new(&self.keys, &self.policy)
    }
}

#[cfg(feature = "defmt")]
impl<const N: usize> defmt::Format for RingKeys<'_, N> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(fmt, "{}", self.verifier());
    }
}
