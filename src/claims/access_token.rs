//! JWT access tokens (RFC 9068).

use core::fmt;

use super::{claims_set::Claims, scope::Scope};
use crate::{
    error::Error,
    json::{Array, Object, Text, Value},
    time::NumericDate,
};

/// The claims of an access token (RFC 9068 section 2.2). The required claims are present and have
/// the right types. [`Policy::access_token`](crate::Policy::access_token) makes the policy that
/// checks the token.
///
/// The optional claims are read by their accessors. An absent claim gives `None`. A claim of
/// another type, `null` included, gives an error, never `None`.
///
/// ```
/// use embedded_jwt::{Error, Policy, Time, Token, Verifier};
/// static POLICY: Policy<'static> =
///     Policy::access_token("https://auth.example", "https://pump-7.example");
///
/// fn who(token: &Token<'_, '_>) -> Result<(), Error> {
///     let access = token.access_token()?;
///     println!("{} for {}", access.client_id(), access.sub());
///     for role in access.roles()? {
///         println!("is {role}");
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AccessToken<'b> {
    object: Object<'b>,
    sub: Text<'b>,
    client_id: Text<'b>,
    jti: Text<'b>,
}

/// Shows `sub`, `client_id` and `jti`. The other claims may hold data that must not be in a log.
impl fmt::Debug for AccessToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            object: _,
            sub,
            client_id,
            jti,
        } = self;
        f.debug_struct("AccessToken")
            .field("sub", sub)
            .field("client_id", client_id)
            .field("jti", jti)
            .finish_non_exhaustive()
    }
}

impl<'b> AccessToken<'b> {
    /// Reads the claims of an access token from a claims set that the single steps returned. A
    /// [`Token`](crate::Token) has [`Token::access_token`](crate::Token::access_token) for this.
    ///
    /// # Errors
    /// The first error in this order: [`Error::MissingIss`], [`Error::MissingExp`],
    /// [`Error::MissingAud`], [`Error::MissingSub`], [`Error::InvalidSub`],
    /// [`Error::MissingClientId`], [`Error::InvalidClientId`], [`Error::MissingIat`],
    /// [`Error::MissingJti`], [`Error::InvalidJti`].
    pub fn new(claims: &Claims<'b>) -> Result<Self, Error> {
        claims.iss().ok_or(Error::MissingIss)?;
        claims.exp().ok_or(Error::MissingExp)?;
        claims.aud().ok_or(Error::MissingAud)?;
        let sub = not_empty(claims.sub().ok_or(Error::MissingSub)?, Error::InvalidSub)?;
        let client_id = claims.get("client_id").ok_or(Error::MissingClientId)?;
        let client_id = client_id.as_text().ok_or(Error::InvalidClientId)?;
        let client_id = not_empty(client_id, Error::InvalidClientId)?;
        claims.iat().ok_or(Error::MissingIat)?;
        let jti = claims.required_jti()?;
        Ok(Self {
            object: claims.object(),
            sub,
            client_id,
            jti,
        })
    }

    /// Returns the subject of the token: the resource owner, or the client itself if there is no
    /// resource owner (RFC 9068 section 2.2).
    #[must_use]
    pub const fn sub(&self) -> Text<'b> {
        self.sub
    }

    /// Returns the client that requested the token (RFC 8693 section 4.3).
    #[must_use]
    pub const fn client_id(&self) -> Text<'b> {
        self.client_id
    }

    /// Returns the identifier of the token, which is unique for its issuer.
    #[must_use]
    pub const fn jti(&self) -> Text<'b> {
        self.jti
    }

    /// Returns the scopes that the token grants, like [`Claims::scope`].
    ///
    /// # Errors
    /// [`Error::InvalidScope`]
    pub fn scope(&self) -> Result<Scope<'b>, Error> {
        Scope::of(self.object)
    }

    /// Returns the time when the user authenticated, in seconds since 1970 (RFC 9068 section
    /// 2.2.1). A fraction is dropped.
    ///
    /// # Errors
    /// [`Error::InvalidAuthTime`]
    pub fn auth_time(&self) -> Result<Option<u64>, Error> {
        let value = self.object.get("auth_time");
        value
            .map(|value| {
                Ok(NumericDate::from_value(value)
                    .ok_or(Error::InvalidAuthTime)?
                    .rounded_down())
            })
            .transpose()
    }

    /// Returns the class of the authentication (RFC 9068 section 2.2.1, `OpenID` Connect Core
    /// section 2).
    ///
    /// # Errors
    /// [`Error::InvalidAcr`]
    pub fn acr(&self) -> Result<Option<Text<'b>>, Error> {
        let value = self.object.get("acr");
        value
            .map(|value| value.as_text().ok_or(Error::InvalidAcr))
            .transpose()
    }

    /// Returns the methods of the authentication (RFC 9068 section 2.2.1, RFC 8176).
    ///
    /// # Errors
    /// [`Error::InvalidAmr`]
    pub fn amr(&self) -> Result<impl Iterator<Item = Text<'b>> + use<'b>, Error> {
        let is_string = |value: Value<'_>| matches!(value, Value::String(_));
        names(self.object.get("amr"), is_string, Error::InvalidAmr)
    }

    /// Returns the roles of the user (RFC 9068 section 2.2.3.1, RFC 7643 section 4.1.2). Without
    /// the claim, the iterator is empty.
    ///
    /// An element is a string, as servers send it, or an object whose `value` is a string, as in
    /// RFC 7643.
    ///
    /// # Errors
    /// [`Error::InvalidEntitlements`]
    pub fn roles(&self) -> Result<impl Iterator<Item = Text<'b>> + use<'b>, Error> {
        self.entitled_by("roles")
    }

    /// Returns the groups of the user, in the same forms as [`AccessToken::roles`].
    ///
    /// # Errors
    /// [`Error::InvalidEntitlements`]
    pub fn groups(&self) -> Result<impl Iterator<Item = Text<'b>> + use<'b>, Error> {
        self.entitled_by("groups")
    }

    /// Returns the entitlements of the user, in the same forms as [`AccessToken::roles`].
    ///
    /// # Errors
    /// [`Error::InvalidEntitlements`]
    pub fn entitlements(&self) -> Result<impl Iterator<Item = Text<'b>> + use<'b>, Error> {
        self.entitled_by("entitlements")
    }

    fn entitled_by(&self, claim: &str) -> Result<impl Iterator<Item = Text<'b>> + use<'b>, Error> {
        let value = self.object.get(claim);
        names(
            value,
            |value: Value<'_>| name(value).is_some(),
            Error::InvalidEntitlements,
        )
    }
}

fn not_empty(text: Text<'_>, otherwise: Error) -> Result<Text<'_>, Error> {
    if text.is_empty() {
        Err(otherwise)
    } else {
        Ok(text)
    }
}

/// Returns the names in an array. Every element must be valid. Without a value, the iterator is
/// empty.
fn names(
    value: Option<Value<'_>>,
    passes: fn(Value<'_>) -> bool,
    otherwise: Error,
) -> Result<impl Iterator<Item = Text<'_>> + use<'_>, Error> {
    let array = match value {
        None => None,
        Some(Value::Array(array)) if array.elements().all(passes) => Some(array),
        Some(_) => return Err(otherwise),
    };
    Ok(array.into_iter().flat_map(Array::elements).filter_map(name))
}

/// Returns a string, or the `value` of an object if it is a string.
fn name(value: Value<'_>) -> Option<Text<'_>> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(object) => match object.get("value") {
            Some(Value::String(text)) => Some(text),
            _ => None,
        },
        _ => None,
    }
}
