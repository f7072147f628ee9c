//! Scopes: what an access token grants (RFC 6749 section 3.3). RFC 8693 section 4.2 defines the
//! claim.

use core::fmt;

use super::claims_set::Claims;
use crate::{
    error::Error,
    json::{Array, Object, Value},
};

/// The scopes of a token. Each scope is a word, compared as a whole and with regard to case.
///
/// ```
/// use embedded_jwt::{json::Value, oauth::Scope};
/// let mut text = *br#""pump:read pump:write""#;
/// let scope = Scope::from_value(Value::parse(&mut text).unwrap())?;
/// assert!(scope.contains("pump:write"));
/// assert!(!scope.contains("pump"));
/// # Ok::<(), embedded_jwt::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Scope<'b>(Form<'b>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Form<'b> {
    /// The claim is absent.
    None,
    /// A string of words, separated by single spaces.
    Words(&'b str),
    /// A list. Every element is a string of one word.
    Array(Array<'b>),
}

impl<'b> Scope<'b> {
    /// Reads the value of a claim: a string of words separated by single spaces, or an array of
    /// words. Some authorization servers send the array.
    ///
    /// A word is one or more printable ASCII characters except space, quote and backslash. Anything
    /// else rejects the whole claim, so that no two readers find different words in it. Examples
    /// are a space at either end, two spaces in a row, a space inside an element, and other
    /// whitespace. A claim without a word is also rejected, because RFC 6749 has no syntax for it.
    ///
    /// [`Claims::scope`] reads the claim `scope`. If a server names the claim `scp`, read it with
    /// `Scope::from_value(claims.get("scp")...)`. To require a scope in it, set
    /// [`Policy::scope_claim`].
    ///
    /// [`Policy::scope_claim`]: crate::Policy::scope_claim
    ///
    /// # Errors
    /// [`Error::InvalidScope`]
    pub fn from_value(value: Value<'b>) -> Result<Self, Error> {
        match value {
            Value::String(text) => {
                let words = text.as_str();
                if is_scope(words) {
                    return Ok(Self(Form::Words(words)));
                }
            }
            Value::Array(array) => {
                let words_only = array.elements().all(|value| word(value).is_some());
                if words_only && array.elements().next().is_some() {
                    return Ok(Self(Form::Array(array)));
                }
            }
            _ => {}
        }
        Err(Error::InvalidScope)
    }

    /// Reads the `scope` of a claims set.
    pub(super) fn of(claims: Object<'b>) -> Result<Self, Error> {
        Self::of_claim(claims, "scope")
    }

    fn of_claim(claims: Object<'b>, name: &str) -> Result<Self, Error> {
        let value = claims.get(name);
        value.map_or(Ok(Self(Form::None)), Self::from_value)
    }

    /// Returns whether `scope` is one of the scopes. If `scope` is not a single word, it returns
    /// `false`.
    #[must_use]
    pub fn contains(self, scope: &str) -> bool {
        self.iter().any(|granted| granted == scope)
    }

    /// Returns an iterator over the scopes.
    pub fn iter(self) -> impl Iterator<Item = &'b str> {
        let (words, array) = match self.0 {
            Form::None => (None, None),
            Form::Words(words) => (Some(words), None),
            Form::Array(array) => (None, Some(array)),
        };
        let elements = array.into_iter().flat_map(Array::elements);
        words
            .into_iter()
            .flat_map(split)
            .chain(elements.filter_map(word))
    }

    /// Returns whether the token has no scope, because the claim is absent.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        matches!(self.0, Form::None)
    }

    /// Requires every scope in `required`, one or more words separated by single spaces.
    ///
    /// # Errors
    /// [`Error::InsufficientScope`]
    pub fn require(self, required: &str) -> Result<(), Error> {
        // If `required` is not a valid scope, one of its parts is not a word. No token has that
        // part.
        if split(required).all(|scope| self.contains(scope)) {
            Ok(())
        } else {
            Err(Error::InsufficientScope)
        }
    }
}

impl<'b> Claims<'b> {
    /// Returns the scopes that the token grants: its claim `scope` (RFC 8693 section 4.2), read
    /// like [`Scope::from_value`]. A token without that claim has no scope.
    ///
    /// # Errors
    /// [`Error::InvalidScope`], also if the claim is `null`.
    pub fn scope(&self) -> Result<Scope<'b>, Error> {
        Scope::of(self.object())
    }

    /// Requires every scope in `required`, one or more words separated by single spaces.
    ///
    /// # Errors
    /// [`Error::InvalidScope`], [`Error::MissingScope`], [`Error::InsufficientScope`]
    pub fn require_scope(&self, required: &str) -> Result<(), Error> {
        self.require_scope_in("scope", required)
    }

    /// Requires every scope in `required` to be in the claim `name`.
    pub(crate) fn require_scope_in(&self, name: &str, required: &str) -> Result<(), Error> {
        let scope = Scope::of_claim(self.object(), name)?;
        if scope.is_empty() {
            return Err(Error::MissingScope);
        }
        scope.require(required)
    }
}

/// Maps scopes to the capabilities of an application. The table can be in flash.
///
/// ```
/// use embedded_jwt::{Claims, Error, oauth::ScopeMap};
///
/// #[derive(PartialEq)]
/// enum Capability {
///     Watch,
///     Pump,
/// }
/// static SCOPES: ScopeMap<'static, Capability> = ScopeMap::new(&[
///     ("pump:read", Capability::Watch),
///     ("pump:write", Capability::Pump),
/// ]);
///
/// fn may_pump(claims: &Claims<'_>) -> Result<(), Error> {
///     SCOPES.require(claims.scope()?, &Capability::Pump)?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ScopeMap<'m, C>(&'m [(&'m str, C)]);

impl<'m, C> ScopeMap<'m, C> {
    /// Creates a map from a table. Each row is a scope and a capability that it grants. If several
    /// scopes grant the same capability, any one of them suffices.
    #[must_use]
    pub const fn new(table: &'m [(&'m str, C)]) -> Self {
        Self(table)
    }

    /// Returns the capabilities that the scopes of a token grant, in the order of the table. Scopes
    /// that are not in the table grant nothing.
    pub fn granted(&self, scope: Scope<'_>) -> impl Iterator<Item = &'m C> {
        self.0
            .iter()
            .filter_map(move |(name, capability)| scope.contains(name).then_some(capability))
    }
}

impl<'m, C: PartialEq> ScopeMap<'m, C> {
    /// Requires that the scopes of a token grant `capability`.
    ///
    /// # Errors
    /// [`InsufficientScope`], which names the required scope.
    pub fn require(&self, scope: Scope<'_>, capability: &C) -> Result<(), InsufficientScope<'m>> {
        if self.granted(scope).any(|granted| granted == capability) {
            return Ok(());
        }
        let required = self.0.iter().find(|(_, granted)| granted == capability);
        Err(InsufficientScope {
            required: required.map(|(name, _)| *name),
        })
    }
}

/// The token does not grant what the request needs (RFC 6750 section 3.1). It converts to
/// [`Error::InsufficientScope`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct InsufficientScope<'m> {
    /// The first scope in the table that would suffice, for
    /// [`Challenge::scope`](crate::oauth::Challenge::scope). `None` if no scope in the table grants
    /// the capability.
    pub required: Option<&'m str>,
}

impl From<InsufficientScope<'_>> for Error {
    fn from(_: InsufficientScope<'_>) -> Self {
        Self::InsufficientScope
    }
}

impl fmt::Display for InsufficientScope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Error::InsufficientScope.text())
    }
}

impl core::error::Error for InsufficientScope<'_> {}

/// Returns whether a text is words separated by single spaces (RFC 6749 section 3.3).
pub(crate) fn is_scope(text: &str) -> bool {
    split(text).all(is_word)
}

// The pattern is an array of one character. The search for a single `char` works on machine words
// and slices, which would only add code here.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split([' '])
}

fn word(value: Value<'_>) -> Option<&str> {
    value.as_str().filter(|word| is_word(word))
}

/// `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`
fn is_word(word: &str) -> bool {
    let is_allowed = |byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    !word.is_empty() && word.bytes().all(is_allowed)
}
