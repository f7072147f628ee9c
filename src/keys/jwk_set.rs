//! The keys of a JWK Set (RFC 7517 section 5).

use core::{fmt, ops::Deref};

use heapless::Vec;

use super::{
    jwk::{Jwk, Layout, Secrets, copied},
    key::Key,
};
use crate::{
    error::Error,
    json::{Array, Object, Value},
    limits::MAX_JWK_SET_KEYS,
};

/// An iterator over the JWKs of a JWK Set. It returns each JWK as a [`Key`], or as the [`Error`]
/// that says why this crate cannot use the JWK.
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
/// // One by one, unsupported JWKs included.
/// for (index, jwk) in JwkSet::parse(text, &mut buffer)?.enumerate() {
///     match jwk {
///         Ok(key) => assert_eq!(key.kid(), Some("2026")),
///         Err(reason) => assert_eq!((index, reason), (0, Error::JwkUnsupportedKty)),
///     }
/// }
///
/// // Or all usable keys at once, and the first broken JWK.
/// let keys = JwkSet::parse(text, &mut buffer)?.keys::<4>()?;
/// assert_eq!((keys.len(), keys.rejected()), (1, None));
/// # Ok::<(), embedded_jwt::Error>(())
/// ```
pub struct JwkSet<'k> {
    /// The positions of the parts of each JWK, or its error, in the order of the set.
    jwks: Vec<Result<Layout, Error>, MAX_JWK_SET_KEYS>,
    /// The number of JWKs that were returned.
    returned: usize,
    /// The text after the last key that was returned.
    text: &'k mut [u8],
    /// The position of `text` in the whole text.
    start: usize,
}

impl<'k> JwkSet<'k> {
    /// Parses a published set, which an issuer serves to everyone.
    ///
    /// A JWK with a secret or a private key is rejected with [`Error::JwkNotPublic`]. A public key
    /// is rejected too if the set also holds its private key: every reader of the set could sign
    /// with it.
    ///
    /// The text is copied to `buffer`, which has to be as long as the text. The keys borrow from
    /// `buffer`, where they are decoded in place.
    ///
    /// # Errors
    /// The errors of the set as a whole: [`Error::BufferTooSmall`], [`Error::JwkSetNotJson`],
    /// [`Error::JwkSetMissingKeys`], [`Error::JwkSetInvalidKeys`], [`Error::JwkSetTooManyKeys`]
    pub fn parse(text: impl AsRef<[u8]>, buffer: &'k mut [u8]) -> Result<Self, Error> {
        Self::read(text.as_ref(), buffer, Secrets::Refused, &mut |_| {})
    }

    /// Parses a private set, which is not shared with others. Keys with `kty` `oct` are used for
    /// HS256. The private half of any other key is ignored.
    ///
    /// The buffer keeps the secrets of the text, even after an error. The caller has to wipe it.
    ///
    /// # Errors
    /// The errors of [`JwkSet::parse`].
    pub fn parse_with_secrets(text: impl AsRef<[u8]>, buffer: &'k mut [u8]) -> Result<Self, Error> {
        Self::read(text.as_ref(), buffer, Secrets::Taken, &mut |_| {})
    }

    /// Parses a published set. If the set as a whole has no error, calls `inspect` with each of its
    /// JWKs.
    #[cfg(any(feature = "es256", feature = "fast-es256"))]
    pub(crate) fn parse_and_inspect(
        text: &[u8],
        buffer: &'k mut [u8],
        inspect: &mut dyn FnMut(Object<'_>),
    ) -> Result<Self, Error> {
        Self::read(text, buffer, Secrets::Refused, inspect)
    }

    /// Reads a published set whose text is already in the buffer, such as the payload of a token.
    /// The argument `parse` is a function that parses and checks the text.
    #[cfg(any(feature = "es256", feature = "fast-es256"))]
    pub(crate) fn parse_in_place(
        text: &'k mut [u8],
        parse: impl for<'t> FnOnce(&'t mut [u8]) -> Result<Object<'t>, Error>,
        inspect: &mut dyn FnMut(Object<'_>),
    ) -> Result<Self, Error> {
        Self::read_in_place(text, parse, Secrets::Refused, inspect)
    }

    fn read(
        text: &[u8],
        buffer: &'k mut [u8],
        secrets: Secrets,
        inspect: &mut dyn FnMut(Object<'_>),
    ) -> Result<Self, Error> {
        Self::read_in_place(copied(text, buffer)?, object, secrets, inspect)
    }

    fn read_in_place(
        text: &'k mut [u8],
        parse: impl for<'t> FnOnce(&'t mut [u8]) -> Result<Object<'t>, Error>,
        secrets: Secrets,
        inspect: &mut dyn FnMut(Object<'_>),
    ) -> Result<Self, Error> {
        let start = text.as_ptr().addr();
        let list = match parse(&mut *text)?.get("keys") {
            None => return Err(Error::JwkSetMissingKeys),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(Error::JwkSetInvalidKeys),
        };
        let mut jwks = Vec::new();
        for jwk in list.elements() {
            let layout = match jwk {
                Value::Object(jwk) => layout(jwk, list, secrets, start),
                _ => Err(Error::JwkNotJson),
            };
            jwks.push(layout).map_err(|_| Error::JwkSetTooManyKeys)?;
        }
        list.elements()
            .filter_map(Value::as_object)
            .for_each(inspect);
        Ok(Self {
            jwks,
            returned: 0,
            text,
            start: 0,
        })
    }

    /// Collects the usable keys, up to `N`.
    ///
    /// Unsupported keys are skipped. A key that is listed twice is returned once. A broken JWK does
    /// not keep the other keys from being used: [`Keys::rejected`] reports it.
    ///
    /// # Errors
    /// [`Error::JwkSetNoRoom`] for more than `N` usable keys, because the crate cannot know which
    /// of them matter. [`Error::JwkSetDuplicateKid`]
    pub fn keys<const N: usize>(self) -> Result<Keys<'k, N>, Error> {
        let mut keys: Vec<Key<'k>, N> = Vec::new();
        let mut unusable = Unusable::default();
        for (index, jwk) in self.enumerate() {
            let key = match jwk {
                Ok(key) => key,
                Err(reason) => {
                    unusable.add(index, reason);
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
        Ok(Keys { keys, unusable })
    }
}

/// The usable keys of a [`JwkSet`], as a slice of [`Key`].
#[derive(Clone, Debug)]
pub struct Keys<'k, const N: usize> {
    keys: Vec<Key<'k>, N>,
    unusable: Unusable,
}

impl<const N: usize> Keys<'_, N> {
    /// Returns the first broken JWK, if there is one. A broken JWK looks like a key for this crate,
    /// but has an error. Examples are a coordinate of 31 bytes, padding, and a `kid` that is
    /// `null`. A JWK that publishes a secret takes precedence over all others.
    #[must_use]
    pub const fn rejected(&self) -> Option<RejectedJwk> {
        self.unusable.rejected
    }

    /// Returns the number of JWKs that were skipped, because they are for another algorithm or use,
    /// or because this crate does not support them for another reason.
    ///
    /// ```
    /// use embedded_jwt::{Error, jwk::JwkSet};
    /// let text = br#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#;
    /// let mut buffer = [0; 64];
    /// let keys = JwkSet::parse(text, &mut buffer)?.keys::<4>()?;
    /// assert_eq!((keys.len(), keys.skipped()), (0, 1));
    /// # Ok::<(), embedded_jwt::Error>(())
    /// ```
    #[must_use]
    pub const fn skipped(&self) -> usize {
        self.unusable.skipped
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

impl<'k> Iterator for JwkSet<'k> {
    type Item = Result<Key<'k>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let layout = match self.jwks.get(self.returned)? {
            Ok(layout) => *layout,
            Err(reason) => {
                self.returned = self.returned.saturating_add(1);
                return Some(Err(*reason));
            }
        };
        self.returned = self.returned.saturating_add(1);
        // The JWKs are in the order of the text. So the parts of the next ones are behind this one.
        let (start, end) = (self.start, layout.end().max(self.start));
        self.start = end;
        let text = self.text.split_off_mut(..end.saturating_sub(start))?;
        Some(layout.decode(text, start))
    }
}

fn object(text: &mut [u8]) -> Result<Object<'_>, Error> {
    match Value::parse(text) {
        Ok(Value::Object(set)) => Ok(set),
        _ => Err(Error::JwkSetNotJson),
    }
}

/// Reads one JWK of a set.
fn layout(
    jwk: Object<'_>,
    list: Array<'_>,
    secrets: Secrets,
    start: usize,
) -> Result<Layout, Error> {
    let jwk = Jwk::read(jwk, secrets)?;
    let is_given_away = secrets == Secrets::Refused
        && list
            .elements()
            .filter_map(Value::as_object)
            .any(|other| jwk.is_given_away_by(other));
    jwk.layout(start, is_given_away)
}

/// A count of the JWKs of a set that this crate cannot use, and the most important one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unusable {
    pub(crate) rejected: Option<RejectedJwk>,
    /// The number of JWKs for other algorithms or uses.
    pub(crate) skipped: usize,
}

impl Unusable {
    /// Adds a JWK. Of two rejected JWKs, the more important one is kept: one that publishes a
    /// secret, otherwise the first.
    pub(crate) fn add(&mut self, index: usize, reason: Error) {
        let is_foreign = matches!(
            reason,
            Error::JwkNotJson
                | Error::JwkUnsupportedKty
                | Error::JwkUnsupportedCrv
                | Error::JwkNotForVerifying
                | Error::JwkAlgMismatch
        );
        if is_foreign {
            self.skipped = self.skipped.saturating_add(1);
            return;
        }
        let is_worse = |first: RejectedJwk| {
            first.reason != Error::JwkNotPublic && reason == Error::JwkNotPublic
        };
        if self.rejected.is_none_or(is_worse) {
            self.rejected = Some(RejectedJwk { index, reason });
        }
    }
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
