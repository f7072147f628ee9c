//! The second step: what was checked is stored, and only then given out.

use core::convert::Infallible;

use super::{change::Change, fact::Fact, nonce::Nonce};

/// Memory that keeps facts through a power cut. The package `embedded-jwt-store` implements it over
/// flash.
pub trait Store {
    /// The reason why a fact could not be stored.
    type Error;

    /// Stores a fact. Returns only after it is sure that the fact is returned after every later
    /// restart.
    ///
    /// # Errors
    /// The fact may be stored or not. The token is not accepted.
    fn append(&mut self, fact: &Fact) -> Result<(), Self::Error>;

    /// Calls `each` for every fact that is stored and may be alive, in any order.
    ///
    /// # Errors
    /// The memory cannot be read.
    fn facts(&mut self, each: impl FnMut(&Fact)) -> Result<(), Self::Error>;
}

/// Memory that forgets at a restart, for servers and tests.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Volatile;

impl Store for Volatile {
    type Error = Infallible;

    fn append(&mut self, _: &Fact) -> Result<(), Infallible> {
        Ok(())
    }

    fn facts(&mut self, _: impl FnMut(&Fact)) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A token that may be used once. [`Permit::commit`] uses it. If the permit is dropped, nothing has
/// changed.
#[derive(Debug)]
#[must_use = "only `commit` records the token and gives it out"]
pub struct Permit<'s, T> {
    pub(super) subject: T,
    pub(super) fact: Fact,
    pub(super) change: Change<'s>,
    pub(super) nonce: Option<&'s mut Nonce>,
}

impl<T> Permit<'_, T> {
    /// Stores that the token is used, and returns the token to act on.
    ///
    /// # Errors
    /// The error of the store. The guard has not changed. The token may be stored as used: then a
    /// second attempt is rejected after a restart.
    pub fn commit<S: Store>(self, store: &mut S) -> Result<Accepted<T>, S::Error> {
        store.append(&self.fact)?;
        self.change.apply(&self.fact);
        if let Some(nonce) = self.nonce {
            nonce.cancel();
        }
        Ok(Accepted(self.subject))
    }
}

/// A token that is recorded as used: act on it.
#[derive(Debug)]
#[must_use = "the token is used up"]
pub struct Accepted<T>(T);

impl<T> Accepted<T> {
    /// Returns the token.
    pub const fn token(&self) -> &T {
        &self.0
    }

    /// Returns the token by value.
    pub fn into_token(self) -> T {
        self.0
    }
}
