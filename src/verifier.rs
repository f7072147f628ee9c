//! The whole way in one call.

use crate::{
    crypto::{Crypto, Software},
    error::Error,
    jws::{Compact, Source, Verified},
    keys::Key,
    policy::Policy,
    time::Time,
    token::Token,
};

/// Keys and a policy: what turns bytes from anywhere into a [`Token`] to act on.
///
/// Verification, in this order:
/// 1. the token splits into three segments of canonical base64url ([`Compact`]);
/// 2. the header is decoded, and `crit` and `b64` are honoured ([`Header`](crate::Header));
/// 3. keys are chosen by `kid`, and their algorithm has to be the header's `alg`;
/// 4. the signature is verified;
/// 5. the payload is decoded and read as a claims set ([`Claims`](crate::Claims));
/// 6. the policy checks key, header and claims at the given time ([`Policy`]). A key that is bound to an issuer
///    ([`Key::with_issuer`]) verifies no other issuer's token.
///
/// Nothing is kept from one token to the next, and nothing is allocated.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Verifier<'v> {
    source: Source<'v>,
    pub(crate) policy: &'v Policy<'v>,
}

impl<'v> Verifier<'v> {
    /// A verifier with these keys (an array, a slice, a `heapless::Vec`) and this policy.
    #[must_use]
    pub const fn new(keys: &'v [Key<'v>], policy: &'v Policy<'v>) -> Self {
        let source = Source {
            keys,
            kid_required: false,
        };
        Self { source, policy }
    }

    /// Rejects a token whose header has no `kid`, before any signature is verified: one that names no key may cost a
    /// verification for each of up to [`MAX_CANDIDATE_KEYS`](crate::limits::MAX_CANDIDATE_KEYS) keys.
    ///
    /// The error is [`Error::MissingKid`].
    #[must_use]
    pub const fn require_kid(mut self) -> Self {
        self.source.kid_required = true;
        self
    }

    /// Verifies a token and checks its claims. `buffer` takes the decoded header and payload:
    /// [`buffer_len`](crate::buffer_len) tells how long it has to be.
    ///
    /// A caller that wants to look at the claims of a token that its policy refuses takes the steps:
    /// [`Compact::verify`], [`Verified::claims`], [`Policy::check`].
    ///
    /// # Errors
    /// The first thing that is wrong, in the order above: see [`Error`].
    pub fn verify<'b>(
        &self,
        token: impl AsRef<[u8]>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<Token<'b>, Error>
    where
        'v: 'b,
    {
        self.verify_with(&mut Software, token, time, buffer)
    }

    /// As [`Verifier::verify`], with a back-end of the caller's.
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub fn verify_with<'b>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        token: impl AsRef<[u8]>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<Token<'b>, Error>
    where
        'v: 'b,
    {
        self.verify_by(crypto, &Compact::parse(&token)?, self.policy, time, buffer)
    }

    /// Verifies a token and checks its claims by a policy that may be another than the verifier's.
    pub(crate) fn verify_by<'b>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        token: &Compact<'_>,
        policy: &Policy<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<Token<'b>, Error>
    where
        'v: 'b,
    {
        token
            .verify_by(crypto, self.source, buffer)?
            .check(policy, time)
    }

    /// Verifies a token and checks its claims without a second buffer: header and payload are decoded
    /// over the token, once its signature is good.
    ///
    /// The decoded header is limited to
    /// [`MAX_IN_PLACE_HEADER_LEN`](crate::limits::MAX_IN_PLACE_HEADER_LEN) bytes.
    ///
    /// # Errors
    /// As [`Verifier::verify`], except [`Error::BufferTooSmall`].
    pub fn verify_in_place<'b>(&self, token: &'b mut [u8], time: Time) -> Result<Token<'b>, Error>
    where
        'v: 'b,
    {
        self.verify_in_place_with(&mut Software, token, time)
    }

    /// As [`Verifier::verify_in_place`], with a back-end of the caller's.
    ///
    /// # Errors
    /// As [`Verifier::verify_in_place`].
    pub fn verify_in_place_with<'b>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        token: &'b mut [u8],
        time: Time,
    ) -> Result<Token<'b>, Error>
    where
        'v: 'b,
    {
        Verified::verify_in_place_by(crypto, token, self.source)?.check(self.policy, time)
    }
}
