//! JSON (RFC 8259), read without recursion and without an allocator.
//!
//! [`Value::parse`] is the only entry. It checks the whole text and rewrites it in place to a
//! *normal form*. The normal form has no insignificant whitespace, and every escape is resolved
//! except those for the quote, the backslash and the control characters. JSON cannot carry these
//! raw, and each of them keeps one spelling. So each string has one spelling, equal strings are
//! equal bytes, and most strings can be borrowed unchanged.

mod de;
mod error;
mod log;
mod normalize;
#[cfg(feature = "sign")]
mod ser;
mod value;

#[cfg(feature = "defmt")]
pub(crate) use log::{Quoted, format_text};
#[cfg(feature = "sign")]
pub(crate) use ser::write;

pub use error::JsonError;
pub use value::{Array, Elements, Members, Object, Text, Value};
