//! HS256 secrets with the HMAC key blocks precomputed.

use core::fmt;

use super::{Hmac, check_secret};
use crate::{crypto::invalid_signature::InvalidSignature, error::Error};

/// An HS256 secret with the first block of the inner and of the outer hash precomputed (RFC 2104
/// section 4). Each verification computes two blocks of SHA-256 less.
///
/// The prepared secret must be kept secret too: it is enough to make a valid MAC. A [`SecretRoom`]
/// holds it and wipes it.
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

/// Shows only the name of the type.
impl fmt::Debug for PreparedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreparedSecret")
    }
}

/// Memory for a prepared secret, created by [`PreparedSecret::room`]. Put it into a static
/// variable, or into a long-lived one on the stack.
///
/// The secret is wiped when the room is dropped, and when another secret is prepared in it. Do not
/// move the room after that: a move leaves a copy behind, which is not wiped.
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
    /// [`Error::KeyTooShort`], [`Error::WeakSecret`], as for [`Key::hs256`](crate::Key::hs256)
    pub fn prepare(&mut self, secret: &[u8]) -> Result<&PreparedSecret, Error> {
        check_secret(secret)?;
        let place = &mut self.0;
        Hmac::prepare(secret, |hmac| *place = hmac.map(PreparedSecret));
        place.as_ref().ok_or(Error::KeyTooShort)
    }
}

/// Shows only the name of the type.
impl fmt::Debug for SecretRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretRoom")
    }
}
