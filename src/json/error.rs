//! The reasons why a JSON text is rejected.

use core::fmt;

use crate::error::Error;

/// The reason why a JSON text is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum JsonError {
    /// Not JSON (RFC 8259).
    Syntax,
    /// Not UTF-8 (RFC 8259 section 8.1).
    NotUtf8,
    /// `\u` escapes half of a surrogate pair (RFC 8259 section 8.2).
    LoneSurrogate,
    /// Two members of one object have the same name (RFC 8259 section 4).
    DuplicateName,
    /// Nested deeper than [`MAX_JSON_DEPTH`](crate::limits::MAX_JSON_DEPTH).
    TooDeep,
    /// More members in open objects than [`MAX_JSON_NAMES`](crate::limits::MAX_JSON_NAMES).
    TooManyNames,
    /// Longer than [`MAX_JSON_LEN`](crate::limits::MAX_JSON_LEN).
    TooLong,
}

impl JsonError {
    /// Returns the token error for a header with this JSON error.
    pub(crate) const fn in_header(self) -> Error {
        match self {
            Self::Syntax => Error::HeaderNotJson,
            Self::NotUtf8 => Error::HeaderNotUtf8,
            Self::LoneSurrogate => Error::HeaderLoneSurrogate,
            Self::DuplicateName => Error::HeaderDuplicateName,
            Self::TooDeep => Error::HeaderTooDeep,
            Self::TooManyNames => Error::HeaderTooManyNames,
            Self::TooLong => Error::HeaderTooLong,
        }
    }

    /// Returns the token error for a payload with this JSON error.
    pub(crate) const fn in_payload(self) -> Error {
        match self {
            Self::Syntax => Error::PayloadNotJson,
            Self::NotUtf8 => Error::PayloadNotUtf8,
            Self::LoneSurrogate => Error::PayloadLoneSurrogate,
            Self::DuplicateName => Error::PayloadDuplicateName,
            Self::TooDeep => Error::PayloadTooDeep,
            Self::TooManyNames => Error::PayloadTooManyNames,
            Self::TooLong => Error::TokenTooLong,
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => "the text is not JSON",
            Self::NotUtf8 => "the text is not UTF-8",
            Self::LoneSurrogate => "a string escapes half a surrogate pair",
            Self::DuplicateName => "an object has two members of one name",
            Self::TooDeep => "the text is nested deeper than the limit",
            Self::TooManyNames => "the text has more members than the limit",
            Self::TooLong => "the text is longer than the limit",
        })
    }
}

impl core::error::Error for JsonError {}
