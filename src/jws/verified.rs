//! The gate to the payload: only [`Verified`] gives access to a payload, and only a valid signature
//! makes a [`Verified`].

use core::fmt;

use super::{
    candidates::{Candidates, Source, candidates},
    compact::Compact,
    header::Header,
};
use crate::{
    crypto::{Crypto, Software},
    encoding::base64url,
    error::Error,
    keys::Key,
    limits::MAX_IN_PLACE_HEADER_LEN,
};

/// The length in bytes of the shorter of two buffers for a decoded header.
const SHORT_HEADER_LEN: usize = 96;

/// A JWS with a valid signature. Its claims are not checked yet.
pub struct Verified<'b, 'k> {
    header: Header<'b>,
    key: &'k Key<'k>,
    payload: &'b mut [u8],
}

/// Shows the header, the key and the length of the payload.
impl fmt::Debug for Verified<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            header,
            key,
            payload,
        } = self;
        write!(f, "Verified({header:?}, {key:?}, {} bytes)", payload.len())
    }
}

impl Compact<'_> {
    /// Decodes the header into `buffer`, **before the signature is verified**. Use it only to find
    /// or fetch a key.
    ///
    /// The buffer needs the decoded length of the header; [`Compact::buffer_len`] suffices.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`], and the errors that are named after the header.
    pub fn peek_header<'b>(&self, buffer: &'b mut [u8]) -> Result<Header<'b>, Error> {
        Header::decode(self, buffer)
    }

    /// Verifies the signature in software, and decodes header and payload into `buffer`.
    ///
    /// Use this for a JWS whose payload is not a claims set.
    ///
    /// ```
    /// use embedded_jwt::{Compact, Error, Key};
    /// let mut buffer = [0; 64];
    /// let token = b"eyJhbGciOiJIUzI1NiJ9.YW55IGJ5dGVzIGF0IGFsbA.\
    ///               OYnlZTwbxaYZadxzg36yK8XH33l1b1xNYecGXHg7B_I";
    /// let keys = [Key::hs256(b"32 bytes or more, kept in flash.")?];
    /// let verified = Compact::parse(token)?.verify(&keys, &mut buffer)?;
    /// assert_eq!(verified.payload(), b"any bytes at all");
    /// # Ok::<(), embedded_jwt::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`], the errors that are named after the header,
    /// [`Error::KeyNotFound`], [`Error::AlgMismatch`], [`Error::TooManyKeys`],
    /// [`Error::SignatureLength`], [`Error::InvalidSignature`]
    pub fn verify<'b, 'k>(
        &self,
        keys: &'k [Key<'k>],
        buffer: &'b mut [u8],
    ) -> Result<Verified<'b, 'k>, Error> {
        self.verify_with(&mut Software, keys, buffer)
    }

    /// Verifies as [`Compact::verify`] does, with the caller's back-end.
    ///
    /// # Errors
    /// The errors of [`Compact::verify`].
    pub fn verify_with<'b, 'k>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        keys: &'k [Key<'k>],
        buffer: &'b mut [u8],
    ) -> Result<Verified<'b, 'k>, Error> {
        self.verify_by(crypto, keys.into(), buffer)
    }

    pub(crate) fn verify_by<'b, 'k>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        source: Source<'k>,
        buffer: &'b mut [u8],
    ) -> Result<Verified<'b, 'k>, Error> {
        let find_key =
            |header: &Header<'b>| self.key_of_signature(crypto, &candidates(source, header)?);
        let (header, key, payload) = self.open(buffer, find_key)?;
        Ok(Verified {
            header,
            key,
            payload,
        })
    }

    /// Decodes the header, and decodes the payload only after `verify` has accepted the signature.
    /// Returns the header, the result of `verify` and the payload.
    ///
    /// This is the gate to the payload.
    pub(crate) fn open<'b, K>(
        &self,
        buffer: &'b mut [u8],
        verify: impl FnOnce(&Header<'b>) -> Result<K, Error>,
    ) -> Result<(Header<'b>, K, &'b mut [u8]), Error> {
        let needed = self.buffer_len();
        let (for_header, for_payload) = buffer
            .get_mut(..needed)
            .and_then(|buffer| buffer.split_at_mut_checked(self.header_len()))
            .ok_or(Error::BufferTooSmall { needed })?;
        let header = Header::decode(self, for_header)?;
        let key = verify(&header)?;
        let payload = base64url::decode_canonical(self.payload_segment(), for_payload)
            .ok_or(Error::PayloadNotBase64url)?;
        Ok((header, key, payload))
    }

    /// Decodes the signature. Signatures of the supported algorithms have at most 64 bytes.
    pub(crate) fn decode_signature<'s>(&self, buffer: &'s mut [u8; 64]) -> Result<&'s [u8], Error> {
        match base64url::decode_canonical(self.signature_segment(), buffer) {
            Some(signature) => Ok(signature),
            None => Err(Error::SignatureLength),
        }
    }

    /// Returns the first candidate key that the signature matches.
    fn key_of_signature<'k>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        candidates: &Candidates<'k>,
    ) -> Result<&'k Key<'k>, Error> {
        let mut buffer = [0; 64];
        let signature = self.decode_signature(&mut buffer)?;
        let mut refusal = Error::KeyNotFound;
        for key in candidates.iter() {
            match key.verify(crypto, self.signing_input(), signature) {
                Ok(()) => return Ok(key),
                Err(error) => refusal = error,
            }
        }
        Err(candidates.refusal(refusal))
    }

    /// Returns the keys that the header may refer to, without a buffer of the caller.
    // Not inlined: its stack, which holds the header, is free again when the signature is verified.
    #[inline(never)]
    fn candidates_in_place<'k>(
        &self,
        keys: &'k [Key<'k>],
        kid_required: bool,
    ) -> Result<Candidates<'k>, Error> {
        // The arguments are separate: a `Source` would take space in the caller's frame, where the
        // stack is deepest.
        let source = Source { keys, kid_required };
        if self.header_len() > MAX_IN_PLACE_HEADER_LEN {
            return Err(Error::HeaderTooLong);
        }
        // Most headers are short, and zeroing the long buffer takes time.
        let (mut short, mut long);
        let buffer: &mut [u8] = if self.header_len() <= SHORT_HEADER_LEN {
            short = [0; SHORT_HEADER_LEN];
            &mut short
        } else {
            long = [0; MAX_IN_PLACE_HEADER_LEN];
            &mut long
        };
        candidates(source, &Header::decode(self, buffer)?)
    }
}

impl<'b, 'k> Verified<'b, 'k> {
    /// Verifies the signature of `token` in software. Then decodes header and payload over the
    /// token, so that no second buffer is needed. A rejected token is left unchanged.
    ///
    /// The decoded header is limited to [`MAX_IN_PLACE_HEADER_LEN`] bytes.
    ///
    /// # Errors
    /// The errors of [`Compact::parse`] and [`Compact::verify`], except [`Error::BufferTooSmall`].
    pub fn verify_in_place(token: &'b mut [u8], keys: &'k [Key<'k>]) -> Result<Self, Error> {
        Self::verify_in_place_with(&mut Software, token, keys)
    }

    /// Verifies as [`Verified::verify_in_place`] does, with the caller's back-end.
    ///
    /// # Errors
    /// The errors of [`Verified::verify_in_place`].
    pub fn verify_in_place_with(
        crypto: &mut (impl Crypto + ?Sized),
        token: &'b mut [u8],
        keys: &'k [Key<'k>],
    ) -> Result<Self, Error> {
        Self::verify_in_place_by(crypto, token, keys.into())
    }

    pub(crate) fn verify_in_place_by(
        crypto: &mut (impl Crypto + ?Sized),
        token: &'b mut [u8],
        source: Source<'k>,
    ) -> Result<Self, Error> {
        let compact = Compact::parse(token)?;
        let key = compact.key_of_signature(
            crypto,
            &compact.candidates_in_place(source.keys, source.kid_required)?,
        )?;
        let (header_len, payload_len) = (
            compact.header_segment().len(),
            compact.payload_segment().len(),
        );

        let (header, rest) = token
            .split_at_mut_checked(header_len)
            .ok_or(Error::NotThreeSegments)?;
        let payload = rest
            .get_mut(1..)
            .and_then(|rest| rest.get_mut(..payload_len))
            .ok_or(Error::NotThreeSegments)?;
        Ok(Self {
            header: Header::parse(base64url::decode_in_place(header))?,
            key,
            payload: base64url::decode_in_place(payload),
        })
    }

    /// Returns the JOSE header.
    #[must_use]
    pub const fn header(&self) -> &Header<'b> {
        &self.header
    }

    /// Returns the key that the signature matches: an element of the caller's slice.
    #[must_use]
    pub const fn key(&self) -> &'k Key<'k> {
        self.key
    }

    /// Returns the payload, decoded.
    #[must_use]
    pub const fn payload(&self) -> &[u8] {
        self.payload
    }

    /// Returns the payload, decoded, for as long as the buffer lives.
    #[must_use]
    pub fn into_payload(self) -> &'b mut [u8] {
        self.payload
    }

    /// Returns the header, the key and the payload.
    pub(crate) fn into_parts(self) -> (Header<'b>, &'k Key<'k>, &'b mut [u8]) {
        (self.header, self.key, self.payload)
    }
}
