//! ES256 public keys (RFC 7518 section 6.2.1).

use core::fmt;

use super::{on_curve::is_on_curve, spki, thumbprint::Thumbprint};
use crate::error::Error;

/// A point of P-256 other than infinity: what an ES256 back-end verifies under.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey<'k> {
    x: &'k [u8; 32],
    y: &'k [u8; 32],
}

/// Not the coordinates: [`PublicKey::thumbprint`] names a key in a log.
impl fmt::Debug for PublicKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").finish_non_exhaustive()
    }
}

/// Not the coordinates.
#[cfg(feature = "defmt")]
impl defmt::Format for PublicKey<'_> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(fmt, "PublicKey {{ .. }}");
    }
}

impl<'k> PublicKey<'k> {
    /// Reads a point in the uncompressed form: 65 bytes, `04`, x, y (SEC 1 section 2.3.4).
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

    /// Reads a `SubjectPublicKeyInfo` in DER with a named curve and an uncompressed point (RFC 5480 section 2): the content of
    /// a PEM file that begins with `BEGIN PUBLIC KEY`.
    ///
    /// # Errors
    /// [`Error::KeyNotSpki`], [`Error::KeyNotUncompressed`], [`Error::KeyNotOnCurve`]
    pub const fn from_spki(der: &'k [u8]) -> Result<Self, Error> {
        match spki::point(der) {
            Ok(point) => Self::from_sec1(point),
            Err(error) => Err(error),
        }
    }

    /// Checks and takes two coordinates, big-endian.
    ///
    /// # Errors
    /// [`Error::KeyNotOnCurve`]
    pub const fn from_coordinates(x: &'k [u8; 32], y: &'k [u8; 32]) -> Result<Self, Error> {
        if !is_on_curve(x, y) {
            return Err(Error::KeyNotOnCurve);
        }
        Ok(Self { x, y })
    }

    /// The key of coordinates that were checked before.
    pub(super) const fn trusted(x: &'k [u8; 32], y: &'k [u8; 32]) -> Self {
        Self { x, y }
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

    /// Returns its thumbprint (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of_coordinates(self.x, self.y)
    }
}
