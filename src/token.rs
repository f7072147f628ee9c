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
///
/// Header and claims borrow only the buffer (`'b`). So claims can outlive the keys (`'k`) and the
/// policy:
///
/// ```
/// use embedded_jwt::{Error, Key, Policy, Time, Verifier};
///
/// #[derive(serde::Deserialize)]
/// struct Command<'a> {
///     valve: &'a str,
/// }
///
/// fn receive<'b>(
///     device_id: &str,
///     keys: &[Key<'_>],
///     token: &[u8],
///     now: u64,
///     buffer: &'b mut [u8; 512],
/// ) -> Result<Command<'b>, Error> {
///     let policy = Policy::new().audience(device_id);
///     let token = Verifier::new(keys, &policy).verify(token, Time::Trusted(now), buffer)?;
///     token.claims().deserialize()
/// }
/// # _ = receive;
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Token<'b, 'k> {
    header: Header<'b>,
    claims: Claims<'b>,
    key: &'k Key<'k>,
    freshness: Freshness,
    /// The first second, since 1970, at which the policy no longer accepts the token.
    end: Option<u64>,
}

impl<'b, 'k> Token<'b, 'k> {
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
    pub const fn key(&self) -> &'k Key<'k> {
        self.key
    }

    /// Returns whether the token is known to be valid at present. [`Freshness::Unproved`] occurs
    /// only under [`Policy::accept_unproved_freshness`].
    #[must_use]
    pub const fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// Returns the first second, since 1970, at which the policy no longer accepts this token: the
    /// `exp` plus the leeway. `None` for a token without `exp`. To detect a replay, remember the
    /// `jti` until then.
    #[must_use]
    pub const fn remember_until(&self) -> Option<u64> {
        self.end
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

impl<'b, 'k> Verified<'b, 'k> {
    /// Reads the claims, and checks key, header and claims against the policy. These are the last
    /// steps of [`Verifier::verify`](crate::Verifier::verify).
    ///
    /// # Errors
    /// The errors of [`Verified::claims`] and [`Policy::check`].
    pub fn check(self, policy: &Policy<'_>, time: Time) -> Result<Token<'b, 'k>, Error> {
        let (header, key, payload) = self.into_parts();
        let claims = Claims::parse(payload)?;
        let freshness = policy.check(key, &header, &claims, time)?;
        Ok(Token {
            header,
            claims,
            key,
            freshness,
            end: claims.exp().map(|exp| policy.end_of(exp)),
        })
    }
}
