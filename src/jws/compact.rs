//! The compact serialization (RFC 7515 section 7.1): three segments, not decoded.

use core::fmt;

use crate::{
    encoding::{
        base64url,
        words::{TOPS, differs, run_len},
    },
    error::Error,
    json::Value,
    limits::{MAX_IN_PLACE_HEADER_LEN, MAX_TOKEN_LEN},
};

/// A token split into its segments. Every segment is canonical base64url. Nothing is verified yet.
///
/// ```
/// use embedded_jwt::{Compact, Error};
/// let token = b"eyJhbGciOiJIUzI1NiJ9.e30.c2ln";
/// let compact = Compact::parse(token)?;
/// assert_eq!(compact.signing_input(), b"eyJhbGciOiJIUzI1NiJ9.e30");
/// assert_eq!(compact.buffer_len(), 15 + 2);
/// assert_eq!(Compact::parse(b"eyJhbGciOiJIUzI1NiJ9.e30=.c2ln").unwrap_err(), Error::Padding);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Compact<'t> {
    signing_input: &'t [u8],
    header: &'t [u8],
    payload: &'t [u8],
    signature: &'t [u8],
}

impl<'t> Compact<'t> {
    /// Parses a token: splits it into its segments.
    ///
    /// The payload may be empty (RFC 7515 allows a JWS without content). Header and signature must
    /// not be empty.
    ///
    /// Unencoded payloads (RFC 7797, `b64: false`) are not supported. Such a payload need not be
    /// base64url and may hold dots, so the token may not split into three segments. It is then
    /// rejected with [`Error::UnsupportedB64`] if its header says `b64: false` and has at most
    /// [`MAX_IN_PLACE_HEADER_LEN`] bytes. If the token splits, it is rejected when its header is
    /// read.
    ///
    /// # Errors
    /// [`Error::TokenTooLong`], [`Error::JsonSerialization`], [`Error::Whitespace`], [`Error::EncryptedToken`],
    /// [`Error::NotThreeSegments`], [`Error::Padding`], [`Error::EmptyHeader`], [`Error::EmptySignature`],
    /// [`Error::HeaderNotBase64url`], [`Error::PayloadNotBase64url`], [`Error::SignatureNotBase64url`],
    /// [`Error::UnsupportedB64`]
    pub fn parse<T: AsRef<[u8]> + ?Sized>(token: &'t T) -> Result<Self, Error> {
        Self::parse_bytes(token.as_ref())
    }

    fn parse_bytes(token: &'t [u8]) -> Result<Self, Error> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(Error::TokenTooLong);
        }
        Self::split(token).ok_or_else(|| {
            if says_unencoded(token) {
                Error::UnsupportedB64
            } else {
                fault(token)
            }
        })
    }

    fn split(token: &'t [u8]) -> Option<Self> {
        let (signing_input, signature) =
            token.split_at_checked(token.iter().rposition(|byte| *byte == b'.')?)?;
        let (header, payload) = signing_input.split_at_checked(run_len(signing_input, |word| {
            differs(word & !TOPS, b'.') | word
        }))?;
        let (payload, signature) = (payload.get(1..)?, signature.get(1..)?);
        let well_formed = !header.is_empty()
            && !signature.is_empty()
            && [header, payload, signature]
                .into_iter()
                .all(base64url::is_canonical);
        well_formed.then_some(Self {
            signing_input,
            header,
            payload,
            signature,
        })
    }

    /// Returns the signing input, which the signature covers: the encoded header, a dot, the
    /// encoded payload (RFC 7515 section 2).
    #[must_use]
    pub const fn signing_input(&self) -> &'t [u8] {
        self.signing_input
    }

    /// Returns the header segment, encoded.
    #[must_use]
    pub const fn header_segment(&self) -> &'t [u8] {
        self.header
    }

    /// Returns the payload segment, encoded.
    #[must_use]
    pub const fn payload_segment(&self) -> &'t [u8] {
        self.payload
    }

    /// Returns the signature segment, encoded.
    #[must_use]
    pub const fn signature_segment(&self) -> &'t [u8] {
        self.signature
    }

    /// Returns the length in bytes of the buffer that verification of this token needs: the lengths
    /// of the decoded header and payload.
    #[must_use]
    pub const fn buffer_len(&self) -> usize {
        self.header_len()
            .saturating_add(base64url::decoded_len(self.payload.len()))
    }

    pub(crate) const fn header_len(&self) -> usize {
        base64url::decoded_len(self.header.len())
    }
}

/// Shows only the lengths of the segments. Any reader of a log could use a bearer token in it.
impl fmt::Debug for Compact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            signing_input: _,
            header,
            payload,
            signature,
        } = self;
        write!(
            f,
            "Compact({}.{}.{} symbols)",
            header.len(),
            payload.len(),
            signature.len()
        )
    }
}

/// Returns the length in bytes of a buffer that is long enough for every token of at most
/// `token_len` bytes.
///
/// ```
/// const MAX_COMMAND: usize = 600;
/// let mut buffer = [0; embedded_jwt::buffer_len(MAX_COMMAND)];
/// assert_eq!(buffer.len(), 450);
/// ```
#[must_use]
pub const fn buffer_len(token_len: usize) -> usize {
    base64url::decoded_len(token_len)
}

/// Returns the error for a token that does not split. If several apply, it is the one most useful
/// to the sender.
#[cold]
fn fault(token: &[u8]) -> Error {
    let is_space = |byte: &u8| byte.is_ascii_whitespace();
    let mut segments = token.split(|byte| *byte == b'.');
    let header = segments.next().unwrap_or_default();
    let payload = segments.next().unwrap_or_default();
    let signature = segments.next().unwrap_or_default();
    match token.split(|byte| *byte == b'.').count() {
        _ if token.trim_ascii_start().first() == Some(&b'{') => Error::JsonSerialization,
        _ if token.iter().any(is_space) => Error::Whitespace,
        5 => Error::EncryptedToken,
        3 if token.contains(&b'=') => Error::Padding,
        3 if header.is_empty() => Error::EmptyHeader,
        3 if signature.is_empty() => Error::EmptySignature,
        3 if !base64url::is_canonical(header) => Error::HeaderNotBase64url,
        3 if !base64url::is_canonical(payload) => Error::PayloadNotBase64url,
        3 => Error::SignatureNotBase64url,
        _ => Error::NotThreeSegments,
    }
}

/// Returns whether the header says that the payload is not encoded (RFC 7797 section 3).
// Not inlined: the buffer takes stack only for a token that does not split.
#[cold]
#[inline(never)]
fn says_unencoded(token: &[u8]) -> bool {
    let header = token.split(|byte| *byte == b'.').next().unwrap_or_default();
    let mut buffer = [0; MAX_IN_PLACE_HEADER_LEN];
    let Some(text) = buffer
        .get_mut(..base64url::decoded_len(header.len()))
        .and_then(|buffer| base64url::decode_canonical(header, buffer))
    else {
        return false;
    };
    match Value::parse(text) {
        Ok(Value::Object(header)) => matches!(header.get("b64"), Some(Value::Bool(false))),
        _ => false,
    }
}
