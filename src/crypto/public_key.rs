//! ES256 public keys (RFC 7518 section 6.2.1).

use core::fmt;

use super::{
    es256, invalid_signature::InvalidSignature, on_curve::is_on_curve, spki, thumbprint::Thumbprint,
};
use crate::error::Error;

/// Verifies a signature of the message with this digest.
type Verify = fn([&[u8; 32]; 2], &[u8; 32], &[u8; 64]) -> Result<(), InvalidSignature>;

/// An ES256 public key, as a back-end receives it: a point of P-256 other than infinity.
#[derive(Clone, Copy)]
pub struct PublicKey<'k> {
    x: &'k [u8; 32],
    y: &'k [u8; 32],
    /// The software that verifies signatures of this key. It is a pointer that only the
    /// constructors set. So the software is linked only if a program has a plain key, not for
    /// prepared keys.
    #[allow(dead_code, reason = "a build without ES256 never reads it")]
    verify: Verify,
}

impl PartialEq for PublicKey<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.x, self.y) == (other.x, other.y)
    }
}

impl Eq for PublicKey<'_> {}

/// Hides the coordinates. To name a key in a log, use [`PublicKey::thumbprint`].
impl fmt::Debug for PublicKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").finish_non_exhaustive()
    }
}

impl<'k> PublicKey<'k> {
    /// Parses an uncompressed point: 65 bytes, `04`, x, y (SEC 1 section 2.3.4).
    ///
    /// # Errors
    /// [`Error::KeyNotUncompressed`], [`Error::KeyLength`], [`Error::KeyNotOnCurve`]
    pub const fn from_sec1(point: &'k [u8]) -> Result<Self, Error> {
        let coordinates = match point {
            [4, coordinates @ ..] => coordinates,
            [0 | 2 | 3 | 6 | 7, ..] => return Err(Error::KeyNotUncompressed),
            _ => return Err(Error::KeyLength),
        };
        match coordinates.split_first_chunk() {
            Some((x, y)) if y.len() == x.len() => match y.first_chunk() {
                Some(y) => Self::from_coordinates(x, y),
                None => Err(Error::KeyLength),
            },
            _ => Err(Error::KeyLength),
        }
    }

    /// Parses a `SubjectPublicKeyInfo` in DER with a named curve and an uncompressed point (RFC
    /// 5480 section 2). This is the content of a PEM file that begins with `BEGIN PUBLIC KEY`.
    ///
    /// # Errors
    /// [`Error::KeyNotSpki`], [`Error::KeyNotUncompressed`], [`Error::KeyNotOnCurve`]
    pub const fn from_spki(der: &'k [u8]) -> Result<Self, Error> {
        match spki::point(der) {
            Ok(point) => Self::from_sec1(point),
            Err(error) => Err(error),
        }
    }

    /// Creates a public key from two big-endian coordinates, after checking that the point is on
    /// the curve.
    ///
    /// # Errors
    /// [`Error::KeyNotOnCurve`]
    pub const fn from_coordinates(x: &'k [u8; 32], y: &'k [u8; 32]) -> Result<Self, Error> {
        if !is_on_curve(x, y) {
            return Err(Error::KeyNotOnCurve);
        }
        Ok(Self::trusted(x, y))
    }

    /// Creates a public key from coordinates that were checked before.
    pub(super) const fn trusted(x: &'k [u8; 32], y: &'k [u8; 32]) -> Self {
        Self {
            x,
            y,
            verify: es256::verify,
        }
    }

    /// Verifies a signature of the message with this `digest` in software.
    #[allow(dead_code, reason = "a build without ES256 never calls it")]
    pub(super) fn verify_digest(
        self,
        digest: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        (self.verify)([self.x, self.y], digest, signature)
    }

    /// Returns the x coordinate, big-endian.
    #[must_use]
    pub const fn x(&self) -> &'k [u8; 32] {
        self.x
    }

    /// Returns the y coordinate, big-endian.
    #[must_use]
    pub const fn y(&self) -> &'k [u8; 32] {
        self.y
    }

    /// Returns the thumbprint of the key (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of_coordinates(self.x, self.y)
    }
}
