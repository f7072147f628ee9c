//! What comes out at the end: a token to act on.

use crate::{
    claims::{AccessToken, Claims},
    error::Error,
    jws::{Header, Verified},
    keys::Key,
    policy::{Freshness, Policy},
    time::Time,
};

/// A token that may be acted on: its signature is good and its claims are what the policy expects.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Token<'b> {
    header: Header<'b>,
    claims: Claims<'b>,
    key: &'b Key<'b>,
    freshness: Freshness,
}

impl<'b> Token<'b> {
    /// The JOSE header.
    #[must_use]
    pub const fn header(&self) -> &Header<'b> {
        &self.header
    }

    /// The claims.
    #[must_use]
    pub const fn claims(&self) -> &Claims<'b> {
        &self.claims
    }

    /// The key that the signature is by: the element of the caller's slice.
    #[must_use]
    pub const fn key(&self) -> &'b Key<'b> {
        self.key
    }

    /// Whether the token is known to be valid at present.
    /// [`Freshness::Unproved`] only under [`Policy::accept_unproved_freshness`].
    #[must_use]
    pub const fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// The claims, as those of an access token. Of a token that [`Policy::access_token`] accepted they are.
    ///
    /// # Errors
    /// As [`AccessToken::new`].
    pub fn access_token(&self) -> Result<AccessToken<'b>, Error> {
        AccessToken::new(&self.claims)
    }
}

impl<'b> Verified<'b> {
    /// Reads the claims and checks them with the header and the key: the last steps of
    /// [`Verifier::verify`](crate::Verifier::verify).
    ///
    /// # Errors
    /// Those of [`Verified::claims`] and [`Policy::check`].
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
