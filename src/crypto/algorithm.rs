//! The signature algorithms (RFC 7518 section 3.1).

use core::fmt;

/// A signature algorithm of JWA (RFC 7518 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl Algorithm {
    /// Returns its `alg` value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Es256 => "ES256",
        }
    }

    /// Returns the length of its signatures in bytes.
    #[must_use]
    pub const fn signature_len(self) -> usize {
        match self {
            Self::Hs256 => 32,
            Self::Es256 => 64,
        }
    }
}

/// The `alg` value.
impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
