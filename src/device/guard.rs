//! The replay guard: the tokens that were used, the counters, and the time floor.

use core::fmt;

use super::{
    change::{Change, Clock, Counter, Place},
    fact::{Fact, ID_LEN, Kind, id, joined},
    nonce::{Candidate, Nonce},
    permit::{Permit, Store},
};
use crate::{error::Error, json::Text, time::Time, token::Token};

/// Remembers the tokens that a device has used, so that none is accepted twice. It holds up to `N`
/// identifiers at one time, and a counter for each of up to `C` issuers.
///
/// The guard is in RAM and takes 24 bytes for an identifier and 40 for a counter. Each
/// [`Permit::commit`] writes one [`Fact`] to a [`Store`]. After a restart,
/// [`ReplayGuard::restore`] reads the facts.
///
/// - The guard never forgets a token that has not expired. If all places are taken, it rejects a
///   new token ([`Error::ReplayGuardFull`]). If it dropped an old one instead, an attacker could
///   fill the guard and then replay that one.
/// - It identifies a token by its claims `iss` and `jti`, never by its bytes: each ECDSA signature
///   has a second valid form.
/// - It forgets a token only when the **time floor** has passed its `exp` and the leeway. The floor
///   begins at the build time and never falls. A trusted clock raises it. So does the `iat` of an
///   accepted token whose key is marked with [`Key::as_time_source`](crate::Key::as_time_source).
///   One token raises the floor by 30 days at most, so that one wrong date cannot make the device
///   reject everything from then on. An attacker with a leaked key can send more such tokens. To
///   recover, replace the key, erase the store, and open the guard with a nonce.
/// - A guard that was not restored is **closed**. It accepts only a token with a fresh
///   [`Nonce`](super::Nonce), and such a token opens it. From then on, tokens that were issued
///   earlier are rejected ([`Error::IssuedBeforeReset`]), because they may have been used.
pub struct ReplayGuard<const N: usize, const C: usize = 1> {
    /// Each identifier, with the second at which its token has expired. 0 is a free place.
    used: [(u64, [u8; ID_LEN]); N],
    counters: [Option<Counter>; C],
    pub(super) clock: Clock,
    reorders: bool,
}

/// Shows the time floor and whether the guard is open. It shows no identifiers.
impl<const N: usize, const C: usize> fmt::Debug for ReplayGuard<N, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplayGuard")
            .field("floor", &self.clock.floor)
            .field("is_open", &self.clock.is_open)
            .finish_non_exhaustive()
    }
}

/// 30 days in seconds.
const LARGEST_STEP: u64 = 30 * 24 * 60 * 60;

impl<const N: usize, const C: usize> ReplayGuard<N, C> {
    /// The maximum number of facts that a store has to keep for the guard at one time.
    pub const FACTS: usize = N.saturating_add(C);

    /// Creates a closed guard. `build_time` is the time of the firmware's build, in seconds since
    /// 1970.
    #[must_use]
    pub const fn new(build_time: u64) -> Self {
        Self {
            used: [(0, [0; ID_LEN]); N],
            counters: [None; C],
            clock: Clock {
                floor: build_time,
                since: 0,
                largest_step: LARGEST_STEP,
                is_open: false,
            },
            reorders: false,
        }
    }

    /// Sets the maximum number of seconds by which one token raises the time floor. The default is
    /// 30 days. The token that opens a closed guard is not limited.
    #[must_use]
    pub const fn largest_step(mut self, seconds: u64) -> Self {
        self.clock.largest_step = seconds;
        self
    }

    /// Also accepts each of the 64 numbers below the last one, once, for links that reorder
    /// commands. By default, a number has to be higher than the last one.
    #[must_use]
    pub const fn accept_reordered(mut self) -> Self {
        self.reorders = true;
        self
    }

    /// Opens the guard of a new device, and stores that it is open. Call it only in the factory: on
    /// a device that has lost its memory, every old token would be accepted again.
    ///
    /// # Errors
    /// The error of the store. The guard stays closed.
    pub fn provision<S: Store>(&mut self, store: &mut S) -> Result<(), S::Error> {
        self.open_since(0, store)
    }

    /// Opens the guard, and stores that it is open. The guard then rejects every token that was
    /// issued at `since`, in seconds since 1970, or before.
    ///
    /// Call it on a server or a device that has lost its memory and has a trusted clock. `since` is
    /// the present plus the leeway for the clocks of issuers.
    ///
    /// # Errors
    /// The error of the store. The guard stays as it was.
    pub fn open_since<S: Store>(&mut self, since: u64, store: &mut S) -> Result<(), S::Error> {
        let clock = Clock {
            since: self.clock.since.max(since),
            is_open: true,
            ..self.clock
        };
        store.append(&clock.fact())?;
        self.clock = clock;
        Ok(())
    }

    /// Reads the facts of the store after a restart, before the first check.
    ///
    /// # Errors
    /// The error of the store. The guard is closed then.
    pub fn restore<S: Store>(&mut self, store: &mut S) -> Result<Restored, S::Error> {
        self.clock.is_open = false;
        let mut clock = self.clock;
        let mut is_empty = true;
        // The time floor comes first: it decides which tokens have expired.
        store.facts(|fact| {
            clock.learn(fact);
            is_empty = false;
        })?;
        self.clock = clock;
        let mut is_full = false;
        let read = store.facts(|fact| {
            let change = match fact.kind {
                Kind::Time => return,
                Kind::Token if !fact.is_alive(clock.floor) => return,
                Kind::Token => self.place_of_token(&fact.id, clock.floor),
                Kind::Counter => self.place_of_counter(&fact.id),
            };
            match change {
                Some(change) => change.apply(fact),
                None => is_full = true,
            }
        });
        // Applying a fact opens the guard. An incomplete set of facts must not open it.
        self.clock.is_open = false;
        read?;
        self.clock.is_open = !is_empty && !is_full;
        Ok(match (is_full, is_empty) {
            (true, _) => Restored::Full,
            (false, true) => Restored::Nothing,
            (false, false) => Restored::Open,
        })
    }

    /// Returns whether the guard accepts tokens without a nonce.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.clock.is_open
    }

    /// Returns what the guard knows about the time, for the verification of the next token.
    #[must_use]
    pub const fn time(&self) -> Time {
        Time::AtLeast(self.clock.floor)
    }

    /// Checks that the token was not used before, by its `iss` and `jti`. It needs a `jti` and an
    /// `exp`. `time` is the time at which it was verified.
    ///
    /// All tokens need the same [`Policy::leeway`](crate::Policy::leeway), also after an update of the
    /// firmware. Under a longer one, a token that the guard has forgotten would be accepted again.
    ///
    /// # Errors
    /// [`Error::MissingJti`], [`Error::MissingExp`], [`Error::ReplayGuardClosed`],
    /// [`Error::MissingIat`] and [`Error::IssuedBeforeReset`] after the memory was lost,
    /// [`Error::Expired`] if the token ended before the time floor, [`Error::Replayed`],
    /// [`Error::ReplayGuardFull`]
    pub fn check<'s, 'b, 'k>(
        &'s mut self,
        token: impl Into<Candidate<'s, 'b, 'k>>,
        time: Time,
    ) -> Result<Permit<'s, Token<'b, 'k>>, Error> {
        let Candidate { token, nonce } = token.into();
        let claims = token.claims();
        let jti = claims.required_jti()?;
        let until = token.remember_until().ok_or(Error::MissingExp)?;
        let clock = self.clock.after(&token, time, nonce.is_some())?;
        if nonce.is_none() {
            self.clock.knows(claims.iat())?;
        }
        let issuer = claims.iss().map(Text::as_bytes);
        let id = id(b'T', [issuer, Some(jti.as_bytes())]);
        self.permit_once(token, nonce, &clock.fact_of(Kind::Token, id, until))
    }

    /// Checks that `number`, which the caller read from the claims of the token, is higher than the
    /// last number of its issuer. Gaps are allowed. The token needs no `jti` and no `exp`.
    ///
    /// The first token of an issuer may have any number.
    ///
    /// # Errors
    /// [`Error::ReplayGuardClosed`], [`Error::Replayed`], [`Error::ReplayGuardFull`] for more than
    /// `C` issuers; after the memory was lost, [`Error::MissingIat`] and
    /// [`Error::IssuedBeforeReset`] for the first token of an issuer, and for each number that is
    /// not higher than the last one
    pub fn check_counter<'s, 'b, 'k>(
        &'s mut self,
        token: impl Into<Candidate<'s, 'b, 'k>>,
        number: u64,
        time: Time,
    ) -> Result<Permit<'s, Token<'b, 'k>>, Error> {
        let Candidate { token, nonce } = token.into();
        let claims = token.claims();
        let clock = self.clock.after(&token, time, nonce.is_some())?;
        let issuer = claims.iss().map(Text::as_bytes);
        let id = id(b'C', [issuer, None]);
        let known = self.counters.iter().flatten().find(|it| it.id == id);
        let (value, window) = match known {
            None => {
                if nonce.is_none() {
                    self.clock.knows(claims.iat())?;
                }
                (number, 0)
            }
            Some(Counter { last, window, .. }) => {
                let used = (*last, *window);
                let after = joined((number, 0), used);
                let is_next = number > *last;
                let is_late = self.reorders && after != used && last.wrapping_sub(number) <= 64;
                if !is_next && !is_late {
                    return Err(Error::Replayed);
                }
                // After a loss, the window does not know what was used before the first number.
                if is_late && nonce.is_none() {
                    self.clock.knows(claims.iat())?;
                }
                after
            }
        };
        let fact = Fact {
            window,
            ..clock.fact_of(Kind::Counter, id, value)
        };
        let change = self.place_of_counter(&id).ok_or(Error::ReplayGuardFull)?;
        Ok(Permit {
            subject: token,
            fact,
            change,
            nonce,
        })
    }

    /// Returns the permit for a subject that may be used once. It is remembered until the value of
    /// the fact.
    pub(super) fn permit_once<'s, T>(
        &'s mut self,
        subject: T,
        nonce: Option<&'s mut Nonce>,
        fact: &Fact,
    ) -> Result<Permit<'s, T>, Error> {
        if !fact.is_alive(fact.floor) {
            return Err(Error::Expired);
        }
        if self.place_of_known(&fact.id).is_some() {
            return Err(Error::Replayed);
        }
        let change = self.place_of_token(&fact.id, fact.floor);
        Ok(Permit {
            subject,
            fact: *fact,
            change: change.ok_or(Error::ReplayGuardFull)?,
            nonce,
        })
    }

    fn place_of_known(&self, id: &[u8; ID_LEN]) -> Option<usize> {
        self.used
            .iter()
            .position(|place| place.0 > 0 && place.1 == *id)
    }

    /// Returns the place of the token. If it has none, returns a place that is free or whose token
    /// has expired at `floor`.
    ///
    /// `floor` may already include the time of the new token, because one fact stores both.
    fn place_of_token(&mut self, id: &[u8; ID_LEN], floor: u64) -> Option<Change<'_>> {
        let free = || self.used.iter().position(|place| place.0 <= floor);
        let index = self.place_of_known(id).or_else(free)?;
        Some(Change {
            clock: &mut self.clock,
            place: Place::Token(self.used.get_mut(index)?),
        })
    }

    fn place_of_counter(&mut self, id: &[u8; ID_LEN]) -> Option<Change<'_>> {
        let is_it = |place: &Option<Counter>| place.is_some_and(|counter| counter.id == *id);
        let known = self.counters.iter().position(is_it);
        let index = known.or_else(|| self.counters.iter().position(Option::is_none))?;
        Some(Change {
            clock: &mut self.clock,
            place: Place::Counter(self.counters.get_mut(index)?),
        })
    }
}

/// The result of [`ReplayGuard::restore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use = "a device that has lost its memory needs a nonce"]
pub enum Restored {
    /// The guard is open.
    Open,
    /// The store holds no facts: the memory was lost, or the device is new. The guard is closed.
    Nothing,
    /// The store holds more facts than the guard has room for. The guard is closed.
    Full,
}
