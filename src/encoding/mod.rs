//! Strict base64url, for the segments of a token.

pub(crate) mod base64url;
pub(crate) mod words;

/// Characters of 32 bytes in base64url: a SHA-256 digest, a coordinate.
pub(crate) const LEN_OF_32_BYTES: usize = 43;
