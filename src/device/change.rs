//! The counters and the clock of a guard, and the change that one fact makes.

use core::fmt;

use super::fact::{Fact, ID_LEN, Kind, joined};
use crate::{error::Error, time::Time, token::Token};

/// The numbers that were used in the tokens of one issuer.
#[derive(Clone, Copy)]
pub(super) struct Counter {
    pub(super) id: [u8; ID_LEN],
    pub(super) last: u64,
    pub(super) window: u64,
}

/// The time floor, the time since which tokens are remembered, and whether the guard is open.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) floor: u64,
    pub(super) since: u64,
    pub(super) largest_step: u64,
    pub(super) is_open: bool,
}

impl Clock {
    pub(super) const fn fact(&self) -> Fact {
        Fact {
            kind: Kind::Time,
            id: [0; ID_LEN],
            value: 0,
            window: 0,
            floor: self.floor,
            since: self.since,
        }
    }

    /// Returns the fact that a token or a number was used.
    pub(super) const fn fact_of(&self, kind: Kind, id: [u8; ID_LEN], value: u64) -> Fact {
        Fact {
            kind,
            id,
            value,
            ..self.fact()
        }
    }

    /// Raises `floor` and `since` to the values of a fact.
    pub(super) fn learn(&mut self, fact: &Fact) {
        self.floor = self.floor.max(fact.floor);
        self.since = self.since.max(fact.since);
    }

    /// Returns the state of the clock after the use of the token.
    pub(super) fn after(
        &self,
        token: &Token<'_, '_>,
        time: Time,
        has_nonce: bool,
    ) -> Result<Self, Error> {
        if !self.is_open && !has_nonce {
            return Err(Error::ReplayGuardClosed);
        }
        let mut after = *self;
        let iat = token.claims().iat();
        let of_token = iat.filter(|_| token.key().is_time_source());
        let of_clock = match time {
            Time::Trusted(now) => Some(now),
            Time::AtLeast(_) | Time::Unknown => None,
        };
        let known = of_token.max(of_clock).unwrap_or_default();
        let limit = self.floor.saturating_add(self.largest_step);
        after.floor = self.floor.max(known.min(limit));
        if !self.is_open {
            // The issuer made the token after the device issued the nonce. So the `iat` is the
            // present, and the limit on the step does not apply.
            after.floor = after.floor.max(of_token.unwrap_or_default());
            after.since = self.since.max(iat.ok_or(Error::MissingIat)?);
        }
        Ok(after)
    }

    /// Checks that the token was issued after the time since which tokens are remembered.
    pub(super) fn knows(&self, iat: Option<u64>) -> Result<(), Error> {
        if self.since == 0 {
            return Ok(());
        }
        match iat {
            None => Err(Error::MissingIat),
            Some(iat) if iat <= self.since => Err(Error::IssuedBeforeReset),
            Some(_) => Ok(()),
        }
    }
}

/// The part of the guard that a fact changes.
pub(super) struct Change<'s> {
    pub(super) clock: &'s mut Clock,
    pub(super) place: Place<'s>,
}

pub(super) enum Place<'s> {
    Token(&'s mut (u64, [u8; ID_LEN])),
    Counter(&'s mut Option<Counter>),
}

impl fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Change")
    }
}

impl Change<'_> {
    pub(super) fn apply(self, fact: &Fact) {
        self.clock.learn(fact);
        self.clock.is_open = true;
        match self.place {
            Place::Token(place) => {
                place.0 = place.0.max(fact.value);
                place.1 = fact.id;
            }
            Place::Counter(place) => {
                let (last, window) = match place {
                    Some(known) => joined((known.last, known.window), (fact.value, fact.window)),
                    None => (fact.value, fact.window),
                };
                *place = Some(Counter {
                    id: fact.id,
                    last,
                    window,
                });
            }
        }
    }
}
