//! JSON as RFC 8259 has it, read without recursion and without an allocator.
//!
//! [`Value::parse`] is the only way in. It checks the whole text and rewrites it in place to a *normal
//! form*: no insignificant whitespace, every escape resolved but those of the quote, the backslash and the
//! control characters, which JSON cannot carry raw and which keep one spelling. So each name and each
//! string has one spelling, equal strings are equal bytes, and most strings can be borrowed as they are.

mod de;
mod log;
mod normalize;
#[cfg(feature = "sign")]
mod ser;
mod value;

use core::fmt;

use crate::bytewise::{TOPS, at_least, differs, run_len};

#[cfg(feature = "defmt")]
pub(crate) use log::Quoted;
#[cfg(feature = "sign")]
pub(crate) use ser::write;

pub use value::{Array, Elements, Members, Object, Text, Value};

/// Why a text is not the JSON that this crate reads.
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

/// How many bytes at the start of `text`, in a string, stand for themselves: up to a quote, a backslash or a control character.
fn plain_len(text: &[u8]) -> usize {
    run_len(text, |word| {
        let ascii = word & !TOPS;
        at_least(ascii, b' ') & differs(ascii, b'"') & differs(ascii, b'\\') | word
    })
}
