//! The JOSE header (RFC 7515 section 4).

use core::fmt;

use super::compact::Compact;
use crate::{
    encoding::base64url,
    error::Error,
    json::{JsonError, Object, Text, Value},
    limits::MAX_HEADER_LEN,
};

/// A JOSE header, decoded.
///
/// Before the signature is verified, nothing proves who wrote the header. Until then, use it only
/// to find the key. `jwk`, `jku`, `x5u` and `x5c` are never used.
///
/// `Debug` shows only `alg`, `typ`, `kid` and `cty`, because another member may be a key.
/// [`Header::object`] returns all members.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Header<'b> {
    object: Object<'b>,
    alg: Text<'b>,
    typ: Option<Text<'b>>,
    kid: Option<Text<'b>>,
    cty: Option<Text<'b>>,
}

/// Shows only `alg`, `typ`, `kid` and `cty`, because another member may be a key.
impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            object: _,
            alg,
            typ,
            kid,
            cty,
        } = self;
        f.debug_struct("Header")
            .field("alg", alg)
            .field("typ", typ)
            .field("kid", kid)
            .field("cty", cty)
            .finish_non_exhaustive()
    }
}

impl<'b> Header<'b> {
    /// Decodes the header of a token to the start of `buffer`.
    pub(crate) fn decode(compact: &Compact<'_>, buffer: &'b mut [u8]) -> Result<Self, Error> {
        let needed = compact.header_len();
        if needed > MAX_HEADER_LEN {
            return Err(Error::HeaderTooLong);
        }
        let buffer = buffer
            .get_mut(..needed)
            .ok_or(Error::BufferTooSmall { needed })?;
        let text = base64url::decode_canonical(compact.header_segment(), buffer)
            .ok_or(Error::HeaderNotBase64url)?;
        Self::parse(text)
    }

    /// Parses a decoded header, and rewrites it in place.
    pub(crate) fn parse(text: &'b mut [u8]) -> Result<Self, Error> {
        let value = Value::parse(text).map_err(JsonError::in_header)?;
        let Value::Object(object) = value else {
            return Err(Error::HeaderNotObject);
        };
        Self::read(object)
    }

    /// Reads the members of a header.
    // Not inlined, so that its stack frame and the scanner's never exist at the same time. In-place
    // verification is deepest in the stack here.
    #[inline(never)]
    fn read(object: Object<'b>) -> Result<Self, Error> {
        let (mut alg, mut typ, mut kid, mut cty, mut b64, mut crit) =
            (None, None, None, None, None, None);
        for (name, value) in object.members() {
            match name.as_bytes() {
                b"alg" => alg = Some(value.as_text().ok_or(Error::InvalidAlg)?),
                b"typ" => typ = Some(value.as_text().ok_or(Error::InvalidTyp)?),
                b"kid" => kid = Some(value.as_text().ok_or(Error::InvalidKid)?),
                b"cty" => cty = Some(value.as_text().ok_or(Error::InvalidCty)?),
                b"b64" => b64 = Some(value),
                b"crit" => crit = Some(value),
                _ => {}
            }
        }
        match b64 {
            None | Some(Value::Bool(true)) => {}
            Some(Value::Bool(false)) => return Err(Error::UnsupportedB64),
            Some(_) => return Err(Error::InvalidB64),
        }
        if let Some(crit) = crit {
            check_crit(crit, b64.is_some())?;
        }
        Ok(Self {
            object,
            alg: alg.ok_or(Error::MissingAlg)?,
            typ,
            kid,
            cty,
        })
    }

    /// Returns the algorithm that the sender names. The key selects the algorithm; `alg` is only
    /// compared with it.
    #[must_use]
    pub const fn alg(&self) -> Text<'b> {
        self.alg
    }

    /// Returns the media type of the token.
    #[must_use]
    pub const fn typ(&self) -> Option<Text<'b>> {
        self.typ
    }

    /// Returns the `kid`, which names the key.
    #[must_use]
    pub const fn kid(&self) -> Option<Text<'b>> {
        self.kid
    }

    /// Returns the media type of the payload.
    #[must_use]
    pub const fn cty(&self) -> Option<Text<'b>> {
        self.cty
    }

    /// Returns the value of any member: `None` if it is missing, `Some(Value::Null)` if it is
    /// `null`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'b>> {
        self.object.get(name)
    }

    /// Returns all members of the header.
    #[must_use]
    pub const fn object(&self) -> Object<'b> {
        self.object
    }
}

/// Checks `crit`, the list of members that the recipient has to understand, each listed once (RFC
/// 7515 section 4.1.11). The only supported extension is `b64`, with the value `true`.
fn check_crit(crit: Value<'_>, has_b64: bool) -> Result<(), Error> {
    let Value::Array(names) = crit else {
        return Err(Error::InvalidCrit);
    };
    let mut listed = false;
    for name in names.elements() {
        if name.as_text().ok_or(Error::InvalidCrit)? != "b64" {
            return Err(Error::UnsupportedCrit);
        }
        if listed || !has_b64 {
            return Err(Error::InvalidCrit);
        }
        listed = true;
    }
    if listed {
        Ok(())
    } else {
        Err(Error::InvalidCrit)
    }
}

/// Returns whether two media types are equal (RFC 7515 section 4.1.9). Case matters only in
/// parameters. A missing `application/` makes no difference.
pub(crate) fn same_media_type(typ: Text<'_>, expected: &str) -> bool {
    short_form(typ.as_bytes()).eq(short_form(expected.as_bytes()))
}

/// Returns a media type in lower case, without an optional `application/`. The prefix is optional
/// if no other slash follows it.
fn short_form(media_type: &[u8]) -> impl Iterator<Item = u8> {
    const PREFIX: &[u8] = b"application/";
    let mut in_parameters = false;
    let lower = media_type.iter().map(move |byte| {
        in_parameters |= *byte == b';';
        if in_parameters {
            *byte
        } else {
            byte.to_ascii_lowercase()
        }
    });
    let mut rest = lower.clone().skip(PREFIX.len());
    let has_prefix = lower.clone().take(PREFIX.len()).eq(PREFIX.iter().copied());
    let optional = has_prefix && !rest.any(|byte| byte == b'/');
    lower.skip(if optional { PREFIX.len() } else { 0 })
}
