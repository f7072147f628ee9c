//! The HTTP response to a rejected request: a status and a `WWW-Authenticate` challenge (RFC 6750
//! section 3).

use super::authorization::Scheme;
use crate::{
    claims::is_scope,
    error::{Error, Fault},
};

/// The reason for rejecting a request, as the client sees it, and the [`Error`] that caused it.
///
/// | refusal | status | `error` | reason |
/// | --- | --- | --- | --- |
/// | `NoCredentials` | 401 | none | the request has no `Authorization`, or one of another scheme |
/// | `InvalidRequest` | 400 | `invalid_request` | the `Authorization` is malformed |
/// | `InvalidToken` | 401 | `invalid_token` | the token is malformed, forged, expired or for another recipient |
/// | `InvalidDpopProof` | 401 | `invalid_dpop_proof` | the proof of possession is not valid for the request |
/// | `UseDpopNonce` | 401 | `use_dpop_nonce` | the proof needs a nonce from the server |
/// | `InsufficientScope` | 403 | `insufficient_scope` | the token does not grant what the request needs |
/// | `ServerError` | 500 | no challenge | the server lacks a key, a buffer or a clock: another token would not help |
///
/// ```
/// use embedded_jwt::{Error, oauth::Refusal};
/// assert_eq!(Refusal::from(Error::Expired), Refusal::InvalidToken(Error::Expired));
/// assert_eq!(Refusal::from(Error::Expired).status(), 401);
/// assert_eq!(Refusal::NoCredentials.status(), 401);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Refusal {
    /// The request has no access token.
    NoCredentials,
    /// The request is malformed.
    InvalidRequest(Error),
    /// The access token is rejected.
    InvalidToken(Error),
    /// The DPoP proof is rejected (RFC 9449 section 12.2).
    InvalidDpopProof(Error),
    /// The DPoP proof does not have the nonce that the server expects. The response must send that
    /// nonce in `DPoP-Nonce` (RFC 9449 section 9).
    UseDpopNonce,
    /// The access token is valid, but does not grant what the request needs.
    InsufficientScope(Error),
    /// The client did not cause the error.
    ServerError(Error),
}

impl Refusal {
    /// Returns the HTTP status (RFC 6750 section 3.1).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidRequest(_) => 400,
            Self::NoCredentials
            | Self::InvalidToken(_)
            | Self::InvalidDpopProof(_)
            | Self::UseDpopNonce => 401,
            Self::InsufficientScope(_) => 403,
            Self::ServerError(_) => 500,
        }
    }

    /// Returns the error code that tells the client what is wrong (RFC 6750 section 3.1, RFC 9449
    /// section 12.2). It can be used without HTTP too.
    ///
    /// ```
    /// use embedded_jwt::{Error, oauth::Refusal};
    /// assert_eq!(Refusal::from(Error::InsufficientScope).error_code(), Some("insufficient_scope"));
    /// assert_eq!(Refusal::NoCredentials.error_code(), None);
    /// ```
    #[must_use]
    pub const fn error_code(self) -> Option<&'static str> {
        match self.error() {
            Some((code, _)) => Some(code),
            None => None,
        }
    }

    /// Returns the error that caused the refusal, for a log, or `None` for `NoCredentials`.
    ///
    /// ```
    /// use embedded_jwt::{Error, oauth::Refusal};
    /// assert_eq!(Refusal::from(Error::Expired).cause(), Some(Error::Expired));
    /// assert_eq!(Refusal::NoCredentials.cause(), None);
    /// ```
    #[must_use]
    pub const fn cause(self) -> Option<Error> {
        match self {
            Self::NoCredentials => None,
            Self::UseDpopNonce => Some(Error::DpopNonceMismatch),
            Self::InvalidRequest(error)
            | Self::InvalidToken(error)
            | Self::InvalidDpopProof(error)
            | Self::InsufficientScope(error)
            | Self::ServerError(error) => Some(error),
        }
    }

    /// Returns the error code of the challenge, and the error that describes it.
    const fn error(self) -> Option<(&'static str, Error)> {
        match self {
            Self::NoCredentials | Self::ServerError(_) => None,
            Self::InvalidRequest(error) => Some(("invalid_request", error)),
            Self::InvalidToken(error) => Some(("invalid_token", error)),
            Self::InvalidDpopProof(error) => Some(("invalid_dpop_proof", error)),
            Self::UseDpopNonce => Some(("use_dpop_nonce", Error::DpopNonceMismatch)),
            Self::InsufficientScope(error) => Some(("insufficient_scope", error)),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error.fault() {
            // RFC 6750 section 3.1 has no error code for a request that uses another scheme.
            Fault::Scheme => Self::NoCredentials,
            Fault::Request => Self::InvalidRequest(error),
            Fault::Token => Self::InvalidToken(error),
            Fault::Proof => Self::InvalidDpopProof(error),
            Fault::Nonce => Self::UseDpopNonce,
            Fault::Scope => Self::InsufficientScope(error),
            Fault::Server => Self::ServerError(error),
        }
    }
}

/// A challenge that asks for an access token, as the value of a `WWW-Authenticate` header field.
///
/// ```
/// use embedded_jwt::{Error, oauth::{Challenge, Refusal}};
/// static CHALLENGE: Challenge<'static> = Challenge::new("pump-7").scope("pump:write");
///
/// let mut buffer = [0; 256];
/// assert_eq!(
///     CHALLENGE.write(Refusal::NoCredentials, &mut buffer)?,
///     Some(r#"Bearer realm="pump-7", scope="pump:write""#),
/// );
/// assert_eq!(
///     CHALLENGE.write(Error::Expired.into(), &mut buffer)?,
///     Some(concat!(
///         r#"Bearer realm="pump-7", error="invalid_token", "#,
///         r#"error_description="the token has expired", scope="pump:write""#,
///     )),
/// );
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use]
pub struct Challenge<'c> {
    scheme: Scheme,
    realm: &'c str,
    scope: Option<&'c str>,
}

impl<'c> Challenge<'c> {
    /// Creates a challenge with this `realm`, which names what the token protects (RFC 9110 section
    /// 11.5). A challenge needs at least one parameter, so it always has a `realm`.
    pub const fn new(realm: &'c str) -> Self {
        Self {
            scheme: Scheme::Bearer,
            realm,
            scope: None,
        }
    }

    /// Sets the scheme; the default is `Bearer`. [`Scheme::Dpop`] asks for a token that is bound to
    /// a key, and for a proof signed with ES256 (RFC 9449 section 7.1).
    pub const fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Sets the required scope: words separated by single spaces.
    pub const fn scope(mut self, scope: &'c str) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Writes the challenge for a refusal to the start of `buffer`. Returns `None` for
    /// [`Refusal::ServerError`], which has no challenge. The description is the text of the error
    /// and holds nothing from the token.
    ///
    /// `realm` must be printable ASCII. Its quotes and backslashes are escaped. `scope` must have
    /// the syntax of RFC 6749 section 3.3. Otherwise nothing is written, so a line break cannot get
    /// into the header.
    ///
    /// # Errors
    /// [`Error::InvalidChallenge`], [`Error::BufferTooSmall`]. After both, the buffer is unchanged.
    pub fn write<'w>(
        &self,
        refusal: Refusal,
        buffer: &'w mut [u8],
    ) -> Result<Option<&'w str>, Error> {
        if matches!(refusal, Refusal::ServerError(_)) {
            return Ok(None);
        }
        let is_printable = |byte| matches!(byte, b' '..=b'~');
        if !self.realm.bytes().all(is_printable) || !self.scope.is_none_or(is_scope) {
            return Err(Error::InvalidChallenge);
        }
        let needed = self.text(refusal).count();
        let text = buffer
            .get_mut(..needed)
            .ok_or(Error::BufferTooSmall { needed })?;
        for (place, byte) in text.iter_mut().zip(self.text(refusal)) {
            *place = byte;
        }
        // All bytes are ASCII.
        core::str::from_utf8(text)
            .map(Some)
            .map_err(|_| Error::InvalidChallenge)
    }

    /// Returns the bytes of the challenge one by one, so that they can be counted before they are
    /// written.
    fn text(&self, refusal: Refusal) -> impl Iterator<Item = u8> {
        let realm = self.realm.bytes().flat_map(|byte| {
            let backslash = matches!(byte, b'"' | b'\\').then_some(b'\\');
            backslash.into_iter().chain([byte])
        });
        let error = refusal.error().into_iter().flat_map(|(code, error)| {
            [
                r#"", error=""#,
                code,
                r#"", error_description=""#,
                error.text(),
            ]
        });
        let scope = self
            .scope
            .into_iter()
            .flat_map(|scope| [r#"", scope=""#, scope]);
        let algorithms = match self.scheme {
            Scheme::Bearer => "",
            Scheme::Dpop => r#"", algs="ES256"#,
        };
        [self.scheme.name(), r#" realm=""#]
            .into_iter()
            .flat_map(str::bytes)
            .chain(realm)
            .chain(error.chain(scope).chain([algorithms]).flat_map(str::bytes))
            .chain([b'"'])
    }
}
