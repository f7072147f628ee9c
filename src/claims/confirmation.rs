//! The key that a token is bound to: the claim `cnf` (RFC 7800).

use super::claims_set::Claims;
use crate::{
    crypto::{owned_public_key::OwnedPublicKey, thumbprint::Thumbprint},
    error::Error,
    json::{Object, Text, Value},
    keys::published_jwk,
};

/// The key that a token is bound to. The sender of the token must prove possession of the private
/// key (RFC 7800 section 3.1).
///
/// The protocol defines the proof. For DPoP,
/// [`Verifier::verify_dpop`](crate::Verifier::verify_dpop) checks it. Over a radio, the sender can
/// sign a challenge that the device has just created:
///
/// ```
/// use embedded_jwt::{Claims, Compact, Error, Key, oauth::Confirmation};
///
/// /// Returns whether `answer`, a JWS, signs this challenge with the key that the token is bound
/// /// to.
/// fn has_key(token: &Claims<'_>, paired: &[Key<'_>], challenge: &[u8], answer: &[u8]) -> Result<bool, Error> {
///     let confirmation = token.confirmation()?;
///     let key = match &confirmation {
///         // The token contains the key.
///         Some(Confirmation::Jwk(key)) => Some(Key::from(key.as_public_key())),
///         // The token names a key that the device knows.
///         Some(Confirmation::Kid(kid)) => {
///             paired.iter().find(|key| key.kid().is_some_and(|known| *kid == known)).copied()
///         }
///         _ => None,
///     };
///     let Some(key) = key else { return Ok(false) };
///     let (keys, mut buffer) = ([key], [0; 256]);
///     let verified = Compact::parse(answer)?.verify(&keys, &mut buffer)?;
///     Ok(verified.payload() == challenge)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Confirmation<'b> {
    /// `jkt`: the public key has this thumbprint (RFC 9449 section 6.1).
    Jkt(Thumbprint),
    /// `jwk`: the public key itself (RFC 7800 section 3.2).
    Jwk(OwnedPublicKey),
    /// `kid`: the name of a key that both sides know (RFC 7800 section 3.4).
    Kid(Text<'b>),
}

impl<'b> Claims<'b> {
    /// Returns the key that the token is bound to, or `None` for a plain bearer token.
    ///
    /// `cnf` must have exactly one of `jkt`, `jwk` and `kid`, because two could name two keys.
    /// Unknown members are ignored next to it (RFC 7800 section 3.1). Unknown members alone are an
    /// error, so the token never counts as a bearer token.
    ///
    /// # Errors
    /// [`Error::InvalidCnf`], [`Error::UnsupportedCnf`]
    pub fn confirmation(&self) -> Result<Option<Confirmation<'b>>, Error> {
        match self.get("cnf") {
            None => Ok(None),
            Some(Value::Object(cnf)) => Confirmation::read(cnf).map(Some),
            Some(_) => Err(Error::InvalidCnf),
        }
    }
}

impl<'b> Confirmation<'b> {
    fn read(cnf: Object<'b>) -> Result<Self, Error> {
        match (cnf.get("jkt"), cnf.get("jwk"), cnf.get("kid")) {
            (Some(Value::String(jkt)), None, None) => jkt
                .as_str()
                .parse()
                .map(Self::Jkt)
                .map_err(|_| Error::InvalidCnf),
            (None, Some(Value::Object(jwk)), None) => {
                let mut room = [0; 64];
                let key = published_jwk(jwk, &mut room).map_err(|_| Error::InvalidCnf)?;
                let key = key.public_key().ok_or(Error::InvalidCnf)?;
                Ok(Self::Jwk(key.into()))
            }
            (None, None, Some(Value::String(kid))) if !kid.is_empty() => Ok(Self::Kid(kid)),
            (None, None, None) if cnf.members().next().is_some() => Err(Error::UnsupportedCnf),
            _ => Err(Error::InvalidCnf),
        }
    }

    /// Returns whether this is the public key with this thumbprint. For a `kid` the public key is
    /// not known, so the result is `false`.
    pub(crate) fn is(&self, thumbprint: &Thumbprint) -> bool {
        match self {
            Self::Jkt(jkt) => jkt == thumbprint,
            Self::Jwk(key) => key.as_public_key().thumbprint() == *thumbprint,
            Self::Kid(_) => false,
        }
    }
}
