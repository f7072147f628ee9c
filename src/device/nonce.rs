//! A nonce that the device issues. A token that carries it was made after that. RFC 8613 appendix
//! B.1.2 uses an Echo option in the same way.

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use subtle::ConstantTimeEq as _;

use crate::{encoding::LEN_OF_32_BYTES, error::Error, json::Value, token::Token};

/// A random value that the device issues once. The issuer of the token copies it into the claim
/// `nonce`.
///
/// Time is counted in ticks since the start of the device. The device need not know the date.
///
/// ```
/// # use embedded_jwt::{Error, Token, device::{Nonce, ReplayGuard, Accepted, Volatile}};
/// # fn receive<'b, 'k>(
/// #     rng: &mut impl rand_core::TryCryptoRng, guard: &mut ReplayGuard<16>, uptime: u64, token: Token<'b, 'k>
/// # ) -> Result<Accepted<Token<'b, 'k>>, Error> {
/// let mut nonce = Nonce::new();
/// let text = nonce.issue(rng, uptime)?;
/// // Send `text` to the issuer. Its answer is valid for 60 seconds here.
/// let candidate = nonce.redeem(token, uptime, 60)?;
/// let permit = guard.check(candidate, guard.time())?;
/// # Ok(permit.commit(&mut Volatile).unwrap())
/// # }
/// ```
#[derive(Default)]
pub struct Nonce {
    /// The value in base64url, and the tick at which it was issued.
    given_out: Option<([u8; LEN_OF_32_BYTES], u64)>,
}

/// Hides the value. A party that knows it can answer in place of the client.
impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nonce")
            .field("is_given_out", &self.given_out.is_some())
            .finish_non_exhaustive()
    }
}

impl Nonce {
    /// Creates a nonce without a value.
    #[must_use]
    pub const fn new() -> Self {
        Self { given_out: None }
    }

    /// Returns a new value: 32 random bytes, as 43 characters of base64url. `now` is the time in
    /// ticks. A value that was issued before is no longer valid.
    ///
    /// # Errors
    /// [`Error::NoRandomness`]
    pub fn issue(
        &mut self,
        random: &mut (impl rand_core::TryCryptoRng + ?Sized),
        now: u64,
    ) -> Result<&str, Error> {
        self.given_out = None;
        let mut bytes = [0; 32];
        random
            .try_fill_bytes(&mut bytes)
            .map_err(|_| Error::NoRandomness)?;
        // A random source that is switched off often returns the same byte everywhere.
        if bytes.windows(2).all(|pair| pair.first() == pair.last()) {
            return Err(Error::NoRandomness);
        }
        let (text, _) = self.given_out.insert(([0; LEN_OF_32_BYTES], now));
        Base64UrlUnpadded::encode(&bytes, text).map_err(|_| Error::NoRandomness)
    }

    /// Makes the issued value invalid.
    pub fn cancel(&mut self) {
        self.given_out = None;
    }

    /// Checks that the claim `nonce` of the token is the value, and that the value was issued at
    /// most `lifetime` ticks ago. Pass the result to a [`ReplayGuard`](super::ReplayGuard). The
    /// value stays valid until a permit for the token is committed.
    ///
    /// # Errors
    /// [`Error::NonceExpired`], [`Error::NonceMismatch`]
    pub fn redeem<'n, 'b, 'k>(
        &'n mut self,
        token: Token<'b, 'k>,
        now: u64,
        lifetime: u64,
    ) -> Result<Candidate<'n, 'b, 'k>, Error> {
        let (value, given_out_at) = self.given_out.as_ref().ok_or(Error::NonceExpired)?;
        // A clock that goes back was reset, so the age of the nonce is unknown.
        if now
            .checked_sub(*given_out_at)
            .is_none_or(|age| age >= lifetime)
        {
            return Err(Error::NonceExpired);
        }
        let is_equal = match token.claims().get("nonce") {
            Some(Value::String(nonce)) => nonce.as_bytes().ct_eq(value).into(),
            _ => false,
        };
        if !is_equal {
            return Err(Error::NonceMismatch);
        }
        Ok(Candidate {
            token,
            nonce: Some(self),
        })
    }
}

/// A token for the replay guard to check. It may carry the nonce of the device.
#[derive(Debug)]
pub struct Candidate<'n, 'b, 'k> {
    pub(super) token: Token<'b, 'k>,
    pub(super) nonce: Option<&'n mut Nonce>,
}

impl<'b, 'k> From<Token<'b, 'k>> for Candidate<'_, 'b, 'k> {
    fn from(token: Token<'b, 'k>) -> Self {
        Self { token, nonce: None }
    }
}
