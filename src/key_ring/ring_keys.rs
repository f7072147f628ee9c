//! The keys of a ring and their policy, which verify tokens.

use heapless::Vec;

use crate::{
    crypto::{Crypto, Software},
    error::Error,
    keys::Key,
    policy::Policy,
    time::Time,
    token::Token,
    verifier::Verifier,
};

/// The keys of a [`KeyRing`](crate::jwk::KeyRing), and a policy that requires their issuer.
///
/// The time of each verification decides which keys are used. So a kept `RingKeys` does not extend
/// the use of withdrawn or outdated keys.
#[derive(Clone, Debug)]
pub struct RingKeys<'r, const N: usize> {
    pub(crate) keys: Vec<Key<'r>, N>,
    pub(crate) policy: Policy<'r>,
    pub(super) kid_required: bool,
    /// The date of the last set, and the number of seconds for which it is trusted.
    pub(super) trusted: Option<(u64, u64)>,
}

impl<const N: usize> RingKeys<'_, N> {
    /// Verifies a token and checks its claims, as [`Verifier::verify`] does.
    ///
    /// # Errors
    /// - [`Error::KeyRingOutdated`], if the limit of [`KeyRing::stale_after`](crate::jwk::KeyRing::stale_after) applies
    /// - [`Error::KeyWithdrawn`] for a token under a withdrawn key, if the token has no `iat`
    ///   before the withdrawal or the key has ended
    /// - the errors of [`Verifier::verify`]
    pub fn verify<'b>(
        &self,
        token: impl AsRef<[u8]>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<Token<'b, '_>, Error> {
        self.verify_with(&mut Software, token, time, buffer)
    }

    /// Verifies as [`RingKeys::verify`] does, with the caller's back-end.
    ///
    /// # Errors
    /// The errors of [`RingKeys::verify`].
    pub fn verify_with<'b>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        token: impl AsRef<[u8]>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<Token<'b, '_>, Error> {
        self.verifier(time)?
            .verify_with(crypto, token, time, buffer)
    }

    /// Verifies a token and checks its claims without a second buffer, as
    /// [`Verifier::verify_in_place`] does.
    ///
    /// # Errors
    /// The errors of [`RingKeys::verify`], except [`Error::BufferTooSmall`].
    pub fn verify_in_place<'b>(
        &self,
        token: &'b mut [u8],
        time: Time,
    ) -> Result<Token<'b, '_>, Error> {
        self.verify_in_place_with(&mut Software, token, time)
    }

    /// Verifies as [`RingKeys::verify_in_place`] does, with the caller's back-end.
    ///
    /// # Errors
    /// The errors of [`RingKeys::verify_in_place`].
    pub fn verify_in_place_with<'b>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        token: &'b mut [u8],
        time: Time,
    ) -> Result<Token<'b, '_>, Error> {
        self.verifier(time)?
            .verify_in_place_with(crypto, token, time)
    }

    /// Returns the verifier for this time.
    pub(crate) fn verifier(&self, time: Time) -> Result<Verifier<'_>, Error> {
        let is_outdated = |(at, seconds): (u64, u64)| {
            let late = at.saturating_add(seconds);
            time.lower_bound() >= late || time.upper_bound().saturating_add(seconds) <= at
        };
        if self.trusted.is_some_and(is_outdated) {
            return Err(Error::KeyRingOutdated);
        }
        let verifier = Verifier::new(&self.keys, &self.policy);
        Ok(if self.kid_required {
            verifier.require_kid()
        } else {
            verifier
        })
    }
}
