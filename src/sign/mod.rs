//! Issues tokens: a compact JWS written into a buffer of the caller's (RFC 7515 section 5.1).

#[cfg_attr(not(feature = "es256"), path = "without_es256.rs")]
mod es256;
#[cfg(feature = "es256")]
mod es256_key;
#[cfg_attr(not(feature = "hs256"), path = "without_hs256.rs")]
mod hs256;
#[cfg(feature = "hs256")]
mod hs256_key;

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{
    claims::Claims,
    crypto::Algorithm,
    error::Error,
    json,
    jws::Header,
    limits::{MAX_IN_PLACE_HEADER_LEN, MAX_TOKEN_LEN},
};

/// A key that signs.
///
/// It borrows its secret; whoever holds that wipes it. The stack that is used to check the key and to sign is overwritten
/// afterwards.
///
/// ```
/// use embedded_jwt::{Key, Policy, Time, Verifier, sign::SigningKey};
/// #[derive(serde::Serialize)]
/// struct Command<'a> {
///     exp: u64,
///     valve: &'a str,
/// }
/// let secret = b"32 bytes or more, kept in flash.";
/// let command = Command { exp: 1_790_000_060, valve: "north" };
/// let mut buffer = [0; 256];
/// let token = SigningKey::hs256(secret)?.with_kid("bench").sign("JWT", &command, &mut buffer)?;
///
/// let (keys, policy) = ([Key::hs256(secret)?.with_kid("bench")], Policy::new().typ("JWT"));
/// let mut buffer = [0; 256];
/// let now = Time::Trusted(1_790_000_000);
/// assert!(Verifier::new(&keys, &policy).verify(token.as_bytes(), now, &mut buffer).is_ok());
/// # Ok::<(), embedded_jwt::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct SigningKey<'k> {
    material: Material<'k>,
    kid: Option<&'k str>,
}

#[derive(Clone, Copy)]
#[allow(dead_code, reason = "a variant that is not built in is never created")]
enum Material<'k> {
    Hs256(hs256::Secret<'k>),
    Es256(es256::PrivateKey<'k>),
}

/// Algorithm and `kid`; never the secret.
impl fmt::Debug for SigningKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("algorithm", &self.algorithm())
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl<'k> SigningKey<'k> {
    const fn new(material: Material<'k>) -> Self {
        Self {
            material,
            kid: None,
        }
    }

    /// Returns the same key with a `kid`, which the header of every token names (RFC 7515 section 4.1.4).
    #[must_use]
    pub const fn with_kid(self, kid: &'k str) -> Self {
        Self {
            kid: Some(kid),
            ..self
        }
    }

    /// Returns its `kid`, where it has one.
    #[must_use]
    pub const fn kid(&self) -> Option<&'k str> {
        self.kid
    }

    /// The algorithm of the tokens.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Hs256(_) => Algorithm::Hs256,
            Material::Es256(_) => Algorithm::Es256,
        }
    }

    /// Signs `claims` with a header of `alg`, `typ` and `kid`; gives the token, at the start of `buffer`.
    ///
    /// `typ` says what kind of token it is, so that it cannot be taken for another (RFC 8725 section 3.11): `JWT`, `at+jwt`.
    /// ES256 takes its nonce from the key and the message (RFC 6979).
    ///
    /// Header and claims are read back before they are signed, as a verifier of this crate reads them. A token that it would
    /// reject for its form is not signed: registered claims of another type, claims that are no object or are nested too
    /// deep, two members of one name.
    ///
    /// The buffer may be longer than the token and is overwritten.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`] with the length that is needed; [`Error::ClaimsNotJson`] where the claims have no JSON text;
    /// [`Error::HeaderTooLong`] where `typ` and `kid` make a header of more than
    /// [`MAX_IN_PLACE_HEADER_LEN`] bytes; [`Error::TokenTooLong`]; and every error of a
    /// payload's form, such as [`Error::InvalidExp`], [`Error::PayloadNotObject`] or [`Error::PayloadDuplicateName`]
    pub fn sign<'b>(
        &self,
        typ: &str,
        claims: &(impl Serialize + ?Sized),
        buffer: &'b mut [u8],
    ) -> Result<&'b str, Error> {
        self.issue(typ, claims, buffer, |input| self.signature(input))
    }

    /// Writes the token; `signature` gives the signature of a signing input at the start of its array.
    fn issue<'b>(
        &self,
        typ: &str,
        claims: &(impl Serialize + ?Sized),
        buffer: &'b mut [u8],
        signature: impl FnOnce(&[u8]) -> Result<[u8; 64], Error>,
    ) -> Result<&'b str, Error> {
        let header = Written {
            alg: self.algorithm().as_str(),
            typ,
            kid: self.kid,
        };
        // Written into nothing first, for the lengths.
        let (header_len, payload_len) = (length(&header)?, length(claims)?);
        if header_len > MAX_IN_PLACE_HEADER_LEN {
            return Err(Error::HeaderTooLong);
        }
        let header_end = encoded_len(header_len);
        let payload_end = header_end
            .saturating_add(1)
            .saturating_add(encoded_len(payload_len));
        let signature_len = encoded_len(self.algorithm().signature_len());
        let needed = payload_end.saturating_add(1).saturating_add(signature_len);
        if needed > MAX_TOKEN_LEN {
            return Err(Error::TokenTooLong);
        }
        let too_small = Error::BufferTooSmall { needed };

        let token = buffer.get_mut(..needed).ok_or(too_small)?;
        token.fill(b'.');
        let (signing_input, rest) = token.split_at_mut_checked(payload_end).ok_or(too_small)?;
        let (for_header, for_payload) = signing_input
            .split_at_mut_checked(header_end)
            .ok_or(too_small)?;
        encode(&header, header_len, for_header, |text| {
            Ok(Header::parse(text)?.object().normal_len())
        })?;
        let for_payload = for_payload.get_mut(1..).ok_or(too_small)?;
        encode(claims, payload_len, for_payload, |text| {
            Ok(Claims::parse(text)?.object().normal_len())
        })?;

        let signature = signature(signing_input)?;
        let signature = signature
            .get(..self.algorithm().signature_len())
            .ok_or(too_small)?;
        let for_signature = rest.get_mut(1..).ok_or(too_small)?;
        Base64UrlUnpadded::encode(signature, for_signature).map_err(|_| too_small)?;
        core::str::from_utf8(token).map_err(|_| Error::ClaimsNotJson)
    }

    fn signature(&self, signing_input: &[u8]) -> Result<[u8; 64], Error> {
        match self.material {
            Material::Hs256(secret) => secret.signature(signing_input),
            Material::Es256(private_key) => private_key.signature(signing_input),
        }
    }
}

/// The header as it is written.
struct Written<'h> {
    alg: &'static str,
    typ: &'h str,
    kid: Option<&'h str>,
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = if self.kid.is_some() { 3 } else { 2 };
        let mut header = serializer.serialize_struct("Header", members)?;
        header.serialize_field("alg", self.alg)?;
        header.serialize_field("typ", self.typ)?;
        if let Some(kid) = self.kid {
            header.serialize_field("kid", kid)?;
        }
        header.end()
    }
}

/// The length of a value in JSON.
fn length(value: &(impl Serialize + ?Sized)) -> Result<usize, Error> {
    json::write(value, &mut []).map_err(|_| Error::ClaimsNotJson)
}

/// Writes an object of `len` bytes of JSON and encodes it over all of `segment`. `read_back` reads it as a verifier does. It
/// leaves the normal form at the start of the text, and gives its length.
fn encode(
    object: &(impl Serialize + ?Sized),
    len: usize,
    segment: &mut [u8],
    read_back: impl FnOnce(&mut [u8]) -> Result<usize, Error>,
) -> Result<(), Error> {
    // At its end, from where it is read while it is encoded to the start.
    let start = segment.len().checked_sub(len).ok_or(Error::ClaimsNotJson)?;
    let text = segment.get_mut(start..).ok_or(Error::ClaimsNotJson)?;
    // A value that is written otherwise the second time has no one text to sign.
    if json::write(object, text).map_err(|_| Error::ClaimsNotJson)? != len {
        return Err(Error::ClaimsNotJson);
    }
    // The text is not written a third time: that one might differ from the one that was read.
    let normal_len = read_back(text)?;
    json::restore(text, normal_len).ok_or(Error::ClaimsNotJson)?;
    encode_tail(segment, len).ok_or(Error::ClaimsNotJson)
}

/// The length of `decoded` bytes in base64url.
const fn encoded_len(decoded: usize) -> usize {
    decoded.saturating_mul(4).div_ceil(3)
}

/// Encodes the last `len` bytes of `text` over all of it; `None` where they have another length in base64url.
fn encode_tail(text: &mut [u8], len: usize) -> Option<()> {
    let mut write = 0_usize;
    let mut read = text.len().checked_sub(len)?;
    // Bytes that have no bits left over. They are copied before they are written over, and what is written never overtakes
    // what is read: ahead of it is as much room as the bytes that are left need.
    let mut group = [0; 48];
    while let Some(rest) = text.get(read..).filter(|rest| !rest.is_empty()) {
        let taken = rest.len().min(group.len());
        let bytes = group.get_mut(..taken)?;
        bytes.copy_from_slice(rest.get(..taken)?);
        let written = Base64UrlUnpadded::encode(bytes, text.get_mut(write..)?).ok()?;
        write = write.saturating_add(written.len());
        read = read.saturating_add(taken);
    }
    (write == text.len()).then_some(())
}
