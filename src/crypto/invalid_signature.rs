//! The one thing that a back-end says of a signature that it does not accept.

use core::fmt;

use crate::error::Error;

/// The signature does not match the key. There is no need to know more, and no chance to learn it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct InvalidSignature;

impl fmt::Display for InvalidSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signature does not match the key")
    }
}

impl core::error::Error for InvalidSignature {}

impl From<InvalidSignature> for Error {
    fn from(_: InvalidSignature) -> Self {
        Self::InvalidSignature
    }
}
