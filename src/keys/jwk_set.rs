//! The keys of a JWK Set (RFC 7517 section 5).

use core::{fmt, ops::Deref};

use heapless::Vec;

use super::{
    jwk::{Jwk, Secrets},
    key::Key,
};
use crate::{
    error::Error,
    json::{Array, Elements, Object, Value},
    limits::MAX_JWK_SET_KEYS,
};

/// A JWK Set. It iterates over its JWKs, and returns each as a key or as the reason why this crate
/// cannot use it.
///
/// A set may hold keys for other recipients, so unsupported keys are skipped (RFC 7517 section 5).
/// The reasons are the errors of [`Key::from_jwk`], and [`Error::JwkNotPublic`].
///
/// [`JwkSet::keys`] collects the usable keys. It rejects a set with two different keys of the same
/// algorithm and `kid`: a token with this `kid` could refer to either.
///
/// ```
/// use embedded_jwt::{Error, jwk::JwkSet};
/// let text = br#"{"keys":[
///     {"kty":"RSA","kid":"2025","n":"AQAB","e":"AQAB"},
///     {"kty":"EC","crv":"P-256","kid":"2026","use":"sig",
///      "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///      "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// let mut buffer = [0; 512];
/// // One by one, with those that are skipped.
/// for (index, jwk) in JwkSet::parse(text, &mut buffer)?.enumerate() {
///     match jwk {
///         Ok(key) => assert_eq!(key.kid(), Some("2026")),
///         Err(reason) => assert_eq!((index, reason), (0, Error::JwkUnsupportedKty)),
///     }
/// }
///
/// // Or all usable keys, and the first broken JWK.
/// let keys = JwkSet::parse(text, &mut buffer)?.keys::<4>()?;
/// assert_eq!((keys.len(), keys.rejected()), (1, None));
/// # Ok::<(), embedded_jwt::Error>(())
/// ```
pub struct JwkSet<'k> {
    /// The JWKs that are not decoded yet.
    jwks: Elements<'k>,
    /// All JWKs of the set.
    list: Array<'k>,
    /// Free memory for the material of the keys that are not decoded yet.
    room: &'k mut [u8],
    secrets: Secrets,
}

impl<'k> JwkSet<'k> {
    /// Parses a published set, which an issuer serves to everyone.
    ///
    /// A JWK with a secret or a private key is rejected with [`Error::JwkNotPublic`]. A public key
    /// is rejected too if the set also holds its private key: every reader of the set could sign
    /// with it.
    ///
    /// The keys borrow from `buffer`, which has to hold the text and 64 bytes for each P-256 key.
    /// `2 * text.len()` bytes always suffice.
    ///
    /// # Errors
    /// The faults of the set as a whole: [`Error::BufferTooSmall`], [`Error::JwkSetNotJson`],
    /// [`Error::JwkSetMissingKeys`], [`Error::JwkSetInvalidKeys`], [`Error::JwkSetTooManyKeys`]
    pub fn parse(text: impl AsRef<[u8]>, buffer: &'k mut [u8]) -> Result<Self, Error> {
        Self::read(text.as_ref(), buffer, Secrets::Refused)
    }

    /// Parses a private set, which is not shared with others. Keys with `kty` `oct` are used for
    /// HS256. The private half of any other key is ignored.
    ///
    /// The buffer also has to hold each secret; `2 * text.len()` bytes suffice here too. It keeps
    /// the secrets of the text, even after an error. The caller has to wipe it.
    ///
    /// # Errors
    /// The errors of [`JwkSet::parse`].
    pub fn parse_with_secrets(text: impl AsRef<[u8]>, buffer: &'k mut [u8]) -> Result<Self, Error> {
        Self::read(text.as_ref(), buffer, Secrets::Taken)
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
        // A buffer that is too small for some keys is the caller's fault. These keys must not be
        // left out silently.
        if room.len() < material_len(jwks, secrets)? {
            return Err(too_small);
        }
        Ok(Self {
            jwks: jwks.elements(),
            list: jwks,
            room,
            secrets,
        })
    }

    /// Collects the usable keys, up to `N`.
    ///
    /// Unsupported keys are skipped. A key that is listed twice is returned once. A broken JWK does
    /// not keep the other keys from being used: [`Keys::rejected`] reports it.
    ///
    /// # Errors
    /// [`Error::JwkSetNoRoom`] for more than `N` keys: the caller decides which keys matter.
    /// [`Error::JwkSetDuplicateKid`]
    pub fn keys<const N: usize>(self) -> Result<Keys<'k, N>, Error> {
        let mut keys: Vec<Key<'k>, N> = Vec::new();
        let mut rejected = None;
        for (index, jwk) in self.enumerate() {
            let key = match jwk {
                Ok(key) => key,
                Err(reason) => {
                    rejected = RejectedJwk::worse(rejected, index, reason);
                    continue;
                }
            };
            if keys.iter().any(|known| known.is(&key)) {
                continue;
            }
            if keys.iter().any(|known| known.has_name_of(&key)) {
                return Err(Error::JwkSetDuplicateKid);
            }
            keys.push(key).map_err(|_| Error::JwkSetNoRoom)?;
        }
        Ok(Keys { keys, rejected })
    }

    /// Returns all JWKs of the set, not decoded.
    pub(crate) fn objects(&self) -> impl Iterator<Item = Object<'k>> + Clone + use<'k> {
        self.list.elements().filter_map(|jwk| match jwk {
            Value::Object(jwk) => Some(jwk),
            _ => None,
        })
    }

    fn decode(&mut self, jwk: Object<'k>) -> Result<Key<'k>, Error> {
        let jwk = Jwk::read(jwk, self.secrets)?;
        let needed = jwk.material_len();
        let room = self.room.split_off_mut(..needed);
        let key = jwk.decode(room.ok_or(Error::BufferTooSmall { needed })?)?;
        if self.secrets == Secrets::Refused
            && self
                .objects()
                .any(|other| super::jwk::gives_away(other, &key))
        {
            return Err(Error::JwkNotPublic);
        }
        Ok(key)
    }
}

/// The usable keys of a [`JwkSet`], as a slice of [`Key`].
#[derive(Clone, Debug)]
pub struct Keys<'k, const N: usize> {
    keys: Vec<Key<'k>, N>,
    rejected: Option<RejectedJwk>,
}

impl<const N: usize> Keys<'_, N> {
    /// Returns the first broken JWK: it looks like a key for this crate, but has a fault. Examples
    /// are a coordinate of 31 bytes, padding, and a `kid` that is `null`. A JWK that publishes a
    /// secret is reported before all others.
    #[must_use]
    pub const fn rejected(&self) -> Option<RejectedJwk> {
        self.rejected
    }
}

impl<'k, const N: usize> Deref for Keys<'k, N> {
    type Target = [Key<'k>];

    fn deref(&self) -> &[Key<'k>] {
        &self.keys
    }
}

impl<'a, 'k, const N: usize> IntoIterator for &'a Keys<'k, N> {
    type Item = &'a Key<'k>;
    type IntoIter = core::slice::Iter<'a, Key<'k>>;

    fn into_iter(self) -> Self::IntoIter {
        self.keys.iter()
    }
}

/// Shows the same as `Debug`.
#[cfg(feature = "defmt")]
impl<const N: usize> defmt::Format for Keys<'_, N> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(
            fmt,
            "Keys {{ keys: {=[?]}, rejected: {} }}",
            self.keys.as_slice(),
            self.rejected
        );
    }
}

impl<'k> Iterator for JwkSet<'k> {
    type Item = Result<Key<'k>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.jwks.next()? {
            Value::Object(jwk) => self.decode(jwk),
            _ => Err(Error::JwkNotJson),
        })
    }
}

/// Counts the JWKs. Returns the length in bytes of the material of the usable ones.
fn material_len(jwks: Array<'_>, secrets: Secrets) -> Result<usize, Error> {
    let mut len = 0usize;
    for (index, jwk) in jwks.elements().enumerate() {
        if index >= MAX_JWK_SET_KEYS {
            return Err(Error::JwkSetTooManyKeys);
        }
        if let Value::Object(jwk) = jwk
            && let Ok(jwk) = Jwk::read(jwk, secrets)
        {
            len = len.saturating_add(jwk.material_len());
        }
    }
    Ok(len)
}

/// A JWK of a set that looks like a key for this crate, but is broken or must not be used.
///
/// ```
/// use embedded_jwt::{Error, jwk::JwkSet};
/// // A coordinate without its leading zero has 31 bytes.
/// let text = br#"{"keys":[null, {"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}]}"#;
/// let mut buffer = [0; 256];
/// let keys = JwkSet::parse(text, &mut buffer)?.keys::<4>()?;
/// assert!(keys.is_empty());
/// assert!(keys.rejected().is_some_and(|jwk| (jwk.index, jwk.reason) == (1, Error::JwkInvalidMember)));
/// # Ok::<(), embedded_jwt::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct RejectedJwk {
    /// The position of the JWK in the set, counted from 0.
    pub index: usize,
    /// The reason why the JWK is rejected.
    pub reason: Error,
}

impl RejectedJwk {
    /// Returns the more important of two rejected JWKs: one that publishes a secret, otherwise the
    /// first.
    pub(crate) fn worse(first: Option<Self>, index: usize, reason: Error) -> Option<Self> {
        match first {
            Some(first) if first.reason == Error::JwkNotPublic || reason != Error::JwkNotPublic => {
                Some(first)
            }
            first => Self::new(index, reason).or(first),
        }
    }

    /// Returns `None` if the JWK is not for this crate.
    fn new(index: usize, reason: Error) -> Option<Self> {
        let is_foreign = matches!(
            reason,
            Error::JwkNotJson
                | Error::JwkUnsupportedKty
                | Error::JwkUnsupportedCrv
                | Error::JwkNotForVerifying
                | Error::JwkAlgMismatch
        );
        (!is_foreign).then_some(Self { index, reason })
    }
}

impl fmt::Display for RejectedJwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JWK {} of the set: {}", self.index, self.reason)
    }
}

/// Shows nothing of the text, which may hold secrets.
impl fmt::Debug for JwkSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwkSet").finish_non_exhaustive()
    }
}

/// Shows nothing of the text, which may hold secrets.
#[cfg(feature = "defmt")]
impl defmt::Format for JwkSet<'_> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(fmt, "JwkSet {{ .. }}");
    }
}
