//! HS256 secrets whose share of every MAC is computed.

use core::fmt;

use crate::{
    crypto::{InvalidSignature, hs256::Hmac},
    error::Error,
    limits::MIN_HMAC_SECRET_LEN,
};

/// An HS256 secret after the two blocks that its inner and its outer hash begin with (RFC 2104 section 4): each
/// verification computes two blocks of SHA-256 less.
///
/// It takes 64 bytes, is as secret as what it was made of, and wipes itself when it is dropped.
///
/// ```
/// use embedded_jwt::{Error, Key, PreparedSecret};
///
/// let secret = PreparedSecret::new(b"32 bytes or more, kept in flash.")?;
/// let keys = [Key::hs256_prepared(&secret).kid("pump-2026")];
/// # let _ = keys;
/// # Ok::<(), Error>(())
/// ```
pub struct PreparedSecret(Hmac);

impl PreparedSecret {
    /// From a secret of at least 32 bytes (RFC 7518 section 3.2).
    ///
    /// # Errors
    /// [`Error::KeyTooShort`]
    pub fn new(secret: &[u8]) -> Result<Self, Error> {
        if secret.len() < MIN_HMAC_SECRET_LEN {
            return Err(Error::KeyTooShort);
        }
        Ok(Self(Hmac::new(secret)))
    }

    pub(crate) fn verify(
        &self,
        signing_input: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), InvalidSignature> {
        self.0.verify(signing_input, mac)
    }
}

/// Nothing of it.
impl fmt::Debug for PreparedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreparedSecret")
    }
}

/// Nothing of it.
#[cfg(feature = "defmt")]
impl defmt::Format for PreparedSecret {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(fmt, "PreparedSecret");
    }
}
