//! HS256 secrets whose share of every MAC is computed.

use core::fmt;

use super::{Hmac, check_secret};
use crate::{crypto::invalid_signature::InvalidSignature, error::Error};

/// An HS256 secret after the two blocks that its inner and its outer hash begin with (RFC 2104 section 4): each
/// verification computes two blocks of SHA-256 less.
///
/// It is as secret as what it was made of. A [`SecretRoom`] holds it, and wipes it.
pub struct PreparedSecret(Hmac);

impl PreparedSecret {
    /// Returns the memory for a prepared secret, 152 bytes.
    #[must_use]
    pub const fn room() -> SecretRoom {
        SecretRoom(None)
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

/// Memory in which a secret is prepared, by [`PreparedSecret::room`]: a static variable, or a long-lived one on the stack.
///
/// The secret is wiped when the room is dropped, and when another one is prepared in it. Keep the room where it is: a room
/// that is moved afterwards leaves a copy behind, which nothing wipes.
///
/// ```
/// use embedded_jwt::{Error, Key, prepared::PreparedSecret};
///
/// let mut room = PreparedSecret::room();
/// let secret = room.prepare(b"32 bytes or more, kept in flash.")?;
/// let keys = [Key::hs256_prepared(secret).with_kid("pump-2026")];
/// # let _ = keys;
/// # Ok::<(), Error>(())
/// ```
pub struct SecretRoom(Option<PreparedSecret>);

impl SecretRoom {
    /// Prepares a secret of at least 32 bytes (RFC 7518 section 3.2), in place.
    ///
    /// # Errors
    /// As [`Key::hs256`](crate::Key::hs256): [`Error::KeyTooShort`], [`Error::WeakSecret`]
    pub fn prepare(&mut self, secret: &[u8]) -> Result<&PreparedSecret, Error> {
        check_secret(secret)?;
        let place = &mut self.0;
        Hmac::prepare(secret, |hmac| *place = hmac.map(PreparedSecret));
        place.as_ref().ok_or(Error::KeyTooShort)
    }
}

/// Nothing of it.
impl fmt::Debug for SecretRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretRoom")
    }
}
