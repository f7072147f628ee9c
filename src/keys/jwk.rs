//! A key from one JWK (RFC 7517, RFC 7518 section 6).

use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::key::Key;
#[cfg(feature = "es256")]
use crate::crypto::PublicKey;
use crate::{
    crypto::Algorithm,
    encoding,
    error::Error,
    json::{Object, Value},
};

impl<'k> Key<'k> {
    /// A key from a JSON Web Key: `kty` `oct` for HS256, `EC` with `crv` `P-256` for ES256.
    ///
    /// `kid` is taken over. `alg`, `use` and `key_ops` are optional, and a key that they reserve for
    /// anything but verifying with its algorithm is refused. Other members are ignored.
    ///
    /// The key borrows from `buffer`, which has to hold the JWK and its decoded material:
    /// `2 * jwk.len()` bytes suffice. It holds every secret of the JWK, `k` as well
    /// as a `d`, also after an error, and the caller wipes it.
    ///
    /// ```
    /// use embedded_jwt::{Error, Key};
    /// // RFC 7515 appendix A.3
    /// let jwk = br#"{"kty":"EC","crv":"P-256","kid":"a3",
    ///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    ///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    /// let mut buffer = [0; 512];
    /// assert_eq!(Key::from_jwk(jwk, &mut buffer)?.kid(), Some("a3"));
    /// # Ok::<(), embedded_jwt::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`], [`Error::JwkNotJson`], [`Error::JwkUnsupportedKty`],
    /// [`Error::JwkUnsupportedCrv`], [`Error::JwkNotForVerifying`], [`Error::JwkAlgMismatch`],
    /// [`Error::JwkInvalidMember`], [`Error::KeyTooShort`], [`Error::WeakSecret`], [`Error::KeyNotOnCurve`]
    pub fn from_jwk(jwk: impl AsRef<[u8]>, buffer: &'k mut [u8]) -> Result<Self, Error> {
        let jwk = jwk.as_ref();
        let too_small = Error::BufferTooSmall {
            needed: jwk.len().saturating_mul(2),
        };
        let (text, room) = buffer.split_at_mut_checked(jwk.len()).ok_or(too_small)?;
        text.copy_from_slice(jwk);
        let Ok(Value::Object(jwk)) = Value::parse(text) else {
            return Err(Error::JwkNotJson);
        };
        let jwk = Jwk::read(jwk, Secrets::Taken)?;
        let room = room.get_mut(..jwk.material_len()).ok_or(too_small)?;
        jwk.decode(room)
    }
}

/// The key of a JWK that everybody can see; `room` takes its 64 bytes.
#[cfg(feature = "es256")]
pub(crate) fn published_jwk<'k>(jwk: Object<'k>, room: &'k mut [u8; 64]) -> Result<Key<'k>, Error> {
    Jwk::read(jwk, Secrets::Refused)?.decode(room)
}

/// What is made of a JWK that holds what only its owner should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secrets {
    /// It comes from the owner: a secret is taken, and the private half of a key does no harm.
    Taken,
    /// It was published: whoever read it can sign with it.
    Refused,
}

/// A JWK for this crate, its material still in base64url.
pub(super) struct Jwk<'k> {
    kid: Option<&'k str>,
    material: Encoded<'k>,
}

enum Encoded<'k> {
    #[cfg(feature = "hs256")]
    Secret(&'k str),
    #[cfg(feature = "es256")]
    Coordinates([&'k str; 2]),
}

impl<'k> Jwk<'k> {
    /// Checks all that can be checked without decoding.
    pub(super) fn read(jwk: Object<'k>, secrets: Secrets) -> Result<Self, Error> {
        let material = match jwk.get("kty") {
            Some(Value::String(kty)) if kty == "oct" && secrets == Secrets::Refused => {
                return Err(Error::JwkNotPublic);
            }
            #[cfg(feature = "hs256")]
            Some(Value::String(kty)) if kty == "oct" => {
                check_use(jwk)?;
                check_alg(jwk, Algorithm::Hs256)?;
                Encoded::Secret(encoded(jwk, "k")?)
            }
            #[cfg(feature = "es256")]
            Some(Value::String(kty)) if kty == "EC" => {
                match jwk.get("crv") {
                    Some(Value::String(crv)) if crv == "P-256" => {}
                    _ => return Err(Error::JwkUnsupportedCrv),
                }
                // Before what the key is for: a published private half is worth knowing of, whatever else it says.
                match jwk.get("d") {
                    Some(Value::Null) if secrets == Secrets::Refused => {
                        return Err(Error::JwkInvalidMember);
                    }
                    Some(_) if secrets == Secrets::Refused => return Err(Error::JwkNotPublic),
                    _ => {}
                }
                check_use(jwk)?;
                check_alg(jwk, Algorithm::Es256)?;
                let coordinates = [encoded(jwk, "x")?, encoded(jwk, "y")?];
                // With the zeros in front (RFC 7518 section 6.2.1.2).
                if coordinates
                    .iter()
                    .any(|text| text.len() != encoding::LEN_OF_32_BYTES)
                {
                    return Err(Error::JwkInvalidMember);
                }
                Encoded::Coordinates(coordinates)
            }
            _ => return Err(Error::JwkUnsupportedKty),
        };
        let kid = match jwk.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.as_str()),
            Some(_) => return Err(Error::JwkInvalidMember),
        };
        Ok(Self { kid, material })
    }

    /// Bytes that its material has, decoded.
    pub(super) const fn material_len(&self) -> usize {
        match self.material {
            #[cfg(feature = "hs256")]
            Encoded::Secret(text) => encoding::base64url::decoded_len(text.len()),
            #[cfg(feature = "es256")]
            Encoded::Coordinates(_) => 64,
        }
    }

    /// Decodes its material to `room`, which has that many bytes.
    pub(super) fn decode(self, room: &'k mut [u8]) -> Result<Key<'k>, Error> {
        let key = match self.material {
            #[cfg(feature = "hs256")]
            Encoded::Secret(text) => Key::hs256(decode(text, room)?)?,
            #[cfg(feature = "es256")]
            Encoded::Coordinates([x_text, y_text]) => {
                let (x, room) = room
                    .split_first_chunk_mut()
                    .ok_or(Error::JwkInvalidMember)?;
                let (y, _) = room
                    .split_first_chunk_mut()
                    .ok_or(Error::JwkInvalidMember)?;
                let key =
                    PublicKey::from_coordinates(coordinate(x_text, x)?, coordinate(y_text, y)?)?;
                Key::from_public_key(key)
            }
        };
        Ok(match self.kid {
            Some(kid) => key.with_kid(kid),
            None => key,
        })
    }
}

/// Whether a JWK that was published gives away the secret of `key`: it is a secret or has a private half, and it has the key's x
/// coordinate or, where it may be a key of P-256, its `kid`.
///
/// The x coordinate is enough: the private half of the other point with it follows from this one.
#[cfg(feature = "es256")]
pub(crate) fn gives_away(jwk: Object<'_>, key: &Key<'_>) -> bool {
    let text = |name| match jwk.get(name) {
        Some(Value::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let is_secret = text("kty") == Some("oct");
    if !is_secret && matches!(jwk.get("d"), None | Some(Value::Null)) {
        return false;
    }
    let may_be_ours = is_secret
        || (matches!(text("kty"), None | Some("EC"))
            && matches!(text("crv"), None | Some("P-256")));
    if may_be_ours && key.kid().is_some() && text("kid") == key.kid() {
        return true;
    }
    let has_x = |key: PublicKey<'_>| {
        let mut own = [0; encoding::LEN_OF_32_BYTES];
        let own = Base64UrlUnpadded::encode(key.x(), &mut own);
        text("x").is_some_and(|x| own == Ok(x.trim_end_matches(['='])))
    };
    key.public_key().is_some_and(has_x)
}

/// `use` and `key_ops` (RFC 7517 sections 4.2 and 4.3), each where it is there, have to allow to verify.
fn check_use(jwk: Object<'_>) -> Result<(), Error> {
    match jwk.get("use") {
        None => {}
        Some(Value::String(usage)) if usage == "sig" => {}
        Some(Value::String(_)) => return Err(Error::JwkNotForVerifying),
        Some(_) => return Err(Error::JwkInvalidMember),
    }
    match jwk.get("key_ops") {
        None => Ok(()),
        Some(Value::Array(operations)) => {
            // An operation may be listed once; the others are not ours to judge.
            let mut verify = 0u8;
            for operation in operations.elements() {
                match operation {
                    Value::String(name) if name == "verify" => verify = verify.saturating_add(1),
                    Value::String(_) => {}
                    _ => return Err(Error::JwkInvalidMember),
                }
            }
            match verify {
                0 => Err(Error::JwkNotForVerifying),
                1 => Ok(()),
                _ => Err(Error::JwkInvalidMember),
            }
        }
        Some(_) => Err(Error::JwkInvalidMember),
    }
}

fn check_alg(jwk: Object<'_>, algorithm: Algorithm) -> Result<(), Error> {
    match jwk.get("alg") {
        None => Ok(()),
        Some(Value::String(alg)) if alg == *algorithm.as_str() => Ok(()),
        Some(Value::String(_)) => Err(Error::JwkAlgMismatch),
        Some(_) => Err(Error::JwkInvalidMember),
    }
}

/// The base64url text of a member.
fn encoded<'k>(jwk: Object<'k>, name: &str) -> Result<&'k str, Error> {
    match jwk.get(name) {
        Some(Value::String(text)) => Ok(text.as_str()),
        _ => Err(Error::JwkInvalidMember),
    }
}

/// Decodes a member to the start of `out`, in constant time: it may be a secret.
#[cfg(any(feature = "hs256", feature = "es256"))]
fn decode<'k>(text: &str, out: &'k mut [u8]) -> Result<&'k [u8], Error> {
    Base64UrlUnpadded::decode(text, out).map_err(|_| Error::JwkInvalidMember)
}

#[cfg(feature = "es256")]
fn coordinate<'k>(text: &str, out: &'k mut [u8; 32]) -> Result<&'k [u8; 32], Error> {
    decode(text, out)?;
    Ok(out)
}
