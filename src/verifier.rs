//! Verifies and checks a token in one call.

use crate::{
    crypto::{Crypto, Software},
    error::Error,
    jws::{Compact, Source, Verified},
    keys::Key,
    policy::Policy,
    time::Time,
    token::Token,
};

/// Verifies tokens with a set of keys, and checks their claims against a policy.
///
/// The steps of a verification, in this order:
/// 1. The token is split into three segments of canonical base64url ([`Compact`]).
/// 2. The header is decoded, and `crit` and `b64` are checked ([`Header`](crate::Header)).
/// 3. Keys are selected by `kid`. Their algorithm must be the `alg` of the header.
/// 4. The signature is verified.
/// 5. The payload is decoded and read as a claims set ([`Claims`](crate::Claims)).
/// 6. The policy checks key, header and claims at the given time ([`Policy`]). With a key that is
///    bound to an issuer ([`Key::with_issuer`]), a token of any other issuer is rejected.
///
/// No state is kept from one token to the next, and nothing is allocated.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Verifier<'v> {
    source: Source<'v>,
    pub(crate) policy: &'v Policy<'v>,
}

impl<'v> Verifier<'v> {
    /// Creates a verifier with these keys (an array, a slice, a `heapless::Vec`) and this policy.
    #[must_use]
    pub const fn new(keys: &'v [Key<'v>], policy: &'v Policy<'v>) -> Self {
        let source = Source {
            keys,
            kid_required: false,
        };
        Self { source, policy }
    }

    /// Rejects a token whose header has no `kid`, before any signature is verified. Otherwise such
    /// a token may cost up to [`MAX_CANDIDATE_KEYS`](crate::limits::MAX_CANDIDATE_KEYS) signature
    /// verifications.
    ///
    /// The error is [`Error::MissingKid`].
    #[must_use]
    pub const fn require_kid(mut self) -> Self {
        self.source.kid_required = true;
        self
    }

    /// Verifies a token and checks its claims. The decoded header and payload are written to
    /// `buffer`. [`buffer_len`](crate::buffer_len) returns the length that it needs.
    ///
    /// To read the claims of a token that the policy rejects, call the single steps:
    /// [`Compact::verify`], [`Verified::claims`], [`Policy::check`].
    ///
    /// # Errors
    /// The first error, in the order of the steps that [`Verifier`] lists: see [`Error`].
    pub fn verify<'b>(
        &self,
        token: impl AsRef<[u8]>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<Token<'b, 'v>, Error> {
        self.verify_with(&mut Software, token, time, buffer)
    }

    /// Verifies as [`Verifier::verify`] does, with the caller's back-end.
    ///
    /// # Errors
    /// The errors of [`Verifier::verify`].
    pub fn verify_with<'b>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        token: impl AsRef<[u8]>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<Token<'b, 'v>, Error> {
        self.verify_by(crypto, &Compact::parse(&token)?, self.policy, time, buffer)
    }

    /// Verifies a token and checks its claims against `policy`, which may differ from the policy of
    /// the verifier.
    pub(crate) fn verify_by<'b>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        token: &Compact<'_>,
        policy: &Policy<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<Token<'b, 'v>, Error> {
        token
            .verify_by(crypto, self.source, buffer)?
            .check(policy, time)
    }

    /// Verifies a token and checks its claims without a second buffer. After the signature is
    /// verified, the header and the payload are decoded over the token.
    ///
    /// The decoded header is limited to
    /// [`MAX_IN_PLACE_HEADER_LEN`](crate::limits::MAX_IN_PLACE_HEADER_LEN) bytes.
    ///
    /// # Errors
    /// The errors of [`Verifier::verify`], except [`Error::BufferTooSmall`].
    pub fn verify_in_place<'b>(
        &self,
        token: &'b mut [u8],
        time: Time,
    ) -> Result<Token<'b, 'v>, Error> {
        self.verify_in_place_with(&mut Software, token, time)
    }

    /// Verifies as [`Verifier::verify_in_place`] does, with the caller's back-end.
    ///
    /// # Errors
    /// The errors of [`Verifier::verify_in_place`].
    pub fn verify_in_place_with<'b>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        token: &'b mut [u8],
        time: Time,
    ) -> Result<Token<'b, 'v>, Error> {
        Verified::verify_in_place_by(crypto, token, self.source)?.check(self.policy, time)
    }
}
