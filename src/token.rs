//! The result of a verification: a token to act on.

use crate::{
    claims::{AccessToken, Claims},
    error::Error,
    jws::{Header, Verified},
    keys::Key,
    policy::{Freshness, Policy},
    time::Time,
};

/// A token that the caller may act on: its signature is valid, and its claims meet the policy.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Token<'b> {
    header: Header<'b>,
    claims: Claims<'b>,
    key: &'b Key<'b>,
    freshness: Freshness,
}

impl<'b> Token<'b> {
    /// Returns the JOSE header.
    #[must_use]
    pub const fn header(&self) -> &Header<'b> {
        &self.header
    }

    /// Returns the claims.
    #[must_use]
    pub const fn claims(&self) -> &Claims<'b> {
        &self.claims
    }

    /// Returns the key that verified the signature: an element of the caller's slice.
    #[must_use]
    pub const fn key(&self) -> &'b Key<'b> {
        self.key
    }

    /// Returns whether the token is known to be valid at present. [`Freshness::Unproved`] occurs
    /// only under [`Policy::accept_unproved_freshness`].
    #[must_use]
    pub const fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// Returns the claims as those of an access token. It succeeds for every token that a
    /// [`Policy::access_token`] accepted.
    ///
    /// # Errors
    /// The errors of [`AccessToken::new`].
    pub fn access_token(&self) -> Result<AccessToken<'b>, Error> {
        AccessToken::new(&self.claims)
    }
}

impl<'b> Verified<'b> {
    /// Reads the claims, and checks key, header and claims against the policy. These are the last
    /// steps of [`Verifier::verify`](crate::Verifier::verify).
    ///
    /// # Errors
    /// The errors of [`Verified::claims`] and [`Policy::check`].
    pub fn check(self, policy: &Policy<'_>, time: Time) -> Result<Token<'b>, Error> {
        let (header, key, payload) = self.into_parts();
        let claims = Claims::parse(payload)?;
        let freshness = policy.check(key, &header, &claims, time)?;
        Ok(Token {
            header,
            claims,
            key,
            freshness,
        })
    }
}
