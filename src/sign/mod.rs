//! Issues tokens: writes a compact JWS into a buffer of the caller (RFC 7515 section 5.1).

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
/// The key borrows its secret, so the owner of the secret has to wipe it. The stack that checking
/// and signing have used is overwritten afterwards.
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

/// Shows the algorithm and the `kid`, never the secret.
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

    /// Returns the same key with a `kid`, which goes into the header of every token (RFC 7515
    /// section 4.1.4).
    #[must_use]
    pub const fn with_kid(self, kid: &'k str) -> Self {
        Self {
            kid: Some(kid),
            ..self
        }
    }

    /// Returns the `kid` of the key, if it has one.
    #[must_use]
    pub const fn kid(&self) -> Option<&'k str> {
        self.kid
    }

    /// Returns the algorithm of the key.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Hs256(_) => Algorithm::Hs256,
            Material::Es256(_) => Algorithm::Es256,
        }
    }

    /// Signs `claims` with a header of `alg`, `typ` and, if the key has one, `kid`. Returns the
    /// token, which is written to the start of `buffer`.
    ///
    /// `typ` is the kind of the token, such as `JWT` or `at+jwt`. It keeps a recipient from taking
    /// the token for one of another kind (RFC 8725 section 3.11). ES256 derives its nonce from the
    /// key and the message (RFC 6979).
    ///
    /// Before they are signed, header and claims are read back as a verifier of this crate reads
    /// them. A token that the verifier would reject for its form is not signed. Examples are a
    /// registered claim of another type, claims that are not an object, claims that are nested too
    /// deep, and two members with the same name.
    ///
    /// The buffer may be longer than the token. Its old content is overwritten.
    ///
    /// # Errors
    /// - [`Error::BufferTooSmall`], with the length that is needed
    /// - [`Error::ClaimsNotJson`] if JSON cannot represent the claims
    /// - [`Error::HeaderTooLong`] if `typ` and `kid` make a header of more than
    ///   [`MAX_IN_PLACE_HEADER_LEN`] bytes
    /// - [`Error::TokenTooLong`]
    /// - the errors about the form of a header or a payload, such as [`Error::InvalidExp`],
    ///   [`Error::PayloadNotObject`] and [`Error::PayloadDuplicateName`]
    pub fn sign<'b>(
        &self,
        typ: &str,
        claims: &(impl Serialize + ?Sized),
        buffer: &'b mut [u8],
    ) -> Result<&'b str, Error> {
        self.issue(typ, claims, buffer, |input| self.signature(input))
    }

    /// Writes the token. `signature` returns the signature of a signing input, at the start of the
    /// array.
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
        // The first pass writes to an empty buffer, to compute the lengths.
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

/// The header of an issued token.
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

/// Returns the length of a value in JSON.
fn length(value: &(impl Serialize + ?Sized)) -> Result<usize, Error> {
    json::write(value, &mut []).map_err(|_| Error::ClaimsNotJson)
}

/// Writes an object as `len` bytes of JSON, and encodes it over all of `segment`. `read_back` reads
/// the JSON as a verifier does. It leaves the normal form at the start of the text, and returns the
/// length of the normal form.
fn encode(
    object: &(impl Serialize + ?Sized),
    len: usize,
    segment: &mut [u8],
    read_back: impl FnOnce(&mut [u8]) -> Result<usize, Error>,
) -> Result<(), Error> {
    // The JSON is written to the end of the segment. From there, it is encoded to the start.
    let start = segment.len().checked_sub(len).ok_or(Error::ClaimsNotJson)?;
    let text = segment.get_mut(start..).ok_or(Error::ClaimsNotJson)?;
    // If the second pass writes another length than the first, there is no single text to sign.
    if json::write(object, text).map_err(|_| Error::ClaimsNotJson)? != len {
        return Err(Error::ClaimsNotJson);
    }
    // The JSON is restored from the normal form. If the caller's type were serialized once more,
    // the text could differ from the text that was read back.
    let normal_len = read_back(text)?;
    json::restore(text, normal_len).ok_or(Error::ClaimsNotJson)?;
    encode_tail(segment, len).ok_or(Error::ClaimsNotJson)
}

/// Returns the length of `decoded` bytes in base64url.
const fn encoded_len(decoded: usize) -> usize {
    decoded.saturating_mul(4).div_ceil(3)
}

/// Encodes the last `len` bytes of `text` over all of `text`. Returns `None` if their length in
/// base64url is not the length of `text`.
fn encode_tail(text: &mut [u8], len: usize) -> Option<()> {
    let mut write = 0_usize;
    let mut read = text.len().checked_sub(len)?;
    // 48 bytes are whole base64 groups. They are copied before their place is overwritten. The
    // write position never passes the read position: the space between them is always a third of
    // the bytes that are left to encode.
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
