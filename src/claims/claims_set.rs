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
/// The registered claims have the types of RFC 7519 section 4.1: a token where one has another, `null`
/// included, is refused, whether or not a policy looks at that claim.
///
/// Dates are numbers of any spelling of JSON: `1731109279`, `1731109279.42`, `1.7e9`. A negative one is refused, and so is
/// one whose whole part does not fit into a `u64`. So `1e19` is accepted as a date, and `2e19` is refused.
///
/// `Debug` shows the registered claims alone: another one may hold what is not for a log, such as a nonce.
/// [`Claims::object`] has all of them.
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

/// The registered claims; the others may hold what is not for a log.
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

/// The registered claims; the others may hold what is not for a log.
#[cfg(feature = "defmt")]
impl defmt::Format for Claims<'_> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
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
        defmt::write!(
            fmt,
            "Claims {{ iss: {}, sub: {}, aud: {}, exp: {}, nbf: {}, iat: {}, jti: {}, .. }}",
            iss,
            sub,
            aud,
            exp,
            nbf,
            iat,
            jti
        );
    }
}

impl<'b> Claims<'b> {
    /// Reads a decoded payload, which is rewritten in place.
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
            match name.normal() {
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

    /// Who issued the token (section 4.1.1).
    #[must_use]
    pub const fn iss(&self) -> Option<Text<'b>> {
        self.iss
    }

    /// Whom the token is about (section 4.1.2).
    #[must_use]
    pub const fn sub(&self) -> Option<Text<'b>> {
        self.sub
    }

    /// Whom the token is for (section 4.1.3).
    #[must_use]
    pub const fn aud(&self) -> Option<Audience<'b>> {
        self.aud
    }

    /// When the token expires, in seconds since 1970, the fraction dropped (section 4.1.4).
    #[must_use]
    pub const fn exp(&self) -> Option<u64> {
        self.exp
    }

    /// When the token begins to be valid, in seconds since 1970, the fraction rounded up: a token must not be accepted
    /// before that moment (section 4.1.5).
    #[must_use]
    pub const fn nbf(&self) -> Option<u64> {
        self.nbf
    }

    /// When the token was issued, in seconds since 1970, the fraction dropped (section 4.1.6).
    #[must_use]
    pub const fn iat(&self) -> Option<u64> {
        self.iat
    }

    /// The token's identifier, unique for its issuer (section 4.1.7).
    #[must_use]
    pub const fn jti(&self) -> Option<Text<'b>> {
        self.jti
    }

    /// The token's identifier, which has to be there and not empty.
    pub(crate) fn required_jti(&self) -> Result<Text<'b>, Error> {
        let jti = self.jti.ok_or(Error::MissingJti)?;
        if jti.is_empty() {
            return Err(Error::InvalidJti);
        }
        Ok(jti)
    }

    /// Whether the token is bound to a key: it has the claim `cnf`, of whatever type (RFC 7800 section 3.1).
    pub(crate) const fn is_bound(&self) -> bool {
        self.is_bound
    }

    /// The same claims, their `iat` left out of account.
    #[cfg(feature = "es256")]
    pub(crate) const fn without_iat(self) -> Self {
        Self { iat: None, ..self }
    }

    /// Any claim: `None` where it is not there, `Some(Value::Null)` where it is `null`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'b>> {
        self.object.get(name)
    }

    /// All claims.
    #[must_use]
    pub const fn object(&self) -> Object<'b> {
        self.object
    }

    /// Reads the claims into a struct of the caller's, by serde; `&str` fields borrow.
    ///
    /// What fits which type is told at [`Value::deserialize`], which reads a single claim. A claim that is `null`
    /// is `None` in an `Option`, as one that is not there; [`Claims::get`] tells them apart.
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
    /// # Errors
    /// [`Error::ClaimsShape`]
    pub fn deserialize<T: Deserialize<'b>>(&self) -> Result<T, Error> {
        Value::Object(self.object).deserialize()
    }
}

impl<'b> Verified<'b> {
    /// Reads the claims: checks that the payload is a claims set (RFC 7519 section 7.2, step 10), and nothing of what it says.
    ///
    /// Until [`Policy::check`](crate::Policy::check) the token may have expired or be for others. [`Verified::check`] does both.
    ///
    /// # Errors
    /// [`Error::PayloadNotJson`] and the others that are named after the payload or a registered claim.
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
    /// Strings only.
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

    /// Whether `audience` is among them.
    #[must_use]
    pub fn contains(self, audience: &str) -> bool {
        self.iter().any(|member| member == audience)
    }

    /// Each of them.
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
