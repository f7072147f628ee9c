//! The `Authorization` header field that a token comes in (RFC 6750 section 2.1, RFC 9110 section 11.6.2).

use crate::error::Error;

/// The authentication scheme under which an access token is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Scheme {
    /// `Bearer`: whoever has the token may use it (RFC 6750).
    Bearer,
    /// `DPoP`: the token is bound to a key, and the request carries a proof of it (RFC 9449 section 7.1). The proof is not
    /// looked at here.
    Dpop,
}

impl Scheme {
    /// Its name, as it is registered. It is compared without regard to case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }

    /// Takes the access token out of the value of an `Authorization` header field: the scheme, one or more spaces, the
    /// token, and nothing else (RFC 6750 section 2.1, RFC 9110 section 11.4). A tab is no space. HTTP has no whitespace
    /// around the value of a field, so there may be none.
    ///
    /// Two fields that some software joined by a comma are refused, as a client must not send two tokens.
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
        // `1*SP`, and no whitespace of another kind.
        let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
        match rest.split_at_checked(spaces) {
            Some(([], [other, ..])) => Err(fault(*other)),
            Some((_, [b'\t', ..] | [.., b' ' | b'\t'])) => Err(Error::CredentialsWhitespace),
            Some((_, token)) => check_token68(token),
            None => Err(Error::MissingAccessToken),
        }
    }
}

/// `token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="` (RFC 9110 section 11.2; in RFC 6750 `b64token`)
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

/// What a byte means that stands where a space or the token should.
fn fault(byte: u8) -> Error {
    match byte {
        b',' | b' ' => Error::SeveralCredentials,
        b'\t' => Error::CredentialsWhitespace,
        _ => Error::CredentialsNotToken68,
    }
}

/// A character of a scheme's name (RFC 9110 section 5.6.2).
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
