//! The `Authorization` header field that carries a token (RFC 6750 section 2.1, RFC 9110 section
//! 11.6.2).

use crate::error::Error;

/// The authentication scheme of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Scheme {
    /// `Bearer`: any sender of the token may use it (RFC 6750).
    Bearer,
    /// `DPoP`: the token is bound to a key, and the request carries a proof of possession (RFC 9449
    /// section 7.1). [`Scheme::token`] does not read the proof.
    Dpop,
}

impl Scheme {
    /// Returns the registered name of the scheme. It is compared without regard to case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }

    /// Returns the access token in the value of an `Authorization` header field. The value must be
    /// the scheme, one or more spaces and the token (RFC 6750 section 2.1, RFC 9110 section 11.4).
    ///
    /// A tab does not count as a space. The value of an HTTP field has no whitespace around it, so
    /// such whitespace is rejected.
    ///
    /// Two fields that some software joined with a comma are rejected, because a client must not
    /// send two tokens.
    ///
    /// ```
    /// use embedded_jwt::{Error, oauth::Scheme};
    /// assert_eq!(Scheme::Bearer.token(b"Bearer mF_9.B5f-4.1JqM"), Ok(&b"mF_9.B5f-4.1JqM"[..]));
    /// assert_eq!(Scheme::Bearer.token(b"Basic cHVtcDo3"), Err(Error::UnsupportedScheme));
    /// ```
    ///
    /// # Errors
    /// [`Error::UnsupportedScheme`], [`Error::MissingAccessToken`], [`Error::CredentialsWhitespace`],
    /// [`Error::SeveralCredentials`], [`Error::CredentialsNotToken68`]
    pub fn token<T: AsRef<[u8]> + ?Sized>(self, authorization: &T) -> Result<&[u8], Error> {
        let authorization = authorization.as_ref();
        if let [b' ' | b'\t', ..] = authorization {
            return Err(Error::CredentialsWhitespace);
        }
        let end = authorization.iter().position(|byte| !is_tchar(*byte));
        let (scheme, rest) = authorization
            .split_at_checked(end.unwrap_or(authorization.len()))
            .ok_or(Error::UnsupportedScheme)?;
        if !scheme.eq_ignore_ascii_case(self.name().as_bytes()) {
            return Err(Error::UnsupportedScheme);
        }
        if rest.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
            return Err(Error::MissingAccessToken);
        }
        // `1*SP`, and no other whitespace.
        let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
        match rest.split_at_checked(spaces) {
            Some(([], [other, ..])) => Err(fault(*other)),
            Some((_, [b'\t', ..] | [.., b' ' | b'\t'])) => Err(Error::CredentialsWhitespace),
            Some((_, token)) => check_token68(token),
            None => Err(Error::MissingAccessToken),
        }
    }
}

/// Checks `token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="` (RFC 9110
/// section 11.2). RFC 6750 calls it `b64token`.
fn check_token68(token: &[u8]) -> Result<&[u8], Error> {
    let mut padded = false;
    for (at, byte) in token.iter().enumerate() {
        let allowed = match byte {
            b'=' => {
                padded = true;
                at > 0
            }
            b'-' | b'.' | b'_' | b'~' | b'+' | b'/' => !padded,
            _ => byte.is_ascii_alphanumeric() && !padded,
        };
        if !allowed {
            return Err(fault(*byte));
        }
    }
    Ok(token)
}

/// Returns the error for a byte that cannot follow the scheme or be part of the token.
fn fault(byte: u8) -> Error {
    match byte {
        b',' | b' ' => Error::SeveralCredentials,
        b'\t' => Error::CredentialsWhitespace,
        _ => Error::CredentialsNotToken68,
    }
}

/// Returns whether a byte may be part of the name of a scheme (RFC 9110 section 5.6.2).
fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}
