//! A key from one JWK (RFC 7517, RFC 7518 section 6).

use core::ops::Range;

use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::{
    es256, hs256,
    key::{Key, Material},
};
use crate::{
    crypto::Algorithm,
    encoding,
    error::Error,
    json::{Object, Value},
};

impl<'k> Key<'k> {
    /// Reads a JSON Web Key: `kty` `oct` for HS256, `EC` with `crv` `P-256` for ES256.
    ///
    /// The key has the `kid` of the JWK. `alg`, `use` and `key_ops` are optional. If one of them is
    /// present, it must allow verification with the algorithm of the key. Other members are
    /// ignored.
    ///
    /// The text is copied to `buffer`, which has to be as long as the text. The key borrows from
    /// `buffer`, where its material is decoded in place. The buffer holds every secret of the JWK
    /// (`k` and `d`), even after an error. The caller has to wipe the buffer.
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
        let text = copied(jwk.as_ref(), buffer)?;
        let start = text.as_ptr().addr();
        let Ok(Value::Object(jwk)) = Value::parse(&mut *text) else {
            return Err(Error::JwkNotJson);
        };
        let layout = Jwk::read(jwk, Secrets::Taken)?.layout(start, false)?;
        layout.decode(text, 0)
    }
}

/// Copies `text` to the start of `buffer`, where it is parsed and its keys are decoded in place.
pub(super) fn copied<'k>(text: &[u8], buffer: &'k mut [u8]) -> Result<&'k mut [u8], Error> {
    let needed = text.len();
    let copy = buffer
        .get_mut(..needed)
        .ok_or(Error::BufferTooSmall { needed })?;
    copy.copy_from_slice(text);
    Ok(copy)
}

/// Tells what to do with a JWK that holds a secret or the private half of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secrets {
    /// The JWK comes from its owner. A secret is used, and the private half of a key is ignored.
    Taken,
    /// The JWK was published. It is rejected, because every reader can sign with it.
    Refused,
}

/// Whether this build has ES256.
const HAS_ES256: bool = cfg!(any(feature = "es256", feature = "fast-es256"));

/// A JWK that this crate supports. Its material is still in base64url.
pub(super) struct Jwk<'t> {
    pub(super) kid: Option<&'t str>,
    algorithm: Algorithm,
    /// The coordinates x and y, or the secret and an empty text.
    material: [&'t str; 2],
}

impl<'t> Jwk<'t> {
    /// Checks everything that can be checked without decoding.
    pub(super) fn read(jwk: Object<'t>, secrets: Secrets) -> Result<Self, Error> {
        let (algorithm, material) = match jwk.get("kty") {
            Some(Value::String(kty)) if kty == "oct" && secrets == Secrets::Refused => {
                return Err(Error::JwkNotPublic);
            }
            Some(Value::String(kty)) if kty == "oct" && cfg!(feature = "hs256") => {
                check_use(jwk)?;
                check_alg(jwk, Algorithm::Hs256)?;
                (Algorithm::Hs256, [encoded(jwk, "k")?, ""])
            }
            Some(Value::String(kty)) if kty == "EC" && HAS_ES256 => {
                match jwk.get("crv") {
                    Some(Value::String(crv)) if crv == "P-256" => {}
                    _ => return Err(Error::JwkUnsupportedCrv),
                }
                // This check comes before the use of the key, so that a published private half is
                // always reported.
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
                // A coordinate keeps its leading zeros (RFC 7518 section 6.2.1.2).
                if coordinates
                    .iter()
                    .any(|text| text.len() != encoding::LEN_OF_32_BYTES)
                {
                    return Err(Error::JwkInvalidMember);
                }
                (Algorithm::Es256, coordinates)
            }
            _ => return Err(Error::JwkUnsupportedKty),
        };
        let kid = match jwk.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.as_str()),
            Some(_) => return Err(Error::JwkInvalidMember),
        };
        Ok(Self {
            kid,
            algorithm,
            material,
        })
    }

    /// Returns the coordinates of a public key, in base64url.
    pub(super) fn coordinates(&self) -> Option<[&'t str; 2]> {
        (self.algorithm == Algorithm::Es256).then_some(self.material)
    }

    /// Returns whether `other`, a published JWK, contains the secret of this key.
    pub(super) fn is_given_away_by(&self, other: Object<'_>) -> bool {
        let x = self.coordinates().map(|[x, _]| x);
        x.is_some_and(|x| has_secret_of(other, self.kid, x))
    }

    /// Returns the positions of the parts of the JWK in the text, which begins at the address
    /// `start`.
    pub(super) fn layout(&self, start: usize, is_given_away: bool) -> Result<Layout, Error> {
        let span = |part: &str| Span::new(part, start).ok_or(Error::JwkInvalidMember);
        let [first, second] = self.material;
        Ok(Layout {
            kid: self.kid.map(span).transpose()?,
            algorithm: self.algorithm,
            material: [span(first)?, span(second)?],
            is_given_away,
        })
    }
}

/// The positions of the parts of a JWK in its text. They borrow nothing, so the material can be
/// decoded over the text. So a key needs no memory of its own.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    kid: Option<Span>,
    algorithm: Algorithm,
    material: [Span; 2],
    /// Whether the JWK Set also holds the private half of the key.
    is_given_away: bool,
}

impl Layout {
    /// Returns the position after the last part.
    pub(super) fn end(&self) -> usize {
        let [first, second] = self.material.map(Span::end);
        self.kid.map_or(0, Span::end).max(first).max(second)
    }

    /// Decodes the material over `text`, the part of the parsed text that begins at the position
    /// `start`.
    pub(super) fn decode(self, text: &mut [u8], start: usize) -> Result<Key<'_>, Error> {
        let [first, second] = self.material.map(|span| span.range(start));
        let kid = self.kid.unwrap_or(Span::EMPTY).range(start);
        let [kid, first, second] = text
            .get_disjoint_mut([kid, first, second])
            .map_err(|_| Error::JwkInvalidMember)?;
        let (first, second) = (decode_in_place(first)?, decode_in_place(second)?);
        let material = match self.algorithm {
            Algorithm::Hs256 => Material::Hs256(hs256::checked(first)?),
            Algorithm::Es256 => {
                Material::Es256(es256::checked(coordinate(first)?, coordinate(second)?)?)
            }
        };
        if self.is_given_away {
            return Err(Error::JwkNotPublic);
        }
        let kid = self.kid.map(|_| core::str::from_utf8(kid)).transpose();
        Ok(named(
            Key::new(material),
            kid.map_err(|_| Error::JwkInvalidMember)?,
        ))
    }
}

/// A part of a text. Start and length are at most [`MAX_JSON_LEN`](crate::limits::MAX_JSON_LEN).
#[derive(Clone, Copy)]
struct Span {
    start: u16,
    len: u16,
}

impl Span {
    const EMPTY: Self = Self { start: 0, len: 0 };

    /// Returns the position of `part` in the text that begins at the address `start`.
    fn new(part: &str, start: usize) -> Option<Self> {
        if part.is_empty() {
            return Some(Self::EMPTY);
        }
        let start = part.as_ptr().addr().checked_sub(start)?;
        Some(Self {
            start: u16::try_from(start).ok()?,
            len: u16::try_from(part.len()).ok()?,
        })
    }

    fn end(self) -> usize {
        usize::from(self.start).saturating_add(usize::from(self.len))
    }

    /// Returns the part as a range, counted from the position `start`.
    fn range(self, start: usize) -> Range<usize> {
        usize::from(self.start).saturating_sub(start)..self.end().saturating_sub(start)
    }
}

pub(super) fn named<'k>(key: Key<'k>, kid: Option<&'k str>) -> Key<'k> {
    match kid {
        Some(kid) => key.with_kid(kid),
        None => key,
    }
}

/// Returns whether a published JWK contains the secret of the key with this `kid` and this x
/// coordinate.
///
/// Such a JWK is a secret or has a private half. It has the same x coordinate or, if it may be a
/// key of P-256, the same `kid`. y is not compared: two points have this x, and the private half of
/// one gives the private half of the other.
pub(super) fn has_secret_of(jwk: Object<'_>, kid: Option<&str>, x: &str) -> bool {
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
    if may_be_ours && kid.is_some() && text("kid") == kid {
        return true;
    }
    text("x").is_some_and(|own| own.trim_end_matches(['=']) == x)
}

/// Checks that `use` and `key_ops`, if present, allow verification (RFC 7517 sections 4.2 and 4.3).
fn check_use(jwk: Object<'_>) -> Result<(), Error> {
    match jwk.get("use") {
        None => {}
        // A SPIFFE bundle marks its keys for tokens with `jwt-svid` (SPIFFE Trust Domain and Bundle
        // section 4.2.2).
        Some(Value::String(usage)) if usage == "sig" || usage == "jwt-svid" => {}
        Some(Value::String(_)) => return Err(Error::JwkNotForVerifying),
        Some(_) => return Err(Error::JwkInvalidMember),
    }
    match jwk.get("key_ops") {
        None => Ok(()),
        Some(Value::Array(operations)) => {
            // An operation may be listed once. Only `verify` is counted.
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

/// Returns the base64url text of a member.
fn encoded<'k>(jwk: Object<'k>, name: &str) -> Result<&'k str, Error> {
    match jwk.get(name) {
        Some(Value::String(text)) => Ok(text.as_str()),
        _ => Err(Error::JwkInvalidMember),
    }
}

/// Decodes a member over its own text, in constant time, because it may be a secret.
fn decode_in_place(text: &mut [u8]) -> Result<&[u8], Error> {
    // In place, `base64ct` does not check that the spare bits after the last byte are zero. So the
    // last characters are decoded separately first, which checks them.
    let (_, last) = text.as_chunks::<4>();
    Base64UrlUnpadded::decode(last, &mut [0; 3]).map_err(|_| Error::JwkInvalidMember)?;
    Base64UrlUnpadded::decode_in_place(text).map_err(|_| Error::JwkInvalidMember)
}

fn coordinate(bytes: &[u8]) -> Result<&[u8; 32], Error> {
    bytes.try_into().map_err(|_| Error::JwkInvalidMember)
}
