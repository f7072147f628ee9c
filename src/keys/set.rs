//! The keys of a JWK Set (RFC 7517 section 5).

use core::fmt;

use super::{
    Key,
    jwk::{Jwk, Secrets},
};
use crate::{
    error::Error,
    json::{Array, Elements, Object, Text, Value},
    limits::MAX_JWK_SET_KEYS,
};

/// A JWK Set: an iterator over its JWKs, each the key that it is or the reason why it is none.
///
/// A set may hold keys for others, so one that is not for this crate spoils nothing (RFC 7517 section 5): the
/// reasons are those of [`Key::from_jwk`], and [`Error::JwkNotPublic`].
///
/// Two keys of one `kty` with the same `kid` spoil the set: nobody could tell which of them a token means. Keys of
/// different `kty` may share one, as RFC 7517 section 4.5 has it for equivalent alternatives, and the `alg` of the
/// token tells them apart.
///
/// ```
/// # #[cfg(feature = "es256")]
/// # {
/// use embedded_jwt::{Error, JwkSet};
/// let text = br#"{"keys":[
///     {"kty":"RSA","kid":"2025","n":"AQAB","e":"AQAB"},
///     {"kty":"EC","crv":"P-256","kid":"2026","use":"sig",
///      "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///      "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// let mut buffer = [0; 512];
/// // One by one, to see what is left out.
/// for (index, jwk) in JwkSet::parse(text, &mut buffer)?.enumerate() {
///     match jwk {
///         Ok(key) => assert_eq!(key.key_id(), Some("2026")),
///         Err(reason) => assert_eq!((index, reason), (0, Error::JwkUnsupportedKty)),
///     }
/// }
///
/// // Or all that are of use.
/// let keys = JwkSet::parse(text, &mut buffer)?.keys::<4>()?;
/// assert_eq!(keys.len(), 1);
/// # }
/// # Ok::<(), embedded_jwt::Error>(())
/// ```
pub struct JwkSet<'k> {
    jwks: Elements<'k>,
    /// For the material of the keys that are still to come.
    room: &'k mut [u8],
    secrets: Secrets,
}

impl<'k> JwkSet<'k> {
    /// Parses a set that was published: one that an issuer serves to everybody.
    ///
    /// What holds a secret, or the private half of a key beside the public one, is no key of it but
    /// [`Error::JwkNotPublic`]: everybody who reads the set could sign with it.
    ///
    /// The keys borrow from `buffer`, which has to hold the text and 64 bytes for each key of P-256:
    /// `2 * text.len()` bytes always suffice.
    ///
    /// # Errors
    /// What is wrong with the set as a whole: [`Error::BufferTooSmall`], [`Error::JwkSetNotJson`],
    /// [`Error::JwkSetMissingKeys`], [`Error::JwkSetInvalidKeys`], [`Error::JwkSetTooManyKeys`],
    /// [`Error::JwkSetDuplicateKid`]
    pub fn parse(text: &[u8], buffer: &'k mut [u8]) -> Result<Self, Error> {
        Self::read(text, buffer, Secrets::Refused)
    }

    /// Parses a set that is nobody else's: keys with `kty` `oct` are taken for HS256, and private halves ignored.
    ///
    /// The buffer has to hold each secret too; `2 * text.len()` bytes suffice here as well. It keeps all that the
    /// text has of secrets, also after an error, and the caller wipes it.
    ///
    /// # Errors
    /// As [`JwkSet::parse`].
    pub fn parse_with_secrets(text: &[u8], buffer: &'k mut [u8]) -> Result<Self, Error> {
        Self::read(text, buffer, Secrets::Taken)
    }

    fn read(text: &[u8], buffer: &'k mut [u8], secrets: Secrets) -> Result<Self, Error> {
        let too_small = Error::BufferTooSmall {
            needed: text.len().saturating_mul(2),
        };
        let (copy, room) = buffer.split_at_mut_checked(text.len()).ok_or(too_small)?;
        copy.copy_from_slice(text);
        let Ok(Value::Object(set)) = Value::parse(copy) else {
            return Err(Error::JwkSetNotJson);
        };
        let jwks = match set.get("keys") {
            None => return Err(Error::JwkSetMissingKeys),
            Some(Value::Array(jwks)) => jwks,
            Some(_) => return Err(Error::JwkSetInvalidKeys),
        };
        // A buffer too small for some of the keys is a fault of the caller, not a reason to leave those out.
        if room.len() < material_len(jwks, secrets)? {
            return Err(too_small);
        }
        Ok(Self {
            jwks: jwks.elements(),
            room,
            secrets,
        })
    }

    /// The keys, without those that are not for this crate.
    ///
    /// # Errors
    /// [`Error::JwkSetNoRoom`] for more than `N`: which of them matter is not for us to choose.
    pub fn keys<const N: usize>(self) -> Result<heapless::Vec<Key<'k>, N>, Error> {
        let mut keys = heapless::Vec::new();
        for key in self.flatten() {
            keys.push(key).map_err(|_| Error::JwkSetNoRoom)?;
        }
        Ok(keys)
    }

    fn decode(&mut self, jwk: Object<'k>) -> Result<Key<'k>, Error> {
        let jwk = Jwk::read(jwk, self.secrets)?;
        let needed = jwk.material_len();
        let room = self.room.split_off_mut(..needed);
        jwk.decode(room.ok_or(Error::BufferTooSmall { needed })?)
    }
}

impl<'k> Iterator for JwkSet<'k> {
    type Item = Result<Key<'k>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.jwks.next()? {
            Value::Object(jwk) => self.decode(jwk),
            _ => Err(Error::JwkSetInvalidKeys),
        })
    }
}

/// Checks what concerns the JWKs together; gives the bytes that their material has.
fn material_len(jwks: Array<'_>, secrets: Secrets) -> Result<usize, Error> {
    let mut names: heapless::Vec<Name<'_>, MAX_JWK_SET_KEYS> = heapless::Vec::new();
    let mut len = 0usize;
    for (index, jwk) in jwks.elements().enumerate() {
        let Value::Object(jwk) = jwk else {
            return Err(Error::JwkSetInvalidKeys);
        };
        if index >= MAX_JWK_SET_KEYS {
            return Err(Error::JwkSetTooManyKeys);
        }
        if let Some(kid) = string(jwk, "kid") {
            let name = (kid, string(jwk, "kty"));
            if names.contains(&name) {
                return Err(Error::JwkSetDuplicateKid);
            }
            names.push(name).map_err(|_| Error::JwkSetTooManyKeys)?;
        }
        if let Ok(jwk) = Jwk::read(jwk, secrets) {
            len = len.saturating_add(jwk.material_len());
        }
    }
    Ok(len)
}

/// `kid` and, where it is a string, `kty`.
type Name<'k> = (Text<'k>, Option<Text<'k>>);

fn string<'k>(jwk: Object<'k>, name: &str) -> Option<Text<'k>> {
    match jwk.get(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// Nothing of its text, which may hold secrets.
impl fmt::Debug for JwkSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwkSet").finish_non_exhaustive()
    }
}

/// Nothing of its text, which may hold secrets.
#[cfg(feature = "defmt")]
impl defmt::Format for JwkSet<'_> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(fmt, "JwkSet {{ .. }}");
    }
}
