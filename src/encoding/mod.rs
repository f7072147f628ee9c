//! Strict base64url, for the segments of a token.

pub(crate) mod base64url;
pub(crate) mod words;

/// The number of base64url characters that encode 32 bytes, such as a SHA-256 digest or a
/// coordinate.
pub(crate) const LEN_OF_32_BYTES: usize = 43;
