//! The second step: the fact of a checked token is stored, and only then the token is returned to
//! act on.

use core::convert::Infallible;

use super::{change::Change, fact::Fact, nonce::Nonce};

/// Memory that keeps facts through a power cut. The package `embedded-jwt-store` implements it over
/// flash.
pub trait Store {
    /// The reason why a fact could not be stored.
    type Error;

    /// Stores a fact. When this returns `Ok`, [`Store::facts`] must report the fact after every
    /// later restart.
    ///
    /// # Errors
    /// The error of the memory. The fact may or may not be stored. The token is not accepted.
    fn append(&mut self, fact: &Fact) -> Result<(), Self::Error>;

    /// Calls `each` for every stored fact that may still be needed, in any order.
    ///
    /// # Errors
    /// The error of the memory, if it cannot be read.
    fn facts(&mut self, each: impl FnMut(&Fact)) -> Result<(), Self::Error>;
}

/// A store that loses its facts at a restart, for servers and tests.
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
    /// The error of the store. The guard is unchanged. The store may have recorded the token as
    /// used. In that case, the same token is rejected after a restart.
    pub fn commit<S: Store>(self, store: &mut S) -> Result<Accepted<T>, S::Error> {
        store.append(&self.fact)?;
        self.change.apply(&self.fact);
        if let Some(nonce) = self.nonce {
            nonce.cancel();
        }
        Ok(Accepted(self.subject))
    }
}

/// A token that is recorded as used. The caller may act on it.
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
