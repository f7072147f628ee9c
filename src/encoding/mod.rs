//! Strict base64url, for the segments of a token.

pub(crate) mod base64url;
pub(crate) mod words;
