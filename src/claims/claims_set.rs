//! The claims set (RFC 7519 section 4).

use core::fmt;

use serde::Deserialize;

use crate::{
    error::Error,
    json::{Array, JsonError, Object, Text, Value},
    jws::Verified,
    time::NumericDate,
};

/// The claims of a verified token.
///
/// The registered claims have the types of RFC 7519 section 4.1. A token with another type, `null`
/// included, is rejected, even if the policy does not check that claim.
///
/// Dates are JSON numbers in any spelling: `1731109279`, `1731109279.42`, `1.7e9`. A negative date
/// is rejected, and so is a date whose whole part does not fit into a `u64`. So `1e19` is accepted
/// as a date, and `2e19` is rejected.
///
/// `Debug` shows only the registered claims. Other claims may hold data that must not be in a log,
/// such as a nonce. [`Claims::object`] has all claims.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Claims<'b> {
    object: Object<'b>,
    iss: Option<Text<'b>>,
    sub: Option<Text<'b>>,
    aud: Option<Audience<'b>>,
    exp: Option<u64>,
    nbf: Option<u64>,
    iat: Option<u64>,
    jti: Option<Text<'b>>,
    is_bound: bool,
}

/// Shows the registered claims. The other claims may hold data that must not be in a log.
impl fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            object: _,
            iss,
            sub,
            aud,
            exp,
            nbf,
            iat,
            jti,
            is_bound: _,
        } = self;
        f.debug_struct("Claims")
            .field("iss", iss)
            .field("sub", sub)
            .field("aud", aud)
            .field("exp", exp)
            .field("nbf", nbf)
            .field("iat", iat)
            .field("jti", jti)
            .finish_non_exhaustive()
    }
}

impl<'b> Claims<'b> {
    /// Parses a decoded payload, and rewrites it in place.
    pub(crate) fn parse(payload: &'b mut [u8]) -> Result<Self, Error> {
        let value = Value::parse(payload).map_err(JsonError::in_payload)?;
        let Value::Object(object) = value else {
            return Err(Error::PayloadNotObject);
        };
        let (mut iss, mut sub, mut aud, mut jti) = (None, None, None, None);
        let (mut exp, mut nbf, mut iat) = (None, None, None);
        let mut is_bound = false;
        let date = |value, error| NumericDate::from_value(value).ok_or(error);
        for (name, value) in object.members() {
            match name.as_bytes() {
                b"iss" => iss = Some(value.as_text().ok_or(Error::InvalidIss)?),
                b"sub" => sub = Some(value.as_text().ok_or(Error::InvalidSub)?),
                b"aud" => aud = Some(Audience::from_value(value).ok_or(Error::InvalidAud)?),
                b"exp" => exp = Some(date(value, Error::InvalidExp)?.rounded_down()),
                b"nbf" => nbf = Some(date(value, Error::InvalidNbf)?.rounded_up()),
                b"iat" => iat = Some(date(value, Error::InvalidIat)?.rounded_down()),
                b"jti" => jti = Some(value.as_text().ok_or(Error::InvalidJti)?),
                b"cnf" => is_bound = true,
                _ => {}
            }
        }
        Ok(Self {
            object,
            iss,
            sub,
            aud,
            exp,
            nbf,
            iat,
            jti,
            is_bound,
        })
    }

    /// Returns the issuer of the token (RFC 7519 section 4.1.1).
    #[must_use]
    pub const fn iss(&self) -> Option<Text<'b>> {
        self.iss
    }

    /// Returns the subject of the token (RFC 7519 section 4.1.2).
    #[must_use]
    pub const fn sub(&self) -> Option<Text<'b>> {
        self.sub
    }

    /// Returns the audience of the token (RFC 7519 section 4.1.3).
    #[must_use]
    pub const fn aud(&self) -> Option<Audience<'b>> {
        self.aud
    }

    /// Returns the time when the token expires, in seconds since 1970 (RFC 7519 section 4.1.4). A
    /// fraction is dropped.
    #[must_use]
    pub const fn exp(&self) -> Option<u64> {
        self.exp
    }

    /// Returns the time when the token becomes valid, in seconds since 1970 (RFC 7519 section
    /// 4.1.5). A fraction is rounded up, because a token must not be accepted before that time.
    #[must_use]
    pub const fn nbf(&self) -> Option<u64> {
        self.nbf
    }

    /// Returns the time when the token was issued, in seconds since 1970 (RFC 7519 section 4.1.6).
    /// A fraction is dropped.
    #[must_use]
    pub const fn iat(&self) -> Option<u64> {
        self.iat
    }

    /// Returns the identifier of the token, which is unique for its issuer (RFC 7519 section
    /// 4.1.7).
    #[must_use]
    pub const fn jti(&self) -> Option<Text<'b>> {
        self.jti
    }

    /// Returns the identifier of the token. It must be present and not empty.
    pub(crate) fn required_jti(&self) -> Result<Text<'b>, Error> {
        let jti = self.jti.ok_or(Error::MissingJti)?;
        if jti.is_empty() {
            return Err(Error::InvalidJti);
        }
        Ok(jti)
    }

    /// Returns whether the token is bound to a key: it has a `cnf` claim of any type (RFC 7800
    /// section 3.1).
    pub(crate) const fn is_bound(&self) -> bool {
        self.is_bound
    }

    /// Returns these claims without the `iat`.
    #[cfg(any(feature = "es256", feature = "fast-es256"))]
    pub(crate) const fn without_iat(self) -> Self {
        Self { iat: None, ..self }
    }

    /// Returns any claim: `None` if it is absent, `Some(Value::Null)` if it is `null`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'b>> {
        self.object.get(name)
    }

    /// Returns all claims.
    #[must_use]
    pub const fn object(&self) -> Object<'b> {
        self.object
    }

    /// Deserializes the claims into a type of the caller with serde. `&str` fields borrow.
    ///
    /// [`Value::deserialize`] reads a single claim. Its documentation lists the JSON values that
    /// fit each type. An `Option` is `None` both for an absent claim and for `null`.
    /// [`Claims::get`] tells the two apart.
    ///
    /// ```
    /// # use embedded_jwt::{Error, Key, Policy, Time, Verifier};
    /// # fn show(keys: &[Key<'_>], policy: &Policy<'_>, token: &[u8], time: Time) -> Result<(), Error> {
    /// # let mut buffer = [0; 512];
    /// #[derive(serde::Deserialize)]
    /// struct Command<'a> {
    ///     valve: &'a str,
    ///     open: bool,
    /// }
    /// let token = Verifier::new(keys, policy).verify(token, time, &mut buffer)?;
    /// let command: Command<'_> = token.claims().deserialize()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The error names the field that does not fit:
    ///
    /// ```
    /// use embedded_jwt::{Error, json::{Misfit, Value}};
    /// #[derive(Debug, serde::Deserialize)]
    /// struct Command<'a> {
    ///     valve: &'a str,
    ///     level: u8,
    /// }
    /// let mut claims = *br#"{"valve": "north", "level": 300}"#;
    /// let error = Value::parse(&mut claims).unwrap().deserialize::<Command<'_>>().unwrap_err();
    /// assert_eq!(error, Error::ClaimsShape { reason: Misfit::Value, field: Some("level") });
    /// assert!(error.to_string().ends_with(": the field `level` is out of range or invalid"));
    /// ```
    ///
    /// # Errors
    /// [`Error::ClaimsShape`]
    pub fn deserialize<T: Deserialize<'b>>(&self) -> Result<T, Error> {
        Value::Object(self.object).deserialize()
    }
}

impl<'b> Verified<'b, '_> {
    /// Reads the claims. Checks only that the payload is a claims set (RFC 7519 section 7.2, step
    /// 10), not what the claims say.
    ///
    /// Until [`Policy::check`](crate::Policy::check), the token may have expired or be for another
    /// recipient. [`Verified::check`] reads and checks the claims in one call.
    ///
    /// # Errors
    /// [`Error::PayloadNotJson`] and the other errors named after the payload or a registered
    /// claim.
    pub fn claims(self) -> Result<Claims<'b>, Error> {
        Claims::parse(self.into_payload())
    }
}

/// The audience of a token: one string or a list of them (RFC 7519 section 4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Audience<'b>(OneOrMany<'b>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum OneOrMany<'b> {
    One(Text<'b>),
    /// A list. Every element is a string.
    Many(Array<'b>),
}

impl<'b> Audience<'b> {
    fn from_value(value: Value<'b>) -> Option<Self> {
        match value {
            Value::String(one) => Some(Self(OneOrMany::One(one))),
            Value::Array(many) => {
                let strings_only = many
                    .elements()
                    .all(|value| matches!(value, Value::String(_)));
                strings_only.then_some(Self(OneOrMany::Many(many)))
            }
            _ => None,
        }
    }

    /// Returns whether `audience` is one of the audiences.
    #[must_use]
    pub fn contains(self, audience: &str) -> bool {
        self.iter().any(|member| member == audience)
    }

    /// Returns an iterator over the audiences.
    pub fn iter(self) -> impl Iterator<Item = Text<'b>> {
        let (one, many) = match self.0 {
            OneOrMany::One(one) => (Some(one), None),
            OneOrMany::Many(many) => (None, Some(many)),
        };
        let strings = many
            .into_iter()
            .flat_map(Array::elements)
            .filter_map(|value| match value {
                Value::String(text) => Some(text),
                _ => None,
            });
        one.into_iter().chain(strings)
    }
}
