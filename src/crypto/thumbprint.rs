//! The thumbprint of a JWK (RFC 7638): a name for a public key, computed from the key alone.

use core::{fmt, str::FromStr};

use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::sha256;
use crate::{encoding::LEN_OF_32_BYTES, error::Error};

/// The SHA-256 thumbprint of a public key (RFC 7638). `Display` and `Debug` write it in base64url,
/// as in the member `jkt` of a token.
///
/// ```
/// use embedded_jwt::Key;
/// // RFC 9449 section 6.1
/// let jwk = br#"{"kty":"EC","crv":"P-256",
///     "x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
///     "y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}"#;
/// let mut buffer = [0; 512];
/// let thumbprint = Key::from_jwk(jwk, &mut buffer)?.thumbprint();
/// assert!(thumbprint.is_some_and(|it| it == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"));
/// # Ok::<(), embedded_jwt::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    pub(crate) fn of_coordinates(x: &[u8; 32], y: &[u8; 32]) -> Self {
        // The required members in the order of their names, without whitespace (RFC 7638 section 3).
        let (mut x_text, mut y_text) = ([0; LEN_OF_32_BYTES], [0; LEN_OF_32_BYTES]);
        let members = [
            r#"{"crv":"P-256","kty":"EC","x":""#,
            encoded(x, &mut x_text),
            r#"","y":""#,
            encoded(y, &mut y_text),
            r#""}"#,
        ];
        let mut text = [0; 126];
        for (place, byte) in text
            .iter_mut()
            .zip(members.iter().flat_map(|part| part.bytes()))
        {
            *place = byte;
        }
        Self(sha256::digest(&text))
    }

    /// Writes the digest in base64url to `text`, and returns the text.
    pub(crate) fn encode<'t>(&self, text: &'t mut [u8; LEN_OF_32_BYTES]) -> &'t str {
        encoded(&self.0, text)
    }

    /// Returns the bytes of the digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Encodes 32 bytes as 43 characters of base64url.
fn encoded<'t>(bytes: &[u8; 32], text: &'t mut [u8; LEN_OF_32_BYTES]) -> &'t str {
    Base64UrlUnpadded::encode(bytes, text).unwrap_or_default()
}

/// Reads a thumbprint in base64url.
///
/// # Errors
/// [`Error::InvalidThumbprint`]
impl FromStr for Thumbprint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut digest = [0; 32];
        match Base64UrlUnpadded::decode(text, &mut digest) {
            Ok(decoded) if decoded.len() == 32 => Ok(Self(digest)),
            _ => Err(Error::InvalidThumbprint),
        }
    }
}

impl AsRef<[u8]> for Thumbprint {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Compares with a thumbprint in base64url. Both are public, so the comparison is not constant
/// time.
impl PartialEq<str> for Thumbprint {
    fn eq(&self, other: &str) -> bool {
        self.encode(&mut [0; LEN_OF_32_BYTES]) == other
    }
}

impl PartialEq<&str> for Thumbprint {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// Writes the thumbprint in base64url.
impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.encode(&mut [0; LEN_OF_32_BYTES]))
    }
}

/// Writes the thumbprint in base64url.
impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.encode(&mut [0; LEN_OF_32_BYTES]))
    }
}
